"""How long a form takes somebody who types slowly in a second language: the model that the pages are designed to.

Reading 2.5 words a second, typing 1.7 characters a second, and 1.7 seconds for each move to a field and each tap.
"""

from playwright.sync_api import Page

READS, TYPES, MOVES = 2.5, 1.7, 10 / 6
MOST_SECONDS = 60
# What such a person types into the fields that must be filled in; whatever is optional is left.
TYPED = {"name": "Amira Example", "email": "amira@example.org", "postcode": "LS7 3HJ"}

_WORDS = "() => [...document.querySelectorAll('main h1, main .pledge-words')].map(el => el.innerText).join(' ')"
_FORM = """() => {
  const form = document.querySelector("main form[method=post]");
  const seen = el => el.type !== "hidden" && !el.closest("[aria-hidden=true]");
  const asked = [...form.querySelectorAll(".field")].filter(el => !el.closest("[aria-hidden=true]"));
  const must = asked.filter(el => !el.querySelector(".field__optional"));
  return {
    typed: [...form.elements].filter(el => seen(el) && el.matches("input:not([type=radio]):not([type=checkbox])"))
      .map(el => el.name),
    choices: must.filter(el => el.matches(".choices")).length,
  };
}"""


def seconds_for(page: Page) -> float:
    """From the first word to the button."""
    words = len(page.evaluate(_WORDS).split())
    form = page.evaluate(_FORM)
    typed = [TYPED[name] for name in form["typed"] if name in TYPED]
    moves = len(typed) + form["choices"] + 1  # and the button
    return words / READS + sum(map(len, typed)) / TYPES + moves * MOVES

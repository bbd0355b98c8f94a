"""Somebody in the middle of a letter: for its own tests, and the checks over all pages."""

from campaigns.actions import reminding, representing, writing
from campaigns.models import LetterAsk, LetterDraft, LocalFact
from campaigns.views.writing import LETTER
from sanctuary.people import tokens
from tests import factories as make

POSTCODE = "ZE1 0AA"
CANARIES = ["Letterwords", "Lettername", "Letteraddress", "lettermail", "Letterunread"]
WRITTEN = {
    "text": "Dear Jane Example,\n\nLetterwords from my own street.",
    "name": "Lettername Canary",
    "address": "1 Letteraddress Lane",
}


def asked(action) -> LetterAsk:
    """What the letter of this action asks, with every kind of help."""
    prompts = {"prompt_1": "Who have you met?", "prompt_2": "What did they bring?", "prompt_3": "What is missing?"}
    question = "Will you vote for a welcome desk in every town hall?"
    ask, _ = LetterAsk.objects.update_or_create(action=action, defaults={"question": question, **prompts})
    LocalFact.objects.get_or_create(
        ask=ask, constituency_code="", defaults={"text": "Nine towns have tried it.", "source": "Made up"}
    )
    return ask


def seat(postcode=POSTCODE, name="Exampleton Central", who="Jane Example", email="jane@example.org"):
    """A constituency with this postcode in it, and its MP; without one if `who` is empty."""
    place = make.ConstituencyFactory(name=name)
    make.put_in(postcode, place)
    if who:
        make.RepresentativeFactory(constituency=place, name=who, email=email)
    return place


def draft_of(action, *, postcode=POSTCODE, **written) -> LetterDraft:
    """Addressed to the first reader there is, and written."""
    draft = writing.start_letter(action, postcode=postcode)
    whom = representing.whom_to_write(action.letter_ask, postcode, draft.pk)
    offer = whom.offers[0]
    draft = writing.address_letter(draft, offer.readers[0] if offer.readers else offer.unnamed)
    return writing.change_letter(draft, **WRITTEN | written)


def furnish_letters(campaign) -> dict[str, str]:
    """A letter that is written, and one that waits. Returns the tokens that open them."""
    action = campaign.actions.get(kind="write")
    asked(action)
    seat()
    draft = reminding.remind_tomorrow(draft_of(action), "lettermail@example.org")
    waits = reminding.remind_tomorrow(draft_of(action, text="Letterunread"), "lettermail@example.org")
    return {"letter": tokens.make(LETTER, draft.pk), "letter_back": tokens.make(reminding.BACK, waits.pk)}

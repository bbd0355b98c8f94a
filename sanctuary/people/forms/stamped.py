"""The one door of every form that a stranger fills in."""

import secrets

from django import forms
from django.http import QueryDict
from django.utils import timezone

from sanctuary.people import guard, tokens

QUICKEST_SECONDS = 2
SWIFT_SECONDS = 4
SLOWEST_SECONDS = 24 * 3600

AGAIN = "Please press the button once more. We ask this now and then to keep robots out."
ONE_STEP = "Everything you wrote is still here. Near the end of the form we say what to do."
WAIT = "We can send no more emails for your network just now. Wait a few minutes, then press the button again."


def make_stamp(purpose: str, *numbers: int) -> str:
    """When a form was shown, signed, with the numbers that its answer is tied to and one of its own."""
    return tokens.make(purpose, int(timezone.now().timestamp()), *numbers, secrets.randbits(63))


class StampedForm(forms.Form):
    """Keeps robots out without a puzzle for people: see `sanctuary.people.guard`.

    Whoever seems a robot is asked to press the button once more, or for one more step, and everything written stays.
    Each kind of form has a `purpose` of its own; `numbers` says what else the answer is tied to, such as the wordings
    shown. The address is in the field `email`.
    """

    purpose: str
    numbers: tuple[int, ...] = ()
    puzzle: guard.Puzzle | None = None
    use_required_attribute = False
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stamp = make_stamp(self.purpose, *self.numbers)

    def full_clean(self):
        super().full_clean()
        # Last of all, so that only a whole answer counts, and once.
        if self.is_bound and not self.errors:
            self._meet_the_guard()

    def _meet_the_guard(self):
        address = self.cleaned_data.get("email") or ""
        given = self.data.get("stamp", "")
        stamp = given if isinstance(given, str) else ""
        is_solved = guard.Puzzle(stamp).is_solved_by(str(self.data.get("guard_answer", "")))
        is_passed = bool(address) and guard.is_passed(address, str(self.data.get("guard_pass", "")))
        age = self._age_of(stamp)
        answer = guard.Answer(
            purpose=self.purpose,
            stamp=stamp,
            address=address,
            is_faulty=self._is_faulty(age, is_solved=is_solved, is_passed=is_passed),
            is_swift=age is not None and age < SWIFT_SECONDS,
            is_solved=is_solved,
            is_passed=is_passed,
        )
        verdict = guard.judge(answer)
        if verdict is guard.Verdict.AGAIN:
            self._ask_again(AGAIN)
        elif verdict is guard.Verdict.STEP:
            self._ask_one_step(answer)

    def _age_of(self, stamp: str) -> float | None:
        """Seconds since the page was shown; None for what is no stamp of this form."""
        try:
            shown_at, *numbers = tokens.read(self.purpose, stamp)
        except (tokens.BadToken, ValueError):
            return None
        # A page that was shown before an update may have a stamp without a number of its own.
        own, rest = tuple(numbers[: len(self.numbers)]), numbers[len(self.numbers) :]
        return timezone.now().timestamp() - shown_at if own == self.numbers and len(rest) <= 1 else None

    def _is_faulty(self, age: float | None, *, is_solved: bool, is_passed: bool) -> bool:
        if self.data.get("website") or age is None:
            return True
        if is_passed:
            return False
        if age < QUICKEST_SECONDS and not is_solved:
            self.stamp = self.data["stamp"]  # it grows old enough while they read why
            return True
        return age > SLOWEST_SECONDS

    def _ask_again(self, words: str):
        self.data = self.data.copy()
        self.data["website"] = ""
        self.add_error(None, words)

    def _ask_one_step(self, answer: guard.Answer):
        """The device does a sum; or, once they have seen that page and sent it without, the mailbox is asked."""
        words = ONE_STEP
        if (
            self.data.get("guard_asked")
            and answer.address
            and not answer.is_faulty
            and isinstance(self.data, QueryDict)
        ):
            if guard.may_write(self.purpose):
                raise guard.MailboxAsked(answer.address, dict(self.data.lists()))
            words = WAIT
        self.puzzle = guard.Puzzle(self.stamp)
        self._ask_again(words)

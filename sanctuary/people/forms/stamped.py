"""The one door of every form that a stranger fills in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from sanctuary.people import tokens

QUICKEST_SECONDS = 2
SLOWEST_SECONDS = 24 * 3600


def make_stamp(purpose: str, *numbers: int) -> str:
    """When a form was shown, signed, and the numbers that its answer is tied to."""
    return tokens.make(purpose, int(timezone.now().timestamp()), *numbers)


class StampedForm(forms.Form):
    """Keeps robots out without a puzzle: a box that people do not see, and the time since the page was shown.

    Whoever fails either is asked to press the button once more, and everything written stays. Each kind of form has a
    `purpose` of its own; `numbers` says what else the answer is tied to, such as the wordings shown.
    """

    purpose: str
    numbers: tuple[int, ...] = ()
    use_required_attribute = False
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stamp = make_stamp(self.purpose, *self.numbers)

    def clean(self):
        given = super().clean()
        if not self.errors and not self._seems_human():
            self.data = self.data.copy()
            self.data["website"] = ""
            raise ValidationError("Please press the button once more. We ask this now and then to keep robots out.")
        return given

    def _seems_human(self) -> bool:
        if self.data.get("website"):
            return False
        try:
            shown_at, *numbers = tokens.read(self.purpose, str(self.data.get("stamp", "")))
        except tokens.BadToken:
            return False
        if tuple(numbers) != self.numbers:
            return False
        age = timezone.now().timestamp() - shown_at
        if age < QUICKEST_SECONDS:
            self.stamp = self.data["stamp"]  # it grows old enough while they read why
        return QUICKEST_SECONDS <= age <= SLOWEST_SECONDS

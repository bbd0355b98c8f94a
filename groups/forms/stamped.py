"""Keeping robots out without a puzzle."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from sanctuary.people import tokens

QUICKEST_SECONDS = 2
SLOWEST_SECONDS = 24 * 3600


class StampedForm(forms.Form):
    """A box that people do not see, and the time since the page was shown, signed for this kind of form alone.

    Whoever fails either is asked to press the button once more, and everything written stays. Each kind sets `purpose`.
    """

    purpose: str
    use_required_attribute = False
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stamp = tokens.make(self.purpose, int(timezone.now().timestamp()))

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
            (shown_at,) = tokens.read(self.purpose, str(self.data.get("stamp", "")))
        except (tokens.BadToken, ValueError):
            return False
        age = timezone.now().timestamp() - shown_at
        if age < QUICKEST_SECONDS:
            self.stamp = self.data["stamp"]  # it grows old enough while they read why
        return QUICKEST_SECONDS <= age <= SLOWEST_SECONDS

"""What a coordinator writes to new pledgers."""

import re

from django import forms
from django.core.exceptions import ValidationError

LONGEST_LETTER = 2000
MOST_WELCOMED = 100
# What no letter needs: signs that print nothing, or turn the order of the text around.
_ODD = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class WelcomeForm(forms.Form):
    """Whom to welcome, and in which words. What is no id is as good as nobody's."""

    use_required_attribute = False
    who = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    letter = forms.CharField(
        label="Your letter",
        max_length=LONGEST_LETTER,
        help_text="We put their name above it and the name of your group below",
        widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
        error_messages={
            "required": "Write the letter",
            "max_length": f"Use {LONGEST_LETTER} characters or fewer",
        },
    )

    def clean_who(self) -> list[int]:
        ticked = (self.cleaned_data["who"] or [])[:MOST_WELCOMED]
        ids = [int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 19]
        if not ids:
            raise ValidationError("Tick at least one person", code="nobody")
        return ids

    def clean_letter(self) -> str:
        text = self.cleaned_data["letter"].replace("\r\n", "\n")
        if _ODD.search(text):
            raise ValidationError("Check this: it has a letter we cannot print", code="odd")
        return text

    def ticked(self) -> list[str]:
        """As it was sent, to be shown again."""
        return self.data.getlist("who") if self.is_bound else []

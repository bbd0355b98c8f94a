"""Doing something with people ticked in a list."""

from django import forms
from django.core.exceptions import ValidationError

MOST_AT_ONCE = 500
LARGEST_ID = 2**63 - 1


class TicksField(forms.Field):
    """The ids that are ticked. What is no id is as good as nobody's."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        ids = [
            int(text) for text in (value or [])[:MOST_AT_ONCE] if text.isascii() and text.isdigit() and len(text) < 20
        ]
        return [number for number in ids if number <= LARGEST_ID]


class ChosenForm(forms.Form):
    """Who: those ticked, or everyone that the list finds."""

    use_required_attribute = False
    who = TicksField(required=False)
    everyone = forms.BooleanField(required=False)

    def clean(self):
        given = super().clean()
        if not given.get("who") and not given.get("everyone"):
            self.add_error("who", ValidationError("Select at least one person", code="nobody"))
        return given

    def chosen_from(self, members):
        """Of these members, those who are meant: others' ids are nobody's."""
        return members if self.cleaned_data["everyone"] else members.filter(pk__in=self.cleaned_data["who"])


class BulkForm(ChosenForm):
    """And what to do with them."""

    CHOICES = [("remove", "Take them off our list"), ("export", "Download them as a file")]
    do = forms.ChoiceField(
        choices=CHOICES,
        error_messages={"required": "Choose what to do", "invalid_choice": "Choose what to do"},
    )


class RemoveForm(forms.Form):
    """How many they were when the page to check was shown; `now`, how many they are."""

    count = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, now: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self):
        given = super().clean()
        if given.get("count") != self.now:
            self.data = self.data.copy()
            self.data["count"] = self.now
            words = f"Your list has changed since you looked: it is about {self.now:,} now. Check once more."
            raise ValidationError(words, code="changed")
        return given

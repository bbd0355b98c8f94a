"""What several forms are made of. The words of the questions are the rows whose version the answer records."""

from django import forms
from django.core.exceptions import ValidationError

from groups.models import LocalGroup
from sanctuary.people.forms import StampedForm

STAMP = "pledge-form"


class WordedForm(StampedForm):
    """A form whose answer is tied to the wordings that it showed."""

    purpose = STAMP

    def __init__(self, *args, wordings, **kwargs):
        self.pledge_wording, self.email_wording = wordings
        self.numbers = tuple(wording.pk for wording in wordings)
        super().__init__(*args, **kwargs)

    def ask(self, name: str) -> None:
        """Put the email question to the field `name`: its first sentence asks, the rest explains."""
        question, mark, rest = self.email_wording.text.partition("? ")
        self.fields[name].label = question + mark.strip()
        self.fields[name].help_text = rest

    def own_fields(self):
        """The questions to show, without the box that people do not see."""
        return [self[name] for name in self.fields if name not in {"website", "group"}]


class GroupField(forms.ModelChoiceField):
    """The group whose page somebody came from. What is no live group is no group: nobody is stopped by an old link."""

    def __init__(self, **kwargs):
        queryset = LocalGroup.objects.live()
        super().__init__(queryset=queryset, to_field_name="slug", required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value):
        try:
            return super().clean(value)
        except (ValidationError, ValueError):
            return None

"""What a representative answered, as the person who wrote to them tells it."""

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.forms.writing import TextField
from campaigns.models import Stance
from sanctuary.people.forms import NameField

NOT_YET, SOMEBODY_ELSE = "not_yet", "else"
LONGEST_WORDS = 1000
LONGEST_AGO = timedelta(days=366)
_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
_WRONG_DAY = "Enter the day, like 4/6/2026"


class ReplyForm(forms.Form):
    """Whether there was an answer, and which. `readers`: those who may have had the letter (`whom_to_write`)."""

    use_required_attribute = False
    position = forms.ChoiceField(
        label="Did they answer?",
        widget=forms.RadioSelect,
        choices=[
            (Stance.Position.SUPPORTS, "Yes, and they will support it"),
            (Stance.Position.OPPOSES, "Yes, and they will not support it"),
            (Stance.Position.UNCLEAR, "Yes, but they did not say yes or no"),
            (NOT_YET, "No answer yet"),
        ],
        error_messages={"required": "Choose whether they answered"},
    )
    who = forms.ChoiceField(
        label="Who was it?", required=False, widget=forms.RadioSelect, error_messages={"required": "Choose who it was"}
    )
    name = NameField(label="Their name", needed="Enter the name of who answered", required=False, longest=120)
    source = forms.ChoiceField(
        label="How did they answer?",
        required=False,
        widget=forms.RadioSelect,
        choices=Stance.Source,
        initial=Stance.Source.LETTER,
    )
    said_on = forms.DateField(
        label="When?",
        required=False,
        input_formats=_DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _WRONG_DAY},
    )
    words = TextField(
        label="What did they say?",
        help_text="A sentence or two is enough. Only our staff read this",
        required=False,
        longest=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, readers: Sequence = (), **kwargs):
        self.readers = {reader.key: reader for reader in readers if reader.person}
        super().__init__(*args, **kwargs)
        if not self.readers:
            del self.fields["who"]
        else:
            named = [(key, _called(reader)) for key, reader in self.readers.items()]
            self.fields["who"].choices = [*named, (SOMEBODY_ELSE, "Somebody else")]
            self.fields["who"].initial = named[0][0] if len(named) == 1 else None

    def clean_said_on(self):
        day, today = self.cleaned_data["said_on"], timezone.localdate()
        if day and not today - LONGEST_AGO <= day <= today:
            raise ValidationError("Choose a day in the last year", code="far")
        return day or today

    def clean(self):
        told = super().clean()
        if not self.has_answer:
            return told
        if "who" in self.fields and "who" not in self.errors and not told.get("who"):
            self.add_error("who", self.fields["who"].error_messages["required"])
        elif self.reader is None and "name" not in self.errors and not told.get("name"):
            self.add_error("name", self.fields["name"].error_messages["required"])
        return told

    @property
    def has_answer(self) -> bool:
        return self.cleaned_data.get("position") not in (None, NOT_YET)

    @property
    def reader(self):
        return self.readers.get(self.cleaned_data.get("who", ""))

    def told(self) -> dict:
        """What `tell_reply` wants to know."""
        said = self.cleaned_data
        return {
            "position": said["position"],
            "said_on": said["said_on"],
            "source": said["source"] or Stance.Source.LETTER,
            "words": said["words"],
            "reader": self.reader,
            "name": said["name"],
        }


def _called(reader) -> str:
    place = f" ({reader.constituency})" if reader.constituency else ""
    return f"{reader.person}, {reader.person.role}{place}"

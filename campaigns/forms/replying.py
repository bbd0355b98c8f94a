"""What a representative answered, as the person who wrote to them tells it."""

import re
from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import Stance
from sanctuary.people.forms import NameField

NOT_YET, SOMEBODY_ELSE = "not_yet", "else"
LONGEST_WORDS = 1000
LONGEST_AGO = timedelta(days=366)
_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
# What turns the order of a line around or has no shape, but not the ends of lines.
_NEVER = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
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
    words = forms.CharField(
        label="What did they say?",
        help_text="A sentence or two is enough. Only our staff read this",
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"max_length": f"Use {LONGEST_WORDS} characters or fewer"},
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

    def clean_words(self) -> str:
        text = self.cleaned_data["words"].replace("\r\n", "\n")
        if _NEVER.search(text):
            raise ValidationError("Check this: it has a letter we cannot print", code="odd")
        return text

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

"""What a coordinator writes about one person, and decides about two."""

import re

from django import forms
from django.core.exceptions import ValidationError

from groups.models.email_state import shown_address
from groups.models.note import LONGEST_NOTE

_NEVER = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# Words that often stand in notes which should not be here. They warn and do not forbid: a Home Office building is
# also where a vigil is held.
DELICATE = (
    "home office|visas?|asylum (?:claim|case|status|seekers?)|immigration|refugee status|leave to remain|deport\\w*"
    "|detention|detained|refused asylum|section 95|diagnos\\w+|ptsd|depress\\w+|cancer|hiv|pregnan\\w+|medication"
    "|mental health|suicid\\w*|passport|nationality|date of birth"
)
_DELICATE = re.compile(rf"\b(?:{DELICATE})\b", re.IGNORECASE)


class LinesField(forms.CharField):
    """Several lines. A browser sends two letters for the end of each, and counts one."""

    def to_python(self, value) -> str:
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget):
        # A browser would cut what is pasted, without a word.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class NoteForm(forms.Form):
    """A line about a member. Some words are asked about once."""

    use_required_attribute = False
    text = LinesField(
        label="Add a note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="No immigration or health details, please: they may ask to read this",
        error_messages={
            "required": "Write the note first",
            "max_length": "Use %(limit_value)d letters or fewer. You have written %(show_value)d",
        },
    )
    sure = forms.BooleanField(required=False, label="It is all right to keep this. They would not mind reading it")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.words = []

    def clean_text(self) -> str:
        if _NEVER.search(self.cleaned_data["text"]):
            raise ValidationError("Check this: it has a letter we cannot print", code="odd")
        return self.cleaned_data["text"]

    def clean(self):
        given = super().clean()
        self.words = sorted({found.lower() for found in _DELICATE.findall(given.get("text", ""))})
        if self.words and not given.get("sure"):
            quoted = ", ".join(f"“{word}”" for word in self.words)
            words = f"Does this say something about health or immigration? We saw {quoted}. Leave it out if you can"
            self.add_error("text", ValidationError(words, code="delicate"))
        return given


class JoinForm(forms.Form):
    """Which address and which name stay when two entries become one."""

    use_required_attribute = False
    address = forms.ChoiceField(label="Which email address stays?", widget=forms.RadioSelect)
    name = forms.ChoiceField(label="Which name stays?", widget=forms.RadioSelect)

    def __init__(self, *args, one, other, **kwargs):
        super().__init__(*args, **kwargs)
        self.pair = {"one": one, "other": other}
        said = {"required": "Choose one of the two", "invalid_choice": "Choose one of the two"}
        self.fields["address"].error_messages |= said
        self.fields["name"].error_messages |= said
        have = {key: each for key, each in self.pair.items() if each.supporter.email} or self.pair
        self.fields["address"].choices = [(key, shown_address(each) or "None") for key, each in have.items()]
        self.fields["name"].choices = [(key, each.supporter.name) for key, each in self.pair.items()]
        if one.supporter.name == other.supporter.name:
            del self.fields["name"].choices[0]
        for field in self.fields.values():
            if len(field.choices) == 1:
                field.initial = field.choices[0][0]

    def kept(self):
        return self.pair[self.cleaned_data["address"]]

    def gone(self):
        return self.pair["other" if self.cleaned_data["address"] == "one" else "one"]

    def chosen_name(self) -> str:
        return self.pair[self.cleaned_data["name"]].supporter.name


class ForgetForm(forms.Form):
    """They asked us to delete what we hold."""

    silence = forms.BooleanField(
        required=False,
        initial=True,
        label="Never email this address from our group again",
        help_text="We keep one scrambled mark, which nobody can turn back into the address",
    )

"""What somebody is asked who writes a letter: where they live, their own words, and where to reach them."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from campaigns.forms.acting import Carried, EmailQuestionField
from campaigns.forms.partners import PartnerConsents
from campaigns.models.letter import Letter
from sanctuary.people.forms import AddressField, NameField, StampedForm
from sanctuary.places.forms import PostcodeField

# What fits on one sheet of paper with the addresses above it.
LONGEST_LETTER = 2500
LONGEST_ADDRESS = 300
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")

# What no letter needs: it would turn lines around, or stop a program that prints. New lines and tabs stay.
_NEVER = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029")
_WORD = re.compile(r"\w")


class TextField(forms.CharField):
    """Several lines in somebody's own words, in any script."""

    default_error_messages = {"odd": "Check this: it has a letter we cannot print"}

    def __init__(self, *, longest: int, **kwargs):
        kwargs.setdefault("widget", forms.Textarea)
        super().__init__(strip=False, **kwargs)
        # The browser is not told: it would cut off what somebody pastes, without a word.
        self.longest = longest
        self.widget.attrs["dir"] = "auto"

    def to_python(self, value) -> str:
        text = _BREAKS.sub("\n", super().to_python(value))
        if len(text) > self.longest:
            words = f"This is too long: {len(text):,} characters. Use {self.longest:,} or fewer"
            raise ValidationError(words, code="too_long")
        if _NEVER.search(text):
            raise ValidationError(self.error_messages["odd"], code="odd")
        text = unicodedata.normalize("NFC", text).strip()
        return text if _WORD.search(text) else ""


class WholePostcodeField(PostcodeField):
    """Both halves: the first half alone often lies in several constituencies."""

    def clean(self, value):
        postcode = super().clean(value)
        if postcode.outside:
            words = f"This postcode is in {postcode.outside}, which sends nobody to Parliament. Enter another one"
            raise ValidationError(words, code="outside")
        if not postcode.inward:
            raise ValidationError("Enter your whole postcode, for example LS7 3HJ", code="half")
        return postcode


class TokenField(forms.CharField):
    """A link's token, carried along. What is none is nothing: nobody is stopped by an odd link."""

    widget = forms.HiddenInput

    def clean(self, value):
        return value if isinstance(value, str) and TOKEN.fullmatch(value) else ""


class LetterStartForm(Carried, StampedForm):
    """Find my representative."""

    purpose = "letter-start"
    postcode = WholePostcodeField(label="Your postcode", help_text="To find out who represents you")
    # Carried by somebody who came from an email of ours.
    mail = TokenField(required=False)


class LetterPlaceForm(forms.Form):
    """Another postcode, or the one a letter was begun with."""

    use_required_attribute = False
    postcode = WholePostcodeField(label="Your postcode")


class LetterForm(forms.Form):
    """The letter, and whose it is. One that is not finished may be kept with gaps in it."""

    use_required_attribute = False
    text = TextField(
        label="Your letter",
        help_text="One page at most",
        longest=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 14, "autocomplete": "off"}),
        error_messages={"required": "Write your letter"},
    )
    name = NameField(
        needed="Enter your name", label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    address = TextField(
        label="Your address",
        longest=LONGEST_ADDRESS,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        error_messages={"required": "Enter your address, without the postcode"},
    )

    def __init__(self, *args, greeting: str, role: str, is_finished: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.greeting, self.is_finished = greeting, is_finished
        if self.is_bound and not is_finished:
            for field in self.fields.values():
                field.required = False
        self.fields["address"].help_text = f"Your {role}’s office checks you live in the area. We do not keep it"
        if role == "peer":
            self.fields["address"].help_text = "So that they know who writes. We do not keep it"

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if self.is_finished and not _WORD.search(text.removeprefix(self.greeting)):
            raise ValidationError("Write at least one sentence of your own", code="only_greeting")
        return text

    @staticmethod
    def of(letter: Letter) -> dict[str, str]:
        """As the form starts."""
        return {"text": letter.text, "name": letter.name, "address": letter.address}


class LetterCountForm(PartnerConsents, StampedForm):
    """Who sent it, so that it counts once."""

    purpose = "letter-count"
    name = NameField(
        needed="Enter your name", label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = AddressField(help_text="We send one email, so that you can confirm your letter")
    wants_email = EmailQuestionField(yes="Yes, email me", no="No, just count my letter")


class LetterReminderForm(StampedForm):
    """Where to write tomorrow."""

    purpose = "letter-reminder"
    email = AddressField(help_text="We send one email tomorrow at 9 in the morning, and none after it")

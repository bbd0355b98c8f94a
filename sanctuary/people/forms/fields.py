"""Names and addresses as people type them."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from sanctuary.people.address import InvalidAddress, canon

LONGEST_NAME = 150
LONGEST_TEXT = 2000

# Characters that turn the order of a line around, or break it: no name needs them.
_NEVER = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_EDGES = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u180e"
_LOOK_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_MOST_MARKS_IN_A_ROW = 4


class NameField(forms.CharField):
    """One line for any name in the world: tidied at its ends, refused where it would break a letter's head."""

    default_error_messages = {
        "max_length": "Use %(limit_value)d letters or fewer",
        "odd": "Check this: it has a letter we cannot print",
    }

    def __init__(self, *, needed: str, longest: int = LONGEST_NAME, **kwargs):
        super().__init__(strip=False, **kwargs)
        self.longest = longest
        self.error_messages["required"] = needed

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"spellcheck": "false", "dir": "auto"}

    def to_python(self, value) -> str:
        text = super().to_python(value)
        if len(text) > LONGEST_TEXT:
            self._refuse_length()
        text = unicodedata.normalize("NFC", _trim(text))
        if _NEVER.search(text) or _has_a_stack_of_marks(text):
            raise ValidationError(self.error_messages["odd"], code="odd")
        if len(text) > self.longest:
            self._refuse_length()
        return text if any(map(_shows, text)) else ""

    def _refuse_length(self):
        raise ValidationError(self.error_messages["max_length"] % {"limit_value": self.longest}, code="max_length")


def _trim(text: str) -> str:
    previous = None
    while previous != text:
        previous, text = text, text.strip().strip(_EDGES)
    return text


def _has_a_stack_of_marks(text: str) -> bool:
    in_a_row = 0
    for character in text:
        in_a_row = in_a_row + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if in_a_row > _MOST_MARKS_IN_A_ROW:
            return True
    return False


def _shows(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _LOOK_BLANK


class AddressField(forms.CharField):
    """Cleans to the canonical spelling of one email address."""

    widget = forms.EmailInput
    default_error_messages = {
        "required": "Enter your email address, like name@example.org",
        "invalid": "Enter your email address, like name@example.org",
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Email address")
        super().__init__(strip=False, **kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}

    def to_python(self, value) -> str:
        text = super().to_python(value)
        if not text.strip():
            return ""
        try:
            return canon(text)
        except InvalidAddress as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class TheirAddressField(AddressField):
    """The address of somebody else: no browser fills in one's own."""

    default_error_messages = dict.fromkeys(("required", "invalid"), "Enter their email address, like name@example.org")

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"autocomplete": "off"}


class YesNoField(forms.TypedChoiceField):
    """Two buttons, neither chosen for you. Cleans to True or False."""

    widget = forms.RadioSelect

    def __init__(self, *, needed: str, yes: str, no: str, **kwargs):
        super().__init__(
            choices=[("yes", yes), ("no", no)], coerce=lambda value: value == "yes", empty_value=None, **kwargs
        )
        self.error_messages |= {"required": needed, "invalid_choice": needed}

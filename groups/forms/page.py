"""What a group says about itself on its public page."""

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from groups.forms.activity import WordsField
from groups.models import LocalGroup
from sanctuary.people.forms import AddressField, NameField

MOST_WORDS = 80
LONGEST_ABOUT = 1000
LONGEST_LANGUAGE = 40
LONGEST_WEBSITE = 200
_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


class WebsiteField(forms.CharField):
    """A secure address of an ordinary website. Nobody opens it but the reader who follows it."""

    default_error_messages = {"invalid": "Enter a whole address, like https://www.example.org"}

    def __init__(self, **kwargs):
        attrs = {"inputmode": "url", "autocomplete": "url", "spellcheck": "false", "dir": "ltr"}
        super().__init__(max_length=LONGEST_WEBSITE, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value) -> str:
        text = super().clean(value)
        if text and not self._is_web(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text

    def _is_web(self, text: str) -> bool:
        if not text.isascii() or not text.isprintable() or set(text) & set(' "<>\\^`{}|'):
            return False
        try:
            parts = urlsplit(text)
            is_plain = parts.port is None and "@" not in parts.netloc
        except ValueError:
            return False
        return parts.scheme == "https" and is_plain and bool(_HOST.match(parts.netloc.lower()))


class PageForm(forms.Form):
    """Cleans to the words of a page version."""

    use_required_attribute = False
    about = WordsField(
        label="What we do",
        required=False,
        max_length=LONGEST_ABOUT,
        help_text=f"Up to {MOST_WORDS} words, for somebody who has never met you",
    )
    offers = forms.MultipleChoiceField(
        label="What people can join in with",
        required=False,
        choices=LocalGroup.Offer.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list"},
    )
    languages = NameField(
        label="Languages you speak",
        required=False,
        needed="",
        longest=200,
        help_text="With a comma between, like Arabic, Welsh",
    )
    mailbox = AddressField(
        label="Email address of the group",
        required=False,
        help_text="A shared mailbox, never a person’s own. The page does not show it",
    )
    website = WebsiteField(label="Your website", required=False, help_text="It starts with https://")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        attrs = self.fields["about"].widget.attrs
        attrs["rows"] = 8
        # Words are counted here, so the page must not count letters.
        attrs.pop("maxlength", None)

    def clean_about(self) -> str:
        text = self.cleaned_data["about"]
        count = len(text.split())
        if count > MOST_WORDS:
            raise ValidationError(f"Use {MOST_WORDS} words or fewer. You have {count}", code="too_long")
        return text

    def clean_languages(self) -> str:
        names = [name.strip() for name in self.cleaned_data["languages"].split(",")]
        if any(len(name) > LONGEST_LANGUAGE for name in names):
            raise ValidationError("Put a comma between two languages", code="too_long")
        return ", ".join(dict.fromkeys(filter(None, names)))

    def clean_offers(self) -> list[str]:
        return [offer for offer in LocalGroup.Offer.values if offer in self.cleaned_data["offers"]]

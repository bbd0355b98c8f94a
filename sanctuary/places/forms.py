"""The postcode field of every form."""

from django import forms
from django.core.exceptions import ValidationError

from sanctuary.places.models import OutwardCode, is_loaded
from sanctuary.places.postcode import (
    ENTER_POSTCODE,
    UNKNOWN_POSTCODE,
    InvalidPostcode,
    MissingPostcode,
    Postcode,
    parse,
)


class PostcodeField(forms.CharField):
    """Cleans to a `Postcode`, or None if it is blank and not required.

    With `known=True` the first half must be one we can place, unless nothing is loaded. Use that where
    a place is needed; elsewhere a postcode newer than our data must not stop anybody.
    """

    default_error_messages = {"required": ENTER_POSTCODE, "unknown": UNKNOWN_POSTCODE}

    def __init__(self, *, known: bool = False, **kwargs):
        self.known = known
        kwargs.setdefault("label", "Postcode")
        super().__init__(empty_value=None, **kwargs)

    def widget_attrs(self, widget) -> dict:
        return super().widget_attrs(widget) | {
            "autocomplete": "postal-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "dir": "ltr",
        }

    def to_python(self, value) -> Postcode | None:
        text = super().to_python(value)
        try:
            return parse(text) if text else None
        except MissingPostcode:
            return None  # only stray marks, such as "-"
        except InvalidPostcode as error:
            raise ValidationError(str(error), code=error.code) from error

    def validate(self, value: Postcode | None) -> None:
        super().validate(value)
        if value is None or value.outside or not self.known:
            return
        if OutwardCode.objects.find(value) is None and is_loaded():
            raise ValidationError(self.error_messages["unknown"], code="unknown")

    def prepare_value(self, value):
        return str(value) if isinstance(value, Postcode) else value

"""Addresses of the pages a person reaches from an email, whole, as a worker without a request needs them."""

from django.conf import settings
from django.urls import reverse

from sanctuary.people import tokens

CHOICES = "choices"


def choices_token(supporter_id: int, mailing_id: int = 0) -> str:
    """Opens the email choices of one supporter. It never expires: stopping must work years later."""
    return tokens.make(CHOICES, supporter_id, mailing_id)


def choices_url(supporter_id: int, mailing_id: int = 0) -> str:
    return absolute("people:choices", choices_token(supporter_id, mailing_id))


def absolute(name: str, *args) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)

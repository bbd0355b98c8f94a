"""Addresses of the pages a person reaches from an email, whole, as a worker without a request needs them."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from sanctuary.people import tokens
from sanctuary.people.address import mac

CHOICES = "choices"
PRIVATE = "private"
NEW_ADDRESS = "new-address"
PRIVATE_FOR_SECONDS = 3600


def choices_token(supporter_id: int, mailing_id: int = 0, *sender: int) -> str:
    """Opens the email choices of one supporter. It never expires: stopping must work years later.

    `sender` is the number of the group whose letter it stands in, if it is a group's: its stop is offered first.
    """
    return tokens.make(CHOICES, supporter_id, mailing_id, *sender)


def choices_url(supporter_id: int, mailing_id: int = 0) -> str:
    return absolute("people:choices", choices_token(supporter_id, mailing_id))


def private_url(supporter_id: int, address: str) -> str:
    """Shows and deletes what is held. Good for an hour, and only while this is the person's address."""
    token = tokens.make(PRIVATE, supporter_id, fingerprint(address), int(timezone.now().timestamp()))
    return absolute("people:held", token)


def read_private(token: str) -> tuple[int, int]:
    """The supporter and the fingerprint of the address the link was sent to. Raises BadToken or ExpiredToken."""
    supporter_id, address, made_at = tokens.read(PRIVATE, token)
    if timezone.now().timestamp() - made_at > PRIVATE_FOR_SECONDS:
        raise tokens.ExpiredToken
    return supporter_id, address


def fingerprint(address: str) -> int:
    """A whole number that ties a link to one mailbox without naming it."""
    return int.from_bytes(mac(address)[:7])


def absolute(name: str, *args) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)

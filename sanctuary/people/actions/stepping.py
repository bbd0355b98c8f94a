"""Asking a mailbox before anything is taken from a form."""

from django.db import transaction

from sanctuary.people import guard, links
from sanctuary.people.models import Supporter
from sanctuary.people.signals import letter_wanted


@transaction.atomic
def ask_mailbox(address: str, *, path: str, given: dict[str, list[str]]) -> bool:
    """Keep what was typed for a day, and write to the mailbox. False when the page wrote there within the hour."""
    token = guard.hold(path, address, given)
    if token is None:
        return False
    context = {"url": links.absolute("people:one_more_step", token)}
    letter_wanted.send(sender=Supporter, template="people/one_more_step", to=address, context=context, asks=True)
    return True

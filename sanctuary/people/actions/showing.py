"""Showing somebody what is held about them, and the letters that prove whose mailbox it is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sanctuary.people import links, tokens
from sanctuary.people.actions.choosing import lift_bounce
from sanctuary.people.actions.keeping import change_address
from sanctuary.people.actions.merging import parts_of
from sanctuary.people.address import canon
from sanctuary.people.models import AddressChange, CurrentPermission, Permission, Supporter
from sanctuary.people.models.address_change import CAREFUL_FOR
from sanctuary.people.signals import held_asked, letter_wanted
from sanctuary.places.models import Constituency

Held = dict[str, list[dict[str, str]]]


def held_about(supporter: Supporter) -> Held:
    """Everything held about somebody, by heading, in words a person can read. Every room above adds its own."""
    held = {
        "About you": [_facts(supporter)],
        "What we may email you about now": _senders(
            CurrentPermission.objects.ours().live().filter(supporter=supporter).select_related("controller")
        ),
        "What you told us about emails": _answers(Permission.objects.history(supporter)),
    }
    if parts := parts_of(supporter):
        held["Entries about you that we put together"] = parts
    for _, more in held_asked.send(sender=Supporter, supporter=supporter):
        held |= more
    return held


def _facts(supporter: Supporter) -> dict[str, str]:
    facts = {
        "Name": supporter.name,
        "Email address": supporter.email,
        "New addresses not confirmed yet": ", ".join(_waiting(supporter)),
        "Kind": supporter.get_kind_display(),
        "Type of organisation": supporter.get_organisation_type_display(),
        "Contact person": supporter.contact_name,
        "Role": supporter.job_role,
        "Works for": str(supporter.works_for or ""),
        "Postcode": supporter.postcode,
        "Region": supporter.get_region_display(),
        "Nation": supporter.get_nation_display(),
        "Constituency": _constituency(supporter),
        "Position of the postcode": _position(supporter),
        "Only big moments": "Yes" if supporter.only_big_moments else "",
        "Emails paused until": str(supporter.emails_paused_until or ""),
        "Limit on emails": supporter.get_most_a_month_display() or "",
        "Known to us since": _moment(supporter.created_at),
    }
    return {label: value for label, value in facts.items() if value}


def _waiting(supporter: Supporter) -> Iterable[str]:
    return supporter.address_changes.filter(done_at__isnull=True).values_list("email", flat=True)


def _constituency(supporter: Supporter) -> str:
    code = supporter.constituency_code
    return str(Constituency.objects.filter(code=code).first() or code) if code else ""


def _position(supporter: Supporter) -> str:
    return f"{supporter.latitude:.4f}, {supporter.longitude:.4f}" if supporter.has_position else ""


def _senders(rows: Iterable[Permission | CurrentPermission]) -> list[dict[str, str]]:
    """One line for each sender: a person thinks of who writes to them, not of rows."""
    about = defaultdict(list)
    for row in rows:
        about[row.controller.name].append(row.get_purpose_display())
    return [{name: ", ".join(purposes) for name, purposes in sorted(about.items())}] if about else []


def _answers(history: Iterable[Permission]) -> list[dict[str, str]]:
    """One entry for each time they answered, whatever the number of senders and purposes they answered about."""
    answers = []
    for (at, change, source), rows in groupby(history, key=lambda row: (row.occurred_at, row.change, row.source)):
        rows = list(rows)
        words = " ".join({row.wording.text: None for row in rows if row.wording})
        answer = {"When": _moment(at), "What": Permission.Change(change).label, "Where": source.partition(":")[0]}
        answers.append(answer | _senders(rows)[0] | ({"The words you saw": words} if words else {}))
    return answers


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M}"


def send_choices_link(address: str) -> int:
    """Email the owner of this mailbox a link to each set of choices kept for it. Returns how many: often none."""
    address = canon(address)
    urls = [links.choices_url(pk) for pk in Supporter.objects.with_address(address).values_list("pk", flat=True)]
    if urls:
        letter_wanted.send(sender=Supporter, template="people/choices", to=address, context={"urls": urls})
    return len(urls)


def send_private_link(supporter: Supporter) -> None:
    """Email a link that shows, or deletes, what is held. Raises ValidationError(code="too_soon") just after a move."""
    changed = AddressChange.objects.recent(supporter, timezone.now()).first()
    if changed:
        day = timezone.localdate(changed.done_at + CAREFUL_FOR)
        words = f"Your address was changed a few days ago. To keep you safe, this opens again on {day:%-d %B}."
        raise ValidationError(words, code="too_soon")
    if supporter.email:
        context = {"url": links.private_url(supporter.pk, supporter.email)}
        letter_wanted.send(sender=Supporter, template="people/private", to=supporter.email, context=context)


@transaction.atomic
def start_address_change(supporter: Supporter, email: str) -> AddressChange:
    """Ask the mailbox behind `email` whether it wants to be the new address. Raises InvalidAddress."""
    AddressChange.objects.stale(timezone.now()).delete()
    change = AddressChange.objects.create(supporter=supporter, email=canon(email))
    url = links.absolute("people:new_address", tokens.make(links.NEW_ADDRESS, change.pk))
    letter = {"template": "people/new_address", "to": change.email, "context": {"url": url}}
    letter_wanted.send(sender=Supporter, asks=True, **letter)
    return change


@transaction.atomic
def finish_address_change(change: AddressChange) -> Supporter:
    """The new mailbox answered; the old one is told. Harmless to repeat."""
    change = AddressChange.objects.select_for_update(of=("self",)).select_related("supporter").get(pk=change.pk)
    supporter, old = change.supporter, change.supporter.email
    if change.done_at:
        return supporter
    change_address(supporter, change.email)
    lift_bounce(change.email)
    change.email, change.done_at = "", timezone.now()
    change.save(update_fields=["email", "done_at"])
    if old and old != supporter.email:
        letter_wanted.send(
            sender=Supporter, template="people/address_changed", to=old, context={"days": CAREFUL_FOR.days}, always=True
        )
    return supporter

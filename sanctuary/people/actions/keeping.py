"""Keeping people: find or create, change an address, forget."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from sanctuary.audit.actions import record
from sanctuary.people.actions.choosing import suppress
from sanctuary.people.actions.merging import forget_parts
from sanctuary.people.actions.permitting import withdraw
from sanctuary.people.address import canon, mac
from sanctuary.people.models import AddressChange, Supporter, Suppression
from sanctuary.people.signals import supporter_erased
from sanctuary.places.actions import place_fields


@transaction.atomic
def find_or_create_supporter(*, kind: str, name: str, email: str, postcode: str = "", **fields) -> Supporter:
    """The supporter with this address and name, or a new one. Two people may share an address.

    `email` may be in any spelling. Raises InvalidAddress.
    """
    address = canon(email)
    lock_address(address)
    same = Supporter.objects.with_address(address).filter(kind=kind, name__iexact=name)
    found = same.select_for_update(of=("self",)).first()
    if found:
        return _fill_in(found, {**(place_fields(postcode) if not found.postcode else {}), **fields})
    return Supporter.objects.create(
        kind=kind, name=name, email=address, email_mac=mac(address), **place_fields(postcode), **fields
    )


def _fill_in(supporter: Supporter, values: dict) -> Supporter:
    """What we did not know yet. What is known stays: a form is no proof that it was wrong."""
    new = {name: value for name, value in values.items() if value and not getattr(supporter, name)}
    for name, value in new.items():
        setattr(supporter, name, value)
    supporter.save(update_fields=list(new))
    return supporter


def lock_address(address: str) -> None:
    """Until the transaction ends, nobody else does anything that must happen once for this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(mac(address)[:8], signed=True)])


@transaction.atomic
def change_address(supporter: Supporter, email: str) -> Supporter:
    """The mailbox behind `email` was shown to be theirs. An old opt-out is not left behind by moving house."""
    supporter.email = canon(email)
    supporter.email_mac = mac(supporter.email)
    supporter.save(update_fields=["email", "email_mac"])
    record("people.change_address", supporter, by=supporter)
    return supporter


@transaction.atomic
def erase_supporter(supporter: Supporter, *, by, silence: bool = True) -> None:
    """Forget a person: every field goes, every room above is told, and only a keyed hash keeps the address silent.

    `silence`: False leaves the address free for a sender who asks it anew.
    """
    supporter = Supporter.objects.select_for_update(of=("self",)).get(pk=supporter.pk)
    withdraw(supporter, source="erasure")
    parts, addresses = forget_parts(supporter)
    addresses |= {supporter.email} - {""}
    if silence:
        for address in sorted(addresses):
            suppress(address, reason=Suppression.Reason.ERASED)
    asked_for = AddressChange.objects.filter(supporter=supporter)
    addresses |= set(asked_for.values_list("email", flat=True)) - {""}
    for each in [*parts, supporter]:
        supporter_erased.send(sender=Supporter, supporter=each, addresses=addresses)
    asked_for.delete()
    Supporter.objects.filter(pk=supporter.pk).update(
        name="Forgotten",
        email="",
        email_mac=b"",
        contact_name="",
        job_role="",
        works_for=None,
        only_big_moments=False,
        emails_paused_until=None,
        most_a_month=None,
        **place_fields(""),
    )
    # The admin's own log keeps the name of what was edited.
    kind = ContentType.objects.get_for_model(Supporter)
    LogEntry.objects.filter(content_type=kind, object_id=str(supporter.pk)).update(object_repr="Forgotten")
    record("people.erase", supporter, by=by)

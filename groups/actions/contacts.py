"""The three to five people whom the network calls about a group."""

from django.core.exceptions import ValidationError
from django.db import transaction

from groups.models import GroupContact, LocalGroup
from groups.models.contact import MOST_CONTACTS
from sanctuary.audit.actions import record

FIELDS = ["name", "telephone", "email", "role"]


def _lock(group: LocalGroup) -> LocalGroup:
    """The group's row is the lock: the last free place goes to one, and registering sees who is there."""
    return LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)


@transaction.atomic
def add_contact(group: LocalGroup, *, name: str, telephone: str, email: str, role: str, by) -> GroupContact:
    """One more contact. Harmless to repeat: the same address is the same contact, with what was said last.

    Raises ValidationError(code="enough") when there are five.
    """
    group = _lock(group)
    fields = {"name": name, "telephone": telephone, "role": role}
    contact = GroupContact.objects.filter(group=group, email=email).first()
    if contact is None and GroupContact.objects.filter(group=group).count() >= MOST_CONTACTS:
        raise ValidationError("A group has five contacts at most. Remove one first.", code="enough")
    contact, is_new = GroupContact.objects.update_or_create(group=group, email=email, defaults=fields)
    record("groups.add_contact" if is_new else "groups.change_contact", group, by=by, contact=contact.pk)
    return contact


@transaction.atomic
def change_contact(contact: GroupContact, *, by, **fields) -> GroupContact:
    """What we know of a contact. Raises ValidationError(code="known") if another contact has this address."""
    group = _lock(contact.group)
    contact = GroupContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if GroupContact.objects.filter(group=group, email=fields["email"]).exclude(pk=contact.pk).exists():
        raise ValidationError("Another contact has this email address.", code="known")
    for name in FIELDS:
        setattr(contact, name, fields[name])
    contact.save(update_fields=FIELDS)
    record("groups.change_contact", group, by=by, contact=contact.pk)
    return contact


def forget_contacts(addresses) -> int:
    """Somebody is being erased: they are nobody's contact any more. Returns of how many groups."""
    return GroupContact.objects.filter(email__in=addresses).delete()[0]


@transaction.atomic
def remove_contact(contact: GroupContact, *, by) -> None:
    """They are no contact any more, and we keep nothing of them here. Harmless to repeat."""
    group = _lock(contact.group)
    gone, _ = GroupContact.objects.filter(pk=contact.pk).delete()
    if gone:
        record("groups.remove_contact", group, by=by, contact=contact.pk)

"""What a group knows about one member: for the world of the checks over all pages."""

from django.utils import timezone

from groups.models import Membership, Note
from sanctuary.people.actions import merge_supporters
from sanctuary.people.models import Merge
from tests import factories as make


def furnish_person(group, coordinator, member, mark: str) -> list[str]:
    """A note about the member, somebody at the same address, and an entry that became part of the member's."""
    twin = make.SupporterFactory(name=f"Twin{mark} Canary", email=member.email)
    make.MembershipFactory(group=group, supporter=twin)
    membership = Membership.objects.get(group=group, supporter=member)
    Note.objects.create(
        membership=membership, text=f"Note{mark} Canary", written_by=coordinator, written_at=timezone.now()
    )
    gone = make.SupporterFactory(name=f"Dupl{mark} Canary", email=f"dupl{mark}@example.org")
    make.MembershipFactory(group=group, supporter=gone)
    merge_supporters(member, gone, name=member.name, controller=group.controller, by=coordinator)
    return [f"{kind}{mark}" for kind in ("Twin", "Note", "Dupl", "dupl")]


def member_of(tenant) -> tuple:
    return (Membership.objects.current().get(group=tenant.group, supporter=tenant.member).pk,)


def note_of(tenant) -> tuple:
    return (*member_of(tenant), Note.objects.get(membership__group=tenant.group).pk)


def pair_of(tenant) -> tuple:
    twin = Membership.objects.get(group=tenant.group, supporter__name__startswith="Twin")
    return (*member_of(tenant), twin.pk)


def merge_of(tenant) -> tuple:
    return (*member_of(tenant), Merge.objects.get(kept=tenant.member).pk)

"""Two entries of one person become one: memberships and notes. And back."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup, Membership, Note
from sanctuary.people.actions import hand_back, hand_over, merge_supporters
from sanctuary.people.models import Controller, CurrentPermission, Merge, Supporter, User

ASK_NATIONAL = "These two cannot be put together here. Please ask the national team to look at them."


@transaction.atomic
def move_members(kept: Supporter, gone: Supporter) -> dict:
    """All that `gone` was to any group, `kept` is now. Returns what `move_members_back` needs."""
    theirs = Membership.objects.filter(supporter=gone)
    groups = Membership.objects.current().filter(supporter=kept).values("group")
    double = list(theirs.current().filter(group__in=groups).select_related("group"))
    # A list that somebody was taken off long ago must not bring them back beside themselves.
    theirs.filter(left_on__isnull=False).update(removal=None)
    return {
        "memberships": hand_over(theirs.exclude(pk__in=[each.pk for each in double]), to=kept),
        "double": [_join_membership(each, kept) for each in double],
    }


def _join_membership(theirs: Membership, kept: Supporter) -> dict:
    """In this group both were members: one membership goes on, from the earlier day, with the notes of both."""
    ours = Membership.objects.current().get(supporter=kept, group=theirs.group)
    before = {"joined_on": ours.joined_on.isoformat(), "source": ours.source}
    if theirs.joined_on < ours.joined_on:
        ours.joined_on, ours.source = theirs.joined_on, theirs.source
        ours.save(update_fields=["joined_on", "source"])
    notes = hand_over(Note.objects.filter(membership=theirs), to=ours, field="membership")
    theirs.left_on = timezone.localdate()
    theirs.save(update_fields=["left_on"])
    return {"ours": ours.pk, "theirs": theirs.pk, "notes": notes, **before}


@transaction.atomic
def move_members_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was. What has been deleted or added since stays so."""
    hand_back(Membership.objects.filter(pk__in=moved["memberships"], supporter=kept), to=gone)
    for double in moved["double"]:
        _part_membership(double)


def _part_membership(double: dict) -> None:
    ours = Membership.objects.filter(pk=double["ours"]).first()
    theirs = Membership.objects.filter(pk=double["theirs"]).first()
    if theirs is None or ours is None:
        return
    ours.joined_on, ours.source = date.fromisoformat(double["joined_on"]), double["source"]
    ours.save(update_fields=["joined_on", "source"])
    # Somebody who has left since has left twice.
    theirs.left_on = ours.left_on
    theirs.save(update_fields=["left_on"])
    hand_back(Note.objects.filter(pk__in=double["notes"], membership=ours), to=theirs, field="membership")


@transaction.atomic
def merge_members(kept: Membership, gone: Membership, *, name: str, by) -> Merge:
    """A coordinator puts two members of their group together. Harmless to repeat.

    Raises ValidationError: code "ask_national" when anybody else's data would change, and those of `merge_supporters`.
    """
    group = kept.group
    if Merge.objects.open().filter(kept=kept.supporter, gone=gone.supporter).exists():
        return Merge.objects.open().get(gone=gone.supporter)
    people = Supporter.objects.select_for_update(of=("self",)).filter(pk__in=[kept.supporter_id, gone.supporter_id])
    list(people.order_by("pk"))
    here = Membership.objects.current().filter(pk__in=[kept.pk, gone.pk], group=group)
    if here.count() != 2 or _is_others_business(people, group):
        raise ValidationError(ASK_NATIONAL, code="ask_national")
    return merge_supporters(kept.supporter, gone.supporter, name=name, controller=group.controller, by=by)


def _is_others_business(people, group: LocalGroup) -> bool:
    """Whether another group knows one of them, or one of them signs in here.

    What the national charity may send can only become less by a merge, so its permissions do not stand in the way.
    """
    elsewhere = Membership.objects.filter(supporter__in=people).exclude(group=group)
    asked = CurrentPermission.objects.filter(supporter__in=people, controller__kind=Controller.Kind.GROUP)
    others = asked.exclude(controller=group.controller)
    return elsewhere.exists() or others.exists() or User.objects.filter(supporter__in=people).exists()

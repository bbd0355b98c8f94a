"""Two entries of one person become one, and two again."""

from django.db import transaction
from django.utils import timezone

from pledges.models import Endorsement, IntendedAction, Pledge
from sanctuary.people import actions as people
from sanctuary.people.models import Supporter


@transaction.atomic
def move_pledges(kept: Supporter, gone: Supporter, name: str) -> dict:
    """Two entries of one person become one. Of two live pledges the other ends, and what it meant to do goes on here.

    `name`: what they are called from now on. Returns what `move_pledges_back` needs.
    """
    unchecked = _uncheck(Pledge, kept, gone, name)
    ours, theirs = _live_pledge(kept), _live_pledge(gone)
    double = _join_pledges(ours, theirs) if ours and theirs else None
    pledges = people.hand_over(Pledge.objects.filter(supporter=gone), to=kept)
    return {"pledges": pledges, "double": double, "unchecked": unchecked}


def _uncheck(model, kept: Supporter, gone: Supporter, name: str) -> dict:
    """Staff looked at another name than the one that would stand in public now. Returns what they found."""
    renamed = [each for each in (kept, gone) if each.name != name]
    looked_at = model.objects.filter(supporter__in=renamed, name_checked_at__isnull=False)
    before = {
        each.pk: [each.name_checked_at.isoformat(), each.name_checked_by_id, each.name_refusal] for each in looked_at
    }
    looked_at.update(name_checked_at=None, name_checked_by=None, name_refusal="")
    return before


def _check_again(model, before: dict) -> None:
    for pk, (at, who, *refusal) in before.items():
        looked = {"name_checked_at": at, "name_checked_by": who, "name_refusal": refusal[0] if refusal else ""}
        model.objects.filter(pk=pk, name_checked_at=None).update(**looked)


def _live_pledge(supporter: Supporter) -> Pledge | None:
    """Of its own kind, of which an entry has one at most."""
    return Pledge.objects.confirmed().filter(supporter=supporter, kind=supporter.kind).first()


def _join_pledges(ours: Pledge, theirs: Pledge) -> dict:
    before = {"listed": [ours.is_listed, theirs.is_listed], "added": []}
    lend_greeting = theirs.greeted_at is not None and ours.greeted_at is None
    for kind in theirs.intended_actions.values_list("kind", flat=True):
        intended, is_new = IntendedAction.objects.get_or_create(pledge=ours, kind=kind)
        before["added"] += [intended.pk] if is_new else []
    if lend_greeting:
        ours.greeted_at, ours.greeted_by = theirs.greeted_at, theirs.greeted_by
    ours.is_listed = ours.is_listed and theirs.is_listed
    ours.save(update_fields=["greeted_at", "greeted_by", "is_listed"])
    theirs.withdrawn_at = timezone.now()
    theirs.save(update_fields=["withdrawn_at"])
    return before | {"ours": ours.pk, "theirs": theirs.pk, "lent_greeting": lend_greeting}


@transaction.atomic
def move_pledges_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was. A pledge withdrawn since stays withdrawn."""
    theirs = Pledge.objects.filter(pk__in=moved["pledges"], supporter=kept)
    double = moved["double"]
    ours = Pledge.objects.confirmed().filter(pk=double["ours"]).first() if double else None
    people.hand_back(theirs, to=gone)
    _check_again(Pledge, moved["unchecked"])
    if ours is None:
        return
    listed = [ours.is_listed] * 2 if all(double["listed"]) else double["listed"]
    ours.is_listed = listed[0]
    if double["lent_greeting"]:
        ours.greeted_at = ours.greeted_by = None
    ours.save(update_fields=["is_listed", "greeted_at", "greeted_by"])
    IntendedAction.objects.open().filter(pk__in=double["added"], pledge=ours).delete()
    Pledge.objects.filter(pk=double["theirs"], supporter=gone).update(withdrawn_at=None, is_listed=listed[1])


# From the one that hides most.
SHOWN = list(Endorsement.Shown.values)


@transaction.atomic
def move_endorsements(kept: Supporter, gone: Supporter, name: str) -> dict:
    """Two entries of one person become one. Of two live endorsements the other ends; who is shown less stays so."""
    unchecked = _uncheck(Endorsement, kept, gone, name)
    ours, theirs = (Endorsement.objects.confirmed().filter(supporter=each).first() for each in (kept, gone))
    double = _join_endorsements(ours, theirs) if ours and theirs else None
    moved = people.hand_over(Endorsement.objects.filter(supporter=gone), to=kept)
    return {"endorsements": moved, "double": double, "unchecked": unchecked}


def _join_endorsements(ours: Endorsement, theirs: Endorsement) -> dict:
    before = {"ours": ours.pk, "theirs": theirs.pk, "shown": [ours.shown, theirs.shown]}
    ours.shown = min(ours.shown, theirs.shown, key=SHOWN.index)
    ours.save(update_fields=["shown"])
    theirs.withdrawn_at = timezone.now()
    theirs.save(update_fields=["withdrawn_at"])
    return before | {"joined": ours.shown}


@transaction.atomic
def move_endorsements_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was. What was taken back or shown otherwise since stays so for both."""
    double = moved["double"]
    ours = Endorsement.objects.confirmed().filter(pk=double["ours"]).first() if double else None
    people.hand_back(Endorsement.objects.filter(pk__in=moved["endorsements"], supporter=kept), to=gone)
    _check_again(Endorsement, moved["unchecked"])
    if ours is None:
        return
    shown = double["shown"] if ours.shown == double["joined"] else [ours.shown] * 2
    Endorsement.objects.filter(pk=ours.pk).update(shown=shown[0])
    Endorsement.objects.filter(pk=double["theirs"], supporter=gone).update(withdrawn_at=None, shown=shown[1])

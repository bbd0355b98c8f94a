"""Pause, resume, stop, and what a human decides about rows in doubt. Takes effect at the next claim."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from campaigns.actions.settling import cancel_rest, give_back
from campaigns.actions.weighing import facts_of
from campaigns.models import Chunk, Delivery, Mailing
from groups.models import GroupRole
from sanctuary.audit.actions import record
from sanctuary.people import links
from sanctuary.people.models import Supporter, User
from sanctuary.post.actions import queue

State = Mailing.State
# Who pauses a mailing without being a person, so that people must be told, and how many of them.
MACHINES = {"clock", "guard"}
TOLD = 2


@transaction.atomic
def pause_mailing(mailing: Mailing, *, by, reason: str = "") -> Mailing:
    """Nobody claims another chunk until somebody resumes it. Harmless to repeat.

    When no person did it, two people are told in the same transaction.
    """
    mailing = _locked(mailing)
    if mailing.state == State.SENDING:
        mailing.state, mailing.pause_reason = State.PAUSED, reason[:300]
        mailing.save(update_fields=["state", "pause_reason"])
        # A person's reason may hold names, and the log is for ever; who it was stands there as a number.
        why = {"reason": reason} if isinstance(by, str) else {}
        record("campaigns.pause_mailing", mailing, by=by, **why)
        if by in MACHINES:
            _tell_about_pause(mailing)
    return mailing


@transaction.atomic
def resume_mailing(mailing: Mailing, *, by) -> Mailing:
    """Go on. Whoever does it has read what came back so far: from here on only what comes later counts."""
    mailing = _locked(mailing)
    if mailing.state == State.PAUSED:
        mailing.state, mailing.pause_reason = State.SENDING, ""
        mailing.guard = facts_of(mailing) if mailing.guard else {}
        mailing.save(update_fields=["state", "pause_reason", "guard"])
        record("campaigns.resume_mailing", mailing, by=by)
    return mailing


@transaction.atomic
def stop_mailing(mailing: Mailing, *, by) -> Mailing:
    """End it for good: whoever has not had it will not get it. The clock cancels their rows."""
    mailing = _locked(mailing)
    if mailing.state in (State.SENDING, State.PAUSED):
        mailing.state, mailing.finished_at = State.STOPPED, timezone.now()
        mailing.save(update_fields=["state", "finished_at"])
        record("campaigns.stop_mailing", mailing, by=by)
    return mailing


@transaction.atomic
def cancel_chunk(mailing: Mailing) -> bool:
    """Cancel what waits in one free chunk of a stopped mailing. False when there is none left."""
    free = mailing.chunks.filter(state=Chunk.State.FREE).select_for_update(skip_locked=True, of=("self",))
    chunk = free.order_by("no").first()
    if mailing.state != State.STOPPED or chunk is None:
        return False
    cancel_rest(mailing.pk, chunk.no, timezone.now())
    give_back(mailing.pk, chunk.no)
    return True


@transaction.atomic
def finish_mailing(mailing: Mailing) -> bool:
    """Done, once every chunk is. False while something is left."""
    mailing = _locked(mailing)
    if mailing.state != State.SENDING or mailing.chunks.exclude(state=Chunk.State.DONE).exists():
        return False
    mailing.state, mailing.finished_at = State.DONE, timezone.now()
    mailing.save(update_fields=["state", "finished_at"])
    record("campaigns.finish_mailing", mailing, by="clock", **mailing.chunks.all().progress())
    return True


@transaction.atomic
def settle_doubt(mailing: Mailing, seqs: Iterable[int], *, send_again: bool, by) -> int:
    """A human decides about rows in doubt: leave them, or send again to people who may get it twice.

    Returns how many rows it changed. Raises ValidationError(code="stopped") for a stopped mailing.
    """
    mailing = _locked(mailing)
    if send_again and mailing.state == State.STOPPED:
        raise ValidationError("This mailing was stopped. Nothing more can be sent.", code="stopped")
    rows = list(mailing.deliveries.in_doubt().filter(seq__in=list(seqs)).select_for_update(of=("self",)))
    if send_again:
        for row in rows:
            _open_again(row)
        if rows and mailing.state == State.DONE:
            Mailing.objects.filter(pk=mailing.pk).update(state=State.SENDING, finished_at=None)
    else:
        mailing.deliveries.in_doubt().filter(seq__in=[row.seq for row in rows]).update(reply="Left as it is.")
    record("campaigns.settle_doubt", mailing, by=by, rows=len(rows), send_again=send_again)
    return len(rows)


def _open_again(row: Delivery) -> None:
    Delivery.objects.filter(mailing_id=row.mailing_id, seq=row.seq).update(
        outcome=Delivery.Outcome.PENDING, settled_at=None, reply="", not_before=None
    )
    chunk = Chunk.objects.filter(mailing_id=row.mailing_id, lo__lte=row.seq, hi__gte=row.seq)
    chunk.update(in_doubt=F("in_doubt") - 1)
    chunk.filter(state=Chunk.State.DONE).update(state=Chunk.State.FREE, not_before=None)


def forget_addresses() -> int:
    """Drop the addresses and the relay's words that nobody needs; outcomes and counts stay. Returns how many rows.

    Those are of mailings that ended three months ago, and of people who were erased while a worker had them in hand.
    """
    over = Mailing.objects.long_over(timezone.now())
    old = Delivery.objects.filter(mailing__in=over).exclude(address="").update(address="", reply="")
    known = Delivery.objects.exclude(outcome=Delivery.Outcome.PENDING).exclude(address="")
    recent = known.filter(mailing__in=Mailing.objects.lately(timezone.now()))
    erased = Supporter.objects.filter(email="").values("pk")
    return old + recent.filter(supporter_id__in=erased).update(address="", reply="")


@transaction.atomic
def pause_all_mailings(*, reason: str) -> int:
    """After a backup was restored: nothing that was being sent or about to be sent goes on by itself. How many.

    What was sent after the backup was made is not in it any more, so going on would send it twice.
    """
    running = list(Mailing.objects.running().select_for_update(of=("self",)).order_by("pk"))
    scheduled = list(Mailing.objects.filter(state=State.SCHEDULED).select_for_update(of=("self",)).order_by("pk"))
    for mailing in running:
        pause_mailing(mailing, by="restore", reason=reason)
    for mailing in scheduled:
        mailing.state, mailing.starts_at, mailing.counts = State.DRAFT, None, {}
        mailing.save(update_fields=["state", "starts_at", "counts"])
        record("campaigns.unschedule_mailing", mailing, by="restore", reason=reason)
    return len(running) + len(scheduled)


def _tell_about_pause(mailing: Mailing) -> None:
    """Who wrote it and who approved it; others of the same desk stand in where one of them is missing or gone.

    A group's email is the group's own affair: only those who coordinate it today are told.
    """
    if mailing.group:
        able = User.objects.filter(is_active=True, pk__in=_coordinating(mailing.group_id))
        page = links.absolute("campaigns:group_mail_one", mailing.group.slug, mailing.pk)
    else:
        able = User.objects.filter(is_active=True, is_staff=True)
        page = links.absolute("admin:campaigns_mailing_live", mailing.pk)
    theirs = list(able.filter(pk__in=[mailing.author_id, mailing.approved_by_id]))
    others = able.exclude(pk__in=[user.pk for user in theirs]).order_by("-last_login", "pk")
    for user in [*theirs, *others[: TOLD - len(theirs)]]:
        context = {"mailing": mailing, "reason": mailing.pause_reason, "url": page}
        queue("campaigns/paused", to=user.email, context=context)


def _coordinating(group_id: int) -> QuerySet:
    """The users who coordinate a group today."""
    roles = GroupRole.objects.current(timezone.localdate()).coordinating()
    return roles.filter(group=group_id).values("user")


def _locked(mailing: Mailing) -> Mailing:
    """Without its key: whoever settles a chunk, for which we may wait, names the mailing in new rows."""
    return Mailing.objects.select_for_update(of=("self",), no_key=True).get(pk=mailing.pk)

"""What a person says about the emails they get. Each takes effect for every message claimed after it."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.people.actions.permitting import decline, withdraw
from sanctuary.people.address import mac
from sanctuary.people.models import Controller, Permission, Supporter, Suppression

UNDO_WITHIN = timedelta(minutes=10)
PAUSE = timedelta(days=91)


@transaction.atomic
def stop_all_emails(supporter: Supporter, *, source: str) -> None:
    """Nobody emails this address again until the person asks for it. The pledge still counts."""
    if supporter.email:
        suppress(supporter.email, reason=Suppression.Reason.UNSUBSCRIBED)
    withdraw(supporter, source=source)
    record("people.stop_all_emails", supporter, by=supporter, source=source)


@transaction.atomic
def stop_sender(supporter: Supporter, controller: Controller, *, source: str) -> None:
    """One sender stops; others go on. Said when nothing was allowed any more, it is a no all the same."""
    if not withdraw(supporter, controllers=[controller], source=source):
        _say_no(supporter, controller, source)
    record("people.stop_sender", supporter, by=supporter, source=source, controller=controller.pk)


def _say_no(supporter: Supporter, controller: Controller, source: str) -> None:
    """What had ended without their word, such as an import that was undone, is not to come back by another's."""
    theirs = Permission.objects.filter(supporter=supporter, controller=controller)
    if not theirs.filter(change=Permission.Change.DECLINED, source=source).exists():
        purposes = set(theirs.values_list("purpose", flat=True))
        decline(supporter, controllers=[controller], purposes=sorted(purposes), wording=None, source=source)


# What a person said outweighs what a mail server said, and a complaint outweighs everything.
_WEIGHT = {
    Suppression.Reason.HARD_BOUNCED: 0,
    Suppression.Reason.UNSUBSCRIBED: 1,
    Suppression.Reason.ERASED: 1,
    Suppression.Reason.COMPLAINED: 2,
}


def suppress(address: str, *, reason: str, controller: Controller | None = None) -> Suppression:
    """Silence an address for one controller, or for all. Harmless to repeat; only a weightier reason takes over."""
    found, _ = Suppression.objects.get_or_create(
        email_mac=mac(address), controller=controller, defaults={"reason": reason}
    )
    if _WEIGHT[found.reason] < _WEIGHT[reason]:
        found.reason = reason
        found.save(update_fields=["reason"])
    return found


def lift_suppression(address: str, controllers: Iterable[Controller] = ()) -> None:
    """The person has just shown, from this mailbox, that they want emails again. Complaints are never lifted.

    `controllers`: those they said yes to, so that a silence asked of one of them ends too.
    """
    for controller in [None, *controllers]:
        silence = Suppression.objects.covering(address, controller)
        silence.exclude(reason=Suppression.Reason.COMPLAINED).delete()


def lift_bounce(address: str) -> None:
    """The mailbox has just answered, so it works. Whatever its owner said about emails stays."""
    Suppression.objects.covering(address).filter(reason=Suppression.Reason.HARD_BOUNCED).delete()


def just_stopped(supporter: Supporter) -> Suppression | None:
    """The "stop all" that can still be undone."""
    if not supporter.email:
        return None
    return (
        Suppression.objects.covering(supporter.email)
        .filter(
            controller__isnull=True,
            reason=Suppression.Reason.UNSUBSCRIBED,
            created_at__gte=timezone.now() - UNDO_WITHIN,
        )
        .first()
    )


@transaction.atomic
def undo_stop(supporter: Supporter, *, source: str) -> bool:
    """Put back what "stop all" ended in the last ten minutes. False when that time is over or nothing was stopped."""
    stopped = just_stopped(supporter)
    if stopped is None:
        return False
    # Only what this stop ended: what the person gave up some minutes earlier stays given up.
    ended_then = Permission.objects.filter(
        supporter=supporter, change=Permission.Change.WITHDRAWN, occurred_at__gte=stopped.created_at
    )
    if not stopped.delete()[0]:
        return False
    for ended in ended_then:
        _restore(ended, source)
    record("people.undo_stop", supporter, by=supporter, source=source)
    return True


def _restore(ended: Permission, source: str) -> None:
    given = (
        Permission.objects.filter(
            supporter=ended.supporter,
            controller=ended.controller,
            purpose=ended.purpose,
            channel=ended.channel,
            change=Permission.Change.GRANTED,
        )
        .order_by("occurred_at", "id")
        .last()
    )
    given.pk, given.occurred_at, given.source, given._state.adding = None, timezone.now(), source, True
    given.save(force_insert=True)


def pause_emails(supporter: Supporter) -> date:
    """No emails for three months. Returns the day they start again."""
    supporter.emails_paused_until = timezone.localdate() + PAUSE
    supporter.save(update_fields=["emails_paused_until"])
    return supporter.emails_paused_until


def resume_emails(supporter: Supporter) -> None:
    supporter.emails_paused_until = None
    supporter.save(update_fields=["emails_paused_until"])


def set_big_moments(supporter: Supporter, *, only: bool) -> None:
    """Only the few biggest calls of a year, or everything agreed to."""
    supporter.only_big_moments = only
    supporter.save(update_fields=["only_big_moments"])


def limit_emails(supporter: Supporter, most: int | None) -> None:
    """At most so many emails in any 30 days, from all senders together; None for no limit."""
    supporter.most_a_month = most
    supporter.save(update_fields=["most_a_month"])

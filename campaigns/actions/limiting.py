"""What keeps a claim from going out at once: quiet hours, what the relay can take, what a mailbox provider can take.

A claim that nothing holds back asks the database nothing here: which domains have a limit is known for some seconds.
"""

import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.models import MailDomain, Throttle

KNOWN_FOR = 5.0  # seconds for which a process remembers which domains have a limit
# What a provider's bucket holds. The clock rings every five seconds, so less would never be used up.
BURST = timedelta(seconds=10)
RELAY_BURST = timedelta(seconds=1)
# Nobody is put off for longer without asking again: a raised limit or an ended rest must be noticed.
LONGEST_WAIT = timedelta(minutes=15)


class _Felt(NamedTuple):
    """The throttles that hold anybody back: the relay's, and those of domains."""

    relay: int | None = None
    domains: dict[str, int] = {}


_felt: tuple[float, _Felt] = (0.0, _Felt())


def may_send(mailing, now: datetime) -> bool:
    """Whether a claim may be made at all: not at night unless urgent, and the relay has room.

    The caller's transaction then holds the relay's bucket, so that two workers cannot both take the last of it.
    """
    if quiet_until(now) and not mailing.is_urgent:
        return False
    relay = _what_is_felt(now).relay
    throttle = relay and Throttle.objects.select_for_update(of=("self",)).filter(pk=relay).first()
    return not throttle or _has_room(throttle, now)


def hold_back(mailing_id: int, recipients: list, now: datetime) -> list:
    """Those who may have it now. The others wait in place, without an attempt counted. For within a claim.

    A recipient has `seq` and `address`. The chunk follows its rows when it is given back.
    """
    felt = _what_is_felt(now)
    if not recipients or felt == _Felt():
        return recipients
    by_throttle: dict[int, list] = {}
    if felt.domains:
        for row in recipients:
            if throttle := felt.domains.get(row.address.rpartition("@")[2].lower()):
                by_throttle.setdefault(throttle, []).append(row)
    held: dict[int, tuple[datetime, str]] = {}
    for throttle in _locked(by_throttle):
        held |= _ask(throttle, mailing_id, by_throttle[throttle.pk], now)
    if felt.relay:
        going = [row for row in recipients if row.seq not in held]
        for throttle in _locked([felt.relay]):
            held |= _ask(throttle, mailing_id, going, now)
    _write(mailing_id, held)
    return [row for row in recipients if row.seq not in held]


def quiet_until(now: datetime) -> datetime | None:
    """When the quiet hours end that `now` lies in; None outside them."""
    if not settings.QUIET_HOURS:
        return None
    begins, ends = settings.QUIET_HOURS
    here = timezone.localtime(now)
    clock = here.time()
    over_midnight = begins > ends
    if not (clock >= begins or clock < ends if over_midnight else begins <= clock < ends):
        return None
    day = here.date() + timedelta(days=1) if over_midnight and clock >= begins else here.date()
    return datetime.combine(day, ends, tzinfo=here.tzinfo)


def leaves_at(mailing) -> datetime:
    """When the first one can leave: the time that was chosen, or the end of the quiet hours it lies in."""
    waits = None if mailing.is_urgent else quiet_until(mailing.starts_at)
    return waits or mailing.starts_at


def slowest_rate(mailing) -> int | None:
    """Messages a minute that its own limit and the relay's let through; None without either."""
    relay = Throttle.objects.filter(is_relay=True).values_list("per_minute", flat=True).first()
    return min(filter(None, [mailing.per_minute, relay]), default=None)


def relay_is_full(now: datetime) -> bool:
    """Whether the relay takes no more for this moment, and will within some seconds."""
    relay = _what_is_felt(now).relay
    throttle = relay and Throttle.objects.filter(pk=relay).first()
    return bool(throttle) and now < (throttle.next_send_at or now) < now + BURST


def forget_what_is_felt() -> None:
    """Look at the throttles afresh: they have just been changed in this process."""
    global _felt
    _felt = (0.0, _Felt())


def _what_is_felt(now: datetime) -> _Felt:
    global _felt
    until, felt = _felt
    if time.monotonic() >= until:
        felt = _look(now)
        _felt = (time.monotonic() + KNOWN_FOR, felt)
    return felt


def _look(now: datetime) -> _Felt:
    limits = dict(Throttle.objects.felt(now).values_list("pk", "is_relay"))
    if not limits:
        return _Felt()
    relay = next((pk for pk, is_relay in limits.items() if is_relay), None)
    return _Felt(relay, dict(MailDomain.objects.filter(throttle__in=limits).values_list("name", "throttle_id")))


def _locked(pks: Iterable[int]) -> Iterable[Throttle]:
    """In one order everywhere, so that two claims never wait for each other."""
    return Throttle.objects.select_for_update(of=("self",)).filter(pk__in=list(pks)).order_by("pk")


def _ask(throttle: Throttle, mailing_id: int, rows: list, now: datetime) -> dict[int, tuple[datetime, str]]:
    """Take from the bucket what these rows need, and give the others a time to ask again."""
    free = _take(throttle, len(rows), now)
    waiting = rows[free:]
    times = _turns(throttle, mailing_id, len(waiting), now)
    throttle.save(update_fields=["next_send_at", "day", "sent_that_day", "turns"])
    words = f"Waits: {throttle.name} takes no more for now."
    return {row.seq: (at, words) for row, at in zip(waiting, times, strict=True)}


def _take(throttle: Throttle, wanted: int, now: datetime) -> int:
    """How many may go. The relay's rate was asked before the chunk was taken, so a whole chunk may overdraw it."""
    if throttle.resting_until and throttle.resting_until > now:
        return 0
    free = min(wanted, _left_today(throttle, now) or 0) if throttle.most_a_day else wanted
    if throttle.per_minute:
        step = timedelta(minutes=1) / throttle.per_minute
        begins = _begins(throttle, now, RELAY_BURST if throttle.is_relay else BURST)
        if not throttle.is_relay:
            free = max(0, min(free, (now - begins) // step + 1))
        throttle.next_send_at = begins + free * step
    throttle.sent_that_day += free
    return free


def _has_room(relay: Throttle, now: datetime) -> bool:
    rests = relay.resting_until is not None and relay.resting_until > now
    return not rests and _begins(relay, now, RELAY_BURST) <= now and not relay.is_spent(timezone.localdate(now))


def _begins(throttle: Throttle, now: datetime, burst: timedelta) -> datetime:
    """The moment of the next message, as far back as what is left in the bucket."""
    return max(throttle.next_send_at or now - burst, now - burst)


def _left_today(throttle: Throttle, now: datetime) -> int | None:
    """How many more before midnight; None without such a limit."""
    today = timezone.localdate(now)
    if throttle.day != today:
        throttle.day, throttle.sent_that_day = today, 0
    return None if throttle.most_a_day is None else max(0, throttle.most_a_day - throttle.sent_that_day)


def _turns(throttle: Throttle, mailing_id: int, count: int, now: datetime) -> list[datetime]:
    """When each of `count` people who wait may ask again, a bucketful at a time.

    Each mailing queues for itself, so that a big one that is paused or slow keeps no small one waiting.
    """
    if not count:
        return []
    begins = max(now, throttle.next_send_at or now, throttle.resting_until or now, _tomorrow_if_spent(throttle, now))
    queued = throttle.turns.get(str(mailing_id))
    at = max(begins, datetime.fromtimestamp(queued, tz=UTC)) if queued else begins
    step = timedelta(minutes=1) / throttle.per_minute if throttle.per_minute else timedelta(0)
    together = max(1, BURST // step) if step else count
    late = now + LONGEST_WAIT * random.uniform(1, 2)  # noqa: S311
    times = [at + step * together * (n // together + 1) for n in range(count)]
    ends = min(at + step * count, now + LONGEST_WAIT)
    others = {key: until for key, until in throttle.turns.items() if until > now.timestamp()}
    throttle.turns = others | {str(mailing_id): ends.timestamp()}
    return [time if time <= now + LONGEST_WAIT else late for time in times]


def _tomorrow_if_spent(throttle: Throttle, now: datetime) -> datetime:
    if not throttle.is_spent(timezone.localdate(now)):
        return now
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


_HOLD = """
    UPDATE campaigns_delivery d SET not_before = v.at, reply = v.reply
    FROM unnest(%(seqs)s::int[], %(times)s::timestamptz[], %(replies)s::text[]) AS v(seq, at, reply)
    WHERE d.mailing_id = %(mailing)s AND d.seq = v.seq AND d.outcome = 0
"""


def _write(mailing_id: int, held: dict[int, tuple[datetime, str]]) -> None:
    if held:
        times, replies = zip(*held.values(), strict=True)
        given = {"mailing": mailing_id, "seqs": list(held), "times": list(times), "replies": list(replies)}
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, given)

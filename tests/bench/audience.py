"""`make bench ARGS=--audience`: how long it takes to count an audience with reasons, and to freeze it.

Among its people are some without permission, suppressed, resting, at one address together, and over their own limit.
All of it happens in one transaction that is rolled back.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import psutil
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.models import Audience, Campaign, Delivery, Mailing
from sanctuary.people.actions import set_up_people
from sanctuary.people.models import User, Wording
from tests.bench import part

SIZES = (100_000, 1_000_000)
PROMISED = {100_000: (2.0, None), 1_000_000: (5.0, 15.0)}  # seconds: count, freeze
EARLIER = 4  # mailings of the last month, each to a fifth of the people

# Of a hundred: 1 has no address, 14 gave no permission, 2 share the address of the one before, 3 rest, 10 have a limit
# of 1, 2, 4 or 8 a month. The address is its own hash here: nothing is ever sent to these people.
_PEOPLE = """
    INSERT INTO people_supporter (id, kind, name, email, email_mac, only_big_moments, most_a_month, created_at,
        emails_paused_until, organisation_type, contact_name, job_role, postcode, outward_code, district_code,
        region, nation)
    SELECT %(first)s + n, 'person', 'Somebody ' || n, address, sha256(convert_to(address, 'UTF8')), n %% 100 = 31,
        CASE WHEN n %% 10 = 3 THEN (ARRAY[1, 2, 4, 8])[1 + n / 10 %% 4] END, %(now)s,
        CASE WHEN n %% 50 = 7 THEN %(today)s::date + 10 END, '', '', '', '', '', '',
        (ARRAY['London', 'Wales', 'Scotland', 'North East', 'North West'])[1 + n %% 5], ''
    FROM generate_series(1, %(size)s) AS n,
        LATERAL (SELECT CASE WHEN n %% 100 <> 11
            THEN 'somebody.' || n - (n %% 50 = 21)::int || '@bench.example.org' ELSE '' END) AS it (address)
"""
_PERMISSION = """
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at)
    SELECT %(first)s + n, %(controller)s, purpose, 'email',
        CASE WHEN n %% 7 = 1 THEN 'declined' ELSE 'granted' END,
        CASE WHEN n %% 7 = 1 THEN 'none' ELSE 'consent' END, %(wording)s, 'bench', %(now)s, %(now)s
    FROM generate_series(1, %(size)s) AS n, unnest(ARRAY['campaigns', 'news']) AS purpose
    WHERE purpose = 'campaigns' OR n %% 2 = 0
"""
_SUPPRESSION = """
    INSERT INTO people_suppression (key_id, email_mac, reason, created_at)
    SELECT 1, email_mac, CASE WHEN id %% 180 < 60 THEN 'hard_bounced' ELSE 'unsubscribed' END, %(now)s
    FROM people_supporter WHERE id > %(first)s AND (id - %(first)s) %% 60 = 1 AND email <> ''
    ON CONFLICT DO NOTHING
"""
_HAD = """
    INSERT INTO campaigns_delivery (mailing_id, seq, supporter_id, address, outcome, attempts, reply, settled_at)
    SELECT %(mailing)s, n, %(first)s + n * 5 - %(nth)s, '', %(sent)s, 1, '', %(now)s
    FROM generate_series(1, %(size)s / 5) AS n
"""


def run() -> int:
    part.introduce("Counting and freezing an audience")
    call_command("migrate", verbosity=0)
    return measure((part.asked().recipients,) if part.asked().recipients else SIZES)


def measure(sizes: Sequence[int] = SIZES) -> int:
    """Print one table. Needs the migrated tables, and leaves nothing behind. 0 when what is promised was kept."""
    print(f"{'people':>10}{'will get it':>13}{'count s':>9}{'CPU':>7}{'freeze s':>10}{'CPU':>7}{'built s':>9}")
    return max(_measure_one(size) for size in sizes)


def _measure_one(size: int) -> int:
    with transaction.atomic():
        built, mailing = _timed(lambda: _build(size))
        counted, counts = _best(lambda: Audience.of(mailing).count(mailing))
        froze, mailing = _timed(lambda: actions.freeze_and_start(mailing))
        _checked(counts.as_dict(), mailing, size)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM people_supporter, people_permission, people_currentpermission, campaigns_delivery")
    figures = f"{counted.seconds:>9.2f}{counted.cpu:>7.2f}{froze.seconds:>10.2f}{froze.cpu:>7.2f}{built.seconds:>9.0f}"
    print(f"{size:>10,}{counts.recipients:>13,}{figures}", flush=True)
    most = PROMISED.get(size, (None, None))
    kept = [limit is None or time.seconds < limit for time, limit in zip((counted, froze), most, strict=True)]
    return 0 if all(kept) else 1


class _Time:
    """Seconds by the clock, and of CPU in the database's process for us (parallel helpers are not in it)."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = cursor.fetchone()[0]
        self._cpu, self._started = self._used(), time.monotonic()

    def stop(self):
        self.seconds, self.cpu = time.monotonic() - self._started, self._used() - self._cpu
        return self

    def _used(self) -> float:
        if not psutil.pid_exists(self._backend):
            return 0.0  # the database is on another machine
        times = psutil.Process(self._backend).cpu_times()
        return times.user + times.system


def _timed(call: Callable) -> tuple[_Time, object]:
    watch = _Time()
    result = call()
    return watch.stop(), result


def _best(call: Callable, times: int = 3) -> tuple[_Time, object]:
    return min((_timed(call) for _ in range(times)), key=lambda pair: pair[0].seconds)


def _build(size: int) -> Mailing:
    now = timezone.now()
    national = set_up_people()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM people_supporter")
        given = {
            "first": cursor.fetchone()[0],
            "size": size,
            "now": now - timedelta(days=1),
            "today": timezone.localdate(),
            "controller": national.pk,
            "wording": Wording.objects.current("email-question").pk,
            "sent": Delivery.Outcome.SENT,
        }
        # Keys are checked set by set: two million deferred checks would wait for the end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sql in (_PEOPLE, _PERMISSION, _SUPPRESSION):
            cursor.execute(sql, given)
        for nth in range(EARLIER):
            earlier = _mailing(national, state=Mailing.State.DONE, frozen_at=now, finished_at=now)
            cursor.execute(_HAD, {**given, "mailing": earlier.pk, "nth": nth})
        cursor.execute("ANALYZE")
    return _mailing(national, state=Mailing.State.SCHEDULED)


def _mailing(national, **fields) -> Mailing:
    author = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})[0]
    campaign = Campaign.objects.get_or_create(
        slug="bench", defaults={"title": "Bench", "ask": "?", "why": "?", "decision_maker": "?", "owner": author}
    )[0]
    return Mailing.objects.create(
        campaign=campaign,
        controller=national,
        author=author,
        subject="Bench",
        body="Bench",
        audience=Audience().as_dict(),
        starts_at=timezone.now(),
        **fields,
    )


def _checked(counts: dict, mailing: Mailing, size: int) -> None:
    """What was measured was the whole work: every reason occurs, and the parts add up."""
    reasons = {name: count for name, count in counts.items() if name not in ("matched", "recipients")}
    assert all(reasons.values()), reasons
    assert counts["matched"] >= size
    assert counts["matched"] - sum(reasons.values()) == counts["recipients"]
    assert mailing.counts == counts
    assert mailing.deliveries.count() == counts["recipients"]

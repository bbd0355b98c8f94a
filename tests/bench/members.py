"""`make bench ARGS=--members`: a group's members page, search while somebody types, and the national search.

Every figure is of whole requests through the house's own middleware, views and templates, one after another. Half of
the people have family names of their own, the other half share nine: so there are rare words and very common ones.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from groups.filters import MemberFilter
from groups.models import Activity, GroupRole, LocalGroup, Membership
from sanctuary.demo.supporters import SUPPORTER, Crowd, copy
from sanctuary.people.models import Supporter, User
from tests.bench import part, world
from tests.bench.lane import at
from tests.bench.table import Criterion, show_criteria

PEOPLE, MEMBERS, FEW = 1_000_000, 10_000, 10
TIMES = 40  # each question is asked, after two that warm up
COPIED = 50_000
PAGE, TYPED, NATIONAL = 0.3, 0.2, 1.0  # seconds that 95 of 100 requests may take at most

_OWN_NAMES = """
    UPDATE people_supporter SET name = split_part(name, ' ', 1) || ' ' || initcap(translate(
        substr(md5(id::text), 1, 7), '0123456789abcdef', 'aeiouabdeglmnrst')) WHERE id %% 2 = 0
"""
_INTO_ONE = "UPDATE groups_membership SET group_id = %(group)s WHERE supporter_id <= %(members)s"
_ELSEWHERE = "UPDATE groups_membership SET group_id = %(other)s WHERE group_id = %(group)s AND supporter_id > %(keep)s"
_PERMISSION = """
    INSERT INTO people_permission (supporter_id, controller_id, purpose, channel, change, basis, wording_id, source,
        occurred_at, recorded_at)
    SELECT m.supporter_id, %(controller)s, 'activities', 'email', 'granted', 'consent',
        (SELECT max(id) FROM people_wording), 'bench', now(), now()
    FROM groups_membership m WHERE m.group_id = %(group)s AND m.supporter_id %% 10 < 8
"""
_SILENCED = """
    INSERT INTO people_suppression (key_id, email_mac, reason, created_at)
    SELECT 1, email_mac, 'unsubscribed', now() FROM people_supporter WHERE id %% 50 = 1
"""
_CAME = """
    INSERT INTO groups_attendance (activity_id, supporter_id)
    SELECT a.id, m.supporter_id FROM groups_activity a JOIN groups_membership m ON m.group_id = a.group_id
    WHERE a.group_id = %(group)s AND (m.supporter_id + a.id) %% 40 = 0
"""

IN_THE_GROUP = {
    "first page": ({}, PAGE),
    "last page": ({"page": "400"}, PAGE),
    "newest first": ({"sort": "-joined"}, PAGE),
    "may be emailed": ({"emails": "yes"}, PAGE),
    "may not be emailed": ({"emails": "no"}, PAGE),
    "came lately": ({"came": "lately"}, PAGE),
    "never came": ({"came": "never"}, PAGE),
}
AS_TYPED = ["a", "am", "amira", "amira o'd", "supporter.1", "zzzz"]
NATIONALLY = ["a", "amira", "amira o’demo", "supporter.12345@m9.example.org", "supporter.12", "zzzz"]


@dataclass
class Asked:
    words: str
    found: int
    p50: float
    p95: float
    limit: float

    def judge(self) -> Criterion:
        return Criterion(
            f"{self.words}, p95", f"< {self.limit * 1e3:.0f} ms", f"{self.p95 * 1e3:.0f} ms", self.p95 < self.limit
        )


def run() -> int:
    people = part.asked().recipients or PEOPLE
    part.introduce(f"A group of {MEMBERS:,} members among {people:,} supporters; {TIMES} requests of each kind")
    world.build(people)
    group, small = prepare(people)
    coordinator, staff = coordinator_of(group, small), staff_client()
    asked = [*in_the_group(coordinator, group), *as_typed(coordinator, group), *nationally(staff)]
    show(asked)
    show_plans(group)
    counts = {one: queries(coordinator, one) for one in (small, group)}
    return show_criteria(
        [
            *[one.judge() for one in asked],
            Criterion(
                f"queries of the page with {MEMBERS:,} members as with {FEW}",
                str(counts[small]),
                str(counts[group]),
                counts[small] == counts[group],
            ),
            *writing(),
        ]
    )


def prepare(people: int) -> tuple[LocalGroup, LocalGroup]:
    """Names, one large group and one small, and everything that the filters ask about."""
    group, small, other = LocalGroup.objects.live().order_by("pk")[:3]
    many = {"group": group.pk, "members": min(MEMBERS, people), "controller": group.controller_id}
    few = {"group": small.pk, "other": other.pk, "keep": min(MEMBERS, people)}
    with connection.cursor() as cursor:
        cursor.execute(_OWN_NAMES, {})
        cursor.execute(_ELSEWHERE, few | {"group": group.pk})
        cursor.execute(_ELSEWHERE, few | {"keep": 0})
        cursor.execute(_INTO_ONE, many)
        cursor.execute(_INTO_ONE, {"group": small.pk, "members": FEW})
        _meals(group)
        for made in (_PERMISSION, _SILENCED, _CAME):
            cursor.execute(made, many)
        cursor.execute("VACUUM ANALYZE")
    return group, small


def _meals(group: LocalGroup) -> None:
    """One a week for a year."""
    now = timezone.now()
    starts = [now - timedelta(weeks=week) for week in range(1, 53)]
    Activity.objects.bulk_create(
        Activity(group=group, title="Meal", kind=Activity.Kind.MEAL, starts_at=at, ends_at=at + timedelta(hours=2))
        for at in starts
    )


def coordinator_of(*groups: LocalGroup) -> Client:
    user = User.objects.create(email="bench.coordinator@example.org")
    for group in groups:
        GroupRole.objects.create(group=group, user=user, role="coordinator", started_on=date(2020, 1, 1))
    return signed_in(user)


def staff_client() -> Client:
    """With the second step behind them."""
    user = User.objects.create(email="bench.staff@example.org", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = signed_in(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def in_the_group(client: Client, group: LocalGroup) -> Iterable[Asked]:
    url = reverse("groups:members", args=[group.slug])
    for words, (question, limit) in IN_THE_GROUP.items():
        found = _in(group, {name: value for name, value in question.items() if name != "page"})
        yield measure(f"members: {words}", lambda question=question: client.get(url, question), limit, found)


def as_typed(client: Client, group: LocalGroup) -> Iterable[Asked]:
    url, typing = reverse("groups:members", args=[group.slug]), {"HX-Request": "true"}
    for text in AS_TYPED:
        ask = lambda text=text: client.get(url, {"q": text}, headers=typing)  # noqa: E731
        yield measure(f"as typed: {text}", ask, TYPED, _in(group, {"q": text}))


def nationally(client: Client) -> Iterable[Asked]:
    url = reverse("admin:people_supporter_changelist")
    for text in NATIONALLY:
        ask = lambda text=text: client.get(url, {"q": text})  # noqa: E731
        yield measure(f"national: {text}", ask, NATIONAL, Supporter.objects.matching(text).count())


def _in(group: LocalGroup, question: dict[str, str]) -> int:
    return MemberFilter(question, group=group, queryset=Membership.objects.current().filter(group=group)).qs.count()


def measure(words: str, ask: Callable, limit: float, found: int) -> Asked:
    times = []
    for _ in range(TIMES + 2):
        started = time.perf_counter()
        page = ask()
        times.append(time.perf_counter() - started)
        if page.status_code != 200:
            raise SystemExit(f"{words}: {page.status_code}")
    times = sorted(times[2:])
    return Asked(words, found, at(times, 0.5), at(times, 0.95), limit)


def queries(client: Client, group: LocalGroup) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("groups:members", args=[group.slug]))
    return len(asked)


def show(asked: Iterable[Asked]) -> None:
    print(f"\n{'':<46}{'found':>10}{'p50 ms':>9}{'p95 ms':>9}")
    for one in asked:
        print(f"{one.words:<46}{one.found:>10,}{one.p50 * 1e3:>9.1f}{one.p95 * 1e3:>9.1f}")


def show_plans(group: LocalGroup) -> None:
    members = Membership.objects.current().filter(group=group)
    listed = MemberFilter({"q": "amira o'd"}, group=group, queryset=members).qs.with_supporter().with_email_state()
    national = Supporter.objects.matching("amira o’demo").order_by("-pk")
    for words, rows in {
        "search in the group": listed.order_by("supporter__name")[:25],
        "national search": national[:100],
        "national search by the beginning of an address": Supporter.objects.matching("supporter.12345@").order_by(
            "-pk"
        ),
    }.items():
        print(f"\nPlan of the {words}:")
        for line in rows.explain().splitlines():
            if node := re.match(r"( *)(?:-> *)?(.+?) +\(cost", line):
                print(f"  {node[1]}{node[2]}")
            elif "Cond" in line:
                print(f"  {line[:150]}")


def writing() -> list[Criterion]:
    """What the words and their index cost a COPY: the same rows with and without them, both rolled back."""
    rows = [row for batch in Crowd(world.SEED).make(COPIED) for row in batch["supporter"]]
    without = _copied(rows, "ALTER TABLE people_supporter DROP COLUMN words")
    with_ = _copied(rows)
    each = (with_ - without) / len(rows) * 1e6
    return [
        Criterion(f"COPY of {len(rows):,} supporters without the words", "", f"{without:.2f} s"),
        Criterion("with the words and their index", "", f"{with_:.2f} s, {each:+.0f} µs"),
    ]


def _copied(rows: list[tuple], *before: str) -> float:
    """Seconds; the faster of two."""
    times = []
    for _ in range(2):
        with transaction.atomic():
            with connection.cursor() as cursor:
                for statement in before:
                    cursor.execute(statement)
            started = time.perf_counter()
            copy("people_supporter", SUPPORTER, rows)
            times.append(time.perf_counter() - started)
            transaction.set_rollback(True)
    return min(times)

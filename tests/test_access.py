"""Every address × every persona: who gets in, what they may learn, and that looking changes nothing."""

import re
from collections import Counter

import pytest
import rules
from django.db import connection
from django.urls import resolve, reverse

from sanctuary.views import Door
from tests.addresses import THIRD_PARTY, account_urls, admin_urls, ours, patterns
from tests.conftest import client_of
from tests.house import PACKAGES
from tests.pages import PAGES, PERSONAS

pytestmark = pytest.mark.django_db

# Rows that signing in and looking around may write.
MAY_CHANGE = {"django_session", "usersessions_usersession"}
# Pages on which a helper may change something: activities, and writing up what took place.
HELPERS_DO = {f"groups:{name}" for name in ("activity_new", "activity_edit", "activity_cancel", "log", "who_came")}
MASKED = re.compile(rb'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"')


def test_only_known_third_parties_have_pages():
    strange = [
        (route, pattern.callback.__module__)
        for route, _, pattern in patterns()
        for prefix, packages in THIRD_PARTY.items()
        if route.startswith(prefix) and not pattern.callback.__module__.startswith(packages)
    ]
    assert strange == []


def test_views_of_ours_are_public_or_ruled_never_both_never_neither():
    wrong = []
    for route, _, pattern in ours():
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not issubclass(view, Door) or view.__module__.partition(".")[0] not in PACKAGES:
            wrong.append(f"{route}: a class of ours that is a Door")
            continue
        chosen = vars(view) | pattern.callback.view_initkwargs
        public, rule = chosen.get("public", view.public), chosen.get("rule", view.rule)
        if bool(public) == bool(rule):
            wrong.append(f"{route}: public={public}, rule={rule}")
        if rule and not rules.rule_exists(rule):
            wrong.append(f"{route}: nobody registered the rule {rule}")
        if pattern.callback.login_required == bool(public):
            wrong.append(f"{route}: login_required={pattern.callback.login_required}, public={public}")
    assert wrong == []


def test_every_address_is_in_the_registry_once():
    """A name with two addresses needs two lines."""
    registered, there = Counter(page.name for page in PAGES), Counter(name for _, name, _ in ours())
    assert (there - registered, registered - there) == (Counter(), Counter()), "add a line to tests/pages.py"


@pytest.mark.parametrize("who", PERSONAS)
def test_each_persona_gets_what_the_registry_says(who, world):
    client = client_of(world.people[who])
    answers = {page.url(world): client.get(page.url(world)).status_code for page in PAGES}
    assert answers == {page.url(world): page.opens[who] for page in PAGES}


def test_strangers_are_shown_to_the_sign_in(world):
    closed = [page.url(world) for page in PAGES if resolve(page.url(world)).func.login_required]
    sent_to = {url: client_of().get(url).headers["Location"].partition("?")[0] for url in closed}
    assert sent_to == dict.fromkeys(closed, reverse("account_login"))
    assert closed


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_groups_thing_and_none_are_answered_alike(method, world):
    """Whether the other's thing exists must not be told: not by status, nor by a byte."""
    press = getattr(client_of(world.ours.coordinator), method)
    told = {}
    for entry in [page for page in PAGES if page.theirs]:
        hidden, absent = (press(reverse(entry.name, args=args(world))) for args in (entry.theirs, entry.missing))
        is_closed = absent.status_code == 404 or press(entry.url(world)).status_code == 405
        if not (is_closed and _whole(hidden) == _whole(absent)):
            told[entry.name] = hidden.status_code, absent.status_code
    assert told == {}


def _whole(response) -> tuple:
    return response.status_code, _bare(response.content), dict(response.headers)


def _bare(content: bytes) -> bytes:
    return MASKED.sub(b"", content)


@pytest.mark.parametrize("who", [who for who in PERSONAS if who not in {"coordinator", "helper"}])
def test_nobody_else_presses_a_button_of_the_group(who, world):
    client = client_of(world.people[who])
    closed = [page for page in PAGES if page.theirs and (who == "stranger" or page.opens[who] in {403, 404, 405})]
    urls = [page.url(world) for page in closed]
    before = every_row()
    answers = {url: client.post(url).status_code for url in urls}
    assert {url: status for url, status in answers.items() if status not in {302, 404, 405}} == {}
    assert (302 in answers.values()) == (who == "stranger")
    assert every_row() == before


def test_helpers_press_no_button_but_about_activities(world):
    """What they may not do is refused, whatever they send; what they may do says so in the registry."""
    client, before = client_of(world.people["helper"]), every_row()
    closed = [page for page in PAGES if page.theirs and page.opens["helper"] not in {200, 302}]
    answers = {page.name: client.post(page.url(world)).status_code for page in closed}
    assert set(answers.values()) <= {403, 404, 405}, answers
    changing = {page.name for page in PAGES if page.theirs and page.opens["helper"] == 200} - HELPERS_DO
    read_only = {page.name: client.post(page.url(world)) for page in PAGES if page.name in changing}
    assert {name: r.status_code for name, r in read_only.items() if r.status_code not in {403, 405}} == {}
    assert every_row() == before


@pytest.mark.parametrize("who", PERSONAS)
def test_nobody_reads_about_people_of_a_group_that_is_not_theirs(who, world):
    client, seen = client_of(world.people[who]), {}
    canaries = world.ours.canaries + world.theirs.canaries + world.unseen
    for page in PAGES:
        for args in filter(None, (page.args, page.theirs)):
            content = b"".join(client.get(reverse(page.name, args=args(world)), follow=True)).decode(errors="replace")
            found = [canary for canary in canaries if canary in content and not canary.startswith(page.tells or "-")]
            seen |= dict.fromkeys(found, page.name)
    assert {canary: page for canary, page in seen.items() if who not in world.allowed(canary)} == {}
    if who in {"coordinator", "helper"}:
        assert seen, "a check that sees nothing proves nothing"


@pytest.mark.parametrize("who", PERSONAS)
def test_looking_changes_no_row(who, world):
    client = client_of(world.people[who])
    own, user = [page.url(world) for page in PAGES], world.people[who]
    others = account_urls() + (admin_urls(world) if user and user.is_staff else [])
    before = every_row()
    for url in own + others:
        assert client.get(url).status_code < 500, url
    for url in own:
        assert client.head(url).status_code < 500, url
    after = every_row()
    assert [table for table, rows in before.items() if rows != after[table]] == []


def every_row() -> dict[str, str]:
    """A fingerprint of each table, in which even a row written back unchanged shows."""
    tables = [name for name in connection.introspection.table_names() if name not in MAY_CHANGE]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            rows = "count(*), md5(string_agg(t.ctid::text || t::text, ',' ORDER BY t.ctid))"
            cursor.execute(f'SELECT {rows} FROM "{table}" t')
            found[table] = cursor.fetchone()
    return found


def test_the_fingerprint_sees_a_row_written_back_unchanged(world):
    before = every_row()
    world.ours.group.save()
    assert {table for table, rows in every_row().items() if rows != before[table]} == {"groups_localgroup"}


@pytest.mark.parametrize("who", ["stranger", "supporter", "coordinator"])
def test_the_admin_is_closed_to_all_but_staff(who, world):
    client = client_of(world.people[who])
    answers = {url: client.get(url).status_code for url in admin_urls(world)}
    assert {url: status for url, status in answers.items() if status != 302} == {}


@pytest.mark.parametrize("who", ["staff", "superuser"])
def test_the_admin_is_closed_to_staff_without_the_second_step(who, world, client):
    client.force_login(world.people[who])
    answers = {url: client.get(url) for url in admin_urls(world)}
    assert {url: r.status_code for url, r in answers.items() if r.status_code != 302} == {}
    assert {r.headers["Location"].partition("?")[0] for r in answers.values()} == {reverse("mfa_index")}


def test_the_admin_opens_to_the_superuser(world):
    client = client_of(world.people["superuser"])
    answers = {url: client.get(url) for url in admin_urls(world)}
    sent_away = {url: r for url, r in answers.items() if not r.headers.get("Location", "/admin/").startswith("/admin/")}
    assert sent_away == {}
    assert {url: r.status_code for url, r in answers.items() if r.status_code not in (200, 302, 403, 405)} == {}
    assert client.get(reverse("admin:index")).status_code == 200

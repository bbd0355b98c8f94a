"""Whatever arrives, at any address: a clear answer, never an error of ours. And what every answer must carry."""

import re

import pytest
from django.db import transaction

from tests.addresses import account_urls, admin_urls
from tests.conftest import client_of
from tests.pages import ACCOUNT_PAGES, PAGES, PERSONAS

pytestmark = pytest.mark.django_db

HOSTILE = {
    "nul": "a\0b",
    "control characters": "\x1b[31m\r\nBcc: all@example.org\r\n",
    "direction": "\u202eelpmaxe\u202d",
    "markup": "\"'><script>alert(1)</script>{{ 7*7 }}((name))",
    "sql": "' OR 1=1; --",
    "half a character": b"\xed\xa0\x80 \xff\xfe",
    "huge number": "9" * 400,
    "not a number": "1e309",
    "negative": "-1",
    "long": "ß" * 100_000,
    "traversal": "../../../../etc/passwd",
}
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
NAME = re.compile(r'<(?:input|textarea|select|button)\b[^>]*\bname="([^"]+)"')
ACTION = re.compile(r'<form\b[^>]*\baction="([^"]*)"')
BAD_TOKENS = ["x", "A" * 5000, "%00", "%F0%9F%8C%8D", "..%2F..", "-" * 43, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
WITH_TOKEN = [page for page in PAGES if page.token]


def forms(client, url: str) -> list[tuple[str, str, list[str]]]:
    """(method, address, names of fields) of each form on a page."""
    found = []
    for html in FORM.findall(client.get(url).content.decode(errors="replace")):
        head = html.partition(">")[0]
        action = ACTION.match(html)
        method = "post" if 'method="post"' in head else "get"
        names = [name for name in NAME.findall(html) if name != "csrfmiddlewaretoken"]
        found.append((method, (action and action[1]) or url, names))
    return found


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("who", ["stranger", "coordinator"])
def test_forms_take_anything(who, kind, world):
    """Every field of every form at once; strangers' forms again with that in their query."""
    client, tried = client_of(world.people[who]), 0
    for page in PAGES + ACCOUNT_PAGES:
        if page.opens[who] != 200 or not page.is_shown or page.name == "account_logout":
            continue
        # What one form does is undone before the next: an empty form may be the one that deletes somebody.
        before = transaction.savepoint()
        for method, url, names in forms(client, page.url(world)):
            if url.startswith(("http", "/accounts/logout")):
                continue
            values = dict.fromkeys(names, HOSTILE[kind])
            if method == "get" or who == "stranger":
                assert client.get(url, values).status_code < 500, (url, names)
            if method == "post":
                assert client.post(url, values).status_code < 500, (url, names)
            tried += 1
        transaction.savepoint_rollback(before)
    assert tried > 10


@pytest.mark.parametrize("kind", HOSTILE)
def test_addresses_take_anything(kind, world):
    client = client_of(world.people["coordinator"])
    for page in PAGES:
        for names in (["page"], ["q", "group", "to", "next", "order"]):
            values = dict.fromkeys(names, HOSTILE[kind])
            assert client.get(page.url(world), values).status_code < 500, (page.name, names)


@pytest.mark.parametrize("entry", WITH_TOKEN, ids=str)
def test_a_bad_token_opens_nothing(entry, world):
    """Forged, damaged, endless, or made for another purpose: all are answered like the first."""
    client = client_of()

    def answer(token: str) -> int:
        return client.get(entry.url(world).replace(world.tokens[entry.token], token)).status_code

    forged = answer("x" * 43)
    assert forged < 500
    assert {token: answer(token) for token in BAD_TOKENS if answer(token) not in (forged, 404)} == {}
    others = {name: token for name, token in world.tokens.items() if name != entry.token}
    assert {name: answer(token) for name, token in others.items() if answer(token) != forged} == {}


# Shown only within an hour of asking or confirming, to whoever opened the mailbox.
PRIVATE = {"people:held", "people:held_data", "people:forget", "pledges:endorse_after"}
# Its form is taken by another page of ours, which looks where it came from. Other sites are told nothing.
TELLS_OUR_OWN = {"people:one_more_step"}


@pytest.mark.parametrize("entry", WITH_TOKEN, ids=str)
def test_pages_behind_a_link_are_neither_kept_nor_passed_on(entry, world):
    """A letter may be forwarded and a link lives in histories: such a page names nobody."""
    response = client_of().get(entry.url(world))
    assert response.headers["Referrer-Policy"] == ("same-origin" if entry.name in TELLS_OUR_OWN else "no-referrer")
    assert "no-store" in response.headers["Cache-Control"]
    if entry.name not in PRIVATE:
        page = response.content.decode(errors="replace")
        about = [world.people["supporter"].supporter, world.unconfirmed]
        assert [said for person in about for said in (person.name, person.email) if said in page] == []


@pytest.mark.parametrize("who", PERSONAS)
def test_every_answer_carries_the_headers(who, world):
    client, wrong = client_of(world.people[who]), []
    for url in [page.url(world) for page in PAGES] + account_urls() + admin_urls(world) + ["/no/such/page/"]:
        headers = client.get(url).headers
        policy = headers.get("Content-Security-Policy", "")
        right = (
            "default-src 'self'" in policy or "sandbox" in policy,
            "object-src 'none'" in policy or "sandbox" in policy,
            headers.get("X-Content-Type-Options") == "nosniff",
            headers.get("Referrer-Policy") in {"same-origin", "no-referrer"},
            headers.get("Cross-Origin-Opener-Policy") == "same-origin",
            "camera=()" in headers.get("Permissions-Policy", ""),
            who == "stranger" or "no-store" in headers.get("Cache-Control", ""),
        )
        wrong += [] if all(right) else [(url, right)]
    assert wrong == []


def test_strangers_get_no_session_by_looking(world):
    client = client_of()
    for page in PAGES:
        client.get(page.url(world))
    assert {name for name in client.cookies if "session" in name} == set()

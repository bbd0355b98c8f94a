"""What a form of ours does not offer, sent all the same: another group's numbers, and fields that nobody asked for."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupContact, GroupRole, LocalGroup, Membership, Note
from groups.models.page import fingerprint
from sanctuary.people.models import User
from tests import factories as make
from tests.conftest import client_of
from tests.pages import PAGES
from tests.test_access import every_row
from tests.world import MISSING_ID

pytestmark = pytest.mark.django_db

FIELD = re.compile(r"<(?:input|textarea|select|button)\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')
MASKED = re.compile(r'(name="(?:csrfmiddlewaretoken|stamp)" value=|nonce=)"[^"]*"')
# What people write where a form has nothing yet.
WRITTEN = {
    "email": "new@example.org",
    "day": "2099-06-01",
    "on": "2099-06-01",
    "start": "10:00",
    "end": "11:00",
    "telephone": "01632 960 001",
    "title": "Tampered",
    "do": "remove",
}


def filled(world, client) -> dict[str, str]:
    """Every field of every form of a group's rooms, with what stands in it, or what somebody might write."""
    body: dict[str, str] = {}
    for page in PAGES:
        if page.theirs and page.is_shown and page.opens["coordinator"] == 200:
            for tag in FIELD.findall(client.get(page.url(world)).text):
                said = dict(ATTRIBUTE.findall(tag))
                if name := said.get("name"):
                    body[name] = WRITTEN.get(name) or body.get(name) or said.get("value") or "Tampered"
    return body | {"again": "1"}


def test_a_filled_form_for_another_groups_thing_is_answered_as_for_none(world):
    client = client_of(world.ours.coordinator)
    body = filled(world, client)
    assert len(body) > 40, "the forms were not found"
    before, told = every_row(), {}
    for page in [page for page in PAGES if page.theirs]:
        hidden, absent = (
            client.post(reverse(page.name, args=args(world)), body) for args in (page.theirs, page.missing)
        )
        if (hidden.status_code, plain(hidden)) != (absent.status_code, plain(absent)):
            told[page.name] = hidden.status_code, absent.status_code
        if hidden.status_code not in {404, 405}:
            told[page.name] = hidden.status_code
    assert told == {}
    assert {table for table, rows in every_row().items() if rows != before[table]} == set()


def plain(response) -> str:
    """What was answered, without what is new each time."""
    said = f"{response.headers.get('Location', '')}\n{b''.join(response).decode(errors='replace')}"
    return MASKED.sub("", said)


# --- another group's numbers in what is sent ------------------------------------------------------


def membership_of(tenant) -> int:
    return Membership.objects.get(group=tenant.group, supporter=tenant.member).pk


def who_came(world, number):
    return {"step": "save", "seen": "0", "who": [number], "was": [number], "total": "3", "contact": "some"}


def handed_over(world, number):
    return {"successor": number, "on": f"{timezone.localdate() + timedelta(days=7):%Y-%m-%d}"}


# Page, its address, the number of another group, what is sent with it.
NUMBERS = {
    "ticked to download": ("members_do", None, membership_of, lambda w, n: {"who": [n], "do": "export"}),
    "ticked to remove": ("members_do", None, membership_of, lambda w, n: {"who": [n], "do": "remove"}),
    "removed": ("members_remove", None, membership_of, lambda w, n: {"who": [n], "count": "1"}),
    "came": ("who_came", lambda w: w.ours.logged.pk, membership_of, who_came),
    "logged": ("log", None, lambda t: t.logged.pk, lambda w, n: {"what": f"a{n}", "when": "today"}),
    "logged once more": ("log", None, lambda t: t.logged.pk, lambda w, n: {"what": f"t{n}", "when": "today"}),
    "successor": ("handover", None, lambda t: t.coordinator.pk, handed_over),
    "kept of two": ("join_members", None, membership_of, lambda w, n: {"keep": n, "kept": n, "name": n}),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_another_groups_number_in_a_form_is_as_good_as_none(kind, world):
    name, about, number_of, body = NUMBERS[kind]
    client, theirs = signed_in_just_now(world.ours.coordinator), number_of(world.theirs)
    page = next(page for page in PAGES if page.name == f"groups:{name}")
    url = reverse(page.name, args=[world.ours.group.slug, about(world)]) if about else page.url(world)
    hidden, absent = (pressed(client, url, body(world, number), number) for number in (theirs, MISSING_ID))
    assert hidden == absent | {"said": absent["said"].replace(str(MISSING_ID), str(theirs))}


def signed_in_just_now(user):
    """So that nobody is asked for their password before they get a file."""
    client = client_of(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def pressed(client, url, body, number) -> dict[str, object]:
    """The answer and how many rows each table has then; afterwards nothing has happened."""
    before = transaction.savepoint()
    query = f"?who={number}" if "count" in body else ""
    response = client.post(url + query, body, follow=True)
    answer = {"status": response.status_code, "said": plain(response), "rows": row_counts()}
    transaction.savepoint_rollback(before)
    return answer


def row_counts() -> dict[str, str]:
    return {table: rows[0] for table, rows in every_row().items()}


def test_people_of_another_group_cannot_be_ticked_for_an_email(world):
    client, ours = client_of(world.ours.coordinator), world.ours
    url = reverse("campaigns:group_mail_who", args=[ours.group.slug, ours.draft.pk])
    body, number = {"whom": "ticked", "seen": ours.draft.content_hash}, world.theirs.member.pk
    hidden, absent = (pressed(client, url, body | {"people": [n]}, n) for n in (number, MISSING_ID))
    assert hidden == absent | {"said": absent["said"].replace(str(MISSING_ID), str(number))}
    assert hidden["status"] == 422
    assert client.post(url, body | {"people": [ours.member.pk]}).status_code == 302


# --- fields that nobody asked for -----------------------------------------------------------------


def uninvited(world) -> dict[str, object]:
    """What would matter if a form took it."""
    theirs, owen = world.theirs.group, world.theirs.coordinator.pk
    people = dict.fromkeys(("author", "by", "user", "created_by", "written_by", "logged_by", "invited_by"), owen)
    rights = dict.fromkeys(("is_staff", "is_superuser", "is_active", "is_listed", "published_at", "logged_at"), "1")
    groups = {"group": theirs.pk, "group_id": theirs.pk, "controller": theirs.controller_id, "membership": 1}
    return people | rights | groups | {"status": "closed", "state": "sent", "slug": "taken", "pk": 1, "id": 1}


def forms_of(world) -> list[tuple[str, list, dict]]:
    """Forms filled in rightly: each is taken."""
    ours = [world.ours.group.slug]
    meets = {"title": "Picnic", "kind": "meal", "day": "4/6/2027", "start": "10:00", "end": "11:00", "area": "Park"}
    told = {"name": "Rosa Told", "email": "rosa@example.org", "title": "Home", "shown_as": "R", "text": "I walked."}
    member = [*ours, membership_of(world.ours)]
    return [
        ("groups:activity_new", ours, meets | {"is_public": "yes"}),
        (
            "groups:contacts",
            ours,
            {"name": "A B", "role": "Chair", "telephone": "01632 960 001", "email": "a@example.org"},
        ),
        ("groups:page_edit", ours, {"about": "We walk.", "stands_on": fingerprint(world.ours.group)}),
        ("groups:team", ours, {"email": "invited@example.org", "role": GroupRole.Role.HELPER}),
        ("groups:member", member, {"text": "Likes walks"}),
        ("groups:story_new", ours, told),
        ("campaigns:group_mail_new", ours, {"subject": "Walk", "body": "Come along.", "purpose": "news"}),
        ("groups:log", ours, {"what": "new", "title": "Tea", "kind": "meal", "when": "today"}),
    ]


def test_fields_that_nobody_asked_for_change_nothing(world):
    client, theirs = client_of(world.ours.coordinator), world.theirs.group
    groups, rights, held = facts(LocalGroup, "about"), facts(User), rows_of(theirs)
    refused = {}
    for name, args, body in forms_of(world):
        query = "?start=blank" if name.endswith("mail_new") else ""
        answer = client.post(reverse(name, args=args) + query, uninvited(world) | body)
        if answer.status_code != 302:
            refused[name] = answer.status_code, re.findall(r'class="error[^>]*>([^<]+)', answer.text)
    assert refused == {}, "a form that is not taken shows nothing"
    assert facts(LocalGroup, "about") == groups
    assert facts(User) == rights
    assert rows_of(theirs) == held
    written = Note.objects.get(text="Likes walks"), world.ours.group.stories.get(title="Home")
    assert {written[0].written_by, written[1].author} == {world.ours.coordinator}
    assert written[1].published_at is None
    assert GroupContact.objects.get(name="A B").group == world.ours.group
    assert world.ours.group.mailings.get(subject="Walk").author == world.ours.coordinator


def facts(model, *but: str) -> list[dict]:
    rows = model.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in but} for row in rows]


def rows_of(group) -> dict[str, int]:
    """How many rows of each table belong to a group."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'group_id'")
        for (table,) in cursor.fetchall():
            if table.startswith(("groups_", "campaigns_", "pledges_")):
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE group_id = %s', [group.pk])
                found[table] = cursor.fetchone()[0]
    return found


def test_the_counts_would_show_a_row_for_the_other_group(world):
    before = rows_of(world.theirs.group)
    make.ActivityFactory(group=world.theirs.group)
    assert rows_of(world.theirs.group) != before

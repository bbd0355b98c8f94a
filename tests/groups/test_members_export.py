"""The list as a file: of this group, safe to open, and noted."""

import csv
import io
import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse

from sanctuary.audit.models import Entry
from sanctuary.people.spreadsheet import unsafe_cell
from tests import factories as make
from tests.factories import permit

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(group):
    return reverse("groups:members_export", args=[group.slug])


@pytest.fixture
def people(group, other_group):
    amira = make.SupporterFactory(name='=Amira O’Brien, "Mo"\r\nX', email="amira@example.org")
    school = make.OrganisationFactory(name="Hillside School", email="office@example.org", contact_name="+Connie")
    both = make.SupporterFactory(name="مريم", email="")
    for person in (amira, school, both):
        make.MembershipFactory(group=group, supporter=person, joined_on="2024-02-01")
    permit(amira, group.controller)
    permit(both, other_group.controller)
    make.MembershipFactory(group=other_group, supporter=both, joined_on="2023-09-09", source="imported")
    make.MembershipFactory(group=other_group, supporter=make.SupporterFactory(name="CANARY"))
    make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="CANARY"), left_on="2024-03-03")


def signed_in(client_of, user, *, ago=0):
    """A browser that knows when its owner last showed who they are."""
    client = client_of(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def rows_of(answer):
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_file_holds_our_members_safe_for_a_spreadsheet(client_of, coordinator, group, people, export):
    answer = signed_in(client_of, coordinator).post(export)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="amberford-members-20')
    assert answer.headers["Cache-Control"] == "private, no-store"
    head, *rows = rows_of(answer)
    assert head[:2] == ["Name", "Person or organisation"]
    assert rows == [
        ['\'=Amira O’Brien, "Mo"\r\nX', "Person", "", "", "amira@example.org", "01/02/2024", "Pledged", "Yes"],
        ["Hillside School", "Organisation", "'+Connie", "", "office@example.org", "01/02/2024", "Pledged", "No"],
        ["مريم", "Person", "", "", "", "01/02/2024", "Pledged", "No"],
    ]
    assert unsafe_cell(rows[0][0]) == '=Amira O’Brien, "Mo"\r\nX'


def test_file_is_noted_without_names_or_addresses(client_of, coordinator, group, people, export):
    rows = rows_of(signed_in(client_of, coordinator).post(f"{export}?q=amira%40example.org&kind=person&sort=-name"))
    assert [row[4] for row in rows[1:]] == ["amira@example.org"]
    entry = Entry.objects.get(verb="groups.export_members")
    assert (entry.actor, entry.noun_id) == (f"user:{coordinator.pk}", str(group.pk))
    assert entry.detail == {"count": 1, "asked": {"q": "…", "kind": "person"}}


def test_ticked_alone_are_in_the_file_and_strangers_ids_are_nobody(client_of, coordinator, group, other_group, people):
    mine = group.memberships.get(supporter__name="Hillside School")
    theirs = other_group.memberships.get(supporter__name="CANARY")
    url = reverse("groups:members_do", args=[group.slug])
    rows = rows_of(signed_in(client_of, coordinator).post(url, {"do": "export", "who": [mine.pk, theirs.pk, 987_654]}))
    assert [row[0] for row in rows[1:]] == ["Hillside School"]
    assert Entry.objects.get(verb="groups.export_members").detail["count"] == 1


def test_old_session_shows_first_that_it_is_still_them(client_of, coordinator, people, export, group):
    browser = signed_in(client_of, coordinator, ago=3700)
    answer = browser.post(f"{export}?q=am")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not Entry.objects.filter(verb="groups.export_members").exists()
    back = browser.post(answer.url, {"password": make.PASSWORD})
    assert back.url == reverse("groups:members", args=[group.slug]) + "?q=am"
    assert "press the button for the file once more" in browser.get(back.url).text
    assert len(rows_of(browser.post(f"{export}?q=am"))) == 2


@pytest.mark.parametrize("who", ["supporter", "other_coordinator", "staff", "superuser"])
def test_nobody_else_gets_the_file(client_of, request, who, people, export, group):
    browser = client_of(request.getfixturevalue(who))
    missing = export.replace(group.slug, "no-such-group")
    theirs, none = browser.post(export), browser.post(missing)
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content == none.content
    assert not Entry.objects.filter(verb="groups.export_members").exists()


def test_helpers_get_no_file_and_looking_is_no_download(client_of, coordinator, people, export, group):
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    assert signed_in(client_of, helper).post(export).status_code == 403
    assert client_of(coordinator).get(export).status_code == 405

"""The admin of people and pledges: staff look up and mend; what people said is never set here."""

import re

import pytest
from django.urls import reverse

from sanctuary.people import actions as people
from sanctuary.people.models import Controller, Permission, Supporter, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def path(model, page="changelist", *args):
    return reverse(f"admin:{model}_{page}", args=args)


@pytest.fixture
def amira():
    person = make.SupporterFactory(name="Amira Hassan", email="amira@example.org", postcode="LS7 3HJ")
    make.permit(person)
    return person


READ_ONLY = ["people_permission", "people_suppression", "people_wording"]


@pytest.mark.parametrize("model", ["people_supporter", "people_controller", "pledges_pledge", *READ_ONLY])
def test_staff_may_look(client_of, staff, amira, model):
    people.suppress(amira.email, reason="complained")
    make.PledgeFactory()
    assert client_of(staff).get(path(model)).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_nobody_adds_changes_or_deletes_what_people_said(client_of, superuser, amira, model):
    people.suppress(amira.email, reason="complained")
    client = client_of(superuser)
    assert client.get(path(model, "add")).status_code == 403
    row = re.search(rf"/admin/{model.replace('_', '/')}/(\d+)/change/", client.get(path(model)).content.decode())[1]
    assert client.post(path(model, "change", row), {"source": "x"}).status_code == 403
    assert client.post(path(model, "delete", row), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("who", ["staff", "coordinator", "supporter"])
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_accounts_are_for_superusers(client_of, request, who, page):
    assert client_of(request.getfixturevalue(who)).get(path("people_user", page)).status_code in {302, 403}


def test_staff_cannot_make_themselves_superusers(client_of, staff):
    client = client_of(staff)
    body = {"email": staff.email, "is_superuser": "on", "is_staff": "on", "is_active": "on"}
    assert client.post(path("people_user", "change", staff.pk), body).status_code == 403
    staff.refresh_from_db()
    assert staff.is_superuser is False


def test_superuser_makes_an_account(client_of, superuser):
    body = {"email": "new@example.org", "name": "New", "usable_password": "false"}
    response = client_of(superuser).post(path("people_user", "add"), body)
    assert response.status_code == 302
    assert User.objects.get(email="new@example.org").has_usable_password() is False


def test_supporter_list_masks_addresses_and_finds_a_whole_one(client_of, staff, amira):
    make.SupporterFactory(name="Bashir Other")
    shown = client_of(staff).get(path("people_supporter"), {"q": "amira@example.org"}).content.decode()
    listed = re.search(r'<table id="result_list">.*?</table>', shown, re.DOTALL)[0]
    assert "Amira Hassan" in listed
    assert "a***@example.org" in listed
    assert "Bashir Other" not in listed
    assert "amira@example.org" not in listed


def test_staff_mend_a_name_but_never_a_choice_or_an_address(client_of, staff, amira):
    body = {
        "name": "Amira H. Hassan",
        "contact_name": "",
        "job_role": "",
        "works_for": "",
        "email": "thief@example.org",
        "only_big_moments": "on",
        "emails_paused_until": "2030-01-01",
        "most_a_month": "8",
        "kind": "organisation",
        "region": "Wales",
    }
    assert client_of(staff).post(path("people_supporter", "change", amira.pk), body).status_code == 302
    after = Supporter.objects.get(pk=amira.pk)
    assert after.name == "Amira H. Hassan"
    unchanged = ["email", "only_big_moments", "emails_paused_until", "most_a_month", "kind", "region", "postcode"]
    assert [getattr(after, name) for name in unchanged] == [getattr(amira, name) for name in unchanged]
    assert Permission.objects.count() == 1


def test_staff_cannot_call_a_sender_a_charity(client_of, staff, group):
    body = {"name": "Renamed", "is_charity": "on", "charity_number": "1", "postal_address": "", "reply_to": ""}
    client_of(staff).post(path("people_controller", "change", group.controller_id), body)
    after = Controller.objects.get(pk=group.controller_id)
    assert (after.name, after.is_charity, after.charity_number) == ("Renamed", False, "")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("model", "queries"), [("people_permission", 7), ("pledges_pledge", 9)])
def test_lists_make_the_same_queries_for_few_and_many(
    client_of, staff, group, django_assert_num_queries, model, queries, rows
):
    for _ in range(rows):
        person = make.SupporterFactory()
        make.permit(person)
        make.PledgeFactory(group=group, supporter=person, confirmed=True)
    client = client_of(staff)
    with django_assert_num_queries(queries):
        client.get(path(model))


# --- pledges ------------------------------------------------------------------------------------


def approve(client, *pledges):
    body = {"action": "approve_names", "_selected_action": [pledge.pk for pledge in pledges]}
    return client.post(path("pledges_pledge"), body, follow=True).content.decode()


def test_staff_approve_organisations_names_and_hear_which_could_not_be(client_of, staff):
    school = make.OrganisationFactory(name="Hillside School")
    good = make.PledgeFactory(supporter=school, kind="organisation", confirmed=True)
    draft = make.PledgeFactory(kind="organisation", name="Draft School")
    shown = approve(client_of(staff), good, draft)
    assert "Names approved: 1." in shown
    assert "Draft School (not confirmed): Only the confirmed pledge of an organisation" in shown
    good.refresh_from_db()
    draft.refresh_from_db()
    assert (good.name_checked_by, draft.name_checked_by) == (staff, None)


def test_staff_set_no_stamp_of_a_pledge_by_hand(client_of, staff):
    draft = make.PledgeFactory(kind="organisation", name="Draft School")
    body = {
        "confirmed_at_0": "2026-01-01",
        "confirmed_at_1": "12:00",
        "name_checked_by": staff.pk,
        "is_listed": "on",
        "wants_email": "on",
        "intended_actions-TOTAL_FORMS": 0,
        "intended_actions-INITIAL_FORMS": 0,
    }
    client_of(staff).post(path("pledges_pledge", "change", draft.pk), body)
    draft.refresh_from_db()
    assert (draft.confirmed_at, draft.name_checked_by, draft.is_listed) == (None, None, False)


def test_pledge_page_masks_the_address(client_of, staff):
    draft = make.PledgeFactory(email="amira@example.org")
    shown = client_of(staff).get(path("pledges_pledge", "change", draft.pk)).content.decode()
    assert "a***@example.org" in shown
    assert "amira@example.org" not in shown


def test_staff_see_what_people_told_the_national_charity_not_what_they_told_a_group(
    client_of, staff, superuser, amira, group
):
    """Else the list of answers would be every group's list of members."""
    people.decline(
        make.SupporterFactory(name="Bilal Member"),
        controllers=[group.controller],
        purposes=["news"],
        wording=None,
        source="pledge",
    )
    theirs = Permission.objects.get(controller=group.controller)
    shown = {who: client_of(who).get(path("people_permission")).content.decode() for who in (staff, superuser)}
    assert {who: ("Amira" in page, "Bilal" in page) for who, page in shown.items()} == {
        staff: (True, False),
        superuser: (True, True),
    }
    for page in ("change", "history"):
        assert client_of(staff).get(path("people_permission", page, theirs.pk)).status_code == 302

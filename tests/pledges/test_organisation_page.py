"""The organisation's pledge on two pages behind one address."""

import re

import pytest
from django.urls import reverse

from pledges import actions
from pledges.models import Pledge
from tests.pledges.answers import HOSTILE, errors_of, organisation_answers, text_of

pytestmark = pytest.mark.django_db
ORGANISATION = reverse("pledges:organisation")


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_pledges()


def test_organisation_goes_through_two_pages(client, group):
    first = client.get(ORGANISATION, {"group": group.slug})
    assert "Step 1 of 2" in text_of(first)
    second = client.post(
        ORGANISATION, {"step": "1", "name": "Hillside School", "organisation_type": "school", "group": group.slug}
    )
    assert "Step 2 of 2" in text_of(second)
    assert "You speak for Hillside School" in text_of(second)
    done = client.post(ORGANISATION, organisation_answers(group=group.slug))
    assert done.status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.kind, pledge.name, pledge.organisation_type) == ("organisation", "Hillside School", "school")
    assert (pledge.contact_name, pledge.job_role, pledge.email) == ("Connie Contact", "Head", "head@example.org")
    assert (pledge.is_listed, pledge.wants_email, pledge.group) == (True, False, group)
    assert pledge.wording.slug == "organisation-pledge"


def test_organisation_first_page_says_what_is_missing(client):
    response = client.post(ORGANISATION, {"step": "1"})
    assert response.status_code == 422
    assert errors_of(response) == ["Enter the name of your organisation", "Choose what kind of organisation it is"]


def test_organisation_second_page_says_what_is_missing_and_keeps_the_first(client):
    body = {"step": "2", "name": "Hillside School", "organisation_type": "school", "postcode": "LS7", "stamp": "x"}
    response = client.post(ORGANISATION, body)
    assert response.status_code == 422
    assert errors_of(response) == [
        "Enter your name",
        "Enter your email address, like name@example.org",
        "Tick the box if you can speak for this organisation",
        "Choose yes or no to being named",
        "Choose yes or no to emails",
    ]
    shown = response.content.decode()
    for kept in ['value="Hillside School"', 'value="school"', 'value="LS7"']:
        assert kept in shown


def test_organisation_back_keeps_both_pages(client):
    back = client.post(ORGANISATION, organisation_answers(back="1"))
    assert "Step 1 of 2" in text_of(back)
    for kept in ["Hillside School", "Connie Contact", "Head", "head@example.org"]:
        assert f'value="{kept}"' in back.content.decode()
    carried = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', back.content.decode()))
    forth = client.post(ORGANISATION, carried | {"step": "1", "organisation_type": "school"})
    assert "Step 2 of 2" in text_of(forth)
    assert 'value="Connie Contact"' in forth.content.decode()
    assert forth.content.decode().count(" checked") == 4


def test_organisation_with_a_spoilt_first_page_is_shown_it_again(client):
    response = client.post(ORGANISATION, organisation_answers(name="\x00", organisation_type="castle"))
    assert response.status_code == 422
    assert "Step 1 of 2" in text_of(response)
    assert 'value="Connie Contact"' in response.content.decode()


@pytest.mark.parametrize(
    "field",
    [
        "name",
        "organisation_type",
        "postcode",
        "contact_name",
        "job_role",
        "email",
        "may_speak",
        "is_listed",
        "intended",
        "step",
        "group",
    ],
)
@pytest.mark.parametrize("kind", ["NUL", "line break", "turned around", "huge"])
def test_hostile_organisation_answer_is_no_server_error(client, field, kind):
    response = client.post(ORGANISATION, organisation_answers(**{field: HOSTILE[kind]}))
    assert response.status_code in {200, 302, 422}

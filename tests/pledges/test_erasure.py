"""After somebody is forgotten, nothing they ever wrote is left in any table."""

import re

import pytest
from django.db import connection
from django.urls import reverse

from pledges import actions
from pledges.models import IntendedAction, Pledge
from sanctuary.people import actions as people
from sanctuary.people import links
from sanctuary.people.models import Supporter, Suppression, Wording
from tests import factories as make

pytestmark = pytest.mark.django_db
CANARIES = {
    "name": "Qwertzname",
    "email": "qwertzmail@example.org",
    "postcode": "LS7 3HJ",
    "contact_name": "Qwertzcontact",
    "job_role": "Qwertzrole",
    "new_address": "qwertznew@example.org",
}


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_pledges()


def found_anywhere(*texts):
    """Every table and column that holds one of these texts in any form."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for text in texts:
                cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{text}%"])
                if cursor.fetchone()[0]:
                    found.add((table, text))
    return found


def pledge_everything(group):
    """An organisation's pledge, confirmed, and every trail it can leave. Returns the supporter."""
    words = {
        "wording": Wording.objects.current("organisation-pledge"),
        "permission_wording": Wording.objects.current("email-question"),
    }
    told = {name: CANARIES[name] for name in ("name", "email", "postcode", "contact_name", "job_role")}
    told |= {"kind": "organisation", "organisation_type": "school", "is_listed": True, "wants_email": True}
    pledge = actions.confirm_pledge(actions.start_pledge(**told, **words, intended="welcome", group=group))
    actions.start_pledge(**told | {"name": "Qwertzname again", "kind": "person", "organisation_type": ""}, **words)
    people.send_choices_link(CANARIES["email"])
    people.send_private_link(pledge.supporter)
    people.start_address_change(pledge.supporter, CANARIES["new_address"])
    return pledge.supporter


def test_the_search_finds_what_is_there(places, group):
    """Otherwise the next test would prove nothing."""
    pledge_everything(group)
    tables = {table for table, _ in found_anywhere(*CANARIES.values())}
    assert {"people_supporter", "pledges_pledge", "post_email", "people_addresschange"} <= tables


def test_erasure_leaves_no_trace_in_any_table(places, group, coordinator):
    person = pledge_everything(group)
    actions.greet_pledger(Pledge.objects.confirmed().get(), by=coordinator)
    other = make.SupporterFactory(name="Somebody Else", email="else@example.org")
    people.erase_supporter(person, by=person)
    assert found_anywhere("qwertz", "LS7 3HJ") == set()
    assert Supporter.objects.get(pk=other.pk).name == "Somebody Else"
    assert Suppression.objects.covering(CANARIES["email"]).count() == 1
    assert not Pledge.objects.confirmed().exists()
    assert not Pledge.objects.public().exists()
    assert not Pledge.objects.unconfirmed().exists()


def test_erasure_twice_is_harmless(places, group):
    person = pledge_everything(group)
    people.erase_supporter(person, by=person)
    people.erase_supporter(person, by=person)
    assert Suppression.objects.count() == 1


def test_erasure_leaves_others_at_the_same_address_alone(group):
    amira = make.SupporterFactory(email="shared@example.org")
    bashir = make.SupporterFactory(email="shared@example.org")
    pledge = make.PledgeFactory(group=group, supporter=bashir, confirmed=True)
    people.erase_supporter(amira, by=amira)
    pledge.refresh_from_db()
    assert pledge.withdrawn_at is None
    assert Supporter.objects.get(pk=bashir.pk).email == "shared@example.org"


def test_what_is_held_includes_pledges(client, group):
    person = make.SupporterFactory(email="amira@example.org")
    pledge = make.PledgeFactory(group=group, supporter=person, confirmed=True)
    make.IntendedActionFactory(pledge=pledge, kind=IntendedAction.Kind.VOLUNTEER)
    theirs = make.PledgeFactory(group=group, supporter=make.SupporterFactory(name="Other Canary"), confirmed=True)
    make.IntendedActionFactory(pledge=theirs, kind=IntendedAction.Kind.CAMPAIGN)
    token = links.private_url(person.pk, person.email).rstrip("/").rpartition("/")[2]
    held = client.get(reverse("people:held_data", args=[token])).json()
    assert [entry["What you mean to do"] for entry in held["Your pledges"]] == ["Volunteer with my local group"]
    assert not re.search("Other Canary|Speak up", str(held))


def test_what_is_held_comes_from_every_room(client, group):
    person = pledge_everything(group)
    make.StreamOrganisationFactory(stream=make.StreamFactory(name="Schools"), organisation=person)
    token = links.private_url(person.pk, person.email).rstrip("/").rpartition("/")[2]
    page = client.get(reverse("people:held", args=[token])).content.decode()
    headings = re.findall(r"<h2[^>]*>([^<]+)", page)
    assert set(headings) >= {
        "About you",
        "What we may email you about now",
        "What you told us about emails",
        "Letters to your address",
        "Your groups",
        "Your pledges",
        "Your streams",
    }
    for fact in [*CANARIES.values(), "Please confirm your pledge", group.name, "Schools"]:
        assert fact in page

"""The page of the Declaration and the names behind it: who is shown, how, in which order, and which numbers."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.actions import lower_shield, raise_shield
from pledges import actions
from pledges.models import Endorsement, SummitGoal
from sanctuary.places.models import Region
from tests import factories as make
from tests.pledges.answers import text_of
from tests.pledges.endorsing import WALL, names_on

pytestmark = pytest.mark.django_db
READ = reverse("pledges:declaration")
PAGES = [WALL, READ]


@pytest.fixture(autouse=True)
def declaration(essentials):
    return actions.set_up_declaration()


def person(name="Amira Hassan", *, shown="first", looked=True, **where):
    return _endorsed(make.SupporterFactory(name=name, **where), shown, looked, kind="person")


def organisation(name="Hillside School", *, shown="full", looked=True, **where):
    return _endorsed(make.OrganisationFactory(name=name, **where), shown, looked, kind="organisation")


def _endorsed(supporter, shown, looked, **fields):
    at = timezone.now() if looked else None
    return make.EndorsementFactory(supporter=supporter, confirmed=True, shown=shown, name_checked_at=at, **fields)


def crowd(count, *, kind="person", region="", shown=""):
    """Many who are only counted."""
    factory = make.SupporterFactory if kind == "person" else make.OrganisationFactory
    supporters = type(factory.build()).objects.bulk_create(factory.build(region=region) for _ in range(count))
    row = make.EndorsementFactory.build()
    Endorsement.objects.bulk_create(
        Endorsement(
            declaration=row.declaration,
            wording=row.wording,
            permission_wording=row.permission_wording,
            kind=kind,
            supporter=each,
            wants_email=False,
            shown=shown,
            confirmed_at=timezone.now(),
        )
        for each in supporters
    )


# --- who is shown --------------------------------------------------------------------------------


def test_only_those_who_chose_it_and_were_looked_at_are_named(client, staff):
    """Everybody who must not be named is in the database, and named after why."""
    person("Amira Hassan")
    person("Ben Idris", shown="full")
    organisation("Hillside School")
    person("Hidden Person", shown="")
    organisation("Hidden School", shown="")
    person("Unseen Person", looked=False)
    organisation("Unseen School", looked=False)
    actions.refuse_endorser_name(person("Unfit Person"), reason="unfit", by=staff)
    actions.refuse_endorser_name(organisation("Double School"), reason="double", by=staff)
    actions.remove_endorsement(person("Removed Person"))
    make.EndorsementFactory(name="Unconfirmed Person", shown="full", name_checked_at=timezone.now())
    for url in PAGES:
        response = client.get(url)
        assert sorted(names_on(response)) == ["Amira", "Ben Idris", "Hillside School"]
        shown = response.content.decode()
        assert not re.search("Hassan|Hidden|Unseen|Unfit|Double|Removed|Unconfirmed|Connie|@example", shown)


def test_a_person_stands_with_their_town_and_never_with_their_postcode(client, places):
    person("Amira Hassan", outward_code="LS7", postcode="LS7 3HJ", region=Region.YORKSHIRE)
    shown = text_of(client.get(WALL))
    assert "Amira Leeds" in shown
    assert "LS7" not in shown


def test_organisations_come_first_and_the_order_reveals_no_time(client):
    """Made in an order that is not that of the page; of two with one first name the surnames do not decide."""
    for name in ["Zahra Aa", "Amira Zz", "Amira Aa", "Ben Idris"]:
        person(name)
    for name in ["Moor School", "Abbey Church"]:
        organisation(name)
    names = names_on(client.get(WALL))
    assert names == ["Abbey Church", "Moor School", "Amira", "Amira", "Ben", "Zahra"]


def test_same_names_do_not_stand_in_the_order_they_came():
    """Twelve people with one name: in the order of their numbers once in 479 million times."""
    made = [person(f"Amira {letter}").pk for letter in "ABCDEFGHIJKL"]
    assert [row.pk for row in Endorsement.objects.for_wall()] != made
    assert [row.pk for row in Endorsement.objects.for_wall()] == [row.pk for row in Endorsement.objects.for_wall()]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Cardiff Church", "Leeds School", "Amira", "Ben"]),
        ({"kind": "person"}, ["Amira", "Ben"]),
        ({"kind": "organisation"}, ["Cardiff Church", "Leeds School"]),
        ({"kind": "school"}, ["Leeds School"]),
        ({"region": "Wales"}, ["Cardiff Church", "Ben"]),
        ({"kind": "person", "region": "Wales"}, ["Ben"]),
        ({"kind": "library"}, []),
        ({"kind": "nonsense", "region": "\x00"}, ["Cardiff Church", "Leeds School", "Amira", "Ben"]),
    ],
)
def test_wall_is_filtered_by_kind_and_region(client, query, names):
    organisation("Leeds School", region=Region.YORKSHIRE)
    organisation("Cardiff Church", region=Region.WALES, organisation_type="faith")
    person("Amira Hassan", region=Region.YORKSHIRE)
    person("Ben Idris", region=Region.WALES)
    assert names_on(client.get(WALL, query)) == names


def test_an_empty_wall_says_so_and_so_does_an_empty_filter(client):
    assert "No names yet" in text_of(client.get(WALL))
    assert "Nobody is named here yet" in text_of(client.get(WALL, {"kind": "school"}))


def test_wall_has_pages(client):
    crowd(101, shown="full")
    Endorsement.objects.update(name_checked_at=timezone.now())
    assert [len(names_on(client.get(WALL, {"page": page}))) for page in (1, 2)] == [100, 1]
    assert client.get(WALL, {"page": 3}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_wall_and_declaration_cost_the_same_at_any_length(client, staff, rows, django_assert_num_queries):
    for _ in range(rows):
        person(region=Region.WALES), organisation(region=Region.WALES)
        make.CampaignFactory(owner=staff).goals.set(SummitGoal.objects.all()[:rows])
    with django_assert_num_queries(5):
        client.get(WALL, {"region": "Wales"})
    with django_assert_num_queries(8):
        client.get(READ)


@pytest.mark.parametrize(("region", "hidden"), [("", True), ("Wales", False), ("Yorkshire and the Humber", True)])
def test_while_the_shield_is_up_no_people_are_named(client, staff, region, hidden):
    person("Amira Hassan", region=Region.YORKSHIRE)
    organisation("Hillside School", region=Region.YORKSHIRE)
    shield = raise_shield(reason="test", by=staff, region=region)
    assert names_on(client.get(WALL)) == ["Hillside School"] + ([] if hidden else ["Amira"])
    lower_shield(shield, by=staff)
    assert names_on(client.get(WALL)) == ["Hillside School", "Amira"]


# --- the numbers ---------------------------------------------------------------------------------


def test_small_numbers_are_not_shown(client):
    crowd(499), crowd(499, kind="organisation")
    for url in PAGES:
        shown = text_of(client.get(url))
        assert "Be one of the first to endorse it here" in shown
        assert "499" not in shown


def test_numbers_are_shown_from_five_hundred_each_by_itself(client):
    crowd(500), crowd(499, kind="organisation")
    crowd(20, shown="full")
    make.EndorsementFactory.create_batch(3)
    shown = text_of(client.get(READ))
    assert "520 people have endorsed it here" in shown
    assert "499" not in shown


@pytest.mark.parametrize(("count", "words"), [(9, "Be one of the first in Wales"), (10, "10 people in Wales have")])
def test_numbers_of_a_region_are_shown_from_ten(client, count, words):
    crowd(count, region=Region.WALES), crowd(30, region=Region.SCOTLAND)
    assert words in text_of(client.get(WALL, {"region": "Wales"}))


def test_what_was_counted_before_stands_apart_and_is_never_added(client):
    crowd(500, kind="organisation")
    for url in PAGES:
        shown = text_of(client.get(url))
        assert "500 organisations have endorsed it here" in shown
        assert "By 2017, more than 320 organisations had endorsed it elsewhere" in shown
        assert "820" not in shown
        assert "https://cityofsanctuary.org/about/asylum-matters/" in client.get(url).content.decode()


# --- the page ------------------------------------------------------------------------------------


def test_page_shows_what_was_found_and_invents_nothing(client, declaration):
    shown = text_of(client.get(READ))
    for part in [*declaration.principles.all(), *declaration.goals.all()]:
        assert part.name in shown
    assert "Agreed on 15 November 2014" in shown
    assert "superseded by the coalition Together With Refugees" in shown
    assert "The words" not in shown
    type(declaration).objects.update(text="**All** of it. <script>x</script>", superseded_by_note="")
    again = client.get(READ).content.decode()
    assert "<strong>All</strong> of it." in again
    assert "<script>x" not in again
    assert "Together With Refugees" not in again


def test_page_shows_live_campaigns_below_their_goals_and_campaigns_show_their_goals(client, staff, declaration):
    goal = SummitGoal.objects.get(slug="work")
    for state in ["live", "draft", "approved", "resting", "closed"]:
        campaign = make.CampaignFactory(owner=staff, state=state, ask=f"Ask-{state}-ask", slug=state)
        campaign.goals.add(goal)
        campaign.principles.add(declaration.principles.get(slug="care"))
    shown = client.get(READ).content.decode()
    assert re.findall(r"Ask-(\w+)-ask", shown) == ["live"]
    assert "Ask-live-ask" in shown.partition(goal.name)[2].partition("<h3>")[0]
    page = text_of(client.get("/actions/live/"))
    assert "Principle: No one left sick or destitute Goal: Permission to work" in page


def test_public_pages_set_no_cookie(client):
    for url in PAGES:
        assert client.get(url).cookies == {}


def test_before_it_is_set_up_the_page_is_missing_rather_than_broken(client, declaration):
    type(declaration).objects.all().delete()
    assert (client.get(READ).status_code, client.get(WALL).status_code) == (404, 200)

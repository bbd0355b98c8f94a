"""The public directory, from the postcode box to a group's own page."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.models import LocalGroup
from sanctuary.places.actions import place_fields
from tests import factories as make

pytestmark = pytest.mark.django_db

FIND = reverse("groups:find")


def near(outward):
    return reverse("groups:near", args=[outward])


def group_at(postcode, **fields):
    return make.LocalGroupFactory(**place_fields(postcode), **fields)


# --- the postcode box ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "outward"),
    [
        ("LS7 3HJ", "LS7"),
        ("ls73hj", "LS7"),
        ("  ls7.3hj  ", "LS7"),
        ("LS7", "LS7"),
        ("LS7 3", "LS7"),
        ("S014 3QT", "SO14"),
        ("\u200bLS7\u00a03HJ\ufeff", "LS7"),
        ("ec1a 1bb", "EC1A"),
        ("JE2 3AB", "JE2"),
        ("BFPO 57", "BFPO"),
    ],
)
def test_find_sends_on_the_first_half_only(client, places, caplog, typed, outward):
    caplog.set_level(logging.DEBUG)
    answer = client.post(FIND, {"postcode": typed})
    assert (answer.status_code, answer.url) == (303, near(outward))
    assert "3HJ" not in str(answer.headers).upper() + caplog.text.upper()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your postcode, for example LS7 3HJ"),
        ("   ", "Enter your postcode, for example LS7 3HJ"),
        ("--", "Enter your postcode, for example LS7 3HJ"),
        ("ZZ9 9ZZ", "We do not know that postcode"),
        ("75001", "Enter a UK postcode"),
        ("K1A 0B1", "Enter a UK postcode"),
        ("LS7\x003HJ", "We do not know that postcode"),
        ("LS7\n\rX-Header: 1", "We do not know that postcode"),
        ("<script>alert(1)</script>", "We do not know that postcode"),
        ("'; DROP TABLE groups_localgroup; --", "We do not know that postcode"),
        ("ＬＳ７ ３ＨＪ" * 20, "We do not know that postcode"),
        ("\u202eJH3 7SL", "We do not know that postcode"),
        ("L" * 500_000, "We do not know that postcode"),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_find_says_what_is_wrong_beside_the_field_and_loses_nothing(client, places, typed, words):
    answer = client.post(FIND, {"postcode": typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error: Find your group" in answer.text
    assert '<a href="#id_postcode">' in answer.text
    assert answer.context["form"]["postcode"].value() == typed
    assert "<script>alert" not in answer.text


def test_find_without_data_goes_on_to_the_page_that_says_so(client):
    assert client.post(FIND, {"postcode": "LS7 3HJ"}).url == near("LS7")
    page = client.get(near("LS7"))
    assert page.status_code == 200
    assert "We cannot look up postcodes just now" in page.text


def test_find_works_for_those_who_allow_no_cookies(places):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(FIND, {"postcode": "LS7 3HJ"}).status_code == 303
    assert careful.get(reverse("home")).cookies == {}


def test_find_reads_no_postcode_from_an_address(client, places):
    page = client.get(FIND, {"postcode": "LS7 3HJ"})
    assert page.status_code == 200
    assert "LS7 3HJ" not in page.text


def test_find_with_two_answers_or_none_does_not_fall_over(client, places):
    assert client.post(FIND, {}).status_code == 422
    assert client.post(FIND, {"postcode": ["LS7 3HJ", "M1 1AE"]}).status_code == 303


# --- near ---------------------------------------------------------------------------------------


def test_near_shows_the_three_nearest_live_groups_with_miles(client, places):
    group_at("SE5 0AA", name="Southwark")
    group_at("WF1 1AA", name="Wakefield")
    group_at("BD1 1AA", name="Bradford")
    leeds = group_at("LS8 1AA", name="Leeds")
    group_at("LS7 1AA", name="Resting Leeds", status="dormant")
    group_at("LS7 1AA", name="Leeds to be", status="forming")
    page = client.get(near("LS7"))
    assert [group.name for group in page.context["groups"]] == ["Leeds", "Bradford", "Wakefield"]
    assert "About 9 miles away" in page.text
    assert f"{reverse('pledges:pledge')}?group={leeds.slug}" in page.text
    assert "None near you?" not in page.text
    assert page.text.count('class="map__pin"') == 3
    assert page.text.count('class="map__you"') == 1


def test_near_less_than_a_mile_is_said_in_words(client, places):
    group_at("LS7 3HJ")
    assert "Less than a mile away" in client.get(near("LS7")).text


def test_near_beyond_forty_miles_invites_to_start_one(client, places):
    group_at("SE5 0AA", name="Southwark")
    page = client.get(near("LS7"))
    assert "There is no group within 40 miles of LS7 yet" in page.text
    assert "None near you? Start one" in page.text
    assert "Southwark" in page.text


def test_near_with_no_group_at_all_invites_to_start_one(client, places):
    page = client.get(near("LS7"))
    assert "None near you? Start one" in page.text
    assert "These are the nearest" not in page.text


@pytest.mark.parametrize("outward", ["ZZ9", "L57X", "hello", "LS7%00", "%F0%9F%8F%A0", "'--", "L" * 2000])
def test_near_an_unknown_place_is_a_kind_404(client, places, outward):
    answer = client.get(f"/groups/near/{outward}/")
    assert answer.status_code == 404
    assert "We do not know that postcode" in answer.text
    assert 'action="/groups/find/"' in answer.text


@pytest.mark.parametrize(("typed", "goes"), [("ls7", "LS7"), ("LS7 3HJ", "LS7"), ("LS73HJ", "LS7"), ("bfpo", "BFPO")])
def test_near_keeps_the_first_half_in_one_spelling(client, places, typed, goes):
    assert client.get(f"/groups/near/{typed}/").url == near(goes)


@pytest.mark.parametrize(
    ("outward", "words"), [("JE2", "Jersey"), ("IM1", "Isle of Man"), ("BFPO", "British Forces"), ("GY1", "Guernsey")]
)
def test_near_outside_says_where_the_groups_are(client, places, outward, words):
    page = client.get(near(outward))
    assert page.status_code == 200
    assert words in page.text
    assert "England, Scotland, Wales and Northern Ireland" in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_near_asks_the_same_number_of_questions(client, places, django_assert_num_queries, count):
    for _ in range(count):
        group_at("LS8 1AA")
    with django_assert_num_queries(2):
        client.get(near("LS7"))


# --- the list and the regions -------------------------------------------------------------------


def names(page):
    return [group.name for group in page.context["groups"]]


@pytest.fixture
def four_groups(db):
    make.LocalGroupFactory(name="Amberford of Sanctuary", area="Amberford", region="Wales")
    make.LocalGroupFactory(name="Sanctuary on Sea", area="Brackenmouth", region="Wales", mailbox="role@example.org")
    make.LocalGroupFactory(name="Copperdale", area="Copperdale", region="Scotland")
    make.LocalGroupFactory(name="Resting Place", area="Dunmere", region="Wales", status="dormant")


def test_list_shows_live_groups_from_a_to_z(client, four_groups):
    page = client.get(reverse("groups:list"))
    assert names(page) == ["Amberford of Sanctuary", "Copperdale", "Sanctuary on Sea"]
    assert 'id="letter-S"' in page.text
    assert "role@example.org" not in page.text
    assert ">2 groups<" in page.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "sea"}, ["Sanctuary on Sea"]),
        ({"q": "BRACKEN"}, ["Sanctuary on Sea"]),
        ({"q": "sanctuary"}, ["Amberford of Sanctuary", "Sanctuary on Sea"]),
        ({"region": "Scotland"}, ["Copperdale"]),
        ({"q": "sanctuary", "region": "Scotland"}, []),
        ({"q": "Resting"}, []),
        ({"q": "%"}, []),
        ({"q": "\\"}, []),
        ({"q": "", "region": ""}, ["Amberford of Sanctuary", "Copperdale", "Sanctuary on Sea"]),
    ],
)
def test_list_is_searched_and_filtered(client, four_groups, asked, found):
    page = client.get(reverse("groups:list"), asked)
    assert names(page) == found
    if not found:
        assert "No group by that name" in page.text


@pytest.mark.parametrize(
    "asked", [{"region": "Atlantis"}, {"q": "a\x00b"}, {"q": "x" * 101}, {"region": ["Wales", "Atlantis"]}]
)
def test_list_says_beside_the_field_what_it_does_not_understand(client, four_groups, asked):
    page = client.get(reverse("groups:list"), asked)
    assert page.status_code == 200
    assert "field--bad" in page.text


def test_list_offers_to_take_a_filter_off(client, four_groups):
    page = client.get(reverse("groups:list"), {"q": "sea", "region": "Wales", "page": "1"})
    assert [chip["href"] for chip in page.context["chips"]] == ["?region=Wales", "?q=sea"]
    assert "“sea”" in page.text


def test_list_without_groups_says_so(client):
    assert "No groups yet" in client.get(reverse("groups:list")).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_region_ask_the_same_number_of_questions(client, django_assert_num_queries, count):
    make.LocalGroupFactory.create_batch(count, region="Wales", latitude=52.0, longitude=-3.0)
    with django_assert_num_queries(4):
        page = client.get(reverse("groups:list"))
    assert page.text.count('class="map__dot"') == count
    with django_assert_num_queries(1):
        client.get(reverse("groups:region", args=["wales"]))


def test_region_shows_its_own_groups(client, four_groups):
    page = client.get(reverse("groups:region", args=["wales"]))
    assert names(page) == ["Amberford of Sanctuary", "Sanctuary on Sea"]
    assert "Copperdale" not in page.text


def test_region_without_groups_invites_to_start_one(client, four_groups):
    page = client.get(reverse("groups:region", args=["north-east"]))
    assert page.status_code == 200
    assert "There is no group here yet" in page.text


@pytest.mark.parametrize("slug", ["atlantis", "yorkshire", "WALES"])
def test_region_that_is_none_is_not_found(client, slug):
    assert client.get(reverse("groups:region", args=[slug])).status_code == 404


# --- one group ----------------------------------------------------------------------------------


def soon(days=1):
    start = timezone.now() + timedelta(days=days)
    return {"starts_at": start, "ends_at": start + timedelta(hours=2)}


def test_group_page_shows_what_a_stranger_may_know(client, group, other_group):
    LocalGroup.objects.filter(pk=group.pk).update(
        about="We eat together.", languages="English, Tigrinya ,", mailbox="canary@example.org"
    )
    make.ActivityFactory(group=group, title="Open supper", venue="Mill Hall", is_venue_private=False, **soon())
    make.ActivityFactory(group=group, title="Quiet walk", venue="CANARY secret house", area="Riverside", **soon())
    make.ActivityFactory(group=group, title="CANARY committee", is_public=False, **soon())
    make.ActivityFactory(group=group, title="CANARY last year", **soon(-300))
    make.ActivityFactory(group=other_group, title="CANARY of another group", **soon())
    make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="CANARY member"))
    page = client.get(group.get_absolute_url())
    for words in ("We eat together.", "English, Tigrinya", "Open supper", "Mill Hall, Town centre", "Quiet walk"):
        assert words in page.text
    assert "Book to see the exact place" in page.text
    assert f"{reverse('pledges:pledge')}?group={group.slug}" in page.text
    assert "canary" not in page.text.lower()
    assert "Be one of the first in Amberford" in page.text


def pledged(group, name, **fields):
    fields = {"is_listed": True, "name_checked_at": timezone.now()} | fields
    school = make.OrganisationFactory(name=name)
    make.PledgeFactory(kind="organisation", group=group, supporter=school, confirmed=True, **fields)


def test_group_page_names_organisations_that_agreed_and_were_looked_at(client, group, other_group):
    pledged(group, "Hillside School")
    pledged(group, "CANARY unlisted", is_listed=False)
    pledged(group, "CANARY not looked at", name_checked_at=None)
    pledged(group, "CANARY withdrawn", withdrawn_at=timezone.now())
    pledged(other_group, "CANARY elsewhere")
    page = client.get(group.get_absolute_url())
    assert "Hillside School" in page.text
    assert "CANARY" not in page.text


def test_group_page_counts_members_from_ten_on(client, group):
    for _ in range(10):
        make.MembershipFactory(group=group, supporter=make.SupporterFactory())
    make.MembershipFactory(group=group, supporter=make.SupporterFactory(), left_on="2024-01-01")
    assert "<b>10 people</b> near Amberford belong to this group" in client.get(group.get_absolute_url()).text


def test_group_page_with_nothing_to_tell_is_still_a_page(client, group):
    page = client.get(group.get_absolute_url())
    assert "Nothing is planned just now" in page.text
    assert "has not written about itself yet" in page.text


@pytest.mark.parametrize(("status", "words"), [("dormant", "resting just now"), ("closed", "has closed")])
def test_group_that_does_not_meet_says_so_and_points_to_the_nearest(client, places, status, words):
    gone = group_at("LS7 3HJ", status=status)
    make.ActivityFactory(group=gone, title="CANARY supper", **soon())
    group_at("BD1 1AA", name="Bradford of Sanctuary")
    page = client.get(gone.get_absolute_url())
    assert page.status_code == 200
    assert words in page.text
    assert "Bradford of Sanctuary" in page.text
    assert "About 9 miles away" in page.text
    assert "CANARY" not in page.text
    assert "Join this group" not in page.text


def test_group_that_closed_nowhere_offers_the_postcode_box(client):
    gone = make.LocalGroupFactory(status="closed")
    assert 'action="/groups/find/"' in client.get(gone.get_absolute_url()).text


@pytest.mark.parametrize("status", ["enquiry", "researching", "forming"])
def test_group_that_is_not_yet_public_is_not_found(client, status):
    group = make.LocalGroupFactory(status=status)
    assert client.get(group.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_group_page_asks_the_same_number_of_questions(client, group, django_assert_num_queries, count):
    for number in range(count):
        make.ActivityFactory(group=group, **soon())
        make.MembershipFactory(group=group, supporter=make.SupporterFactory())
        pledged(group, f"School {number}")
    with django_assert_num_queries(6):
        client.get(group.get_absolute_url())

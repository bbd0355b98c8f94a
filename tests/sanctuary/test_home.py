import pytest
from django.test import override_settings
from django.urls import reverse

from groups import actions
from groups.models import Story
from sanctuary.places.actions import place_fields
from tests import factories as make
from tests.stories import furnish_stories

pytestmark = pytest.mark.django_db

HOME = reverse("home")


def test_home_before_anything_is_there_is_a_whole_page(client):
    page = client.get(HOME)
    assert page.status_code == 200
    assert 'action="/groups/find/"' in page.text
    assert "Three things you can do now" in page.text
    assert "Coming up" not in page.text
    assert 'class="map__dot"' not in page.text
    assert page.text.count(">0 groups<") == 12


def test_home_draws_a_dot_for_each_live_group_beside_the_list(client, places):
    for postcode in ("LS7 3HJ", "LS8 1AA", "CF10 1AA"):
        make.LocalGroupFactory(**place_fields(postcode))
    make.LocalGroupFactory(status="closed", **place_fields("M1 1AE"))
    page = client.get(HOME)
    assert page.text.count('class="map__dot"') == 3
    assert "3 groups, all over the UK" in page.text
    counts = {region["name"]: region["count"] for region in page.context["regions"] if region["count"]}
    assert counts == {"Yorkshire and the Humber": 2, "Wales": 1}
    assert reverse("groups:region", args=["yorkshire-and-the-humber"]) in page.text


def test_home_shows_the_next_three_public_activities(client, group):
    resting = make.LocalGroupFactory(status="dormant")
    for day in range(4, 0, -1):
        make.ActivityFactory(group=group, title=f"Supper {day}", **on(day))
    make.ActivityFactory(group=group, title="CANARY past", **on(1, year=2020))
    make.ActivityFactory(group=group, title="CANARY members only", is_public=False, **on(1))
    make.ActivityFactory(group=resting, title="CANARY of a resting group", **on(1))
    make.ActivityFactory(group=group, title="CANARY fifth", venue="CANARY venue", **on(5))
    page = client.get(HOME)
    assert [activity.title for activity in page.context["activities"]] == ["Supper 1", "Supper 2", "Supper 3"]
    assert "CANARY" not in page.text


def test_home_shows_a_live_campaign_and_no_other(client, staff):
    make.CampaignFactory(owner=staff, ask="Let people work while they wait.")
    for state in ("draft", "approved", "resting", "closed"):
        make.CampaignFactory(owner=staff, ask="CANARY ask", state=state)
    page = client.get(HOME)
    assert "Let people work while they wait." in page.text
    assert "CANARY" not in page.text


def test_home_leads_to_each_activity_and_to_the_whole_calendar(client, group):
    activity = make.ActivityFactory(group=group, **on(1))
    page = client.get(HOME)
    assert f'href="{activity.get_absolute_url()}"' in page.text
    main = page.text.partition("<main")[2]
    assert f'href="{reverse("groups:calendar")}"' in main


def test_home_shows_the_newest_story_while_its_teller_agrees(client, group, coordinator):
    assert "Told by" not in client.get(HOME).text
    furnish_stories(group, coordinator, "CANARY")
    story = group.stories.get(published_at__isnull=False)
    page = client.get(HOME)
    assert story.title in page.text
    assert f"Told by <bdi>{story.shown_as}</bdi>" in page.text
    assert "CANARY" not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    actions.withdraw_story(story, by=coordinator)
    assert "Told by" not in client.get(HOME).text


def test_home_shows_the_word_of_care_instead_of_the_first_words(client, group, coordinator):
    furnish_stories(group, coordinator, "CANARY")
    story = group.stories.get(published_at__isnull=False)
    Story.objects.filter(pk=story.pk).update(content_note="It speaks of loss")
    for address in (HOME, reverse("groups:stories")):
        page = client.get(address)
        assert "It speaks of loss" in page.text
        assert "I walked." not in page.text


def test_home_keeps_a_private_venue(client, group):
    make.ActivityFactory(group=group, venue="CANARY hidden house", area="Riverside", **on(1))
    page = client.get(HOME)
    assert "Riverside" in page.text
    assert "CANARY" not in page.text


def on(day, year=2099):
    return {"starts_at": f"{year}-06-0{day}T18:00Z", "ends_at": f"{year}-06-0{day}T20:00Z"}


@pytest.mark.parametrize("count", [1, 3])
def test_home_asks_the_same_number_of_questions(client, staff, django_assert_num_queries, count):
    for group in make.LocalGroupFactory.create_batch(count, latitude=53.8, longitude=-1.5):
        make.ActivityFactory(group=group)
        make.CampaignFactory(owner=staff)
    with django_assert_num_queries(6):
        client.get(HOME)


@pytest.mark.parametrize(
    ("persona", "goes"),
    [
        ("supporter", "home"),
        ("coordinator", "groups:manage_home"),
        ("other_coordinator", "groups:manage_home"),
        ("staff", "admin:index"),
        ("superuser", "admin:index"),
    ],
)
def test_signed_in_leads_each_to_their_own_desk(client_of, request, persona, goes):
    answer = client_of(request.getfixturevalue(persona)).get(reverse("signed_in"))
    assert (answer.status_code, answer.url) == (302, reverse(goes))


def test_signed_in_asks_a_stranger_to_sign_in(client):
    assert client.get(reverse("signed_in")).url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accessibility", "level AA"),
        ("privacy", "We never ask about your immigration status"),
        ("safety", "Call 999"),
        ("contact", "Start a group"),
    ],
)
@override_settings(DEBUG=False)
def test_pages_of_words_say_their_main_thing(client, name, words):
    assert words in client.get(reverse(name)).text


def test_words_that_only_the_charity_knows_are_marked(client):
    for name in ("accessibility", "privacy", "safety", "contact"):
        assert "To be completed by the charity:" in client.get(reverse(name)).text

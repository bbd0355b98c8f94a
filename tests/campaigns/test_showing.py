"""Names in public: only as people chose, only after a look, and gone at once when they change their mind."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.actions.showing import is_plain
from campaigns.models import ActionTaken
from groups.actions import lower_shield, raise_shield
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.post.models import Email
from tests import factories
from tests.campaigns.answers import text_of

pytestmark = pytest.mark.django_db

WALL = "/actions/welcome/names/"


@pytest.fixture
def campaign(staff):
    campaign = factories.CampaignFactory(owner=staff, slug="welcome")
    factories.ActionFactory(campaign=campaign)
    factories.ActionFactory(campaign=campaign, kind="join")
    return campaign


def signed(campaign, name="Ada Surname", shown="", **fields):
    person = factories.SupporterFactory(name=name, outward_code="LS7", region="Yorkshire and the Humber", **fields)
    taken = actions.act_from_mail(campaign.actions.get(kind="sign"), person, None)
    return actions.show_as(taken, shown)


def joined(campaign, name="Hillside School", shown="full"):
    school = factories.OrganisationFactory(name=name)
    return actions.show_as(actions.act_from_mail(campaign.actions.get(kind="join"), school, None), shown)


def names(client, query="") -> list[str]:
    """What stands on the wall, in its order."""
    body = client.get(WALL + query).content.decode()
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<li><strong.*?</li>", body, re.S)]


def test_nobody_is_shown_who_did_not_choose_it(client, campaign):
    signed(campaign)
    joined(campaign, shown="")
    assert names(client) == []
    assert "No names to show yet" in text_of(client.get(WALL))
    assert not Email.objects.exists()


def test_first_name_and_district_and_never_a_surname_or_more_of_the_place(client, campaign, places):
    signed(campaign, "Ada Surname", "first", postcode="LS7 3HJ")
    assert names(client) == ["Ada Leeds"]
    body = client.get(WALL).content.decode()
    assert [leak for leak in ("Surname", "LS7", "3HJ", "supporter") if leak in body] == []


def test_full_name_only_if_they_chose_it(client, campaign, places):
    signed(campaign, "Ada Surname", "full")
    assert names(client) == ["Ada Surname Leeds"]


@pytest.mark.parametrize(
    ("region", "stand"),
    [("", ["Hillside School"]), ("Yorkshire and the Humber", ["Hillside School"]), ("London", None)],
)
def test_while_the_shield_is_up_no_people_are_named(client, campaign, staff, region, stand):
    signed(campaign, "Ada Surname", "full")
    actions.check_name(joined(campaign), by=staff)
    before = names(client)
    assert before == ["Hillside School", "Ada Surname"]
    shield = raise_shield(reason="test", by=staff, region=region)
    assert names(client) == (before if stand is None else stand)
    lower_shield(shield, by=staff)
    assert names(client) == before


def test_organisation_waits_for_a_look_and_is_told_when_it_stands(client, campaign, staff):
    taken = joined(campaign)
    assert names(client) == []
    assert not Email.objects.exists()
    assert actions.check_name(taken, by=staff)
    assert not actions.check_name(taken, by=staff)
    assert names(client) == ["Hillside School"]
    letter = Email.objects.get()
    link = re.search(r"https?://[^/]+(/actions/name/\S+)", letter.text)[1]
    assert link in letter.html
    assert Entry.objects.filter(verb="campaigns.check_name").count() == 1
    # The link in the letter takes it off, at once, by POST alone.
    assert "Take the name off" in text_of(client.get(link))
    assert names(client) == ["Hillside School"]
    assert client.post(link, {"shown": ""}).status_code == 302
    assert names(client) == []
    assert "not named" in text_of(client.get(link))
    assert ActionTaken.objects.confirmed().count() == 1


def test_name_put_back_is_looked_at_again(client, campaign, staff):
    taken = joined(campaign)
    actions.check_name(taken, by=staff)
    actions.take_name_off(taken)
    actions.show_as(taken, "full")
    assert names(client) == []


@pytest.mark.parametrize("after_a_look", [True, False])
def test_refused_name_stands_nowhere_and_still_counts(client, campaign, staff, after_a_look):
    taken = joined(campaign, "Rude Name Ltd")
    if after_a_look:
        actions.check_name(taken, by=staff)
    assert actions.refuse_name(taken, by=staff)
    assert not actions.refuse_name(taken, by=staff)
    assert names(client) == []
    assert ActionTaken.objects.confirmed().count() == 1
    assert actions.check_name(taken, by=staff)
    assert names(client) == ["Rude Name Ltd"]


def test_a_name_that_was_refused_does_not_come_back_by_choosing_anew(client, campaign, staff):
    taken = signed(campaign, "Not Her Name", "full")
    actions.refuse_name(taken, by=staff)
    for shown in ("", "full", "", "first", "", "full"):
        actions.show_as(taken, shown)
        assert names(client) == []
    # Nor by signing something else.
    other = factories.CampaignFactory(owner=staff, slug="welcome-too")
    again = actions.act_from_mail(factories.ActionFactory(campaign=other), taken.supporter, None)
    actions.show_as(again, "full")
    assert not ActionTaken.objects.on_the_wall().exists()
    assert actions.check_name(taken, by=staff)
    assert names(client) == ["Not Her Name"]


def test_pressing_to_and_fro_fills_nobodys_mailbox(campaign):
    taken = signed(campaign, "Ada", "full")
    for _ in range(5):
        actions.show_as(taken, "")
        actions.show_as(taken, "full")
    assert Email.objects.filter(kind="campaigns/shown").count() == 3


PLAIN = ["Ada", "Zoë O'Brien-Smith", "نور", "Nguyễn Văn A", "J. R. Example", "Ŵilliam", "น้ำ"]
NOT_PLAIN = ["www.example.org", "Ada 2", "Ada@home", "a/b", "Fuckface", "x" * 61, "Vote! Now", "ex.org", "Ada <b>"]
NOT_PLAIN += ["Fück Ada", "ｆｕｃｋ Ada", "𝖋𝖚𝖈𝖐", "F u c k", "Fu-ck", "Ada\u3164", "ⓐⓓⓐ"]


@pytest.mark.parametrize("name", PLAIN)
def test_plain_name_of_a_person_stands_at_once(client, campaign, name):
    assert is_plain(name)
    signed(campaign, name, "full")
    assert len(names(client)) == 1


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_no_plain_name_waits_for_a_look(client, campaign, staff, name):
    taken = signed(campaign, name, "full")
    assert names(client) == []
    actions.check_name(taken, by=staff)
    assert len(names(client)) == 1


def test_a_new_name_in_the_register_shows_nothing_that_nobody_looked_at(client, campaign, staff):
    taken = joined(campaign)
    actions.check_name(taken, by=staff)
    type(taken.supporter).objects.filter(pk=taken.supporter_id).update(name="Something Rude")
    assert names(client) == ["Hillside School"]


def test_order_is_by_name_organisations_first_whenever_they_signed(client, campaign, staff):
    for day, name in enumerate(["Zed", "ada", "Mo"]):
        taken = signed(campaign, name, "full")
        ActionTaken.objects.filter(pk=taken.pk).update(confirmed_at=timezone.now() - timedelta(days=day))
    for name in ("Yew School", "Ash School"):
        actions.check_name(joined(campaign, name), by=staff)
    assert names(client) == ["Ash School", "Yew School", "ada", "Mo", "Zed"]
    assert not re.search(
        r"<time|20\d\d", client.get(WALL).content.decode().partition("<main")[2].partition("</main")[0]
    )


def test_filters_by_kind_and_region(client, campaign, staff):
    signed(campaign, "Ada", "full")
    actions.check_name(joined(campaign), by=staff)
    assert names(client, "?kind=person") == ["Ada"]
    assert names(client, "?kind=organisation") == ["Hillside School"]
    assert names(client, "?region=Yorkshire+and+the+Humber") == ["Ada"]
    assert names(client, "?region=Wales") == []
    for odd in ("?region=%00", "?kind=x", "?region=" + "a" * 9000):
        assert "No name fits" in text_of(client.get(WALL + odd))


@pytest.mark.parametrize("rows", [1, 3])
def test_wall_costs_three_queries(client, campaign, rows, django_assert_num_queries):
    for number in range(rows):
        signed(campaign, f"Ada {'ABC'[number]}", "full")
    with django_assert_num_queries(3):
        assert len(names(client)) == rows


def test_wall_of_a_hidden_campaign_is_as_missing(client, campaign):
    type(campaign).objects.update(state="approved")
    hidden, missing = client.get(WALL), client.get("/actions/elsewhere/names/")
    assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_odd_keys_open_nothing_and_no_name_stands_on_another_campaign(client, campaign, staff):
    signed(campaign, "Ada", "full")
    other = factories.CampaignFactory(owner=staff, slug="other")
    assert "No names to show yet" in text_of(client.get(reverse("campaigns:wall", args=[other.slug])))
    for token in ("x", "A" * 4000, "AAAA"):
        for answer in (client.get(f"/actions/name/{token}/"), client.post(f"/actions/name/{token}/")):
            assert answer.status_code == 410
    assert names(client) == ["Ada"]


def test_key_of_an_act_is_kept_by_no_cache_and_takes_no_odd_choice(client, campaign):
    taken = signed(campaign, "Ada", "full")
    link = "/" + actions.name_url(taken).split("/", 3)[3]
    answer = client.get(link)
    assert (answer.headers["Referrer-Policy"], "no-store" in answer.headers["Cache-Control"]) == ("no-referrer", True)
    assert client.post(link, {"shown": "everything"}).status_code == 422
    assert names(client) == ["Ada"]
    client.post(link, {})
    assert names(client) == []


def test_forgotten_person_leaves_the_wall_and_the_count_stays(client, campaign, staff):
    taken = signed(campaign, "Ada", "full")
    signed(campaign, "Bo", "full")
    erase_supporter(taken.supporter, by=staff)
    assert names(client) == ["Bo"]
    row = ActionTaken.objects.get(pk=taken.pk)
    assert (row.shown, row.shown_name, row.shown_place) == ("", "", "")
    assert ActionTaken.objects.confirmed().count() == 2
    assert client.get("/" + actions.name_url(row).split("/", 3)[3]).status_code == 410
    assert actions.show_as(row, "full").shown == ""


def test_what_is_held_says_how_they_are_shown(campaign, places):
    taken = signed(campaign, "Ada", "full")
    (act,) = held_about(taken.supporter)["Campaigns you took part in"]
    assert act["Shown in public as"] == "Ada, Leeds"


# --- the desk ---------------------------------------------------------------------------------------


def test_queue_shows_what_waits_and_staff_decide_one_by_one_and_in_bulk(client_of, campaign, staff):
    ash, yew, zed = (joined(campaign, name) for name in ("Ash School", "Yew School", "Zed School"))
    signed(campaign, "Ada", "full")
    client = client_of(staff)
    queue = reverse("admin:campaigns_shownname_changelist")
    waiting = client.get(queue).content.decode()
    assert [name in waiting for name in ("Ash School", "Zed School", ">Ada<")] == [True, True, False]
    assert ">Ada<" in client.get(queue + "?state=shown").content.decode()
    client.post(reverse("admin:campaigns_shownname_check", args=[ash.pk]))
    client.post(reverse("admin:campaigns_shownname_refuse", args=[zed.pk]))
    client.post(queue, {"action": "let_stand", "_selected_action": [yew.pk]})
    assert names(client) == ["Ash School", "Yew School", "Ada"]
    client.post(queue + "?state=shown", {"action": "keep_off", "_selected_action": [yew.pk, ash.pk]})
    assert names(client) == ["Ada"]
    assert set(Entry.objects.filter(verb="campaigns.refuse_name").values_list("actor", flat=True)) == {
        f"user:{staff.pk}"
    }


def test_queue_is_for_staff_alone(client, client_of, campaign):
    taken = joined(campaign)
    stranger = client_of(factories.UserFactory())
    for address in ("changelist", "check", "refuse"):
        args = [] if address == "changelist" else [taken.pk]
        url = reverse(f"admin:campaigns_shownname_{address}", args=args)
        for visitor in (client, stranger):
            assert visitor.post(url).status_code in (302, 403)
    taken.refresh_from_db()
    assert taken.name_checked_at is None

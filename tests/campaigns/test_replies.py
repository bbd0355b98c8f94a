"""What representatives answered: who is asked, who may tell, what is shown, and what is forgotten."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import Action, LetterAsk, ReplyAsk, Stance
from campaigns.views.done import done_url
from sanctuary.people.actions import erase_supporter
from sanctuary.people.models import Controller, Permission
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

CANARY = "canary-words-of-the-reply"
SAID = {"position": "supports", "said_on": "2026-01-05", "source": "letter", "words": CANARY, "name": ""}


@pytest.fixture
def call(campaign):
    campaign.state = "live"
    campaign.save()
    return campaign


@pytest.fixture
def letter_action(call):
    action = make.ActionFactory(campaign=call, kind=Action.Kind.WRITE, statement="")
    LetterAsk.objects.create(action=action, question="Will you support it?")
    return action


@pytest.fixture
def mp(essentials):
    seat = make.ConstituencyFactory(name="Exampleton Central")
    make.put_in("LS7 3HJ", seat)
    return make.RepresentativeFactory(constituency=seat, name="Robin Example")


@pytest.fixture
def sent(letter_action):
    """Sent three weeks ago by somebody who wants to hear about campaigns."""
    person = make.SupporterFactory(name="Wanda Writes", email="wanda@example.org", postcode="LS7 3HJ")
    make.permit(person, Controller.objects.national(), Permission.Purpose.CAMPAIGNS)
    return wrote(letter_action, person)


def wrote(action, person, days=21):
    at = timezone.now() - timedelta(days=days)
    return make.ActionTakenFactory(action=action, supporter=person, name="", email="", created_at=at, confirmed_at=at)


def page_of(taken):
    return reverse("campaigns:reply", args=[taken.action.campaign.slug, actions.reply_token(taken)])


def list_of(campaign):
    return reverse("campaigns:replies", args=[campaign.slug])


def told(taken, **said):
    day = timezone.localdate()
    given = {"position": "supports", "said_on": day, "source": "letter", "reader": None, "name": "Robin Example"}
    return actions.tell_reply(taken, **given | said)


def test_writers_are_asked_once_after_two_weeks(sent, mp):
    assert actions.ask_for_replies() == 1
    assert actions.ask_for_replies() == 0
    email = Email.objects.get(kind="campaigns/reply_ask")
    assert email.to == "wanda@example.org"
    assert page_of(sent) in email.text
    assert "Wanda" not in email.text
    assert "LS7" not in email.text


@pytest.mark.parametrize("days", [1, 13, 29, 400])
def test_nobody_is_asked_too_early_or_too_late(letter_action, sent, days):
    sent.confirmed_at = timezone.now() - timedelta(days=days)
    sent.save()
    assert actions.ask_for_replies() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"only_big_moments": True},
        {"most_a_month": 1},
        {"emails_paused_until": timezone.localdate() + timedelta(days=3)},
        {"email": ""},
    ],
)
def test_who_wants_fewer_emails_is_not_asked(sent, change):
    for name, value in change.items():
        setattr(sent.supporter, name, value)
    sent.supporter.save()
    assert actions.ask_for_replies() == 0
    assert not Email.objects.filter(kind="campaigns/reply_ask").exists()


def test_without_a_yes_of_today_nobody_is_asked(letter_action, sent):
    Permission.objects.create(
        supporter=sent.supporter,
        controller=Controller.objects.national(),
        purpose=Permission.Purpose.CAMPAIGNS,
        change=Permission.Change.WITHDRAWN,
        basis=Permission.Basis.CONSENT,
        source="test",
        occurred_at=timezone.now(),
    )
    silent = make.SupporterFactory(email="never@example.org")
    wrote(letter_action, silent)
    assert actions.ask_for_replies() == 0


def test_who_has_told_already_is_not_asked(sent):
    told(sent)
    assert actions.ask_for_replies() == 0
    assert not ReplyAsk.objects.exists()


def test_page_names_the_representative_and_keeps_what_was_told(client, sent, mp):
    page = client.get(page_of(sent))
    assert "Robin Example, MP (Exampleton Central)" in page.text
    key = f"commons/{mp.constituency_id}/{mp.pk}"
    answer = client.post(page_of(sent), SAID | {"who": key, "said_on": timezone.localdate().isoformat()}, follow=True)
    assert "Thank you for telling us" in answer.text
    stance = Stance.objects.get()
    assert (stance.name, stance.place, stance.representative, stance.words) == (
        mp.name,
        "Exampleton Central",
        mp,
        CANARY,
    )
    assert not stance.is_checked


def test_no_answer_yet_keeps_nothing(client, sent, mp):
    answer = client.post(page_of(sent), {"position": "not_yet"}, follow=True)
    assert "Answers can take weeks" in answer.text
    assert not Stance.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"position": ""}, "Choose whether they answered"),
        ({"position": "maybe"}, "Select a valid choice"),
        ({"who": ""}, "Choose who it was"),
        ({"who": "commons/E1/999"}, "Select a valid choice"),
        ({"who": "else", "name": ""}, "Enter the name of who answered"),
        ({"said_on": "soon"}, "Enter the day, like 4/6/2026"),
        ({"said_on": "2999-01-01"}, "Choose a day in the last year"),
        ({"said_on": "1066-10-14"}, "Choose a day in the last year"),
        ({"words": "turn\u202eround"}, "it has a letter we cannot print"),
        ({"words": "a\0b"}, "it has a letter we cannot print"),
        ({"words": "x" * 1001}, "1,001 characters. Use 1,000 or fewer"),
        ({"name": "x" * 200, "who": "else"}, "Use 120 letters or fewer"),
    ],
)
def test_wrong_input_is_said_beside_the_field_and_nothing_is_lost(client, sent, mp, said, words):
    typed = SAID | {"who": f"commons/{mp.constituency_id}/{mp.pk}", "said_on": timezone.localdate().isoformat()} | said
    answer = client.post(page_of(sent), typed)
    assert answer.status_code == 422
    assert words in answer.text
    if "words" not in said:
        assert CANARY in answer.text
    assert not Stance.objects.exists()


def test_where_we_know_nobody_a_name_is_asked(client, sent):
    typed = SAID | {"said_on": "", "name": "Somebody Elected"}
    assert client.post(page_of(sent), typed).status_code == 302
    stance = Stance.objects.get()
    assert (stance.name, stance.representative, stance.said_on) == ("Somebody Elected", None, timezone.localdate())


def test_link_opens_only_a_letter_of_this_campaign(client, sent, call, staff):
    other = make.CampaignFactory(owner=staff)
    assert client.get(reverse("campaigns:reply", args=[other.slug, actions.reply_token(sent)])).status_code == 410
    signed = wrote(call.actions.get(kind="sign"), sent.supporter)
    assert client.get(page_of(signed)).status_code == 410
    assert client.get(reverse("campaigns:reply", args=[call.slug, "forged"])).status_code == 410
    with pytest.raises(ValidationError):
        told(signed)


def test_told_twice_is_one_line_until_it_is_read(sent, staff):
    first = told(sent, position="unclear")
    assert told(sent, position="opposes").pk == first.pk
    actions.check_stance(first, by=staff)
    assert told(sent, position="supports").pk != first.pk
    assert Stance.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_told_by_two_at_once_is_one_line(sent):
    race(lambda: told(sent), lambda: told(sent), after='FROM "campaigns_actiontaken"')
    assert Stance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clocks_ask_once(sent):
    race(actions.ask_for_replies, actions.ask_for_replies, after='FROM "campaigns_actiontaken"')
    assert Email.objects.filter(kind="campaigns/reply_ask").count() == 1


def test_who_wrote_finds_where_to_tell_the_answer(client, sent, campaign):
    thanks = client.get(done_url(sent)).text
    [link] = re.findall(r'<a class="tap" href="[^"]+(/actions/[^"]+/reply/[^"]+)">', thanks)
    assert client.get(link).status_code == 200
    signed = make.ActionTakenFactory(action=campaign.actions.get(kind=Action.Kind.SIGN))
    assert "/reply/" not in client.get(done_url(signed)).text


def test_campaign_says_where_representatives_stand(client, sent, staff, call):
    stance = told(sent)
    assert "What representatives say" not in client.get(call.get_absolute_url()).text
    actions.check_stance(stance, by=staff)
    page = client.get(call.get_absolute_url()).text
    assert "What representatives say" in page
    assert list_of(call) in page


def test_nothing_is_public_before_staff_have_read_it(client, sent, staff, call):
    stance = told(sent, words=CANARY)
    for url in (list_of(call), call.get_absolute_url()):
        assert "Robin Example" not in client.get(url).text
    assert "No answers yet" in client.get(list_of(call)).text
    actions.check_stance(stance, by=staff)
    page = client.get(list_of(call)).text
    assert "Robin Example" in page
    assert "Will support it" in page
    assert CANARY not in page
    assert "Wanda" not in page
    actions.refuse_stance(stance, by=staff)
    assert "Robin Example" not in client.get(list_of(call)).text


def test_each_representative_counts_by_what_they_said_last(client, sent, staff, call, mp):
    day = timezone.localdate()
    seat = {"representative": mp, "name": mp.name, "house": "commons", "constituency_code": mp.constituency_id}
    for position, ago in [("opposes", 20), ("supports", 2), ("unclear", 10)]:
        said = {"position": position, "said_on": day - timedelta(days=ago), "source": "letter"}
        actions.record_stance(Stance(campaign=call, **seat, **said), by=staff)
    assert Stance.objects.checked().for_campaign(call).counts() == {"supports": 1}
    page = client.get(list_of(call)).text
    assert "Will support it" in page
    assert page.count("Robin Example") == 1


def test_staff_give_the_source_of_what_was_said_in_public(client_of, staff, call):
    url = reverse("admin:campaigns_stance_add")
    line = {
        "campaign": call.pk,
        "name": "Robin Example",
        "house": "commons",
        "place": "Exampleton",
        "position": "opposes",
        "said_on": "2026-01-05",
        "source": "public",
        "words": "",
    }
    browser = client_of(staff)
    assert "Give the web address" in browser.post(url, line | {"source_url": ""}).text
    assert not Stance.objects.exists()
    assert browser.post(url, line | {"source_url": "https://example.org/debate"}).status_code == 302
    assert Stance.objects.get().checked_by == staff


def test_staff_read_what_was_told_from_the_list(client_of, staff, coordinator, sent):
    stance = told(sent)
    url = reverse("admin:campaigns_stance_changelist")
    assert client_of(coordinator).get(url).status_code in (302, 403)
    browser = client_of(staff)
    assert "Robin Example" in browser.get(url, {"read": "waiting"}).text
    browser.post(url, {"action": "check_them", "_selected_action": [stance.pk]})
    stance.refresh_from_db()
    assert stance.is_checked
    assert stance.checked_by == staff


def test_looking_at_a_line_or_saving_it_does_not_say_that_it_was_read(client_of, staff, sent):
    stance = told(sent)
    url, browser = reverse("admin:campaigns_stance_change", args=[stance.pk]), client_of(staff)
    page = browser.get(url)
    assert (page.status_code, "Robin Example" in page.text, 'name="_save"' in page.text) == (200, True, False)
    assert browser.post(url, {"_save": "Save"}).status_code == 403
    stance.refresh_from_db()
    assert (stance.checked_at, stance.recorded_by) == (None, None)


def test_words_go_with_the_person_and_after_a_year(sent, staff):
    stance = actions.check_stance(told(sent, words=CANARY), by=staff)
    assert CANARY in str(actions.replies_about(sent.supporter))
    assert actions.forget_old_replies() == 0
    Stance.objects.update(recorded_at=timezone.now() - timedelta(days=366))
    assert actions.forget_old_replies() == 1
    Stance.objects.update(words=CANARY)
    with transaction.atomic():
        erase_supporter(sent.supporter, by=staff)
    stance.refresh_from_db()
    assert (stance.words, stance.is_checked, stance.name) == ("", True, "Robin Example")


def test_words_told_for_an_act_that_a_merge_doubles_still_go_with_the_person(letter_action, sent, staff):
    twin = make.SupporterFactory(name="Wanda W", email="wanda.w@example.org", postcode="LS7 3HJ")
    stance = told(wrote(letter_action, twin), words=CANARY)
    moved = actions.move_acts(sent.supporter, twin)
    assert CANARY in str(actions.replies_about(sent.supporter))
    actions.move_acts_back(sent.supporter, twin, moved)
    assert CANARY in str(actions.replies_about(twin))
    actions.move_acts(sent.supporter, twin)
    erase_supporter(sent.supporter, by=staff)
    stance.refresh_from_db()
    assert stance.words == ""

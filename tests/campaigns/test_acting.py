"""The shell of all actions: what a campaign asks first, the others as links, one page for each, and two for joining."""

import re

import pytest
from django.urls import reverse

from campaigns import actions
from campaigns.forms import OrganisationForm, SpeakerForm
from campaigns.forms.acting import code_in
from campaigns.models import ActionTaken, Campaign
from sanctuary.people import tokens
from sanctuary.people.actions import erase_supporter, merge_supporters, undo_merge
from sanctuary.people.models import Controller, Supporter
from sanctuary.post.models import Email
from tests import factories
from tests.acts import KINDS
from tests.campaigns.answers import joining, signature, stamp, text_of
from tests.race import race

pytestmark = pytest.mark.django_db

JOIN = "/actions/welcome/join/"
SIGN = "/actions/welcome/sign/"


@pytest.fixture
def campaign(staff):
    return factories.CampaignFactory(owner=staff, slug="welcome", ask="Will you open a welcome desk?")


def ask(campaign, *kinds):
    return [factories.ActionFactory(campaign=campaign, kind=kind, rank=rank) for rank, kind in enumerate(kinds)]


def link_in(text: str) -> str:
    return re.search(r"https?://[^/]+(/actions/(?:confirm|name)/\S+)", text)[1]


def confirm(client, address: str, **answers):
    letter = Email.objects.filter(to=address, kind="campaigns/confirm").latest("pk")
    return client.post(link_in(letter.text), answers)


# --- what is asked first, and the others ------------------------------------------------------------


HEADS = {
    "sign": "Add your name",
    "join": "Add your organisation",
    "attend": "Come to an event",
    "share": "Pass it on",
}


@pytest.mark.parametrize("first", HEADS)
def test_campaigns_page_asks_the_first_and_links_the_others(client, campaign, first):
    ask(campaign, first, *[kind for kind in KINDS if kind != first])
    body = client.get("/actions/welcome/").content.decode()
    assert re.findall(r"<h2[^>]*>([^<]+)", body)[0] == HEADS[first]
    others = set(re.findall(r'href="/actions/welcome/(\w+)/"', body)) & set(KINDS)
    assert others == set(KINDS) - {first}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_not_asked_has_no_page(client, campaign, kind):
    ask(campaign, *[other for other in KINDS if other != kind])
    address, missing = f"/actions/welcome/{kind}/", f"/actions/elsewhere/{kind}/"
    assert (client.get(address).status_code, client.post(address).status_code in (404, 405)) == (404, True)
    assert client.get(address).content == client.get(missing).content


@pytest.mark.parametrize("state", ["draft", "approved", "resting", "closed"])
@pytest.mark.parametrize("kind", ["sign", "join", "attend", "share"])
def test_pages_of_each_kind_take_nothing_unless_live(client, campaign, kind, state):
    ask(campaign, kind)
    Campaign.objects.update(state=state)
    answer = client.get(f"/actions/welcome/{kind}/")
    assert answer.status_code == (404 if state in ("draft", "approved") else 200)
    assert b"<form" not in answer.content
    client.post(f"/actions/welcome/{kind}/", signature() if kind == "sign" else joining())
    assert not ActionTaken.objects.exists()


# --- codes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "A", "a b", "a" * 41, "<b>", "\x00", "é", "a\n", None, 7])
def test_what_is_no_code_is_dropped(code):
    assert code_in(code) == ""


def test_codes_stay_in_the_form_through_errors_and_odd_ones_do_not(client, campaign):
    ask(campaign, "sign", "join")
    shown = client.get("/actions/welcome/?from=group-leeds&with=abc123").content.decode()
    assert 'name="from_code" value="group-leeds"' in shown
    assert "/actions/welcome/join/?from=group-leeds&amp;with=abc123" in shown
    again = client.post(SIGN, signature(name="", from_code="group-leeds", with_code="x" * 5000))
    assert again.status_code == 422
    assert 'name="from_code" value="group-leeds"' in again.content.decode()
    assert "xxxx" not in again.content.decode()
    assert client.post(SIGN, signature(from_code="\x00", with_code="é")).status_code == 302
    two = client.post(JOIN, {"name": "Ash", "organisation_type": "school", "from_code": "group-leeds"})
    assert 'name="from_code" value="group-leeds"' in two.content.decode()


# --- robots -----------------------------------------------------------------------------------------


def test_nobody_learns_from_a_form_what_an_address_did_elsewhere(client, campaign, staff):
    ask(campaign, "sign")
    other = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff, slug="quite-another"))
    for name in ("A", "B", "C"):
        actions.start_act(other, name=name, email="ada@example.org", wants_email=False)
    sent = client.post(SIGN, signature()).headers["Location"]
    assert sent.startswith("/actions/welcome/sent/")
    assert "a***@example.org" in text_of(client.get(sent))


@pytest.mark.parametrize("changes", [{"stamp": "forged"}, {"website": "x"}, {"stamp": lambda: stamp(age=0)}])
def test_robots_are_asked_once_more_and_nothing_is_lost(client, campaign, changes):
    ask(campaign, "sign", "join")
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    for address, good in ((SIGN, signature(**changes)), (JOIN, joining(**changes))):
        answer = client.post(address, good)
        assert answer.status_code == 422
        assert "press the button once more" in text_of(answer)
        assert good["email"] in answer.content.decode()
    assert not ActionTaken.objects.exists()


# --- an organisation joins --------------------------------------------------------------------------


def test_join_in_two_pages_then_confirmed_then_looked_at(client, campaign, staff):
    ask(campaign, "join")
    first = {name: joining()[name] for name in ("name", "organisation_type", "postcode")}
    two = client.post("/actions/welcome/", first)
    assert "You speak for Hillside School" in text_of(two)
    assert not ActionTaken.objects.exists()
    sent = client.post("/actions/welcome/", joining())
    assert sent.status_code == 302
    assert "o***@hillside.example.org" in text_of(client.get(sent.url))
    waiting = ActionTaken.objects.get()
    assert (waiting.kind, waiting.confirmed_at, waiting.shown) == ("organisation", None, "full")
    letter = Email.objects.get()
    whole = letter.subject + letter.text + letter.html
    assert [typed for typed in ("Hillside", "Connie", "Head teacher") if typed in whole] == []
    done = confirm(client, "office@hillside.example.org")
    assert "Your organisation stands with us" in text_of(client.get(done.url))
    school = Supporter.objects.get()
    assert (school.kind, school.name, school.organisation_type) == ("organisation", "Hillside School", "school")
    assert (school.contact_name, school.job_role) == ("Connie Contact", "Head teacher")
    act = ActionTaken.objects.get()
    assert (act.contact_name, act.job_role, act.email, act.name_checked_at) == ("", "", "", None)
    assert "Hillside" not in text_of(client.get("/actions/welcome/names/"))
    told = Email.objects.get(kind="campaigns/joined")
    client.post(link_in(told.text), {"shown": ""})
    assert ActionTaken.objects.get().shown == ""
    assert not actions.check_name(act, by=staff)


def test_organisation_that_says_no_is_counted_and_not_named(client, campaign, staff):
    ask(campaign, "join")
    client.post(JOIN, joining(is_listed="no"))
    confirm(client, "office@hillside.example.org")
    act = ActionTaken.objects.confirmed().get()
    assert (act.shown, act.shown_name) == ("", "")
    assert not actions.check_name(act, by=staff)


WRONG_FIRST = [
    ("name", ""),
    ("name", "a\x00"),
    ("organisation_type", ""),
    ("organisation_type", "x"),
    ("postcode", "not a postcode"),
]
WRONG_SECOND = [("contact_name", ""), ("email", "x"), ("may_speak", ""), ("is_listed", ""), ("wants_email", "x")]


@pytest.mark.parametrize(("field", "value"), WRONG_FIRST + WRONG_SECOND)
def test_join_names_what_is_wrong_and_loses_nothing(client, campaign, field, value):
    ask(campaign, "join")
    answer = client.post(JOIN, joining(**{field: value}))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    kept = answer.content.decode()
    typed = {"name": "Hillside School", "contact_name": "Connie Contact", "job_role": "Head teacher"}
    assert [words for name, words in typed.items() if name != field and words not in kept] == []
    assert (ActionTaken.objects.count(), Email.objects.count()) == (0, 0)


def test_back_to_the_organisation_keeps_both_pages(client, campaign):
    ask(campaign, "join")
    answer = client.post(JOIN, joining(back="1"))
    assert (answer.status_code, answer.context["step"]) == (200, 1)
    assert [words for words in ("Hillside School", "Connie Contact") if words not in answer.content.decode()] == []


def test_forms_ask_for_nothing_more_than_they_need():
    asked = set(OrganisationForm.base_fields) | set(SpeakerForm.base_fields)
    assert asked - {"from_code", "with_code", "website", "alone"} <= {
        "name",
        "organisation_type",
        "postcode",
        "contact_name",
        "job_role",
        "email",
        "may_speak",
        "is_listed",
        "wants_email",
    }


# --- how a person is shown --------------------------------------------------------------------------


@pytest.mark.parametrize(("shown", "words"), [("first", "Ada"), ("full", "Ada Example"), ("", None), ("odd", None)])
def test_choice_is_made_in_the_mailbox_and_default_is_nothing(client, campaign, shown, words):
    ask(campaign, "sign")
    client.post(SIGN, signature(shown="full"))
    assert ActionTaken.objects.get().shown == ""
    page = client.get(link_in(Email.objects.get().text)).content.decode()
    assert re.search(r'<input[^>]*name="shown"[^>]*value=""[^>]*checked', page)
    confirm(client, "ada@example.org", shown=shown)
    wall = text_of(client.get("/actions/welcome/names/"))
    assert ("Ada" in wall) == (words is not None)
    assert ("Ada Example" in wall) == (words == "Ada Example")


def test_signing_again_follows_the_newest_answer(client, campaign):
    ask(campaign, "sign")
    for shown in ("full", ""):
        client.post(SIGN, signature())
        confirm(client, "ada@example.org", shown=shown)
    assert ActionTaken.objects.get().shown_name == ""


# --- again, and two at once -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sign", "join"])
def test_doing_it_again_looks_the_same_and_counts_once(client, campaign, kind):
    (asked,) = ask(campaign, kind)
    address, good = f"/actions/welcome/{kind}/", signature if kind == "sign" else joining
    first = client.post(address, good())
    confirm(client, good()["email"])
    again = client.post(address, good())
    # The whole page but for the campaign's own numbers is the same as before they had done it.
    assert text_of(client.get(again.url)) == text_of(client.get(client.post(address, good()).url))
    assert (first.status_code, again.status_code) == (302, 302)
    confirm(client, good()["email"])
    assert ActionTaken.objects.confirmed().filter(action=asked).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_of_one_organisation_at_once_count_once(client, campaign):
    (asked,) = ask(campaign, "join")
    told = {"kind": "organisation", "name": "Hillside", "email": "office@example.org", "shown": "full"}
    first, second = (actions.start_act(asked, **told) for _ in range(2))
    outcomes = race(
        lambda: actions.confirm_action(first),
        lambda: actions.confirm_action(second),
        after="pg_advisory_xact_lock",
    )
    assert [error for error in outcomes if isinstance(error, Exception)] == []
    assert ActionTaken.objects.count() == 1
    assert Email.objects.filter(kind="campaigns/joined").count() == 1


def test_merge_keeps_one_act_and_undo_brings_the_name_back_as_it_was(campaign, staff):
    (asked,) = ask(campaign, "sign")
    kept, gone = (factories.SupporterFactory(name=name) for name in ("Ada Example", "Ada B"))
    actions.act_from_mail(asked, kept, None)
    theirs = actions.show_as(actions.act_from_mail(asked, gone, None), "full")
    merged = merge_supporters(kept, gone, name="Ada Example", controller=Controller.objects.national(), by=staff)
    assert list(ActionTaken.objects.values_list("supporter", "shown_name")) == [(kept.pk, "")]
    undo_merge(merged, by=staff)
    again = ActionTaken.objects.get(supporter=gone)
    assert (again.shown, again.shown_name, again.name_checked_at) == ("full", "Ada B", theirs.name_checked_at)


def test_erasure_of_an_organisation_blanks_what_stands_of_it(campaign, staff):
    (asked,) = ask(campaign, "join")
    told = {"kind": "organisation", "name": "Hillside", "email": "office@example.org", "shown": "full"}
    act = actions.confirm_action(actions.start_act(asked, contact_name="Connie", job_role="Head", **told))
    actions.check_name(act, by=staff)
    erase_supporter(act.supporter, by=staff)
    act.refresh_from_db()
    assert (act.shown_name, act.contact_name, act.job_role, bool(act.confirmed_at)) == ("", "", "", True)


# --- from an email of ours --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_from_mail_leads_to_what_the_campaign_asks_and_never_breaks(client, campaign, staff, kind):
    ask(campaign, kind)
    person = factories.SupporterFactory(name="Quetzal Canary", email="quetzal@example.org")
    mailing = factories.MailingFactory(campaign=campaign, author=staff)
    address = reverse("campaigns:from_mail", args=["welcome", tokens.make("act", person.pk, mailing.pk)])
    for answer in (client.get(address, follow=True), client.post(address, follow=True)):
        assert answer.status_code == 200
        assert "Quetzal" not in answer.content.decode()
    assert ActionTaken.objects.count() == (1 if kind == "sign" else 0)
    if kind not in ("sign", "write"):
        assert client.get(address).url.partition("?")[0] == f"/actions/welcome/{kind}/"

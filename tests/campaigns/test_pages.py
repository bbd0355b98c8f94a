"""The public pages of campaigns through a browser's eyes: each state, each way in, each kind of bad input."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from campaigns import actions
from campaigns.models import ActionTaken, Campaign
from sanctuary.people import links, tokens
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories
from tests.campaigns.answers import signature

pytestmark = pytest.mark.django_db

GOOD = signature()


@pytest.fixture
def campaign(staff):
    campaign = factories.CampaignFactory(
        owner=staff,
        title="Welcome desks",
        slug="welcome",
        ask="Will you open a welcome desk?",
        why="Because **doors**.",
    )
    factories.ActionFactory(campaign=campaign)
    return campaign


@pytest.fixture
def action(campaign):
    return campaign.actions.get()


@pytest.fixture
def reader(campaign, staff):
    """(supporter, mailing, the address in the mail)."""
    person = factories.SupporterFactory(name="Quetzal Canary", email="quetzal@example.org")
    mailing = factories.MailingFactory(campaign=campaign, author=staff)
    return person, mailing, from_mail(campaign, person.pk, mailing.pk)


def from_mail(campaign, *numbers, purpose="act"):
    return reverse("campaigns:from_mail", args=[campaign.slug, tokens.make(purpose, *numbers)])


def page(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())


# --- the list ---------------------------------------------------------------------------------------


def test_list_without_campaigns_says_what_to_do_instead(client):
    assert "No campaign is open just now" in page(client.get("/actions/"))


def test_list_shows_public_campaigns_only(client, staff):
    for state in Campaign.State.values:
        factories.CampaignFactory(owner=staff, state=state, ask=f"Ask-{state}-ask")
    shown = set(re.findall(r"Ask-(\w+)-ask", page(client.get("/actions/"))))
    assert shown == {"live", "resting", "closed"}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_five_queries(client, staff, rows, django_assert_num_queries):
    for state in ("live", "resting", "closed"):
        for campaign in factories.CampaignFactory.create_batch(rows, owner=staff, state=state):
            factories.ActionTakenFactory.create_batch(rows, action=factories.ActionFactory(campaign=campaign))
    with django_assert_num_queries(5):
        client.get("/actions/")


# --- one campaign -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_hidden_campaign_is_the_same_as_none(client, campaign, state):
    Campaign.objects.update(state=state)
    hidden, missing = client.get("/actions/welcome/"), client.get("/actions/elsewhere/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert client.post("/actions/welcome/", GOOD).status_code == 404
    assert not ActionTaken.objects.exists()


def test_live_page_has_the_ask_the_reasons_and_one_form(client, campaign):
    Campaign.objects.update(deadline="2026-12-04")
    with travel("2026-11-22", tick=False):
        response = client.get("/actions/welcome/")
    words = page(response)
    assert "We are asking The council by Friday 4 December 2026 : 12 days left" in words
    assert "<strong>doors</strong>" in response.content.decode()
    assert words.count("Add my name") == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_five_queries(client, action, rows, django_assert_num_queries):
    factories.ActionTakenFactory.create_batch(rows, action=action, confirmed_at=timezone.now())
    with django_assert_num_queries(5):
        client.get("/actions/welcome/")


def test_script_written_in_the_reasons_is_shown_to_nobody(client, campaign):
    Campaign.objects.update(why="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>")
    body = client.get("/actions/welcome/").content.decode()
    assert "<script>alert" not in body
    assert "onerror=alert(1)>" not in body
    assert 'href="javascript' not in body


@pytest.mark.parametrize(("state", "words"), [("resting", "This campaign is resting"), ("closed", "What came of it")])
def test_page_without_form_says_why(client, campaign, state, words):
    Campaign.objects.update(state=state, results_note="They said **yes**.")
    response = client.get("/actions/welcome/")
    assert words in page(response)
    assert "They said yes ." in page(response)
    assert b"<form" not in response.content
    response = client.post("/actions/welcome/", GOOD)
    assert response.status_code == 422
    assert not ActionTaken.objects.exists()


def test_page_of_a_campaign_without_an_action(client, staff):
    factories.CampaignFactory(owner=staff, slug="bare")
    assert "nothing to sign yet" in page(client.get("/actions/bare/"))
    assert client.post("/actions/bare/", GOOD).status_code == 404


@pytest.mark.parametrize(("count", "words"), [(499, "Be one of the first"), (500, "500 of 1,000 names")])
def test_count_shows_from_five_hundred_confirmed(client, action, count, words):
    ActionTaken.objects.bulk_create(ActionTaken(action=action, confirmed_at=timezone.now()) for _ in range(count))
    factories.ActionTakenFactory.create_batch(3, action=action)
    assert words in page(client.get("/actions/welcome/"))


# --- signing ----------------------------------------------------------------------------------------


def test_sign_then_confirm_then_counted(client, action):
    response = client.post("/actions/welcome/", GOOD)
    assert response.status_code == 302
    sent = client.get(response.url)
    assert "a***@example.org" in page(sent)
    assert "Ada" not in page(sent)
    link = re.search(r"https?://[^/]+(/actions/confirm/\S+)", Email.objects.get().text)[1]
    shown = client.get(link)
    assert "Confirm my name" in page(shown)
    assert "Ada" not in page(shown)
    assert not ActionTaken.objects.confirmed().exists()
    done = client.post(link)
    assert done.status_code == 302
    assert "Thank you for adding your name" in page(client.get(done.url))
    assert ActionTaken.objects.confirmed().get().supporter.postcode == "LS7 3HJ"
    assert client.get(link).url == client.post(link).url
    assert ActionTaken.objects.count() == 1


WRONG = [
    ({"name": ""}, "name"),
    ({"name": "Ada\nBcc: x@example.org"}, "name"),
    ({"name": "Ada\x00"}, "name"),
    ({"name": "Ada\u202egro"}, "name"),
    ({"name": " \u200b "}, "name"),
    ({"name": "a" * 151}, "name"),
    ({"name": "a" * 900_000}, "name"),
    ({"email": ""}, "email"),
    ({"email": "ada@localhost"}, "email"),
    ({"email": "ada@example.org, bo@example.org"}, "email"),
    ({"email": "ada@example.org\r\nBcc: bo@example.org"}, "email"),
    ({"email": "a" * 900_000 + "@example.org"}, "email"),
    ({"postcode": "not a postcode"}, "postcode"),
    ({"postcode": "\x00"}, "postcode"),
    ({"wants_email": ""}, "wants_email"),
    ({"wants_email": "maybe"}, "wants_email"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=[f"{f}-{n}" for n, (_, f) in enumerate(WRONG)])
def test_wrong_input_is_named_and_nothing_typed_is_lost(client, action, wrong, field):
    response = client.post("/actions/welcome/", GOOD | wrong)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert "There is a problem" in page(response)
    kept = {k: v for k, v in GOOD.items() if k not in wrong and k not in ("wants_email", "stamp")}
    assert {k: response.context["form"][k].value() for k in kept} == kept
    assert (ActionTaken.objects.count(), Email.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["Null", "O'Brien", "X", "=cmd|1", "{{7*7}}", "((email))", "نور", "<b>Bo</b>", "%n"])
def test_odd_names_are_kept_as_they_are(client, action, name):
    client.post("/actions/welcome/", GOOD | {"name": name})
    assert ActionTaken.objects.get().name == name


def test_extra_keys_change_nothing(client, action, staff):
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    person = factories.SupporterFactory()
    more = {"confirmed_at": "2026-01-01", "supporter": person.pk, "mailing": mailing.pk, "action": 0}
    client.post("/actions/welcome/", GOOD | more)
    taken = ActionTaken.objects.get()
    assert (taken.confirmed_at, taken.supporter, taken.mailing, taken.action) == (None, None, None, action)


def test_no_answer_tells_whether_somebody_signed_before(client, action):
    actions.confirm_action(actions.start_act(action, name="Ada Example", email="ada@example.org", wants_email=True))
    known = client.get(client.post("/actions/welcome/", GOOD).url)
    unknown = client.get(client.post("/actions/welcome/", GOOD | {"email": "all@example.org"}).url)
    assert page(known) == page(unknown)


def test_postcode_may_be_left_out(client, action):
    client.post("/actions/welcome/", GOOD | {"postcode": ""})
    assert ActionTaken.objects.get().postcode == ""


# --- links ------------------------------------------------------------------------------------------


def spoiled(address: str) -> str:
    """The same address with one letter of its token changed."""
    head, token = address.rstrip("/").rsplit("/", 1)
    return f"{head}/{'B' if token[0] != 'B' else 'C'}{token[1:]}/"


def test_forged_or_old_confirmations_end_kindly(client, action):
    taken = factories.ActionTakenFactory(action=action)
    good = reverse("campaigns:confirm", args=[tokens.make("act-confirm", taken.pk)])
    foreign = reverse("campaigns:confirm", args=[tokens.make("choices", taken.pk)])
    missing = reverse("campaigns:confirm", args=[tokens.make("act-confirm", 987654321)])
    with travel(timezone.now() + timedelta(days=15)):
        assert client.post(good).status_code == 410
    for address in (spoiled(good), foreign, missing, "/actions/confirm/x/", f"/actions/confirm/{'A' * 5000}/"):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 410
            assert "This link no longer works" in page(answer)
    assert not ActionTaken.objects.confirmed().exists()


def test_confirming_after_the_end_says_so(client, action):
    taken = factories.ActionTakenFactory(action=action)
    Campaign.objects.update(state="closed")
    answer = client.post(reverse("campaigns:confirm", args=[tokens.make("act-confirm", taken.pk)]))
    assert (answer.status_code, "has closed" in page(answer)) == (410, True)


def test_from_mail_is_one_button_that_shows_no_name(client, reader):
    person, mailing, address = reader
    shown = client.get(address)
    assert "Signing as q***@example.org" in page(shown)
    assert "Quetzal" not in shown.content.decode()
    assert not ActionTaken.objects.exists()
    done = client.post(address)
    assert done.status_code == 302
    taken = ActionTaken.objects.get()
    assert (taken.supporter, taken.mailing, bool(taken.confirmed_at)) == (person, mailing, True)
    assert "Quetzal" not in client.get(done.url).content.decode()
    client.post(address)
    assert ActionTaken.objects.count() == 1


def test_whoever_was_passed_an_email_on_cannot_choose_how_its_owner_is_named(client, campaign, reader):
    person, _, address = reader
    done = client.post(address).url
    shown = client.get(done)
    assert "/actions/name/" not in shown.content.decode()
    assert "Email me the link" in page(shown)
    assert not Email.objects.exists()
    for _ in range(5):
        assert client.post(done, {"name": "link"}).url == done
    assert Email.objects.filter(to=person.email, kind="campaigns/name_link").count() == 3
    link = re.search(r"https?://[^/]+(/actions/name/\S+)", Email.objects.first().text)[1]
    assert "You are counted, and not named" in page(client.get(link))
    assert client.post("/actions/welcome/done/x/", {"name": "link"}).status_code == 302
    assert Email.objects.count() == 3


@pytest.mark.parametrize("kind", ["forged", "other purpose", "nobody", "no mailing", "other campaign", "short", "old"])
def test_from_mail_with_a_bad_link_is_the_open_page(client, campaign, staff, reader, kind):
    person, mailing, address = reader
    elsewhere = factories.MailingFactory(campaign=factories.CampaignFactory(owner=staff), author=staff)
    address = {
        "forged": spoiled(address),
        "other purpose": from_mail(campaign, person.pk, mailing.pk, purpose="choices"),
        "nobody": from_mail(campaign, 987654321, mailing.pk),
        "no mailing": from_mail(campaign, person.pk, 0),
        "other campaign": from_mail(campaign, person.pk, elsewhere.pk),
        "short": from_mail(campaign, person.pk),
        "old": address,
    }[kind]
    with travel(timezone.now() + timedelta(days=91 if kind == "old" else 0)):
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, answer.url) == (302, "/actions/welcome/")
    assert not ActionTaken.objects.exists()


@pytest.mark.parametrize("state", ["resting", "closed"])
def test_from_mail_when_not_live_is_the_open_page(client, campaign, reader, state):
    Campaign.objects.update(state=state)
    assert client.post(reader[2]).url == "/actions/welcome/"
    assert not ActionTaken.objects.exists()


def test_from_mail_of_somebody_forgotten_is_the_open_page(client, reader):
    type(reader[0]).objects.update(email="")
    assert client.get(reader[2]).url == "/actions/welcome/"


def test_key_pages_are_kept_by_nobody_and_passed_on_to_nobody(client, action, reader):
    taken = factories.ActionTakenFactory(action=action)
    done = factories.ActionTakenFactory(action=action, supporter=reader[0], confirmed_at=timezone.now())
    addresses = [
        reader[2],
        reverse("campaigns:confirm", args=[tokens.make("act-confirm", taken.pk)]),
        reverse("campaigns:sent", args=["welcome", tokens.make("act-sent", taken.pk)]),
        reverse("campaigns:done", args=["welcome", tokens.make("act-done", done.pk)]),
        spoiled(reader[2]),
        "/actions/confirm/x/",
    ]
    for address in addresses:
        headers = client.get(address).headers
        assert headers["Referrer-Policy"] == "no-referrer", address
        assert "no-store" in headers["Cache-Control"], address


def test_a_form_from_elsewhere_is_refused_and_ours_is_taken(client_of, reader, settings):
    strict = type(client_of())(enforce_csrf_checks=True)
    assert strict.post(reader[2]).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', strict.get(reader[2]).content.decode())[1]
    answer = strict.post(reader[2], {"csrfmiddlewaretoken": token}, headers={"origin": "null"})
    assert answer.status_code == 302
    assert ActionTaken.objects.count() == 1


# --- after ------------------------------------------------------------------------------------------


def test_done_offers_one_campaign_not_yet_acted_on(client, campaign, action, staff, reader):
    other = factories.CampaignFactory(owner=staff, ask="Will you open the library?")
    factories.ActionFactory(campaign=other)
    address = client.post(reader[2]).url
    assert "Will you open the library?" in page(client.get(address))
    actions.act_from_mail(other.actions.get(), reader[0], None)
    assert "Will you open the library?" not in page(client.get(address))
    assert "Find your local group" in page(client.get(address))


@pytest.mark.parametrize("token", ["", "x/", "AAAA/"])
def test_done_without_a_good_key_thanks_anybody(client, campaign, token):
    assert "Thank you" in page(client.get(f"/actions/welcome/done/{token}"))


def test_done_of_a_hidden_campaign_is_missing(client, campaign):
    Campaign.objects.update(state="draft")
    assert client.get("/actions/welcome/done/").status_code == 404


def test_stopping_from_a_mailing_is_told_in_its_results(client, reader, essentials):
    person, mailing, _ = reader
    factories.permit(person)
    stop = reverse("people:stop", args=[links.choices_token(person.pk, mailing.pk)])
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Permission.objects.get(change="withdrawn").source == f"mailing:{mailing.pk}"

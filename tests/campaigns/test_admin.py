"""The national desk: who may come in, what staff may write, and what no form may change."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import ActionTaken, Campaign, Mailing
from tests import factories
from tests.campaigns.conftest import GOOD
from tests.race import race

pytestmark = pytest.mark.django_db

PAGES = ["preview", "preview/html", "check", "live", "live/part", "stop", "doubt", "results"]
VERBS = ["test", "approve", "unschedule", "pause", "resume"]
CAMPAIGN_VERBS = ["approve", "make_live", "return_to_draft", "rest_campaign", "close_campaign"]


@pytest.fixture(autouse=True)
def _https(settings):
    settings.PUBLIC_URL = "https://sanctuary.example.org"


def url(noun, page):
    return reverse(f"admin:campaigns_{noun._meta.model_name}_{page}", args=[noun.pk])


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="content"')[2]).split())


def said(response) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


# --- who may come in --------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["stranger", "supporter", "coordinator"])
def test_nobody_but_staff_comes_in(client_of, request, mailing, persona):
    client = client_of(request.getfixturevalue(persona))
    before = Mailing.objects.values().get()
    answers = [client.get(url(mailing, page)) for page in [*PAGES, "change"]]
    answers += [client.post(url(mailing, verb)) for verb in [*VERBS, "check", "stop", "doubt"]]
    answers += [client.post(url(mailing.campaign, verb)) for verb in CAMPAIGN_VERBS]
    assert {answer.status_code for answer in answers} == {302}
    assert all("/login/" in answer.url for answer in answers)
    assert Mailing.objects.values().get() == before


def test_staff_without_the_second_step_are_sent_to_it(client, staff, mailing):
    client.force_login(staff)
    assert client.get(url(mailing, "check")).url == reverse("mfa_index")


def test_staff_who_left_come_in_no_more(desk, staff, mailing):
    type(staff).objects.update(is_active=False)
    assert desk.get(url(mailing, "check")).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_draft_opens_for_staff_and_changes_nothing(desk, mailing, page):
    before = Mailing.objects.values().get()
    answer = desk.get(url(mailing, page))
    assert answer.status_code == (302 if page.startswith("live") else 200)
    assert Mailing.objects.values().get() == before


@pytest.mark.parametrize("page", [*PAGES, *VERBS])
def test_a_mailing_that_does_not_exist_is_missing(desk, mailing, page):
    address = reverse(f"admin:campaigns_mailing_{page}", args=[987654321])
    answer = desk.post(address) if page in VERBS else desk.get(address)
    assert answer.status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_answer_to_post_alone(desk, mailing, verb):
    assert desk.get(url(mailing, verb)).status_code == 405


# --- what no form may change ------------------------------------------------------------------------

STOLEN = {
    "state": "live",
    "owner": "999",
    "approved_by": "999",
    "approved_at_0": "01/01/2026",
    "approved_at_1": "10:00",
    "purpose_note": "Mine.",
}


def campaign_form(campaign, **more):
    action = campaign.actions.first() if campaign.pk else None
    return {
        "title": "A title",
        "slug": "a-title",
        "ask": "Will you?",
        "why": "Because.",
        "decision_maker": "The council",
        "deadline": "",
        "actions-TOTAL_FORMS": 1,
        "actions-INITIAL_FORMS": 1 if action else 0,
        "actions-0-id": action.pk if action else "",
        "actions-0-campaign": campaign.pk or "",
        "actions-0-statement": "We ask.",
        "actions-0-kind": "sign",
        "actions-0-rank": "0",
        "partners-TOTAL_FORMS": 0,
        "partners-INITIAL_FORMS": 0,
        **more,
    }


def test_a_new_campaign_is_a_draft_of_whom_made_it(desk, staff, colleague):
    form = campaign_form(Campaign(), **(STOLEN | {"owner": colleague.pk, "approved_by": colleague.pk}))
    assert desk.post(reverse("admin:campaigns_campaign_add"), form).status_code == 302
    made = Campaign.objects.get()
    assert (made.state, made.owner, made.approved_by, made.purpose_note) == ("draft", staff, None, "")
    assert made.actions.get().statement == "We ask."


def test_a_campaign_form_writes_words_and_nothing_else(desk, campaign, staff, colleague):
    Campaign.objects.update(state="draft", approved_by=None, approved_at=None, purpose_note="")
    stolen = STOLEN | {"owner": colleague.pk, "approved_by": colleague.pk}
    desk.post(url(campaign, "change"), campaign_form(campaign, **stolen))
    after = Campaign.objects.get()
    assert (after.title, after.state, after.owner, after.approved_by) == ("A title", "draft", staff, None)


def test_once_approved_the_ask_stands(desk, campaign):
    before = Campaign.objects.values("title", "slug", "ask", "decision_maker").get()
    desk.post(url(campaign, "change"), campaign_form(campaign, why="New reasons.", results_note="So far."))
    after = Campaign.objects.get()
    assert Campaign.objects.values("title", "slug", "ask", "decision_maker").get() == before
    assert (after.why, after.results_note) == ("New reasons.", "So far.")
    assert after.actions.get().statement == "We ask the council to welcome everyone."


@pytest.mark.parametrize("slug", ["confirm", "with spaces", "a/b", ""])
def test_a_bad_slug_is_named(desk, slug):
    answer = desk.post(reverse("admin:campaigns_campaign_add"), campaign_form(Campaign(), slug=slug))
    assert set(answer.context["adminform"].form.errors) == {"slug"}


def test_only_empty_drafts_can_be_deleted(desk, campaign, mailing):
    for noun in (campaign, mailing):
        Mailing.objects.update(state="done", starts_at=timezone.now(), frozen_at=timezone.now())
        assert desk.post(url(noun, "delete"), {"post": "yes"}).status_code == 403
    assert (Campaign.objects.count(), Mailing.objects.count()) == (1, 1)


def mailing_form(mailing, **more):
    fields = {"campaign": mailing.campaign_id, "subject": "New subject", "preheader": "", "body": GOOD}
    return fields | {"audience_kind": "everyone", "per_minute": ""} | more


STOLEN_MAILING = {
    "state": "sending",
    "author": "1",
    "controller": "1",
    "purpose": "news",
    "tested_hash": "x",
    "approved_hash": "x",
    "approved_by": "1",
    "starts_at_0": "01/01/2026",
    "counts": "{}",
    "audience": '{"kind": "everyone"}',
}


def test_a_mailing_form_writes_words_and_nothing_else(desk, mailing, group):
    before = Mailing.objects.values().get()
    form = mailing_form(mailing, audience_kind="group", audience_group=group.pk, **STOLEN_MAILING)
    answer = desk.post(url(mailing, "change"), form)
    assert answer.url == url(mailing, "preview")
    after = Mailing.objects.values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"subject", "audience"}
    assert after["audience"] == {"kind": "group", "value": str(group.pk)}


def test_an_edit_by_another_voids_approval_and_makes_them_the_author(client_of, mailing, staff, colleague):
    actions.send_test(mailing, by=staff)
    actions.approve_mailing(mailing, by=colleague, seen=mailing.content_hash)
    client_of(colleague).post(url(mailing, "change"), mailing_form(mailing))
    after = Mailing.objects.get()
    assert (after.author, after.is_tested, after.is_approved) == (colleague, False, False)


@pytest.mark.parametrize("state", ["scheduled", "sending", "paused", "stopped", "done"])
def test_a_mailing_that_left_the_desk_can_be_read_not_written(desk, mailing, state):
    Mailing.objects.update(state=state, starts_at=timezone.now(), frozen_at=timezone.now())
    shown = desk.get(url(mailing, "change"))
    assert "Everyone in the network" in words(shown)
    assert desk.post(url(mailing, "change"), mailing_form(mailing)).status_code == 403
    assert Mailing.objects.get().subject == "Hello"


@pytest.mark.django_db(transaction=True)
def test_edit_and_schedule_at_once_never_send_unread_words(desk, mailing, staff):
    actions.send_test(mailing, by=staff)
    ready = Mailing.objects.get()
    answer, outcome = race(
        lambda: desk.post(url(mailing, "change"), mailing_form(mailing)),
        lambda: actions.schedule_mailing(ready, by=staff, seen=ready.content_hash),
        after='FROM "campaigns_mailing"',
    )
    after = Mailing.objects.get()
    scheduled = (after.state, after.subject, answer.status_code) == ("scheduled", "Hello", 403)
    edited = (after.state, after.subject, answer.status_code) == ("draft", "New subject", 302)
    assert scheduled or (edited and outcome.code == "changed")


WRONG = [
    ({"audience_kind": "group"}, "audience_group"),
    ({"audience_kind": "group", "audience_group": "987654321"}, "audience_group"),
    ({"audience_kind": "stream", "audience_stream": "x"}, "audience_stream"),
    ({"audience_kind": "region", "audience_region": "Atlantis"}, "audience_region"),
    ({"audience_kind": "martians"}, "audience_kind"),
    ({"subject": "Hello\r\nBcc: x@example.org"}, "subject"),
    ({"subject": "Hello\x00"}, "subject"),
    ({"subject": "x" * 151}, "subject"),
    ({"body": "x" * 20_001}, "body"),
    ({"body": "a\x00b"}, "body"),
    ({"per_minute": "0"}, "per_minute"),
    ({"per_minute": "-5"}, "per_minute"),
    ({"per_minute": "99999999999999999999"}, "per_minute"),
    ({"campaign": "987654321"}, "campaign"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=[f"{f}-{n}" for n, (_, f) in enumerate(WRONG)])
def test_wrong_words_are_named_and_kept(desk, mailing, wrong, field):
    answer = desk.post(url(mailing, "change"), mailing_form(mailing, **wrong))
    form = answer.context["adminform"].form
    assert field in form.errors
    assert form["body"].value() == wrong.get("body", GOOD)
    assert Mailing.objects.get().subject == "Hello"


@pytest.mark.parametrize(
    "look", ["owner__password__startswith=m", "author__password__contains=a", "approved_by__is_superuser=1"]
)
def test_the_lists_tell_nothing_of_passwords(desk, mailing, look):
    for noun in ("campaign", "mailing"):
        assert desk.get(reverse(f"admin:campaigns_{noun}_changelist") + f"?{look}").status_code in {302, 400}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("noun", ["campaign", "mailing", "actiontaken"])
def test_the_lists_cost_eight_queries_at_any_length(desk, staff, rows, noun, django_assert_num_queries):
    for campaign in factories.CampaignFactory.create_batch(rows, owner=staff):
        factories.MailingFactory(campaign=campaign, author=staff)
        action = factories.ActionFactory(campaign=campaign)
        factories.ActionTakenFactory(action=action, supporter=factories.SupporterFactory())
    with django_assert_num_queries(8):
        desk.get(reverse(f"admin:campaigns_{noun}_changelist"))


def test_what_people_did_is_for_reading(desk, campaign):
    taken = factories.ActionTakenFactory(action=campaign.actions.get())
    assert desk.get(reverse("admin:campaigns_actiontaken_add")).status_code == 403
    assert desk.post(url(taken, "change"), {"name": "X"}).status_code == 403
    assert desk.post(url(taken, "delete"), {"post": "yes"}).status_code == 403
    assert taken.email not in desk.get(url(taken, "change")).content.decode()
    assert ActionTaken.objects.count() == 1


# --- campaign buttons -------------------------------------------------------------------------------


def test_the_owner_sees_no_button_to_approve_and_may_not(desk, client_of, campaign, colleague):
    Campaign.objects.update(state="draft", approved_by=None, approved_at=None)
    assert "Approve this campaign" not in words(desk.get(url(campaign, "change")))
    assert desk.post(url(campaign, "approve"), {"purpose_note": "Mine."}).status_code == 403
    other = client_of(colleague)
    assert "Approve this campaign" in words(other.get(url(campaign, "change")))
    other.post(url(campaign, "approve"), {"purpose_note": ""})
    assert Campaign.objects.get().state == "draft"
    other.post(url(campaign, "approve"), {"purpose_note": "It furthers welcome."})
    assert (Campaign.objects.get().state, Campaign.objects.get().approved_by) == ("approved", colleague)


def test_buttons_take_a_campaign_on_its_way(desk, campaign):
    for verb, state in [("rest_campaign", "resting"), ("make_live", "live"), ("close_campaign", "closed")]:
        assert desk.post(url(campaign, verb)).url == url(campaign, "change")
        assert Campaign.objects.get().state == state
    answer = desk.post(url(campaign, "make_live"))
    assert said(answer)[-1] == "This campaign is closed now, so that step is not possible."
    assert Campaign.objects.get().state == "closed"

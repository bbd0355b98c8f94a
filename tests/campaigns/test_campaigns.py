"""A campaign's way from draft to closed: who may move it, and from where."""

import pytest
from django.core.exceptions import ValidationError

from campaigns import actions
from campaigns.models import Campaign, Mailing
from sanctuary.audit.models import Entry
from tests import factories
from tests.race import race

pytestmark = pytest.mark.django_db

State = Campaign.State


@pytest.fixture
def colleague(essentials):
    return factories.UserFactory(name="Sam Second", email="sam@example.org", is_staff=True)


@pytest.fixture
def draft(staff):
    campaign = factories.CampaignFactory(owner=staff, state=State.DRAFT, approved_by=None, purpose_note="")
    factories.ActionFactory(campaign=campaign)
    return campaign


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_approve_by_a_second_person_stamps_and_logs(draft, colleague):
    actions.approve_campaign(draft, by=colleague, purpose_note=" It furthers welcome. ")
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by, draft.purpose_note) == (State.APPROVED, colleague, "It furthers welcome.")
    entry = Entry.objects.about(draft).get(verb="campaigns.approved")
    assert (entry.actor, entry.detail) == (f"user:{colleague.pk}", {"before": "draft"})


def test_approve_own_is_refused(draft, staff):
    assert refused(actions.approve_campaign, draft, by=staff, purpose_note="Welcome.") == "own_campaign"


def test_approve_own_last_words_is_refused(draft, staff, colleague):
    actions.note_campaign_edit(draft, by=colleague)
    assert refused(actions.approve_campaign, draft, by=colleague, purpose_note="Welcome.") == "own_words"
    actions.note_campaign_edit(draft, by=staff)
    assert actions.approve_campaign(draft, by=colleague, purpose_note="Welcome.").state == State.APPROVED


@pytest.mark.parametrize("note", ["", "   \n"])
def test_approve_without_a_reason_is_refused(draft, colleague, note):
    assert refused(actions.approve_campaign, draft, by=colleague, purpose_note=note) == "no_note"


def test_approve_without_words_to_sign_is_refused(draft, colleague):
    draft.actions.all().delete()
    assert refused(actions.approve_campaign, draft, by=colleague, purpose_note="Welcome.") == "no_action"


def test_approve_twice_changes_nothing(draft, colleague):
    first = actions.approve_campaign(draft, by=colleague, purpose_note="Welcome.")
    second = actions.approve_campaign(draft, by=colleague, purpose_note="Other words.")
    assert (second.approved_at, second.purpose_note) == (first.approved_at, "Welcome.")
    assert Entry.objects.about(draft).filter(verb="campaigns.approved").count() == 1


VERBS = {
    "return_to_draft": {State.APPROVED: State.DRAFT},
    "make_live": {State.APPROVED: State.LIVE, State.RESTING: State.LIVE},
    "rest_campaign": {State.LIVE: State.RESTING},
    "close_campaign": {State.LIVE: State.CLOSED, State.RESTING: State.CLOSED},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_step_from_every_state(staff, colleague, verb, state):
    by = None if state == State.DRAFT else colleague
    campaign = factories.CampaignFactory(owner=staff, state=state, approved_by=by)
    allowed, repeated = VERBS[verb], set(VERBS[verb].values())
    if state in allowed:
        assert getattr(actions, verb)(campaign, by=staff).state == allowed[state]
    elif state in repeated:
        assert getattr(actions, verb)(campaign, by=staff).state == state
    else:
        assert refused(getattr(actions, verb), campaign, by=staff) == "wrong_state"
    campaign.refresh_from_db()
    assert campaign.state == allowed.get(state, state)


def test_return_to_draft_voids_the_approval(draft, staff, colleague):
    actions.approve_campaign(draft, by=colleague, purpose_note="Welcome.")
    actions.return_to_draft(draft, by=staff)
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by, draft.approved_at) == (State.DRAFT, None, None)


@pytest.mark.parametrize("verb", ["rest_campaign", "close_campaign"])
@pytest.mark.parametrize("state", ["scheduled", "sending", "paused"])
def test_rest_and_close_wait_for_emails_under_way(staff, verb, state):
    campaign = factories.CampaignFactory(owner=staff)
    when = campaign.approved_at
    factories.MailingFactory(campaign=campaign, author=staff, state=state, starts_at=when, frozen_at=when)
    assert refused(getattr(actions, verb), campaign, by=staff) == "emails_under_way"


@pytest.mark.parametrize("state", ["draft", "done", "stopped"])
def test_close_does_not_wait_for_other_emails(staff, state):
    campaign = factories.CampaignFactory(owner=staff)
    when = campaign.approved_at
    factories.MailingFactory(campaign=campaign, author=staff, state=state, starts_at=when, frozen_at=when)
    assert actions.close_campaign(campaign, by=staff).state == State.CLOSED


def test_edit_voids_test_and_approval_of_its_drafts_only(draft, staff, colleague):
    now = factories.timezone.now()
    stamps = {"tested_hash": "a" * 64, "approved_hash": "a" * 64, "approved_by": colleague, "approved_at": now}
    waiting = factories.MailingFactory(campaign=draft, author=staff, **stamps)
    other = factories.MailingFactory(campaign=factories.CampaignFactory(owner=staff), author=staff, **stamps)
    actions.note_campaign_edit(draft, by=staff)
    waiting, other = Mailing.objects.get(pk=waiting.pk), Mailing.objects.get(pk=other.pk)
    assert (waiting.tested_hash, waiting.approved_hash, waiting.approved_by) == ("", "", None)
    assert (other.tested_hash, other.approved_hash, other.approved_by) == ("a" * 64, "a" * 64, colleague)


@pytest.mark.django_db(transaction=True)
def test_rest_and_schedule_at_once_never_both(staff, settings):
    settings.PUBLIC_URL = "https://sanctuary.example.org"
    campaign = factories.CampaignFactory(owner=staff)
    factories.ActionFactory(campaign=campaign)
    factories.permit(factories.SupporterFactory())
    mailing = factories.MailingFactory(campaign=campaign, author=staff, body="Dear ((first_name|friend))")
    actions.send_test(mailing, by=staff)
    race(
        lambda: actions.rest_campaign(campaign, by=staff),
        lambda: actions.schedule_mailing(mailing, by=staff, seen=mailing.content_hash),
        after='FROM "campaigns_campaign"',
    )
    campaign.refresh_from_db()
    mailing.refresh_from_db()
    assert (campaign.state, mailing.state) in {("resting", "draft"), ("live", "scheduled")}

"""A group's own email: whom it can reach, what it says of itself, who may let it go. Foreign people stand beside it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.actions.claiming import LEFT_THE_GROUP, Recipient, claim_chunk, passes_gate
from campaigns.actions.composing import Values
from campaigns.models import Audience, Delivery, Mailing, Relay
from campaigns.models.audience import Counts
from groups.actions import close_group, put_back, remove_members
from groups.models import GroupRole, LocalGroup
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people.models import Permission, Suppression
from sanctuary.post.models import Email
from tests import factories
from tests.post.reading import parsed
from tests.race import race

pytestmark = pytest.mark.django_db

Purpose, State, Kind = Permission.Purpose, Mailing.State, Audience.Kind
CAMPAIGN_WORDS = "Ask the council to welcome everyone."


@pytest.fixture(autouse=True)
def role_mailbox(group):
    group.mailbox = "amberford@example.org"
    group.save()


@pytest.fixture
def deputy(group):
    return second_person(group)


def second_person(group, **fields):
    user = factories.UserFactory(**fields)
    factories.GroupRoleFactory(group=group, user=user, role=GroupRole.Role.DEPUTY)
    return user


def member_of(group, *purposes, **fields):
    person = factories.SupporterFactory(**fields)
    factories.MembershipFactory(group=group, supporter=person)
    for purpose in purposes or [Purpose.NEWS]:
        factories.permit(person, group.controller, purpose)
    return person


@pytest.fixture
def ada(group):
    return member_of(group, name="Ada Example", email="ada@example.org")


@pytest.fixture
def canaries(group, other_group):
    """People whom no email of `group` may reach, each with something that could open the door."""
    stranger = factories.SupporterFactory(email="stranger-canary@example.org")
    factories.permit(stranger, group.controller, Purpose.NEWS)
    theirs = member_of(other_group, email="theirs-canary@example.org")
    factories.permit(theirs, group.controller, Purpose.NEWS)
    left = factories.SupporterFactory(email="left-canary@example.org")
    factories.MembershipFactory(group=group, supporter=left, left_on=timezone.localdate())
    factories.permit(left, group.controller, Purpose.NEWS)
    national = factories.SupporterFactory(email="national-canary@example.org")
    factories.permit(national)
    return [stranger, theirs, left, national]


@pytest.fixture
def mailing(group, coordinator, ada, canaries):
    return factories.GroupMailingFactory(group=group, author=coordinator, subject="Supper on Friday")


def reached(mailing) -> set[str]:
    """Who would be on the list if it were frozen now."""
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, starts_at=timezone.now())
    started = actions.freeze_and_start(mailing)
    return set(started.deliveries.values_list("address", flat=True))


def force(mailing, **audience):
    """As somebody would who got at the database: also past its own constraints."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE campaigns_mailing DROP CONSTRAINT campaigns_group_mail_stays_in_the_group")
    Mailing.objects.filter(pk=mailing.pk).update(audience=audience)
    return Mailing.objects.get(pk=mailing.pk)


# --- whom it reaches ------------------------------------------------------------------------------


TAMPERED = {
    "everyone": {"kind": "everyone", "value": ""},
    "region": {"kind": "region", "value": "Wales"},
    "nothing": {},
    "the other group": {"kind": "group", "value": "OTHER"},
    "who came there": {"kind": "came", "value": "OTHER"},
    "never came there": {"kind": "never_came", "value": "OTHER"},
    "ticked": {"kind": "ticked", "value": "OTHER", "people": "ALL"},
}


def tampered(name, other_group, canaries):
    said = dict(TAMPERED[name])
    said |= {"value": str(other_group.pk)} if said.get("value") == "OTHER" else {}
    return said | ({"people": [each.pk for each in canaries]} if "people" in said else {})


@pytest.mark.parametrize("name", TAMPERED)
def test_database_refuses_an_audience_outside_the_group(mailing, other_group, canaries, name):
    with pytest.raises(IntegrityError, match="stays_in_the_group"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(audience=tampered(name, other_group, canaries))


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_audience_reaches_nobody_outside_the_group(mailing, other_group, canaries, name):
    mailing = force(mailing, **tampered(name, other_group, canaries))
    assert Audience.of(mailing).count(mailing).recipients <= 1
    assert {each.address for each in actions.sample_recipients(mailing)} <= {"ada@example.org"}
    assert reached(mailing) <= {"ada@example.org"}


@pytest.mark.parametrize("name", ["everyone", "the other group", "ticked"])
def test_whatever_the_writer_sends_in_it_is_of_this_group(mailing, group, other_group, canaries, coordinator, name):
    mailing.audience = tampered(name, other_group, canaries)
    before = Mailing.objects.get(pk=mailing.pk).content_hash
    written = actions.write_group_mailing(mailing, group=group, by=coordinator, seen=before)
    assert written.audience["value"] == str(group.pk)
    assert reached(written) <= {"ada@example.org"}


def test_mailing_with_the_controller_of_another_group_reaches_nobody(mailing, other_group):
    Mailing.objects.filter(pk=mailing.pk).update(controller=other_group.controller)
    assert reached(Mailing.objects.get(pk=mailing.pk)) == set()


def test_count_gives_reasons(mailing, group, other_group):
    member_of(group, Purpose.ACTIVITIES)
    member_of(group, email="")
    people.suppress(member_of(group, email="gone@example.org").email, reason=Suppression.Reason.HARD_BOUNCED)
    people.suppress(member_of(group, email="no@example.org").email, reason="unsubscribed", controller=group.controller)
    people.suppress(
        member_of(group, email="yes@example.org").email, reason="unsubscribed", controller=other_group.controller
    )
    member_of(group, only_big_moments=True)
    assert Audience.of(mailing).count(mailing) == Counts(
        matched=7, no_address=1, no_permission=1, bounced=1, suppressed=1, resting=1, recipients=2
    )
    assert reached(mailing) == {"ada@example.org", "yes@example.org"}


def test_who_came_lately_and_who_never_did(mailing, group, other_group, ada):
    lately = activity(group, days=10)
    for where, days, name in [(group, 10, "lately"), (group, 200, "long-ago"), (other_group, 10, "elsewhere")]:
        came = member_of(group, email=f"{name}@example.org")
        (lately if where == group and days == 10 else activity(where, days)).attendances.create(supporter=came)
    outsider = member_of(other_group, email="outsider-canary@example.org")
    lately.attendances.create(supporter=outsider)
    found = {}
    for kind in (Kind.CAME, Kind.NEVER_CAME):
        mailing = factories.GroupMailingFactory(
            group=group, author=mailing.author, audience=Audience(kind, str(group.pk)).as_dict()
        )
        assert Audience.of(mailing).count(mailing).recipients == len(found.setdefault(kind, reached(mailing)))
    assert found[Kind.CAME] == {"lately@example.org"}
    assert found[Kind.NEVER_CAME] == {"ada@example.org", "elsewhere@example.org"}


def activity(group, days):
    when = timezone.now() - timedelta(days=days)
    return factories.ActivityFactory(group=group, starts_at=when, ends_at=when + timedelta(hours=1))


def test_ticked_people_alone(mailing, group, ada, canaries):
    bob = member_of(group, email="bob@example.org")
    everybody = tuple(person.pk for person in [bob, *canaries])
    mailing.audience = Audience(Kind.TICKED, str(group.pk), everybody).as_dict()
    mailing.save()
    assert Audience.of(mailing).count(mailing).matched == 1
    assert reached(mailing) == {"bob@example.org"}


def test_gate_asks_for_the_groups_permission_again(mailing, group, ada):
    bob = member_of(group, email="bob@example.org")
    assert reached(mailing) == {"ada@example.org", "bob@example.org"}
    people.stop_sender(bob, group.controller, source="test")
    Mailing.objects.filter(pk=mailing.pk).update(per_minute=None)
    claim = claim_chunk(mailing.pk, host="here")
    assert [each.address for each in claim.recipients] == ["ada@example.org"]
    assert mailing.deliveries.get(supporter_id=bob.pk).outcome == Delivery.Outcome.SUPPRESSED


def test_whoever_left_the_group_since_the_freeze_gets_nothing(mailing, group, other_group, coordinator, ada):
    """Though they never took back their permission, and belong to another group still."""
    bob = member_of(group, email="bob@example.org")
    factories.MembershipFactory(group=other_group, supporter=bob)
    assert reached(mailing) == {"ada@example.org", "bob@example.org"}
    copies = {row.supporter_id: row.seq for row in mailing.deliveries.all()}
    removal = remove_members(group, [bob.memberships.get(group=group).pk], by=coordinator)
    mailing.refresh_from_db()
    assert (passes_gate(mailing, copies[ada.pk]), passes_gate(mailing, copies[bob.pk])) == (True, False)
    put_back(removal, by=coordinator)
    assert passes_gate(mailing, copies[bob.pk])
    remove_members(group, [bob.memberships.get(group=group).pk], by=coordinator)
    Mailing.objects.filter(pk=mailing.pk).update(per_minute=None)
    claim = claim_chunk(mailing.pk, host="here")
    assert [each.address for each in claim.recipients] == ["ada@example.org"]
    copy = mailing.deliveries.get(supporter_id=bob.pk)
    assert (copy.outcome, copy.reply, copy.address) == (Delivery.Outcome.SUPPRESSED, LEFT_THE_GROUP, "")


def test_a_group_that_closed_since_the_freeze_writes_to_nobody(mailing, group, ada, staff):
    assert reached(mailing) == {"ada@example.org"}
    close_group(group, by=staff)
    Mailing.objects.filter(pk=mailing.pk).update(per_minute=None)
    assert claim_chunk(mailing.pk, host="here").recipients == []
    assert mailing.deliveries.get().outcome == Delivery.Outcome.SUPPRESSED


def test_national_mail_needs_a_campaign_still(staff, essentials):
    with pytest.raises(IntegrityError, match="national_mail_has_a_campaign"), transaction.atomic():
        factories.MailingFactory(author=staff, campaign=None)


@pytest.mark.parametrize("field", ["is_urgent", "is_big_moment"])
def test_group_mail_breaks_no_rest(mailing, field):
    with pytest.raises(IntegrityError, match="no_big_moment"), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(**{field: True})


# --- what it says of itself -----------------------------------------------------------------------


READER = Recipient(3, 9, "ada@example.org", "Ada Example", "Ada", "Brackenmouth of Sanctuary", "Leeds")


def test_letter_is_the_groups_own(mailing, group):
    group.controller.charity_number, group.controller.postal_address = "1234567", "1 Amber Street, Amberford"
    group.controller.save()
    mailing.body = "Dear ((first_name|friend)) of ((group)),\n\nsupper."
    wire = actions.compose(mailing).render(Values(mailing).of(READER))
    message = parsed(wire)
    assert message["From"].startswith('"Amberford City of Sanctuary" <') or "Amberford City" in message["From"]
    assert message["Reply-To"] == "amberford@example.org"
    assert f"group-{group.controller_id}." in message["List-Id"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    for words in ["Amberford City of Sanctuary", "1234567", "1 Amber Street", "You get this because you said that"]:
        assert words in text
    assert "Ada of Amberford City of Sanctuary" in text
    assert "Brackenmouth" not in wire.decode(errors="replace")
    assert "Add your name" not in text


def test_own_reply_address_comes_first_and_without_any_it_is_refused(mailing, group):
    group.controller.reply_to = "answers@example.org"
    assert actions.reply_address(mailing) == "answers@example.org"
    group.controller.reply_to = group.mailbox = ""
    group.controller.save(), group.save()
    mailing = Mailing.objects.get(pk=mailing.pk)
    assert [problem.code for problem in actions.check_mailing(mailing)] == ["no_mailbox"]


def test_action_link_needs_a_campaign(mailing, staff):
    mailing.body = "Please [sign](((action_link)))."
    assert [problem.code for problem in actions.check_mailing(mailing)] == ["unknown"]
    mailing.campaign = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff)).campaign
    assert actions.check_mailing(mailing) == []
    assert CAMPAIGN_WORDS in actions.preview(mailing).text


# --- who may let it go ----------------------------------------------------------------------------


def schedule(mailing, by, **more):
    mailing = Mailing.objects.get(pk=mailing.pk)
    return actions.schedule_mailing(mailing, by=by, seen=mailing.content_hash, **more)


def try_out(mailing, by):
    actions.send_test(mailing, by=by)
    return mailing


def test_tested_email_is_scheduled_and_goes(mailing, coordinator, group):
    try_out(mailing, coordinator)
    assert [email.to for email in Email.objects.filter(kind="campaigns/test")] == [coordinator.email]
    scheduled = schedule(mailing, coordinator)
    assert (scheduled.state, scheduled.counts["recipients"]) == (State.SCHEDULED, 1)
    assert reached(scheduled) == {"ada@example.org"}
    assert Entry.objects.filter(verb="campaigns.schedule_mailing", noun_id=str(mailing.pk)).count() == 1


def test_above_the_limit_a_second_person_of_the_group_approves(mailing, coordinator, deputy, monkeypatch):
    monkeypatch.setattr("campaigns.models.mailing.GROUP_FOUR_EYES_ABOVE", 0)
    try_out(mailing, coordinator)
    with pytest.raises(ValidationError) as refused:
        schedule(mailing, coordinator)
    assert refused.value.code == "needs_approval"
    seen = Mailing.objects.get(pk=mailing.pk).content_hash
    with pytest.raises(ValidationError) as own:
        actions.approve_mailing(mailing, by=coordinator, seen=seen)
    assert own.value.code == "own_mailing"
    actions.approve_mailing(mailing, by=deputy, seen=seen)
    assert schedule(mailing, coordinator).state == State.SCHEDULED


def test_any_new_word_voids_test_and_approval(mailing, group, coordinator, deputy):
    try_out(mailing, coordinator)
    mailing = Mailing.objects.get(pk=mailing.pk)
    actions.approve_mailing(mailing, by=deputy, seen=mailing.content_hash)
    mailing = Mailing.objects.get(pk=mailing.pk)
    before = mailing.content_hash
    mailing.body = "Other words."
    after = actions.write_group_mailing(mailing, group=group, by=deputy, seen=before)
    assert (after.is_tested, after.is_approved, after.author) == (False, False, deputy)


def test_five_hundred_is_the_limit_and_national_ones_keep_theirs(mailing, staff, settings):
    national = factories.MailingFactory(campaign=factories.CampaignFactory(owner=staff), author=staff)
    assert (mailing.four_eyes_above, national.four_eyes_above) == (500, settings.FOUR_EYES_ABOVE)


def test_fourth_email_in_seven_days_is_refused_with_the_day(mailing, group, coordinator):
    now = timezone.now()
    for days in (-6, -3, 3):
        factories.GroupMailingFactory(
            group=group, author=coordinator, state=State.SCHEDULED, starts_at=now + timedelta(days=days, minutes=1)
        )
    try_out(mailing, coordinator)
    assert schedule(mailing, coordinator, starts_at=now + timedelta(days=1, hours=1)).state == State.SCHEDULED
    fifth = try_out(factories.GroupMailingFactory(group=group, author=coordinator), coordinator)
    with pytest.raises(ValidationError) as refused:
        schedule(fifth, coordinator, starts_at=now + timedelta(days=2))
    assert refused.value.code == "too_many"
    assert actions.next_free(fifth, now + timedelta(days=2)) == now + timedelta(days=4, minutes=1)


@pytest.mark.django_db(transaction=True)
def test_two_who_schedule_the_last_one_at_once_send_one(group, coordinator, deputy):
    member_of(group)
    for days in (-2, -1):
        factories.GroupMailingFactory(
            group=group, author=coordinator, state=State.DONE, starts_at=timezone.now() + timedelta(days=days),
            frozen_at=timezone.now(),
        )  # fmt: skip
    both = [try_out(factories.GroupMailingFactory(group=group, author=coordinator), coordinator) for _ in range(2)]
    ends = race(
        lambda: schedule(both[0], coordinator),
        lambda: schedule(both[1], deputy),
        after='SELECT "campaigns_mailing"."starts_at"',
    )
    assert sorted(getattr(end, "code", None) or end.state for end in ends) == [State.SCHEDULED, "too_many"]


def test_two_who_write_at_once_the_second_is_told(mailing, group, coordinator, deputy):
    seen = mailing.content_hash
    first, second = Mailing.objects.get(pk=mailing.pk), Mailing.objects.get(pk=mailing.pk)
    first.body, second.body = "First.", "Second."
    actions.write_group_mailing(first, group=group, by=coordinator, seen=seen)
    with pytest.raises(ValidationError) as refused:
        actions.write_group_mailing(second, group=group, by=deputy, seen=seen)
    assert refused.value.code == "changed"
    assert Mailing.objects.get(pk=mailing.pk).body == "First."


def test_written_twice_at_once_is_one_draft(group, coordinator):
    for _ in range(2):
        new = Mailing(group=group, purpose=Purpose.NEWS, subject="Same", body="Same")
        actions.write_group_mailing(new, group=group, by=coordinator)
    assert Mailing.objects.count() == 1


def test_email_of_another_group_cannot_be_taken_over(mailing, other_group, other_coordinator):
    with pytest.raises(ValidationError) as refused:
        actions.write_group_mailing(mailing, group=other_group, by=other_coordinator, seen=mailing.content_hash)
    assert refused.value.code == "other_group"


def test_closed_group_sends_nothing_more(mailing, group, coordinator):
    try_out(mailing, coordinator)
    LocalGroup.objects.filter(pk=group.pk).update(status="closed")
    with pytest.raises(ValidationError) as refused:
        schedule(mailing, coordinator)
    assert refused.value.code == "group_closed"
    assert reached(mailing) == set()


def test_only_drafts_are_deleted(mailing, coordinator):
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, starts_at=timezone.now())
    with pytest.raises(ValidationError):
        actions.delete_group_mailing(mailing, by=coordinator)
    Mailing.objects.filter(pk=mailing.pk).update(state=State.DRAFT)
    for _ in range(2):
        actions.delete_group_mailing(mailing, by=coordinator)
    assert not Mailing.objects.exists()


# --- a national call passed on --------------------------------------------------------------------


@pytest.fixture
def call(staff):
    return factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff)).campaign


@pytest.fixture
def relayed(mailing, call, ada, group):
    factories.permit(ada, group.controller, Purpose.CAMPAIGNS)
    mailing.campaign, mailing.purpose = call, Purpose.CAMPAIGNS
    mailing.save()
    return mailing


def test_relay_counts_for_the_campaign_when_it_goes(relayed, call, group, ada, coordinator):
    assert not Relay.objects.exists()
    assert reached(relayed) == {"ada@example.org"}
    assert list(call.relays.values_list("group", "way")) == [(group.pk, Relay.Way.EMAIL)]
    taken = actions.act_from_mail(call.actions.get(), ada, relayed)
    assert taken.mailing.group == group


def test_call_that_ends_takes_scheduled_relays_back_and_tells(relayed, call, coordinator, staff):
    try_out(relayed, coordinator)
    schedule(relayed, coordinator, starts_at=timezone.now() + timedelta(days=3))
    actions.rest_campaign(call, by=staff)
    assert Mailing.objects.get(pk=relayed.pk).state == State.DRAFT
    assert [email.to for email in Email.objects.filter(kind="campaigns/taken_back")] == [coordinator.email]
    with pytest.raises(ValidationError) as refused:
        schedule(relayed, coordinator)
    assert refused.value.code == "campaign_not_live"


def test_pause_by_machine_tells_the_group_and_nobody_else(
    mailing, group, coordinator, deputy, staff, other_coordinator
):
    reached(mailing)
    actions.pause_mailing(mailing, by="guard", reason="So far, too many.")
    letters = Email.objects.filter(kind="campaigns/paused")
    assert {email.to for email in letters} == {coordinator.email, deputy.email}
    assert f"/manage/{group.slug}/email/{mailing.pk}/" in letters[0].text

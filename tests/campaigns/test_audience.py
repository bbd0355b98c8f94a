"""Who gets it, who does not, and why: every number has data that could be counted wrongly beside it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import actions
from campaigns.models import Audience, Delivery
from campaigns.models.audience import Counts
from sanctuary.people import actions as people
from sanctuary.people.models import Permission, Suppression
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(staff):
    campaign = factories.CampaignFactory(owner=staff)
    return factories.MailingFactory(campaign=campaign, author=staff)


def permitted(controller=None, **fields):
    supporter = factories.SupporterFactory(**fields)
    factories.permit(supporter, controller)
    return supporter


def had_an_email(supporter, mailing):
    """An earlier mailing of another sender reached them today."""
    controller, now = factories.ControllerFactory(), timezone.now()
    before = factories.MailingFactory(
        campaign=mailing.campaign, author=mailing.author, controller=controller, frozen_at=now
    )
    before.deliveries.create(seq=1, supporter_id=supporter.pk, outcome=Delivery.Outcome.SENT, settled_at=now)


def test_count_gives_each_reason_once(mailing, other_group):
    national = mailing.controller
    permitted()
    factories.SupporterFactory()
    permitted(controller=other_group.controller)
    factories.permit(factories.SupporterFactory(), purpose=Permission.Purpose.AWARDS)
    permitted(email="")
    people.suppress(permitted(email="gone@example.org").email, reason=Suppression.Reason.HARD_BOUNCED)
    people.suppress(permitted(email="no@example.org").email, reason=Suppression.Reason.UNSUBSCRIBED)
    people.suppress(
        permitted(email="nat@example.org").email, reason=Suppression.Reason.UNSUBSCRIBED, controller=national
    )
    people.suppress(
        permitted(email="yes@example.org").email,
        reason=Suppression.Reason.UNSUBSCRIBED,
        controller=other_group.controller,
    )
    permitted(emails_paused_until=timezone.localdate() + timedelta(days=1))
    permitted(emails_paused_until=timezone.localdate())
    permitted(only_big_moments=True)
    permitted(email="shared@example.org"), permitted(email="shared@example.org")
    had_an_email(permitted(most_a_month=1), mailing), had_an_email(permitted(most_a_month=2), mailing)
    had_an_email(permitted(), mailing)

    assert Audience.of(mailing).count(mailing) == Counts(
        matched=17,
        no_address=1,
        no_permission=3,
        bounced=1,
        suppressed=2,
        resting=2,
        limited=1,
        shared_address=1,
        recipients=6,
    )


def test_big_moment_reaches_those_who_asked_for_only_those(mailing):
    permitted(only_big_moments=True)
    assert Audience.of(mailing).count(mailing).recipients == 0
    mailing.is_big_moment = True
    assert Audience.of(mailing).count(mailing).recipients == 1


def test_withdrawal_counts_as_no_permission(mailing):
    supporter = permitted()
    people.withdraw(supporter, source="test")
    assert Audience.of(mailing).count(mailing).no_permission == 1


def test_group_audience_holds_its_current_members_only(mailing, group, other_group):
    member, left, elsewhere = permitted(), permitted(), permitted()
    factories.MembershipFactory(group=group, supporter=member)
    factories.MembershipFactory(group=group, supporter=left, left_on=timezone.localdate())
    factories.MembershipFactory(group=other_group, supporter=elsewhere)
    mailing.audience = {"kind": "group", "value": str(group.pk)}
    assert Audience.of(mailing).count(mailing) == Counts(matched=1, recipients=1)
    assert Audience.of(mailing).sentence() == "Members of Amberford City of Sanctuary"


def test_stream_audience_holds_its_current_organisations_only(mailing):
    stream, other = factories.StreamFactory(name="Libraries"), factories.StreamFactory()
    inside, outside = factories.OrganisationFactory(), factories.OrganisationFactory()
    factories.permit(inside), factories.permit(outside)
    factories.StreamOrganisationFactory(stream=stream, organisation=inside)
    factories.StreamOrganisationFactory(stream=other, organisation=outside)
    mailing.audience = {"kind": "stream", "value": str(stream.pk)}
    assert Audience.of(mailing).count(mailing) == Counts(matched=1, recipients=1)
    assert Audience.of(mailing).sentence() == "Organisations in the Libraries stream"


def test_region_audience(mailing):
    permitted(region="Wales"), permitted(region="London"), permitted()
    mailing.audience = {"kind": "region", "value": "Wales"}
    assert Audience.of(mailing).count(mailing) == Counts(matched=1, recipients=1)
    assert Audience.of(mailing).sentence() == "Supporters in Wales"


def test_region_that_is_sql_is_only_a_name(mailing):
    permitted(region="Wales")
    mailing.audience = {"kind": "region", "value": "' OR TRUE --"}
    assert Audience.of(mailing).count(mailing) == Counts()


def test_freeze_numbers_without_gaps_one_copy_an_address_in_an_order_of_its_own(mailing):
    everyone = [permitted() for _ in range(30)]
    permitted(email=everyone[0].email), permitted(email=everyone[1].email)
    orders = []
    for _ in range(2):
        other = factories.MailingFactory(
            campaign=mailing.campaign, author=mailing.author, state="scheduled", starts_at=timezone.now()
        )
        frozen = actions.freeze_and_start(other)
        assert (frozen.counts["recipients"], frozen.counts["shared_address"]) == (30, 2)
        rows = frozen.deliveries.order_by("seq").values_list("seq", "supporter_id")
        assert [seq for seq, _ in rows] == list(range(1, 31))
        orders.append([supporter for _, supporter in rows])
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(each.pk for each in everyone)
    assert orders[0] != orders[1], "the same people would be first each time"
    assert sorted(orders[0]) not in orders, "the first chunk would be no random sample"

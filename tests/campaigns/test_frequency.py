"""Nobody gets more emails a month than they chose, whoever sends them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import actions
from campaigns.actions.claiming import LEASE, claim_chunk
from campaigns.actions.settling import DEFERRED, Settled, settle_chunk
from campaigns.actions.sparing import OVER_LIMIT
from campaigns.models import Audience, Chunk, Delivery, Mailing
from sanctuary.people import actions as people
from sanctuary.post.models import Email
from tests import factories
from tests.race import race

pytestmark = pytest.mark.django_db
Outcome = Delivery.Outcome


@pytest.fixture
def campaign(staff):
    return factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff)).campaign


@pytest.fixture
def amira(essentials):
    """Wants one email a month at most; the others of each mailing chose nothing."""
    factories.permit(factories.SupporterFactory())
    amira = factories.SupporterFactory(email="amira@example.org", most_a_month=1)
    factories.permit(amira)
    return amira


def frozen(campaign, **fields):
    fields = {"state": Mailing.State.SCHEDULED, "starts_at": timezone.now()} | fields
    mailing = factories.MailingFactory(campaign=campaign, author=campaign.owner, **fields)
    return actions.freeze_and_start(mailing)


def claim(mailing):
    return claim_chunk(mailing.pk, host="here")


def let_through(claim):
    return {row.address for row in claim.recipients}


def settle(mailing, claim, outcome=Outcome.SENT):
    settle_chunk(mailing.pk, claim.no, claim.token, [Settled(row.seq, outcome) for row in claim.recipients])


def had(campaign, person, *, outcome=Outcome.SENT, ago=timedelta(days=1), controller=None):
    """An earlier mailing reached this person, or did not."""
    before = factories.MailingFactory(
        campaign=campaign,
        author=campaign.owner,
        state=Mailing.State.DONE,
        starts_at=timezone.now() - ago,
        frozen_at=timezone.now() - ago,
        finished_at=timezone.now() - ago,
        **({"controller": controller} if controller else {}),
    )
    return Delivery.objects.create(
        mailing=before, seq=1, supporter_id=person.pk, outcome=outcome, settled_at=timezone.now() - ago
    )


def test_second_mailing_of_the_month_leaves_out_who_wanted_one(campaign, amira):
    first, second = frozen(campaign), frozen(campaign)
    settle(first, claim(first))
    taken = claim(second)
    assert amira.email not in let_through(taken)
    assert len(taken.recipients) == 1
    row = second.deliveries.get(supporter_id=amira.pk)
    assert (row.outcome, row.reply, row.address) == (Outcome.SUPPRESSED, OVER_LIMIT, "")
    settle(second, taken)
    assert (second.chunks.get().suppressed, second.chunks.get().sent) == (1, 1)
    assert second.chunks.get().state == Chunk.State.DONE, "left out for good, not for later"


@pytest.mark.parametrize(("limit", "before", "passes"), [(2, 1, True), (2, 2, False), (4, 3, True), (8, 9, False)])
def test_limit_counts_what_was_had(campaign, amira, limit, before, passes):
    mailing = frozen(campaign)
    people.limit_emails(amira, limit)
    for _ in range(before):
        had(campaign, amira)
    assert (amira.email in let_through(claim(mailing))) is passes


@pytest.mark.parametrize(
    ("outcome", "ago", "passes"),
    [
        (Outcome.SENT, timedelta(days=29, hours=23), False),
        (Outcome.IN_DOUBT, timedelta(days=1), False),
        (Outcome.SENT, timedelta(days=30, hours=1), True),
        (Outcome.REFUSED, timedelta(days=1), True),
        (Outcome.SUPPRESSED, timedelta(days=1), True),
        (Outcome.CANCELLED, timedelta(days=1), True),
    ],
)
def test_only_what_may_have_arrived_in_thirty_days_counts(campaign, amira, outcome, ago, passes):
    mailing = frozen(campaign)
    had(campaign, amira, outcome=outcome, ago=ago)
    assert (amira.email in let_through(claim(mailing))) is passes


def test_all_senders_count_together(campaign, amira, group):
    mailing = frozen(campaign)
    had(campaign, amira, controller=group.controller)
    assert amira.email not in let_through(claim(mailing))


def test_somebody_elses_emails_and_service_letters_do_not_count(campaign, amira):
    mailing = frozen(campaign)
    had(campaign, factories.SupporterFactory())
    people.send_choices_link(amira.email)
    assert Email.objects.filter(to=amira.email).exists()
    assert amira.email in let_through(claim(mailing))


def test_choice_made_after_the_freeze_counts_at_the_next_claim(campaign, amira):
    people.limit_emails(amira, None)
    had(campaign, amira), had(campaign, amira)
    first, second = frozen(campaign), frozen(campaign)
    assert amira.email in let_through(claim(first))
    people.limit_emails(amira, 2)
    assert amira.email not in let_through(claim(second))
    third = frozen(campaign)
    assert not third.deliveries.filter(supporter_id=amira.pk).exists()


def test_copy_in_another_workers_hands_counts(campaign, amira):
    first, second = frozen(campaign), frozen(campaign)
    assert amira.email in let_through(claim(first))
    assert amira.email not in let_through(claim(second))


def test_copy_that_only_waits_does_not_count(campaign, amira):
    first, second = frozen(campaign), frozen(campaign)
    settle(first, claim(first), DEFERRED)
    assert first.deliveries.get(supporter_id=amira.pk).outcome == Outcome.PENDING
    assert amira.email in let_through(claim(second))


def test_copy_put_off_earlier_is_in_nobodys_hands_when_its_chunk_is_taken_for_others(campaign, amira):
    first, second = frozen(campaign), frozen(campaign)
    now = timezone.now()
    first.deliveries.filter(supporter_id=amira.pk).update(not_before=now + timedelta(minutes=5))
    assert amira.email not in let_through(claim(first))
    assert first.chunks.get().lease_until <= now + LEASE + timedelta(seconds=5)
    assert amira.email in let_through(claim(second))


def test_sending_again_what_is_in_doubt_is_not_stopped_by_its_own_first_try(campaign, amira, staff):
    mailing = frozen(campaign)
    settle(mailing, claim(mailing), Outcome.IN_DOUBT)
    actions.settle_doubt(mailing, [1, 2], send_again=True, by=staff)
    assert amira.email in let_through(claim(mailing))


def test_whom_the_gate_stops_for_another_reason_keeps_that_reason(campaign, amira):
    mailing = frozen(campaign)
    had(campaign, amira)
    people.stop_all_emails(amira, source="test")
    claim(mailing)
    assert "permission" in mailing.deliveries.get(supporter_id=amira.pk).reply


def test_count_and_freeze_name_the_reason(campaign, amira):
    had(campaign, amira)
    mailing = frozen(campaign)
    assert (mailing.counts["limited"], mailing.counts["recipients"], mailing.counts["matched"]) == (1, 1, 2)
    assert not mailing.deliveries.filter(supporter_id=amira.pk).exists()
    people.limit_emails(amira, 2)
    assert Audience.of(mailing).count(mailing).limited == 0


@pytest.mark.parametrize(("outcome", "limited"), [(Outcome.IN_DOUBT, 1), (Outcome.REFUSED, 0)])
def test_count_and_gate_count_the_same_outcomes(campaign, amira, outcome, limited):
    had(campaign, amira, outcome=outcome)
    had(campaign, amira, ago=timedelta(days=31))
    mailing = factories.MailingFactory(campaign=campaign, author=campaign.owner)
    assert Audience.of(mailing).count(mailing).limited == limited


def test_chunk_in_which_nobody_chose_a_limit_costs_no_statement_more(campaign, amira):
    limited, free = frozen(campaign), frozen(campaign)
    with CaptureQueriesContext(
        connection,
    ) as with_limit:
        claim(limited)
    people.limit_emails(amira, None)
    with CaptureQueriesContext(connection) as without:
        claim(free)
    assert len(with_limit) - len(without) == 2


@pytest.mark.django_db(transaction=True)
def test_two_mailings_at_once_do_not_both_reach_who_wanted_one(campaign, amira):
    mailings = [frozen(campaign), frozen(campaign)]
    claims = race(*[lambda mailing=mailing: claim(mailing) for mailing in mailings], after="WITH lent AS")
    reached = [amira.email in let_through(claim) for claim in claims]
    assert sorted(reached) == [False, True]
    outcomes = Delivery.objects.filter(supporter_id=amira.pk).values_list("outcome", flat=True)
    assert sorted(outcomes) == [Outcome.PENDING, Outcome.SUPPRESSED]


@pytest.mark.django_db(transaction=True)
def test_claim_and_somebody_who_acts_from_the_same_mailing_do_not_wait_for_each_other(campaign, amira):
    first, action = frozen(campaign, per_minute=600), campaign.actions.get()
    outcomes = race(
        lambda: claim(first),
        lambda: actions.act_from_mail(action, amira, first),
        after='UPDATE OF "',
    )
    assert [error for error in outcomes if isinstance(error, Exception)] == []

"""A random life on both sides, then one of two, then two again: nobody is ever mailed who could not be before."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sanctuary.people import actions
from sanctuary.people.models import Controller, CurrentPermission, Permission, Supporter, Suppression, Wording
from tests import factories as make
from tests.people.test_merging import LONG_AGO, fresh, live, merge, undo

pytestmark = pytest.mark.django_db

P = Permission.Purpose

# Mostly yes and no to the same question, so that the two sides often contradict each other.
WORDS = ["granted"] * 6 + ["declined"] * 4 + ["withdrawn"] * 2 + ["stop", "bounce", "pause", "big", "limit"]
YES, NO, STOP = ((word, 0, P.CAMPAIGNS) for word in ("granted", "declined", "stop"))
ACTS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([0] * 5 + [1]), st.sampled_from([P.CAMPAIGNS] * 5 + [P.NEWS])),
    max_size=4,
)


def live_a_little(supporter, acts, senders):
    for days, (act, sender, purpose) in enumerate(acts):
        at = LONG_AGO + timedelta(days=days)
        words = {"controllers": [senders[sender]], "purposes": [purpose], "source": "test", "at": at}
        if act == "granted":
            actions.grant(supporter, wording=Wording.objects.current("email-question"), **words)
        elif act == "declined":
            actions.decline(supporter, wording=None, **words)
        elif act == "withdrawn":
            actions.withdraw(supporter, **words)
        elif act == "stop":
            actions.stop_all_emails(supporter, source="test")
        elif act == "bounce":
            actions.suppress(supporter.email, reason=Suppression.Reason.HARD_BOUNCED)
        elif act == "pause":
            actions.pause_emails(supporter)
        elif act == "big":
            actions.set_big_moments(supporter, only=True)
        else:
            actions.limit_emails(supporter, 1 + sender)


def reached(people, senders):
    """Who would be mailed, at which address, by every sender, about every purpose, big or small: as the gate judges."""
    today = timezone.localdate()
    awake = [each for each in people if each.email and (each.emails_paused_until or today) <= today]
    return {
        (each.pk, each.email, sender.pk, purpose, big)
        for each, sender, big in product(awake, senders, (False, True))
        for controller, purpose in live(each)
        if controller == sender.pk
        and (big or not each.only_big_moments)
        and not Suppression.objects.covering(each.email, sender).exists()
    }


def refused(supporter):
    rows = CurrentPermission.objects.filter(supporter=supporter, is_live=False)
    return {(row.controller_id, row.purpose) for row in rows}


@pytest.mark.parametrize("shared", [True, False])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ours=ACTS, theirs=ACTS, since=ACTS)
@example(ours=[YES], theirs=[NO], since=[])
@example(ours=[YES], theirs=[STOP], since=[])
@example(ours=[YES], theirs=[YES], since=[STOP])
@example(ours=[NO], theirs=[YES], since=[NO])
def test_merged_is_never_looser_and_undone_never_looser_than_before(db, group, shared, ours, theirs, since):
    Suppression.objects.all().delete()
    senders = [Controller.objects.national(), group.controller]
    kept = make.SupporterFactory(name="Rosa")
    gone = make.SupporterFactory(name="Rose", **({"email": kept.email} if shared else {}))
    live_a_little(kept, ours, senders)
    live_a_little(gone, theirs, senders)
    pair = fresh(kept, gone)
    before, no = reached(pair, senders), refused(kept) | refused(gone)
    addresses = {row[1:] for row in before}
    limits = [each.most_a_month for each in pair if each.most_a_month]

    done = merge(kept, gone)
    after = reached(fresh(kept, gone), senders)
    assert {row[1:] for row in after} <= addresses
    assert not {(row[2], row[3]) for row in after} & no
    assert all(row[0] == kept.pk for row in after)
    assert Supporter.objects.get(pk=kept.pk).most_a_month == min(limits, default=None)

    live_a_little(Supporter.objects.get(pk=kept.pk), [act for act in since if act[0] != "granted"], senders)
    undo(done)
    again = reached(fresh(kept, gone), senders)
    assert again <= before
    if not since:
        assert again == before

"""Pledging: what is kept, what is sent, what counts, and what two at once cannot break."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups.models import Membership
from pledges import actions, tasks
from pledges.models import IntendedAction, Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people.address import InvalidAddress
from sanctuary.people.models import CurrentPermission, Permission, Supporter, Suppression, Wording
from sanctuary.places.actions import place_fields
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db
Purpose = Permission.Purpose
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_pledges()


def told(**changes):
    return {
        "kind": "person",
        "name": "Amira Hassan",
        "email": "amira@example.org",
        "postcode": "LS7 3HJ",
        "wants_email": True,
        "intended": "meet",
        "wording": Wording.objects.current("individual-pledge"),
        "permission_wording": Wording.objects.current("email-question"),
    } | changes


def told_by_organisation(**changes):
    return (
        told(
            kind="organisation",
            name="Hillside School",
            organisation_type="school",
            contact_name="Connie Contact",
            job_role="Head",
            is_listed=True,
            intended="welcome",
            wording=Wording.objects.current("organisation-pledge"),
        )
        | changes
    )


def group_at(postcode, **fields):
    return make.LocalGroupFactory(**place_fields(postcode), **fields)


def live(person):
    return set(CurrentPermission.objects.live().filter(supporter=person).values_list("controller__name", "purpose"))


def letters():
    return [(email.to, email.kind) for email in Email.objects.order_by("pk")]


NATIONAL = {("City of Sanctuary UK", "news"), ("City of Sanctuary UK", "campaigns")}


# --- starting -----------------------------------------------------------------------------------


def test_set_up_pledges_twice_makes_two_wordings():
    actions.set_up_pledges()
    assert sorted(Wording.objects.filter(slug__endswith="pledge").values_list("slug", "version")) == [
        ("individual-pledge", 1),
        ("organisation-pledge", 1),
    ]
    assert len(Wording.objects.current("individual-pledge").text.split()) <= 45


def test_start_pledge_counts_nowhere_and_asks_the_mailbox(group):
    pledge = actions.start_pledge(**told(group=group))
    assert not pledge.is_confirmed
    assert not Pledge.objects.confirmed().exists()
    assert not Supporter.objects.exists()
    assert not Membership.objects.exists()
    assert not Permission.objects.exists()
    assert letters() == [("amira@example.org", "pledges/confirm")]


def test_start_pledge_sends_only_after_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        actions.start_pledge(**told())
        assert mail.outbox == []
    assert len(waiting) == 1


@pytest.mark.parametrize("make_known", [False, True])
def test_letters_hold_nothing_that_was_typed(make_known):
    if make_known:
        actions.confirm_pledge(actions.start_pledge(**told()))
        Email.objects.all().delete()
    canaries = told_by_organisation(name="Zebraname", contact_name="Zebracontact", job_role="Zebrarole")
    if make_known:
        canaries = told(name="Zebraname")
    actions.start_pledge(**canaries)
    letter = Email.objects.get()
    assert letter.kind == ("pledges/already" if make_known else "pledges/confirm")
    for part in (letter.subject, letter.text, letter.html):
        assert not re.search("zebra|amira|LS7", part, re.IGNORECASE)
    for part in (letter.text, letter.html):
        assert re.findall(r"https?://[^\s\"<]+", part) == [actions.confirm_url(Pledge.objects.latest("pk"))]
        assert "14 days" in part
        assert "City of Sanctuary UK" in part


def test_start_pledge_twice_with_one_press_is_one_pledge_and_one_letter():
    assert actions.start_pledge(**told()) == actions.start_pledge(**told(email=" AMIRA@example.org"))
    assert letters() == [("amira@example.org", "pledges/confirm")]
    assert IntendedAction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_start_pledge_twice_at_once_is_one_pledge_and_one_letter():
    one, other = race(
        lambda: actions.start_pledge(**told()),
        lambda: actions.start_pledge(**told()),
        after='FROM "pledges_pledge"',
    )
    assert one == other
    assert Pledge.objects.count() == 1
    assert letters() == [("amira@example.org", "pledges/confirm")]


def test_start_pledge_never_changes_what_another_press_said():
    first = actions.start_pledge(**told(wants_email=False))
    second = actions.start_pledge(**told(wants_email=True))
    assert first != second
    first.refresh_from_db()
    assert first.wants_email is False


def test_start_pledge_sends_at_most_three_letters_a_day_to_one_address():
    for number in range(5):
        actions.start_pledge(**told(name=f"Name {number}"))
    actions.start_pledge(**told_by_organisation())
    assert letters() == [("amira@example.org", "pledges/confirm")] * 3
    actions.start_pledge(**told(email="other@example.org"))
    assert Email.objects.count() == 4
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        actions.start_pledge(**told(name="Tomorrow"))
    assert Email.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_letters_at_once_stay_within_the_limit():
    for name in ("One", "Two"):
        actions.start_pledge(**told(name=name))
    race(
        lambda: actions.start_pledge(**told(name="Three")),
        lambda: actions.start_pledge(**told(name="Four")),
        after='FROM "post_email"',
    )
    assert Email.objects.count() == 3


def test_start_pledge_refuses_no_address():
    with pytest.raises(InvalidAddress):
        actions.start_pledge(**told(email="nobody"))
    assert not Pledge.objects.exists()


# --- confirming ---------------------------------------------------------------------------------


def test_confirm_pledge_with_yes_makes_a_member_who_may_be_emailed(places):
    near, far = group_at("LS1 1UR"), group_at("BD1 1HU")
    pledge = actions.confirm_pledge(actions.start_pledge(**told()))
    amira = Supporter.objects.get()
    assert (amira.name, amira.email, amira.postcode, amira.outward_code) == (
        "Amira Hassan",
        "amira@example.org",
        "LS7 3HJ",
        "LS7",
    )
    assert (pledge.supporter, pledge.group) == (amira, near)
    assert (pledge.name, pledge.email, pledge.postcode) == ("", "", "")
    assert [(m.group, m.supporter, m.source) for m in Membership.objects.all()] == [(near, amira, "pledge")]
    assert live(amira) == NATIONAL | {(near.name, purpose) for purpose in ("activities", "news", "campaigns")}
    assert {row.wording.slug for row in Permission.objects.all()} == {"email-question"}
    assert list(pledge.intended_actions.values_list("kind", flat=True)) == ["meet"]
    assert [(e.verb, e.actor) for e in Entry.objects.about(pledge)] == [("pledges.confirm", f"supporter:{amira.pk}")]
    assert Pledge.objects.confirmed().for_group(near).count() == 1
    assert not Pledge.objects.confirmed().for_group(far).exists()


def test_confirm_pledge_with_no_writes_the_no_down(places):
    group = group_at("LS1 1UR")
    pledge = actions.confirm_pledge(actions.start_pledge(**told(wants_email=False)))
    assert live(pledge.supporter) == set()
    said = set(Permission.objects.values_list("controller__name", "purpose", "change"))
    national = {(name, purpose, "declined") for name, purpose in NATIONAL}
    ours = {(group.name, purpose, "declined") for purpose in ("activities", "news", "campaigns")}
    assert said == national | ours
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("group_postcode", "pledger_postcode", "joins"),
    [
        ("LS1 1UR", "BD1 1HU", True),
        ("LS1 1UR", "PL1 1AA", False),
        ("LS1 1UR", "", False),
        ("", "LS7 3HJ", False),
    ],
    ids=["near", "too far", "no postcode", "group is nowhere"],
)
def test_confirm_pledge_joins_the_nearest_group_within_reach(places, group_postcode, pledger_postcode, joins):
    group_at(group_postcode)
    pledge = actions.confirm_pledge(actions.start_pledge(**told(postcode=pledger_postcode)))
    assert (pledge.group is not None, Membership.objects.exists()) == (joins, joins)


def test_confirm_pledge_joins_no_resting_group(places):
    group_at("LS7 3HJ", status="dormant")
    assert actions.confirm_pledge(actions.start_pledge(**told())).group is None


def test_confirm_pledge_joins_the_group_that_was_chosen(places, group):
    group_at("LS7 3HJ")
    assert actions.confirm_pledge(actions.start_pledge(**told(group=group))).group == group


def test_confirm_pledge_of_a_member_stays_with_their_group(places, group):
    group_at("LS7 3HJ")
    person = make.SupporterFactory(name="Amira Hassan", email="amira@example.org")
    make.MembershipFactory(group=group, supporter=person)
    pledge = actions.confirm_pledge(actions.start_pledge(**told()))
    assert (pledge.supporter, pledge.group, Membership.objects.count()) == (person, group, 1)
    assert Supporter.objects.get().postcode == "LS7 3HJ"


def test_confirm_pledge_of_an_organisation_keeps_who_speaks_for_it(group):
    pledge = actions.confirm_pledge(actions.start_pledge(**told_by_organisation(group=group)))
    school = Supporter.objects.get()
    assert (school.kind, school.name, school.organisation_type) == ("organisation", "Hillside School", "school")
    assert (school.contact_name, school.job_role) == ("Connie Contact", "Head")
    assert (pledge.name, pledge.contact_name, pledge.job_role) == ("", "", "")
    assert not Pledge.objects.public().exists()


def test_confirm_pledge_twice_changes_nothing_more():
    pledge = actions.start_pledge(**told())
    first = actions.confirm_pledge(pledge)
    rows = (Permission.objects.count(), Entry.objects.count(), Supporter.objects.count())
    again = actions.confirm_pledge(pledge)
    assert again.confirmed_at == first.confirmed_at
    assert (Permission.objects.count(), Entry.objects.count(), Supporter.objects.count()) == rows


@pytest.mark.django_db(transaction=True)
def test_confirm_pledge_twice_at_once_is_done_once(places):
    group_at("LS1 1UR")
    pledge = actions.start_pledge(**told())
    one, other = race(
        lambda: actions.confirm_pledge(pledge), lambda: actions.confirm_pledge(pledge), after='FROM "pledges_pledge"'
    )
    assert one == other
    assert (Supporter.objects.count(), Membership.objects.count(), Permission.objects.count()) == (1, 1, 5)


@pytest.mark.django_db(transaction=True)
def test_confirm_two_pledges_of_one_person_at_once_counts_one():
    pledges = [actions.start_pledge(**told(intended=kind)) for kind in ("meet", "campaign")]
    race(*[lambda p=p: actions.confirm_pledge(p) for p in pledges], after='FROM "people_supporter"')
    assert Supporter.objects.count() == 1
    counted = Pledge.objects.confirmed().get()
    assert set(counted.intended_actions.values_list("kind", flat=True)) == {"meet", "campaign"}


def test_confirm_pledge_again_later_keeps_the_first_and_takes_the_new_answer(group):
    first = actions.confirm_pledge(actions.start_pledge(**told(group=group)))
    second = actions.start_pledge(**told(group=group, wants_email=False, intended="volunteer"))
    assert letters()[-1] == ("amira@example.org", "pledges/already")
    assert actions.confirm_pledge(second) == first
    assert Pledge.objects.confirmed().get() == first
    assert live(first.supporter) == set()
    assert set(first.intended_actions.values_list("kind", flat=True)) == {"meet", "volunteer"}


def test_confirm_pledge_of_somebody_who_shares_the_mailbox_counts_both():
    actions.confirm_pledge(actions.start_pledge(**told()))
    actions.confirm_pledge(actions.start_pledge(**told(name="Bashir Hassan")))
    assert Pledge.objects.confirmed().count() == 2


def test_confirm_pledge_too_late_is_refused():
    pledge = actions.start_pledge(**told())
    with time_machine.travel(timezone.now() + timedelta(days=15)), pytest.raises(ValidationError) as refused:
        actions.confirm_pledge(pledge)
    assert refused.value.code == "too_late"
    assert not Supporter.objects.exists()


@pytest.mark.parametrize(
    ("wants_email", "reason", "silent"),
    [
        (True, Reason.UNSUBSCRIBED, False),
        (True, Reason.ERASED, False),
        (False, Reason.UNSUBSCRIBED, True),
        (True, Reason.COMPLAINED, True),
    ],
)
def test_confirm_pledge_ends_an_old_silence_only_by_yes(wants_email, reason, silent):
    people.suppress("amira@example.org", reason=reason)
    actions.confirm_pledge(actions.start_pledge(**told(wants_email=wants_email)))
    assert Suppression.objects.covering("amira@example.org").exists() is silent


def test_readdress_pledge_kills_the_link_to_the_wrong_mailbox():
    pledge = actions.start_pledge(**told(email="wrong@example.org"))
    wrong = actions.confirm_url(pledge)
    pledge = actions.readdress_pledge(pledge, "Right@example.org")
    assert letters() == [("wrong@example.org", "pledges/confirm"), ("right@example.org", "pledges/confirm")]
    assert actions.confirm_url(pledge) != wrong


def test_readdress_pledge_after_confirmation_changes_nothing():
    pledge = actions.start_pledge(**told())
    actions.confirm_pledge(pledge)
    assert actions.readdress_pledge(pledge, "other@example.org").email == ""
    assert Email.objects.count() == 1


# --- forgetting ---------------------------------------------------------------------------------


def test_forget_unconfirmed_takes_only_what_is_too_old():
    old = make.PledgeFactory(created_at=timezone.now() - timedelta(days=15))
    make.IntendedActionFactory(pledge=old)
    kept = [
        make.PledgeFactory(created_at=timezone.now() - timedelta(days=13)),
        make.PledgeFactory(
            created_at=timezone.now() - timedelta(days=99), supporter=make.SupporterFactory(), confirmed=True
        ),
    ]
    tasks.forget_unconfirmed()
    tasks.forget_unconfirmed()
    assert list(Pledge.objects.order_by("pk")) == kept
    assert not IntendedAction.objects.exists()

"""Signing: asked for, confirmed from the mailbox, counted once, and written in the ledger as it was said."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns import actions
from campaigns.models import ActionTaken, Campaign, Delivery
from campaigns.models.action import EMAIL_QUESTION
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about, suppress
from sanctuary.people.models import CurrentPermission, Permission, Supporter, Suppression
from sanctuary.post.models import Email
from tests import factories
from tests.race import race

pytestmark = pytest.mark.django_db

CANARY = "Quetzal Canary"


@pytest.fixture
def action(staff):
    return factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff))


def sign(action, name="Ada Example", email="ada@example.org", postcode="LS7 3HJ", wants_email=True):
    return actions.start_act(action, name=name, email=email, postcode=postcode, wants_email=wants_email)


def test_sign_waits_for_the_mailbox_and_counts_nowhere(action):
    taken = sign(action, email=" Ada@EXAMPLE.org ")
    assert (taken.email, taken.confirmed_at, taken.supporter) == ("ada@example.org", None, None)
    assert taken.permission_wording.text == EMAIL_QUESTION
    assert list(ActionTaken.objects.confirmed()) == []
    assert list(Supporter.objects.all()) == []
    assert list(Permission.objects.all()) == []


def test_sign_queues_one_letter_and_sends_nothing_before_commit(action):
    sign(action)
    letter = Email.objects.get()
    assert (letter.to, letter.kind, letter.state) == ("ada@example.org", "campaigns/confirm", "queued")
    assert mail.outbox == []


def test_letter_holds_nothing_that_was_typed(action):
    sign(action, name=CANARY, email="quetzal+canary@example.org", postcode="ZE1 0AA")
    letter = Email.objects.get()
    whole = " ".join([letter.subject, letter.text, letter.html, str(letter.headers)])
    assert [typed for typed in ("Quetzal", "Canary", "canary", "ZE1", "0AA") if typed in whole] == []


def test_fourth_letter_in_a_day_is_not_sent(action, staff):
    other = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff))
    for each in (action, other, action):
        sign(each)
    last = sign(other)
    assert Email.objects.count() == ActionTaken.objects.count() == 3
    assert last == ActionTaken.objects.order_by("-pk").first()
    sign(action, email="someone.else@example.org")
    assert Email.objects.filter(to="someone.else@example.org").count() == 1


@pytest.mark.parametrize("state", [Campaign.State.RESTING, Campaign.State.CLOSED, Campaign.State.APPROVED])
def test_sign_is_refused_unless_live(action, state):
    Campaign.objects.update(state=state)
    with pytest.raises(ValidationError) as caught:
        sign(type(action).objects.get())
    assert caught.value.code == "not_live"
    assert not ActionTaken.objects.exists()


def test_confirm_makes_the_supporter_and_moves_the_details_there(action, places):
    taken = actions.confirm_action(sign(action))
    person = Supporter.objects.get()
    assert (person.name, person.email, person.postcode) == ("Ada Example", "ada@example.org", "LS7 3HJ")
    assert person.region == "Yorkshire and the Humber"
    assert (taken.supporter, taken.name, taken.email, taken.postcode) == (person, "", "", "")
    assert taken.confirmed_at is not None


def test_confirm_yes_grants_in_the_words_that_were_shown(action, essentials):
    taken = actions.confirm_action(sign(action))
    row = Permission.objects.get()
    assert (row.controller, row.purpose, row.change, row.wording.text) == (
        essentials,
        "campaigns",
        "granted",
        EMAIL_QUESTION,
    )
    assert row.source == f"action:{action.pk}"
    assert CurrentPermission.objects.live().get().supporter == taken.supporter


def test_confirm_no_declines_and_ends_an_earlier_yes(action):
    person = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    factories.permit(person)
    other = factories.SupporterFactory()
    factories.permit(other)
    actions.confirm_action(sign(action, wants_email=False))
    assert [row.supporter for row in CurrentPermission.objects.live()] == [other]


def test_confirm_yes_lifts_an_old_stop_but_never_a_complaint(action):
    suppress("ada@example.org", reason=Suppression.Reason.UNSUBSCRIBED)
    actions.confirm_action(sign(action))
    assert not Suppression.objects.exists()
    suppress("bo@example.org", reason=Suppression.Reason.COMPLAINED)
    actions.confirm_action(sign(action, name="Bo", email="bo@example.org"))
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED


def test_unconfirmed_yes_lifts_nothing(action):
    suppress("ada@example.org", reason=Suppression.Reason.UNSUBSCRIBED)
    sign(action)
    assert Suppression.objects.count() == 1


def test_confirm_twice_is_one_act_and_one_entry(action):
    taken = sign(action)
    assert actions.confirm_action(taken) == actions.confirm_action(taken)
    assert (ActionTaken.objects.count(), Permission.objects.count()) == (1, 1)
    assert Entry.objects.filter(verb="campaigns.act").count() == 1


def test_signing_again_counts_once_per_person_not_per_address(action):
    first = actions.confirm_action(sign(action))
    again = actions.confirm_action(sign(action, name="ada example"))
    housemate = actions.confirm_action(sign(action, name="Bo Example"))
    assert first == again
    assert set(ActionTaken.objects.confirmed()) == {first, housemate}
    assert ActionTaken.objects.count() == 2


def test_confirm_is_refused_once_closed_and_allowed_while_resting(action):
    late, later = sign(action), sign(action, name="Bo", email="bo@example.org")
    Campaign.objects.update(state=Campaign.State.RESTING)
    assert actions.confirm_action(late).confirmed_at
    Campaign.objects.update(state=Campaign.State.CLOSED)
    with pytest.raises(ValidationError) as caught:
        actions.confirm_action(later)
    assert caught.value.code == "closed"


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_are_one_supporter_and_one_act(action):
    first, second = sign(action), sign(action)
    outcomes = race(
        lambda: actions.confirm_action(first),
        lambda: actions.confirm_action(second),
        after="pg_advisory_xact_lock",
    )
    assert [error for error in outcomes if isinstance(error, Exception)] == []
    assert Supporter.objects.count() == 1
    assert ActionTaken.objects.confirmed().count() == ActionTaken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_three_letters_a_day_hold_against_a_double_press(action):
    sign(action), sign(action)
    race(lambda: sign(action), lambda: sign(action), after="pg_advisory_xact_lock")
    assert Email.objects.count() == 3


def test_from_mail_counts_at_once_for_the_mailing(action, staff):
    person = factories.SupporterFactory()
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    taken = actions.act_from_mail(action, person, mailing)
    assert (taken.supporter, taken.mailing) == (person, mailing)
    assert taken.confirmed_at
    assert not Email.objects.exists()
    assert not Permission.objects.exists()
    assert actions.act_from_mail(action, person, None) == taken
    assert ActionTaken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_double_press_in_the_mail_counts_once(action):
    person = factories.SupporterFactory()
    press = lambda: actions.act_from_mail(action, person, None)  # noqa: E731
    outcomes = race(press, press, after='FROM "people_supporter"')
    assert outcomes[0] == outcomes[1]
    assert ActionTaken.objects.count() == 1


def test_forget_unconfirmed_after_fourteen_days(action):
    old, young, done = (factories.ActionTakenFactory(action=action) for _ in range(3))
    long_ago = timezone.now() - timedelta(days=15)
    ActionTaken.objects.filter(pk__in=[old.pk, done.pk]).update(created_at=long_ago)
    ActionTaken.objects.filter(pk=done.pk).update(confirmed_at=timezone.now())
    assert actions.forget_unconfirmed() == 1
    assert set(ActionTaken.objects.all()) == {young, done}


def test_erasure_keeps_the_count_and_loses_the_person(action, staff):
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    gone = actions.confirm_action(sign(action)).supporter
    sign(action)
    other = actions.confirm_action(sign(action, name="Bo", email="bo@example.org")).supporter
    now = timezone.now()
    for seq, person in enumerate([gone, other], 1):
        Delivery.objects.create(
            mailing=mailing,
            seq=seq,
            supporter_id=person.pk,
            address=person.email,
            outcome=2,
            settled_at=now,
            reply=person.email,
        )
    erase_supporter(gone, by=staff)
    assert ActionTaken.objects.confirmed().count() == 2
    assert not ActionTaken.objects.filter(email="ada@example.org").exists()
    for name in ("address", "reply"):
        assert dict(Delivery.objects.values_list("seq", name)) == {1: "", 2: "bo@example.org"}


def test_held_about_tells_a_person_their_own_acts_only(action):
    mine = actions.confirm_action(sign(action)).supporter
    actions.confirm_action(sign(action, name="Bo", email="bo@example.org"))
    told = held_about(mine)["Campaigns you took part in"]
    assert [row["Campaign"] for row in told] == [action.campaign.ask]


def test_an_act_keeps_its_constituency_when_the_person_is_forgotten(action, staff):
    seat = factories.ConstituencyFactory()
    factories.put_in("LS7 3HJ", seat)
    taken = actions.confirm_action(sign(action))
    assert (taken.constituency_code, taken.supporter.constituency_code) == (seat.code, seat.code)
    other = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff))
    assert actions.act_from_mail(other, taken.supporter, None).constituency_code == seat.code
    erase_supporter(taken.supporter, by=staff)
    taken.refresh_from_db()
    assert (taken.constituency_code, taken.postcode) == (seat.code, "")

"""What came back changes who is mailed: at once, once, and only for a delivery that we truly made."""

from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.actions.claiming import claim_chunk
from campaigns.actions.composing import SOMEBODY, Values, compose
from campaigns.actions.returning import silence_refused
from campaigns.actions.settling import Settled, settle_chunk
from campaigns.models import Delivery, Mailing, Returned, ReturnedTotal
from sanctuary.people import actions as people
from sanctuary.people import links
from sanctuary.people.models import Suppression
from sanctuary.post import actions as post
from sanctuary.post.models import Incoming
from sanctuary.post.returns import Copy, Kind, Report, ReturnPaths, Told, read_message, read_return_path
from sanctuary.post.sink import Sink
from tests import factories
from tests.post.test_returns import FOLDER
from tests.race import race

Outcome = Delivery.Outcome
Reason = Suppression.Reason
pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(staff):
    return factories.CampaignFactory(owner=staff)


@pytest.fixture
def amira():
    """Agreed to emails of the national charity and of a group."""
    amira = factories.SupporterFactory(name="Amira Example", email="amira@example.org")
    factories.permit(amira)
    return amira


@pytest.fixture
def sent(campaign, amira):
    return send(campaign)


def send(campaign, outcome=Outcome.SENT, reply="250 2.0.0 Ok", settle=True) -> Mailing:
    """A mailing that the relay answered so for everybody."""
    state, author = Mailing.State.SCHEDULED, campaign.owner
    made = factories.MailingFactory(campaign=campaign, author=author, state=state, starts_at=timezone.now())
    mailing = actions.freeze_and_start(made)
    taken = claim_chunk(mailing.pk, host="here")
    if settle:
        settle_chunk(mailing.pk, taken.no, taken.token, [Settled(r.seq, outcome, reply) for r in taken.recipients])
        actions.finish_mailing(mailing)
    return mailing


def copy_to(mailing, supporter) -> Copy:
    return Copy(mailing.pk, mailing.deliveries.get(supporter_id=supporter.pk).seq)


def came_back(mailing, supporter, kind=Kind.HARD, status="5.1.1", at=None, **told):
    return actions.take_return(
        kind=kind, status=status, at=at or timezone.now(), about=copy_to(mailing, supporter), **told
    )


def silences(address="amira@example.org"):
    return [(row.reason, row.controller) for row in Suppression.objects.covering(address)]


def message(name: str, mailing, supporter, link=None) -> bytes:
    """A message of the collection, about this person's copy."""
    path = ReturnPaths(mailing.pk).of(copy_to(mailing, supporter).seq)
    token = links.choices_token(*(link or (supporter.pk, mailing.pk)))
    return (FOLDER / f"{name}.eml").read_text().replace("RETURN_PATH", path).replace("STOP_TOKEN", token).encode()


# --- what follows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("postfix-unknown-user", "hard", Reason.HARD_BOUNCED),
        ("qmail-no-mailbox", "hard", Reason.HARD_BOUNCED),
        ("to-another-mailbox", "hard", Reason.HARD_BOUNCED),
        ("arf-yahoo", "complaint", Reason.COMPLAINED),
        ("arf-outlook", "complaint", Reason.UNSUBSCRIBED),
        ("postfix-mailbox-full", "soft", None),
        ("postfix-spam-block", "blocked", None),
    ],
)
def test_message_that_came_back_has_its_effect_for_every_sender(sent, amira, name, kind, reason):
    canary = factories.SupporterFactory(email="canary@example.org")
    post.take_message(message(name, sent, amira))
    row = Returned.objects.get()
    assert (row.kind, row.mailing, row.seq, row.supporter, row.door) == (kind, sent, 1, amira, "mailbox")
    assert row.is_spent is (reason is not None)
    assert silences() == ([(reason, None)] if reason else [])
    assert silences(canary.email) == []


@pytest.mark.parametrize("name", ["postfix-delayed", "answer-english", "reply", "reply-about-a-bounce", "arf-not-spam"])
def test_message_that_says_nothing_is_counted_only(sent, amira, name):
    kind = post.take_message(message(name, sent, amira))
    assert [row.kind for row in Incoming.objects.all()] == [kind]
    assert not Returned.objects.exists()
    assert silences() == []


def test_bounced_person_is_struck_out_at_the_next_claim(sent, campaign, amira):
    state = Mailing.State.SCHEDULED
    made = factories.MailingFactory(campaign=campaign, author=campaign.owner, state=state, starts_at=timezone.now())
    waiting = actions.freeze_and_start(made)
    came_back(sent, amira)
    assert claim_chunk(waiting.pk, host="here").recipients == []
    assert waiting.deliveries.get().outcome == Outcome.SUPPRESSED


def test_complaint_is_not_lifted_by_pledging_again_and_a_bounce_is(sent, amira):
    came_back(sent, amira)
    people.lift_suppression(amira.email)
    assert silences() == []
    came_back(sent, amira, Kind.COMPLAINT)
    people.lift_suppression(amira.email)
    assert silences() == [(Reason.COMPLAINED, None)]


def test_complaint_by_a_link_that_a_friend_may_hold_does_no_more_than_the_link(sent, amira):
    actions.take_return(kind=Kind.COMPLAINT, status="", at=timezone.now(), link=(amira.pk, sent.pk))
    assert silences() == [(Reason.UNSUBSCRIBED, None)]
    people.lift_suppression(amira.email)
    assert silences() == []


# --- only what we made --------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED, Outcome.SUPPRESSED])
def test_delivery_that_never_left_cannot_come_back(campaign, amira, outcome):
    mailing = send(campaign, outcome, "550 5.7.1 no")
    assert came_back(mailing, amira) is None
    assert came_back(mailing, amira, address=amira.email) is None
    assert (Returned.objects.count(), silences()) == (0, [])


def test_delivery_in_doubt_may_come_back(campaign, amira):
    assert came_back(send(campaign, Outcome.IN_DOUBT, ""), amira)
    assert silences() == [(Reason.HARD_BOUNCED, None)]


def test_delivery_that_waits_cannot_come_back_but_one_in_a_workers_hands_can(campaign, amira):
    mailing = send(campaign, settle=False)
    mailing.chunks.update(state=0, owner=None, lease_until=None)
    assert came_back(mailing, amira) is None
    taken = claim_chunk(mailing.pk, host="here")
    assert came_back(mailing, amira)
    assert settle_chunk(mailing.pk, taken.no, taken.token, [Settled(1, Outcome.SENT)])
    assert mailing.deliveries.get().outcome == Outcome.SENT
    assert silences() == [(Reason.HARD_BOUNCED, None)]


@pytest.mark.parametrize("about", [Copy(10**17, 1), Copy(1, 10**8)])
def test_delivery_that_never_was_is_ignored(sent, about):
    about = about._replace(mailing=sent.pk) if about.mailing == 1 else about
    assert actions.take_return(kind=Kind.HARD, status="5.1.1", at=timezone.now(), about=about) is None


def test_forged_bounce_with_a_guessed_address_silences_nobody(sent, amira):
    """Everything in it can be guessed: the number of the mailing, of the copy, the address, the Message-ID."""
    raw = (FOLDER / "forged-guess.eml").read_text().replace("m12.345", f"m{sent.pk}.1").encode()
    assert f"m{sent.pk}.1".encode() in raw
    assert post.take_message(raw) == Kind.HARD
    assert (Returned.objects.count(), silences()) == (0, [])
    assert [(row.kind, row.is_known) for row in Incoming.objects.all()] == [("hard", False)]


def test_providers_word_counts_only_for_the_address_it_went_to(sent, amira):
    factories.SupporterFactory(email="canary@example.org")
    about = copy_to(sent, amira)
    for address in ("canary@example.org", "somebody@example.org", "", "not an address", "amira@example.org\0"):
        post.take_event(Told(Kind.COMPLAINT, "", about, address, timezone.now(), "e1"))
    assert (Returned.objects.count(), silences(), silences("canary@example.org")) == (0, [], [])
    post.take_event(Told(Kind.COMPLAINT, "", about, "AMIRA@Example.org", timezone.now(), "e1"))
    assert silences() == [(Reason.COMPLAINED, None)]
    assert [(row.door, row.event_id) for row in Returned.objects.all()] == [("provider", "e1")]


# --- again, and in another order ----------------------------------------------------------------


def test_same_message_twice_is_counted_once(sent, amira):
    raw = message("postfix-unknown-user", sent, amira)
    assert [post.take_message(raw) for _ in range(2)] == [Kind.HARD] * 2
    assert (Returned.objects.count(), Incoming.objects.count()) == (1, 1)


def test_replay_after_a_new_yes_does_not_silence_again(sent, amira):
    came_back(sent, amira)
    people.lift_suppression(amira.email)
    assert came_back(sent, amira) is None
    assert silences() == []


def test_order_does_not_matter(sent, amira):
    for kind in (Kind.COMPLAINT, Kind.HARD, Kind.SOFT, Kind.HARD, Kind.COMPLAINT):
        came_back(sent, amira, kind)
    assert sorted(Returned.objects.values_list("kind", flat=True)) == ["complaint", "hard", "soft"]
    assert silences() == [(Reason.COMPLAINED, None)]
    Suppression.objects.all().delete()
    Returned.objects.all().delete()
    for kind in (Kind.SOFT, Kind.HARD, Kind.COMPLAINT):
        came_back(sent, amira, kind)
    assert silences() == [(Reason.COMPLAINED, None)]


def test_database_keeps_each_return_once(sent, amira):
    came_back(sent, amira)
    with pytest.raises(IntegrityError), transaction.atomic():
        Returned.objects.create(mailing=sent, seq=1, kind="hard", door="mailbox", at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_count_it_once(sent, amira):
    raw = message("postfix-unknown-user", sent, amira)
    race(lambda: post.take_message(raw), lambda: post.take_message(raw), after='FROM "post_incoming"')
    assert (Returned.objects.count(), Incoming.objects.count()) == (1, 1)
    assert silences() == [(Reason.HARD_BOUNCED, None)]


# --- the person moved, or is gone ---------------------------------------------------------------


def test_address_that_changed_since_is_silenced_and_the_new_one_is_not(sent, amira):
    people.change_address(amira, "new@example.org")
    came_back(sent, amira)
    assert silences("amira@example.org") == [(Reason.HARD_BOUNCED, None)]
    assert silences("new@example.org") == []


def test_erased_person_is_counted_and_nothing_more(sent, amira):
    people.erase_supporter(amira, by="test")
    assert came_back(sent, amira, Kind.COMPLAINT)
    assert silences() == [(Reason.ERASED, None)]
    assert actions.returned_counts(sent.pk) == {"complaint": 1}


def test_erasure_forgets_whose_email_came_back_and_keeps_the_number(sent, amira):
    came_back(sent, amira)
    assert "Emails that came back" in people.held_about(amira)
    people.erase_supporter(amira, by="test")
    assert [row.supporter for row in Returned.objects.all()] == [None]
    assert actions.returned_counts(sent.pk) == {"hard": 1}


def test_complaint_after_the_ledger_forgot_counts_for_an_address_that_is_still_theirs(sent, amira):
    sent.deliveries.update(address="")
    assert came_back(sent, amira, Kind.COMPLAINT, address="other@example.org") is None
    assert came_back(sent, amira, Kind.COMPLAINT, address=amira.email)
    assert silences() == [(Reason.COMPLAINED, None)]


# --- refused while we hand it over --------------------------------------------------------------


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 no such user", "550-5.1.10 gone", "550 5.1.0 <policy@example.org> no", "553 5.1.6 x"]
)
def test_refusal_that_speaks_of_the_address_silences_it_when_it_is_settled(campaign, amira, reply):
    mailing = send(campaign, Outcome.REFUSED, reply)
    assert silences() == [(Reason.HARD_BOUNCED, None)]
    row = Returned.objects.get()
    assert (row.kind, row.door, row.supporter, row.is_spent) == ("hard", "relay", amira, True)
    assert Returned.objects.filter(mailing=mailing).later().count() == 0


@pytest.mark.parametrize(
    "reply",
    ["550 No such user", "554 5.7.1 spam", "552 5.2.2 full", "550 5.1.8 Bad sender", "451 4.1.1 later", "", "0 5.1.1"],
)
def test_refusal_of_anything_else_silences_nobody(campaign, amira, reply):
    send(campaign, Outcome.REFUSED, reply)
    assert (Returned.objects.count(), silences()) == (0, [])


def test_words_about_the_address_of_a_message_that_was_taken_mean_nothing(campaign, amira):
    send(campaign, Outcome.SENT, "550 5.1.1 no such user")
    assert (Returned.objects.count(), silences()) == (0, [])


def test_refused_batch_is_one_statement(sent, django_assert_num_queries):
    with django_assert_num_queries(0):
        silence_refused(sent.pk, [(1, "554 5.7.1 spam")] * 500, timezone.now())
    with django_assert_num_queries(1):
        silence_refused(sent.pk, [(seq, "550 5.1.1 no such user") for seq in range(1, 501)], timezone.now())
    assert Returned.objects.count() == 0, "they were sent, not refused"


def test_refused_after_a_change_of_address_leaves_the_new_one_alone(campaign, amira):
    mailing = send(campaign, settle=False)
    people.change_address(amira, "new@example.org")
    chunk = mailing.chunks.get()
    settle_chunk(mailing.pk, chunk.no, chunk.owner, [Settled(1, Outcome.REFUSED, "550 5.1.1 no such user")])
    assert silences("new@example.org") == []
    assert actions.returned_counts(mailing.pk) == {"hard": 1}


# --- soft ones add up ---------------------------------------------------------------------------


def soft(campaign, amira, days: list[int], arrived: list[int] = (), now: int = 60) -> None:
    """Emails on these days, counted from a day long ago: those of `days` came back soft, in that order."""
    start = timezone.now() - timedelta(days=80)
    mailings = {}
    for day in sorted({*days, *arrived}):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            mailings[day] = send(campaign)
    with time_machine.travel(start + timedelta(days=now), tick=False):
        for day in days:
            came_back(mailings[day], amira, Kind.SOFT, "4.2.2", at=start + timedelta(days=day, hours=1))


@pytest.mark.parametrize(
    ("days", "arrived", "silent"),
    [
        ([0, 4, 8, 12, 16], [], True),
        ([16, 0, 12, 4, 8], [], True),
        ([0, 4, 8, 12], [], False),
        ([0, 1, 2, 3, 4], [], False),
        ([0, 4, 8, 12, 16], [10], False),
        ([0, 4, 8, 12, 16], [20], False),
        ([1, 5, 9, 13, 17], [0], True),
        ([0, 4, 8, 12, 16, 24, 28, 32, 36, 40], [20], True),
    ],
)
def test_five_soft_bounces_in_a_row_over_two_weeks_silence(campaign, amira, days, arrived, silent):
    soft(campaign, amira, days, arrived)
    assert silences() == ([(Reason.HARD_BOUNCED, None)] if silent else [])
    assert Returned.objects.filter(is_spent=True).count() == (5 if silent else 0)


def test_soft_bounces_have_had_their_say_once_they_silenced(campaign, amira):
    soft(campaign, amira, [0, 4, 8, 12, 16])
    people.lift_suppression(amira.email)
    mailing = send(campaign)
    came_back(mailing, amira, Kind.SOFT, "4.2.2")
    assert silences() == []


def test_soft_bounces_of_an_old_address_do_not_count_for_the_new_one(campaign, amira):
    soft(campaign, amira, [0, 4, 8, 12])
    people.change_address(amira, "new@example.org")
    came_back(send(campaign), amira, Kind.SOFT, "4.2.2")
    assert silences("new@example.org") == []


def test_policy_blocks_never_add_up(campaign, amira):
    start = timezone.now() - timedelta(days=60)
    for day in range(0, 40, 4):
        came_back(send(campaign), amira, Kind.BLOCKED, "5.7.1", at=start + timedelta(days=day))
    came_back(send(campaign), amira, Kind.SOFT, "4.2.2")
    assert silences() == []


# --- keeping ------------------------------------------------------------------------------------


def test_events_become_numbers_after_thirteen_months(sent, amira):
    came_back(sent, amira)
    came_back(sent, amira, Kind.COMPLAINT)
    assert actions.forget_returned() == 0
    with time_machine.travel(timezone.now() + timedelta(days=397)):
        assert actions.forget_returned() == 2
        assert actions.forget_returned() == 0
        assert came_back(sent, amira) is None, "a replay after so long"
    assert Returned.objects.count() == 0
    assert set(ReturnedTotal.objects.values_list("kind", "count")) == {("hard", 1), ("complaint", 1)}
    assert actions.returned_counts(sent.pk) == {"hard": 1, "complaint": 1}


def test_counts_of_one_mailing_leave_out_the_others(sent, campaign, amira):
    other = send(campaign)
    came_back(sent, amira)
    came_back(other, amira, Kind.SOFT)
    assert actions.returned_counts(sent.pk) == {"hard": 1}
    assert Returned.objects.filter(mailing=other).counts() == {"soft": 1}


# --- over a real connection, and as staff and readers see it ------------------------------------


def test_copy_leaves_from_an_address_that_silences_its_own_person_alone(campaign, amira, settings, tmp_path):
    other = factories.SupporterFactory(name="Beth Example", email="beth@example.org")
    factories.permit(other)
    settings.JOURNAL_DIR = tmp_path
    state, author = Mailing.State.SCHEDULED, campaign.owner
    made = factories.MailingFactory(campaign=campaign, author=author, state=state, starts_at=timezone.now())
    mailing = actions.freeze_and_start(made)
    with Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        actions.send_for(mailing.pk, 5)
        copies = {copy.recipients[0]: copy for copy in sink.accepted}
    own = {address: read_return_path(copy.sender) for address, copy in copies.items()}
    assert own == {person.email: copy_to(mailing, person) for person in (amira, other)}
    copy = copies[amira.email]
    head = message_from_bytes(copy.data)
    assert (head["From"], head["Return-Path"]) == ("City of Sanctuary UK <hello@sanctuary.example.org>", None)
    assert head["X-PM-Metadata-delivery"] == "m{}.{}".format(*copy_to(mailing, amira))
    bounce = (FOLDER / "postfix-unknown-user.eml").read_text().replace("RETURN_PATH", copy.sender)
    post.take_message(bounce.encode())
    assert (silences(amira.email), silences(other.email)) == ([(Reason.HARD_BOUNCED, None)], [])


def test_link_of_a_real_message_is_what_a_complaint_is_read_by(campaign, amira, sent):
    """Outlook returns the message without its Return-Path: the signed stop link must be found in our own headers."""
    recipient = SOMEBODY._replace(seq=1, supporter_id=amira.pk, address=amira.email)
    ours = compose(sent).render(Values(sent).of(recipient))
    arf = (FOLDER / "arf-outlook.eml").read_bytes()
    head, _, tail = arf.partition(b"Content-Disposition: inline\n\n")
    report = read_message(head + b"Content-Disposition: inline\n\n" + ours + b"\n--arf--\n")
    assert tail
    assert report == Report(Kind.COMPLAINT, "", None, (amira.pk, sent.pk))


@pytest.mark.parametrize(
    ("groups_own", "national", "answers_go_to"),
    [
        ("leeds@example.org", "office@example.org", "leeds@example.org"),
        ("", "office@example.org", "office@example.org"),
        ("", "", "hello@sanctuary.example.org"),
    ],
)
def test_answer_reaches_the_group_or_somebody_who_reads_it(
    campaign, essentials, group, groups_own, national, answers_go_to
):
    type(essentials).objects.filter(pk=essentials.pk).update(reply_to=national)
    group.controller.reply_to = groups_own
    group.controller.save()
    mailing = factories.MailingFactory(campaign=campaign, author=campaign.owner, controller=group.controller)
    wire = compose(mailing).render(Values(mailing).of(SOMEBODY))
    head = message_from_bytes(wire)
    assert head["Reply-To"] == answers_go_to
    assert parseaddr(head["From"]) == (group.name, "hello@sanctuary.example.org")


def test_staff_see_what_came_back_later(client_of, staff, sent, amira):
    came_back(sent, amira)
    page = client_of(staff).get(reverse("admin:campaigns_mailing_results", args=[sent.pk])).content.decode()
    assert "Came back later: the address does not work" in page

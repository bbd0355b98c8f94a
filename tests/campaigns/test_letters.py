"""A letter in the making: sealed, addressed, counted once, reminded of once, and gone when it should be."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns import actions
from campaigns.actions import posting, reminding, representing, similarity, writing
from campaigns.models import ActionTaken, Campaign, DevolvedNote, LetterAsk, LetterDraft, LetterPrint, LocalFact
from campaigns.models.letter import Letter
from campaigns.tasks import mind_letters
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.people.models import Supporter
from sanctuary.places.models import House
from sanctuary.post.models import Email
from tests import factories
from tests.letters import POSTCODE, WRITTEN, asked, draft_of, seat
from tests.race import race

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def action(staff):
    action = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff), kind="write", statement="")
    asked(action)
    return action


@pytest.fixture
def place(essentials):
    return seat()


def offers(action, postcode=POSTCODE):
    whom = representing.whom_to_write(action.letter_ask, postcode, 1)
    return [(offer.house, [reader.person.name for reader in offer.readers], offer.is_known) for offer in whom.offers]


def count(draft, **told):
    return writing.count_letter(
        draft, **{"name": "Ada Example", "email": "ada@example.org", "wants_email": False} | told
    )


# --- what is asked ---------------------------------------------------------------------------------------


def test_ask_that_is_no_question_is_refused_by_the_form_and_by_the_database(action):
    ask = action.letter_ask
    ask.question = "Support it."
    with pytest.raises(ValidationError):
        ask.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ask.save()


def test_fact_of_the_place_comes_before_the_one_for_everywhere(action, place):
    ask = action.letter_ask
    LocalFact.objects.create(ask=ask, constituency_code=place.code, text="Here", source="x")
    LocalFact.objects.create(ask=ask, constituency_code="E14999999", text="Elsewhere", source="x")
    assert [ask.facts.best_for(code).text for code in (place.code, "E14000001", "")] == [
        "Here",
        "Nine towns have tried it.",
        "Nine towns have tried it.",
    ]


# --- who reads it ----------------------------------------------------------------------------------------


def test_one_mp_is_found_by_the_postcode(action, place):
    assert offers(action) == [(House.COMMONS, ["Jane Example"], True)]
    assert representing.whom_to_write(action.letter_ask, POSTCODE, 1).only.person.name == "Jane Example"


def test_split_postcode_offers_both_and_chooses_nobody(action, place):
    other = factories.ConstituencyFactory(name="Exampleton North")
    factories.RepresentativeFactory(constituency=other, name="Robin Other")
    factories.put_in("ZE1 0AB", place, other)
    whom = representing.whom_to_write(action.letter_ask, "ZE1 0AB", 1)
    assert {reader.person.name for reader in whom.offers[0].readers} == {"Jane Example", "Robin Other"}
    assert (whom.only, whom.offers[0].is_split) == (None, True)


def test_vacant_seat_offers_nobody_and_says_so(action, place):
    empty = seat("ZE2 0AA", name="Vacantshire", who="")
    whom = representing.whom_to_write(action.letter_ask, "ZE2 0AA", 1)
    assert (whom.offers[0].readers, whom.offers[0].vacant, whom.can_write) == ([], [empty], False)
    assert whom.find(whom.offers[0].unnamed.key) is None


def test_without_data_a_letter_to_nobody_by_name_can_be_written(action):
    whom = representing.whom_to_write(action.letter_ask, POSTCODE, 1)
    assert (whom.offers[0].readers, whom.offers[0].is_known, whom.can_write) == ([], False, True)
    draft = draft_of(action, text="")
    assert writing.greeting_of(draft.read()) == "Dear representative,"


def test_devolved_matter_offers_those_who_decide_it_first(action):
    west, holyrood = (factories.ConstituencyFactory(code=f"S{kind}000001") for kind in (14, 16))
    factories.RepresentativeFactory(constituency=west, name="Moira Westminster")
    factories.RepresentativeFactory(constituency=holyrood, house=House.SCOTTISH, name="Alasdair Holyrood")
    factories.put_in("G1 1AA", west, holyrood)
    assert offers(action, "G1 1AA") == [(House.COMMONS, ["Moira Westminster"], True)]
    DevolvedNote.objects.create(ask=action.letter_ask, nation="Scotland", note="Decided there.", house=House.SCOTTISH)
    assert offers(action, "G1 1AA") == [
        (House.SCOTTISH, ["Alasdair Holyrood"], True),
        (House.COMMONS, ["Moira Westminster"], True),
    ]
    assert representing.whom_to_write(action.letter_ask, "G1 1AA", 1).offers[0].is_split is False


def test_peers_take_turns_and_a_stranger_to_the_offer_is_refused(action, place):
    ask = action.letter_ask
    ask.house = House.LORDS
    for number in range(12):
        factories.RepresentativeFactory(house=House.LORDS, name=f"Peer {number}")
    found = [representing.whom_to_write(ask, POSTCODE, number).offers[0].readers for number in range(1, 13)]
    assert {reader.person.name for readers in found for reader in readers} == {f"Peer {number}" for number in range(12)}
    whom = representing.whom_to_write(ask, POSTCODE, 1)
    assert [
        whom.find(key) for key in ("", "lords//0", "commons/E14900000/1", "\0", "lords//999999999999999999999")
    ] == [None] * 5


# --- while it is written ---------------------------------------------------------------------------------


def test_another_postcode_keeps_every_word_and_greets_the_new_reader(action, place):
    seat("ZE2 0AA", name="Exampleton West", who="Robin Other")
    draft = writing.move_letter(draft_of(action), "ZE2 0AA")
    whom = representing.whom_to_write(action.letter_ask, "ZE2 0AA", 1)
    letter = writing.address_letter(draft, whom.offers[0].readers[0]).read()
    assert letter.text == "Dear Jane Example,\n\nLetterwords from my own street."
    draft = draft_of(action)
    letter = writing.address_letter(draft, whom.offers[0].readers[0]).read()
    assert letter.text == "Dear Robin Other,\n\nLetterwords from my own street."
    assert (letter.name, letter.address) == (WRITTEN["name"], WRITTEN["address"])


def test_row_of_a_draft_tells_nothing(action, place):
    reminding.remind_tomorrow(draft_of(action), "lettermail@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaigns_letterdraft::text FROM campaigns_letterdraft")
        row = cursor.fetchone()[0]
    secrets = ["Letter", "letter", "Lane", "ZE1", "0AA", place.code, "Exampleton", "Jane", "example"]
    assert [word for word in secrets if word in row] == []


def test_draft_sealed_with_another_key_is_gone(action, place, settings):
    draft = draft_of(action)
    settings.FIELD_KEY = "another key"
    assert draft.read() is None
    with pytest.raises(LetterDraft.DoesNotExist):
        writing.change_letter(draft, name="x")


def test_letter_is_gone_after_a_day_even_before_the_clock_comes(action, place):
    draft = draft_of(action)
    LetterDraft.objects.update(expires_at=timezone.now())
    with pytest.raises(LetterDraft.DoesNotExist):
        writing.change_letter(draft, name="x")
    draft_of(action)
    mind_letters()
    assert LetterDraft.objects.count() == 1


def test_campaign_that_rests_begins_no_letter(action):
    Campaign.objects.update(state=Campaign.State.RESTING)
    action.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        writing.start_letter(action, postcode=POSTCODE)
    assert refused.value.code == "not_live"


# --- copies ----------------------------------------------------------------------------------------------

OWN = (
    "Dear Jane Example,\n\nMy neighbour was a midwife for eleven years, and every Tuesday the babies sleep on her arm."
)


def test_prompts_pasted_as_a_letter_look_like_others(action, place):
    ask = action.letter_ask
    pasted = "\n".join(["Dear Jane Example,", ask.question, *ask.prompts])
    assert writing.is_alike(draft_of(action, text=pasted)) is True
    assert writing.is_alike(draft_of(action, text=f"{OWN} {ask.question}")) is False


def test_letter_that_was_sent_is_known_again_in_its_campaign_alone(action, place, staff):
    count(draft_of(action, text=OWN))
    assert writing.is_alike(draft_of(action, text=OWN.replace("eleven", "nine") + " Please help.")) is True
    other = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff), kind="write")
    asked(other)
    assert writing.is_alike(draft_of(other, text=OWN)) is False
    known, elsewhere = (similarity.unpack(writing.print_of(each.pk, OWN)) for each in (action, other))
    assert set(known) & set(elsewhere) == set()


def test_print_holds_neither_words_nor_person(action, place):
    count(draft_of(action, text=OWN))
    kept = LetterPrint.objects.get()
    assert {field.name for field in LetterPrint._meta.fields} == {"id", "action", "hashes"}
    unkeyed = similarity.prints(OWN, b"")
    assert set(similarity.unpack(kept.hashes)) & set(unkeyed) == set()
    assert len(similarity.unpack(kept.hashes)) == len(unkeyed)


# --- sent ------------------------------------------------------------------------------------------------


def test_sent_letter_waits_for_the_mailbox_and_leaves_no_draft(action, place):
    taken = count(draft_of(action), wants_email=True)
    assert (taken.name, taken.email, taken.postcode, taken.wants_email) == (
        "Ada Example",
        "ada@example.org",
        POSTCODE,
        True,
    )
    assert taken.confirmed_at is None
    assert Email.objects.get().subject == "Please confirm your letter"
    assert LetterDraft.objects.count() == 0
    actions.confirm_action(taken)
    assert ActionTaken.objects.confirmed().get().constituency_code == place.code


def test_split_postcode_counts_where_the_writer_said(action, place):
    other = seat("ZE9 9AA", name="Exampleton North", who="Robin Other")
    factories.put_in("ZE1 0AB", place, other)
    draft = writing.start_letter(action, postcode="ZE1 0AB")
    readers = representing.whom_to_write(action.letter_ask, "ZE1 0AB", 1).offers[0].readers
    reader = next(each for each in readers if each.person.name == "Robin Other")
    taken = count(writing.change_letter(writing.address_letter(draft, reader), **WRITTEN))
    assert actions.confirm_action(taken).constituency_code == other.code


def test_sent_from_our_email_is_counted_at_once_and_for_the_campaign_once(action, place, staff):
    ada = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    for _ in range(2):
        draft = writing.start_letter(action, guest=(ada, mailing), postcode=POSTCODE)
        assert (draft.read().name, draft.read().email) == ("", "ada@example.org")
        taken = writing.count_letter_from_mail(writing.change_letter(draft, **WRITTEN))
    assert (taken.supporter, taken.mailing, taken.constituency_code) == (ada, mailing, place.code)
    assert (ActionTaken.objects.confirmed().count(), LetterDraft.objects.count(), Email.objects.count()) == (1, 0, 0)


def test_uncounted_letter_leaves_hashes_alone(action, place):
    writing.send_uncounted(draft_of(action))
    assert (LetterDraft.objects.count(), LetterPrint.objects.count()) == (0, 1)
    assert (ActionTaken.objects.count(), Supporter.objects.count(), Email.objects.count()) == (0, 0, 0)


def test_campaign_that_closed_meanwhile_counts_nothing_and_keeps_the_letter(action, place):
    draft = draft_of(action)
    Campaign.objects.update(state=Campaign.State.RESTING)
    with pytest.raises(ValidationError):
        count(draft)
    assert (LetterDraft.objects.count(), LetterPrint.objects.count()) == (1, 0)


def test_cleared_letter_leaves_nothing(action, place):
    draft = draft_of(action)
    writing.clear_letter(draft)
    writing.clear_letter(draft)
    assert (LetterDraft.objects.count(), LetterPrint.objects.count(), ActionTaken.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_count_one_letter(action, place):
    draft = draft_of(action)
    outcomes = race(lambda: count(draft), lambda: count(draft), after='FROM "campaigns_letterdraft"')
    assert {type(outcome) for outcome in outcomes} == {ActionTaken, LetterDraft.DoesNotExist}
    assert (ActionTaken.objects.count(), LetterPrint.objects.count()) == (1, 1)


# --- the ways it leaves ----------------------------------------------------------------------------------


def test_mailto_carries_lines_and_every_script_percent_encoded():
    link = posting.mailto("jane+mp@example.org", subject="Café & tea?", text="Dear Jane,\n\nسلام — 50% & more")
    assert link == (
        "mailto:jane%2Bmp@example.org?subject=Caf%C3%A9%20%26%20tea%3F"
        "&body=Dear%20Jane%2C%0D%0A%0D%0A%D8%B3%D9%84%D8%A7%D9%85%20%E2%80%94%2050%25%20%26%20more"
    )
    assert posting.carries_text(link)


def test_mailto_of_a_long_letter_leaves_the_words_to_be_pasted():
    link = posting.mailto("jane@example.org", subject="Hello", text="word " * 500)
    assert (link, posting.carries_text(link)) == ("mailto:jane@example.org?subject=Hello", False)


def test_write_to_them_is_told_postcode_campaign_and_nothing_typed():
    letter = Letter(postcode="ZE1 0AA", **WRITTEN)
    link = posting.write_to_them(letter, House.COMMONS, "https://example.org/actions/desk/")
    assert link == (
        "https://www.writetothem.com/?pc=ZE1+0AA&a=westminstermp&message_type=campaigning"
        "&fyr_extref=https%3A%2F%2Fexample.org%2Factions%2Fdesk%2F"
    )
    assert posting.write_to_them(letter, House.LORDS, "x") == ""


# --- tomorrow --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-11-23T08:00", "2026-11-24T09:00"),
        ("2026-11-24T01:00", "2026-11-24T09:00"),
        ("2026-03-28T22:00", "2026-03-29T09:00"),
        ("2026-10-24T22:00", "2026-10-25T09:00"),
    ],
)
def test_reminder_comes_at_nine_by_the_clock_on_the_wall(now, then):
    now, then = (datetime.fromisoformat(each).replace(tzinfo=LONDON) for each in (now, then))
    assert reminding.next_morning(now) == then


def test_reminder_comes_once_with_nothing_that_was_typed(action, place):
    draft = reminding.remind_tomorrow(draft_of(action), "lettermail@example.org")
    assert draft.expires_at - draft.created_at == timedelta(days=7)
    mind_letters()
    assert Email.objects.count() == 0
    LetterDraft.objects.update(remind_at=timezone.now())
    mind_letters()
    mind_letters()
    letter = Email.objects.get()
    assert (letter.to, letter.kind, letter.asks) == ("lettermail@example.org", "campaigns/letter_reminder", True)
    whole = " ".join([letter.subject, letter.text, letter.html])
    assert [typed for typed in [*WRITTEN.values(), "Letter", "Jane", "ZE1"] if typed in whole] == []
    assert "/actions/letter/back/" in letter.text


def test_reminder_link_opens_to_the_postcode_alone_and_after_five_wrong_ones_to_nothing(action, place):
    draft = reminding.remind_tomorrow(draft_of(action), "lettermail@example.org")
    assert reminding.open_letter(draft, "ze10aa") is True
    assert [reminding.open_letter(draft, "ZE1 0AB") for _ in range(5)] == [False] * 5
    assert reminding.open_letter(draft, POSTCODE) is False


def test_reminders_are_among_the_three_letters_a_mailbox_gets_in_a_day(action, place):
    for _ in range(4):
        reminding.remind_tomorrow(draft_of(action), "lettermail@example.org")
    LetterDraft.objects.update(remind_at=timezone.now())
    mind_letters()
    assert Email.objects.count() == 3


# --- their own -------------------------------------------------------------------------------------------


def test_erased_person_loses_the_letters_tied_to_their_address(action, place, staff):
    ada = factories.SupporterFactory(email="ada@example.org")
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    writing.start_letter(action, guest=(ada, mailing), postcode=POSTCODE)
    reminding.remind_tomorrow(draft_of(action), "ADA@example.org")
    kept = reminding.remind_tomorrow(draft_of(action), "other@example.org")
    erase_supporter(ada, by=staff)
    assert list(LetterDraft.objects.all()) == [kept]


def test_person_reads_that_a_letter_waits_and_not_what_somebody_wrote_under_their_address(action, place):
    ada = factories.SupporterFactory(email="ada@example.org")
    reminding.remind_tomorrow(draft_of(action), "ada@example.org")
    said = held_about(ada)["Letters you are writing"]
    assert [each["Campaign"] for each in said] == [action.campaign.title]
    assert "Letterwords" not in str(said)
    assert held_about(factories.SupporterFactory(email="b@example.org"))["Letters you are writing"] == []


def test_audit_log_knows_nothing_of_the_letter(action, place):
    actions.confirm_action(count(draft_of(action)))
    said = " ".join(str(vars(entry)) for entry in Entry.objects.all())
    assert [word for word in ("Letter", "Lane", "ZE1") if word in said] == []


def test_ask_is_deleted_with_its_action(action):
    action.delete()
    assert (LetterAsk.objects.count(), LocalFact.objects.count()) == (0, 0)

"""Writing to a representative, page by page, as a browser without JavaScript does it."""

import logging
import re
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns.actions import reminding, writing
from campaigns.models import ActionTaken, LetterAsk, LetterDraft, LetterPrint
from campaigns.views.public import FROM_MAIL
from campaigns.views.writing import LETTER
from sanctuary.people import tokens
from sanctuary.post.models import Email
from tests import factories
from tests.letters import POSTCODE, WRITTEN, asked, draft_of, seat

pytestmark = pytest.mark.django_db

CANARY = "Quetzalcanary"
TYPED = {"text": f"Dear Jane Example,\n\n{CANARY} words.", "name": f"{CANARY} Name", "address": f"{CANARY} Lane"}


@pytest.fixture
def action(staff):
    action = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff), kind="write", statement="")
    asked(action)
    return action


@pytest.fixture
def place(essentials):
    return seat()


def stamp(purpose):
    """As a form that was shown half a minute ago."""
    return tokens.make(purpose, int(time.time()) - 30)


def begin(client, action, postcode=POSTCODE, **more):
    address = reverse("campaigns:write", args=[action.campaign.slug])
    return client.post(address, {"postcode": postcode, "stamp": stamp("letter-start")} | more)


def page(name, draft):
    return reverse(f"campaigns:letter{name}", args=[tokens.make(LETTER, draft.pk)])


def text_of(response):
    return response.content.decode()


def test_whole_flow_ends_with_a_letter_that_waits_for_the_mailbox(client, action, place):
    who = begin(client, action).headers["Location"]
    shown = text_of(client.get(who))
    assert "Your MP is Jane Example" in shown
    write = client.post(who, {"whom": re.search(r'value="(commons/[^"]+)"', shown)[1]}).headers["Location"]
    shown = text_of(client.get(write))
    assert "Dear Jane Example," in shown
    assert all(words in shown for words in ("Will you vote for a welcome desk", "Who have you met?", "Nine towns"))
    check = client.post(write, TYPED).headers["Location"]
    shown = text_of(client.get(check))
    assert f"{CANARY} words." in shown
    assert "looks like other letters" not in shown
    send = check.replace("check", "send")
    shown = text_of(client.get(send))
    assert "mailto:jane@example.org?subject=" in shown
    assert (
        "https://www.writetothem.com/?pc=ZE1+0AA&amp;a=westminstermp&amp;message_type=campaigning&amp;fyr_extref="
        in shown
    )
    sent = send.replace("send", "sent")
    assert client.post(sent).headers["Location"] == sent
    assert LetterDraft.objects.count() == 1
    told = {"name": "Ada", "email": "ada@example.org", "wants_email": "no", "stamp": stamp("letter-count")}
    assert "/sent/" in client.post(sent, told).headers["Location"]
    assert (ActionTaken.objects.get().email, LetterDraft.objects.count(), LetterPrint.objects.count()) == (
        "ada@example.org",
        0,
        1,
    )
    assert {client.get(url).status_code for url in (who, write, check, send, sent)} == {410}


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("", "Enter your postcode"),
        ("LS7", "Enter your whole postcode"),
        ("JE2 3AB", "Jersey"),
        ("12345", "Enter a UK postcode"),
        ("\0", "We do not know that postcode"),
        ("x" * 100_000, "We do not know that postcode"),
    ],
)
def test_postcode_that_leads_nowhere_is_answered_beside_the_field(client, action, postcode, words):
    response = begin(client, action, postcode)
    assert response.status_code == 422
    assert words in text_of(response)
    assert LetterDraft.objects.count() == 0


def test_vacant_seat_and_unknown_postcode_say_so_and_offer_something_else(client, action, place):
    seat("ZE2 0AA", name="Vacantshire", who="")
    factories.ActionFactory(campaign=action.campaign, kind="sign", rank=1)
    shown = text_of(client.get(begin(client, action, "ZE2 0AA").headers["Location"]))
    assert "Vacantshire has no MP at the moment" in shown
    assert reverse("campaigns:sign", args=[action.campaign.slug]) in shown
    shown = text_of(client.get(begin(client, action, "LS7 3HJ").headers["Location"]))
    assert "We cannot name your MP" in shown
    assert "WriteToThem finds your MP for you" in shown


def test_what_was_typed_survives_every_error(client, action, place):
    draft = draft_of(action)
    response = client.post(
        page("_write", draft), {"text": f"{CANARY} kept\x07", "name": "", "address": f"{CANARY}\n" * 50}
    )
    shown = text_of(response)
    assert response.status_code == 422
    assert all(words in shown for words in ("letter we cannot print", "Enter your name", "This is too long"))
    assert shown.count(CANARY) > 50


@pytest.mark.parametrize("text", ["", "Dear Jane Example,", "Dear Jane Example,\n\n  \n...", "\0", "a" * 2501])
def test_letter_without_own_words_or_too_long_goes_no_further(client, action, place, text):
    draft = draft_of(action)
    before = draft.read().text
    assert client.post(page("_write", draft), TYPED | {"text": text}).status_code == 422
    assert LetterDraft.objects.get().read().text == before


def test_unfinished_letter_can_be_kept_for_tomorrow(client, action, place):
    draft = draft_of(action, text="", name="", address="")
    response = client.post(page("_write", draft), {"text": "Half a", "name": "", "address": "", "then": "remind"})
    assert response.headers["Location"] == page("_remind", draft)
    assert LetterDraft.objects.get().read().text == "Half a"
    assert client.get(page("_send", draft)).headers["Location"] == page("_write", draft)


def test_copied_letter_is_met_with_edit_first_and_can_go_on(client, action, place):
    own = "My neighbour was a midwife for eleven years and every Tuesday the babies sleep on her arm in our hall."
    writing.send_uncounted(draft_of(action, text=own))
    draft = draft_of(action, text=own.replace("eleven", "twelve"))
    shown = text_of(client.get(page("_check", draft)))
    assert "This looks like other letters" in shown
    assert shown.index("Edit my letter") < shown.index("Continue anyway") < shown.index("babies")
    assert "Go on to send it" not in shown
    assert client.get(page("_send", draft)).status_code == 200


def test_one_who_came_from_our_email_is_counted_by_one_press(client, action, place, staff):
    ada = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    mailing = factories.MailingFactory(campaign=action.campaign, author=staff)
    token = tokens.make(FROM_MAIL, ada.pk, mailing.pk)
    who = begin(client, action, mail=token).headers["Location"]
    draft = writing.change_letter(LetterDraft.objects.get(), house="commons", **WRITTEN)
    assert "a***@example.org" in text_of(client.get(page("_sent", draft)))
    # Whoever was sent the email on reads no address of theirs.
    opened = ["", "_postcode", "_write", "_check", "_send", "_print", "_sent", "_clear", "_remind"]
    assert [name for name in opened if "ada@" in text_of(client.get(page(name, draft)))] == []
    done = client.post(page("_sent", draft)).headers["Location"]
    assert "/done/" in done
    assert ActionTaken.objects.confirmed().get().supporter == ada
    assert client.get(who).status_code == 410
    begin(client, action, mail=tokens.make("something-else", ada.pk, mailing.pk))
    assert LetterDraft.objects.get().read().supporter == 0


def test_uncounted_end_is_as_kind(client, action, place):
    draft = draft_of(action)
    response = client.post(page("_sent", draft), {"uncounted": "yes"}, follow=True)
    assert "Thank you for writing" in text_of(response)
    assert (LetterDraft.objects.count(), ActionTaken.objects.count()) == (0, 0)


def test_clearing_asks_once_and_leaves_nothing(client, action, place):
    draft = draft_of(action)
    assert "Clear your letter from here?" in text_of(client.get(page("_clear", draft)))
    assert LetterDraft.objects.count() == 1
    assert "Nothing of it is left" in text_of(client.post(page("_clear", draft), follow=True))
    assert (LetterDraft.objects.count(), LetterPrint.objects.count()) == (0, 0)


def test_reminder_link_opens_the_letter_by_its_postcode(client, action, place):
    draft = draft_of(action)
    told = {"email": "ada@example.org", "stamp": stamp("letter-reminder")}
    assert "a***@example.org" in text_of(client.post(page("_remind", draft), told, follow=True))
    back = reverse("campaigns:letter_back", args=[tokens.make(reminding.BACK, draft.pk)])
    shown = text_of(client.get(back))
    assert [word for word in WRITTEN.values() if word in shown] == []
    assert client.post(back, {"postcode": "ZE1 0AB"}).status_code == 422
    assert client.post(back, {"postcode": "ze10aa"}).headers["Location"] == page("_check", draft)
    for _ in range(4):
        client.post(back, {"postcode": "ZE1 0AB"})
    assert client.get(back).status_code == 410
    assert client.get(page("_check", draft)).status_code == 200


def test_key_of_the_pages_does_not_open_the_reminder_nor_the_other_way_round(client, action, place):
    draft = draft_of(action)
    assert client.get(reverse("campaigns:letter_back", args=[tokens.make(LETTER, draft.pk)])).status_code == 410
    assert (
        client.get(reverse("campaigns:letter_check", args=[tokens.make(reminding.BACK, draft.pk)])).status_code == 410
    )


@pytest.mark.parametrize("whom", ["", "commons//0", "commons/E14900000/999999999999999999999", "x" * 10_000, "\0"])
def test_nobody_can_be_chosen_who_was_not_offered(client, action, place, whom):
    draft = writing.start_letter(action, postcode=POSTCODE)
    assert client.post(page("", draft), {"whom": whom}).status_code == 422
    assert LetterDraft.objects.get().read().house == ""


def test_campaign_without_a_letter_has_no_such_page(client, staff):
    signed = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff))
    assert begin(client, signed).status_code == 404
    bare = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff), kind="write", statement="")
    assert "not ready yet" in text_of(client.get(reverse("campaigns:write", args=[bare.campaign.slug])))
    assert begin(client, bare).status_code == 404
    assert LetterAsk.objects.count() == 0


def test_draft_of_a_deleted_question_is_gone(client, action, place):
    draft = draft_of(action)
    LetterAsk.objects.all().delete()
    assert client.get(page("_write", draft)).status_code == 410


@pytest.mark.parametrize("prints", [1, 3])
def test_pages_ask_the_database_the_same_few_things(client, action, place, prints, django_assert_num_queries):
    for number in range(prints):
        writing.send_uncounted(draft_of(action, text=f"Dear Jane,\n\nOwn words {number} of nobody else at all"))
    draft = draft_of(action)
    for name, queries in {"": 9, "_write": 5, "_check": 6, "_send": 3, "_sent": 4}.items():
        with django_assert_num_queries(queries):
            client.get(page(name, draft))


# --- nothing leaks ---------------------------------------------------------------------------------------


def test_full_postcode_name_and_letter_are_in_no_address_header_log_or_row(action, place, caplog):
    """One whole flow, with a word that must be found nowhere but on the pages themselves."""
    client, urls, headers = Client(), [], []
    caplog.set_level(logging.DEBUG)

    def go(method, url, data=None):
        response = getattr(client, method)(url, data)
        urls.append(url)
        headers.append(str(response.headers))
        return response

    go("get", reverse("campaigns:write", args=[action.campaign.slug]))
    who = begin(client, action).headers["Location"]
    go("get", who)
    draft = LetterDraft.objects.get()
    write = go("post", who, {"whom": re.search(r'value="(commons/[^"]+)"', text_of(client.get(who)))[1]}).headers[
        "Location"
    ]
    go("post", write, TYPED)
    for name in ("_check", "_send", "_print", "_postcode", "_remind", "_clear", "_sent"):
        go("get", page(name, draft))
    reminding.remind_tomorrow(draft, "reminded@example.org")
    secrets = [CANARY, "ZE1 0AA", "ZE10AA", "reminded@"]
    rows = " ".join(_rows())
    assert [word for word in secrets if word in rows] == []
    go("post", page("_sent", draft), {"uncounted": "yes"})
    everything = " ".join([*urls, *headers, *(record.getMessage() for record in caplog.records), *_rows()])
    assert [word for word in secrets if word in everything] == []
    assert Email.objects.count() == 0


def _rows():
    """Every row of every table, as a dump has them; the directory of postcodes names places, not people."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if not table.startswith("places_"):
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                yield from (row[0] for row in cursor.fetchall())
    client = cache._cache.get_client()
    yield from (str(key) + str(client.dump(key)) for key in client.scan_iter("*"))


def test_pages_tell_other_sites_nothing(client, action, place):
    draft = draft_of(action)
    for name in ("", "_write", "_check", "_send", "_print", "_sent"):
        response = client.get(page(name, draft))
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
    assert 'rel="noreferrer noopener"' in text_of(client.get(page("_send", draft)))


def test_thousands_of_letters_do_not_slow_the_check(client, action, place):
    """Ten thousand are measured in the bench; here a thousand, so that a slip to a slow way is seen."""
    words = [f"word{number}" for number in range(400)]
    prints = [writing.print_of(action.pk, " ".join([*words[start % 200 :], str(start)])) for start in range(1000)]
    LetterPrint.objects.bulk_create(LetterPrint(action=action, hashes=each) for each in prints)
    draft, began = draft_of(action), time.perf_counter()
    assert writing.is_alike(draft) is False
    assert time.perf_counter() - began < 2

"""The pledge pages as a visitor meets them, in good weather and in bad."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.models import Pledge
from sanctuary.people import tokens
from sanctuary.people.models import Permission, Supporter, Wording
from sanctuary.post.models import Email
from tests import factories as make
from tests.pledges.answers import HOSTILE, answers, errors_of, stamp, text_of
from tests.stamps import stamp as form_stamp

pytestmark = pytest.mark.django_db
PLEDGE = reverse("pledges:pledge")

INERT = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "((email))",
    "{0.__class__}",
    "%n%s",
    "=cmd|' /C calc'!A0",
    "'; --",
    "Null",
]


@pytest.fixture(autouse=True)
def _words(essentials):
    actions.set_up_pledges()


# --- the form -----------------------------------------------------------------------------------


def test_pledge_page_shows_the_words_and_asks_without_answering(client):
    shown = client.get(PLEDGE).content.decode()
    assert actions.INDIVIDUAL_WORDS in shown
    assert "Can your local group and City of Sanctuary UK email you?" in shown
    assert "checked" not in shown


def test_pledge_page_of_a_group_names_it(client, group):
    assert group.name in text_of(client.get(PLEDGE, {"group": group.slug}))


@pytest.mark.parametrize("slug", ["no-such-group", "\x00", "a" * 5000, "'"])
def test_pledge_page_of_no_group_is_the_plain_page(client, slug):
    assert client.get(PLEDGE, {"group": slug}).status_code == 200


def test_pledge_page_without_words_is_not_found_rather_than_broken(client):
    Wording.objects.filter(slug="individual-pledge").delete()
    assert client.get(PLEDGE).status_code == 404


@pytest.mark.parametrize(("pledgers", "shown"), [(9, False), (10, True)])
def test_local_count_is_shown_from_ten(client, group, pledgers, shown):
    for _ in range(pledgers):
        make.PledgeFactory(group=group, supporter=make.SupporterFactory(), confirmed=True)
    make.PledgeFactory.create_batch(5, group=group)
    page = text_of(client.get(PLEDGE, {"group": group.slug}))
    assert (f"{pledgers} people near Amberford have pledged" in page) is shown
    assert ("Be one of the first in Amberford" in page) is not shown


def test_pledging_leads_to_thanks(client, group):
    response = client.post(PLEDGE, answers(group=group.slug))
    assert response.status_code == 303
    assert response.url.startswith("/pledge/thanks/")
    pledge = Pledge.objects.get()
    assert (pledge.kind, pledge.name, pledge.email, pledge.postcode, pledge.wants_email, pledge.group) == (
        "person",
        "Amira Hassan",
        "amira@example.org",
        "LS7 3HJ",
        True,
        group,
    )
    assert (pledge.wording.slug, pledge.permission_wording.slug) == ("individual-pledge", "email-question")
    assert [row.kind for row in pledge.intended_actions.all()] == ["meet"]
    thanks = client.get(response.url)
    assert "Open the email we sent to a***@example.org" in text_of(thanks)
    assert "amira@example.org" not in thanks.content.decode()
    assert "Amira" not in thanks.content.decode()
    assert thanks.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in thanks.headers["Cache-Control"]


def test_pledging_again_shows_the_same_page(client):
    actions.confirm_pledge(actions.start_pledge(**make_told()))
    known = client.post(PLEDGE, answers())
    unknown = client.post(PLEDGE, answers(email="bashir@example.org"))
    pages = [text_of(client.get(answer.url)).replace("b***", "a***") for answer in (known, unknown)]
    assert pages[0] == pages[1]
    assert [email.kind for email in Email.objects.order_by("pk")][-2:] == ["pledges/already", "pledges/confirm"]


def make_told():
    words = {"wording": Wording.objects.current("individual-pledge")}
    words["permission_wording"] = Wording.objects.current("email-question")
    return {"kind": "person", "name": "Amira Hassan", "email": "amira@example.org", "wants_email": True} | words


def test_pledging_twice_with_one_press_is_one_pledge(client):
    body = answers()
    assert client.post(PLEDGE, body).url == client.post(PLEDGE, body).url
    assert (Pledge.objects.count(), Email.objects.count()) == (1, 1)


def test_empty_form_says_what_is_missing(client):
    response = client.post(PLEDGE, {"stamp": stamp()})
    assert response.status_code == 422
    assert errors_of(response) == [
        "Enter your name",
        "Enter your email address, like name@example.org",
        "Choose yes or no to emails",
    ]
    assert "<title>Error: " in response.content.decode()


def test_wrong_answers_are_kept_on_the_page(client):
    response = client.post(PLEDGE, answers(email="amira@", postcode="75001"))
    assert response.status_code == 422
    assert errors_of(response) == [
        "Enter your email address, like name@example.org",
        "Enter a UK postcode, for example LS7 3HJ",
    ]
    shown = response.content.decode()
    for kept in ['value="Amira Hassan"', 'value="amira@"', 'value="75001"']:
        assert kept in shown
    assert shown.count(" checked") == 2
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("field", ["name", "email", "postcode", "intended", "wants_email", "website", "stamp", "group"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_answer_is_refused_or_harmless(client, field, kind):
    response = client.post(PLEDGE, answers(**{field: HOSTILE[kind]}))
    assert response.status_code in {303, 422}
    if field not in {"group", "website"}:
        assert (response.status_code, Pledge.objects.count()) == (422, 0)


@pytest.mark.parametrize("name", INERT)
def test_strange_name_is_kept_as_text(client, name):
    assert client.post(PLEDGE, answers(name=name)).status_code == 303
    pledge = actions.confirm_pledge(Pledge.objects.get())
    assert pledge.supporter.name == name
    letter = Email.objects.get()
    assert name not in letter.text + letter.html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amira\u200b ", "Amira"),
        ("\ufeffAmira", "Amira"),
        ("\tAmira\n", "Amira"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\u0646\u0627\u0645\u200c\u0647", "\u0646\u0627\u0645\u200c\u0647"),
        ("Nguy\u1ec5n Th\u1ecb", "Nguy\u1ec5n Th\u1ecb"),
        ("\u12a0\u1260\u1260", "\u12a0\u1260\u1260"),
        ("O", "O"),
        ("O\u2019Neill-Smith, Jr.", "O\u2019Neill-Smith, Jr."),
        ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
        ("a" * 150, "a" * 150),
    ],
)
def test_names_of_the_world_are_welcome(client, typed, kept):
    assert client.post(PLEDGE, answers(name=typed)).status_code == 303
    assert Pledge.objects.get().name == kept


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b", "\u2800", "\u3164", "\u115f", "\u00a0\u2003", "\u0301"])
def test_name_of_blanks_is_no_name(client, blank):
    assert errors_of(client.post(PLEDGE, answers(name=blank))) == ["Enter your name"]


def test_a_megabyte_is_refused_calmly(client):
    assert client.post(PLEDGE, answers(name="a" * 1_500_000)).status_code in {400, 413}


def test_answers_nobody_was_asked_for_change_nothing(client, group):
    more = {
        "kind": "organisation",
        "is_listed": "yes",
        "confirmed_at": "2026-01-01",
        "supporter": str(make.SupporterFactory().pk),
        "greeted_at": "2026-01-01",
        "name_checked_at": "2026-01-01",
        "wording": "1",
        "contact_name": "Canary",
    }
    assert client.post(PLEDGE, answers(**more)).status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.kind, pledge.is_listed, pledge.contact_name, pledge.wording.slug) == (
        "person",
        False,
        "",
        "individual-pledge",
    )
    assert [pledge.confirmed_at, pledge.supporter, pledge.greeted_at, pledge.name_checked_at] == [None] * 4


# --- robots -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"website": "https://example.org"},
        {"stamp": ""},
        {"stamp": "forged"},
        {"stamp": lambda: stamp(age=0)},
        {"stamp": lambda: stamp(age=25 * 3600)},
        {"stamp": lambda: stamp("organisation-pledge")},
        {"stamp": lambda: tokens.make("choices", 1, 2, 3)},
    ],
    ids=["trap", "none", "forged", "too fast", "too old", "other words", "other purpose"],
)
def test_who_seems_a_robot_is_asked_once_more_and_loses_nothing(client, changes):
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    response = client.post(PLEDGE, answers(**changes))
    assert response.status_code == 422
    assert errors_of(response) == ["Please press the button once more. We ask this now and then to keep robots out."]
    assert not Pledge.objects.exists()
    shown = response.content.decode()
    again = dict(
        re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', re.sub(r"<input type=\"radio\"[^>]*>", "", shown))
    )
    assert (again["name"], again["email"], again["postcode"]) == ("Amira Hassan", "amira@example.org", "ls7 3hj")
    assert again.get("website", "") == ""
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        body = again | {"wants_email": "yes", "intended": "meet"}
        assert client.post(PLEDGE, body).status_code == 303


def test_the_trap_is_hidden_from_people(client):
    trap = re.search(r'<div class="trap".*?</div>\s*</div>', client.get(PLEDGE).content.decode(), re.DOTALL)[0]
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap


# --- after pledging -----------------------------------------------------------------------------


def thanks_of(client, **changes):
    return client.post(PLEDGE, answers(**changes)).url


def test_looking_at_links_confirms_nothing(client):
    thanks_of(client)
    link = actions.confirm_url(Pledge.objects.get()).removeprefix("http://127.0.0.1:8000")
    for method in (client.get, client.head, client.options, client.get):
        method(link)
    assert "Confirm my pledge" in text_of(client.get(link))
    assert not Pledge.objects.confirmed().exists()
    assert not Supporter.objects.exists()
    assert client.get(link).headers["Referrer-Policy"] == "no-referrer"


def test_confirming_by_the_button(client, group):
    thanks_of(client, group=group.slug)
    link = actions.confirm_url(Pledge.objects.get()).removeprefix("http://127.0.0.1:8000")
    response = client.post(link, follow=True)
    assert "Your pledge is confirmed" in text_of(response)
    assert group.name in text_of(response)
    assert client.post(link, follow=True).status_code == 200
    assert Pledge.objects.confirmed().count() == 1
    assert Permission.objects.count() == 5  # two purposes for the charity, three for the group
    assert "You have done this already" in text_of(client.get(link))


@pytest.mark.parametrize(("origin", "status"), [("null", 302), ("https://evil.example.org", 403)])
def test_confirming_needs_the_form_of_the_page(origin, status):
    client = Client(enforce_csrf_checks=True)
    pledge = make.PledgeFactory()
    link = actions.confirm_url(pledge).removeprefix("http://127.0.0.1:8000")
    assert client.post(link).status_code == 403
    client.get(link)
    body = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(link, body, headers={"origin": origin}).status_code == status


def test_confirming_too_late_gets_a_page_that_helps(client):
    pledge = make.PledgeFactory()
    link = actions.confirm_url(pledge).removeprefix("http://127.0.0.1:8000")
    with time_machine.travel(timezone.now() + timedelta(days=14, hours=1)):
        for response in (client.post(link), client.get(reverse("pledges:confirm", args=["x"]))):
            assert response.status_code in {404, 410}
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        response = client.get(link)
    assert response.status_code == 410
    assert "This link is too old" in text_of(response)
    assert "Make the pledge again" in text_of(response)


def test_confirming_what_was_forgotten_gets_the_same_page(client):
    pledge = make.PledgeFactory()
    link = actions.confirm_url(pledge).removeprefix("http://127.0.0.1:8000")
    pledge.delete()
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)


@pytest.mark.parametrize("name", ["thanks", "confirm", "readdress"])
def test_forged_link_gets_a_page_that_helps(client, name):
    for token in ["x", "A" * 40, tokens.make("choices", 1, 0), "é" * 40]:
        response = client.get(reverse(f"pledges:{name}", args=[token]))
        assert response.status_code == 404
        assert "This link does not work" in text_of(response)


def test_a_thanks_link_confirms_nothing(client):
    token = thanks_of(client).rstrip("/").rpartition("/")[2]
    assert client.post(reverse("pledges:confirm", args=[token])).status_code == 404


def test_wrong_address_can_be_changed(client):
    thanks = thanks_of(client, email="wrong@example.org")
    old = actions.confirm_url(Pledge.objects.get()).removeprefix("http://127.0.0.1:8000")
    response = client.post(f"{thanks}address/", {"email": "right@example.org", "stamp": form_stamp("address-form")})
    assert (response.status_code, response.url) == (302, thanks)
    assert "r***@example.org" in text_of(client.get(thanks))
    assert (client.get(old).status_code, client.post(old).status_code) == (410, 410)
    assert [email.to for email in Email.objects.order_by("pk")] == ["wrong@example.org", "right@example.org"]


def test_wrong_address_changed_into_no_address_says_so(client):
    thanks = thanks_of(client)
    response = client.post(f"{thanks}address/", {"email": "nobody"})
    assert (response.status_code, errors_of(response)) == (422, ["Enter your email address, like name@example.org"])
    assert 'value="nobody"' in response.content.decode()


def test_letter_can_be_sent_again_three_times_a_day_in_all(client):
    thanks = thanks_of(client)
    for _ in range(5):
        assert client.post(f"{thanks}address/", {"again": "1"}).status_code == 302
    assert Email.objects.count() == 3
    actions.confirm_pledge(Pledge.objects.get())
    assert client.get(f"{thanks}address/").url == thanks
    assert client.post(f"{thanks}address/", {"email": "other@example.org"}).url == thanks


# --- how much work a page is ----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_pledge_page_makes_the_same_queries_for_few_and_many(client, django_assert_num_queries, rows):
    group = make.LocalGroupFactory()
    for _ in range(rows):
        make.PledgeFactory(group=group, supporter=make.SupporterFactory(), confirmed=True)
    with django_assert_num_queries(5):
        client.get(PLEDGE, {"group": group.slug})

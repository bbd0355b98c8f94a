"""Email choices by signed link: what a person, a forwarded mail and a mail program can do with one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sanctuary.people import actions, links, tokens
from sanctuary.people.forms import AddressForm
from sanctuary.people.models import AddressChange, CurrentPermission, Permission, Supporter, Suppression
from sanctuary.post.models import Email
from tests import factories as make
from tests.stamps import stamp

pytestmark = pytest.mark.django_db
Purpose = Permission.Purpose
Reason = Suppression.Reason
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def amira(essentials, group):
    """Gets national campaigns, and activities of her group."""
    amira = make.SupporterFactory(name="Amira Secretname", email="amira@example.org", postcode="LS7 3HJ")
    make.permit(amira, essentials, Purpose.CAMPAIGNS)
    make.permit(amira, group.controller, Purpose.ACTIVITIES)
    return amira


def page(name, person, **kwargs):
    return reverse(f"people:{name}", args=[links.choices_token(person.pk)], **kwargs)


def private_token(person):
    return links.private_url(person.pk, person.email).rstrip("/").rpartition("/")[2]


def live(person):
    return set(CurrentPermission.objects.live().filter(supporter=person).values_list("controller__kind", "purpose"))


BOTH = {("national", "campaigns"), ("group", "activities")}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- looking ------------------------------------------------------------------------------------


def test_choices_shows_the_masked_address_and_nothing_else_about_the_person(client, amira, group):
    response = client.get(page("choices", amira))
    assert response.status_code == 200
    shown = response.content.decode()
    assert "Stop all emails to a***@example.org" in text_of(response)
    for secret in ["Secretname", "amira@example.org", "LS7", group.name, "Amberford"]:
        assert secret not in shown


def test_choices_puts_stop_first(client, amira):
    buttons = re.findall(r"<button[^>]*>([^<]+)", client.get(page("choices", amira)).content.decode())
    assert buttons == [
        "Stop all emails to a***@example.org",
        "Only my local group",
        "Only big moments",
        "Pause for 3 months",
        "At most 1",
        "At most 2",
        "At most 4",
        "At most 8",
        "Send me the link",
    ]


@pytest.mark.parametrize("name", ["choices", "address"])
def test_token_pages_are_kept_nowhere(client, amira, name):
    response = client.get(page(name, amira))
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["choices", "stop", "undo", "address", "ask_private"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(client, amira, name, method):
    rows = (Permission.objects.count(), Suppression.objects.count(), Email.objects.count())
    getattr(client, method)(page(name, amira))
    assert (Permission.objects.count(), Suppression.objects.count(), Email.objects.count()) == rows
    assert live(amira) == BOTH


def test_stop_opened_as_a_page_leads_to_the_choices(client, amira):
    response = client.get(page("stop", amira))
    assert (response.status_code, response.url) == (302, page("choices", amira))


@pytest.mark.parametrize("name", ["choices", "stop", "address"])
@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é", "a" * 4000, "../../etc"])
def test_forged_token_gets_a_page_that_helps(client, name, token):
    path = reverse("people:choices", args=["TOKEN"]).replace("TOKEN", token)
    path += {"choices": "", "stop": "stop/", "address": "address/"}[name]
    for response in (client.get(path), client.post(path, ONE_CLICK)):
        assert response.status_code == 404
    if "/" not in token:
        assert "This link does not work" in text_of(client.get(path))
        assert client.get(path).headers["Referrer-Policy"] == "no-referrer"


def test_token_for_nobody_opens_a_calm_page(client):
    path = reverse("people:choices", args=[links.choices_token(987654321)])
    response = client.get(path)
    assert response.status_code == 200
    assert "You will get no more emails" in text_of(response)


def test_token_made_for_another_door_opens_nothing(client, amira):
    other = tokens.make(links.PRIVATE, amira.pk, 0, int(timezone.now().timestamp()))
    assert client.get(reverse("people:choices", args=[other])).status_code == 404
    assert client.get(reverse("people:held", args=[links.choices_token(amira.pk)])).status_code == 404


# --- stopping -----------------------------------------------------------------------------------


def test_stop_by_the_button_ends_everything_and_says_so(client, amira):
    response = client.post(page("stop", amira), follow=True)
    assert response.redirect_chain == [(page("choices", amira), 302)]
    assert "You will get no more emails" in text_of(response)
    assert "Your pledge still counts" in text_of(response)
    assert live(amira) == set()
    assert [row.reason for row in Suppression.objects.covering(amira.email)] == [Reason.UNSUBSCRIBED]


@pytest.mark.parametrize("body", [ONE_CLICK, {"List-Unsubscribe": "One-Click", "more": "x"}])
def test_one_click_needs_no_cookie_no_form_and_no_redirect(amira, body):
    client = Client(enforce_csrf_checks=True)
    response = client.post(page("stop", amira), body)
    assert response.status_code == 200
    assert not response.cookies
    assert live(amira) == set()
    assert Suppression.objects.covering(amira.email).count() == 1


def test_one_click_as_a_form_with_urlencoded_body(amira):
    response = Client(enforce_csrf_checks=True).post(
        page("stop", amira),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"origin": "https://mail.example.org"},
    )
    assert (response.status_code, live(amira)) == (200, set())


@pytest.mark.parametrize(
    "body",
    [{}, {"List-Unsubscribe": "no"}, {"list-unsubscribe": "One-Click"}, {"do": "stop"}, {"a": "List-Unsubscribe"}],
)
def test_post_from_nowhere_without_the_one_click_words_stops_nothing(amira, body):
    response = Client(enforce_csrf_checks=True).post(page("stop", amira), body)
    assert response.status_code == 403
    assert live(amira) == BOTH


@pytest.mark.parametrize("name", ["choices", "undo", "address", "ask_private"])
def test_one_click_words_open_no_other_door(amira, name):
    assert Client(enforce_csrf_checks=True).post(page(name, amira), ONE_CLICK).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"), [("null", 302), ("http://testserver", 302), ("https://evil.example.org", 403)]
)
def test_form_of_a_page_without_referrer_is_accepted(amira, origin, status):
    client = Client(enforce_csrf_checks=True)
    client.get(page("choices", amira))
    body = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(page("stop", amira), body, headers={"origin": origin}).status_code == status


def test_one_click_twice_changes_nothing_more(client, amira):
    client.post(page("stop", amira), ONE_CLICK)
    rows = (Permission.objects.count(), Suppression.objects.count())
    assert client.post(page("stop", amira), ONE_CLICK).status_code == 200
    assert (Permission.objects.count(), Suppression.objects.count()) == rows


def test_one_click_works_years_later(client, amira):
    path = page("stop", amira)
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        assert client.post(path, ONE_CLICK).status_code == 200
    assert live(amira) == set()


def test_one_click_works_after_erasure_and_for_nobody(client, amira):
    path = page("stop", amira)
    actions.erase_supporter(amira, by=amira)
    assert client.post(path, ONE_CLICK).status_code == 200
    gone = reverse("people:stop", args=[links.choices_token(987654321)])
    assert client.post(gone, ONE_CLICK).status_code == 200


def test_one_click_with_a_broken_body_is_no_server_error(client, amira):
    answer = client.post(page("stop", amira), b"--x\r\n\x00", content_type="multipart/form-data; boundary=x")
    assert answer.status_code in {302, 400, 403}


def test_stop_remembers_which_mailing_people_left_by(client, amira):
    client.post(reverse("people:stop", args=[links.choices_token(amira.pk, 12)]), ONE_CLICK)
    sources = Permission.objects.filter(change=Permission.Change.WITHDRAWN).values_list("source", flat=True)
    assert set(sources) == {"mailing:12"}


# --- undoing ------------------------------------------------------------------------------------


def test_undo_within_ten_minutes_puts_everything_back(client, amira):
    client.post(page("stop", amira))
    assert "Undo" in text_of(client.get(page("choices", amira)))
    client.post(page("undo", amira))
    assert live(amira) == BOTH
    assert not Suppression.objects.covering(amira.email).exists()


def test_undo_puts_back_only_what_this_stop_ended(client, amira):
    client.post(page("choices", amira), {"do": "group_only"})
    client.post(page("stop", amira))
    client.post(page("undo", amira))
    assert live(amira) == {("group", "activities")}


def test_undo_after_ten_minutes_changes_nothing(client, amira):
    client.post(page("stop", amira))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "Undo" not in text_of(client.get(page("choices", amira)))
        assert "too late" in text_of(client.post(page("undo", amira), follow=True))
    assert live(amira) == set()


def test_undo_twice_and_after_erasure_is_harmless(client, amira):
    client.post(page("stop", amira))
    client.post(page("undo", amira))
    rows = Permission.objects.count()
    client.post(page("undo", amira))
    assert Permission.objects.count() == rows
    actions.erase_supporter(amira, by=amira)
    assert client.post(page("undo", amira)).status_code == 302


def test_undo_never_lifts_a_complaint(client, amira):
    actions.suppress(amira.email, reason=Reason.COMPLAINED)
    client.post(page("stop", amira))
    client.post(page("undo", amira))
    assert [row.reason for row in Suppression.objects.covering(amira.email)] == [Reason.COMPLAINED]


# --- fewer emails -------------------------------------------------------------------------------


def test_only_my_group_ends_the_national_emails(client, amira):
    client.post(page("choices", amira), {"do": "group_only"})
    assert live(amira) == {("group", "activities")}
    assert "Only my local group" not in text_of(client.get(page("choices", amira)))


def test_big_moments_goes_on_and_off(client, amira):
    client.post(page("choices", amira), {"do": "big_moments"})
    amira.refresh_from_db()
    assert amira.only_big_moments is True
    assert "Only for big moments" in text_of(client.get(page("choices", amira)))
    client.post(page("choices", amira), {"do": "all_moments"})
    amira.refresh_from_db()
    assert amira.only_big_moments is False


def test_pause_and_resume(client, amira):
    client.post(page("choices", amira), {"do": "pause"})
    amira.refresh_from_db()
    assert amira.emails_paused_until == timezone.localdate() + timedelta(days=91)
    assert "Start my emails again" in text_of(client.get(page("choices", amira)))
    client.post(page("choices", amira), {"do": "resume"})
    amira.refresh_from_db()
    assert amira.emails_paused_until is None


def test_limit_is_set_shown_and_taken_away(client, amira):
    other = make.SupporterFactory(most_a_month=1)
    done = text_of(client.post(page("choices", amira), {"do": "at_most_2"}, follow=True))
    assert "Done. At most 2 emails a month, from all of us together." in done
    assert "Now: at most 2 a month, from all of us together." in done
    buttons = re.findall(r'value="(at_most_\d|no_limit)"', client.get(page("choices", amira)).content.decode())
    assert buttons == ["at_most_1", "at_most_4", "at_most_8", "no_limit"]
    amira.refresh_from_db()
    assert amira.most_a_month == 2

    done = text_of(client.post(page("choices", amira), {"do": "no_limit"}, follow=True))
    assert "Done. There is no limit on your emails any more." in done
    assert "Now: no limit." in done
    amira.refresh_from_db()
    other.refresh_from_db()
    assert (amira.most_a_month, other.most_a_month) == (None, 1)


@pytest.mark.parametrize("most", [0, 3, 5, 1000])
def test_limit_that_we_do_not_offer_is_refused_by_the_database(amira, most):
    with pytest.raises(IntegrityError, match="people_limit_is_one_we_offer"), transaction.atomic():
        Supporter.objects.filter(pk=amira.pk).update(most_a_month=most)


def test_limit_is_shown_among_what_is_held_and_goes_with_the_rest(client, amira):
    actions.limit_emails(amira, 4)
    held = client.get(reverse("people:held_data", args=[private_token(amira)])).json()
    assert held["About you"][0]["Limit on emails"] == "At most 4 emails a month"
    actions.erase_supporter(amira, by=amira)
    amira.refresh_from_db()
    assert amira.most_a_month is None


@pytest.mark.parametrize("do", ["", "erase", "stop", "at_most_3", "at_most_", "\x00", "x" * 100_000])
def test_unknown_choice_says_so_and_changes_nothing(client, amira, do):
    response = client.post(page("choices", amira), {"do": do})
    assert response.status_code == 422
    assert "Choose one of the buttons" in text_of(response)
    assert live(amira) == BOTH


def test_choices_makes_the_same_queries_for_few_and_many_permissions(client, amira, group, django_assert_num_queries):
    with django_assert_num_queries(6):
        client.get(page("choices", amira))
    for purpose in (Purpose.NEWS, Purpose.AWARDS):
        make.permit(amira, group.controller, purpose)
    with django_assert_num_queries(6):
        client.get(page("choices", amira))


# --- the page that sends a link -----------------------------------------------------------------


def ask_for_link(client, email):
    return client.post(reverse("people:choices_help"), {"email": email, "stamp": stamp(AddressForm.purpose)})


def test_choices_help_answers_known_and_unknown_alike(client, amira):
    known = ask_for_link(client, " AMIRA@Example.org ")
    unknown = ask_for_link(client, "nobody@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, reverse("people:choices_sent"))
    assert [(email.to, email.kind) for email in Email.objects.all()] == [("amira@example.org", "people/choices")]
    assert links.choices_url(amira.pk) in Email.objects.get().text
    assert "Secretname" not in Email.objects.get().text + Email.objects.get().html


def test_choices_help_sends_at_most_three_letters_a_day(client, amira):
    for _ in range(5):
        assert ask_for_link(client, amira.email).status_code == 302
    assert Email.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        ask_for_link(client, amira.email)
    assert Email.objects.count() == 4


def test_choices_help_for_a_shared_address_sends_one_letter_with_both_links(client, amira):
    other = make.SupporterFactory(email=amira.email)
    ask_for_link(client, amira.email)
    letter = Email.objects.get()
    assert links.choices_url(amira.pk) in letter.text
    assert links.choices_url(other.pk) in letter.text


@pytest.mark.parametrize("email", ["", " ", "nobody", "a\x00@example.org", "a@example.org\nb", "x" * 500_000])
def test_choices_help_keeps_what_was_typed_and_says_what_is_wrong(client, email):
    response = ask_for_link(client, email)
    assert response.status_code == 422
    assert "Enter your email address, like name@example.org" in text_of(response)
    assert "<title>Error: " in response.content.decode()
    assert Email.objects.count() == 0


# --- a new address ------------------------------------------------------------------------------


def link_in(letter):
    return re.search(r"http://\S+", letter.text)[0].removeprefix("http://127.0.0.1:8000")


def test_new_address_counts_only_once_its_mailbox_answered(client, amira):
    client.post(page("address", amira), {"email": "New@Example.org"})
    letter = Email.objects.get()
    assert (letter.to, letter.kind) == ("new@example.org", "people/new_address")
    assert "amira" not in letter.text + letter.html
    client.get(link_in(letter))
    assert Supporter.objects.get(pk=amira.pk).email == "amira@example.org"

    client.post(link_in(letter))
    client.post(link_in(letter))
    amira.refresh_from_db()
    assert amira.email == "new@example.org"
    assert Supporter.objects.with_address("new@example.org").get() == amira
    sent = [(email.to, email.kind) for email in Email.objects.order_by("pk")]
    assert sent == [("new@example.org", "people/new_address"), ("amira@example.org", "people/address_changed")]
    assert "Your address is changed" in text_of(client.get(link_in(letter)))
    assert live(amira) == BOTH


def test_new_address_link_ends_after_a_day(client, amira):
    client.post(page("address", amira), {"email": "new@example.org"})
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        response = client.post(link_in(Email.objects.get()))
    assert response.status_code == 410
    assert Supporter.objects.get(pk=amira.pk).email == "amira@example.org"


def test_new_address_link_of_somebody_erased_meanwhile_is_old(client, amira):
    client.post(page("address", amira), {"email": "new@example.org"})
    path = link_in(Email.objects.get())
    actions.erase_supporter(amira, by=amira)
    assert (client.get(path).status_code, client.post(path).status_code) == (410, 410)
    assert not AddressChange.objects.exists()


def test_whoever_moves_an_address_away_cannot_take_the_details_with_it(client, amira):
    client.post(page("address", amira), {"email": "thief@example.org"})
    client.post(link_in(Email.objects.get()))
    response = client.post(page("ask_private", amira), follow=True)
    assert "this opens again on" in text_of(response)
    assert not Email.objects.filter(kind="people/private").exists()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        client.post(page("ask_private", amira))
    assert Email.objects.get(kind="people/private").to == "thief@example.org"


# --- seeing and deleting ------------------------------------------------------------------------


def test_private_link_goes_to_the_address_and_shows_everything(client, amira):
    client.post(page("ask_private", amira))
    letter = Email.objects.get()
    assert (letter.to, letter.kind) == ("amira@example.org", "people/private")
    shown = text_of(client.get(link_in(letter)))
    for fact in [
        "Amira Secretname",
        "amira@example.org",
        "LS7 3HJ",
        "Amberford City of Sanctuary",
        "Can your local group",
    ]:
        assert fact in shown


def test_private_data_as_a_file(client, amira):
    make.SupporterFactory(name="Somebody Else", email="else@example.org")
    response = client.get(reverse("people:held_data", args=[private_token(amira)]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    held = response.json()
    assert held["About you"][0]["Email address"] == "amira@example.org"
    assert [set(answer) >= {"When", "What", "Where"} for answer in held["What you told us about emails"]] == [
        True,
        True,
    ]
    assert held["What we may email you about now"] == [
        {"Amberford City of Sanctuary": "Activities", "City of Sanctuary UK": "Campaigns"}
    ]
    assert "else@example.org" not in response.content.decode()


def test_private_link_dies_with_the_address_it_was_sent_to(client, amira):
    token = private_token(amira)
    actions.change_address(amira, "new@example.org")
    assert client.get(reverse("people:held", args=[token])).status_code == 410


def test_delete_asks_first_then_forgets(client, amira):
    token = private_token(amira)
    assert "cannot be undone" in text_of(client.get(reverse("people:forget", args=[token])))
    assert Supporter.objects.get(pk=amira.pk).name == "Amira Secretname"
    response = client.post(reverse("people:forget", args=[token]), follow=True)
    assert "Everything is deleted" in text_of(response)
    amira.refresh_from_db()
    assert (amira.name, amira.email, amira.postcode, bytes(amira.email_mac)) == ("Forgotten", "", "", b"")
    assert [row.reason for row in Suppression.objects.covering("amira@example.org")] == [Reason.ERASED]
    assert client.post(reverse("people:forget", args=[token])).status_code == 410

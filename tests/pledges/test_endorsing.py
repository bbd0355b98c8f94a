"""Endorsing the Declaration: the form, the mailbox, and taking it back years later."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.models import Endorsement, Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people import tokens
from sanctuary.people.models import CurrentPermission, Supporter, Wording
from sanctuary.post.models import Email
from tests import factories as make
from tests.pledges.answers import HOSTILE, errors_of, text_of
from tests.pledges.endorsing import (
    ENDORSE,
    FOR_US,
    WALL,
    answers,
    links_in,
    names_on,
    organisation_answers,
    stamp,
    told,
)
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declaration(essentials):
    return actions.set_up_declaration()


def endorse(declaration, **changes):
    """Confirmed from the mailbox."""
    return actions.confirm_endorsement(actions.start_endorsement(declaration, **told(**changes)))


def counts():
    return Endorsement.objects.counts()


# --- the words -----------------------------------------------------------------------------------


def test_setting_up_twice_is_one_declaration_with_its_parts(declaration):
    assert actions.set_up_declaration() == declaration
    assert (declaration.principles.count(), declaration.goals.count(), declaration.version) == (5, 8, 1)
    assert (declaration.adopted_on.isoformat(), declaration.historic_count) == ("2014-11-15", 320)
    assert declaration.text == ""


def test_words_that_change_are_a_new_version_and_earlier_endorsements_keep_theirs(declaration):
    before = endorse(declaration)
    declaration.text = "Everybody is welcome."
    declaration.save()
    assert actions.note_declaration_edit(declaration, by="test").version == 2
    assert actions.note_declaration_edit(declaration, by="test").version == 2
    after = endorse(declaration, name="Ben Idris")
    before.refresh_from_db()
    assert (before.wording.version, after.wording.version) == (1, 2)
    assert "Everybody is welcome." in after.wording.text
    assert "Everybody is welcome." not in before.wording.text


def test_changed_principle_is_a_new_version_and_a_changed_goal_is_none(declaration):
    declaration.goals.update(text="New")
    assert actions.note_declaration_edit(declaration, by="test").version == 1
    declaration.principles.filter(number=1).update(text="New")
    assert actions.note_declaration_edit(declaration, by="test").version == 2


def test_staff_words_survive_the_next_start(declaration):
    type(declaration).objects.update(text="Ours", historic_count=400)
    again = actions.set_up_declaration()
    assert (again.text, again.historic_count) == ("Ours", 400)


# --- the form ------------------------------------------------------------------------------------


def test_endorsing_asks_the_mailbox_and_counts_nowhere_yet(client):
    response = client.post(ENDORSE, answers())
    assert response.status_code == 302
    row = Endorsement.objects.get()
    assert (row.kind, row.name, row.email, row.postcode, row.shown, row.wants_email) == (
        "person",
        "Amira Hassan",
        "amira@example.org",
        "LS7 3HJ",
        "first",
        False,
    )
    assert (row.wording.slug, row.permission_wording.slug) == ("birmingham-declaration", "endorsement-email-question")
    assert counts() == {"people": 0, "organisations": 0}
    sent = client.get(response.url)
    assert "Open the email we sent to a***@example.org" in text_of(sent)
    assert "Amira" not in sent.content.decode()
    assert sent.headers["Referrer-Policy"] == "no-referrer"
    assert not Supporter.objects.filter(name="Amira Hassan").exists()


@pytest.mark.parametrize("url", [ENDORSE, FOR_US])
def test_nobody_is_shown_by_accident_and_emails_are_not_answered_for_them(client, url):
    form = client.get(url).context["form"]
    assert form.fields["shown"].initial == ("none" if url == ENDORSE else "full")
    assert client.get(url).content.decode().count(" checked") == 1


def test_pressed_twice_is_one_endorsement_and_one_letter(client):
    body = answers()
    assert client.post(ENDORSE, body).url == client.post(ENDORSE, body).url
    assert (Endorsement.objects.count(), Email.objects.count()) == (1, 1)


def test_organisation_is_kept_with_who_speaks_for_it(client):
    client.post(FOR_US, organisation_answers())
    row = Endorsement.objects.get()
    actions.confirm_endorsement(row)
    school = Supporter.objects.get(name="Hillside School")
    row.refresh_from_db()
    assert (school.kind, school.organisation_type, school.contact_name, school.job_role) == (
        "organisation",
        "school",
        "Connie Contact",
        "Head",
    )
    assert (row.supporter, row.name, row.email, row.contact_name, row.job_role) == (school, "", "", "", "")
    assert counts() == {"people": 0, "organisations": 1}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            ENDORSE,
            [
                "Enter your name",
                "Enter your email address, like name@example.org",
                "Choose how to be shown",
                "Choose yes or no to emails",
            ],
        ),
        (
            FOR_US,
            [
                "Enter the name of your organisation",
                "Choose what kind of organisation it is",
                "Enter your name",
                "Enter your email address, like name@example.org",
                "Tick the box if you can speak for this organisation",
                "Choose how to be shown",
                "Choose yes or no to emails",
            ],
        ),
    ],
)
def test_empty_form_says_what_is_missing(client, url, expected):
    response = client.post(url, {"stamp": stamp()})
    assert (response.status_code, errors_of(response)) == (422, expected)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_an_error_and_never_a_crash(client, text):
    response = client.post(FOR_US, organisation_answers(name=text, contact_name=text, job_role=text[:5000]))
    assert response.status_code == 422
    assert not Endorsement.objects.exists()


@pytest.mark.parametrize("shown", ["first", "x", "\x00", "full\x00"])
def test_an_organisation_is_not_shown_in_a_way_that_is_not_offered(client, shown):
    response = client.post(FOR_US, organisation_answers(shown=shown))
    assert errors_of(response) == ["Choose how to be shown"]
    assert 'value="Hillside School"' in response.content.decode()


def test_a_robot_is_asked_once_more_and_nothing_is_kept(client):
    response = client.post(ENDORSE, answers(website="https://example.org"))
    assert response.status_code == 422
    assert 'value="Amira Hassan"' in response.content.decode()
    assert not Endorsement.objects.exists()


def test_without_its_words_the_form_is_missing_rather_than_broken(client):
    Wording.objects.filter(slug="endorsement-email-question").delete()
    assert client.get(ENDORSE).status_code == 404


# --- the mailbox ---------------------------------------------------------------------------------


def test_get_confirms_nothing_and_post_does(client, declaration):
    actions.start_endorsement(declaration, **told())
    confirm, _ = links_in(Email.objects.get())
    shown = client.get(confirm)
    assert "How we show you: first name and town" in text_of(shown)
    assert not Endorsement.objects.confirmed().exists()
    thanks = client.get(client.post(confirm).url)
    assert "Your endorsement counts" in text_of(thanks)
    assert counts() == {"people": 1, "organisations": 0}
    assert Entry.objects.filter(verb="pledges.endorse").count() == 1
    assert "You have done this already" in text_of(client.get(confirm))
    client.post(confirm)
    assert counts() == {"people": 1, "organisations": 0}


@pytest.mark.parametrize(("answer", "live"), [(True, {"campaigns"}), (False, set())])
def test_what_they_said_about_emails_goes_into_the_ledger(declaration, answer, live):
    row = endorse(declaration, wants_email=answer)
    rows = CurrentPermission.objects.filter(supporter=row.supporter)
    assert {each.purpose for each in rows if each.is_live} == live
    asked = row.supporter.permissions.get()
    assert (asked.source, asked.wording.slug) == ("endorsement", "endorsement-email-question")


def test_the_letter_of_a_known_endorser_says_so_and_the_screen_does_not(client, declaration):
    endorse(declaration)
    known = client.get(client.post(ENDORSE, answers()).url)
    unknown = client.get(client.post(ENDORSE, answers(email="bashir@example.org")).url)
    assert text_of(known) == text_of(unknown).replace("b***", "a***")
    kinds = [email.kind for email in Email.objects.order_by("pk")]
    assert kinds == ["pledges/endorse", "pledges/endorsed_already", "pledges/endorse"]


def test_endorsing_again_counts_once_and_changes_how_they_are_shown(declaration):
    first = endorse(declaration)
    again = endorse(declaration, shown="")
    assert again == first
    assert (again.shown, counts()) == ("", {"people": 1, "organisations": 0})


def test_person_and_organisation_of_one_mailbox_count_once_each(declaration):
    endorse(declaration)
    endorse(declaration, kind="organisation", organisation_type="school", name="Hillside School", shown="full")
    assert counts() == {"people": 1, "organisations": 1}


def test_too_late_confirms_nothing_and_is_deleted(client, declaration):
    row = actions.start_endorsement(declaration, **told())
    make.EndorsementFactory(supporter=make.SupporterFactory(), confirmed=True)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        with pytest.raises(ValidationError) as refused:
            actions.confirm_endorsement(row)
        assert actions.forget_unconfirmed() == 1
    assert refused.value.code == "too_late"
    assert [each.is_confirmed for each in Endorsement.objects.all()] == [True]


def test_a_mailbox_gets_three_letters_a_day_at_most(client, declaration):
    for number in range(5):
        client.post(ENDORSE, answers(name=f"Amira {number}x"))
    sent = client.post(ENDORSE, answers())
    client.post(sent.url)
    assert Email.objects.count() == 3


def test_send_again_sends_again_and_nothing_after_the_answer(client):
    sent = client.post(ENDORSE, answers()).url
    assert client.post(sent).status_code == 302
    assert Email.objects.count() == 2
    actions.confirm_endorsement(Endorsement.objects.get())
    client.post(sent)
    assert Email.objects.count() == 2
    assert "a***" not in text_of(client.get(sent))


@pytest.mark.parametrize("name", ["endorse_sent", "endorse_confirm", "endorsed", "endorsement"])
@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, tokens.make("pledge-thanks", 1)])
def test_a_link_that_is_none_of_ours_helps_and_never_breaks(client, name, token):
    response = client.get(reverse(f"pledges:{name}", args=[token]))
    assert response.status_code == 404
    assert "This link does not work" in text_of(response)


def test_links_of_one_kind_open_nothing_of_another(client, declaration):
    row = actions.start_endorsement(declaration, **told())
    for name, purpose in [("endorse_confirm", "endorsement"), ("endorsement", "endorse-confirm")]:
        assert client.get(reverse(f"pledges:{name}", args=[tokens.make(purpose, row.pk)])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_and_two_forms_at_once_count_once(declaration):
    first = actions.start_endorsement(declaration, **told())
    other = actions.start_endorsement(declaration, **told(shown="full"))
    presses = [lambda row=row: actions.confirm_endorsement(row) for row in (first, first, other)]
    done = race(*presses, after='FROM "pledges_endorsement"')
    assert {each.pk for each in done} == {Endorsement.objects.confirmed().get().pk}
    assert Supporter.objects.filter(name="Amira Hassan").count() == 1
    assert Entry.objects.filter(verb="pledges.endorse").count() == 2


# --- years later ---------------------------------------------------------------------------------


def test_the_link_in_the_letter_takes_it_back_years_later(client, declaration, staff):
    row = endorse(declaration)
    actions.approve_endorser_name(row, by=staff)
    _, mine = links_in(Email.objects.get())
    assert names_on(client.get(WALL)) == ["Amira"]
    with time_machine.travel(timezone.now() + timedelta(days=365 * 6)):
        assert "Take my endorsement back" in text_of(client.get(mine))
        assert names_on(client.get(WALL)) == ["Amira"]
        gone = client.get(client.post(f"{mine}remove/").url)
        assert client.post(f"{mine}remove/").status_code == 302
    assert "It was taken back" in text_of(gone)
    assert names_on(client.get(WALL)) == []
    assert counts() == {"people": 0, "organisations": 0}
    assert Entry.objects.filter(verb="pledges.remove_endorsement").count() == 1


def test_the_same_link_changes_how_they_are_shown_at_once(client, declaration, staff):
    row = endorse(declaration)
    actions.approve_endorser_name(row, by=staff)
    mine = links_in(Email.objects.get())[1]
    for shown, names in [("full", ["Amira Hassan"]), ("none", []), ("first", ["Amira"])]:
        assert client.post(mine, {"shown": shown}).status_code == 302
        assert names_on(client.get(WALL)) == names
    assert errors_of(client.post(mine, {"shown": "x"})) == ["Choose how to be shown"]


def test_whom_it_was_not_deletes_what_was_written(client, declaration):
    actions.start_endorsement(declaration, **told())
    _, mine = links_in(Email.objects.get())
    assert "This endorsement is not confirmed" in text_of(client.get(mine))
    after = client.get(client.post(f"{mine}remove/").url)
    assert (after.status_code, Endorsement.objects.count()) == (410, 0)


def test_an_older_link_leads_to_the_endorsement_that_counts(client, declaration):
    endorse(declaration)
    first = Email.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        endorse(declaration, shown="full")
        later = Email.objects.order_by("pk").last()
        for email in (later, first):
            assert "Your endorsement" in text_of(client.get(links_in(email)[1]))
        client.post(f"{links_in(later)[1]}remove/")
    assert counts() == {"people": 0, "organisations": 0}


# --- from a pledge -------------------------------------------------------------------------------


def pledged(group):
    question = Wording.objects.current("email-question")
    words = {"wording": Wording.objects.current("individual-pledge"), "permission_wording": question}
    person = {"name": "Amira Hassan", "email": "amira@example.org", "postcode": "LS7 3HJ", "wants_email": False}
    return actions.start_pledge(kind="person", **person, **words, group=group)


def endorse_link(response) -> str:
    return response.context["endorse_url"]


def test_whoever_confirmed_a_pledge_fills_in_nothing_twice(client, group):
    pledged(group)
    link = links_in(Email.objects.get())[0]
    prefilled = client.get(endorse_link(client.get(client.post(link).url)))
    shown = prefilled.content.decode()
    assert 'value="Amira Hassan"' in shown
    assert 'value="amira@example.org"' in shown
    assert 'value="LS7 3HJ"' in shown
    assert (prefilled.headers["Referrer-Policy"], "sessionid" in prefilled.cookies) == ("no-referrer", False)
    assert "no-store" in prefilled.headers["Cache-Control"]
    response = client.post(prefilled.wsgi_request.path, answers())
    assert Endorsement.objects.get().email == "amira@example.org"
    assert response.url.startswith("/declaration/sent/")


def test_whoever_only_typed_an_address_sees_nothing_of_its_owner(client, group):
    pledge = pledged(group)
    typed = reverse("pledges:thanks", args=[tokens.make("pledge-thanks", pledge.pk)])
    actions.confirm_pledge(pledge)
    assert endorse_link(client.get(typed)) == ENDORSE


def test_prefilled_form_is_empty_after_an_hour_but_loses_nothing_typed(client, group):
    pledge = actions.confirm_pledge(pledged(group))
    made_at = int(timezone.now().timestamp()) - 3601
    old = reverse("pledges:endorse_after", args=[tokens.make("endorse-after-pledge", pledge.pk, made_at)])
    assert client.get(old).url == ENDORSE
    assert client.post(old, answers(email="amira@")).status_code == 422
    assert client.post(old, answers()).url.startswith("/declaration/sent/")
    people.erase_supporter(pledge.supporter, by="test")
    assert client.get(reverse("pledges:endorse_after", args=["x"])).url == ENDORSE


def test_prefilled_form_of_a_pledge_that_is_gone_is_the_empty_one(client, group):
    pledge = actions.confirm_pledge(pledged(group))
    now = int(timezone.now().timestamp())
    link = reverse("pledges:endorse_after", args=[tokens.make("endorse-after-pledge", pledge.pk, now)])
    people.erase_supporter(pledge.supporter, by="test")
    assert client.get(link).url == ENDORSE
    Pledge.objects.all().delete()
    assert client.get(link).url == ENDORSE

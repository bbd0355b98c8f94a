"""Somebody would like to start a group: the form, the letter, the link."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions, tasks
from groups.actions.enquiring import CONFIRM
from groups.forms.enquiry import EnquiryForm
from groups.models import Enquiry, LocalGroup
from sanctuary.people import tokens
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

at_once = pytest.mark.django_db(transaction=True)

START = reverse("groups:start")
TOLD = {
    "name": "Esi Enquirer",
    "email": "esi@example.org",
    "area": "Cedarwick",
    "postcode": "LS7 3HJ",
    "why": "Because three families came.",
}


def code_of(outcome):
    return outcome.code if isinstance(outcome, ValidationError) else None


@pytest.fixture
def told():
    """As somebody sends it who took a minute."""
    return TOLD | {"stamp": tokens.make(EnquiryForm.purpose, int(timezone.now().timestamp()) - 60), "website": ""}


def link(enquiry):
    return reverse("groups:start_confirm", args=[tokens.make(CONFIRM, enquiry.pk)])


def test_an_enquiry_counts_when_its_mailbox_has_answered(client, places, told):
    answer = client.post(START, told)
    assert (answer.status_code, answer.url) == (303, reverse("groups:start_sent"))
    assert not LocalGroup.objects.exists()
    letter = Email.objects.get()
    assert (letter.to, letter.kind, letter.asks) == ("esi@example.org", "groups/confirm_enquiry", True)
    # The letter holds nothing that was typed.
    whole = letter.subject + letter.text + letter.html
    assert [words for words in ("Esi", "Cedarwick", "LS7", "families") if words in whole] == []
    url = re.search(r"http\S+", letter.text)[0].removeprefix(settings.PUBLIC_URL)
    assert "Confirm my enquiry" in client.get(url).text
    assert not LocalGroup.objects.exists()
    assert "We have your enquiry" in client.post(url, follow=True).text
    group = LocalGroup.objects.get()
    assert (group.status, group.area, group.region) == ("enquiry", "Cedarwick", "Yorkshire and the Humber")
    assert client.get(group.get_absolute_url()).status_code == 404
    assert group.name not in client.get(reverse("groups:list")).text


def test_the_same_button_twice_is_one_enquiry_and_one_letter(client, told):
    for _ in range(2):
        client.post(START, told)
    assert (Enquiry.objects.count(), Email.objects.count()) == (1, 1)


def test_a_mailbox_gets_three_letters_a_day_at_most(client, told):
    for number in range(5):
        client.post(START, told | {"area": f"Place {number}"})
    assert Email.objects.count() == 3


def test_a_confirmed_enquiry_is_told_to_its_region_alone(places):
    here = make.RegionalRoleFactory(user=make.UserFactory(), region="Yorkshire and the Humber").user
    make.RegionalRoleFactory(user=make.UserFactory(), region="Wales")
    enquiry = make.EnquiryFactory(postcode="LS7 3HJ", name="Esi Enquirer", why="Secret words")
    for _ in range(2):
        actions.confirm_enquiry(enquiry)
    letter = Email.objects.get()
    assert letter.to == here.email
    assert not {"Esi", "Secret", enquiry.email} & set(re.findall(r"[\w@.]+", letter.text + letter.subject))


def test_two_who_ask_about_one_place_share_a_beginning():
    first, second, other = (make.EnquiryFactory(area=area) for area in ("Cedarwick", "cedarwick", "Amberford"))
    for enquiry in (first, second, other):
        actions.confirm_enquiry(enquiry)
        enquiry.refresh_from_db()
    assert first.group == second.group != other.group


@at_once
def test_two_who_confirm_at_once_share_a_beginning():
    enquiries = make.EnquiryFactory.create_batch(2, area="Cedarwick")
    calls = [lambda one=one: actions.confirm_enquiry(one) for one in enquiries]
    race(*calls, after='FROM "groups_localgroup"')
    assert LocalGroup.objects.get().enquiries.count() == 2


@at_once
def test_one_link_pressed_twice_at_once_counts_once():
    enquiry = make.EnquiryFactory()

    def confirm():
        return actions.confirm_enquiry(enquiry)

    race(confirm, confirm, after='FROM "groups_enquiry"')
    assert LocalGroup.objects.count() == 1


def test_a_new_enquiry_after_one_that_was_declined_begins_anew(staff):
    first, second = make.EnquiryFactory.create_batch(2, area="Cedarwick")
    actions.confirm_enquiry(first)
    first.refresh_from_db()
    actions.decline_enquiry(first.group, by=staff, reason="Too early")
    actions.confirm_enquiry(second)
    second.refresh_from_db()
    assert second.group.status == "enquiry"
    assert second.group != first.group


def test_a_live_group_of_the_place_is_shown_first(client, told):
    ours = make.LocalGroupFactory(name="Sanctuary on Sea", area="Cedarwick")
    make.LocalGroupFactory(name="Old Cedarwick", area="Cedarwick", status="closed")
    answer = client.post(START, told | {"area": "cedarwick", "postcode": ""})
    assert answer.status_code == 422
    assert ours.get_absolute_url() in answer.text
    assert "Old Cedarwick" not in answer.text
    assert "Because three families came." in answer.text
    assert not Enquiry.objects.exists()
    assert client.post(START, told | {"has_looked": "on"}).status_code == 303
    assert Enquiry.objects.get().area == "Cedarwick"


def test_a_live_group_of_the_district_is_shown_first(client, places, told):
    place = LocalGroup.objects.create(
        name="Valley", slug="valley", area="Elsewhere", status="active", controller=make.ControllerFactory()
    )
    actions.move_group(place, postcode="LS7 1AA", by="test")
    assert "Valley" in client.post(START, told).text
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": "esi"}, "Enter your email address"),
        ({"area": ""}, "Enter the place"),
        ({"area": "x" * 81}, "letters or fewer"),
        ({"area": "a\x00b"}, "a letter we cannot print"),
        ({"postcode": "nowhere"}, "We do not know that postcode"),
        ({"why": "x" * 501}, "500 letters or fewer"),
        ({"why": "a\x00b"}, "Null characters"),
        ({"stamp": "forged"}, "press the button once more"),
        ({"website": "http://spam.example.org"}, "press the button once more"),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_is_lost(client, told, wrong, said):
    answer = client.post(START, told | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(words in answer.text for name, words in TOLD.items() if name not in wrong)
    assert not Enquiry.objects.exists()


def test_the_link_opens_nothing_after_14_days(client):
    enquiry = make.EnquiryFactory(created_at=timezone.now() - timedelta(days=14, minutes=1))
    for answer in (client.get(link(enquiry)), client.post(link(enquiry))):
        assert answer.status_code == 410
    with pytest.raises(ValidationError) as refusal:
        actions.confirm_enquiry(enquiry)
    assert code_of(refusal.value) == "too_late"
    assert not LocalGroup.objects.exists()


@pytest.mark.parametrize("token", ["x", "%00", tokens.make("pledge-confirm", 1), tokens.make(CONFIRM, 1, 2)])
def test_a_link_that_is_none_opens_nothing(client, token):
    make.EnquiryFactory()
    assert client.post(f"/groups/start/{token}/").status_code == 404
    assert not LocalGroup.objects.exists()


def test_the_clock_forgets_the_unconfirmed_and_the_long_past():
    now = timezone.now()
    fresh = make.EnquiryFactory(created_at=now - timedelta(days=13))
    make.EnquiryFactory(created_at=now - timedelta(days=15))
    kept, spent = (
        make.EnquiryFactory(
            group=make.LocalGroupFactory(status="enquiry"),
            created_at=now - timedelta(days=days),
            confirmed_at=now - timedelta(days=days),
        )
        for days in (700, 731)
    )
    tasks.forget_enquiries()
    assert set(Enquiry.objects.all()) == {fresh, kept}
    assert LocalGroup.objects.filter(pk=spent.group_id).exists()

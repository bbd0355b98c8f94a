"""Letters that anybody can cause by typing an address: three a day in all, however many doors they come through."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.actions import start_act
from pledges.actions import start_pledge
from sanctuary.people.actions import send_choices_link, start_address_change
from sanctuary.people.models import Wording
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db
VICTIM = "victim@example.org"


def pledge(name="Ada"):
    pledged, emails = Wording.objects.current("individual-pledge"), Wording.objects.current("email-question")
    start_pledge(name=name, email=VICTIM, wants_email=False, wording=pledged, permission_wording=emails)


def sign(action, name="Ada"):
    start_act(action, name=name, email=VICTIM, postcode="", wants_email=False)


@pytest.fixture
def action(staff):
    return make.ActionFactory(campaign=make.CampaignFactory(owner=staff))


def test_every_door_together_sends_three(action):
    other = make.SupporterFactory()
    for turn in range(3):
        pledge(f"Ada {turn}")
        sign(action, f"Ada {turn}")
        start_address_change(other, VICTIM)
        Client().post(reverse("account_request_login_code"), {"email": VICTIM})
        Client().post(reverse("account_reset_password"), {"email": VICTIM})
    assert Email.objects.filter(to=VICTIM).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_do_not_send_a_fourth(action):
    other = make.SupporterFactory()
    pledge("One"), sign(action, "Two")
    race(lambda: pledge("Three"), lambda: start_address_change(other, VICTIM), after="hashtext")
    assert Email.objects.filter(to=VICTIM).count() == 3


def test_an_address_without_an_account_is_told_three_times_at_most():
    for _ in range(5):
        Client().post(reverse("account_request_login_code"), {"email": VICTIM})
    assert {email.kind for email in Email.objects.all()} == {"account/email/unknown_account"}
    assert Email.objects.count() == 3


def test_a_flood_of_questions_keeps_nobody_from_their_own_choices(action):
    known = make.SupporterFactory(email=VICTIM)
    for turn in range(4):
        pledge(f"Ada {turn}")
    assert send_choices_link(known.email) == 1
    kinds = list(Email.objects.filter(to=VICTIM).order_by("pk").values_list("kind", flat=True))
    assert kinds == 3 * ["pledges/confirm"] + ["people/choices"]


def test_somebody_with_an_account_gets_five_codes_in_ten_minutes_at_most(staff):
    make.EmailAddressFactory(user=staff)
    for _ in range(8):
        Client().post(reverse("account_request_login_code"), {"email": staff.email})
    assert Email.objects.filter(to=staff.email).count() == 5

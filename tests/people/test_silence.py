"""Why an address gets no emails, what its owner is told, and what ends it."""

import pytest
from django.urls import reverse

from sanctuary.people import actions, links
from sanctuary.people.models import AddressChange, CurrentPermission, Suppression
from tests import factories as make

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


@pytest.fixture
def amira(essentials):
    amira = make.SupporterFactory(name="Amira Secretname", email="amira@example.org")
    make.permit(amira, essentials)
    return amira


def page(name, person):
    return reverse(f"people:{name}", args=[links.choices_token(person.pk)])


def text_of(response):
    return " ".join(response.content.decode().split())


def live(person):
    return set(CurrentPermission.objects.live().filter(supporter=person).values_list("controller", "purpose"))


def test_staff_see_why_an_address_is_silent(client_of, superuser, amira):
    actions.suppress(amira.email, reason=Reason.HARD_BOUNCED)
    shown = text_of(client_of(superuser).get(reverse("admin:people_supporter_change", args=[amira.pk])))
    assert "Address does not work, " in shown


def test_bounced_address_is_told_and_starts_again_from_its_own_mailbox(client, amira):
    actions.suppress(amira.email, reason=Reason.HARD_BOUNCED)
    before = live(amira)
    told = text_of(client.get(page("choices", amira)))
    assert "Our emails do not reach you" in told
    assert "You will get no more emails" not in told
    client.post(page("address", amira), {"email": amira.email})
    assert [row.reason for row in Suppression.objects.covering(amira.email)] == [Reason.HARD_BOUNCED]
    actions.finish_address_change(AddressChange.objects.get(supporter=amira))
    assert not Suppression.objects.covering(amira.email).exists()
    assert live(amira) == before != set()


@pytest.mark.parametrize("reason", [Reason.UNSUBSCRIBED, Reason.COMPLAINED, Reason.ERASED])
def test_what_a_person_said_outlives_a_working_mailbox(client, amira, reason):
    actions.suppress(amira.email, reason=Reason.HARD_BOUNCED)
    actions.suppress(amira.email, reason=reason)
    actions.suppress(amira.email, reason=Reason.HARD_BOUNCED)
    client.post(page("address", amira), {"email": amira.email})
    actions.finish_address_change(AddressChange.objects.get(supporter=amira))
    assert [row.reason for row in Suppression.objects.covering(amira.email)] == [reason]


def test_complaint_is_told_and_no_pledge_offered_that_would_not_end_it(client, amira):
    actions.suppress(amira.email, reason=Reason.UNSUBSCRIBED)
    actions.suppress(amira.email, reason=Reason.COMPLAINED)
    told = text_of(client.get(page("choices", amira)))
    assert "You reported one of our emails as spam" in told
    assert "Make your pledge again" not in told
    actions.lift_suppression(amira.email)
    assert [row.reason for row in Suppression.objects.covering(amira.email)] == [Reason.COMPLAINED]

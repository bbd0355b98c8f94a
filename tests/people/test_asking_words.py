"""A letter that asks a mailbox says nothing that whoever typed the address wrote: it may go to a stranger."""

import ast
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from campaigns.models import Action
from pledges.actions import set_up_declaration
from sanctuary.people import forms
from sanctuary.post.models import Email
from tests import factories as make
from tests.house import modules
from tests.robots import hidden

pytestmark = pytest.mark.django_db
TO = "victim@example.org"
WORDS = "CANARY-buy-pills"
# Behind somebody's own link or a sign-in.
BEHIND = {"NewAddressForm", "PageForm", "SafeguardingForm"}


@pytest.fixture
def pages(group, staff):
    """Each kind of public form that asks a mailbox."""
    set_up_declaration()
    group.mailbox = "hello@amberford.example.org"
    group.save()
    campaign = make.CampaignFactory(owner=staff)
    for kind in (Action.Kind.SIGN, Action.Kind.JOIN):
        make.ActionFactory(campaign=campaign, kind=kind)
    soon = timezone.now() + timedelta(days=3)
    activity = make.ActivityFactory(group=group, starts_at=soon, ends_at=soon + timedelta(hours=2))
    return [
        reverse("pledges:pledge"),
        reverse("pledges:organisation"),
        reverse("pledges:endorse"),
        reverse("pledges:endorse_organisation"),
        reverse("campaigns:sign", args=[campaign.slug]),
        reverse("campaigns:join", args=[campaign.slug]),
        reverse("groups:write_to", args=[group.slug]),
        reverse("groups:start"),
        reverse("groups:book", args=[activity.pk, activity.slug]),
    ]


def typed() -> dict[str, str]:
    """Canaries in every field that takes words."""
    free = ("name", "contact_name", "job_role", "area", "why", "message", "access_wish", "from_code", "with_code")
    chosen = {"email": TO, "wants_email": "yes", "guests": "0", "organisation_type": "school", "shown": "full"}
    return dict.fromkeys(free, WORDS) | chosen | {"may_speak": "on", "is_listed": "yes", "postcode": "LS7 3HJ"}


def send(path):
    """Page by page, as far as the form goes."""
    client = Client()
    page = client.get(path).content.decode()
    for turn in range(1, 4):
        with time_machine.travel(timezone.now() + timedelta(seconds=10 * turn)):
            response = client.post(path, hidden(page) | typed())
        if response.status_code in {302, 303}:
            return response
        page = response.content.decode()
    return response


def test_no_asking_letter_says_what_was_typed(pages):
    for path in pages:
        Email.objects.all().delete()
        response = send(path)
        said = re.findall(r"error-summary.*?</ul>", response.content.decode(), re.DOTALL)
        assert response.status_code in {302, 303}, (path, said)
        letter = Email.objects.get(to=TO)
        assert letter.asks, path
        said = "\n".join([letter.subject, letter.text, letter.html, str(letter.headers), letter.reply_to])
        assert WORDS not in said, path


def test_every_form_that_strangers_fill_in_goes_by_the_one_door():
    """A form with a field for one's own address is a StampedForm."""
    assert get_resolver().url_patterns  # every room is open
    stamped = _below(forms.StampedForm)
    takes = {
        (module.dotted, node.name)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and _asks_an_address(node)
    }
    assert len(takes) > 8
    assert [one for one in sorted(takes) if one[1] not in stamped | BEHIND] == []


def _asks_an_address(node: ast.ClassDef) -> bool:
    calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return "AddressField" in {getattr(func, "id", getattr(func, "attr", "")) for func in calls}


def _below(form) -> set[str]:
    return {form.__name__}.union(*map(_below, form.__subclasses__()))

"""What a visitor of a campaign fills in, and how to read the page that comes back."""

import re
from datetime import timedelta

import time_machine
from django.utils import timezone

from campaigns.forms import SignForm, SpeakerForm
from sanctuary.people.forms import make_stamp


def stamp(form=SignForm, *, age=10) -> str:
    """As if the form had been shown so many seconds ago."""
    with time_machine.travel(timezone.now() - timedelta(seconds=age)):
        return make_stamp(form.purpose)


def signature(**changes) -> dict[str, str]:
    """A good answer to the form of a person who signs."""
    said = {"name": "Ada Example", "email": "ada@example.org", "postcode": "ls7 3hj", "wants_email": "yes"}
    return said | {"stamp": stamp()} | changes


def joining(**changes) -> dict[str, str]:
    """A good answer to both pages of an organisation that joins."""
    first = {"name": "Hillside School", "organisation_type": "school", "postcode": "LS7"}
    second = {
        "contact_name": "Connie Contact",
        "job_role": "Head teacher",
        "email": "office@hillside.example.org",
        "may_speak": "on",
        "is_listed": "yes",
        "wants_email": "no",
        "step": "2",
        "stamp": stamp(SpeakerForm),
    }
    return first | second | changes


def text_of(response) -> str:
    """What stands in the page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2]).split())

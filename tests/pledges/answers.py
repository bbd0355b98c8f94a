"""What a visitor fills in, and how to read the page that comes back."""

import re
from datetime import timedelta

import time_machine
from django.utils import timezone

from pledges import forms
from sanctuary.people.forms import make_stamp
from sanctuary.people.models import Wording

HOSTILE = {
    "NUL": "a\x00b",
    "line break": "Amira\r\nBcc: b@example.org",
    "vertical tab": "a\x0bb",
    "escape": "a\x1bb",
    "next line": "a\x85b",
    "line separator": "a\u2028b",
    "turned around": "a\u202eb",
    "isolate": "a\u2066b",
    "too long": "a" * 151,
    "huge": "a" * 400_000,
    "stack": "a" + "\u0301" * 20,
}


def stamp(slug="individual-pledge", *, age=10):
    words = [Wording.objects.current(slug), Wording.objects.current("email-question")]
    with time_machine.travel(timezone.now() - timedelta(seconds=age)):
        return make_stamp(forms.STAMP, *(wording.pk for wording in words))


def answers(**changes):
    return {
        "name": "Amira Hassan",
        "email": "amira@example.org",
        "postcode": "ls7 3hj",
        "intended": "meet",
        "wants_email": "yes",
        "stamp": stamp(),
        "website": "",
    } | changes


def organisation_answers(**changes):
    return {
        "step": "2",
        "name": "Hillside School",
        "organisation_type": "school",
        "postcode": "",
        "contact_name": "Connie Contact",
        "job_role": "Head",
        "email": "head@example.org",
        "may_speak": "on",
        "is_listed": "yes",
        "intended": "welcome",
        "wants_email": "no",
        "stamp": stamp("organisation-pledge"),
        "website": "",
    } | changes


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def errors_of(response):
    summary = re.search(r'class="error-summary".*?</div>', response.content.decode(), re.DOTALL)
    return re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", summary[0]) if summary else []

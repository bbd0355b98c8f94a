"""What an endorser fills in, and the links in the letter that comes."""

import re
from datetime import timedelta

import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.forms.endorsement import STAMP
from sanctuary.people.forms import make_stamp
from sanctuary.people.models import Wording
from sanctuary.post.models import Email

ENDORSE, FOR_US = reverse("pledges:endorse"), reverse("pledges:endorse_organisation")
WALL = reverse("pledges:endorsers")


def words():
    return Wording.objects.current("birmingham-declaration"), Wording.objects.current(actions.EMAIL_QUESTION_SLUG)


def stamp(*, age=10):
    with time_machine.travel(timezone.now() - timedelta(seconds=age)):
        return make_stamp(STAMP, *(wording.pk for wording in words()))


def answers(**changes):
    person = {"name": "Amira Hassan", "email": "amira@example.org", "postcode": "ls7 3hj", "shown": "first"}
    return person | {"wants_email": "no", "website": "", "stamp": stamp()} | changes


def organisation_answers(**changes):
    school = {"name": "Hillside School", "organisation_type": "school", "email": "head@hillside.example.org"}
    speaker = {"contact_name": "Connie Contact", "job_role": "Head", "may_speak": "on", "shown": "full"}
    return answers() | school | speaker | changes


def told(**changes):
    """For `start_endorsement`."""
    wording, question = words()
    person = {"name": "Amira Hassan", "email": "amira@example.org", "postcode": "LS7 3HJ", "shown": "first"}
    return person | {"wording": wording, "permission_wording": question, "wants_email": False} | changes


def links_in(email: Email) -> list[str]:
    """The link that confirms, and the one that removes."""
    return [link.removeprefix(settings.PUBLIC_URL) for link in re.findall(r"http\S+", email.text)]


def names_on(response) -> list[str]:
    """Who stands on the wall, in order."""
    return re.findall(r'<li><strong dir="auto">([^<]*)</strong>', response.content.decode())

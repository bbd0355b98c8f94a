"""Robots store next to nothing, people are never refused, and no mailbox is flooded. The bench does it at full size."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ActionTaken
from groups.models import Booking, Enquiry, VisitorMessage
from pledges.models import Pledge
from sanctuary.people.guard import store
from sanctuary.post.models import Email
from tests import factories as make
from tests import robots
from tests.robots import Got, Told

pytestmark = pytest.mark.django_db
MANY, PEOPLE = 45, 60
# What a flood may leave behind however long it lasts: the first of each place, spelling or stamp. Of the two thousand
# of the bench this is less than one in a hundred.
AT_MOST = {"blind": 0, "greedy": 0, "hasty": 0, "replaying": 3, "browserlike": 18, "bombing": 15}


class ByClient:
    """Django's client, and a clock that jumps."""

    def __init__(self, clock):
        self.clock, self.client = clock, Client(headers={"accept-language": "en-GB"})

    def get(self, path, ip, agent="Mozilla/5.0"):
        return self._got(self.client.get(path, REMOTE_ADDR=ip, headers={"user-agent": agent}))

    def post(self, path, given, ip, agent="Mozilla/5.0"):
        return self._got(self.client.post(path, given, REMOTE_ADDR=ip, headers={"user-agent": agent}))

    def wait(self, seconds):
        self.clock.shift(seconds)

    def _got(self, response):
        return Got(response.status_code, response.content.decode())


@pytest.fixture
def web(settings):
    settings.FORM_LIMITS = True
    store._Rest.until = 0
    with time_machine.travel(timezone.now().replace(hour=1), tick=False) as clock:
        yield ByClient(clock)


@pytest.fixture
def forms(group, staff):
    """Every kind of public form that asks a mailbox."""
    group.mailbox = "hello@amberford.example.org"
    group.save()
    campaign = make.ActionFactory(campaign=make.CampaignFactory(owner=staff)).campaign
    soon = timezone.now() + timedelta(days=3)
    activity = make.ActivityFactory(group=group, starts_at=soon, ends_at=soon + timedelta(hours=2))
    return [
        reverse("pledges:pledge"),
        reverse("campaigns:sign", args=[campaign.slug]),
        reverse("groups:write_to", args=[group.slug]),
        reverse("groups:start"),
        reverse("groups:book", args=[activity.pk, activity.slug]),
    ]


def stored() -> int:
    return sum(model.objects.count() for model in (Pledge, ActionTaken, Enquiry, VisitorMessage, Booking))


@pytest.mark.parametrize("robot", robots.ROBOTS, ids=lambda robot: robot.__name__)
def test_robots_leave_next_to_nothing(robot, web, forms):
    told = Told()
    robot(web, forms, MANY, told)
    assert told.tried == MANY
    assert told.became["taken"] <= AT_MOST[robot.__name__]
    assert stored() <= AT_MOST[robot.__name__] + (1 if robot is robots.browserlike else 0)
    asked = Email.objects.filter(kind="people/one_more_step").count()
    assert asked <= 30, "ten letters from each of three places"
    letters = Counter(Email.objects.values_list("to", flat=True))
    assert max(letters.values(), default=0) <= 3


@pytest.mark.parametrize("together", [False, True], ids=["at home and at school", "all at one address"])
def test_people_are_never_refused_and_see_no_step(together, web, forms, monkeypatch):
    if together:
        monkeypatch.setattr(robots, "PLACES", [robots.SCHOOL])
    told, pages, refused = Told(), {}, []
    start = timezone.now()
    for at, trace, what in robots.moments(robots.people(PEOPLE, forms)):
        web.wait(max(0, at - (timezone.now() - start).total_seconds()))
        if what == "opens":
            pages[trace] = web.get(trace.path, trace.ip, trace.agent).page
        elif not robots.send_as(trace, pages[trace], web, told):
            refused.append(trace)
    assert refused == []
    assert told.became["one more step"] == 0
    assert stored() >= PEOPLE


def test_few_victims_of_many_posts_get_three_letters_a_day(web, forms):
    robots.bombing(web, forms, 90, Told(), victims=3, places=50)
    letters = Counter(Email.objects.values_list("to", flat=True))
    assert set(letters.values()) == {3}
    assert set(letters) == {f"victim-{number}@example.org" for number in range(3)}

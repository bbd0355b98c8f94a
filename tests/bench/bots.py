"""`make bench ARGS=--bots`: six kinds of robots at the public forms of a real web server, and two hundred people.

Robots come by HTTP, each from the addresses it is said to have, as the one trusted proxy would pass them on. People
come through Django's client, because some of them take twenty hours: their clock is made to jump.
"""

import http.client
import logging
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from urllib.parse import urlencode

import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Action, ActionTaken
from groups.models import Activity, Booking, Enquiry, LocalGroup, VisitorMessage
from pledges.models import Pledge
from sanctuary.people.guard import Answer, judge, visiting
from sanctuary.post.models import Email
from tests import robots
from tests.bench import part, world
from tests.bench.table import Criterion, show_criteria
from tests.robots import Got, Told

EACH, PEOPLE = 2_000, 200
FORGED, VICTIMS, PLACES = 10_000, 50, 1_000
ROWS = (Pledge, ActionTaken, Enquiry, VisitorMessage, Booking)
SECRET = "a" * 32


def run() -> int:
    asked = part.asked()
    each = asked.recipients or EACH
    part.introduce(f"Six kinds of robots, {each:,} answers each, and {PEOPLE} people")
    call_command("migrate", verbosity=0)
    world.found_network()
    logging.disable(logging.WARNING)
    forms = open_forms()
    with web_server() as port:
        criteria = [_robot(robot, ByHttp(port), forms, each) for robot in robots.ROBOTS]
        criteria.append(_flood(ByHttp(port), forms, FORGED * each // EACH))
    criteria += [_people("at home and at school", forms), _people("all at one address", forms)]
    criteria.append(_cost())
    return show_criteria(criteria)


def open_forms() -> list[str]:
    """One of each kind that asks a mailbox: pledge, sign, write to a group, start a group, book."""
    group = LocalGroup.objects.live().first()
    LocalGroup.objects.filter(pk=group.pk).update(mailbox="hello@group.example.org")
    action = Action.objects.filter(kind=Action.Kind.SIGN, campaign__state="live").select_related("campaign").first()
    soon = timezone.now() + timedelta(days=3)
    activity = Activity.objects.create(
        group=group, title="Supper", kind=Activity.Kind.MEAL, starts_at=soon, ends_at=soon + timedelta(hours=2)
    )
    return [
        reverse("pledges:pledge"),
        reverse("campaigns:sign", args=[action.campaign.slug]),
        reverse("groups:write_to", args=[group.slug]),
        reverse("groups:start"),
        reverse("groups:book", args=[activity.pk, activity.slug]),
    ]


@contextmanager
def web_server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "sanctuary.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--log-level", "error"]
    env = os.environ | {"BEHIND_TLS_PROXY": "1", "LOG_LEVEL": "CRITICAL"}
    web = subprocess.Popen(command, env=env)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        web.terminate()
        web.wait(30)


class ByHttp:
    """A real clock and a real server. A form's own cookie is made up, as any program can."""

    def __init__(self, port: int):
        self.port = port

    def get(self, path: str, ip: str, agent: str = "Mozilla/5.0") -> Got:
        return self._ask("GET", path, None, ip, agent)

    def post(self, path: str, given: dict, ip: str, agent: str = "Mozilla/5.0") -> Got:
        return self._ask("POST", path, urlencode(given | {"csrfmiddlewaretoken": SECRET}), ip, agent)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def _ask(self, method: str, path: str, body: str | None, ip: str, agent: str) -> Got:
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        heads = {
            "X-Forwarded-For": ip,
            "User-Agent": agent,
            "Accept-Language": "en-GB",
            "Cookie": f"csrftoken={SECRET}",
        }
        heads |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            talk.request(method, path, body, heads)
            answer = talk.getresponse()
            return Got(answer.status, answer.read().decode())
        finally:
            talk.close()


class ByClient:
    """The same house without a server between, on a clock that jumps."""

    def __init__(self, clock):
        self.clock, self.client = clock, Client(headers={"accept-language": "en-GB", "host": "127.0.0.1"})

    def get(self, path: str, ip: str, agent: str = "") -> Got:
        return self._got(self.client.get(path, REMOTE_ADDR=ip, headers={"user-agent": agent}))

    def post(self, path: str, given: dict, ip: str, agent: str = "") -> Got:
        return self._got(self.client.post(path, given, REMOTE_ADDR=ip, headers={"user-agent": agent}))

    def wait(self, seconds: float) -> None:
        self.clock.shift(seconds)

    def _got(self, response) -> Got:
        return Got(response.status_code, response.content.decode())


def _robot(robot, web, forms: list[str], many: int) -> Criterion:
    _afresh()
    told, began = Told(), time.monotonic()
    robot(web, forms, many, told)
    rows, letters = _stored(), Counter(Email.objects.values_list("to", flat=True))
    _say(robot.__doc__.split(":")[0] + " " + robot.__name__, told, rows, letters, time.monotonic() - began)
    return Criterion(
        f"Robot {robot.__doc__.partition(';')[0][:54]}", "<= 1 % stored", f"{rows / many:.2%}", rows <= many / 100
    )


def _flood(web, forms: list[str], many: int) -> Criterion:
    _afresh()
    told, began = Told(), time.monotonic()
    robots.bombing(web, forms, many, told, victims=VICTIMS, places=PLACES)
    letters = Counter(Email.objects.values_list("to", flat=True))
    _say(f"{many:,} forged", told, _stored(), letters, time.monotonic() - began)
    most = max(letters.values(), default=0)
    return Criterion(
        f"{many:,} posts for {VICTIMS} victims, {PLACES:,} places: letters each", "<= 3", str(most), most <= 3
    )


def _people(where: str, forms: list[str]) -> Criterion:
    _afresh()
    robots.PLACES = robots.PLACES if where.startswith("at home") else [robots.SCHOOL]
    told, pages, refused = Told(), {}, 0
    with time_machine.travel(timezone.now().replace(hour=1)) as clock:
        web, start = ByClient(clock), timezone.now()
        for at, trace, what in robots.moments(robots.people(PEOPLE, forms)):
            web.wait(max(0, at - (timezone.now() - start).total_seconds()))
            if what == "opens":
                pages[trace] = web.get(trace.path, trace.ip, trace.agent).page
            else:
                refused += not robots.send_as(trace, pages[trace], web, told)
    _say(f"{PEOPLE} people, {where}", told, _stored(), Counter(), 0)
    found = f"{refused}, {told.became['one more step']}"
    return Criterion(f"{PEOPLE} people {where}: refused, asked for a step", "0, 0", found, found == "0, 0")


def _cost(times: int = 1000) -> Criterion:
    """What the check itself takes, of one answer that is taken."""
    took = []
    maker = RequestFactory(headers={"user-agent": "Mozilla/5.0", "accept-language": "en-GB"})
    for number in range(times):
        with visiting(maker.post("/pledge/", REMOTE_ADDR=f"203.0.113.{number % 250}")):
            began = time.perf_counter()
            judge(Answer(purpose="pledge-form", stamp=str(number), address=robots.made_up(number, "gmail.com")))
            took.append(time.perf_counter() - began)
    middle = statistics.median(took) * 1000
    return Criterion("The check of one answer, median", "< 2 ms", f"{middle:.2f} ms", middle < 2)


def _afresh() -> None:
    for model in ROWS:
        model.objects.all().delete()
    Email.objects.all().delete()
    client = cache._cache.get_client()
    if keys := list(client.scan_iter("*guard:*", count=1000)):
        client.delete(*keys)


def _stored() -> int:
    return sum(model.objects.count() for model in ROWS)


def _say(who: str, told: Told, rows: int, letters: Counter, seconds: float) -> None:
    became = ", ".join(f"{number:,} {kind}" for kind, number in told.became.most_common())
    most = max(letters.values(), default=0)
    print(
        f"{who:<38}{told.tried:>7,} posts{rows:>6} stored{letters.total():>6} letters, {most} at most to one;"
        f" {became}; {seconds:.0f} s",
        flush=True,
    )

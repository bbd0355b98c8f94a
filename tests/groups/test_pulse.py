"""Two questions to guests: no name, no cookie, and no result that could point at somebody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import Activity, PulseAnswer
from groups.views.pulse import GOOD_FOR_DAYS, PULSE, pulse_url
from sanctuary.people import tokens
from tests import factories as make
from tests.logs import DAY, activity_of, codes, keep, page_of
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(group):
    return activity_of(group, title="Shared supper")


@pytest.fixture
def url(activity):
    return reverse("groups:pulse", args=[tokens.make(PULSE, activity.pk)])


def answers():
    return list(PulseAnswer.objects.order_by("pk").values_list("understanding", "wish"))


def fill(activity, count, **answer):
    PulseAnswer.objects.bulk_create(PulseAnswer(activity=activity, **answer) for _ in range(count))


def test_a_guest_answers_without_a_cookie(activity, url):
    guest = Client(enforce_csrf_checks=True)
    page = guest.get(url)
    assert "Shared supper" in page.text
    assert "csrfmiddlewaretoken" not in page.text
    answer = guest.post(url, {"understanding": "lot", "wish": "yes"}, headers={"Origin": "null"})
    assert (answer.status_code, answer.url) == (302, f"{url}?done")
    assert "counted, without your name" in guest.get(answer.url).text
    assert (answers(), dict(guest.cookies)) == ([("lot", "yes")], {})


def test_nothing_kept_leads_back_to_anybody():
    kept = {field.name for field in PulseAnswer._meta.get_fields()}
    assert kept == {"id", "activity", "understanding", "wish"}


def test_one_question_may_be_left_out_but_not_both(url):
    guest = Client()
    assert guest.post(url, {"wish": "maybe"}).status_code == 302
    refused = guest.post(url, {})
    assert (refused.status_code, answers()) == (422, [("", "maybe")])
    assert "Answer one of the questions" in refused.text


@pytest.mark.parametrize("told", [{"wish": "perhaps"}, {"wish": "a\0b"}, {"understanding": "x" * 100_000}])
def test_what_is_no_answer_is_refused(url, told):
    assert Client().post(url, told).status_code == 422
    assert answers() == []


def test_the_link_ends_and_a_forged_one_is_answered_alike(url, activity, monkeypatch):
    guest = Client()
    forged = guest.get(reverse("groups:pulse", args=["x" * 43]))
    later = tokens.time.time() + (GOOD_FOR_DAYS + 1) * 86400
    assert guest.get(url).status_code == 200
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    ended = guest.post(url, {"wish": "yes"})
    assert (forged.status_code, ended.status_code, answers()) == (404, 404, [])
    assert forged.content == ended.content
    assert "This link has ended" in ended.text


def test_a_fresh_link_to_what_is_long_past_opens_nothing(url, activity):
    Activity.objects.update(starts_at=timezone.now() - 40 * DAY, ends_at=timezone.now() - 39 * DAY)
    assert Client().get(url).status_code == 404


def test_a_link_that_runs_wild_stops(url, activity, coordinator):
    fill(activity, 19, wish="yes")
    guest = Client()
    assert guest.post(url, {"wish": "yes"}).status_code == 302
    refused = guest.post(url, {"wish": "yes"})
    assert (refused.status_code, PulseAnswer.objects.count()) == (422, 20)
    assert "as many answers as we can take" in refused.text
    keep(activity, coordinator, total_count=11)
    assert guest.post(url, {"wish": "yes"}).status_code == 302
    assert codes(lambda: actions.answer_pulse(activity)) == "empty"


@pytest.mark.django_db(transaction=True)
def test_two_for_the_last_place_are_one(activity):
    fill(activity, 19, wish="yes")
    race(*[lambda: actions.answer_pulse(activity, wish="no")] * 2, after='FROM "groups_activity"')
    assert PulseAnswer.objects.count() == 20


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True)])
def test_results_are_shown_from_five_answers(client_of, activity, other_group, coordinator, count, is_shown):
    keep(activity, coordinator)
    fill(activity, count, understanding="little", wish="yes")
    fill(activity_of(other_group), 9, wish="yes")
    page = client_of(coordinator).get(page_of(activity, "who_came_done")).text
    assert (f"<strong>{count} of {count}</strong> would like to do more" in page) == is_shown
    assert ("five people or more" in page) != is_shown


def test_of_two_questions_each_is_shown_only_from_five(activity):
    """Five answered, but one of the questions only once: that one could be told apart."""
    fill(activity, 4, wish="yes")
    fill(activity, 1, wish="yes", understanding="no")
    assert PulseAnswer.objects.for_activity(activity).results() == {
        "answer_count": 5,
        "understand_count": 0,
        "understanding_asked": 0,
        "willing_count": 5,
        "wish_asked": 5,
    }


def test_results_of_a_group_and_time(group, other_group, activity):
    now = timezone.now()
    fill(activity, 5, understanding="lot", wish="no")
    fill(activity_of(group, ago=40 * DAY), 5, wish="yes")
    fill(activity_of(other_group), 5, wish="yes")
    mine = PulseAnswer.objects.for_group(group).between(now - timedelta(days=28), now)
    found = mine.results()
    assert (found["answer_count"], found["understand_count"], found["willing_count"]) == (5, 5, 0)


def test_the_done_page_draws_the_link_itself(client_of, activity, coordinator):
    keep(activity, coordinator)
    make.ActivityFactory(group=activity.group)
    page = client_of(coordinator).get(page_of(activity, "who_came_done"))
    assert page.context["pulse_url"] == pulse_url(activity)
    assert ("<svg" in page.context["qr"], "style=" in page.context["qr"]) == (True, False)

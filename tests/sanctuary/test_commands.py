import pytest
from django.core.management import call_command

from sanctuary.demo import words
from sanctuary.demo.supporters import Crowd
from sanctuary.people.models import Controller, Supporter, Wording
from sanctuary.places.models import OutwardCode
from streams.models import Principle, Stream

pytestmark = pytest.mark.django_db


def test_set_up_makes_what_must_be_there_and_is_safe_to_repeat(capsys):
    for _ in range(2):
        call_command("set_up")
    assert Controller.objects.filter(kind="national").count() == 1
    assert set(Wording.objects.values_list("slug", flat=True)) >= {"email-question", "individual-pledge"}
    assert (Principle.objects.count(), Stream.objects.count()) == (7, 10)
    assert OutwardCode.objects.count() > 2900


def test_demo_is_made_up_and_left_alone_once_it_is_there(capsys):
    for _ in range(2):
        call_command("build_demo", supporters=300)
    # Those who came in by a file, and somebody who is there twice, come on top.
    crowd = Supporter.objects.exclude(memberships__source="imported")
    assert 300 <= crowd.count() <= 302
    assert not Supporter.objects.exclude(email__endswith="@example.org").exists()
    assert {name.split()[-1] for name in crowd.people().values_list("name", flat=True)} <= set(words.LAST)
    assert capsys.readouterr().out.count("The network is ready") == 1


def test_demo_has_the_same_people_every_time(capsys):
    call_command("set_up")
    once, again = ([row[2:5] for row in next(Crowd(7).make(60))["supporter"]] for _ in range(2))
    other = [row[2:5] for row in next(Crowd(8).make(60))["supporter"]]
    assert once == again != other

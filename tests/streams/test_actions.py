import pytest
from django.utils import timezone

from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter
from streams import actions
from streams.models import Principle, Stream, StreamOrganisation
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db


def test_set_up_streams_makes_seven_principles_and_ten_streams():
    actions.set_up_streams()
    assert list(Principle.objects.values_list("number", "slug")) == [
        (1, "welcome"),
        (2, "friendship"),
        (3, "partnership"),
        (4, "action"),
        (5, "contribution"),
        (6, "decisions"),
        (7, "voices"),
    ]
    assert [stream.slug for stream in Stream.objects.all()] == [
        "schools",
        "universities",
        "colleges",
        "councils",
        "libraries",
        "health",
        "maternity",
        "arts",
        "faith",
        "everyone-else",
    ]
    assert not Stream.objects.filter(purpose="").exists()


def test_set_up_streams_twice_keeps_what_staff_changed():
    actions.set_up_streams()
    Stream.objects.filter(slug="arts").update(purpose="Our new words.", is_open=False)
    actions.set_up_streams()
    assert (Stream.objects.count(), Principle.objects.count()) == (10, 7)
    assert Stream.objects.get(slug="arts").purpose == "Our new words."


def test_join_stream_twice_keeps_the_first_answer(staff):
    stream, school = make.StreamFactory(), make.OrganisationFactory()
    first = actions.join_stream(school, stream, is_listed=False, by=staff)
    second = actions.join_stream(school, stream, is_listed=True, by=staff)
    assert first == second
    assert not StreamOrganisation.objects.get().is_listed
    assert Entry.objects.filter(verb="streams.join").count() == 1


@pytest.mark.django_db(transaction=True)
def test_join_stream_by_two_at_once_makes_one_place(staff):
    stream, school = make.StreamFactory(), make.OrganisationFactory()

    def join():
        return actions.join_stream(school, stream, is_listed=True, by=staff)

    first, second = race(join, join, after='FROM "streams_streamorganisation"')
    assert first == second == StreamOrganisation.objects.get()


def test_erased_organisation_leaves_its_streams_and_another_stays(staff):
    stream, school, library = make.StreamFactory(), make.OrganisationFactory(), make.OrganisationFactory()
    place = make.StreamOrganisationFactory(stream=stream, organisation=school, is_listed=True)
    stays = make.StreamOrganisationFactory(stream=stream, organisation=library, is_listed=True)
    erase_supporter(school, by=staff)
    place.refresh_from_db()
    assert (place.left_on, place.is_listed) == (timezone.localdate(), False)
    assert list(StreamOrganisation.objects.listed()) == [stays]

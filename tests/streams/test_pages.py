import pytest
from django.urls import reverse

from streams import actions
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_stream_list_shows_open_streams_principles_and_only_listed_numbers(client):
    actions.set_up_streams()
    closed = make.StreamFactory(name="Closed stream", is_open=False)
    schools = make.StreamFactory(name="Night schools", order=1)
    make.StreamOrganisationFactory(stream=schools, organisation=make.OrganisationFactory(), is_listed=True)
    make.StreamOrganisationFactory(stream=schools, organisation=make.OrganisationFactory(), is_listed=False)
    page = client.get(reverse("streams:list"))
    shown = page.context["stream_list"]
    assert closed not in shown
    assert (shown[0].name, shown[0].organisation_count) == ("Night schools", 1)
    assert len(shown) == 11
    assert "seven network principles" in page.text
    assert "A positive vision of welcome" in page.text


def test_stream_list_before_set_up_says_that_it_is_empty(client):
    page = client.get(reverse("streams:list"))
    assert page.status_code == 200
    assert "No streams yet" in page.text
    assert "network principles" not in page.text


def test_principles_are_shown_in_their_order(client):
    actions.set_up_streams()
    page = client.get(reverse("streams:principles"))
    assert [principle.number for principle in page.context["principle_list"]] == [1, 2, 3, 4, 5, 6, 7]
    assert "Voices heard directly" in page.text


def test_principles_before_set_up_say_so(client):
    assert "have not been loaded" in client.get(reverse("streams:principles")).text


def test_stream_shows_listed_organisations_and_no_other(client):
    stream, other = make.StreamFactory(), make.StreamFactory()
    for name, fields in {
        "Listed Library": {"is_listed": True},
        "CANARY unlisted": {"is_listed": False},
        "CANARY left": {"is_listed": True, "left_on": "2024-01-01"},
        "CANARY of another stream": {"is_listed": True, "stream": other},
    }.items():
        organisation = make.OrganisationFactory(name=name, contact_name="CANARY contact", email="canary@example.org")
        make.StreamOrganisationFactory(**{"stream": stream, "organisation": organisation} | fields)
    make.ResourceFactory(stream=stream, title="Guide for beginners", link="https://example.org/guide")
    make.ResourceFactory(stream=stream, title="CANARY old guide", is_current=False)
    page = client.get(stream.get_absolute_url())
    assert "Listed Library" in page.text
    assert "Guide for beginners" in page.text
    assert "canary" not in page.text.lower()


def test_stream_with_nobody_listed_invites_the_first(client):
    page = client.get(make.StreamFactory().get_absolute_url())
    assert "Yours could be the first" in page.text
    assert "Nothing has been published here yet" in page.text


def test_closed_stream_is_not_found(client):
    assert client.get(make.StreamFactory(is_open=False).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_stream_pages_ask_the_same_number_of_questions(client, django_assert_num_queries, count):
    for stream in make.StreamFactory.create_batch(count):
        for _ in range(count):
            make.StreamOrganisationFactory(stream=stream, organisation=make.OrganisationFactory(), is_listed=True)
        make.ResourceFactory.create_batch(count, stream=stream)
    make.PrincipleFactory.create_batch(count)
    with django_assert_num_queries(3):
        client.get(reverse("streams:list"))
    with django_assert_num_queries(3):
        client.get(stream.get_absolute_url())

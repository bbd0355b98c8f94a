import pytest
from django.urls import reverse

from streams import actions
from streams.models import Stream, StreamOrganisation
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_of, superuser):
    return client_of(superuser)


def test_an_organisation_is_added_once(desk):
    stream, school = make.StreamFactory(), make.OrganisationFactory()
    for is_listed in ("on", ""):
        data = {"organisation": school.pk, "stream": stream.pk, "is_listed": is_listed}
        assert desk.post(reverse("admin:streams_streamorganisation_add"), data).status_code == 302
    place = StreamOrganisation.objects.get()
    assert (place.organisation, place.is_listed) == (school, True)


def test_a_stream_keeps_its_address(desk):
    actions.set_up_streams()
    stream = Stream.objects.get(slug="arts")
    page = desk.get(reverse("admin:streams_stream_change", args=[stream.pk]))
    assert 'name="slug"' not in page.text
    assert 'name="purpose"' in page.text


@pytest.mark.parametrize("model", ["stream", "streamorganisation", "principle"])
def test_lists_open(desk, model):
    actions.set_up_streams()
    make.StreamOrganisationFactory(stream=make.StreamFactory(), organisation=make.OrganisationFactory())
    page = desk.get(reverse(f"admin:streams_{model}_changelist"), {"q": "a"})
    assert page.status_code == 200
    assert page.context["cl"].result_count > 0


def test_principles_are_neither_added_nor_deleted(desk):
    principle = make.PrincipleFactory()
    assert desk.get(reverse("admin:streams_principle_add")).status_code == 403
    assert desk.get(reverse("admin:streams_principle_delete", args=[principle.pk])).status_code == 403

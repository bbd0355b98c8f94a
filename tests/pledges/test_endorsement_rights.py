"""What becomes of endorsements when a person is forgotten, asks what is held, or turns out to be two entries."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.models import Endorsement
from sanctuary.people import actions as people
from sanctuary.people import links
from sanctuary.people.models import Controller
from sanctuary.people.signals import ties_asked
from tests import factories as make
from tests.pledges.endorsing import WALL, names_on, told
from tests.pledges.test_erasure import CANARIES, found_anywhere

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declaration(essentials):
    return actions.set_up_declaration()


def endorse_everything(declaration, staff):
    """An organisation's endorsement in public, and a draft from the same mailbox. Returns the supporter."""
    named = {name: CANARIES[name] for name in ("name", "email", "postcode", "contact_name", "job_role")}
    school = told(**named, kind="organisation", organisation_type="school", shown="full")
    row = actions.confirm_endorsement(actions.start_endorsement(declaration, **school))
    actions.approve_endorser_name(row, by=staff)
    actions.start_endorsement(declaration, **told(name="Qwertzname again", email=CANARIES["email"]))
    return row.supporter


def test_erasure_leaves_no_trace_of_an_endorsement(client, declaration, places, staff):
    person = endorse_everything(declaration, staff)
    assert {"people_supporter", "pledges_endorsement", "post_email"} <= {
        table for table, _ in found_anywhere(*CANARIES.values())
    }
    assert names_on(client.get(WALL)) == ["Qwertzname"]
    people.erase_supporter(person, by=person)
    assert found_anywhere("qwertz", "LS7 3HJ") == set()
    assert names_on(client.get(WALL)) == []
    assert Endorsement.objects.counts() == {"people": 0, "organisations": 0}
    assert not Endorsement.objects.unconfirmed().exists()


def test_erasure_leaves_another_endorser_at_the_same_mailbox_alone():
    amira, bashir = make.SupporterFactory.create_batch(2, email="shared@example.org")
    for each in (amira, bashir):
        make.EndorsementFactory(supporter=each, confirmed=True)
    people.erase_supporter(amira, by=amira)
    assert [row.supporter for row in Endorsement.objects.confirmed()] == [bashir]


def test_the_link_of_somebody_forgotten_shows_nothing_of_them(client, declaration, staff):
    person = endorse_everything(declaration, staff)
    mine = actions.endorsement_url(Endorsement.objects.confirmed().get())
    people.erase_supporter(person, by=person)
    shown = client.get(mine[mine.index("/declaration") :]).content.decode()
    assert "does not count any more" in shown
    assert "wertz" not in shown


def test_what_is_held_is_shown_to_its_owner_alone(client):
    person = make.SupporterFactory(name="Amira Hassan", email="amira@example.org")
    make.EndorsementFactory(supporter=person, confirmed=True, shown="first")
    make.EndorsementFactory(supporter=make.SupporterFactory(name="Other Canary"), confirmed=True, shown="full")
    token = links.private_url(person.pk, person.email).rstrip("/").rpartition("/")[2]
    held = client.get(reverse("people:held_data", args=[token])).json()
    (entry,) = held["Your endorsements of the Birmingham Declaration"]
    assert entry["How we show you"] == "First name and town"
    assert "Dignity and respect" in entry["The words"]
    assert "Canary" not in str(held)


def test_who_endorsed_is_known_to_the_charity():
    person = make.SupporterFactory()
    asked = {"sender": type(person), "supporter": person, "controller": Controller.objects.national()}
    assert not any(answer for _, answer in ties_asked.send(**asked))
    make.EndorsementFactory(supporter=person, confirmed=True)
    assert any(answer for _, answer in ties_asked.send(**asked))


# --- two entries ---------------------------------------------------------------------------------


@pytest.fixture
def two(staff):
    """One shown by the whole name, one only counted; staff have looked at both."""
    pair = [make.SupporterFactory(name=name, email=f"{name[0]}@example.org") for name in ("Rosa Real", "R. Real")]
    for person, shown in zip(pair, ("full", ""), strict=True):
        make.EndorsementFactory(supporter=person, confirmed=True, shown=shown, name_checked_at=timezone.now())
    return pair


def merge(kept, gone, name, by):
    national = Controller.objects.national()
    return people.merge_supporters(kept, gone, name=name, controller=national, by=by)


def state():
    rows = Endorsement.objects.order_by("pk")
    return [(row.supporter_id, row.shown, row.withdrawn_at, row.name_checked_at, row.name_refusal) for row in rows]


def test_of_two_entries_one_counts_and_is_shown_as_the_shyer(client, two, staff):
    before = state()
    done = merge(*two, two[0].name, staff)
    assert Endorsement.objects.counts()["people"] == 1
    assert names_on(client.get(WALL)) == []
    people.undo_merge(done, by=staff)
    assert state() == before
    assert names_on(client.get(WALL)) == ["Rosa Real"]


def test_a_name_that_nobody_looked_at_does_not_come_in_by_a_merge(client, two, staff):
    kept, gone = two
    Endorsement.objects.filter(supporter=gone).update(shown="full")
    assert len(names_on(client.get(WALL))) == 2
    actions.refuse_endorser_name(Endorsement.objects.get(supporter=kept), reason="unfit", by=staff)
    before = state()
    done = merge(kept, gone, gone.name, staff)
    assert names_on(client.get(WALL)) == []
    assert Endorsement.objects.to_check().count() == 1
    people.undo_merge(done, by=staff)
    assert state() == before


def test_what_was_taken_back_in_between_stays_so_for_both(two, staff):
    done = merge(*two, two[0].name, staff)
    actions.remove_endorsement(Endorsement.objects.confirmed().get())
    people.undo_merge(done, by=staff)
    assert not Endorsement.objects.confirmed().exists()


def test_links_of_both_entries_lead_to_the_one_that_counts(client, two, staff):
    links_of_both = [actions.endorsement_url(row) for row in Endorsement.objects.order_by("pk")]
    merge(*two, two[0].name, staff)
    paths = [url[url.index("/declaration") :] for url in links_of_both]
    assert all("Take my endorsement back" in client.get(path).content.decode() for path in paths)
    client.post(f"{paths[1]}remove/")
    assert not Endorsement.objects.confirmed().exists()

"""Members who might be the same person: found, told apart, put together and taken apart again."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from groups import actions
from groups.models import KnownApart, Membership, Note
from groups.models.alike import pairs_in
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people.models import CurrentPermission, Merge, Permission, Supporter
from tests import factories as make
from tests.factories import permit
from tests.race import race

pytestmark = pytest.mark.django_db


def join(group, name, email="", **fields):
    person = make.SupporterFactory(name=name, email=email or f"{name.split()[0].lower()}@example.org", **fields)
    return make.MembershipFactory(group=group, supporter=person)


@pytest.fixture
def twins(group):
    """The same name, however it was typed, in the same place."""
    return join(group, "Rosa Fictional", outward_code="LS7"), join(
        group, " rosa   FICTIONAL", "rf@example.org", outward_code="LS7"
    )


def at(name, one, other=None, *more):
    numbers = [each.pk for each in (one, other) if each is not None]
    return reverse(f"groups:{name}", args=[one.group.slug, *numbers, *more])


def names(pairs):
    return [{pair.one.pk, pair.other.pk} for pair in pairs]


# --- finding ----------------------------------------------------------------------------------------------


def test_same_name_in_the_same_place_and_same_mailbox_are_found(group, twins):
    couple = join(group, "Ann One", "home@example.org"), join(group, "Ben Two", "home@example.org")
    join(group, "Rosa Fictional", "third@example.org", outward_code="BD1")
    join(group, "Nobody Like", "n@example.org")
    found = pairs_in(group)
    assert names(found) == [{each.pk for each in twins}, {each.pk for each in couple}]
    assert [pair.why for pair in found] == ["Same name, same place", "Same email address"]


def test_people_without_address_or_place_are_not_all_alike(group):
    for _ in range(2):
        make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="Sam", email="", email_mac=b""))
    assert pairs_in(group) == []


def test_person_and_organisation_are_never_alike(group):
    join(group, "Hill", "hill@example.org")
    make.MembershipFactory(group=group, supporter=make.OrganisationFactory(name="Hill", email="hill@example.org"))
    assert pairs_in(group) == []


def test_people_of_other_groups_and_people_who_left_are_never_shown(client_of, coordinator, group, other_group, twins):
    one, other = twins
    join(other_group, "Rosa Fictional", "CANARY@example.org", outward_code="LS7")
    Membership.objects.filter(pk=other.pk).update(left_on="2025-01-01")
    browser = client_of(coordinator)
    for url in (reverse("groups:duplicates", args=[group.slug]), at("member", one)):
        page = browser.get(url).text
        assert "CANARY" not in page
        assert "Might be the same" not in page
        assert "Compare" not in page


def test_list_says_what_it_looks_for_when_there_is_nothing(client_of, coordinator, group):
    assert "No duplicates found" in client_of(coordinator).get(reverse("groups:duplicates", args=[group.slug])).text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_makes_the_same_queries_for_few_and_many(client_of, coordinator, group, rows, django_assert_num_queries):
    for n in range(rows):
        join(group, f"Ann {n}", f"home{n}@example.org"), join(group, f"Ben {n}", f"home{n}@example.org")
    browser, url = client_of(coordinator), reverse("groups:duplicates", args=[group.slug])
    browser.get(url)
    with django_assert_num_queries(6):
        assert len(browser.get(url).context["pairs"]) == rows


def test_two_people_said_once_are_never_asked_about_again(client_of, coordinator, group, twins):
    one, other = twins
    browser = client_of(coordinator)
    assert browser.post(at("keep_apart", other, one)).url == reverse("groups:duplicates", args=[group.slug])
    browser.post(at("keep_apart", one, other))
    assert KnownApart.objects.count() == Entry.objects.filter(verb="groups.keep_apart").count() == 1
    assert pairs_in(group) == pairs_in(group, one) == []


# --- putting together ---------------------------------------------------------------------------------------


def test_coordinator_chooses_address_and_name(client_of, coordinator, group, twins):
    one, other = twins
    permit(one.supporter, group.controller, Permission.Purpose.NEWS)
    actions.add_note(other, "Can drive.", by=coordinator)
    browser = client_of(coordinator)
    answer = browser.post(at("join_members", other, one), {"address": "other", "name": "other"}, follow=True)
    assert answer.redirect_chain[-1][0] == at("member", one)
    assert "They are one person now" in answer.text
    kept = Membership.objects.current().get()
    assert (kept.supporter.name, kept.supporter.email) == ("Rosa Fictional", "rosa@example.org")
    assert "Can drive." in answer.text
    assert "Put together with" in answer.text
    assert browser.get(at("member", other)).status_code == 404


def test_joining_needs_both_answers_and_keeps_what_was_chosen(client_of, coordinator, twins):
    answer = client_of(coordinator).post(at("join_members", *twins), {"address": "one", "name": "third"})
    assert (answer.status_code, Merge.objects.count()) == (422, 0)
    assert "Choose one of the two" in answer.text
    assert 'value="one" id="id_address_0" aria-describedby' in answer.text or "checked" in answer.text


def test_looking_at_two_people_changes_nothing(client_of, coordinator, twins):
    client_of(coordinator).get(at("join_members", *twins))
    assert Merge.objects.count() == 0


def test_addresses_that_may_not_be_emailed_are_masked(client_of, coordinator, twins):
    page = client_of(coordinator).get(at("join_members", *twins)).text
    assert "rf@example.org" not in page
    assert "r***@example.org" in page


@pytest.mark.parametrize("tie", ["member elsewhere", "was a member elsewhere", "asked elsewhere", "signs in"])
def test_what_others_know_of_one_is_not_changed_from_here(client_of, coordinator, other_group, twins, tie):
    one, other = twins
    if tie == "asked elsewhere":
        permit(other.supporter, other_group.controller)
    elif tie == "signs in":
        make.UserFactory(supporter=other.supporter)
    else:
        left = "2025-01-01" if tie.startswith("was") else None
        make.MembershipFactory(group=other_group, supporter=other.supporter, left_on=left)
    answer = client_of(coordinator).post(at("join_members", one, other), {"address": "one", "name": "one"})
    assert (answer.status_code, Merge.objects.count()) == (422, 0)
    assert "Please ask the national team" in answer.text
    assert "Brackenmouth" not in answer.text


def test_national_permission_only_becomes_less_by_a_groups_merge(coordinator, twins):
    one, other = twins
    permit(one.supporter), permit(other.supporter)
    people.withdraw(other.supporter, source="test")
    actions.merge_members(one, other, name=one.supporter.name, by=coordinator)
    assert not CurrentPermission.objects.live().filter(supporter__in=[one.supporter, other.supporter]).exists()


def test_form_of_two_members_who_became_one_is_a_missing_page(client_of, coordinator, twins):
    browser, answers = client_of(coordinator), {"address": "one", "name": "one"}
    assert browser.post(at("join_members", *twins), answers).status_code == 302
    assert browser.post(at("join_members", *twins), answers).status_code == 404
    assert Merge.objects.count() == 1


def test_undo_gives_both_back_with_their_notes(client_of, coordinator, group, twins):
    one, other = twins
    actions.add_note(other, "Can drive.", by=coordinator)
    merge = actions.merge_members(one, other, name=one.supporter.name, by=coordinator)
    browser, url = client_of(coordinator), reverse("groups:undo_join", args=[group.slug, one.pk, merge.pk])
    assert browser.get(url).status_code == 405
    assert browser.post(url).url == at("member", one)
    assert browser.post(url).url == at("member", one)
    assert Note.objects.get().membership == other
    assert set(Membership.objects.current()) == {one, other}
    assert Supporter.objects.get(pk=other.supporter_id).email == "rf@example.org"


def test_merge_of_the_national_team_is_neither_shown_nor_undone_by_a_group(client_of, coordinator, group, twins):
    one, other = twins
    national = people.set_up_people()
    merge = people.merge_supporters(
        one.supporter, other.supporter, name=one.supporter.name, controller=national, by=coordinator
    )
    browser = client_of(coordinator)
    assert "Put together with" not in browser.get(at("member", one)).text
    url = reverse("groups:undo_join", args=[group.slug, one.pk, merge.pk])
    assert browser.post(url).status_code == 404
    assert Merge.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_make_one_of_two(twins, coordinator):
    one, other = twins

    def press(kept, gone):
        return lambda: actions.merge_members(kept, gone, name=kept.supporter.name, by=coordinator)

    outcomes = race(press(one, other), press(other, one), after='FROM "people_supporter"')
    assert Merge.objects.count() == 1
    assert Membership.objects.current().count() == 1
    done = [each for each in outcomes if isinstance(each, Merge)]
    assert len(done) == 1 or done[0] == done[1]
    assert all(isinstance(each, Merge | ValidationError) for each in outcomes)

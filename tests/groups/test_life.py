"""The life of a group: its promises, its way, and the papers that its coordinators keep."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from groups import actions
from groups.models import CharterSignature, GroupContact, GroupRole, LifeMove, LocalGroup
from groups.models.charter import CHARTER
from groups.models.due import missing_to_register
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.people.models import Wording
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

at_once = pytest.mark.django_db(transaction=True)

CONTACT = {"name": "Tess Treasurer", "role": "Treasurer", "telephone": "01632 960 001", "email": "tess@example.org"}


def code_of(outcome):
    return outcome.code if isinstance(outcome, ValidationError) else None


def room(name, group, *args):
    return reverse(f"groups:{name}", args=[group.slug, *args])


@pytest.fixture
def forming(staff):
    return make.LocalGroupFactory(name="Cedarwick Sanctuary", slug="cedarwick", area="Cedarwick", status="forming")


@pytest.fixture
def helper(group):
    return make.GroupRoleFactory(group=group, user=make.UserFactory(), role="helper").user


# --- the way ------------------------------------------------------------------------------------


def test_the_whole_way_is_walked_and_written_down(staff):
    group = make.ready_to_register(actions.found_group(name="Amberford", area="Amberford", by=staff))
    steps = ["begin_research", "begin_forming", "register_group", "activate_group", "rest_group", "close_group"]
    for step in steps:
        getattr(actions, step)(group, by=staff, reason=f"Because of {step}")
    moves = LifeMove.objects.filter(group=group).order_by("pk").values_list("after", "reason", "recorded_by")
    afters = ["researching", "forming", "registered", "active", "dormant", "closed"]
    assert list(moves) == [(after, f"Because of {step}", staff.pk) for after, step in zip(afters, steps, strict=True)]


@pytest.mark.parametrize("status", ["registered", "active", "dormant", "closed", "declined", "merged"])
def test_only_what_begins_can_be_declined_or_joined_with_another(group, staff, status):
    grown = make.LocalGroupFactory(status=status)
    with pytest.raises(ValidationError) as declined:
        actions.decline_enquiry(make.LocalGroupFactory(status=status), by=staff, reason="No") if status != (
            "declined"
        ) else actions.begin_forming(grown, by=staff)
    assert code_of(declined.value) == "wrong_time"
    if status != "merged":
        with pytest.raises(ValidationError) as merged:
            actions.merge_enquiry(grown, into=group, by=staff)
        assert code_of(merged.value) == "wrong_time"


def test_an_enquiry_joined_with_a_group_names_it_and_ends_its_roles(group, forming, staff):
    role = make.GroupRoleFactory(group=forming, user=make.UserFactory())
    actions.merge_enquiry(forming, into=group, by=staff, reason="One valley")
    forming.refresh_from_db()
    assert (forming.status, forming.life_moves.get().joined_group) == ("merged", group)
    assert not LocalGroup.objects.run_by(role.user).exists()


@pytest.mark.parametrize("status", ["forming", "dormant", "closed"])
def test_an_enquiry_is_joined_with_live_groups_alone(forming, staff, status):
    into = make.LocalGroupFactory(status=status)
    with pytest.raises(ValidationError) as refusal:
        actions.merge_enquiry(forming, into=into, by=staff)
    assert code_of(refusal.value) == "wrong_group"


# --- the promises of registering ----------------------------------------------------------------


@pytest.mark.parametrize("gone", ["charter", "contact", "safeguarding", "date", "policy"])
def test_registering_needs_every_part(forming, staff, gone):
    make.ready_to_register(forming)
    {
        "charter": lambda: forming.charter_signatures.all().delete(),
        "contact": lambda: forming.contacts.first().delete(),
        "safeguarding": lambda: forming.safeguarding.delete(),
        "date": lambda: type(forming.safeguarding).objects.update(deputy_trained_on=None),
        "policy": lambda: type(forming.safeguarding).objects.update(policy_url=""),
    }[gone]()
    with pytest.raises(ValidationError) as refusal:
        actions.register_group(forming, by=staff)
    assert code_of(refusal.value) == "not_ready"
    forming.refresh_from_db()
    assert (forming.status, len(missing_to_register(forming))) == ("forming", 1)


def test_registering_with_every_part_is_done_once(forming, staff):
    make.ready_to_register(forming)
    for _ in range(2):
        assert actions.register_group(forming, by=staff).status == "registered"
    assert LifeMove.objects.filter(group=forming).count() == 1


@at_once
def test_a_contact_removed_while_registering_is_seen(staff):
    group = make.ready_to_register(make.LocalGroupFactory(status="forming"))
    contact = group.contacts.first()
    outcomes = race(
        lambda: actions.remove_contact(contact, by=staff),
        lambda: actions.register_group(group, by=staff),
        after='FROM "groups_localgroup"',
    )
    group.refresh_from_db()
    # Either the contact went first and the group waits, or the group was registered first with all three.
    assert (group.status, code_of(outcomes[1])) in {("forming", "not_ready"), ("registered", None)}
    assert group.contacts.count() == 2


# --- the Charter --------------------------------------------------------------------------------


def test_the_charter_is_signed_once_for_each_version(forming, staff):
    wording = Wording.objects.current(CHARTER)
    for name in ("Sian", "Somebody else"):
        actions.sign_charter(forming, wording=wording, name=name, role="Chair", by=staff)
    assert list(CharterSignature.objects.values_list("name", "wording__version")) == [("Sian", 1)]
    newer = Wording.objects.create(slug=CHARTER, version=2, text="Newer words")
    actions.sign_charter(forming, wording=newer, name="Sian", role="Chair", by=staff)
    assert CharterSignature.objects.count() == 2
    assert Entry.objects.filter(verb="groups.sign_charter").count() == 2


def test_words_that_have_changed_are_not_signed_unread(client_of, group, coordinator):
    Wording.objects.create(slug=CHARTER, version=2, text="Newer words")
    told = {"version": "1", "name": "Sian", "role": "Chair", "may_sign": "on"}
    answer = client_of(coordinator).post(room("charter", group), told)
    assert answer.status_code == 422
    assert "has changed since you opened this page" in answer.text
    assert "Newer words" in answer.text
    assert not CharterSignature.objects.exists()


@at_once
def test_the_charter_signed_by_two_at_once_is_signed_once(coordinator, group):
    wording = Wording.objects.current(CHARTER)

    def sign():
        return actions.sign_charter(group, wording=wording, name="Sian", role="Chair", by=coordinator)

    first, second = race(sign, sign, after='FROM "groups_localgroup"')
    assert first == second == CharterSignature.objects.get()


def test_the_charter_page_signs(client_of, group, coordinator):
    told = {"version": "1", "name": "Sian Signs", "role": "Chair", "may_sign": "on"}
    page = client_of(coordinator).post(room("charter", group), told, follow=True)
    assert CharterSignature.objects.get().group == group
    assert "Your group has signed the Charter" in page.text
    assert "Sian Signs" in client_of(coordinator).get(room("charter", group)).text


# --- contacts -----------------------------------------------------------------------------------


def test_contacts_are_added_changed_and_removed(client_of, group, coordinator):
    browser = client_of(coordinator)
    browser.post(room("contacts", group), CONTACT)
    contact = GroupContact.objects.get()
    browser.post(room("contact", group, contact.pk), CONTACT | {"role": "Chair"})
    contact.refresh_from_db()
    assert contact.role == "Chair"
    browser.post(room("contact_remove", group, contact.pk))
    browser.post(room("contact_remove", group, contact.pk))
    assert not GroupContact.objects.exists()
    verbs = Entry.objects.filter(noun_id=str(group.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["groups.add_contact", "groups.change_contact", "groups.remove_contact"]


def test_the_same_contact_twice_is_one(client_of, group, coordinator):
    for _ in range(2):
        client_of(coordinator).post(room("contacts", group), CONTACT)
    assert GroupContact.objects.count() == 1


def test_two_contacts_do_not_share_an_address(group, coordinator, client_of):
    make.GroupContactFactory(group=group, email="chair@example.org")
    mine = make.GroupContactFactory(group=group)
    answer = client_of(coordinator).post(room("contact", group, mine.pk), CONTACT | {"email": "chair@example.org"})
    assert answer.status_code == 422
    assert "Another contact has this email address" in answer.text


def test_a_sixth_contact_is_refused(client_of, group, coordinator):
    make.GroupContactFactory.create_batch(5, group=group)
    answer = client_of(coordinator).post(room("contacts", group), CONTACT)
    assert answer.status_code == 422
    assert "five contacts at most" in answer.text
    assert GroupContact.objects.count() == 5


@at_once
def test_the_fifth_place_goes_to_one_of_two(group, staff):
    make.GroupContactFactory.create_batch(4, group=group)

    def add(number):
        return lambda: actions.add_contact(group, by=staff, **CONTACT | {"email": f"new{number}@example.org"})

    outcomes = race(add(1), add(2), after='FROM "groups_localgroup"')
    assert sorted(code_of(outcome) or "done" for outcome in outcomes) == ["done", "enough"]
    assert GroupContact.objects.count() == 5


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("telephone", "call me", "Enter a telephone number"),
        ("telephone", "1" * 31, "Enter a telephone number"),
        ("telephone", "0\x001632960001", "Enter a telephone number"),
        ("email", "tess", "Enter their email address"),
        ("name", "‮Tess", "a letter we cannot print"),
        ("name", "x" * 100_000, "letters or fewer"),
        ("role", "", "Enter what they do"),
    ],
)
def test_wrong_answers_are_said_beside_the_field_and_nothing_is_lost(client_of, group, coordinator, field, wrong, said):
    answer = client_of(coordinator).post(room("contacts", group), CONTACT | {field: wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for key, value in CONTACT.items() if key != field)
    assert not GroupContact.objects.exists()


def test_helpers_read_names_and_roles_and_change_nothing(client_of, group, coordinator, helper):
    contact = make.GroupContactFactory(group=group, name="Tess", telephone="01632 960 777", email="canary@example.org")
    browser = client_of(helper)
    page = browser.get(room("contacts", group))
    assert "Tess" in page.text
    assert not {"01632 960 777", "canary@example.org", "Add this contact"} & set(page.text.splitlines())
    assert "01632 960 777" not in page.text
    assert "canary@example.org" not in page.text
    assert browser.get(room("contact", group, contact.pk)).status_code == 404
    for name in ("contacts", "safeguarding", "charter", "health_check"):
        assert browser.get(room(name, group)).status_code == 200
        assert browser.post(room(name, group), CONTACT).status_code == 403
    assert browser.post(room("contact_remove", group, contact.pk)).status_code in {403, 404}
    assert list(GroupContact.objects.all()) == [contact]


def test_contacts_are_on_no_public_page(client_of, world):
    page = client_of().get(world.ours.group.get_absolute_url())
    assert "Contaq" not in page.text
    assert "Leadaq" not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_our_group_asks_the_same_number_of_questions(client_of, group, coordinator, django_assert_num_queries, count):
    make.GroupContactFactory.create_batch(count, group=group)
    for number in range(count):
        LifeMove.objects.create(group=group, before="forming", after="registered", at=f"202{number}-01-01T00:00Z")
        actions.note_visit(group, on=date(2024, 1, 1 + number), note="Met", by=coordinator)
    browser = client_of(coordinator)
    with django_assert_num_queries(9):
        browser.get(room("our_group", group))
    with django_assert_num_queries(6):
        browser.get(room("contacts", group))


# --- the person behind a name -------------------------------------------------------------------


def test_an_erased_person_is_nobody_s_contact_lead_or_signature(group, other_group, staff):
    person = make.SupporterFactory(name="Pat Person", email="pat@example.org")
    make.MembershipFactory(group=group, supporter=person)
    make.GroupContactFactory(group=group, email="pat@example.org")
    stays = make.GroupContactFactory(group=other_group, email="stays@example.org")
    ours = make.SafeguardingFactory(group=group, lead_name="Pat Person")
    theirs = make.SafeguardingFactory(group=other_group, lead_name="Pat Person")
    make.EnquiryFactory(email="pat@example.org")
    wording = Wording.objects.current(CHARTER)
    signed = actions.sign_charter(group, wording=wording, name="Pat Person", role="Chair", by=staff)
    held = held_about(person)
    assert held["Groups that name you as a contact"][0]["Group"] == group.name
    assert len(held["What you wrote about starting a group"]) == 1
    erase_supporter(person, by=staff)
    for row in (ours, theirs, signed):
        row.refresh_from_db()
    # A namesake in a group that the person never belonged to is somebody else.
    assert (ours.lead_name, theirs.lead_name, signed.name) == ("", "Pat Person", "")
    assert list(GroupContact.objects.all()) == [stays]
    assert GroupRole.objects.count() == 0

"""One person's page: who they are, notes, what happened, and deleting on request."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Delivery
from groups import actions
from groups.models import Attendance, Booking, KnownApart, Membership, Note
from pledges.models import Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import actions as people
from sanctuary.people.models import CurrentPermission, Merge, Permission, Supporter, Suppression
from tests import factories as make
from tests.factories import permit
from tests.race import race

pytestmark = pytest.mark.django_db

P = Permission.Purpose


@pytest.fixture
def person():
    return make.SupporterFactory(name="Rosa Fictional", email="rosa@example.org", outward_code="LS7")


@pytest.fixture
def member(group, person):
    return make.MembershipFactory(group=group, supporter=person, joined_on=date(2024, 3, 4), source="pledge")


def at(member, name="groups:member", *more):
    return reverse(name, args=[member.group.slug, member.pk, *more])


def write(browser, member, text, **more):
    return browser.post(at(member), {"text": text, **more})


# --- who gets in ------------------------------------------------------------------------------------------


def test_helper_sees_no_page_about_a_person(client_of, member, group):
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role="helper")
    assert client_of(helper).get(at(member)).status_code == 403


@pytest.mark.parametrize("pk", [10**30, 2**63, 2**63 - 1, 0])
def test_number_out_of_range_is_a_missing_page(client_of, coordinator, group, pk):
    assert client_of(coordinator).get(f"/manage/{group.slug}/members/{pk}/").status_code == 404


def test_somebody_who_left_and_somebody_never_here_are_the_same_page(client_of, coordinator, member):
    Membership.objects.update(left_on=timezone.localdate())
    browser = client_of(coordinator)
    left, never = browser.get(at(member)), browser.get(at(member).replace(str(member.pk), "987654321"))
    assert (left.status_code, left.content) == (404, never.content)


@pytest.mark.parametrize("name", ["groups:note", "groups:note_remove", "groups:join_members", "groups:undo_join"])
def test_thing_of_another_group_beside_our_member_is_missing(client_of, coordinator, member, other_group, name):
    stranger = make.MembershipFactory(group=other_group, supporter=make.SupporterFactory(name="CANARY"))
    note = Note.objects.create(membership=stranger, text="CANARY", written_at=timezone.now(), written_by=coordinator)
    second = make.SupporterFactory()
    merge = people.merge_supporters(
        stranger.supporter, second, name="CANARY", controller=other_group.controller, by=coordinator
    )
    pk = {"groups:join_members": stranger.pk, "groups:undo_join": merge.pk}.get(name, note.pk)
    browser = client_of(coordinator)
    for method in (browser.get, browser.post):
        theirs, missing = method(at(member, name, pk)), method(at(member, name, 987654321))
        assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
    assert Note.objects.filter(pk=note.pk).exists()
    assert Merge.objects.open().count() == 1


# --- what it shows ----------------------------------------------------------------------------------------


def test_address_is_whole_only_while_they_agree_to_emails(client_of, coordinator, member):
    browser = client_of(coordinator)
    page = browser.get(at(member)).text
    assert "rosa@example.org" not in page
    assert "r***@example.org" in page
    assert "Nobody has asked them yet." in page
    permit(member.supporter, member.group.controller, P.NEWS)
    assert "rosa@example.org" in browser.get(at(member)).text
    people.stop_all_emails(member.supporter, source="test")
    page = browser.get(at(member)).text
    assert "rosa@example.org" not in page
    assert "They stopped all emails." in page


def test_yes_is_shown_with_its_day_and_words_and_other_senders_are_not(client_of, coordinator, member):
    permit(member.supporter, member.group.controller, P.NEWS, at=timezone.now() - timedelta(days=800))
    words = make.WordingFactory(text="CANARY national words")
    people.grant(member.supporter, controllers=[people.set_up_people()], purposes=[P.AWARDS], wording=words, source="x")
    page = client_of(coordinator).get(at(member))
    state = page.context["emails"]
    assert (state.may_email, state.about) == (True, ["News"])
    assert "The words of email-question" in page.text or "Can your local group" in page.text
    assert "CANARY" not in page.text
    assert "Awards" not in page.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [("unsubscribed", "stopped all emails"), ("complained", "stopped all emails"), ("hard_bounced", "come back")],
)
def test_why_not_is_said_without_saying_who_complained(client_of, coordinator, member, reason, words):
    permit(member.supporter, member.group.controller, P.NEWS)
    people.suppress("rosa@example.org", reason=reason)
    page = client_of(coordinator).get(at(member)).text
    assert words in page
    assert "spam" not in page


def test_timeline_tells_of_this_group_newest_first(client_of, coordinator, staff, member, other_group):
    now, person = timezone.now(), member.supporter
    for group, title in [(member.group, "Shared supper"), (other_group, "CANARY walk")]:
        activity = make.ActivityFactory(
            group=group, title=title, starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8)
        )
        Attendance.objects.create(activity=activity, supporter=person)
    make.PledgeFactory(group=member.group, supporter=person, confirmed_at=now - timedelta(days=400))
    campaign = make.CampaignFactory(owner=staff, title="Welcome every child")
    action = make.ActionFactory(campaign=campaign, statement="CANARY statement")
    make.ActionTakenFactory(action=action, supporter=person, confirmed_at=now - timedelta(days=40), name="CANARY name")
    national = make.MailingFactory(campaign=campaign, author=staff, subject="CANARY national")
    ours = make.GroupMailingFactory(group=member.group, author=coordinator, subject="Supper next week")
    theirs = make.GroupMailingFactory(group=other_group, author=coordinator, subject="CANARY other group")
    for mailing in (national, ours, theirs):
        Delivery.objects.create(
            mailing=mailing, seq=1, supporter_id=person.pk, outcome=1, settled_at=now - timedelta(days=2)
        )
    page = client_of(coordinator).get(at(member))
    told = [event.words for month in page.context["timeline"].months for event in month.events]
    assert told == [
        "Got your email “Supper next week”",
        "Came to “Shared supper”",
        "Took part in “Welcome every child”",
        "Pledged",
        "Joined with a pledge",
    ]
    assert "CANARY" not in page.text


def test_long_life_is_cut_and_says_so(client_of, coordinator, member):
    now = timezone.now()
    activities = [
        make.ActivityFactory(
            group=member.group, starts_at=now - timedelta(days=n + 2), ends_at=now - timedelta(days=n + 1)
        )
        for n in range(3)
    ]
    Attendance.objects.bulk_create(Attendance(activity=each, supporter=member.supporter) for each in activities)
    timeline = actions.timeline_of(member, most=2)
    assert (sum(len(month.events) for month in timeline.months), timeline.is_cut) == (2, True)
    assert not actions.timeline_of(member).is_cut


@pytest.mark.parametrize("rows", [1, 3])
def test_page_makes_the_same_queries_however_much_there_is(
    client_of, coordinator, member, rows, django_assert_num_queries
):
    for n in range(rows):
        Note.objects.create(membership=member, text=str(n), written_at=timezone.now(), written_by=coordinator)
        activity = make.ActivityFactory(group=member.group)
        Attendance.objects.create(activity=activity, supporter=member.supporter)
        twin = make.SupporterFactory(email=member.supporter.email)
        make.MembershipFactory(group=member.group, supporter=twin)
    browser = client_of(coordinator)
    browser.get(at(member))
    with django_assert_num_queries(17):
        browser.get(at(member))


# --- notes ------------------------------------------------------------------------------------------------


def test_note_is_kept_shown_and_logged_without_its_words(client_of, coordinator, member):
    answer = write(client_of(coordinator), member, "Can drive.\r\nLikes tea.")
    assert (answer.status_code, answer.url) == (302, at(member))
    note = Note.objects.get()
    assert (note.text, note.written_by, note.membership) == ("Can drive.\nLikes tea.", coordinator, member)
    assert "Likes tea." in client_of(coordinator).get(at(member)).text
    entry = Entry.objects.get(verb="groups.add_note")
    assert (entry.detail, entry.actor) == ({"group": member.group_id}, f"user:{coordinator.pk}")


def test_note_pressed_twice_is_one(client_of, coordinator, member):
    browser = client_of(coordinator)
    write(browser, member, "Can drive."), write(browser, member, "Can drive.")
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write the note first"),
        ("x" * 1001, "You have written 1001"),
        ("a\0b", "Null characters"),
        ("a\u202eb", "a letter we cannot print"),
        ("x" * 200_000, "You have written 200000"),
    ],
)
def test_bad_note_is_refused_beside_the_field(client_of, coordinator, member, text, words):
    answer = write(client_of(coordinator), member, text)
    assert (answer.status_code, Note.objects.count()) == (422, 0)
    assert words in answer.text
    assert text[:50].replace("\0", "\x00") in answer.text


def test_thousand_letters_with_many_lines_are_not_too_long(client_of, coordinator, member):
    text = "\r\n".join(["x" * 99] * 10)
    assert write(client_of(coordinator), member, text).status_code == 302
    assert len(Note.objects.get().text) == 999


@pytest.mark.parametrize("text", ["Waiting for a letter from the HOME OFFICE", "His visa ends", "New diagnosis"])
def test_delicate_words_are_asked_about_once_and_nothing_is_lost(client_of, coordinator, member, text):
    browser = client_of(coordinator)
    asked = write(browser, member, text)
    assert (asked.status_code, Note.objects.count()) == (422, 0)
    assert text in asked.text
    assert 'name="sure"' in asked.text
    assert write(browser, member, text, sure="on").status_code == 302
    assert Note.objects.get().text == text


@pytest.mark.parametrize("text", ["Came with her advisor", "Likes to visit", "Can drive"])
def test_words_that_only_look_delicate_are_not_asked_about(client_of, coordinator, member, text):
    assert write(client_of(coordinator), member, text).status_code == 302


def test_own_note_is_corrected_and_anothers_is_not(client_of, coordinator, group, member):
    note = actions.add_note(member, "Can drive.", by=coordinator)
    deputy = make.UserFactory()
    make.GroupRoleFactory(group=group, user=deputy, role="deputy")
    url = at(member, "groups:note", note.pk)
    other = client_of(deputy)
    assert other.post(url, {"text": "Cannot."}).status_code == other.get(url).status_code == 404
    assert f'href="{url}"' not in other.get(at(member)).text
    assert client_of(coordinator).post(url, {"text": "Can drive at night."}).url == at(member)
    note.refresh_from_db()
    assert (note.text, note.corrected_at is not None) == ("Can drive at night.", True)


def test_note_is_removed_by_any_coordinator_and_twice_does_no_harm(client_of, group, coordinator, member):
    note = actions.add_note(member, "Can drive.", by=coordinator)
    deputy = make.UserFactory()
    make.GroupRoleFactory(group=group, user=deputy, role="deputy")
    browser, url = client_of(deputy), at(member, "groups:note_remove", note.pk)
    assert browser.post(url).url == at(member)
    assert browser.post(url).status_code == 404
    actions.remove_note(note, by=deputy)
    assert Entry.objects.filter(verb="groups.remove_note").count() == 1
    assert not Note.objects.exists()


def test_person_reads_the_notes_about_them_and_nobody_elses(member, coordinator, group):
    actions.add_note(member, "Can drive.", by=coordinator)
    other = make.MembershipFactory(group=group, supporter=make.SupporterFactory())
    actions.add_note(other, "CANARY", by=coordinator)
    held = people.held_about(member.supporter)["Notes that your groups keep about you"]
    assert [entry["Note"] for entry in held] == ["Can drive."]
    assert coordinator.name not in str(held)


def test_erased_person_leaves_no_note(member, coordinator):
    actions.add_note(member, "Can drive.", by=coordinator)
    people.erase_supporter(member.supporter, by="test")
    assert not Note.objects.exists()


# --- delete on request ------------------------------------------------------------------------------------


@pytest.fixture
def full(member, coordinator):
    """All that a group can hold about somebody."""
    activity = make.ActivityFactory(group=member.group)
    Attendance.objects.create(activity=activity, supporter=member.supporter)
    Booking.objects.create(activity=activity, supporter=member.supporter, name="Rosa", email="rosa@example.org")
    actions.add_note(member, "Can drive.", by=coordinator)
    permit(member.supporter, member.group.controller, P.NEWS)
    return member


def forget(browser, member, **answers):
    return browser.post(at(member, "groups:forget_member"), answers)


def test_looking_at_the_page_deletes_nothing(client_of, coordinator, full):
    assert client_of(coordinator).get(at(full, "groups:forget_member")).status_code == 200
    assert Membership.objects.filter(pk=full.pk).exists()


def test_somebody_nobody_else_knows_is_erased(client_of, coordinator, full):
    answer = forget(client_of(coordinator), full, silence="on")
    assert answer.url == reverse("groups:members", args=[full.group.slug])
    person = Supporter.objects.get(pk=full.supporter_id)
    assert (person.name, person.email) == ("Forgotten", "")
    assert not Membership.objects.exists()
    assert not Note.objects.exists()
    assert not Attendance.objects.exists()
    silence = Suppression.objects.get()
    assert (silence.controller, silence.reason) == (full.group.controller, "erased")
    assert "Rosa" not in str(list(Entry.objects.values_list("noun_id", "detail")))
    assert "rosa" not in str(list(Booking.objects.values()))


def test_without_the_tick_no_mark_is_kept(client_of, coordinator, full):
    forget(client_of(coordinator), full)
    assert not Suppression.objects.exists()


def test_somebody_others_know_stays_theirs(client_of, coordinator, full, other_group):
    theirs = make.MembershipFactory(group=other_group, supporter=full.supporter)
    permit(full.supporter, other_group.controller, P.NEWS)
    actions.add_note(theirs, "Sings.", by=coordinator)
    activity = make.ActivityFactory(group=other_group)
    Attendance.objects.create(activity=activity, supporter=full.supporter)
    forget(client_of(coordinator), full, silence="on")
    full.supporter.refresh_from_db()
    assert full.supporter.name == "Rosa Fictional"
    assert Membership.objects.get() == theirs
    assert Note.objects.get().text == "Sings."
    assert Attendance.objects.get().activity == activity
    live = CurrentPermission.objects.live().filter(supporter=full.supporter)
    assert [row.controller for row in live] == [other_group.controller]


@pytest.mark.parametrize("tie", ["pledge", "act", "stream", "national", "account"])
def test_anybodys_tie_keeps_the_entry(full, coordinator, staff, tie):
    person = full.supporter
    if tie == "pledge":
        make.PledgeFactory(group=full.group, supporter=person, confirmed=True)
    elif tie == "act":
        action = make.ActionFactory(campaign=make.CampaignFactory(owner=staff))
        make.ActionTakenFactory(action=action, supporter=person, confirmed_at=timezone.now())
    elif tie == "stream":
        make.StreamOrganisationFactory(stream=make.StreamFactory(), organisation=person)
    elif tie == "national":
        permit(person)
    else:
        make.UserFactory(supporter=person)
    assert actions.forget_member(full, silence=True, by=coordinator) is False
    person.refresh_from_db()
    assert person.email == "rosa@example.org"
    assert not Pledge.objects.filter(group=full.group).exists()


def test_deleting_twice_is_deleting_once(client_of, coordinator, full):
    browser = client_of(coordinator)
    assert forget(browser, full).status_code == 302
    assert forget(browser, full).status_code == 404
    assert actions.forget_member(full, silence=True, by=coordinator) is False
    assert Entry.objects.filter(verb="groups.forget_member").count() == 1


def test_somebody_deleted_who_pledges_again_and_says_yes_is_emailed_again(full, coordinator):
    actions.forget_member(full, silence=True, by=coordinator)
    people.lift_suppression("rosa@example.org", controllers=[full.group.controller])
    assert not Suppression.objects.exists()


def test_deleting_leaves_nothing_of_an_entry_put_together_before(full, coordinator):
    gone = make.MembershipFactory(group=full.group, supporter=make.SupporterFactory(email="old@example.org"))
    merge = actions.merge_members(full, gone, name=full.supporter.name, by=coordinator)
    actions.forget_member(full, silence=True, by=coordinator)
    merge.refresh_from_db()
    assert merge.before == {}
    assert Suppression.objects.count() == 2
    assert not Membership.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_delete_at_once_delete_once(full, coordinator):
    call = lambda: actions.forget_member(full, silence=True, by=coordinator)  # noqa: E731
    outcomes = race(call, call, after='FROM "people_supporter"')
    assert sorted(outcomes) == [False, True]
    assert Entry.objects.filter(verb="groups.forget_member").count() == 1


def test_known_apart_pairs_go_with_a_member(full, coordinator):
    other = make.MembershipFactory(group=full.group, supporter=make.SupporterFactory())
    actions.keep_apart(full, other, by=coordinator)
    actions.forget_member(full, silence=False, by=coordinator)
    assert not KnownApart.objects.exists()

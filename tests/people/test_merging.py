"""Two entries about one person become one and can be taken apart: never looser than before, and nothing lost."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ActionTaken, Delivery, Mailing
from groups.models import Attendance, Booking, Membership, Note
from pledges.models import Endorsement, Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import actions, links
from sanctuary.people.models import (
    AddressChange,
    Controller,
    CurrentPermission,
    Merge,
    Permission,
    Supporter,
    Suppression,
)
from streams.models import StreamOrganisation
from tests import factories as make
from tests.factories import permit
from tests.race import race

pytestmark = pytest.mark.django_db

P = Permission.Purpose
LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.fixture
def two():
    kept = make.SupporterFactory(name="Rosa Fictional", email="rosa@example.org")
    return kept, make.SupporterFactory(name="R. Fictional", email="rf@example.org")


@pytest.fixture
def same_mailbox():
    kept = make.SupporterFactory(name="Rosa Fictional", email="rosa@example.org")
    return kept, make.SupporterFactory(name="R. Fictional", email="rosa@example.org")


def merge(kept, gone, name=None, by=None):
    by = by or make.UserFactory()
    national = Controller.objects.national()
    return actions.merge_supporters(kept, gone, name=name or kept.name, controller=national, by=by)


def undo(done):
    return actions.undo_merge(done, by=done.merged_by)


def live(supporter):
    rows = CurrentPermission.objects.live().filter(supporter=supporter)
    return {(row.controller_id, row.purpose) for row in rows}


def fresh(*people):
    return [Supporter.objects.get(pk=each.pk) for each in people]


# --- one of two -----------------------------------------------------------------------------------------


def test_merged_entry_is_empty_and_points_to_the_one_that_stays(two):
    kept, gone = two
    done = merge(kept, gone, name=gone.name)
    kept, gone = fresh(kept, gone)
    assert (kept.name, kept.email) == ("R. Fictional", "rosa@example.org")
    assert (gone.name, gone.email, bytes(gone.email_mac)) == ("Merged", "", b"")
    assert Merge.objects.standing_for(gone.pk) == kept.pk
    assert (done.kept, done.gone) == (kept, gone)


def test_merging_twice_is_one_merge(two):
    assert merge(*two) == merge(*two)
    assert Merge.objects.count() == Entry.objects.filter(verb="people.merge").count() == 1


def test_audit_names_nobody(two):
    merge(*two)
    assert "Fictional" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("code", ["different_kinds", "no_address", "not_two", "two_accounts", "gone_already"])
def test_what_cannot_become_one_is_refused(two, code):
    kept, gone = two
    name = kept.name
    if code == "different_kinds":
        gone = make.OrganisationFactory()
    elif code == "no_address":
        kept = make.SupporterFactory(email="", email_mac=b"", name=name)
    elif code == "not_two":
        name = "Somebody Else"
    elif code == "two_accounts":
        make.UserFactory(supporter=kept), make.UserFactory(supporter=gone)
    else:
        merge(make.SupporterFactory(), gone)
    with pytest.raises(ValidationError) as error:
        merge(kept, gone, name=name)
    assert error.value.code == code


def test_what_one_knows_and_the_other_does_not_is_filled_in(places):
    kept = make.SupporterFactory(email="a@example.org")
    school = make.OrganisationFactory()
    gone = make.SupporterFactory(postcode="LS7 3HJ", outward_code="LS7", job_role="Cook", works_for=school)
    done = merge(kept, gone)
    kept.refresh_from_db()
    assert (kept.outward_code, kept.job_role, kept.works_for) == ("LS7", "Cook", school)
    undo(done)
    kept, gone = fresh(kept, gone)
    assert (kept.outward_code, kept.job_role, kept.works_for) == ("", "", None)
    assert (gone.outward_code, gone.job_role, gone.works_for) == ("LS7", "Cook", school)


# --- permissions ----------------------------------------------------------------------------------------


def test_no_on_the_side_that_goes_ends_the_yes_of_the_side_that_stays(two):
    kept, gone = two
    permit(kept)
    actions.decline(
        gone, controllers=[Controller.objects.national()], purposes=[P.CAMPAIGNS], wording=None, source="pledge"
    )
    done = merge(kept, gone)
    assert live(kept) == set()
    undo(done)
    assert live(kept) == {(Controller.objects.national().pk, P.CAMPAIGNS)}
    assert live(gone) == set()


def test_old_no_beats_a_newer_yes_whoever_said_it(two):
    kept, gone = two
    permit(gone, at=LONG_AGO)
    actions.withdraw(gone, source="test", at=LONG_AGO + timedelta(days=1))
    permit(kept)
    merge(kept, gone)
    assert live(kept) == set()


def test_yes_at_another_address_does_not_come_along(two):
    kept, gone = two
    permit(gone)
    merge(kept, gone)
    assert live(kept) == live(gone) == set()


def test_yes_at_the_same_address_comes_along_with_its_words_and_day(same_mailbox):
    kept, gone = same_mailbox
    first = permit(gone, at=LONG_AGO)
    done = merge(kept, gone)
    copy = Permission.objects.get(supporter=kept)
    assert (copy.wording, copy.basis, copy.occurred_at, copy.source) == (
        first.wording,
        first.basis,
        LONG_AGO,
        f"merge:{done.pk}",
    )
    undo(done)
    assert (live(kept), live(gone)) == (set(), {(first.controller_id, P.CAMPAIGNS)})


def test_stop_all_at_one_address_ends_every_yes_of_the_other(two, group):
    kept, gone = two
    permit(kept, group.controller, P.ACTIVITIES)
    actions.stop_all_emails(gone, source="test")
    done = merge(kept, gone)
    assert live(kept) == set()
    undo(done)
    assert live(kept) == {(group.controller_id, P.ACTIVITIES)}


def test_address_that_bounced_ends_nothing_for_the_other(two):
    kept, gone = two
    permit(kept)
    actions.suppress(gone.email, reason=Suppression.Reason.HARD_BOUNCED)
    merge(kept, gone)
    assert len(live(kept)) == 1


def test_limits_are_the_stricter(two):
    kept, gone = two
    actions.pause_emails(gone)
    actions.set_big_moments(gone, only=True)
    actions.limit_emails(kept, 4)
    actions.limit_emails(gone, 1)
    pause = gone.emails_paused_until
    done = merge(kept, gone)
    kept.refresh_from_db()
    assert (kept.only_big_moments, kept.emails_paused_until, kept.most_a_month) == (True, pause, 1)
    undo(done)
    kept, gone = fresh(kept, gone)
    assert (kept.only_big_moments, kept.emails_paused_until, kept.most_a_month) == (False, None, 4)
    assert (gone.only_big_moments, gone.emails_paused_until, gone.most_a_month) == (True, pause, 1)


def test_stop_pressed_while_they_were_one_holds_for_both_after_undoing(two, client):
    kept, gone = two
    permit(kept), permit(gone)
    done = merge(kept, gone)
    client.post(reverse("people:stop", args=[links.choices_token(gone.pk)]), {"List-Unsubscribe": "One-Click"})
    assert Suppression.objects.covering(kept.email).exists()
    undo(done)
    assert live(kept) == live(gone) == set()
    assert Suppression.objects.covering("rf@example.org").get().reason == Suppression.Reason.UNSUBSCRIBED


def test_one_sender_stopped_while_they_were_one_stays_stopped_for_both(two):
    kept, gone = two
    permit(gone)
    done = merge(kept, gone)
    actions.stop_sender(kept, Controller.objects.national(), source="test")
    undo(done)
    assert live(gone) == set()


def test_pause_asked_for_while_they_were_one_holds_for_both(two):
    kept, gone = two
    done = merge(kept, gone)
    until = actions.pause_emails(Supporter.objects.get(pk=kept.pk))
    undo(done)
    assert [each.emails_paused_until for each in fresh(kept, gone)] == [until, until]


# --- everything that speaks of them -----------------------------------------------------------------------

# A new foreign key to a supporter belongs here, with a receiver of `supporters_merged` in its room that moves it; or
# with the reason why it stays.
MOVED = {
    "groups.Attendance.supporter",
    "groups.Booking.supporter",
    "groups.Membership.supporter",
    "pledges.Pledge.supporter",
    "campaigns.ActionTaken.supporter",
    "campaigns.PartnerYes.supporter",
    "campaigns.Returned.supporter",
    "pledges.Endorsement.supporter",
    "streams.StreamOrganisation.organisation",
    "people.AddressChange.supporter",
    "people.Supporter.works_for",
    "people.User.supporter",
}
STAYS = {
    "people.Permission.supporter": "the ledger is only added to",
    "people.CurrentPermission.supporter": "follows the ledger",
    "people.Merge.kept": "the trace of the merge",
    "people.Merge.gone": "the trace of the merge",
    "groups.ImportRow.supporter": "what an import made, for its undoing alone",
}


def test_every_key_to_a_supporter_is_moved_or_said_to_stay():
    keys = {
        f"{each.related_model._meta.app_label}.{each.related_model.__name__}.{each.field.name}"
        for each in Supporter._meta.get_fields(include_hidden=True)
        if each.auto_created and each.is_relation
    }
    assert keys == MOVED | set(STAYS)


@pytest.fixture
def busy(two, group):
    """Both did everything, and once the very same thing."""
    kept, gone = two
    stream = make.StreamFactory()
    owner = make.UserFactory()
    campaign = make.CampaignFactory(owner=owner)
    both, alone = make.ActionFactory(campaign=campaign), make.ActionFactory(campaign=make.CampaignFactory(owner=owner))
    supper = make.ActivityFactory(group=group)
    for person in two:
        membership = make.MembershipFactory(group=group, supporter=person, joined_on=date(2024, 1, 1 + person.pk % 2))
        Note.objects.create(membership=membership, text=f"About {person.name}", written_at=timezone.now())
        pledge = make.PledgeFactory(group=group, supporter=person, confirmed=True)
        make.IntendedActionFactory(pledge=pledge, kind="meet" if person == kept else "volunteer")
        shown = "full" if person == kept else "first"
        make.EndorsementFactory(supporter=person, confirmed=True, shown=shown, name_checked_at=timezone.now())
        make.ActionTakenFactory(action=both, supporter=person, confirmed_at=timezone.now(), name="", email="")
        make.StreamOrganisationFactory(stream=stream, organisation=person, is_listed=person == kept)
        Attendance.objects.create(activity=supper, supporter=person)
    walk = make.ActivityFactory(group=group)
    Attendance.objects.create(activity=walk, supporter=gone)
    Booking.objects.create(activity=walk, supporter=gone, name="R", email="rf@example.org")
    make.ActionTakenFactory(action=alone, supporter=gone, confirmed_at=timezone.now(), name="", email="")
    make.UserFactory(supporter=gone)
    make.SupporterFactory(works_for=gone)
    AddressChange.objects.create(supporter=gone, done_at=timezone.now())
    for person in two:
        mailing = make.MailingFactory(campaign=campaign, author=owner)
        Delivery.objects.create(
            mailing=mailing, seq=1, supporter_id=person.pk, address=person.email, outcome=1, settled_at=timezone.now()
        )
        mailing.returned.create(kind="soft", seq=1, supporter=person, door="mailbox", at=timezone.now())
    return kept, gone


def picture():
    """Every row that speaks of anybody, by value."""
    models = [Membership, Note, Pledge, ActionTaken, StreamOrganisation, Attendance, Booking, Delivery, Supporter]
    rows = {}
    for model in [*models, AddressChange, make.User, Mailing.returned.rel.related_model, make.IntendedAction]:
        rows[model.__name__] = sorted(map(repr, model.objects.values_list()))
    # A name that two people came under may come back under another number.
    rows["Endorsement"] = sorted(map(repr, Endorsement.objects.values_list()))
    rows["Attendance"] = sorted(Attendance.objects.values_list("activity", "supporter"))
    return rows


def test_everything_moves_to_the_one_that_stays(busy):
    kept, gone = busy
    merge(kept, gone)
    assert Membership.objects.current().get().supporter == kept
    assert set(Note.objects.values_list("membership__supporter", flat=True)) == {kept.pk}
    assert Pledge.objects.confirmed().get().supporter == kept
    assert set(Pledge.objects.confirmed().get().intended_actions.values_list("kind", flat=True)) == {
        "meet",
        "volunteer",
    }
    endorsed = Endorsement.objects.confirmed().get()
    assert (endorsed.supporter, endorsed.shown) == (kept, "first")
    assert ActionTaken.objects.filter(supporter=kept).count() == ActionTaken.objects.count() == 2
    place = StreamOrganisation.objects.current().get()
    assert (place.organisation, place.is_listed) == (kept, False)
    assert set(Attendance.objects.values_list("supporter", flat=True)) == {kept.pk}
    assert Attendance.objects.count() == 2
    assert Booking.objects.get().supporter == kept
    assert set(Delivery.objects.values_list("supporter_id", flat=True)) == {kept.pk}
    assert not Supporter.objects.filter(works_for=gone).exists()
    for relation in ("bookings", "address_changes", "pledges", "endorsements", "actions_taken", "returned_mail"):
        assert getattr(gone, relation).count() == 0, relation


def test_undoing_puts_everything_back_exactly(busy):
    by = make.UserFactory()
    before = picture()
    undo(merge(*busy, by=by))
    assert picture() == before


def test_waiting_copy_of_the_entry_that_goes_is_struck_out_and_not_moved(two, staff):
    kept, gone = two
    mailing = make.MailingFactory(campaign=make.CampaignFactory(owner=staff), author=staff)
    Delivery.objects.create(mailing=mailing, seq=1, supporter_id=gone.pk, address=gone.email)
    merge(kept, gone)
    assert Delivery.objects.get().supporter_id == gone.pk
    assert Supporter.objects.get(pk=gone.pk).email != "rf@example.org"


# --- links in old emails ----------------------------------------------------------------------------------


def test_old_link_opens_the_choices_of_the_one_that_stays_but_not_its_address(two, client):
    kept, gone = two
    merge(kept, gone)
    token = links.choices_token(gone.pk)
    assert "r***@example.org" in client.get(reverse("people:choices", args=[token])).text
    answer = client.post(reverse("people:address", args=[token]), {"email": "thief@example.org"})
    assert (answer.status_code, answer.url) == (302, reverse("people:choices_help"))
    assert not AddressChange.objects.exists()


def test_wish_for_a_new_address_does_not_bring_the_old_entry_back(two, client):
    kept, gone = two
    actions.start_address_change(gone, "new@example.org")
    merge(kept, gone)
    assert not AddressChange.objects.exists()


# --- undoing ---------------------------------------------------------------------------------------------


def test_undoing_twice_is_undoing_once(two):
    done = merge(*two)
    undo(done), undo(done)
    assert Entry.objects.filter(verb="people.undo_merge").count() == 1
    assert Merge.objects.get().before == {}


def test_undoing_after_30_days_is_refused_and_what_it_needed_is_gone(two):
    done = merge(*two)
    assert actions.forget_merges() == 0
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=30))
    assert actions.forget_merges() == 1
    with pytest.raises(ValidationError) as error:
        undo(done)
    assert error.value.code == "too_late"
    done.refresh_from_db()
    assert (done.before, done.moved) == ({}, {})
    assert Merge.objects.standing_for(two[1].pk) == two[0].pk


def test_later_merge_is_undone_first(two):
    kept, gone = two
    third = make.SupporterFactory(name="Third")
    first = merge(kept, gone)
    second = merge(third, kept)
    assert Merge.objects.standing_for(gone.pk) == third.pk
    with pytest.raises(ValidationError) as error:
        undo(first)
    assert error.value.code == "later_first"
    undo(second), undo(first)
    assert [each.name for each in fresh(kept, gone)] == ["Rosa Fictional", "R. Fictional"]


def test_erasing_the_one_that_stays_forgets_the_other_for_good(two):
    kept, gone = two
    done = merge(kept, gone)
    actions.erase_supporter(Supporter.objects.get(pk=kept.pk), by="test")
    done.refresh_from_db()
    assert done.before == done.moved == {}
    assert Suppression.objects.covering("rf@example.org").exists()
    with pytest.raises(ValidationError):
        undo(done)


def test_person_reads_what_is_kept_of_both(two):
    kept, gone = two
    permit(gone)
    merge(kept, gone)
    held = actions.held_about(Supporter.objects.get(pk=kept.pk))
    assert held["Entries about you that we put together"][0]["Email address"] == "rf@example.org"
    assert [entry["What"] for entry in held["What you told us about emails"]] == ["Agreed", "Withdrew"]


# --- two at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_in_both_directions_at_once_make_one_merge(two):
    kept, gone = two
    by = make.UserFactory()
    outcomes = race(lambda: merge(kept, gone, by=by), lambda: merge(gone, kept, by=by), after='FROM "people_supporter"')
    assert Merge.objects.count() == 1
    assert [each.pk for each in outcomes] == [Merge.objects.get().pk] * 2


@pytest.mark.django_db(transaction=True)
def test_two_who_undo_at_once_undo_once(two):
    kept, gone = two
    permit(kept), permit(gone)
    done = merge(kept, gone)
    race(lambda: undo(done), lambda: undo(done), after='FROM "people_supporter"')
    assert Entry.objects.filter(verb="people.undo_merge").count() == 1
    assert Permission.objects.filter(source=f"undone merge:{done.pk}").count() == 1

"""Partners: their own box, their own line in the ledger, and a list with exactly the people who said yes to them."""

import csv
import io
import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.actions import writing
from campaigns.models import PartnerTick, PartnerYes
from sanctuary.audit.models import Entry
from sanctuary.people import links, tokens
from sanctuary.people.actions import (
    erase_supporter,
    held_about,
    merge_supporters,
    stop_all_emails,
    stop_sender,
    suppress,
    undo_merge,
    undo_stop,
)
from sanctuary.people.models import Controller, CurrentPermission, Permission, Supporter, Suppression
from sanctuary.people.spreadsheet import csv_file
from tests.letters import asked, draft_of, seat
from tests.partners import a_partner, acts, an_action, linked

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(staff):
    return an_action(staff)


@pytest.fixture
def link(action):
    return linked(action.campaign, a_partner())


def emails_in(link, staff) -> list[str]:
    """Everybody in the file as the partner opens it."""
    given = actions.give_list(link, by=staff, reason="Monthly")
    return sorted(row["Email"] for row in opened(given) if row["Status"] == "yes")


def opened(given) -> list[dict[str, str]]:
    whole = b"".join(csv_file(actions.LIST_HEAD, actions.rows_of(given))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(whole)))


def ledger(controller) -> list[tuple]:
    rows = Permission.objects.filter(controller=controller).order_by("pk")
    return list(rows.values_list("supporter__email", "change", "purpose", "wording__text", "source"))


# --- the box ------------------------------------------------------------------------------------------------


def test_a_tick_waits_with_the_wish_and_is_in_no_ledger(action, link):
    taken = acts(action, link, confirmed=False)
    assert list(PartnerTick.objects.values_list("taken", "link", "wording")) == [(taken.pk, link.pk, link.wording_id)]
    assert (ledger(link.partner.controller), list(PartnerYes.objects.all())) == ([], [])


def test_owner_of_the_mailbox_reads_what_a_stranger_may_have_ticked_for_them(action, link, client):
    taken = acts(action, link, confirmed=False, wants_email=True)
    page = client.get(reverse("campaigns:confirm", args=[tokens.make("act-confirm", taken.pk)])).content.decode()
    assert [words in page for words in (link.wording.text, "City of Sanctuary UK email you")] == [True, True]
    plain = acts(action, email="bea@example.org", confirmed=False)
    page = client.get(reverse("campaigns:confirm", args=[tokens.make("act-confirm", plain.pk)])).content.decode()
    assert "said yes" not in page


def test_confirming_writes_the_partners_words_into_the_ledger_once(action, link):
    taken = acts(action, link, confirmed=False)
    person = actions.confirm_action(taken).supporter
    actions.confirm_action(taken)
    said = ("ada@example.org", "granted", "campaigns", link.partner.question, f"action:{action.pk}")
    assert ledger(link.partner.controller) == [said]
    assert list(PartnerYes.objects.values_list("link", "supporter", "wording")) == [
        (link.pk, person.pk, link.wording_id)
    ]
    assert list(PartnerTick.objects.all()) == []


def test_an_empty_box_writes_nothing_and_ends_no_earlier_yes(action, link, staff):
    acts(action, link)
    elsewhere = an_action(staff)
    linked(elsewhere.campaign, link.partner)
    acts(elsewhere)
    assert [row[1] for row in ledger(link.partner.controller)] == ["granted"]


def test_signing_twice_with_the_box_ticked_the_second_time_is_a_yes(action, link, staff):
    acts(action)
    assert emails_in(link, staff) == []
    acts(action, link)
    assert emails_in(link, staff) == ["ada@example.org"]


def test_the_box_of_another_campaign_is_none(action, staff):
    foreign = linked(an_action(staff).campaign, a_partner())
    acts(action, foreign)
    assert ledger(foreign.partner.controller) == []


def test_a_partner_switched_off_meanwhile_gets_no_yes(action, link):
    taken = acts(action, link, confirmed=False)
    link.partner.is_active = False
    link.partner.save()
    actions.confirm_action(taken)
    assert ledger(link.partner.controller) == []


def test_a_wish_that_nobody_confirms_takes_its_ticks_along(action, link):
    taken = acts(action, link, confirmed=False)
    taken.created_at = timezone.now() - timedelta(days=15)
    taken.save()
    actions.forget_unconfirmed()
    assert list(PartnerTick.objects.all()) == []


def test_a_letter_that_is_counted_keeps_the_ticks_too(staff, places):
    action = an_action(staff)
    action.kind, action.statement = action.Kind.WRITE, ""
    action.save()
    link = linked(action.campaign, a_partner())
    asked(action)
    seat()
    taken = writing.count_letter(
        draft_of(action), name="Ada Example", email="ada@example.org", wants_email=False, ticked=[link]
    )
    assert [tick.link for tick in taken.partner_ticks.all()] == [link]


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_says_what_was_promised_and_no_more(action, link, staff):
    acts(action, link, name="=Ada Example")
    (row,) = opened(actions.give_list(link, by=staff, reason="Monthly"))
    assert row == {
        "Reference": PartnerYes.objects.get().reference,
        "Status": "yes",
        "Name": "'=Ada Example",
        "Email": "ada@example.org",
        "Postcode": "",
        "Said yes on": timezone.localdate().isoformat(),
        "Version of the words": "1",
        "Where": "Sign",
    }


def test_the_postcode_goes_along_only_if_the_words_said_so_then(action, staff):
    partner = a_partner(with_postcode=True)
    link = linked(action.campaign, partner)
    acts(action, link)
    # Words that say less, from now on: what was said before stays as it was said, and the other way round.
    link.with_postcode = False
    link.save()
    acts(action, link, name="Ben Example", email="ben@example.org")
    rows = opened(actions.give_list(link, by=staff, reason="Monthly"))
    assert {row["Email"]: row["Postcode"] for row in rows} == {"ada@example.org": "LS7 3HJ", "ben@example.org": ""}


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({}, " ", "no_reason"),
        ({"may_export": False}, "Monthly", "no_agreement"),
        ({"is_active": False}, "Monthly", "no_agreement"),
    ],
)
def test_no_list_without_a_reason_and_an_agreement(action, link, staff, changes, reason, code):
    acts(action, link)
    for name, value in changes.items():
        setattr(link.partner, name, value)
    link.partner.save()
    with pytest.raises(ValidationError) as refused:
        actions.give_list(link, by=staff, reason=reason)
    assert refused.value.code == code
    assert PartnerYes.objects.get().passed_at is None
    assert not Entry.objects.filter(verb="campaigns.give_list").exists()


def test_the_log_keeps_who_why_and_how_many_but_nobodys_address(action, link, staff):
    acts(action, link)
    actions.give_list(link, by=staff, reason="Monthly")
    entry = Entry.objects.get(verb="campaigns.give_list")
    assert (entry.actor, entry.noun_id) == (f"user:{staff.pk}", str(link.pk))
    assert entry.detail == {"reason": "Monthly", "count": 1, "left": 0}


def test_giving_one_list_counts_and_marks_nobody_of_another(action, link, staff):
    other = linked(action.campaign, a_partner("Sample Allies"))
    acts(action, link, other)
    acts(action, other, name="Ben Example", email="ben@example.org")
    assert actions.give_list(link, by=staff, reason="Monthly").count == 1
    assert [yes.link for yes in PartnerYes.objects.passed_on()] == [link]


def test_whoever_leaves_between_the_button_and_the_file_is_not_in_it(action, link, staff):
    person = acts(action, link)
    given = actions.give_list(link, by=staff, reason="Monthly")
    stop_sender(person, link.partner.controller, source="email choices")
    assert [(row["Status"], row["Email"]) for row in opened(given)] == [("left: please delete", "")]


def test_the_next_list_names_who_left_by_reference_alone(action, link, staff):
    for name in ("Ada", "Ben", "Cem", "Dot"):
        acts(action, link, name=name, email=f"{name.lower()}@example.org")
    assert len(emails_in(link, staff)) == 4
    ada, ben, cem = (Supporter.objects.get(name=name) for name in ("Ada", "Ben", "Cem"))
    references = {yes.supporter.name: yes.reference for yes in PartnerYes.objects.all()}
    stop_sender(ada, link.partner.controller, source="email choices")
    stop_all_emails(ben, source="email choices")
    erase_supporter(cem, by=cem)
    rows = opened(actions.give_list(link, by=staff, reason="Monthly"))
    assert [row["Email"] for row in rows if row["Status"] == "yes"] == ["dot@example.org"]
    left = [row for row in rows if row["Status"] != "yes"]
    assert {row["Reference"] for row in left} == {references[name] for name in ("Ada", "Ben", "Cem")}
    assert {"".join(row[name] for name in actions.LIST_HEAD[2:]) for row in left} == {""}


def test_a_yes_on_another_campaign_does_not_bring_an_old_one_back(action, link, staff):
    person = acts(action, link)
    stop_sender(person, link.partner.controller, source="email choices")
    elsewhere = an_action(staff)
    there = linked(elsewhere.campaign, link.partner)
    acts(elsewhere, there)
    assert (emails_in(link, staff), emails_in(there, staff)) == ([], ["ada@example.org"])


def test_stop_all_that_is_undone_at_once_loses_nothing(action, link, staff):
    person = acts(action, link)
    stop_all_emails(person, source="email choices")
    assert emails_in(link, staff) == []
    undo_stop(person, source="email choices")
    assert emails_in(link, staff) == ["ada@example.org"]


def test_a_silence_from_before_gives_way_to_a_fresh_yes_but_a_complaint_never(action, link, staff):
    suppress("ada@example.org", reason=Suppression.Reason.UNSUBSCRIBED)
    suppress("ben@example.org", reason=Suppression.Reason.COMPLAINED)
    acts(action, link)
    acts(action, link, name="Ben Example", email="ben@example.org")
    assert emails_in(link, staff) == ["ada@example.org"]
    suppress("ada@example.org", reason=Suppression.Reason.UNSUBSCRIBED, controller=link.partner.controller)
    assert emails_in(link, staff) == []
    assert Suppression.objects.covering("ada@example.org").exists(), "a partner's box never ends our own silence"


def test_lists_hold_nobody_foreign_whatever_people_did(action, staff):
    """Many people, each with a canary of an address, do things at random; a plain model knows who may be listed."""
    chance = random.Random(7)
    links = [linked(action.campaign, a_partner(name)) for name in ("Example Voices", "Sample Allies")]
    other = an_action(staff)
    links.append(linked(other.campaign, links[0].partner))
    allowed = {link.pk: set() for link in links}
    people = []
    for number in range(24):
        address = f"canary{number}@example.org"
        where = chance.choice([links[:2], links[2:]])
        ticked = [link for link in where if chance.random() < 0.6]
        ends = chance.choice(["stays", "stays", "unconfirmed", "withdrew", "erased", "stopped"])
        target = action if where == links[:2] else other
        did = acts(target, *ticked, name=f"Person {number}", email=address, confirmed=ends != "unconfirmed")
        people.append(address)
        if ends == "withdrew":
            stop_sender(did, links[0].partner.controller, source="email choices")
            ticked = [link for link in ticked if link.partner_id != links[0].partner_id]
        elif ends == "erased":
            erase_supporter(did, by=did)
        elif ends == "stopped":
            stop_all_emails(did, source="email choices")
        if ends in ("stays", "withdrew"):
            for link in ticked:
                allowed[link.pk].add(address)
    assert {link.pk: set(emails_in(link, staff)) for link in links} == allowed
    assert all(0 < len(those) < len(people) for those in allowed.values())


# --- merging ------------------------------------------------------------------------------------------------


def merge(kept, gone, staff):
    return merge_supporters(kept, gone, name=kept.name, controller=Controller.objects.national(), by=staff)


def test_a_merge_of_two_mailboxes_takes_no_yes_to_the_other_mailbox(action, link, staff):
    kept = acts(action, name="Ada Example", email="ada@example.org")
    gone = acts(action, link, name="Ada Example", email="ada.at.work@example.org")
    assert emails_in(link, staff) == ["ada.at.work@example.org"]
    done = merge(kept, gone, staff)
    assert emails_in(link, staff) == []
    undo_merge(done, by=staff)
    assert emails_in(link, staff) == ["ada.at.work@example.org"]


def test_a_yes_of_the_other_mailbox_stays_behind_even_where_this_one_says_yes_elsewhere(action, link, staff):
    elsewhere = an_action(staff)
    there = linked(elsewhere.campaign, link.partner)
    kept = acts(elsewhere, there, name="Ada Example", email="ada@example.org")
    gone = acts(action, link, name="Ada Example", email="ada.at.work@example.org")
    merge(kept, gone, staff)
    assert (emails_in(link, staff), emails_in(there, staff)) == ([], ["ada@example.org"])


def test_a_merge_within_one_mailbox_keeps_the_yes_and_its_reference(action, link, staff):
    kept = acts(action, name="Ada Example")
    gone = acts(action, link, name="Ada M Example")
    reference = PartnerYes.objects.get().reference
    done = merge(kept, gone, staff)
    (row,) = opened(actions.give_list(link, by=staff, reason="Monthly"))
    assert (row["Reference"], row["Name"], row["Status"]) == (reference, "Ada Example", "yes")
    undo_merge(done, by=staff)
    (row,) = opened(actions.give_list(link, by=staff, reason="Monthly"))
    assert (row["Reference"], row["Name"], row["Status"]) == (reference, "Ada M Example", "yes")


def test_in_a_merge_the_stricter_wins_on_lists_too(action, link, staff):
    kept = acts(action, link, name="Ada Example")
    gone = acts(action, link, name="Ada M Example")
    stop_sender(gone, link.partner.controller, source="email choices")
    merge(kept, gone, staff)
    assert emails_in(link, staff) == []


def test_erasing_somebody_who_was_merged_leaves_bare_references(action, link, staff):
    kept = acts(action, link, name="Ada Example")
    gone = acts(action, link, name="Ada Example", email="ada.at.work@example.org")
    emails_in(link, staff)
    merge(kept, gone, staff)
    erase_supporter(kept, by=kept)
    assert list(PartnerYes.objects.values_list("supporter", flat=True)) == [None, None]
    assert {row["Status"] for row in opened(actions.give_list(link, by=staff, reason="Monthly"))} == {
        "left: please delete"
    }


def test_erasing_somebody_whom_no_partner_had_leaves_nothing(action, link):
    person = acts(action, link)
    erase_supporter(person, by=person)
    assert list(PartnerYes.objects.all()) == []


# --- what the person reads ----------------------------------------------------------------------------------


def test_the_person_reads_whom_we_tell_and_not_that_we_email_for_them(action, link, staff):
    person = acts(action, link)
    emails_in(link, staff)
    held = held_about(person)
    (told,) = held["Partners you let us tell about you"]
    assert told["Organisation"] == "Example Voices"
    assert told["The words you saw"] == link.partner.question
    assert told["Now"] == "You let us tell them"
    assert told["We told them last"] != "Not yet"
    assert held["What we may email you about now"] == []
    stop_sender(person, link.partner.controller, source="email choices")
    assert held_about(person)["Partners you let us tell about you"][0]["Now"] == "We do not tell them any more"


def test_a_stop_of_everything_ends_the_partners_permission_in_the_ledger(action, link):
    person = acts(action, link)
    stop_all_emails(person, source="email choices")
    live = CurrentPermission.objects.live().filter(controller=link.partner.controller)
    assert list(live) == []


def test_the_choices_page_ends_one_partners_yes_at_once_and_no_other(action, link, staff, client):
    other = linked(action.campaign, a_partner("Sample Allies"))
    person = acts(action, link, other)
    emails_in(link, staff)
    url = reverse("people:choices", args=[links.choices_token(person.pk)])
    page = client.get(url).text
    assert "hello@example-voices.example.org" in page, "it was told, so it must be asked too"
    assert "hello@sample-allies.example.org" not in page, "it was never told"
    client.post(url, {"do": "stop_partner", "whom": link.partner.controller_id})
    client.post(url, {"do": "stop_partner", "whom": link.partner.controller_id})
    assert (emails_in(link, staff), emails_in(other, staff)) == ([], ["ada@example.org"])
    after = client.get(url).text
    assert "Do not tell Example Voices" not in after
    assert "hello@example-voices.example.org" in after, "it still has the address"
    assert "Do not tell Sample Allies" in after


def test_the_choices_page_ends_nobody_elses_yes_and_no_sender_of_ours(action, link, staff, client):
    person = acts(action, wants_email=True)
    acts(action, link, name="Ben Example", email="ben@example.org")
    url = reverse("people:choices", args=[links.choices_token(person.pk)])
    for whom in (link.partner.controller_id, Controller.objects.national().pk, 10**30, "", "x\0"):
        client.post(url, {"do": "stop_partner", "whom": whom})
    assert emails_in(link, staff) == ["ben@example.org"]
    assert CurrentPermission.objects.live().filter(supporter=person).count() == 1

"""Bringing in people from a file: what becomes of each row, and what never happens."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from groups.actions import importing
from groups.actions.importing import adding
from groups.models import ImportPart, ImportRow, Membership, PeopleImport
from sanctuary.audit.models import Entry
from sanctuary.people.actions import decline, erase_supporter, grant, held_about, stop_sender, suppress
from sanctuary.people.models import CurrentPermission, Permission, Supporter, Suppression, Wording
from sanctuary.places.actions import place_fields
from sanctuary.places.postcode import UNKNOWN_POSTCODE
from tests import factories as make
from tests.brought import PROOF
from tests.factories import permit

pytestmark = pytest.mark.django_db

NO = {"agreed": PeopleImport.Agreed.NO}
ANN = "Name,Email,Postcode\nAnn Example,ann@example.org,LS7 3HJ\n"


def take(group, user, text, **answer):
    """Checked, and nothing more."""
    file = importing.take_file(group, SimpleUploadedFile("people.csv", text.encode()), by=user)
    file = importing.match_columns(file, file.columns, by=user)
    return work(importing.say_how_they_agreed(file, by=user, **answer or NO))


def work(file):
    while importing.work_for(file.pk):
        pass
    file.refresh_from_db()
    return file


def bring(group, user, text, **answer):
    file = take(group, user, text, **answer)
    importing.start_import(file, by=user)
    return work(file)


def undo(file, user):
    importing.start_undo(file, by=user)
    return work(file)


def outcomes(file):
    rows = ImportRow.objects.filter(people_import=file).order_by("number")
    return [(row.number, row.get_outcome_display(), row.problem) for row in rows]


def members(group):
    return set(Membership.objects.current().filter(group=group).values_list("supporter__name", "supporter__email"))


def live(group):
    rows = CurrentPermission.objects.live().filter(controller=group.controller)
    return set(rows.values_list("supporter__email", "purpose"))


def test_every_row_is_judged_before_anybody_is_imported(group, coordinator):
    make.MembershipFactory(group=group, supporter=make.SupporterFactory(name="Ann Example", email="ann@example.org"))
    text = (
        "Name,Email,Postcode\nA. Example,ANN@example.org ,\nBen Example,ben@example.org,LS7 3HJ\n"
        "\nBen Example,ben@example.org,\nCat Example,ben@example.org,\nDan Example,not an address,\n,eve@example.org,\n"
        "Fay Example,fay@example.org,XX99 9XX\nGus Example,gus@example.org,,too,many\nHal Example,,\n"
    )
    file = take(group, coordinator, text)
    assert outcomes(file) == [
        (2, "Already here", ""),
        (3, "New", ""),
        (5, "Twice in the file", "The same person is in row 3"),
        (6, "New", ""),
        (7, "With a problem", "This is not one email address. Write it like name@example.org"),
        (8, "With a problem", "There is no name. Write what to call this person"),
        (
            9,
            "With a problem",
            f"{UNKNOWN_POSTCODE}. Or leave the cell empty",
        ),
        (
            10,
            "With a problem",
            "This row has 5 cells, but there are 3 columns. "
            "Is there a comma inside a cell? Put quotation marks around it",
        ),
        (11, "New", ""),
    ]
    assert file.counts == {"new": 3, "here": 1, "twice": 1, "problem": 4, "stop": 0, "unsure": 0, "no_address": 1}
    assert members(group) == {("Ann Example", "ann@example.org")}
    importing.start_import(file, by=coordinator)
    work(file)
    assert members(group) == {
        ("Ann Example", "ann@example.org"),
        ("Ben Example", "ben@example.org"),
        ("Cat Example", "ben@example.org"),
        ("Hal Example", ""),
    }


def test_an_address_of_many_people_is_a_problem(group, coordinator):
    text = "Name,Email\n" + "".join(f"P{n} Example,office@example.org\n" for n in range(11))
    assert take(group, coordinator, text).counts["problem"] == 11


def test_a_no_or_an_i_do_not_know_gives_no_permission(group, coordinator):
    file = bring(group, coordinator, ANN)
    assert members(group) == {("Ann Example", "ann@example.org")}
    assert not Permission.objects.exists()
    assert file.counts["permitted"] == 0


def test_a_stated_yes_is_kept_with_its_words_day_and_place(group, coordinator):
    file = bring(group, coordinator, ANN, **PROOF)
    entries = Permission.objects.order_by("purpose")
    assert [entry.purpose for entry in entries] == ["activities", "news"]
    entry = entries[0]
    assert (entry.controller, entry.basis, entry.change) == (group.controller, "consent", "granted")
    assert (entry.wording.text, entry.source, entry.recorded_by) == (PROOF["words"], f"import:{file.pk}", coordinator)
    assert timezone.localdate(entry.occurred_at) == PROOF["on"]
    assert file.told_where == PROOF["where"]
    assert live(group) == {("ann@example.org", "activities"), ("ann@example.org", "news")}


@pytest.mark.parametrize("missing", ["words", "on", "where", "purposes"])
def test_a_yes_without_its_proof_is_refused(missing, group, coordinator):
    file = importing.take_file(group, SimpleUploadedFile("a.csv", ANN.encode()), by=coordinator)
    file = importing.match_columns(file, file.columns, by=coordinator)
    with pytest.raises(ValidationError) as refused:
        importing.say_how_they_agreed(file, by=coordinator, **PROOF | {missing: None if missing == "on" else ""})
    assert refused.value.code == "no_proof"


def test_the_silent_stay_silent(group, coordinator):
    suppress("ann@example.org", reason=Suppression.Reason.UNSUBSCRIBED)
    suppress("bob@example.org", reason=Suppression.Reason.COMPLAINED, controller=group.controller)
    bring(group, coordinator, "Name,Email\nAnn Example,Ann@example.org\nBob Example,bob@example.org\n", **PROOF)
    assert live(group) == set()
    assert Suppression.objects.count() == 2


def test_whoever_said_no_to_the_group_can_only_come_back_by_themselves(group, coordinator):
    """Also under another name at the same address, and whatever day the file claims."""
    ann, bob = (make.SupporterFactory(name=f"{n} Example", email=f"{n}@example.org".lower()) for n in ("Ann", "Bob"))
    make.MembershipFactory(group=group, supporter=ann)
    permit(ann, group.controller, "news", at=timezone.now() - timedelta(days=900))
    stop_sender(ann, group.controller, source="choices")
    long_ago = timezone.now() - timedelta(days=800)
    words = Wording.objects.current("email-question")
    decline(bob, controllers=[group.controller], purposes=["campaigns"], wording=words, source="pledge", at=long_ago)
    bring(group, coordinator, "Name,Email\nAnn Example,ann@example.org\nZoe Other,bob@example.org\n", **PROOF)
    assert live(group) == set()


def test_a_stop_after_the_file_was_undone_outlives_the_next_file(group, coordinator):
    """The letter of the first file is still in their mailbox, and its button ends nothing that lives."""
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    make.MembershipFactory(group=group, supporter=ann)
    undo(bring(group, coordinator, ANN, **PROOF), coordinator)
    for _ in range(2):
        stop_sender(ann, group.controller, source="mailing:1")
    assert ann.permissions.filter(change="declined").count() == len(PROOF["purposes"])
    bring(group, coordinator, ANN, **PROOF)
    assert live(group) == set()


def test_a_no_to_somebody_else_is_no_no_to_the_group(group, other_group, coordinator):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    permit(ann, other_group.controller, "news")
    stop_sender(ann, other_group.controller, source="choices")
    bring(group, coordinator, ANN, **PROOF)
    assert live(group) == {("ann@example.org", "news"), ("ann@example.org", "activities")}


def test_a_row_that_says_no_gets_no_emails_whatever_the_file_says(group, coordinator):
    text = (
        "Name,Email,Status,Do Not Email,UNSUB_TIME\nAnn Example,ann@example.org,Subscribed,No,\n"
        "Bob Example,bob@example.org,Unsubscribed,,\nCat Example,cat@example.org,cleaned,,\n"
        "Dan Example,dan@example.org,subscribed,Yes,\nEve Example,eve@example.org,subscribed,,2024-03-01 10:00:00\n"
        "Fay Example,fay@example.org,,,\nGus Example,gus@example.org,pending,0,0000-00-00 00:00:00\n"
        "Hal Example,ann@example.org,no,,\n"
    )
    file = take(group, coordinator, text, **PROOF)
    assert (file.counts["stop"], file.counts["unsure"]) == (5, 2)
    importing.start_import(file, by=coordinator)
    work(file)
    # Ann shares her address with somebody who said no.
    assert live(group) == set()
    assert len(members(group)) == 8
    said_no = Permission.objects.filter(change="declined").values_list("supporter__name", flat=True)
    assert set(said_no) == {f"{name} Example" for name in ("Bob", "Cat", "Dan", "Eve", "Hal")}
    again = "Name,Email\nBob Example,bob@example.org\nFay Example,fay@example.org\n"
    bring(group, coordinator, again, **PROOF | {"purposes": ["news"]})
    assert live(group) == {("fay@example.org", "news")}


def test_a_no_further_down_the_file_counts_for_the_same_address_above(group, coordinator, monkeypatch):
    monkeypatch.setattr(adding, "ROWS_AT_A_TIME", 1)
    text = "Name,Email,Status\nAnn Example,ann@example.org,yes\nHal Example,ann@example.org,no\n"
    bring(group, coordinator, text, **PROOF)
    assert live(group) == set()
    assert not Permission.objects.filter(change="granted").exists()


def test_a_no_in_a_file_does_not_end_what_the_person_told_us(group, coordinator):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    make.MembershipFactory(group=group, supporter=ann)
    permit(ann, group.controller, "news")
    bring(group, coordinator, "Name,Email,Status\nAnn Example,ann@example.org,unsubscribed\n", **PROOF)
    assert live(group) == {("ann@example.org", "news")}


def test_an_import_fills_what_is_empty_and_changes_nothing(group, coordinator, places):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    bob = make.SupporterFactory(name="Bob Example", email="bob@example.org", **place_fields("BD1 1HU"))
    for person in (ann, bob):
        make.MembershipFactory(group=group, supporter=person)
    bring(group, coordinator, "Name,Email,Postcode\nA Exampel,ann@example.org,LS7 3HJ\nBob X,bob@example.org,LS7\n")
    for person, postcode in ((ann, "LS7 3HJ"), (bob, "BD1 1HU")):
        person.refresh_from_db()
        assert {name: getattr(person, name) for name in place_fields("")} == place_fields(postcode)
    assert (ann.name, ann.email, bob.name) == ("Ann Example", "ann@example.org", "Bob Example")


@pytest.mark.parametrize("postcode", ["LS7 3HJ", "BD1", "", "BFPO", "JE2 3AB", "LS7"])
def test_new_people_are_placed_as_by_every_other_door(postcode, group, coordinator, places):
    bring(group, coordinator, f"Name,Email,Postcode\nAnn Example,ann@example.org,{postcode}\n")
    ann = Supporter.objects.get(email="ann@example.org")
    assert {name: getattr(ann, name) for name in place_fields("")} == place_fields(postcode)


def test_people_of_other_groups_look_new_and_keep_what_is_theirs(group, other_group, coordinator):
    """The check may not tell that the network knows them, and the import neither shows nor changes their details."""
    known = make.SupporterFactory(name="Ann Example", email="ann@example.org", **place_fields("BD1 1HU"))
    plain = make.SupporterFactory(name="bob example", email="bob@example.org")
    other = make.SupporterFactory(name="Cat Example", email="cat@example.org")
    for person in (known, plain, other):
        make.MembershipFactory(group=other_group, supporter=person)
    before = list(Supporter.objects.order_by("pk").values())
    text = ANN.replace("LS7 3HJ", "LS7") + "Bob Example,bob@example.org,LS7\nC Other,cat@example.org,\n"
    file = take(group, coordinator, text)
    assert {row[1] for row in outcomes(file)} == {"New"}
    importing.start_import(file, by=coordinator)
    work(file)
    assert list(Supporter.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before
    assert (file.counts["new"], file.counts["here"]) == (3, 0)
    mine = set(Membership.objects.filter(group=group).values_list("supporter", flat=True))
    # The same person where that tells the group nothing; somebody of their own where it would.
    assert mine & {known.pk, plain.pk, other.pk} == {plain.pk}
    assert members(group) == {
        ("Ann Example", "ann@example.org"),
        ("bob example", "bob@example.org"),
        ("C Other", "cat@example.org"),
    }


def test_whoever_left_comes_back_as_the_same_person(group, coordinator):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    make.MembershipFactory(group=group, supporter=ann, left_on=timezone.localdate())
    bring(group, coordinator, ANN)
    assert Membership.objects.current().get(group=group).supporter == ann


def test_done_twice_is_done_once(group, coordinator):
    file = bring(group, coordinator, ANN, **PROOF)
    importing.start_import(file, by=coordinator)
    assert not importing.work_for(file.pk)
    again = bring(group, coordinator, ANN, **PROOF)
    assert (again.counts["new"], again.counts["here"], again.counts["added"], again.counts["permitted"]) == (0, 1, 0, 0)
    assert Supporter.objects.filter(email="ann@example.org").count() == 1
    assert Permission.objects.count() == 2


def test_the_file_goes_when_the_import_begins_and_the_text_of_good_rows_with_it(group, coordinator):
    file = take(group, coordinator, ANN + "Bob Example,nonsense,\n")
    assert ImportPart.objects.exists()
    importing.start_import(file, by=coordinator)
    assert not ImportPart.objects.exists()
    work(file)
    good, bad = ImportRow.objects.order_by("number")
    assert (good.name, good.email, bytes(good.email_mac), good.cells) == ("", "", b"", [])
    assert bad.cells == ["Bob Example", "nonsense", ""]


def test_the_log_tells_counts_and_nobody(group, coordinator):
    undo(bring(group, coordinator, ANN, **PROOF), coordinator)
    written = str(list(Entry.objects.values_list("detail", flat=True)))
    assert "ann@" not in written
    assert "Ann" not in written
    verbs = set(Entry.objects.filter(verb__contains="import").values_list("verb", flat=True))
    assert {"groups.start_import", "groups.finish_import", "groups.finish_undoing_import"} <= verbs


def test_undo_takes_back_what_was_added_and_only_that(group, other_group, coordinator, places):
    here = make.SupporterFactory(name="Here Example", email="here@example.org")
    make.MembershipFactory(group=group, supporter=here)
    elsewhere = make.SupporterFactory(name="Else Example", email="else@example.org")
    make.MembershipFactory(group=other_group, supporter=elsewhere)
    names = ["Ann", "Came", "Chose", "Noted", "Plain"]
    text = "Name,Email,Postcode\nHere Example,here@example.org,LS7\nElse Example,else@example.org,\n"
    file = bring(
        group, coordinator, text + "".join(f"{name} Example,{name}@example.org,LS7\n" for name in names), **PROOF
    )
    people = {person.name.split()[0]: person for person in Supporter.objects.all()}
    make.PledgeFactory(supporter=people["Ann"], confirmed=True)
    activity = make.ActivityFactory(group=group)
    activity.attendances.create(supporter=people["Came"])
    stop_sender(people["Chose"], group.controller, source="choices")
    Membership.objects.get(supporter=people["Noted"]).notes.create(text="Cake", written_at=timezone.now())
    undo(file, coordinator)
    assert file.state == "undone"
    assert (file.counts["removed"], file.counts["stayed"]) == (2, 4)
    assert {name for name, _ in members(group)} == {f"{n} Example" for n in ("Here", "Ann", "Came", "Chose", "Noted")}
    assert Membership.objects.filter(supporter=elsewhere).get().group == other_group
    here.refresh_from_db()
    assert (here.postcode, here.outward_code, here.latitude) == ("", "", None)
    kept = {f"{name}@example.org" for name in ("ann", "came", "noted")}
    assert live(group) == {(address, purpose) for address in kept for purpose in PROOF["purposes"]}
    assert not Supporter.objects.filter(name="Plain Example").exists()
    assert not ImportRow.objects.exists()


def test_undone_people_without_an_entry_in_the_ledger_are_gone(group, coordinator):
    before = Supporter.objects.count()
    undo(bring(group, coordinator, ANN), coordinator)
    assert Supporter.objects.count() == before


def test_after_an_undo_a_mended_file_counts(group, coordinator):
    here = make.SupporterFactory(name="Here Example", email="here@example.org")
    make.MembershipFactory(group=group, supporter=here)
    text = ANN + "Here Example,here@example.org,\n"
    undo(bring(group, coordinator, text, **PROOF), coordinator)
    assert live(group) == set()
    later = PROOF | {"on": timezone.localdate() - timedelta(days=1)}
    bring(group, coordinator, text, **later)
    assert {address for address, _ in live(group)} == {"ann@example.org", "here@example.org"}


def test_undo_ends_after_seven_days(group, coordinator):
    file = bring(group, coordinator, ANN + "Bob,nonsense,\n")
    PeopleImport.objects.update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    with pytest.raises(ValidationError):
        importing.start_undo(file, by=coordinator)
    importing.forget_imports()
    assert not ImportRow.objects.exists()
    assert members(group) == {("Ann Example", "ann@example.org")}


def test_an_abandoned_file_is_deleted_after_a_day(group, coordinator):
    file = take(group, coordinator, ANN)
    importing.forget_imports()
    assert ImportPart.objects.exists()
    PeopleImport.objects.update(touched_at=timezone.now() - timedelta(hours=24, minutes=1))
    importing.forget_imports()
    file.refresh_from_db()
    assert (file.state, file.parts.count(), file.rows.count()) == ("stopped", 0, 0)


def test_the_forgotten_stand_in_no_row_and_no_file(group, other_group, coordinator):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    checked = take(group, coordinator, ANN + "Bob Example,bob@example.org,\n")
    waiting = importing.take_file(
        other_group, SimpleUploadedFile("a.csv", ANN.replace("ann@", "ANN@").encode("utf-16")), by=coordinator
    )
    untouched = importing.take_file(
        group, SimpleUploadedFile("b.csv", ANN.replace("ann@", "eve@").encode()), by=coordinator
    )
    done = bring(group, coordinator, ANN)
    erase_supporter(ann, by="test")
    assert not ImportRow.objects.filter(name="Ann Example").exists()
    assert not ImportRow.objects.filter(people_import=done).exists()
    assert set(ImportPart.objects.values_list("people_import", flat=True)) == {untouched.pk}
    waiting.refresh_from_db()
    checked.refresh_from_db()
    assert (waiting.state, checked.state) == ("stopped", "checked")
    importing.start_import(checked, by=coordinator)
    work(checked)
    assert members(group) == {("Bob Example", "bob@example.org")}


def test_a_person_may_read_what_a_file_says_about_them(group, coordinator):
    ann = make.SupporterFactory(name="Ann Example", email="ann@example.org")
    take(group, coordinator, ANN + "Bob Secret,ann@example.org,\n")
    held = held_about(ann)["Files that your groups brought in"]
    assert [(entry["Name"], entry["Group"]) for entry in held] == [("Ann Example", group.name)]


def test_a_grant_of_their_own_is_left_alone_by_undo(group, coordinator):
    file = bring(group, coordinator, ANN, **PROOF)
    ann = Supporter.objects.get(email="ann@example.org")
    words = Wording.objects.current("email-question")
    grant(ann, controllers=[group.controller], purposes=["campaigns"], wording=words, source="choices")
    undo(file, coordinator)
    assert ("ann@example.org", "campaigns") in live(group)

"""The pages about a file of people: from the upload to the undo, by the test client."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from groups.actions import importing
from groups.models import GroupRole, ImportPart, ImportRow, Membership, PeopleImport
from groups.models.people_import import MOST_BYTES, TOO_BIG
from groups.views import import_people
from tests import factories as make
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

TEXT = (
    "Name,Email,Postcode,Status\nAnn Example,ann@example.org,LS7 3HJ,Subscribed\n"
    "Ben Example,not an address,,Subscribed\n=Cat Example,cat@example.org,nowhere,Unsubscribed\n"
)
YES = {
    "agreed": "yes",
    "words": "Yes, email me news of the group.",
    "on": "2025-06-01",
    "where": "Paper form",
    "purposes": ["news"],
    "can_show": "on",
}


def at(name, group, *args):
    return reverse(f"groups:import_{name}", args=[group.slug, *args])


def send(client, group, body=TEXT, name="people.csv"):
    body = body.encode() if isinstance(body, str) else body
    return client.post(at("people", group), {"file": SimpleUploadedFile(name, body)})


def uploaded(client, group, body=TEXT):
    send(client, group, body)
    return PeopleImport.objects.latest("pk")


def work(file):
    while importing.work_for(file.pk):
        pass
    file.refresh_from_db()
    return file


def checked(client, group, body=TEXT, answer=YES):
    file = uploaded(client, group, body)
    columns = {f"column_{number}": column for number, column in enumerate(file.columns)}
    client.post(at("columns", group, file.pk), columns)
    client.post(at("emails", group, file.pk), answer)
    return work(file)


def test_the_whole_way(group, coordinator):
    client = client_of(coordinator)
    answer = send(client, group)
    file = PeopleImport.objects.get()
    assert answer.url == at("columns", group, file.pk)
    page = client.get(answer.url).content.decode()
    assert [text in page for text in ("Ann Example", "not an address", "LS7 3HJ")] == [True] * 3
    columns = {"column_0": "name", "column_1": "email", "column_2": "postcode", "column_3": "says"}
    answer = client.post(at("columns", group, file.pk), columns)
    assert answer.url == at("emails", group, file.pk)
    answer = client.post(answer.url, YES)
    assert answer.url == at("file", group, file.pk)
    assert "Checking every row" in client.get(answer.url).content.decode()
    work(file)
    page = client.get(answer.url).content.decode()
    assert "Import 1 person" in page
    assert "This is not one email address" in page
    assert Membership.objects.count() == 0
    client.post(at("begin", group, file.pk))
    assert "Importing" in client.get(answer.url).content.decode()
    work(file)
    page = client.get(answer.url).content.decode()
    assert "1 person joined" in page
    assert "may now email 1 of them about news" in page
    assert "Undo this import?" in client.get(at("undo", group, file.pk)).content.decode()
    client.post(at("undo", group, file.pk))
    work(file)
    assert "1 person is no longer in your group" in client.get(answer.url).content.decode()
    assert Membership.objects.count() == 0


def test_no_javascript_is_needed_to_see_how_far_it_is(group, coordinator):
    client = client_of(coordinator)
    file = uploaded(client, group)
    importing.match_columns(file, file.columns, by=coordinator)
    importing.say_how_they_agreed(PeopleImport.objects.get(), by=coordinator, agreed="no")
    page = client.get(at("file", group, file.pk)).content.decode()
    assert f'href="{at("file", group, file.pk)}">Look again' in page
    assert "http-equiv" not in page


def test_every_step_is_resumed_by_its_address(group, coordinator):
    client = client_of(coordinator)
    file = uploaded(client, group)
    assert client.get(at("file", group, file.pk)).url == at("columns", group, file.pk)
    assert client.get(at("emails", group, file.pk)).url == at("file", group, file.pk)
    importing.match_columns(file, file.columns, by=coordinator)
    assert client.get(at("file", group, file.pk)).url == at("emails", group, file.pk)
    importing.say_how_they_agreed(PeopleImport.objects.get(), by=coordinator, agreed="no")
    assert client.get(at("columns", group, file.pk)).url == at("file", group, file.pk)
    work(file)
    assert client.get(at("columns", group, file.pk)).status_code == 200
    assert client.get(at("undo", group, file.pk)).url == at("file", group, file.pk)
    assert "people.csv" in client.get(at("people", group)).content.decode()


def test_other_columns_check_anew_and_another_answer_does_not(group, coordinator):
    client = client_of(coordinator)
    file = checked(client, group)
    client.post(at("emails", group, file.pk), {"agreed": "no"})
    file.refresh_from_db()
    assert (file.state, file.agreed, file.wording, file.told_on) == ("checked", "no", None, None)
    columns = {"column_0": "name", "column_1": "", "column_2": "", "column_3": ""}
    client.post(at("columns", group, file.pk), columns)
    file.refresh_from_db()
    assert (file.state, ImportRow.objects.count()) == ("checking", 0)
    assert work(file).counts["new"] == 3


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (b"", "people.csv", "This file is empty"),
        (b"PK\x03\x04 [Content_Types].xml", "people.csv", "This is an Excel workbook"),
        (b"Name\nAnn", "people.xlsx", "The name of your file should end in .csv"),
    ],
)
def test_a_wrong_file_is_refused_beside_the_field(body, name, words, group, coordinator):
    answer = send(client_of(coordinator), group, body, name)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["file"])


def test_no_file_is_refused_beside_the_field(group, coordinator):
    answer = client_of(coordinator).post(at("people", group), {})
    assert answer.status_code == 422
    assert "Choose your file" in str(answer.context["form"].errors["file"])


def test_a_file_that_is_too_big_is_refused_before_it_is_read(group, coordinator, monkeypatch):
    monkeypatch.setattr(import_people, "MOST_BYTES", 1000)
    answer = send(client_of(coordinator), group, b"x" * 200_000)
    assert answer.status_code == 422
    assert TOO_BIG in answer.content.decode()
    assert MOST_BYTES == 25 * 1024 * 1024


def test_the_upload_is_guarded_against_forged_forms(group, coordinator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coordinator)
    answer = client.post(at("people", group), {"file": SimpleUploadedFile("a.csv", TEXT.encode())})
    assert answer.status_code == 403
    assert not PeopleImport.objects.exists()


def test_more_than_five_waiting_files_are_refused(group, coordinator):
    client = client_of(coordinator)
    for _ in range(5):
        assert send(client, group).status_code == 302
    answer = send(client, group)
    assert answer.status_code == 422
    assert "5 files are waiting already" in answer.content.decode()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["name", "name", "", ""], "Two columns are “Whole name”"),
        (["", "email", "", ""], "Choose the column that holds the names"),
        (["name", "whatever", "", ""], "Choose from the list"),
    ],
)
def test_columns_that_make_no_sense_are_refused(columns, words, group, coordinator):
    client = client_of(coordinator)
    file = uploaded(client, group)
    given = {f"column_{number}": column for number, column in enumerate(columns)}
    answer = client.post(at("columns", group, file.pk), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    file.refresh_from_db()
    assert file.state == "matching"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"agreed": ""}, "agreed", "Choose one answer"),
        ({"words": ""}, "words", "word for word"),
        ({"words": "Yes"}, "words", "Write all of"),
        ({"on": ""}, "on", "Enter the day"),
        ({"on": "2199-01-01"}, "on", "in the past"),
        ({"on": "0001-01-01"}, "on", "in the past"),
        ({"where": ""}, "where", "Say where"),
        ({"purposes": []}, "purposes", "at least one"),
        ({"purposes": ["awards"]}, "purposes", "Choose from the list"),
        ({"can_show": ""}, "can_show", "Tick this"),
    ],
)
def test_a_yes_needs_its_proof_and_loses_nothing_typed(change, field, words, group, coordinator):
    client = client_of(coordinator)
    file = uploaded(client, group)
    importing.match_columns(file, file.columns, by=coordinator)
    answer = client.post(at("emails", group, file.pk), YES | change)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    if "where" not in change:
        assert 'value="Paper form"' in answer.content.decode()


def test_rows_to_mend_come_as_a_file_that_can_come_back(group, coordinator):
    client = client_of(coordinator)
    file = checked(client, group)
    answer = client.get(at("problems", group, file.pk))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, ben, cat = csv.reader(io.StringIO(text))
    assert head == ["Name", "Email", "Postcode", "Status", "Row in the old file", "What to mend"]
    assert ben[:5] == ["Ben Example", "not an address", "", "Subscribed", "3"]
    assert cat[0] == "'=Cat Example"
    mended = text.replace("not an address", "ben@example.org").replace("nowhere", "")
    again = checked(client, group, mended)
    assert (again.columns[:4], again.counts["new"], again.counts["problem"]) == (file.columns, 2, 0)
    assert set(ImportRow.objects.filter(people_import=again).values_list("name", flat=True)) == {
        "Ben Example",
        "=Cat Example",
    }


def test_the_file_to_fill_in_is_understood(group, coordinator):
    client = client_of(coordinator)
    file = checked(client, group, client.get(at("template", group)).content)
    assert file.columns == ["name", "email", "postcode", "says"]
    assert (file.counts["new"], file.counts["stop"], file.counts["problem"]) == (2, 1, 0)


def test_throwing_away_leaves_nothing(group, coordinator):
    client = client_of(coordinator)
    file = checked(client, group)
    client.post(at("throw_away", group, file.pk))
    file.refresh_from_db()
    assert (file.state, ImportPart.objects.count(), ImportRow.objects.count()) == ("stopped", 0, 0)
    assert "You threw this file away" in client.get(at("file", group, file.pk)).content.decode()
    assert client.post(at("begin", group, file.pk)).status_code == 302
    file.refresh_from_db()
    assert file.state == "stopped"


def test_helpers_and_other_groups_get_nothing(group, other_group, coordinator, other_coordinator):
    file = checked(client_of(coordinator), group)
    helper = make.UserFactory()
    make.GroupRoleFactory(group=group, user=helper, role=GroupRole.Role.HELPER)
    for step in ("file", "columns", "emails", "undo", "problems"):
        assert client_of(helper).get(at(step, group, file.pk)).status_code == 403, step
        assert client_of(other_coordinator).get(at(step, other_group, file.pk)).status_code == 404, step
    for verb in ("begin", "throw_away"):
        assert client_of(helper).post(at(verb, group, file.pk)).status_code == 403, verb
        assert client_of(other_coordinator).post(at(verb, other_group, file.pk)).status_code == 404, verb
    assert client_of(helper).post(at("people", group)).status_code == 403
    file.refresh_from_db()
    assert file.state == "checked"


@pytest.mark.parametrize("bad", [1, 3])
def test_the_check_page_asks_the_same_number_of_questions(bad, group, coordinator, django_assert_num_queries):
    client = client_of(coordinator)
    file = checked(client, group, "Name,Email\nAnn Example,ann@example.org\n" + "Ben Example,wrong\n" * bad)
    assert file.counts["problem"] == bad
    with django_assert_num_queries(7):
        client.get(at("file", group, file.pk))

"""Files as they come: exports of other programs, every encoding and separator, and what is no table at all."""

import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups.actions import importing
from groups.actions.importing.decoding import delimiter_of
from groups.actions.importing.matching import guess
from groups.actions.importing.reading import PART_BYTES, records
from groups.models import ImportRow, PeopleImport
from sanctuary.people.spreadsheet import csv_file

pytestmark = pytest.mark.django_db

# The headings as each program documents its own export; the people are made up.
CIVICRM = (
    '"Contact ID","Contact Type","First Name","Last Name","Display Name","Street Address","City","Postal Code","Email",'
    '"On Hold","Do Not Email","No Bulk Emails (User Opt Out)","Is Deceased"\r\n'
    '"101","Individual","Amira","Example","Amira Example","1 Made-up Road","Leeds","LS7 3HJ","amira@example.org",'
    '"0","0","0","0"\r\n'
    '"102","Individual","Ben","Example","Ben Example","","","","ben@example.org","0","1","0","0"\r\n'
    '"103","Individual","Cat","Example","Cat Example","","","","cat@example.org","On Hold Bounce","0","0","0"\r\n'
)
ACTION_NETWORK = (
    "first_name,last_name,email,zip_code,can2_subscription_status,can2_user_tags\n"
    'Amira,Example,amira@example.org,LS7 3HJ,subscribed,"welcome,walks"\n'
    "Ben,Example,ben@example.org,,unsubscribed,\nCat,Example,cat@example.org,,bouncing,\n"
)
MAILCHIMP = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LEID,EUID,UNSUB_TIME,'
    "CLEAN_TIME,TAGS\n"
    'amira@example.org,Amira,Example,2,"2021-05-04 10:00:00",192.0.2.1,"2021-05-04 10:00:00",1,a1,,,"""News"""\n'
    'ben@example.org,Ben,Example,2,"2021-05-04 10:00:00",192.0.2.1,,2,b2,"2022-01-01 09:00:00",,\n'
    'cat@example.org,Cat,Example,2,"2021-05-04 10:00:00",192.0.2.1,,3,c3,,"2022-01-01 09:00:00",\n'
)
EXCEL = (
    "Name;E-mail;Postcode;Opt-in\r\nAmira Example;amira@example.org;LS7 3HJ;Yes\r\nBen Example;ben@example.org;;No\r\n"
)
EXCEL += "Cat Example;cat@example.org;;no\r\n"


def upload(group, user, body, name="people.csv"):
    body = body.encode() if isinstance(body, str) else body
    return importing.take_file(group, SimpleUploadedFile(name, body), by=user)


def check(group, user, body, columns=None):
    file = upload(group, user, body)
    file = importing.match_columns(file, columns or file.columns, by=user)
    importing.say_how_they_agreed(file, by=user, agreed="no")
    while importing.work_for(file.pk):
        pass
    file.refresh_from_db()
    return file


def read(file):
    rows = ImportRow.objects.filter(people_import=file, outcome=0).order_by("number")
    return list(rows.values_list("name", "email", "postcode", "emails"))


@pytest.mark.parametrize(
    ("export", "columns"),
    [
        (CIVICRM, ["", "", "first", "last", "", "", "", "postcode", "email", "stops", "stops", "stops", "stops"]),
        (ACTION_NETWORK, ["first", "last", "email", "postcode", "says", ""]),
        (MAILCHIMP, ["email", "first", "last", "", "", "", "", "", "", "stops", "stops", ""]),
        (EXCEL, ["name", "email", "postcode", "says"]),
        ("sep=;\r\n" + EXCEL, ["name", "email", "postcode", "says"]),
        (EXCEL.replace(";", "\t"), ["name", "email", "postcode", "says"]),
        ("sep=\t\r\n" + EXCEL.replace(";", "\t"), ["name", "email", "postcode", "says"]),
    ],
    ids=["CiviCRM", "Action Network", "Mailchimp", "Excel", "Excel with sep", "tabs", "tabs with sep"],
)
def test_exports_of_other_programs_are_understood(export, columns, group, coordinator):
    file = check(group, coordinator, export)
    assert file.columns == columns
    place = "LS7 3HJ" if "postcode" in columns else ""
    assert read(file) == [
        ("Amira Example", "amira@example.org", place, 0),
        ("Ben Example", "ben@example.org", "", 2),
        ("Cat Example", "cat@example.org", "", 2),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_reads_alike(encoding, ends, group, coordinator):
    text = ends.join(["Name,Email", "Zoë O’Example,zoe@example.org", "José Example,jose@example.org", ""])
    file = check(group, coordinator, text.encode(encoding))
    assert read(file) == [("Zoë O’Example", "zoe@example.org", "", 0), ("José Example", "jose@example.org", "", 0)]


def test_quotes_blanks_mixed_ends_and_zero_width_signs(group, coordinator):
    text = (
        'Name,Email,Note\r\n"Example, Ann",ann@example.org\u200b,"two\r\nlines"\r\n\r\nBen Example,BEN@Example.org\n'
        'Cat Example,cat@example.org,"he said ""hi"""\rDan\0 Example,dan@example.org,\n"\'+Eve","\'=1+1",\n'
    )
    file = check(group, coordinator, text)
    assert [row[:2] for row in read(file)] == [
        ("Example, Ann", "ann@example.org"),
        ("Ben Example", "ben@example.org"),
        ("Cat Example", "cat@example.org"),
    ]
    problems = ImportRow.objects.filter(outcome=3).order_by("number")
    assert [row.number for row in problems] == [6, 7]
    assert problems[0].cells[0] == "Dan\ufffd Example"
    # The apostrophe that keeps a spreadsheet from running it is no part of the name.
    assert problems[1].cells[:2] == ["+Eve", "=1+1"]


def test_double_missing_and_absent_headings(group, coordinator):
    file = upload(group, coordinator, "Email,Name,,Email\na@example.org,Ann,x,b@example.org\n")
    assert (file.headings, file.columns) == (["Email", "Name", "", "Email"], ["email", "name", "", ""])
    bare = check(group, coordinator, "Ann Example,ann@example.org\nBen Example,ben@example.org\n", ["name", "email"])
    assert bare.headings == ["", ""]
    assert [row[1] for row in read(bare)] == ["ann@example.org", "ben@example.org"]


def test_the_first_of_two_that_would_do_is_guessed(group):
    assert guess(["Full name", "First name", "Surname", "E-mail address", "Zip/Postal code"], [[]] * 5) == [
        "",
        "first",
        "last",
        "email",
        "postcode",
    ]
    assert guess(["Who", "Contact"], [["Ann"], ["ann@example.org"]]) == ["name", "email"]


def a_zip(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (a_zip("[Content_Types].xml", "xl/workbook.xml"), "This is an Excel workbook"),
        (a_zip("subscribed.csv"), "This is a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is an old Excel workbook"),
        (b"%PDF-1.7 \x00\x01", "This is a PDF"),
        (b"\x1f\x8b\x08\x00", "This file is packed"),
        (b"\x89PNG\r\n\x1a\n", "This is a picture"),
        (b"\xef\xbb\xbf <!doctype html><table>", "This is a web page"),
        (bytes(range(32)) * 40, "We cannot read this file"),
        (b"\x00" * 5000, "We cannot read this file"),
        (b"Name,Email\r\n\r\n,\r\n", "This file has headings, but nobody under them"),
        (b"\xef\xbb\xbf", "This file is empty"),
        (b"\r\n\r\n", "This file is empty"),
        ((",".join(f"c{n}" for n in range(101)) + "\n" + "x," * 100).encode(), "more than 100 columns"),
        (b"Name," + b"x" * 2_000_000, "has a quotation mark"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(body, says, group, coordinator):
    with pytest.raises(ValidationError) as refused:
        upload(group, coordinator, body)
    assert says in refused.value.messages[0]
    assert not PeopleImport.objects.exists()


def test_a_quotation_mark_without_its_other_stops_the_file_and_names_the_row(group, coordinator):
    body = "Name,Email\nAnn Example,ann@example.org\n" + '"Ben,ben@example.org\nCat Example,cat@example.org\n'
    file = check(group, coordinator, body)
    assert file.state == "stopped"
    assert file.stopped_because.startswith("Row 3 has a quotation mark")
    assert not ImportRow.objects.exists()


def test_rows_are_read_alike_from_every_byte_at_which_one_begins(group, coordinator):
    """Also where a part of the file ends in a letter, in a quoted cell, or between the two signs of a line end."""
    filler = f'Ann,ann@example.org,"{"x" * (PART_BYTES // 4 - 35)}"\r\n' * 4
    text = "Name,Email,Note\r\n" + filler + 'Zoë,zoe@example.org,"two\r\nlines ё"\r\n' * 2997
    for shift in range(6):
        file = upload(group, coordinator, text.replace("Note", "Note" + "!" * shift))
        whole = list(records(file, byte=file.first_byte, row=file.first_row))
        assert len(whole) == 3001
        assert whole[-1].cells == ["Zoë", "zoe@example.org", "two\r\nlines ё"]
        for place in (*range(9), 1500, 2999):
            rest = records(file, byte=whole[place].next_byte, row=whole[place].number + 1)
            assert next(rest) == whole[place + 1]
        file.delete()


def test_a_file_of_ours_comes_back_as_it_was(group, coordinator):
    names = ["=cmd|x", "+Ann", "-Ben", "@Cat", "＝Dan", "'Eve", "''Fay", "O'Example"]
    body = b"".join(csv_file(["Name", "Email"], [(name, f"p{n}@example.org") for n, name in enumerate(names)]))
    assert [row[0] for row in read(check(group, coordinator, body))] == names


@given(
    body=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda text: f"Name,Email\n{text}".encode(errors="replace"))
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_is_taken_or_refused(body, group, coordinator):
    try:
        file = upload(group, coordinator, body)
    except ValidationError:
        return
    columns = ["name", "email", "postcode", "says"][: len(file.headings)] + [""] * (len(file.headings) - 4)
    importing.match_columns(file, columns, by=coordinator)
    importing.say_how_they_agreed(file, by=coordinator, agreed="no")
    assert not importing.work_for(file.pk)
    file.refresh_from_db()
    assert file.state in {"checked", "stopped"}
    assert json.dumps(list(ImportRow.objects.values_list("cells", flat=True)))
    file.delete()


def test_the_sign_that_cuts_evenly_is_chosen():
    assert delimiter_of('Name;Email\n"Lee, Ann";a@example.org\n"Lee, Ben, jr";b@example.org\n') == ";"
    assert delimiter_of("Name,Email\nAnn; Ben,a@example.org\n") == ","
    assert delimiter_of("Email\na@example.org\n") == ","

"""Bringing in people from a file: what becomes of each row, and what never happens."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from groups.actions import importing
from groups.models import ImportPart, ImportRow, Membership, PeopleImport
from sanctuary.people.models import CurrentPermission, Permission, Supporter
from tests import factories as make

pytestmark = pytest.mark.django_db

PROOF = {
    "agreed": "yes",
    "words": "Yes, email me news of the group.",
    "on": __import__("datetime").date(2025, 6, 1),
    "where": "Paper form at the summer fair",
    "purposes": ["news"],
}


def take(group, user, text, *, name="people.csv", **answer):
    body = text if isinstance(text, bytes) else text.encode()
    file = importing.take_file(group, SimpleUploadedFile(name, body), by=user)
    file = importing.match_columns(file, file.columns, by=user)
    file = importing.say_how_they_agreed(file, by=user, **(answer or {"agreed": "no"}))
    work(file)
    file.refresh_from_db()
    return file


def work(file):
    while importing.work_for(file.pk):
        pass
    file.refresh_from_db()


def bring(group, user, text, **answer):
    file = take(group, user, text, **answer)
    importing.start_import(file, by=user)
    work(file)
    return file


def test_thin_path(group, coordinator):
    file = bring(group, coordinator, "Name,Email\nAnn Example,ann@example.org\nBob Example,bob@example.org\n", **PROOF)
    assert file.state == "done", file.stopped_because
    assert set(Membership.objects.filter(group=group).values_list("supporter__name", flat=True)) == {"Ann Example", "Bob Example"}
    assert CurrentPermission.objects.live().count() == 2
    assert not ImportPart.objects.exists()
    importing.start_undo(file, by=coordinator)
    work(file)
    assert file.state == "undone"
    assert not Membership.objects.exists()
    assert not CurrentPermission.objects.live().exists()

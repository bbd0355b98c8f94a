"""Bringing in people in a real browser: with JavaScript, which follows the work, and without."""

import pytest
from django.urls import reverse

from groups.actions import importing
from groups.models import Membership, PeopleImport

pytestmark = pytest.mark.django_db(transaction=True)

FILE = {
    "name": "list.csv",
    "mimeType": "text/csv",
    "buffer": b"Name,Email\r\nAnn Example,ann@example.org\r\nBen Example,nonsense\r\n",
}


def work():
    while importing.work_for(PeopleImport.objects.get().pk):
        pass


@pytest.mark.parametrize("javascript", [True, False])
def test_upload_match_check_import_and_undo(javascript, visit, group, coordinator):
    page = visit(coordinator, javascript=javascript).page

    def look_again():
        if not javascript:
            page.get_by_role("link", name="Look again").click()

    page.goto(reverse("groups:import_people", args=[group.slug]))
    page.get_by_label("Your file").set_input_files(FILE)
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("heading", name="Match the columns").wait_for()
    assert page.get_by_label("Column B holds").input_value() == "email"
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("They did not, or we do not know").check()
    page.get_by_role("button", name="Check every row").click()
    page.get_by_role("heading", name="Checking every row").wait_for()
    work()
    look_again()
    page.get_by_role("heading", name="Ready to import").wait_for()
    page.get_by_text("This is not one email address").wait_for()
    page.get_by_role("button", name="Import 1 person").click()
    page.get_by_role("heading", name="Importing").wait_for()
    work()
    look_again()
    page.get_by_role("heading", name="The import is done").wait_for()
    assert Membership.objects.current().count() == 1
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Yes, undo it").click()
    page.get_by_role("heading", name="Undoing").wait_for()
    work()
    look_again()
    page.get_by_role("heading", name="The import is undone").wait_for()
    assert not Membership.objects.exists()

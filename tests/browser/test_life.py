"""From an enquiry to a registered group, as its people do it: on a phone, without JavaScript."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from groups.models import GroupRole, LocalGroup
from sanctuary.people.forms import stamped
from sanctuary.post.models import Email
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("javascript", [False, True])
def test_a_group_comes_about(visit, places, javascript, monkeypatch):
    monkeypatch.setattr(stamped, "QUICKEST_SECONDS", 0)
    regional = make.UserFactory(name="Rhian Regional")
    make.RegionalRoleFactory(user=regional, region="Yorkshire and the Humber")
    page = visit(None, javascript=javascript).go(reverse("groups:start")).page
    for label, answer in [
        ("Your name", "Esi Enquirer"),
        ("Email address", "esi@example.org"),
        ("Which city, town or district?", "Cedarwick"),
        ("Postcode", "LS7 3HJ"),
    ]:
        page.get_by_label(label).fill(answer)
    page.get_by_role("button", name="Send my enquiry").click()
    page.get_by_role("heading", name="Thank you. One last step").wait_for()
    letter = Email.objects.get(to="esi@example.org")
    page.goto(re.search(r"http\S+", letter.text)[0].removeprefix(settings.PUBLIC_URL))
    page.get_by_role("button", name="Confirm my enquiry").click()
    page.get_by_role("heading", name="We have your enquiry").wait_for()
    group = LocalGroup.objects.get()
    page = visit(regional, javascript=javascript).go(reverse("groups:manage_home")).page
    page.get_by_role("link", name="Yorkshire and the Humber").click()
    page.get_by_role("link", name=group.name).click()
    for step in ("Welcome the enquiry", "They begin to form a group"):
        _move(page, step)
    _papers(visit, group, javascript)
    page.reload()
    _move(page, "Register the group")
    group.refresh_from_db()
    assert group.status == "registered"


def _move(page, step):
    page.get_by_label(step).check()
    page.get_by_label("Why?").fill("They are ready")
    page.get_by_role("button", name="Save this step").click()
    page.get_by_text("Done.", exact=True).wait_for()


def _papers(visit, group, javascript):
    """What the coordinator of the new group writes down."""
    user = make.UserFactory(name="Esi Enquirer")
    GroupRole.objects.create(group=group, user=user, role="coordinator", started_on=make.LONG_AGO)
    page = visit(user, javascript=javascript).go(reverse("groups:our_group", args=[group.slug])).page
    page.get_by_role("link", name="Three to five contacts").click()
    for number in range(3):
        for label, answer in [
            ("Full name", f"Contact {number}"),
            ("What they do", "Chair"),
            ("Telephone", "01632 960 001"),
            ("Email address", f"contact{number}@example.org"),
        ]:
            page.get_by_label(label).fill(answer)
        page.get_by_role("button", name="Add this contact").click()
        page.get_by_role("rowheader", name=f"Contact {number}").wait_for()
    page.get_by_role("link", name="Our group").first.click()
    page.get_by_role("link", name="The Charter").click()
    page.get_by_label("Your role").fill("Chair")
    page.get_by_label("Our group has read").check()
    page.get_by_role("button", name="Sign the Charter").click()
    page.get_by_role("link", name="Safeguarding").click()
    page.get_by_label("Safeguarding lead").fill("Lena Lead")
    page.get_by_label("Safeguarding deputy").fill("Dan Deputy")
    page.get_by_label("Link to your").fill("https://example.org/policy")
    for label in ("the lead’s DBS", "the lead’s training", "the deputy’s DBS", "the deputy’s training", "looked at"):
        page.get_by_label(label).fill("2026-01-02")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The safeguarding page is saved.").wait_for()

"""What all pages of a coordinator's desk share: the tabs, and the one that is open."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make

pytestmark = pytest.mark.django_db

TABS = {
    "Today": ["groups:today"],
    "Members": [
        "groups:members",
        "groups:members_removed",
        "groups:duplicates",
        "groups:import_people",
        "groups:member MEMBER",
        "groups:forget_member MEMBER",
    ],
    "New pledgers": ["pledges:to_greet"],
    "Activities": [
        "groups:activities",
        "groups:activity_new",
        "groups:activity_edit ACTIVITY",
        "groups:activity_cancel ACTIVITY",
        "groups:activity_bookings ACTIVITY",
        "groups:log",
        "groups:who_came PAST",
    ],
    "Email": ["campaigns:group_mail", "campaigns:group_mail_new"],
    "Stories": ["groups:group_stories", "groups:story_new"],
    "Our group": [
        "groups:our_group",
        "groups:contacts",
        "groups:safeguarding",
        "groups:charter",
        "groups:health_check",
        "groups:page_edit",
        "groups:team",
        "groups:handover",
    ],
}
OPEN_TAB = re.compile(r'<nav class="section-nav".*?</nav>', re.DOTALL)


@pytest.fixture
def rows(group):
    past = timezone.now() - timedelta(days=2)
    return {
        "MEMBER": make.MembershipFactory(group=group, supporter=make.SupporterFactory()).pk,
        "ACTIVITY": make.ActivityFactory(group=group).pk,
        "PAST": make.ActivityFactory(group=group, starts_at=past, ends_at=past + timedelta(hours=1)).pk,
    }


@pytest.mark.parametrize("tab", TABS)
def test_every_page_of_the_desk_marks_its_tab(client_of, group, coordinator, rows, tab):
    desk = client_of(coordinator)
    marked = {}
    for name in TABS[tab]:
        page, _, row = name.partition(" ")
        text = desk.get(reverse(page, args=[group.slug, *([rows[row]] if row else [])])).text
        nav = OPEN_TAB.search(text)
        marked[name] = nav and [
            re.findall(r">([^<]+)</a>", nav.group()),
            re.findall(r'aria-current="page">([^<]+)', nav.group()),
        ]
    assert marked == {name: [list(TABS), [tab]] for name in TABS[tab]}


def test_a_page_with_a_mistake_says_so_once_in_its_title(client_of, group, coordinator, rows):
    answer = client_of(coordinator).post(reverse("groups:member", args=[group.slug, rows["MEMBER"]]), {"text": ""})
    assert (answer.status_code, answer.text.count("Error: ")) == (422, 2)  # in the title, and beside the field


def test_a_helper_sees_the_tabs_that_open_and_no_others(client_of, group, helper):
    desk = client_of(helper)
    nav = OPEN_TAB.search(desk.get(reverse("groups:today", args=[group.slug])).text).group()
    assert re.findall(r">([^<]+)</a>", nav) == ["Today", "Activities", "Our group"]
    ours = desk.get(reverse("groups:our_group", args=[group.slug])).text
    links = set(re.findall(rf'href="(/manage/{group.slug}/[^"?#]*)"', nav + ours))
    assert {link: desk.get(link).status_code for link in links} == dict.fromkeys(links, 200)

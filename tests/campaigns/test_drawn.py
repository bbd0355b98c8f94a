"""Posters, pictures and what other sites show beside our links: only what is public, whole, and never stale."""

import html
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.templatetags.campaigns_drawn import picture_of, poster_for, poster_of
from groups.actions import lower_shield, raise_shield
from groups.models import LocalGroup
from groups.templatetags import groups_drawn
from pledges.actions import set_up_declaration
from sanctuary.printing import drawing
from tests import factories as make

pytestmark = pytest.mark.django_db

SOCIAL = re.compile(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">')


def urls_of(campaign):
    return [reverse(f"campaigns:{name}", args=[campaign.slug]) for name in ("poster", "picture")]


def social(page) -> dict[str, str]:
    return {name: html.unescape(said) for name, said in SOCIAL.findall(page.text.partition("</head>")[0])}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (Campaign.State.DRAFT, 404),
        (Campaign.State.APPROVED, 404),
        (Campaign.State.LIVE, 200),
        (Campaign.State.RESTING, 200),
        (Campaign.State.CLOSED, 200),
    ],
)
def test_only_a_public_campaign_is_drawn(state, status, campaign):
    Campaign.objects.update(state=state)
    missing = Client().get(reverse("campaigns:poster", args=["no-such-campaign"]))
    for url in urls_of(campaign):
        answer = Client().get(url)
        assert answer.status_code == status
        if status == 404:
            assert answer.content == missing.content


@pytest.mark.parametrize("status", LocalGroup.Status.values)
def test_only_a_live_group_is_drawn(status, group):
    LocalGroup.objects.update(status=status)
    expected = 200 if status in {"registered", "active"} else 404
    for name in ("groups:poster", "groups:picture"):
        assert Client().get(reverse(name, args=[group.slug])).status_code == expected


def test_answers_can_be_kept_and_who_has_the_newest_is_told_so_without_a_drawing(campaign):
    for url, kind in zip(urls_of(campaign), ("application/pdf", "image/png"), strict=True):
        first = Client().get(url)
        drawing._drawn.cache_clear()
        again = Client().get(url, headers={"If-None-Match": first["ETag"]})
        assert (first["Content-Type"], first["Cache-Control"]) == (kind, "public, max-age=300")
        assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert drawing._drawn.cache_info().misses == 0
        assert not first.cookies
        campaign.ask = f"Another ask {kind}"
        campaign.save()
        assert Client().get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_signed_in_people_share_no_copy_of_theirs(campaign, desk):
    assert desk.get(urls_of(campaign)[0])["Cache-Control"] == "private, no-store"


def test_nothing_of_people_and_no_number_is_drawn(campaign):
    for number in range(12):
        person = make.SupporterFactory(name=f"Canary{number} Person")
        make.ActionTakenFactory(action=campaign.actions.get(), supporter=person, confirmed_at=timezone.now())
    words = {"title", "over", "lead", "sort", "address", "hand", "foot", "qr"}
    for drawn in (poster_of(campaign), picture_of(campaign)):
        told = dict(drawn.words)
        assert told.keys() <= words
        for where in ("qr", "address"):
            told.pop(where, "")
        assert "Canary" not in str(told)
        assert re.findall(r"\d", str(told).replace(campaign.slug, "").replace(campaign.title, "")) == []


def test_source_code_is_drawn_only_if_there_is_one(campaign):
    source = campaign.sources.create(code="posters", label="Posters")
    url = urls_of(campaign)[0]
    plain, coded = Client().get(url), Client().get(f"{url}?from={source.code}")
    assert plain["ETag"] != coded["ETag"]
    for odd in ("nobody", "x" * 5000, "%00", "a&b", ""):
        assert Client().get(f"{url}?from={odd}")["ETag"] == plain["ETag"]


def test_shield_counts_for_the_very_next_poster(group, staff):
    url = reverse("groups:poster", args=[group.slug])
    before = Client().get(url)
    assert before["Cache-Control"] == "public, no-cache"
    assert dict(groups_drawn.poster_of(group).words)["hand"] == "Where and when to meet us"
    shield = raise_shield(reason="Threats", by=staff, group=group)
    under = Client().get(url, headers={"If-None-Match": before["ETag"]})
    assert under.status_code == 200
    told = dict(groups_drawn.poster_of(LocalGroup.objects.with_shield().get(pk=group.pk)).words)
    assert told["hand"] == ""
    lower_shield(shield, by=staff)
    assert Client().get(url, headers={"If-None-Match": before["ETag"]}).status_code == 304


def test_links_to_a_campaign_say_what_it_asks_and_show_a_picture_that_changes_with_it(campaign):
    shown = social(Client().get(campaign.get_absolute_url()))
    page = settings.PUBLIC_URL + campaign.get_absolute_url()
    assert (shown["og:title"], shown["og:url"], shown["twitter:card"]) == (campaign.ask, page, "summary_large_image")
    assert shown["og:image"].startswith(settings.PUBLIC_URL)
    assert Client().get(shown["og:image"].removeprefix(settings.PUBLIC_URL)).status_code == 200
    campaign.ask = 'Say "yes" <now>'
    campaign.save()
    changed = social(Client().get(campaign.get_absolute_url()))
    assert changed["og:title"] == campaign.ask
    assert changed["og:image"] != shown["og:image"]


def test_links_to_a_group_show_its_area_and_a_resting_one_no_picture(group):
    shown = social(Client().get(group.get_absolute_url()))
    assert shown["og:description"] == f"We welcome people seeking sanctuary in {group.area}."
    assert Client().get(shown["og:image"].removeprefix(settings.PUBLIC_URL)).status_code == 200
    LocalGroup.objects.update(status="dormant")
    assert "og:image" not in social(Client().get(group.get_absolute_url()))


def test_poster_of_a_groups_link_leads_to_the_same_link(campaign):
    assert poster_for(campaign, "https://x.example.org/actions/a/?from=leeds") == f"{urls_of(campaign)[0]}?from=leeds"
    assert poster_for(campaign, "https://x.example.org/actions/a/") == urls_of(campaign)[0]


@pytest.mark.parametrize("name", ["home", "pledges:pledge", "pledges:declaration"])
def test_pages_of_the_whole_network_share_one_picture(name):
    set_up_declaration()
    shown = social(Client().get(reverse(name)))
    assert shown["og:url"] == settings.PUBLIC_URL + reverse(name)
    answer = Client().get(shown["og:image"].removeprefix(settings.PUBLIC_URL))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


def test_pages_behind_a_key_tell_other_sites_nothing(world):
    for name, token in (("people:choices", "choices"), ("pledges:thanks", "thanks")):
        page = Client().get(reverse(name, args=[world.tokens[token]]))
        assert page.status_code == 200
        assert "og:" not in page.text

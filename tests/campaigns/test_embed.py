"""A form of ours in a frame on somebody else's website: shown where it may be, kept without a cookie, no other page."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as house
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.forms.embedding import GroupEmbedForm, host_in
from campaigns.models import Action, ActionTaken, Campaign, Embed
from pledges.models import Pledge
from sanctuary.audit.models import Entry
from sanctuary.people import tokens
from sanctuary.people.forms import make_stamp
from sanctuary.post.models import Email
from tests import factories as make
from tests.conftest import client_of
from tests.pages import PAGES
from tests.partners import a_partner, linked

pytestmark = pytest.mark.django_db

STAMP = re.compile(r'name="stamp" value="([^"]+)"')


@pytest.fixture
def pledge_frame(group):
    return make.EmbedFactory(group=group, allowed_hosts=["www.example.org", "shop.example.org:8443"])


@pytest.fixture
def sign_frame(campaign):
    return make.EmbedFactory(campaign=campaign)


def stamp_in(embed, *, age=10, client=None) -> str:
    """The stamp of a page that was opened some seconds ago."""
    with time_machine.travel(timezone.now() - timedelta(seconds=age)):
        return STAMP.search((client or Client()).get(embed.get_absolute_url()).text)[1]


def answer(embed, **changes) -> dict[str, str]:
    said = {"name": "Ada Example", "email": "ada@example.org", "postcode": "ls7 3hj", "wants_email": "yes"}
    return said | {"stamp": stamp_in(embed)} | changes


def send(embed, said, **headers):
    return Client(enforce_csrf_checks=True).post(embed.get_absolute_url(), said, headers=headers)


def directives(response) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in parts}


# --- who may show it -------------------------------------------------------------------------------


def test_only_the_named_websites_may_show_it_and_all_else_stays_strict(pledge_frame):
    framed, page = (Client().get(url) for url in (pledge_frame.get_absolute_url(), reverse("pledges:pledge")))
    assert directives(framed)["frame-ancestors"] == "www.example.org shop.example.org:8443"
    assert "X-Frame-Options" not in framed.headers
    assert page["X-Frame-Options"] == "DENY"
    assert directives(framed) | {"frame-ancestors": "'none'"} == directives(page)
    same = ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Resource-Policy")
    assert {name: framed[name] for name in same} == {name: page[name] for name in same}
    assert "no-store" in framed["Cache-Control"]


@pytest.mark.parametrize("who", ["stranger", "coordinator", "staff"])
def test_no_other_page_of_ours_can_be_framed_by_anybody(who, world):
    client, loose = client_of(world.people[who]), {}
    for page in PAGES:
        response = client.get(page.url(world))
        allowed = directives(response).get("frame-ancestors")
        if (allowed, response.headers.get("X-Frame-Options")) != ("'none'", "DENY"):
            loose[page.name] = allowed
    theirs = {"campaigns:embed": "frameaq.example.org", "campaigns:embed_sent": "frameaq.example.org"}
    # Shown in a frame on our own pages, and on nobody else's.
    ours = {"mailbox_html": "'self'"}
    if who != "stranger":
        ours["campaigns:embed_look"] = "'self'"
    if who == "coordinator":
        ours["campaigns:group_mail_letter"] = "'self'"
    assert loose == theirs | ours


def test_frame_sets_no_cookie_and_asks_for_none(pledge_frame):
    client = Client()
    opened = client.get(pledge_frame.get_absolute_url())
    sent = send(pledge_frame, answer(pledge_frame))
    thanked = client.get(sent["Location"])
    assert [(r.status_code, dict(r.cookies)) for r in (opened, sent, thanked)] == [(200, {}), (303, {}), (200, {})]
    assert "csrfmiddlewaretoken" not in opened.text


@pytest.mark.parametrize(
    "hosts",
    [[], ["*"], ["https://www.example.org"], ["a.org; script-src *"], ["'self'"], ["a.org\r\nX: y"], [7], ["a b"]],
)
def test_what_is_no_name_of_a_website_is_never_told_to_a_browser(hosts):
    response = Client().get(make.EmbedFactory(allowed_hosts=hosts).get_absolute_url())
    assert (directives(response)["frame-ancestors"], response["X-Frame-Options"]) == ("'none'", "DENY")


def test_a_form_that_has_ended_is_shown_nowhere_and_takes_nothing(pledge_frame, staff):
    said = answer(pledge_frame)
    for _ in range(2):
        actions.end_embed(pledge_frame, by=staff)
    assert Entry.objects.filter(verb="campaigns.end_embed").count() == 1
    shown, sent = Client().get(pledge_frame.get_absolute_url()), send(pledge_frame, said)
    assert (shown.status_code, sent.status_code, Pledge.objects.count()) == (404, 404, 0)
    assert "This form has ended" in shown.text
    # The website still says so in its frame; a frame that never was says it to nobody.
    assert directives(shown)["frame-ancestors"] == "www.example.org shop.example.org:8443"
    never = Client().get(reverse("campaigns:embed", args=["never-was"]))
    assert (never.status_code, directives(never)["frame-ancestors"]) == (404, "'none'")


@pytest.mark.parametrize("state", [Campaign.State.DRAFT, Campaign.State.APPROVED])
def test_campaign_that_is_not_public_is_not_told_in_a_frame(state, sign_frame):
    Campaign.objects.update(state=state)
    response = Client().get(sign_frame.get_absolute_url())
    assert response.status_code == 404
    assert sign_frame.campaign.ask not in response.text


@pytest.mark.parametrize("state", [Campaign.State.RESTING, Campaign.State.CLOSED])
def test_campaign_that_is_over_leads_to_its_page_and_takes_no_name(state, sign_frame):
    said = answer(sign_frame)
    Campaign.objects.update(state=state)
    response = send(sign_frame, said)
    assert (response.status_code, ActionTaken.objects.count()) == (200, 0)
    assert f'href="{sign_frame.campaign.get_absolute_url()}" target="_blank" rel="noopener"' in response.text
    assert "<form" not in response.text


def test_campaign_that_asks_for_no_name_leads_to_its_page(sign_frame):
    Action.objects.update(kind=Action.Kind.SHARE)
    page = Client().get(sign_frame.get_absolute_url()).text
    assert ">Take part</a>" in page
    assert "<form" not in page


# --- what comes of it ------------------------------------------------------------------------------


def test_pledge_in_a_frame_waits_for_the_mailbox_and_then_joins_the_group(pledge_frame, group, other_group):
    sent = send(pledge_frame, answer(pledge_frame, group=other_group.slug))
    pledge = Pledge.objects.get()
    assert (sent.status_code, pledge.is_confirmed, pledge.group) == (303, False, group)
    assert [letter.to for letter in Email.objects.all()] == ["ada@example.org"]
    thanked = Client().get(sent["Location"])
    assert "a***@example.org" in thanked.text
    assert "ada@example.org" not in thanked.text
    assert directives(thanked)["frame-ancestors"] == "www.example.org shop.example.org:8443"


def test_name_in_a_frame_is_the_same_unconfirmed_wish_as_on_the_page(sign_frame, campaign):
    send(sign_frame, answer(sign_frame))
    taken = ActionTaken.objects.get()
    assert (taken.action.campaign, taken.name, taken.confirmed_at) == (campaign, "Ada Example", None)


def test_frame_carries_the_code_of_a_source(sign_frame):
    url = sign_frame.get_absolute_url()
    assert 'name="from_code" value="leeds"' in Client().get(f"{url}?from=leeds").text
    assert 'value="' + "%00" not in Client().get(f"{url}?from=%00x").text


def test_frame_asks_for_partners_unticked_and_keeps_only_what_was_ticked(sign_frame, campaign):
    asked = linked(campaign, a_partner("Example Voices", privacy_url="https://example-voices.example.org/privacy"))
    quiet = linked(campaign, a_partner("Quiet Allies"))
    page = Client().get(sign_frame.get_absolute_url()).text
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [f'name="partner_{link.pk}"' in box for link, box in zip([asked, quiet], boxes, strict=True)] == [True, True]
    assert "checked" not in "".join(boxes)
    assert '<a href="https://example-voices.example.org/privacy" target="_blank" rel="noopener noreferrer">' in page
    assert "gets your name and email address, only if you tick its box" in page
    again = send(sign_frame, answer(sign_frame, email="", **{f"partner_{asked.pk}": "on"}))
    assert (again.status_code, again.context["form"][f"partner_{asked.pk}"].value()) == (422, True)
    send(sign_frame, answer(sign_frame, **{f"partner_{asked.pk}": "on", "partner_987654321": "on"}))
    assert list(ActionTaken.objects.get().partner_ticks.values_list("link", flat=True)) == [asked.pk]


def test_mistakes_stay_in_the_frame_with_everything_typed(pledge_frame):
    response = send(pledge_frame, answer(pledge_frame, email="nobody", name="Ŵyn <b>"))
    assert response.status_code == 422
    assert "Ŵyn &lt;b&gt;" in response.text
    assert directives(response)["frame-ancestors"] == "www.example.org shop.example.org:8443"
    assert response["Content-Type"].startswith("text/html")


def test_every_link_that_leaves_opens_by_itself(pledge_frame, sign_frame):
    for embed in (pledge_frame, sign_frame):
        page = Client().get(embed.get_absolute_url()).text
        leaving = [tag for tag in re.findall(r"<a [^>]*>", page) if 'href="#' not in tag]
        assert leaving
        assert [tag for tag in leaving if 'target="_blank"' not in tag or 'rel="noopener"' not in tag] == []


# --- who sent it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://www.example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_form_sent_by_another_page_is_not_taken(headers, pledge_frame):
    refused = send(pledge_frame, answer(pledge_frame), **headers)
    assert (refused.status_code, Pledge.objects.count()) == (403, 0)
    assert "nothing was kept" in refused.text


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin"}])
def test_form_sent_by_our_own_page_is_taken(headers, pledge_frame):
    assert send(pledge_frame, answer(pledge_frame), **headers).status_code == 303


def test_stamp_of_another_frame_or_page_is_not_taken(pledge_frame, sign_frame, group):
    other = make.EmbedFactory(group=group)
    numbers = tokens.read("embed-pledge", stamp_in(other))[1:3]
    with time_machine.travel(timezone.now() - timedelta(seconds=10)):
        page_stamp = make_stamp("pledge-form", *numbers)
    for stamp in (stamp_in(other), stamp_in(sign_frame), page_stamp, "", "forged"):
        response = send(pledge_frame, answer(pledge_frame, stamp=stamp))
        assert (response.status_code, Pledge.objects.count()) == (422, 0), stamp
        assert "press the button once more" in response.text
    assert send(pledge_frame, answer(pledge_frame)).status_code == 303


def test_thanks_of_another_frame_tell_no_address(pledge_frame, sign_frame):
    sent = send(pledge_frame, answer(pledge_frame))["Location"].split("/")[-2]
    other = make.EmbedFactory(group=pledge_frame.group)
    for embed, token in ((other, sent), (sign_frame, sent), (pledge_frame, sent[:-2] + "xx"), (pledge_frame, "é")):
        page = Client().get(reverse("campaigns:embed_sent", args=[embed.token, token]))
        assert page.status_code == 200
        assert "a***" not in page.text


def crowd(embed) -> dict[str, str]:
    """A flood from one place. Returns what the first one wrote who is asked for one more step."""
    for number in range(30):
        said = answer(embed, email=f"made-up-{number}@example.org")
        shown = send(embed, said)
        if 'name="guard_asked"' in shown.text:
            return said | {"stamp": stamp_in(embed), "guard_asked": "1"}
    raise AssertionError("nobody was asked for anything")


def test_guard_turns_to_the_mailbox_inside_the_frame_and_the_answer_counts_there(pledge_frame, settings):
    """Somebody without JavaScript, in a crowd: what they wrote comes back from their mailbox to the same frame."""
    settings.FORM_LIMITS = True
    said = crowd(pledge_frame)
    before = Pledge.objects.count()
    asked = send(pledge_frame, said)
    assert (asked.status_code, Pledge.objects.count()) == (200, before)
    assert "Open the email we sent you" in asked.text
    assert directives(asked)["frame-ancestors"] == "www.example.org shop.example.org:8443"
    url = re.search(r"http\S+", Email.objects.get(to=said["email"]).text)[0]
    letter = Client().get(url.removeprefix(settings.PUBLIC_URL)).text
    held = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', letter))
    assert f'action="{pledge_frame.get_absolute_url()}"' in letter
    assert send(pledge_frame, held, Origin="http://testserver").status_code == 303
    assert Pledge.objects.filter(email=said["email"]).count() == 1


# --- who hands it out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("www.example.org", "www.example.org"),
        ("https://www.Example.org/our/page?x=1", "www.example.org"),
        ("http://localhost:8123", "localhost:8123"),
        ("//bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_website_is_known_however_it_was_typed(typed, host):
    assert host_in(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "*.org",
        "example",
        "a.org;b",
        "javascript:alert(1)",
        "http://me@a.org",
        "http://[::1",
        "a.org:99999999",
        "-a.org",
        "a..org",
        "x" * 300 + ".org",
        "\0.org",
    ],
)
def test_what_is_no_website_is_refused(typed):
    with pytest.raises(ValidationError):
        host_in(typed)


def test_coordinator_makes_copies_and_takes_back(coordinator, group):
    client, url = client_of(coordinator), reverse("campaigns:group_embed", args=[group.slug])
    said = {"label": "Our website", "allowed_hosts": "https://www.example.org/\nwww.example.org\nshop.example.org"}
    for _ in range(2):
        assert client.post(url, said).status_code == 302
    embed = Embed.objects.get()
    assert (embed.allowed_hosts, embed.group, embed.created_by) == (
        ["www.example.org", "shop.example.org"],
        group,
        coordinator,
    )
    page = client.get(url).text
    assert f"&lt;iframe src=&quot;{house.PUBLIC_URL}/embed/{embed.token}/&quot;" in page
    looked = client.get(embed.look_url)
    assert (directives(looked)["frame-ancestors"], directives(looked)["form-action"]) == ("'self'", "'none'")
    client.post(reverse("campaigns:group_embed_end", args=[group.slug, embed.pk]))
    assert embed.token not in client.get(url).text
    assert Client().get(embed.get_absolute_url()).status_code == 404


def test_wrong_website_is_said_beside_the_field_and_nothing_is_made(coordinator, group):
    url = reverse("campaigns:group_embed", args=[group.slug])
    response = client_of(coordinator).post(url, {"label": "Ours", "allowed_hosts": "not a website"})
    assert (response.status_code, Embed.objects.count()) == (422, 0)
    assert "Check this website: not" in response.text
    many = "\n".join(f"w{n}.example.org" for n in range(21))
    assert GroupEmbedForm({"label": "x", "allowed_hosts": many}).errors["allowed_hosts"] == ["Name 20 websites at most"]
    long = GroupEmbedForm({"label": "x", "allowed_hosts": "a.org " * 100_000})
    assert long.errors["allowed_hosts"] == ["That is too long"]


def test_group_has_no_more_than_ten(group, coordinator):
    make.EmbedFactory.create_batch(10, group=group)
    with pytest.raises(ValidationError, match="ten forms"):
        actions.make_embed(label="One more", allowed_hosts=["a.example.org"], by=coordinator, group=group)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_forms_asks_as_much_for_three_as_for_one(rows, coordinator, group, django_assert_num_queries):
    make.EmbedFactory.create_batch(rows, group=group)
    client, url = client_of(coordinator), reverse("campaigns:group_embed", args=[group.slug])
    client.get(url)
    with django_assert_num_queries(5):
        client.get(url)


def test_staff_hand_out_a_form_and_what_it_shows_stays(desk, campaign, staff):
    add = reverse("admin:campaigns_embed_add")
    said = {"label": "Partner <b>", "campaign": campaign.pk, "group": "", "allowed_hosts": "www.example.org"}
    assert desk.post(add, said | {"allowed_hosts": "a b"}).status_code == 200
    assert desk.post(add, said).status_code == 302
    embed = Embed.objects.get()
    assert (embed.campaign, embed.created_by, embed.allowed_hosts) == (campaign, staff, ["www.example.org"])
    change = reverse("admin:campaigns_embed_change", args=[embed.pk])
    page = desk.get(change).text
    assert f"{house.PUBLIC_URL}/embed/{embed.token}/" in page
    desk.post(change, {"label": "Other", "campaign": "", "allowed_hosts": "a.example.org", "is_active": "on"})
    embed.refresh_from_db()
    assert (embed.label, embed.campaign, embed.allowed_hosts) == ("Other", campaign, ["a.example.org"])
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"campaigns.make_embed", "campaigns.edit_embed"}


def test_snippet_cannot_break_out_of_its_quotes(campaign):
    campaign.ask = 'Ask "them" <script>'
    campaign.save()
    snippet = make.EmbedFactory(campaign=campaign).snippet
    assert snippet.count("<") == 2
    assert 'title="Ask &quot;them&quot; &lt;script&gt; (City of Sanctuary UK)"' in snippet

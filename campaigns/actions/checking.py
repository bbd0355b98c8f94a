"""What a writer looks at before sending: what must be put right, and how it reads for somebody who would get it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from django.conf import settings

from campaigns.actions.claiming import Recipient
from campaigns.actions.composing import preview, problems_in
from campaigns.models import Audience, Mailing
from sanctuary.people.models import Controller, Supporter
from sanctuary.places.models import OutwardCode
from sanctuary.post import markup
from sanctuary.post.message import CompileError

_FIELD_IN_LINK = re.compile(r"https?://[^\s<>\"]*?\(\([^()\s]*", re.IGNORECASE).search


class Problem(NamedTuple):
    """Something that must be put right before a mailing may go, in words for its writer."""

    code: str
    message: str


def check_mailing(mailing: Mailing) -> list[Problem]:
    """All that must be put right, in the order of reading; empty when it may go."""
    found = [Problem(problem.code, problem.message) for problem in problems_in(mailing)]
    found += _LinksAndPictures.of(mailing.body)
    found += _about_fields_in_links(markup.to_text(mailing.body))
    if mailing.campaign and not mailing.campaign.actions.exists():
        found.append(Problem("no_ask", "The campaign has no action yet, so the button would lead nowhere."))
    if mailing.controller.kind == Controller.Kind.PARTNER:
        found.append(Problem("partners_people", "People said yes to a partner, not to emails from us."))
    if mailing.group and not (mailing.controller.reply_to or mailing.group.mailbox):
        words = "Your group has no mailbox for answers yet. Add its email address to your group’s page first."
        found.append(Problem("no_mailbox", words))
    if not found:
        try:
            preview(mailing)
        except CompileError as error:
            found.append(Problem("cannot_compose", str(error)))
    return found


def sample_recipients(mailing: Mailing, most: int = 5) -> list[Recipient]:
    """A few people who would get it, to preview with. Their links are dead: looking must not act for them."""
    audience = Audience.of(mailing)
    people = Supporter.objects.exclude(email="").filter(
        pk__in=Supporter.objects.filter(
            current_permissions__controller=mailing.controller,
            current_permissions__purpose=mailing.purpose,
            current_permissions__is_live=True,
            **_narrow(audience, mailing.group_id),
        ).values("pk")
    )
    people = people.prefetch_related("memberships__group").order_by("pk")[:most]
    names = dict(OutwardCode.objects.filter(code__in=[p.outward_code for p in people]).values_list("code", "name"))
    return [_as_recipient(person, names.get(person.outward_code, "")) for person in people]


def _as_recipient(person: Supporter, place: str) -> Recipient:
    # In the order in which a claim chooses, so that the preview names the same group.
    memberships = sorted(person.memberships.all(), key=lambda membership: membership.pk)
    groups = [row.group.name for row in memberships if row.left_on is None]
    return Recipient(0, 0, person.email, person.name, person.first_name, "".join(groups[:1]), place)


def _narrow(audience: Audience, group_id: int | None) -> dict:
    if group_id is not None:
        ticked = {"pk__in": audience.people} if audience.kind == Audience.Kind.TICKED else {}
        return {"memberships__group": group_id, "memberships__left_on": None, **ticked}
    return {
        Audience.Kind.EVERYONE: {},
        Audience.Kind.GROUP: {"memberships__group_id": audience.value, "memberships__left_on": None},
        Audience.Kind.STREAM: {"streams__stream_id": audience.value, "streams__left_on": None},
        Audience.Kind.REGION: {"region": audience.value},
    }[Audience.Kind(audience.kind)]


class _LinksAndPictures(HTMLParser):
    """Reads the cleaned HTML of a body for links that lead nowhere and pictures that say nothing."""

    def __init__(self):
        super().__init__()
        self.problems: list[Problem] = []

    @classmethod
    def of(cls, body: str) -> list[Problem]:
        reader = cls()
        reader.feed(markup.to_html(body))
        reader.close()
        return reader.problems

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a":
            self.problems += _about_link(attributes.get("href") or "")
        if tag == "img":
            self.problems += _about_picture(attributes.get("src") or "", attributes.get("alt") or "")


def _about_link(href: str) -> Iterator[Problem]:
    if not href.startswith(("https://", "mailto:", "((", settings.PUBLIC_URL)):
        shown = href[:60] or "nothing"
        yield Problem("bad_link", f"A link leads to “{shown}”. Write the whole address, beginning with https://.")


def _about_fields_in_links(text: str) -> Iterator[Problem]:
    """A link may be one of our fields, but hold none: whoever sees the address would learn who was written to."""
    if link := _FIELD_IN_LINK(text):
        words = f"“{link[0][:60]}” holds a field, which would tell others who reads. Take the field out of the address."
        yield Problem("private_link", words)


def _about_picture(src: str, alt: str) -> Iterator[Problem]:
    if "((" in src:
        yield Problem("private_picture", "A picture's address holds a field, which would tell who opened the email.")
    if not alt.strip():
        yield Problem("no_alt", "A picture has no words for people who cannot see it. Write ![what it shows](address).")
    if not src.startswith(settings.PUBLIC_URL + "/"):
        yield Problem("foreign_picture", "A picture is kept elsewhere, which would tell others who opened the email.")

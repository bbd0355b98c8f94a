"""From a mailing to its compiled message: rendered and built once, finished for each person in microseconds."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.utils import quote
from typing import NamedTuple

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from campaigns.actions.claiming import Recipient
from campaigns.models import Mailing
from sanctuary.people import links, tokens
from sanctuary.people.models import Controller
from sanctuary.post import markup, merge
from sanctuary.post.message import CompiledMessage, bulk_headers, compile_message
from sanctuary.post.returns import name_headers

# What a writer may use, and what each one means.
FIELDS = {
    "first_name": "The first word of the person's name",
    "name": "The whole name of the person or organisation",
    "group": "Their local group",
    "place": "The place they live in",
    "action_link": "The action page, already knowing who they are",
    "choices_link": "Their own page of email choices",
}
MAY_BE_EMPTY = {"first_name", "group", "place"}
_WITH_A_CAMPAIGN = {"action_link"}
_OURS = {"email", "message_key", "act_token", "choices_token"}


class Shown(NamedTuple):
    """A message as one person would see it."""

    subject: str
    text: str
    html: str


def fields_of(mailing: Mailing) -> dict[str, str]:
    """What the writer of this one may use."""
    return {name: words for name, words in FIELDS.items() if mailing.campaign or name not in _WITH_A_CAMPAIGN}


def problems_in(mailing: Mailing) -> list[merge.Problem]:
    """What is wrong with the merge fields, in the order a reader meets them."""
    may_be_empty = MAY_BE_EMPTY - {"group"} if mailing.group_id else MAY_BE_EMPTY
    return [
        problem
        for written in (mailing.subject, mailing.preheader, mailing.body)
        for problem in merge.problems(written, fields_of(mailing), may_be_empty)
    ]


def compose(mailing: Mailing) -> CompiledMessage:
    """Build the MIME message of a mailing once. Raises CompileError in the writer's words."""
    context = {
        "mailing": mailing,
        "campaign": mailing.campaign,
        "controller": mailing.controller,
        "body_html": mark_safe(markup.to_html(mailing.body)),  # noqa: S308 - cleaned by markup
        "body_text": markup.to_text(mailing.body),
    }
    html = css_inline.inline(render_to_string("emails/campaigns/mailing.html", context), load_remote_stylesheets=False)
    addresses = _addresses(mailing)
    return compile_message(
        subject=_written_out(mailing.subject, addresses),
        text=_written_out(render_to_string("emails/campaigns/mailing.txt", context), addresses),
        html=_written_out(html, addresses),
        from_addr=sender_of(mailing),
        message_id=f"<((message_key))@{sender_domain()}>",
        fields=set(fields_of(mailing)) | _OURS,
        headers={
            "Reply-To": reply_address(mailing),
            **_bulk(mailing),
            **name_headers(settings.MAIL_PROVIDER, "((message_key))"),
        },
    )


def _addresses(mailing: Mailing) -> dict[str, str]:
    """The fields that stand for a whole web address, each written out around its token."""
    found = {"choices_link": links.absolute("people:choices", "((choices_token))")}
    if mailing.campaign:
        found["action_link"] = links.absolute("campaigns:from_mail", mailing.campaign.slug, "((act_token))")
    return found


def _written_out(text: str, addresses: Mapping[str, str]) -> str:
    """What is the same for everybody in a link is encoded once, and only the token for each person."""
    return "".join(
        part if isinstance(part, str) else addresses.get(part.name) or part.written() for part in merge.split(text)
    )


def reply_address(mailing: Mailing) -> str:
    """Where an answer goes: the sender's own role mailbox, or else one that somebody at the national charity reads."""
    own = mailing.controller.reply_to or (mailing.group.mailbox if mailing.group else "")
    return own or Controller.objects.national().reply_to or sender_address()


def sender_of(mailing: Mailing) -> str:
    return f'"{quote(mailing.controller.name)}" <{sender_address()}>'


def sender_address() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")


def sender_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")


def _bulk(mailing: Mailing) -> dict[str, str]:
    return bulk_headers(
        unsubscribe_url=links.absolute("people:stop", "((choices_token))"),
        list_id=f"{mailing.controller.kind}-{mailing.controller_id}.{sender_domain()}",
        list_name=mailing.controller.name,
        feedback=(str(mailing.pk), str(mailing.campaign_id or 0), mailing.controller.kind, "sanctuary"),
    )


class Values:
    """The merge values of one mailing's recipients."""

    def __init__(self, mailing: Mailing):
        self.mailing_id = mailing.pk or 0
        # Somebody may belong to several groups: in a letter from one of them "the group" is that one. And its link
        # to stop knows whose letters to stop.
        self.group = mailing.group.name if mailing.group else ""
        self.sender = (mailing.controller_id,) if mailing.group else ()

    def of(self, recipient: Recipient) -> Mapping[str, str]:
        return {
            "email": recipient.address,
            "message_key": f"m{self.mailing_id}.{recipient.seq}",
            "first_name": recipient.first_name,
            "name": recipient.name,
            "group": self.group or recipient.group,
            "place": recipient.place,
            "act_token": tokens.make("act", recipient.supporter_id, self.mailing_id),
            "choices_token": links.choices_token(recipient.supporter_id, self.mailing_id, *self.sender),
        }


SOMEBODY = Recipient(0, 0, "amira@example.org", "Amira Example", "Amira", "Leeds City of Sanctuary", "Leeds")


def preview(mailing: Mailing, recipient: Recipient = SOMEBODY) -> Shown:
    """Exactly what one person would get: the compiled bytes, read back."""
    return read_back(compose(mailing).render(Values(mailing).of(recipient)))


def read_back(wire: bytes) -> Shown:
    message = message_from_bytes(wire, policy=policy.default)
    parts = {part.get_content_subtype(): part.get_content() for part in message.walk() if not part.is_multipart()}
    return Shown(message["Subject"], parts.get("plain", ""), parts.get("html", ""))

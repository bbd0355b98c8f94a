"""What a mail provider reports about one message, put into our words."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView

from sanctuary.post.returns.judging import Kind, judge, status_in
from sanctuary.post.returns.paths import Copy, Letter, read_return_path

# Those whose reports are tested here. Each asks for a name and password; Mailgun signs besides.
PROVIDERS = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
}
SIGN_A_TIME = {"mailgun"}
OLDEST = timedelta(minutes=5)
# How each is told our own name of a message, where it would put one of its own in the place of our Message-ID.
NAME_HEADERS = {
    "brevo": ("X-Mailin-custom", '{{"delivery": "{}"}}'),
    "postmark": ("X-PM-Metadata-delivery", "{}"),
}

_KEY = re.compile(r"<?(?:m([1-9]\d{0,17})\.([1-9]\d{0,8})|outbox-([1-9]\d{0,17}))(?:@[^@\s<>]+)?>?", re.ASCII)
_FAILED = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}


class Told(NamedTuple):
    """A provider's report. It names a message and an address, and counts only where both belong together."""

    kind: Kind
    status: str
    about: Copy | Letter
    address: str
    at: datetime | None
    event_id: str


def name_headers(provider: str, name: str) -> dict[str, str]:
    """What to add to a message so that the provider's reports carry our `name` of it."""
    header, form = NAME_HEADERS.get(provider, ("", ""))
    return {header: form.format(name)} if header else {}


def read_event(event: AnymailTrackingEvent) -> Told | None:
    """What an event says about a message of ours; None when it says nothing that matters, or names none."""
    kind, status = _verdict(event)
    about = next(_named(event), None)
    if kind is None or about is None:
        return None
    event_id = "".join(letter for letter in str(event.event_id or "") if letter.isprintable())[:100]
    return Told(kind, status, about, str(event.recipient or ""), event.timestamp, event_id)


def _verdict(event: AnymailTrackingEvent) -> tuple[Kind | None, str]:
    if (event.esp_event or {}).get("Type") == "SpamNotification":
        return Kind.BLOCKED, ""  # a filter thought so, not a person
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT, ""
    if event.event_type not in _FAILED:
        return None, ""
    words = f"{event.mta_response or ''} {event.description or ''}"
    status = status_in(words)
    if event.reject_reason in {RejectReason.BLOCKED, RejectReason.SPAM, RejectReason.UNSUBSCRIBED}:
        return Kind.BLOCKED, status
    if not status and _says_hard(event):
        return Kind.HARD, ""
    return judge(status, words), status


def _says_hard(event: AnymailTrackingEvent) -> bool:
    """The provider's own word, where the mail server's words hold no code."""
    said = event.esp_event or {}
    return (
        event.reject_reason == RejectReason.INVALID
        or said.get("Type") == "HardBounce"
        or said.get("event") == "hard_bounce"
    )


def _named(event: AnymailTrackingEvent) -> Iterator[Copy | Letter]:
    """Our own name of the message: as they were given it, as its Message-ID, or as the address it left from."""
    for text in _texts([event.metadata, event.message_id, event.esp_event]):
        if (about := read_return_path(text)) is not None:
            yield about
        elif found := _KEY.fullmatch(text):
            mailing, seq, letter = found.groups()
            yield Letter(int(letter)) if letter else Copy(int(mailing), int(seq))


def _texts(value: Any, depth: int = 5) -> Iterator[str]:
    """Every text in what they sent, to a bounded depth."""
    if isinstance(value, str):
        yield value[:400]
    elif depth and isinstance(value, dict):
        for each in value.values():
            yield from _texts(each, depth - 1)
    elif depth and isinstance(value, list):
        for each in value:
            yield from _texts(each, depth - 1)


def is_stale(provider: str, body: bytes, now: datetime) -> bool:
    """Whether a provider that signs a time signed this too long ago. Read it once the signature is known to hold."""
    if provider not in SIGN_A_TIME:
        return False
    signed_at = float(json.loads(body)["signature"]["timestamp"])
    return not abs(now.timestamp() - signed_at) <= OLDEST.total_seconds()

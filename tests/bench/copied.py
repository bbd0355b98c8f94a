"""Our own letter, read back from what the relay was given and turned into a template and values for the peer."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

from campaigns.actions.composing import compose
from campaigns.models import Mailing

_LINK = "https://marks.example.org/"
_FIELD = re.compile(r"\{\{ (\w+) \}\}")
_NOT_GIVEN = {"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"}


def as_template(mailing: Mailing) -> dict[str, str]:
    """Subject, text and HTML of a mailing in Django's template language."""
    message = compose(mailing)
    marks = {field: mark_of(field) for field in message.fields}
    read = message_from_bytes(message.render(marks), policy=policy.default)
    subject, text, html = read["Subject"], _part(read, "plain"), _part(read, "html")
    for field, mark in marks.items():
        subject, text, html = (each.replace(mark, f"{{{{ {field} }}}}") for each in (subject, text, html))
    return {"subject": subject, "text": text, "html": html}


def as_person(letter: dict[str, str], kept: bytes) -> dict:
    """What the peer needs to write one message that we wrote: address, headers, and every value in it."""
    read = message_from_bytes(kept, policy=policy.default)
    headers = {name: str(value) for name, value in read.items() if name.lower() not in _NOT_GIVEN}
    values = values_in(letter["text"], _part(read, "plain"))
    if missing := {name for words in letter.values() for name in _FIELD.findall(words)} - set(values):
        raise ValueError(f"the text alone does not say {missing}")
    return {"to": str(read["To"]), "from": str(read["From"]), "headers": headers, "values": values}


def values_in(template: str, text: str) -> dict[str, str]:
    """The values with which a template becomes this text. Raises ValueError when it cannot."""
    pieces, seen = _FIELD.split(template), set()
    pattern = ""
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            pattern += re.escape(piece)
        else:
            pattern += f"(?P={piece})" if piece in seen else f"(?P<{piece}>[^\n]+?)"
            seen.add(piece)
    if (found := re.fullmatch(pattern, text)) is None:
        raise ValueError("this is not a message of that letter")
    return found.groupdict()


def people_of(letter: dict[str, str], kept: Sequence[bytes]) -> list[dict]:
    return [as_person(letter, one) for one in kept]


def mark_of(field: str) -> str:
    """A value that can stand wherever this field may, and is found again."""
    if field == "email":
        return "mark@example.org"
    return f"{_LINK}{field}" if field.endswith("_link") else f"mark-{field.replace('_', '-')}-mark"


def _part(read: EmailMessage, kind: str) -> str:
    return read.get_body((kind,)).get_content().replace("\r\n", "\n")

"""The headers that every message to many people carries, so that stopping is one click in any mail program."""

import re

_PLAIN = re.compile(r"[A-Za-z0-9 ._-]*").fullmatch
_FIELD = re.compile(r"\(\([a-z_]+\)\)").fullmatch
# A demonstration on one machine has no certificate.
_THIS_MACHINE = ("http://127.0.0.1:", "http://localhost:")
_ID = re.compile(r"[A-Za-z0-9._-]+").fullmatch


def bulk_headers(
    *, unsubscribe_url: str, list_id: str, feedback: tuple[str, ...], list_name: str = "", unsubscribe_address: str = ""
) -> dict[str, str]:
    """Header templates of a mailing, for `compile_message(headers=…)`.

    `unsubscribe_url`: https address with an opaque ((token)) that answers the RFC 8058 POST. `list_id`: a domain-like
    name, such as "national.example.org". `feedback`: one to three parts that mailbox providers count complaints by,
    then the sender, such as ("12", "campaign", "sanctuary"). No Auto-Submitted and no Precedence: people wrote this.
    """
    if not 2 <= len(feedback) <= 4 or not all(_ID(part) or _FIELD(part) for part in feedback):
        raise ValueError("feedback takes two to four parts of letters, digits, dots and dashes")
    if not unsubscribe_url.startswith(("https://", *_THIS_MACHINE)):
        raise ValueError("unsubscribe_url must start with https://")
    if not _ID(list_id):
        raise ValueError("list_id must look like a domain name")
    ways = [f"<{unsubscribe_url}>"]
    if unsubscribe_address:
        ways.append(f"<mailto:{unsubscribe_address}>")
    phrase = f'"{list_name}" ' if list_name and _PLAIN(list_name) else ""
    return {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"{phrase}<{list_id}>",
        "Feedback-ID": ":".join(feedback),
    }

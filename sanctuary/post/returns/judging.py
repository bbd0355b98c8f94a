"""Whether a refusal speaks of the address, of the moment, or of us."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What something that came back says."""

    HARD = "hard"  # the address does not work
    SOFT = "soft"  # not this time
    BLOCKED = "blocked"  # a policy about the sender or the message, never the person's fault
    COMPLAINT = "complaint"  # they pressed "spam"
    WAITING = "waiting"  # the relay is still trying
    ANSWER = "answer"  # a machine answered for a person
    REPLY = "reply"  # a person wrote back
    UNCLEAR = "unclear"


_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"5\d\d[ -]+#?(5\.\d{1,3}\.\d{1,3})(?![\d.])")
# RFC 3463 and its registry. 5.1.7 and 5.1.8 speak of the sender's address, so they are not here.
_ADDRESS = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# Outlook.com says 5.5.0 "mailbox unavailable" of people who are gone and of senders it does not like: that stays soft.
_OURS = re.compile(r"5\.[67]\.\d+|5\.5\.[1-9]\d*|5\.1\.[789]|5\.2\.[34]|5\.3\.4")
# Some servers say 5.1.1 or 5.0.0 for everything: then their words decide, and a word about a policy comes first.
_POLICY = re.compile(
    r"\b(spam|blocked|block ?list\w*|black ?list\w*|deny ?list\w*|reputation|polic(y|ies)|spf|dkim|dmarc|"
    r"rate limit\w*|too many|not authori[sz]ed|authenticat\w*|message content|virus|grey ?list\w*|"
    r"relay(ing)? (access )?(denied|not)|"
    r"sender (address |domain |verif\w* )*(is )?(rejected|denied|failed|invalid|not)|"
    r"(invalid|unknown|bad) sender)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"no such (user|mailbox|recipient|address|person)|unknown (user|recipient|mailbox|local)|"
    r"(user|recipient|mailbox|address)( is| was)? (unknown|not found|disabled|inactive)|"
    r"(does not|doesn.?t) exist|doesn.?t have an? \w+ account|"
    r"no mailbox( here)?|invalid (recipient|mailbox)|not a (known|valid) (user|mailbox)|"
    r"account (has been |is )?(disabled|closed|deactivated|deleted)|unrouteable address|no longer (exists|in use)|"
    r"(couldn.?t|wasn.?t|could not be|was not) (be )?found",
    re.IGNORECASE,
)
# An address may be called spam@… or policy@….
_NAMES = re.compile(r"\S+@\S+")


def status_in(text: str) -> str:
    """The first enhanced status code of a failure in a text, or ""."""
    codes = [found[0] for found in _STATUS.finditer(text) if found[1] != "2"]
    return codes[0] if codes else ""


def judge(status: str, words: str = "") -> Kind:
    """What a failure says. Doubt never falls on the person: unclear is soft, and a policy is nobody's fault here."""
    words = _NAMES.sub(" ", words)
    if status.startswith("4."):
        return Kind.SOFT
    if _OURS.fullmatch(status):
        return Kind.BLOCKED
    if status in _ADDRESS:
        return Kind.BLOCKED if _POLICY.search(words) else Kind.HARD
    if status in {"", "5.0.0"} and not _POLICY.search(words) and _NOBODY.search(words):
        return Kind.HARD
    return Kind.SOFT


def judge_reply(reply: str) -> tuple[Kind, str]:
    """The same for what a relay answers while we talk to it: hard only with an enhanced code that says so."""
    found = _REPLY.match(reply)
    return (judge(found[1], reply), found[1]) if found else (Kind.SOFT, "")

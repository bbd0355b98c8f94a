"""What a message to a return address says, whoever wrote it and however it is broken; and the address itself."""

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanctuary.people import links
from sanctuary.post.returns import (
    Copy,
    Kind,
    Letter,
    Report,
    ReturnPaths,
    judge,
    judge_reply,
    letter_path,
    read_message,
    read_return_path,
)

FOLDER = Path(__file__).parent / "returned"
ABOUT = Copy(12, 345)
LINK = (77, 12)

# What each says. Those that name nothing we signed are the last.
SAYS = {
    "postfix-unknown-user": (Kind.HARD, "5.1.1"),
    "postfix-unknown-named-spam": (Kind.HARD, "5.1.1"),
    "postfix-mailbox-disabled": (Kind.HARD, "5.2.1"),
    "postfix-mailbox-full": (Kind.SOFT, "5.2.2"),
    "postfix-expired": (Kind.SOFT, "4.4.1"),
    "postfix-delayed": (Kind.WAITING, ""),
    "postfix-of-two-one-arrived": (Kind.WAITING, ""),
    "postfix-spam-block": (Kind.BLOCKED, "5.7.1"),
    "postfix-sender-rejected": (Kind.BLOCKED, "5.1.8"),
    "postfix-blocked-as-unknown": (Kind.BLOCKED, "5.1.1"),
    "sendmail-host-unknown": (Kind.HARD, "5.1.2"),
    "exim-dsn": (Kind.HARD, "5.1.1"),
    "exim-old-plain": (Kind.HARD, ""),
    "qmail-no-mailbox": (Kind.HARD, "5.1.1"),
    "qmail-gave-up": (Kind.SOFT, "4.4.1"),
    "exchange-not-found": (Kind.HARD, "5.1.10"),
    "exchange-restricted": (Kind.BLOCKED, "5.7.133"),
    "outlook-unavailable": (Kind.SOFT, "5.5.0"),
    "gmail-does-not-exist": (Kind.HARD, "5.1.1"),
    "gmail-over-quota": (Kind.SOFT, "5.2.2"),
    "gmail-unauthenticated": (Kind.BLOCKED, "5.7.26"),
    "yahoo-no-account": (Kind.HARD, "5.0.0"),
    "international": (Kind.HARD, "5.1.1"),
    "no-status-code": (Kind.SOFT, ""),
    "to-another-mailbox": (Kind.HARD, "5.1.1"),
    "broken-no-end": (Kind.HARD, "5.1.1"),
    "arf-yahoo": (Kind.COMPLAINT, ""),
    "answer-english": (Kind.ANSWER, ""),
    "answer-german": (Kind.ANSWER, ""),
    "answer-french": (Kind.ANSWER, ""),
    "answer-arabic": (Kind.ANSWER, ""),
    "answer-welsh": (Kind.ANSWER, ""),
    "answer-ticket": (Kind.ANSWER, ""),
    "reply": (Kind.REPLY, ""),
    "reply-about-a-bounce": (Kind.REPLY, ""),
}
OTHERWISE = {
    "arf-outlook": Report(Kind.COMPLAINT, "", None, LINK),
    "forged-guess": Report(Kind.HARD, "5.1.1", None, None),
    "arf-not-spam": Report(Kind.UNCLEAR),
    "arf-auth-failure": Report(Kind.UNCLEAR),
    "broken-headers": Report(Kind.UNCLEAR),
}


def raw_of(name: str) -> bytes:
    """A message of the collection as our own keys would have it."""
    text = (FOLDER / f"{name}.eml").read_text()
    signed = text.replace("RETURN_PATH", ReturnPaths(12).of(345)).replace("STOP_TOKEN", links.choices_token(*LINK))
    return signed.encode()


def test_every_message_of_the_collection_is_tried():
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(SAYS) | set(OTHERWISE)
    assert len(SAYS) + len(OTHERWISE) >= 20


@pytest.mark.parametrize("name", SAYS)
def test_message_says(name):
    kind, status = SAYS[name]
    assert read_message(raw_of(name)) == Report(kind, status, ABOUT)


@pytest.mark.parametrize("name", OTHERWISE)
def test_message_says_less(name):
    assert read_message(raw_of(name)) == OTHERWISE[name]


def test_the_envelope_comes_first():
    """A bounce that returns somebody else's headers is about the address it came back to."""
    other = ReturnPaths(9).of(1)
    raw = raw_of("postfix-unknown-user").replace(b"Delivered-To:", b"X-Was-To:").replace(b"\nTo: ", b"\nX-To: ")
    assert read_message(raw, other).about == Copy(9, 1)
    assert read_message(raw, "").about == ABOUT
    assert read_message(raw, "returns@sanctuary.example.org").about == ABOUT


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_line_ends_of_other_machines(ending):
    raw = raw_of("postfix-unknown-user").replace(b"\n", ending)
    assert read_message(raw) == Report(Kind.HARD, "5.1.1", ABOUT)


def test_huge_message_is_read_from_its_beginning():
    raw = raw_of("postfix-unknown-user") + b"A" * 20_000_000
    began = time.perf_counter()
    assert read_message(raw) == Report(Kind.HARD, "5.1.1", ABOUT)
    assert time.perf_counter() - began < 5


def test_nested_without_end_is_only_unclear():
    raw = b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(20_000))
    assert read_message(raw).kind == Kind.UNCLEAR
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000))
    assert read_message(deep).kind == Kind.UNCLEAR


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 1000, b"\n\n\n", b"From: \n\n", b":" * 5000])
def test_rubbish_is_unclear(raw):
    assert read_message(raw) == Report(Kind.UNCLEAR)


SEEDS = [raw_of(name) for name in ("postfix-unknown-user", "arf-yahoo", "exim-old-plain", "answer-arabic")]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(SEEDS), st.integers(0, 3000), st.integers(0, 60))
def test_any_bytes_are_read_without_a_crash(noise, seed, at, cut):
    for raw in (noise, seed[:at] + noise + seed[at + cut :]):
        report = read_message(raw)
        assert isinstance(report, Report)
        assert report.about in {None, ABOUT}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_judged(text):
    assert judge(text, text) in Kind
    assert judge_reply(text)[0] in Kind


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("550 5.1.1 no such user", Kind.HARD),
        ("550-5.1.1 The email account that you tried to reach does not exist.", Kind.HARD),
        ("550 5.1.0 Address rejected", Kind.HARD),
        ("550 5.1.6 moved", Kind.HARD),
        ("550 5.1.10 null MX", Kind.HARD),
        ("550 5.1.1 <policy@example.org> unknown", Kind.HARD),
        ("550 No such user", Kind.SOFT),
        ("553 5.1.8 Sender address rejected", Kind.BLOCKED),
        ("550 5.1.0 Sender rejected", Kind.BLOCKED),
        ("554 5.7.1 spam", Kind.BLOCKED),
        ("550 5.1.1 blocked using a blocklist", Kind.BLOCKED),
        ("552 5.2.2 over quota", Kind.SOFT),
        ("550 5.1.100 odd", Kind.SOFT),
        ("550 5.1.1.2 odd", Kind.SOFT),
        ("452 4.2.2 full", Kind.SOFT),
        ("250 2.1.5 fine", Kind.SOFT),
        ("0 it could not be written: 550 5.1.1", Kind.SOFT),
    ],
)
def test_relay_is_believed_only_about_the_address(reply, kind):
    assert judge_reply(reply)[0] == kind


def test_return_path_is_read_back():
    path = ReturnPaths(12).of(345)
    assert path == f"returns+m12.345.{path[16:28]}@sanctuary.example.org"
    for spelling in (path, f"<{path}>", path.upper(), f" {path} ", "prvs=1234abcd=" + path):
        assert read_return_path(spelling) == Copy(12, 345)
    assert read_return_path(letter_path(77)) == Letter(77)


def test_return_path_is_legal_for_the_largest_numbers():
    path = ReturnPaths(10**18 - 1).of(10**9 - 1)
    assert read_return_path(path) == Copy(10**18 - 1, 10**9 - 1)
    assert len(path.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.replace("m12.", "m13."),
        lambda path: path.replace(".345.", ".346."),
        lambda path: path.replace("m12.345", "m1.2345"),
        lambda path: path.replace("m12.345", "o12"),
        lambda path: path.replace("m12.345", "m012.345"),
        lambda path: path.replace("m12.345", "m12.٣٤٥"),
        lambda path: path[:27] + ("0" if path[27] != "0" else "1") + path[28:],
        lambda path: path.replace(path[16:29], ""),
        lambda path: path[:27] + path[28:],
        lambda path: path.partition("@")[0],
        lambda path: path.partition("+")[2],
        lambda path: path + " x",
        lambda path: "",
    ],
)
def test_return_path_that_we_did_not_sign_names_nothing(change):
    path = ReturnPaths(12).of(345)
    assert change(path) != path
    assert read_return_path(change(path)) is None


def test_signature_of_a_letter_is_not_one_of_a_copy():
    letter = letter_path(12)
    assert read_return_path(letter.replace("o12.", "m1.2.")) is None


def test_return_path_outlives_a_change_of_the_key(settings):
    path = ReturnPaths(12).of(345)
    settings.LINK_KEYS = ["a new key", *settings.LINK_KEYS]
    assert read_return_path(path) == Copy(12, 345)
    assert ReturnPaths(12).of(345) != path
    settings.LINK_KEYS = ["a new key"]
    assert read_return_path(path) is None


def test_return_path_costs_a_microsecond():
    """Twenty times that would still be cheap; this catches a signature that starts anew for each message."""
    of = ReturnPaths(12).of
    best = min(_time(of) for _ in range(5))
    assert best < 20_000 * 5e-6


def _time(of) -> float:
    began = time.perf_counter()
    for seq in range(1, 20_001):
        of(seq)
    return time.perf_counter() - began


def test_report_inside_a_forwarded_message_is_the_persons_own():
    """Somebody who forwards us a bounce as an attachment writes to us; nothing bounced."""
    forward = EmailMessage()
    forward["From"], forward["To"], forward["Subject"] = "amira@example.org", ReturnPaths(12).of(345), "Fwd: look"
    forward.set_content("Look what came back!")
    forward.add_attachment(raw_of("postfix-unknown-user"), maintype="application", subtype="octet-stream")
    assert read_message(forward.as_bytes()).kind == Kind.REPLY

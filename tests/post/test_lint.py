"""The linter at the sink: a good letter passes, and each rule finds the one thing that is wrong with a letter."""

import base64
import hashlib
import json
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from sanctuary.post.sink import Sink
from sanctuary.post.sink.lint import Inspector, lint

ROOT = Path(__file__).parents[2]
TOKEN = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA"
STOP = f"https://sanctuary.example.org/email/{TOKEN}/stop/"
CHOICES = f"https://sanctuary.example.org/email/{TOKEN}/"
IMPRINT = "Demo Charity, 1 Example Street, Example Town"
MASK = hashlib.sha256(b"ada@example.org").hexdigest()
PACKED = base64.urlsafe_b64encode(b"for ada@example.org only").decode().rstrip("=")
RULES = {"hosts": ["sanctuary.example.org"], "says": ["Demo Charity", "1 Example Street,\nExample Town"]}
LETTER = f"""\
From: Demo Charity <hello@sanctuary.example.org>
To: ada@example.org
Subject: Hello Ada
Date: Mon, 23 Nov 2026 09:30:00 +0000
Message-ID: <m1.7@sanctuary.example.org>
Reply-To: group@sanctuary.example.org
List-Unsubscribe: <{STOP}>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Id: "Demo Charity" <national-1.sanctuary.example.org>
Feedback-ID: 1:2:national:sanctuary
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_edge"

--=_edge
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Ada,
..hidden dot. Please read https://sanctuary.example.org/actions/.

{IMPRINT}
Stop these emails: =
{CHOICES}

--=_edge
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<!doctype html><html lang=3D"en-GB"><head><style>a {{ color: red }}</style>
<title>x</title></head><body>
<div style=3D"display: none">At a glance</div><p>Dear Ada,</p>
<img src=3D"https://sanctuary.example.org/static/sun.png"
 width=3D"600" alt=3D"">
<p>{IMPRINT}</p>
<a href=3D"mailto:group@sanctuary.example.org">Write to us</a>
<p><a href=3D"=
{CHOICES}">=
Stop these
 <b>emails</b></a></p>
</body></html>

--=_edge--
"""


def wire(letter=LETTER):
    return letter.replace("\n", "\r\n").encode()


def found(data, **changes):
    given = {"recipients": ["ada@example.org"], "mail_from": "b@bounce.sanctuary.example.org", "personal": ["Ada"]}
    return lint(data, **RULES | given | changes)


def test_good_letter_passes():
    assert found(wire()) == []


def without(name):
    return "".join(line for line in LETTER.splitlines(keepends=True) if not line.startswith(f"{name}:"))


def put(old, new, count=1):
    assert old in LETTER
    return LETTER.replace(old, new, count)


def in_page(html):
    return put("<p>Dear Ada,</p>", f"<p>Dear Ada,</p>\n{html}")


def in_text(words):
    return put("Dear Ada,\n", f"Dear Ada,\n{words}\n")


def after(name, line):
    return put(f"{name}:", f"{line}\n{name}:")


BROKEN = {
    "no last line end": (LETTER[:-1], ["line-ends: the last line has no end"]),
    "no To": (without("To"), ["headers: 0 of To", "envelope: To is not the one recipient"]),
    "no Date": (without("Date"), ["headers: 0 of Date"]),
    "no Message-ID": (without("Message-ID"), ["headers: 0 of Message-ID"]),
    "no Subject": (without("Subject"), ["headers: 0 of Subject"]),
    "no MIME-Version": (without("MIME-Version"), ["headers: 0 of MIME-Version"]),
    "no List-Id": (without("List-Id"), ["headers: 0 of List-Id"]),
    "no Feedback-ID": (without("Feedback-ID"), ["headers: 0 of Feedback-ID"]),
    "no one-click mark": (without("List-Unsubscribe-Post"), ["headers: 0 of List-Unsubscribe-Post"]),
    "no List-Unsubscribe": (without("List-Unsubscribe"), ["headers: 0 of List-Unsubscribe"]),
    "two dates": (after("Date", "Date: Mon, 23 Nov 2026 09:30:00 +0000"), ["headers: 2 of Date"]),
    "two Message-IDs": (after("Date", "Message-ID: <a@sanctuary.example.org>"), ["headers: 2 of Message-ID"]),
    "two answers": (after("Reply-To", "Reply-To: group@sanctuary.example.org"), ["headers: 2 of Reply-To"]),
    "Cc": (after("Date", "Cc: hello@sanctuary.example.org"), ["headers: Cc does not belong here"]),
    "Bcc": (after("Date", "Bcc: ada@example.org"), ["headers: Bcc does not belong here"]),
    "automatic": (after("Date", "Auto-Submitted: auto-generated"), ["headers: Auto-Submitted does not belong here"]),
    "read receipt": (
        after("Date", "Disposition-Notification-To: hello@sanctuary.example.org"),
        ["headers: Disposition-Notification-To does not belong here"],
    ),
    "two senders": (put("Charity <hello@", "<b@sanctuary.example.org>, <hello@"), ["sender: From is not one address"]),
    "two in To": (
        put("To: ada", "To: hello@sanctuary.example.org, ada"),
        ["envelope: To is not the one recipient"],
    ),
    "foreign Message-ID": (
        put("<m1.7@sanctuary.example.org>", "m1.7"),
        ["headers: Message-ID cannot be read", "identity: Message-ID is not of the form <key@domain>"],
    ),
    "no date in Date": (put("Mon, 23 Nov 2026 09:30:00 +0000", "soon"), ["headers: Date cannot be read"]),
    "empty subject": (put("Hello Ada", ""), ["white-space: ", "identity: Subject is empty"]),
    "List-Id without name": (
        put('"Demo Charity" <national-1.sanctuary.example.org>', "national"),
        ["list-headers: List-Id is not of the form <name.domain>"],
    ),
    "Feedback-ID with spaces": (
        put("1:2:national:sanctuary", "one"),
        ["list-headers: Feedback-ID is not two to four parts with colons"],
    ),
    "one-click misspelt": (
        put("=One-Click", "=one-click"),
        ["one-click: List-Unsubscribe-Post is not List-Unsubscribe=One-Click"],
    ),
    "one-click twice": (
        put(f"<{STOP}>", f"<{STOP}>, <{STOP}>"),
        ["one-click: List-Unsubscribe does not hold one web address"],
    ),
    "one-click only by mail": (
        put(f"<{STOP}>", "<mailto:hello@sanctuary.example.org>"),
        ["one-click: List-Unsubscribe does not hold one web address"],
    ),
    "one-click without token": (
        put(TOKEN, "7"),
        ["one-click: List-Unsubscribe holds no opaque token"],
    ),
    "one-click in clear": (put("<https", "<http"), ["link: not https"]),
    "page first": (
        put("text/plain", "text/x").replace("text/html", "text/plain").replace("text/x", "text/html"),
        ["parts: the parts are text/html, text/plain, not a text and then a page", "language: ", "way-out: "],
    ),
    "wrong charset": (put("charset=utf-8", "charset=latin-1"), ["parts: a part cannot be read, or is not UTF-8"]),
    "broken boundary": (put("--=_edge--", "--=_edgy--"), ["parts: a part cannot be read, or is not UTF-8"]),
    "no language": (put(' lang=3D"en-GB"', ""), ["language: <html> has no lang"]),
    "empty language": (put('lang=3D"en-GB"', 'lang=3D""'), ["language: <html> has no lang"]),
    "no address in the text": (
        put(f"{IMPRINT}\nStop", "Demo Charity\nStop"),
        ["imprint: the text does not say “1 Example Street, Example Town”"],
    ),
    "no name on the page": (
        put(f"<p>{IMPRINT}", "<p>1 Example Street, Example Town"),
        ["imprint: the page does not show “Demo Charity”"],
    ),
    "hidden imprint": (put(f"<p>{IMPRINT}", f"<p hidden>{IMPRINT}"), ["imprint: the page", "imprint: the page"]),
    "no way out in the text": (
        put(f"emails: =\n{CHOICES}", "emails: by telephone"),
        ["way-out: the text has no opt-out link of this person"],
    ),
    "way out without its word": (
        put("Stop these emails: ", "Your page: "),
        ["way-out: the text has no opt-out link of this person"],
    ),
    "way out of somebody else": (
        put(f'"=\n{CHOICES}', f'"=\n{CHOICES.replace(TOKEN, TOKEN[::-1])}'),
        ["way-out: the page shows no opt-out link of this person"],
    ),
    "hidden way out": (
        put('<p><a href=3D"=', '<p style=3D"font-size: 1px"><a href=3D"='),
        ["way-out: the page shows no opt-out link of this person"],
    ),
    "foreign link": (in_page('<a href=3D"https://x.example.net/">x</a>'), ["link: leads elsewhere: https://x.example"]),
    "foreign link in the text": (in_text("See https://x.example.net/."), ["link: leads elsewhere: https://x.example"]),
    "look-alike": (
        in_page('<a href=3D"https://sanctuary.example.org@x.example.net/">x</a>'),
        ["link: leads elsewhere", "other-people: "],
    ),
    "link in clear": (in_page('<a href=3D"http://sanctuary.example.org/">x</a>'), ["link: not https"]),
    "link to nowhere": (in_page('<a href=3D"/actions/">x</a>'), ["link: not https: /actions/"]),
    "link to code": (
        in_page('<a href=3D"javascript:x()">x</a>'),
        ["link: not https: javascript:x()", "code: a link that runs code"],
    ),
    "pixel": (
        in_page('<img src=3D"https://sanctuary.example.org/x.png" width=3D"1" alt=3D"">'),
        ["pixel: an image of one pixel"],
    ),
    "styled pixel": (
        in_page('<img src=3D"https://sanctuary.example.org/x.png" style=3D"height:1px">'),
        ["pixel: an image of one pixel"],
    ),
    "picture with a token": (
        in_page(f'<img src=3D"https://sanctuary.example.org/=\n{TOKEN}/x.png">'),
        ["pixel: what is loaded tells who reads"],
    ),
    "picture with a query": (
        in_page('<img src=3D"https://sanctuary.example.org/x.png?u=3D7">'),
        ["pixel: what is loaded tells who reads"],
    ),
    "ground with a token": (
        in_page(f'<p style=3D"background:=\nurl(https://sanctuary.example.org/{TOKEN})">x</p>'),
        ["pixel: what is loaded tells who reads"],
    ),
    "foreign sheet": (
        in_page("<style>@import 'https://x.example.net/a.css';</style>"),
        ["link: leads elsewhere: https://x.example.net/a.css"],
    ),
    "foreign picture": (
        in_page('<img src=3D"https://x.example.net/x.png" width=3D"9">'),
        ["link: leads elsewhere: https://x.example.net/x.png"],
    ),
    "script": (in_page("<script>x()</script>"), ["code: <script> in the page"]),
    "form": (in_page("<form></form>"), ["code: <form> in the page"]),
    "iframe": (in_page("<iframe></iframe>"), ["code: <iframe> in the page"]),
    "handler": (in_page('<p onclick=3D"x()">x</p>'), ["code: onclick in the page"]),
    "refresh": (in_page('<meta http-equiv=3D"Refresh" content=3D"0">'), ["code: refresh in the page"]),
    "address in a link": (in_text("https://sanctuary.example.org/?a=3Dada@example.org"), ["private-link: tells who"]),
    "escaped address": (in_text("https://sanctuary.example.org/?a=3Dada%40example.org"), ["private-link: tells who"]),
    "mailbox in a link": (in_text("https://sanctuary.example.org/u/%61da/"), ["private-link: tells who"]),
    "name in a link": (in_text("https://sanctuary.example.org/?n=3DDear+Ada"), ["private-link: tells who"]),
    "hash in a link": (in_text(f"https://sanctuary.example.org/=\n{MASK}"), ["private-link: tells who"]),
    "packed address in a link": (
        in_text(f"https://sanctuary.example.org/=\n{PACKED}"),
        ["private-link: tells who"],
    ),
    "another person": (in_text("Also to eve@example.org."), ["other-people: holds eve@example.org"]),
    "another person in a header": (
        after("Date", "X-To: eve@example.org"),
        ["other-people: holds eve@example.org"],
    ),
    "another person in a link": (
        in_page('<a href=3D"https://sanctuary.example.org/eve%40example.org">x</a>'),
        ["other-people: holds eve@example.org"],
    ),
    "field in the text": (in_text("Dear ((first_name)),"), ["merged: ((first_name)) was left as it is"]),
    "field with a fallback": (in_text("Dear ((First name|friend)),"), ["merged: ((First name|friend)) was left"]),
    "field in the subject": (put("Hello Ada", "Hello ((name))"), ["merged: ((name)) was left as it is"]),
    "escape": (in_text("=1B[31m red"), [r"control-characters: '\x1b' in the text"]),
    "turned round": (in_text("=E2=80=AEdna"), [r"control-characters: '\u202e' in the text"]),
    "not a letter": (in_text("=FF"), ["parts: a part cannot be read, or is not UTF-8"]),
    "escape on the page": (in_page("=07"), [r"control-characters: '\x07' in the page"]),
    "white end": (in_text("two words "), ["white-space: a line ends in white space"]),
    "long line": (in_text("x" * 77), ["line-length: a body line is longer than 76"]),
    "long header": (after("Date", "X-Long: " + "x" * 991), ["line-length: a header line is longer than 998"]),
    "lone dot": (in_text(".x"), ["dots: a line begins with a single dot"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_finds_what_is_wrong_and_nothing_else_is(name):
    letter, wanted = BROKEN[name]
    got = found(wire(letter))
    assert len(got) == len(wanted), got
    assert all(g.startswith(w) for g, w in zip(got, wanted, strict=True)), got


def test_two_recipients_in_the_envelope_are_one_too_many():
    assert found(wire(), recipients=["ada@example.org", "eve@example.org"]) == ["envelope: 2 recipients"]


def test_message_for_somebody_else_is_found():
    wanted = ["envelope: To is not the one recipient", "other-people: holds ada@example.org"]
    assert found(wire(), recipients=["eve@example.org"]) == wanted


def test_sender_of_the_envelope_must_be_ours():
    assert found(wire(), mail_from="bounces@sanctuary.example.org") == []
    assert found(wire(), mail_from="b@relay.example.net") == [
        "envelope: the envelope's sender is of another domain than From"
    ]


def test_links_into_this_machine_are_allowed_only_when_told():
    data = wire().replace(b"https://sanctuary.example.org/", b"http://127.0.0.1:8000/")
    assert {words.partition(": http://")[0] for words in found(data)} == {"link: not https"}
    assert found(data, local=True, hosts=[]) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (b"\r\n.", b"\n.", "line-ends: a CR or LF stands alone"),
        (b"Dear Ada", b"Dear \rAda", "line-ends: a CR or LF stands alone"),
        (b"Dear Ada", "Dear Ad\u00e4".encode(), "seven-bit: a byte above 127 on the wire"),
        (b"Dear Ada", b"Dear \x0bAda", "seven-bit: a control character on the wire"),
        (b"Dear Ada", b"Dear \x00Ada", "seven-bit: a control character on the wire"),
    ],
)
def test_bytes_that_do_not_belong_on_the_wire_are_found(old, new, wanted):
    assert wanted in found(wire().replace(old, new, 1))


def test_people_may_be_called_as_they_like():
    for name in ("((email))", "o'brien", "email", "Stop", "🏴"):
        data = wire(LETTER.replace("Dear Ada", f"Dear {name}" if name.isascii() else "Dear =F0=9F=8F=B4"))
        assert found(data, personal=[name]) == []
    data = wire().replace(b"ada@example.org", b"o'brien@example.org")
    assert found(data, recipients=["o'brien@example.org"]) == []


@pytest.mark.parametrize("data", [b"", b"x", b"\r\n", b"To: <<<\r\n\r\n", wire()[:700], b"\xff" * 50, wire() * 2])
def test_anything_can_be_looked_at(data):
    assert found(data)


def test_inspector_looks_at_bulk_messages_only(tmp_path):
    inspector = Inspector(RULES, report=tmp_path / "report")
    with Sink(inspector=inspector) as sink, smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        send = ["bounces@sanctuary.example.org", "ada@example.org"]
        client.sendmail(*send, LETTER.replace("..hidden", ".hidden"))
        client.sendmail(*send, "Message-ID: <outbox-1@sanctuary.example.org>\r\n\r\nYour code\r\n")
        client.sendmail(*send, put("<p>Dear Ada,</p>", "<script>"))
    assert (inspector.seen, inspector.looked_at, inspector.failed) == (2, 2, 1)
    assert inspector.found == [("<m1.7@sanctuary.example.org>", inspector.found[0][1])]
    failed, counts = map(json.loads, (tmp_path / "report").read_text().splitlines())
    assert failed["recipients"] == ["ada@example.org"]
    assert "code: <script> in the page" in failed["found"]
    assert counts == {"bulk": 2, "looked_at": 2, "failed": 1}


def test_process_lints_what_it_is_told_to(tmp_path):
    given = json.dumps({**RULES, "every": 2, "report": str(tmp_path / "report")})
    command = [sys.executable, "-m", "sanctuary.post.sink", "--lint", given]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        with smtplib.SMTP("127.0.0.1", int(process.stdout.readline().split()[1]), timeout=5) as client:
            for _ in range(4):
                client.sendmail("b@sanctuary.example.org", "ada@example.org", without("List-Id"))
        process.terminate()
        assert process.wait(10) == 0
    first, second, counts = map(json.loads, (tmp_path / "report").read_text().splitlines())
    assert first["found"] == second["found"] == ["headers: 0 of List-Id"]
    assert counts == {"bulk": 4, "looked_at": 2, "failed": 2}

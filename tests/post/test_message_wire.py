"""A compiled message under attack and under way: hostile values and templates, and relays that rewrite it."""

import ast
import html
import random
import re
from datetime import UTC, datetime
from email.utils import quote as email_quote
from pathlib import Path
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import models
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sanctuary.post.message import BadValue, CompileError, bulk_headers, clean, compile_message
from tests.post.reading import (
    CONTROLS,
    Skeleton,
    assert_fit_for_the_wire,
    decoded,
    folded,
    head_of,
    meaning,
    parsed,
    raw_header,
    rewritten,
    trimmed,
)

ROOT = Path(__file__).parents[2]
FIELDS = ("first_name", "place", "link", "email", "token", "key")
PERSON = {
    "first_name": "Ada",
    "place": "Demo Town",
    "link": "https://example.org/a/",
    "email": "ada@example.org",
    "token": "tOk-1",
    "key": "m1.7",
}
BULK = {
    "unsubscribe_url": "https://example.org/email/((token))/stop/",
    "list_id": "national.example.org",
    "list_name": "Demo Sanctuary",
    "feedback": ("1", "((key))", "sanctuary"),
}


def compiled(subject="Hello", text="Hello", page="<p>Hello</p>", *, extra=None, bulk=None, **changes):
    given_ = {
        "from_addr": "Demo Sanctuary <news@example.org>",
        "message_id": "<((key))@example.org>",
        "headers": {"Reply-To": "group@example.org", **bulk_headers(**BULK | (bulk or {})), **(extra or {})},
        "fields": FIELDS,
        "date": datetime(2026, 6, 20, 9, 30, tzinfo=UTC),
    }
    return compile_message(**{"subject": subject, "text": text, "html": page, **given_, **changes})


def rendered(*args, person=None, **changes):
    return compiled(*args, **changes).render(PERSON | (person or {}))


# Every way into a header: the writer's words, the charity's, the person's, and those of the machine.
SOURCES = {
    "subject": lambda bad: rendered(f"A{bad}B"),
    "subject with a field": lambda bad: rendered(f"A{bad}((first_name)){bad}B"),
    "value in the subject": lambda bad: rendered("A ((first_name)) B", person={"first_name": f"A{bad}B"}),
    "fallback in the subject": lambda bad: rendered(f"((first_name|A{bad}B))", person={"first_name": ""}),
    "name of the sender": lambda bad: rendered(from_addr=f'"A{bad}B" <news@example.org>'),
    "address of the sender": lambda bad: rendered(from_addr=f"Demo <ne{bad}ws@example.org>"),
    "name to answer to": lambda bad: rendered(extra={"Reply-To": f'"A{bad}B" <group@example.org>'}),
    "address to answer to": lambda bad: rendered(extra={"Reply-To": f"gr{bad}oup@example.org"}),
    "address": lambda bad: rendered(person={"email": f"ada{bad}@example.org"}),
    "end of the address": lambda bad: rendered(person={"email": f"ada@example.org{bad}"}),
    "template of To": lambda bad: rendered(to=f"((email)){bad}"),
    "key": lambda bad: rendered(person={"key": f"m1{bad}7"}),
    "template of Message-ID": lambda bad: rendered(message_id=f"<((key)){bad}@example.org>"),
    "token": lambda bad: rendered(person={"token": f"tOk{bad}1"}),
    "address to stop": lambda bad: rendered(bulk={"unsubscribe_url": f"https://example.org/{bad}((token))"}),
    "mailbox to stop": lambda bad: rendered(bulk={"unsubscribe_address": f"stop{bad}@example.org"}),
    "list": lambda bad: rendered(bulk={"list_id": f"national{bad}.example.org"}),
    "name of the list": lambda bad: rendered(bulk={"list_name": f"Demo{bad}Sanctuary"}),
    "feedback": lambda bad: rendered(bulk={"feedback": ("1", f"a{bad}b", "sanctuary")}),
    "other header": lambda bad: rendered(extra={"X-Other": f"a{bad}b"}),
    "name of a header": lambda bad: rendered(extra={f"X-O{bad}ther": "a"}),
}
INJECTIONS = [
    "\r\nBcc: eve@example.org",
    "\nBcc: eve@example.org",
    "\r\n\r\n<script>",
    "\r\n.\r\nMAIL FROM:<e@example.org>",
]


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_written_or_typed_can_add_to_a_header(source):
    usual = head_of(rendered("A ((first_name))", extra={"X-Other": "a"}))
    names = set(re.findall(rb"^[A-Za-z-]+(?=:)", usual, re.MULTILINE))
    injected = 0
    for bad in [*CONTROLS, *INJECTIONS]:
        try:
            data = SOURCES[source](bad)
        except (BadValue, CompileError, ValueError):
            continue
        assert_fit_for_the_wire(data)
        found = re.findall(rb"^[^ \t]*?(?=:)", head_of(data), re.MULTILINE)
        injected += len(found) != len(set(found)) or not set(found) <= names
        message = parsed(data)
        assert not any(control in str(value) for control in CONTROLS for value in message.values())
        assert "eve@example.org" not in [a.addr_spec for a in message["To"].addresses + message["From"].addresses]
        assert not message.defects
    assert injected == 0


def test_bad_value_stops_one_message_and_not_the_next():
    message = compiled("((first_name))", "((link))", '<a href="((link))">x</a>')
    ends = []
    for person in ({}, {"email": "a\nb@example.org"}, {"link": "javascript:x"}, {"token": "a b"}, {}):
        try:
            ends.append(message.render(PERSON | person))
        except BadValue as error:
            ends.append(str(error).partition(":")[0])
    assert ends == [ends[0], "email", "link", "token", ends[0]]
    assert ends[0].startswith(b"From: ")


scripts = st.text(
    st.sampled_from("aé ß漢字தமிழ்عربي\u200c\u200dअ🏴\U000e0067\u0301ﬁ()\"'.,;:=?_@<>-"), min_size=1, max_size=150
)


@settings(max_examples=400, deadline=None)
@given(words=st.one_of(scripts, st.text(max_size=200)))
@example(words="=?utf-8?q?x?=")
@example(words="\xa0")
@example(words="é" * 500)
@example(words="a" * 75 + "é")
@example(words="a" * 300)
def test_subject_keeps_to_the_limits_of_rfc_2047(words):
    data = rendered("((first_name))", person={"first_name": words})
    raw = raw_header(data, "Subject")
    lines = f"Subject: {raw}".split("\r\n")
    assert max(map(len, lines)) <= 76
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    encoded = re.findall(r"=\?[^?]+\?[bq]\?[^?]*\?=", raw)
    assert all(len(word) <= 75 for word in encoded)
    for word in encoded:
        make_sense = decoded(b"X: " + word.encode() + b"\r\n\r\n", "X")
        assert "\ufffd" not in make_sense or "\ufffd" in words
    said = "" if clean(words).isspace() else clean(words).strip(" ")  # a name of nothing but gaps counts as none
    assert decoded(data, "Subject") == said
    assert parsed(data)["Subject"] == said


@settings(max_examples=200, deadline=None)
@given(name=st.one_of(scripts, st.text('ab"\\\\ é,;<>()@=', min_size=1, max_size=80)).map(str.strip).filter(bool))
@example(name="Demo, Charity: (Town)")
@example(name="é" * 150)
@example(name='The "Demo" Charity')
@example(name="Back\\slash \\")
@example(name='Ünï, "q"')
def test_sender_of_any_name_is_one_sender(name):
    assume("=?" not in name)
    data = rendered(from_addr=f'"{email_quote(name)}" <news@example.org>')
    assert_fit_for_the_wire(data)
    (sender,) = parsed(data)["From"].addresses
    assert sender.addr_spec == "news@example.org"
    # Python's parser keeps the gaps between encoded words, which RFC 2047 says are none.
    assert "".join(sender.display_name.split()) == "".join(name.split())
    raw = f"From: {raw_header(data, 'From')}"
    assert all(len(word) <= 75 for word in re.findall(r"=\?\S+\?=", raw))
    assert max(map(len, raw.split("\r\n"))) <= (76 if "=?" in raw else 998)


nasty = st.one_of(
    st.text(max_size=60),
    st.text("aé漢🏴 .=-\r\n\t<>&\"'_?%#|()", max_size=200),
    st.sampled_from(["", ".", "..", " ", "x" * 150, "தமிழ்" * 30, "=\r\n.", "=2E", "--=_", "From ", "a" * 72 + " ."]),
)


@settings(max_examples=150, deadline=None)
@given(
    subject=nasty,
    words=st.lists(st.one_of(nasty.map(lambda text: text.replace("(", "").replace(")", "")), st.none()), max_size=6),
    first_name=nasty,
    place=nasty,
)
def test_relay_that_rewrites_a_message_does_not_change_it(subject, words, first_name, place):
    text = "".join("((first_name)) ((place))" if part is None else part for part in words) + "\n.end"
    page = "<p>" + "".join("((first_name))" if part is None else html.escape(part) for part in words) + "</p>"
    person = {"first_name": first_name, "place": place}
    data = rendered("A ((place))" + re.sub(r"[()=]", "", subject), text, page, person=person)
    assert_fit_for_the_wire(data)
    for relay in (rewritten, folded, trimmed):
        assert meaning(relay(data)) == meaning(data), relay.__name__
    assert meaning(rewritten(rewritten(data))) == meaning(data)


TEXT = [
    "Dear ",
    "\n",
    "\n\n",
    ".",
    " . ",
    "é漢🏴",
    "=",
    "x" * 80,
    "{{7*7}}",
    "{% x %}",
    "{0.__class__}",
    "%s",
    "${x}",
    "|",
    "(",
    ")",
]
TEXT += ["https://example.org/", "https://example.org/?a=", "&", "<b>", "https://", " - ", "From ", "=?utf-8?q?x?="]
PAGE = [
    "<p>",
    "</p>",
    "<b>",
    "é&amp;",
    "&lt;",
    ' <a href="',
    '" title="',
    '">',
    "</a>",
    "https://example.org/?a=",
    "<br>",
    "<!--",
]
PAGE += [
    "-->",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<p title='",
    "'>",
    " = ",
    "<",
    "{{7*7}}",
    "'",
    '"',
    "mailto:",
]
VALUES = [
    "",
    "Ada",
    "<script>x</script>",
    '"><img src=x>',
    "' onclick='x",
    "a&b",
    "((email))",
    "((first_name|x))",
    "{{7*7}}",
]
VALUES += [
    "{0.__class__}",
    "%(email)s",
    "https://example.org/x?a=b",
    "javascript:x",
    ".",
    "=41",
    "é漢🏴",
    "--",
    "\\",
    "-->",
]
FALLBACKS = [None, "", "friend", "you & you", "a.b", "{{1}}", "https://example.org/"]


def written(part):
    if isinstance(part, str):
        return part
    name, fallback = part
    return f"(({name}))" if fallback is None else f"(({name}|{fallback}))"


def forms(text):
    """A value in each way it may lawfully stand somewhere."""
    return {text, html.escape(text), quote(text, safe=""), html.escape(quote(text, safe=":/?#[]@!$&'()*+,;=%~"))}


def matches(parts, person, said):
    """Whether `said` is the literals in order, and between them each value in one lawful form."""
    pattern = ""
    for part in parts:
        if isinstance(part, str):
            pattern += re.escape(part)
        else:
            value = person[part[0]] if person[part[0]].strip() else html.unescape(part[1] or "")
            pattern += "(?:" + "|".join(map(re.escape, sorted({*forms(value), part[1] or ""}))) + ")"
    return re.fullmatch(pattern + r"\n+", said.replace("\r\n", "\n"))


def test_what_comes_out_is_the_template_and_escaped_values_only():
    """Reliability E1, over 5,000 random texts and pages."""
    chance = random.Random(26)
    passed = 0
    for number in range(5000):
        words, is_page = (TEXT, False) if number % 2 else (PAGE, True)
        fields = [(name, chance.choice(FALLBACKS)) for name in ("first_name", "place", "link", "email")]
        parts = [chance.choice([*words, *fields, *fields, *fields]) for _ in range(chance.randrange(1, 9))]
        parts.append("." if is_page else "end")
        person = PERSON | {name: chance.choice(VALUES) for name in ("first_name", "place", "link")}
        template = "".join(map(written, parts))
        try:
            message = compiled(**{"page" if is_page else "text": template})
            data = message.render(person)
        except (BadValue, CompileError):
            continue
        passed += 1
        assert_fit_for_the_wire(data)
        said = parsed(data).get_body(("html" if is_page else "plain",)).get_content()
        assert matches(parts, person, said), (template, person, said)
        if is_page:
            mild = message.render(PERSON | dict.fromkeys(("first_name", "place"), "x"))
            skeleton = Skeleton(parsed(mild).get_body(("html",)).get_content()).bones
            assert Skeleton(said).bones == skeleton, (template, person, said)
    assert 1500 < passed < 5000


RUNS_TEXT = {"eval", "exec", "Template", "from_string", "safe_substitute"}
FILLS_TEXT = {"format", "format_map", "vformat"}
STORED = {
    field.name
    for model in apps.get_models()
    for field in model._meta.get_fields()
    if isinstance(field, models.CharField | models.TextField)
}


def called(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def runs_stored_text(node: ast.AST) -> bool:
    """Code that runs any text, or fills in one that may come from a text field of ours."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return called(node.left) in STORED
    if not isinstance(node, ast.Call):
        return False
    fills = isinstance(node.func, ast.Attribute) and node.func.attr in FILLS_TEXT
    return called(node.func) in RUNS_TEXT or (fills and called(node.func.value) in STORED)


def test_no_stored_text_is_ever_run_or_filled_in():
    """Reliability E1: the merge language looks up a name in a fixed set, and nothing else reads what people wrote."""
    assert {"subject", "body", "preheader", "name", "statement"} <= STORED
    guilty = []
    for folder in ("campaigns", "sanctuary", "groups", "pledges", "streams", "awards"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            guilty += [f"{path.relative_to(ROOT)}:{node.lineno}" for node in ast.walk(tree) if runs_stored_text(node)]
    assert guilty == []


@pytest.mark.parametrize(
    "code",
    ["Template(x)", "engines['django'].from_string(x)", "mailing.body.format(a=1)", "eval(x)", "subject % {'a': 1}"],
)
def test_code_that_runs_stored_text_is_seen(code):
    assert any(map(runs_stored_text, ast.walk(ast.parse(code))))


@pytest.mark.parametrize("code", ["_SQL.format(a=1)", "'{}'.format(a)", "re.compile(x)", "bar.sentence.format(a=1)"])
def test_code_that_fills_in_our_own_words_is_left_alone(code):
    assert not any(map(runs_stored_text, ast.walk(ast.parse(code))))

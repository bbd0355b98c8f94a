"""A compiled message means the same as what Python's own email package builds for that person, for any value."""

import base64
import email.policy
import html
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sanctuary.post.message import BadValue, CompileError, bulk_headers, clean, compile_message
from tests.post.reading import assert_fit_for_the_wire, parsed

FIELDS = ("first_name", "group_name", "link", "email", "token")
PERSON = {
    "first_name": "Ada",
    "group_name": "Demo Town",
    "link": "https://example.org/a/",
    "email": "ada@example.org",
    "token": "tOk-1",
}
SENT_AT = datetime(2026, 6, 20, 9, 30, tzinfo=UTC)
CONTROLS = [*map(chr, range(32)), "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\u202e", "\u2067", "\ufeff", "\ud800"]
INJECTION = "x\r\n.\r\nMAIL FROM:<a@example.org>\r\nBcc: b@example.org\r\n\r\n"

nasty_values = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=".=- \r\n\0\x0b\x1c\x85\u2028\u202eé漢🏴=?utf8bQ_()|<>&\"'", max_size=200),
    st.sampled_from(["", " ", ".", "..", "((email))", INJECTION, "=?utf-8?q?x?=", "a" * 500, "é" * 300, "--=_", "=2E"]),
)
literals = st.text(alphabet="ab .=-_\n\té漢🏴&?%#;:,", max_size=120)
names = st.sampled_from(["first_name", "group_name"])
fallbacks = st.sampled_from([None, "friend", "dear friend…", ".x", "=?x?="])
values = st.fixed_dictionaries({"first_name": nasty_values, "group_name": nasty_values})


def written(name, fallback):
    return f"(({name}))" if fallback is None else f"(({name}|{fallback}))"


def said(name, fallback, person):
    value = clean(person[name])
    return value if value.strip() else fallback or ""


def one_line(text):
    return "".join(clean(line) + "\n" for line in re.split(r"\r\n|\r|\n", text.rstrip("\r\n")))


def built_by_python(person, subject, text, page):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Demo Sanctuary <news@example.org>"
    message["To"] = person["email"]
    message["Subject"] = subject
    message["Date"] = SENT_AT
    message["Message-ID"] = f"<{person['token']}@example.org>"
    message["List-Unsubscribe"] = f"<https://example.org/stop/{person['token']}/>"
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    return message.as_bytes()


def compiled(subject="Hello", text="Hello", page="<p>Hello</p>", **changes):
    given_ = {
        "from_addr": "Demo Sanctuary <news@example.org>",
        "message_id": "<((token))@example.org>",
        "headers": {"List-Unsubscribe": "<https://example.org/stop/((token))/>"},
        "fields": FIELDS,
        "date": SENT_AT,
    }
    return compile_message(**{"subject": subject, "text": text, "html": page, **given_, **changes})


def assert_same(ours, theirs):
    assert sorted(ours.keys()) == sorted(theirs.keys())
    for name in ("From", "To", "Date", "Message-ID", "List-Unsubscribe", "MIME-Version"):
        assert ours.get_all(name) == theirs.get_all(name)
    assert not ours.defects
    assert [part.get_content_type() for part in ours.walk()] == [part.get_content_type() for part in theirs.walk()]
    for kind in ("plain", "html"):
        mine, reference = ours.get_body((kind,)), theirs.get_body((kind,))
        assert not mine.defects
        assert mine.get_content() == reference.get_content()


@settings(max_examples=150, deadline=None)
@given(
    subject=st.lists(
        st.one_of(literals.map(lambda s: re.sub(r"[\n\t]", "", s)), st.tuples(names, fallbacks)), max_size=4
    ),
    words=st.lists(st.one_of(literals, st.tuples(names, fallbacks)), max_size=8),
    person=values,
)
@example(subject=[("first_name", None)], words=[("first_name", None), "."], person=dict.fromkeys(FIELDS[:2], ""))
@example(subject=["Re"], words=["a", ("first_name", None), "\n"], person=dict.fromkeys(FIELDS[:2], INJECTION))
@example(subject=[("first_name", None)], words=[], person=dict.fromkeys(FIELDS[:2], "=?utf-8?q?x?="))
def test_message_means_what_the_email_package_says(subject, words, person):
    person = {**PERSON, **person}
    words = [*words, "."]

    def template(parts):
        return "".join(part if isinstance(part, str) else written(*part) for part in parts)

    def spoken(parts, write=str):
        return "".join(write(part) if isinstance(part, str) else write(said(*part, person)) for part in parts)

    page = '<p title="((group_name))">' + template([html.escape(w) if isinstance(w, str) else w for w in words])
    page += '</p><a href="https://example.org/((first_name))?x=((group_name))">go</a>'
    address = "https://example.org/" + quote(said("first_name", None, person), safe="")
    address += "?x=" + quote(said("group_name", None, person), safe="")
    data = compiled(template(subject), template(words), page).render(person)
    intended = spoken([clean(part) if isinstance(part, str) else part for part in subject]).strip(" ")
    reference = built_by_python(
        person,
        intended,
        one_line(spoken(words)),
        one_line(
            f'<p title="{html.escape(said("group_name", None, person))}">'
            + spoken(words, html.escape)
            + f'</p><a href="{address}">go</a>'
        ),
    )
    assert_fit_for_the_wire(data)
    assert_same(parsed(data), parsed(reference))
    assert parsed(data)["Subject"] == intended
    # Python's package takes a typed "=?x?Q??=" for an encoded word, and may double or lose a space where it folds.
    assert "=?" in intended or "".join(parsed(reference)["Subject"].split()) == "".join(intended.split())


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_control_character_gets_through(control):
    name = f"A{control}B{control}"
    data = compiled("Hi ((first_name))", "((first_name))", "<p>((first_name))</p>").render(
        PERSON | {"first_name": name}
    )
    assert_fit_for_the_wire(data)
    message = parsed(data)
    seen = [message["Subject"], *(message.get_body((kind,)).get_content() for kind in ("plain", "html"))]
    assert not any(control in text.replace("\r\n", "") for text in seen)
    assert message.keys() == parsed(compiled().render(PERSON)).keys()
    for field in ("email", "token"):
        with pytest.raises(BadValue, match=field):
            compiled().render(PERSON | {field: f"a{control}@example.org"})


@pytest.mark.parametrize(
    "value", ["", " ", "a b@x.org", "a@b@c", "Eve <a@x.org>", "a,b@x.org", "é@x.org", "=?x?@x.org"]
)
def test_address_that_is_not_plain_stops_one_message(value):
    message = compiled()
    with pytest.raises(BadValue, match="email: this is not a plain email address"):
        message.render(PERSON | {"email": value})
    assert message.render(PERSON)


def test_token_that_could_change_a_header_stops_one_message():
    for token in ("", "a b", "a>", "a,b", "=?utf-8?q?x?=", "a" * 400, "é", '"'):
        with pytest.raises(BadValue, match="token: "):
            compiled().render(PERSON | {"token": token})


@pytest.mark.parametrize("tail", [" ", ".", "=", "é", " .", ". "])
def test_lines_stay_short_whatever_stands_where_they_fold(tail):
    message = compiled(text="((first_name))((group_name))\n((first_name))", page=None)
    for length in range(65, 160):
        value = "x" * length + tail
        data = message.render(PERSON | {"first_name": value, "group_name": tail.strip()})
        assert_fit_for_the_wire(data)
        assert parsed(data).get_content() == f"{value}{tail.strip()}\r\n{value}\r\n"


def test_value_is_never_merged_again():
    message = parsed(compiled("((first_name))", "((first_name))").render(PERSON | {"first_name": "((email))"}))
    assert message["Subject"] == "((email))"
    assert message.get_body(("plain",)).get_content() == "((email))\r\n"


def test_whole_link_keeps_its_marks_and_must_be_a_web_address():
    message = compiled(page='<a href="((link))">((link))</a>')
    link = "https://example.org/a/?x=1&y=é #z"
    page = parsed(message.render(PERSON | {"link": link})).get_body(("html",)).get_content()
    assert page == f'<a href="https://example.org/a/?x=1&amp;y=%C3%A9%20#z">{link.replace("&", "&amp;")}</a>\r\n'
    for bad in ("javascript:alert(1)", " javascript:x", "data:text/html,x", "//x", "", "https:"):
        with pytest.raises(BadValue, match="link: "):
            message.render(PERSON | {"link": bad})


def test_link_in_plain_text_is_percent_encoded_and_words_beside_it_are_not():
    message = compiled(
        text="https://example.org/((first_name))/((group_name)) and ((group_name)): https://x.example.org ok"
    )
    content = (
        parsed(message.render(PERSON | {"first_name": "a b", "group_name": "É/?"})).get_body(("plain",)).get_content()
    )
    assert content == "https://example.org/a%20b/%C3%89%2F%3F and É/?: https://x.example.org ok\r\n"


def test_fallback_is_said_when_a_value_is_empty():
    message = compiled("Hi ((first_name|friend))", "((first_name|you & you))", "<b>((first_name|you &amp; you))</b>")
    for empty in ("", "  ", "\u00a0", "\n", "\0"):
        read = parsed(message.render(PERSON | {"first_name": empty}))
        assert read["Subject"] == "Hi friend"
        assert read.get_body(("plain",)).get_content() == "you & you\r\n"
        assert read.get_body(("html",)).get_content() == "<b>you &amp; you</b>\r\n"


@pytest.mark.parametrize(
    "page",
    [
        "<script>((first_name))</script>",
        "<style>((first_name))</style>",
        "<!-- ((first_name)) -->",
        "<p ((first_name))>",
        "<((first_name))>",
        "<p title=((first_name))>",
        "<p title='a=' id=((first_name))>",
        "<p onclick='((first_name))'>",
        "<p style='color: ((first_name))'>",
        "<a href='javascript:((first_name))'>",
        "<a href='x((first_name))'>",
        "<p>x\ue0001\ue001</p><script>((first_name))</script>",
    ],
)
def test_field_in_the_code_of_a_page_is_refused(page):
    with pytest.raises(CompileError, match="page's own code"):
        compiled(page=page)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "((zzz))"},
        {"text": "((first_name"},
        {"page": "<p>((zzz))</p>"},
        {"message_id": "<((zzz))>"},
        {"headers": {"Subject": "again"}},
        {"headers": {"X Y": "z"}},
        {"headers": {"X-Y": "a\r\nBcc: b@example.org"}},
        {"headers": {"X-Y": "((token))" * 4}},
        {"headers": {"X-Y": "é((token))"}},
        {"headers": {"X-Y": "a" * 1000}},
        {"from_addr": "nobody"},
        {"from_addr": "a@example.org, b@example.org"},
        {"page": '<a href="((link|javascript:x))">x</a>'},
    ],
    ids=str,
)
def test_message_that_cannot_be_built_is_refused_before_anyone_gets_it(changes):
    with pytest.raises(CompileError):
        compiled(**changes)


def test_subject_folds_without_cutting_a_character():
    for subject in ("word " * 40, "漢字" * 60, "é" * 200, "a" * 300, "x" * 66 + " " + "y" * 74, " a  b " * 20):
        data = compiled(subject).render(PERSON)
        head = data.partition(b"\r\n\r\n")[0].decode("ascii")
        lines = re.search(r"^Subject:.*?(?=\r\n\S)", head, re.DOTALL | re.MULTILINE)[0].split("\r\n")
        assert max(map(len, lines)) <= 76
        for word in re.findall(r"=\?utf-8\?b\?([^?]*)\?=", "".join(lines)):
            base64.b64decode(word).decode("utf-8")
        assert parsed(data)["Subject"] == subject.strip()


def test_plain_text_alone_needs_no_parts():
    read = parsed(compiled(page=None, text="Your code is ((token))").render(PERSON))
    assert read.get_content_type() == "text/plain"
    assert read.get_content() == "Your code is tOk-1\r\n"


def test_same_person_gets_the_same_bytes():
    assert compiled().render(PERSON) == compiled().render(PERSON)


def test_bulk_headers_offer_one_click_and_no_automatic_marks():
    headers = bulk_headers(
        unsubscribe_url="https://example.org/stop/((token))/",
        list_id="national.example.org",
        list_name="Demo Sanctuary",
        feedback=("12", "((token))", "sanctuary"),
    )
    read = parsed(compiled(headers=headers).render(PERSON))
    assert {name: read[name] for name in headers} == {
        "List-Unsubscribe": "<https://example.org/stop/tOk-1/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": '"Demo Sanctuary" <national.example.org>',
        "Feedback-ID": "12:tOk-1:sanctuary",
    }
    assert "Auto-Submitted" not in read
    assert "Precedence" not in read


@pytest.mark.parametrize(
    "changes", [{"feedback": ("a:b", "c")}, {"feedback": ("a",)}, {"list_id": "a b"}, {"unsubscribe_url": "http://x"}]
)
def test_bulk_headers_refuse_what_would_not_parse(changes):
    good = {"unsubscribe_url": "https://example.org/", "list_id": "a.example.org", "feedback": ("a", "b")}
    with pytest.raises(ValueError, match=r"feedback|list_id|unsubscribe_url"):
        bulk_headers(**good | changes)

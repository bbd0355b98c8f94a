"""Whole letters, composed as in earnest: what each person gets is what was written, what was shown, and fit to send."""

import html
import re
import threading
from email import policy
from email.message import EmailMessage

import css_inline
import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from campaigns import actions
from campaigns.actions import keeping
from campaigns.actions.claiming import Recipient
from campaigns.actions.composing import (
    FIELDS,
    MAY_BE_EMPTY,
    SOMEBODY,
    Values,
    compose,
    preview,
    read_back,
    sender_address,
)
from campaigns.models import Campaign, Mailing
from sanctuary.people.models import Controller, Supporter
from sanctuary.post import markup, merge
from sanctuary.post.message import BadValue, CompileError, clean
from sanctuary.post.models import Email
from sanctuary.post.sink import Sink
from sanctuary.post.sink.lint import lint
from tests import factories
from tests.post.reading import CONTROLS, assert_fit_for_the_wire, folded, meaning, parsed, rewritten, trimmed

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 2
NAMES = {
    "one letter": "O",
    "Arabic": "ليلى المثال",
    "Persian, joined by nothing": "نمونه\u200cها مثال",
    "Tamil": "தமிழரசி எடுத்துக்காட்டு",
    "Amharic": "ምሳሌ ሰው",
    "Vietnamese": "Nguyễn Thị Ví Dụ",
    "combining": "Zoe\u0308 E\u0301xample",
    "emoji": "👩🏽‍🌾 🏴󠁧󠁢󠁷󠁬󠁳󠁿 Example",
    "apostrophes": "Siân O'Example-D’Arc",
    "markup": "<b>Bob</b> & \"Co\" 'x'",
    "merge field": "((email)) Example",
    "other tools": "{{7*7}} {0.__class__} %s ${x}",
    "code": "=1+1|cmd' /C calc'!A0",
    "encoded word": "=?utf-8?q?x?= Example",
    "150 letters": "x" * 150,
    "150 letters of three bytes": "தமிழ்" * 30,
    "Null": "Null",
}


def mailing_of(*, sender=None, campaign=None, **written):
    """A mailing that nobody has saved."""
    controller = Controller(
        **{
            "kind": Controller.Kind.NATIONAL,
            "name": "Demo Charity",
            "charity_number": "0000000",
            "postal_address": "1 Example Street,\nExample Town",
            "reply_to": "answers@example.org",
        }
        | (sender or {})
    )
    asks = Campaign(
        **{"title": "Welcome", "slug": "welcome", "ask": "Ask the council to welcome everyone."} | (campaign or {})
    )
    return Mailing(
        **{"pk": 7, "campaign": asks, "controller": controller, "subject": "Hello", "body": "Hello"} | written
    )


def person(**known):
    return Recipient(
        *{
            **dict(zip(Recipient._fields, (3, 9, "ada@example.org", "Ada Example", "Ada", "", ""), strict=True)),
            **known,
        }.values()
    )


def rules(mailing, recipient):
    sender = mailing.controller
    return {
        "recipients": [recipient.address],
        "hosts": [],
        "says": list(filter(None, [sender.name, sender.charity_number, sender.postal_address])),
        "mail_from": sender_address(),
        "personal": [recipient.name, recipient.first_name, recipient.group, recipient.place],
        "local": True,
    }


def by_hand(text, values, write=str):
    """The merge language said again in one line: the value, or what to say without it."""

    def say(found):
        name, _, fallback = found[1].partition("|")
        value = clean(values[name])
        return write(value) if value.strip() else fallback.strip()

    return re.sub(r"\(\(([^()\n]*)\)\)", say, text)


def built_by_python(mailing, recipient):
    """The same letter to the same person, by Django's templates and Python's own email package alone."""
    values = links_of(mailing, recipient) | recipient._asdict()
    context = {
        "mailing": mailing,
        "campaign": mailing.campaign,
        "controller": mailing.controller,
        "body_html": mark_safe(markup.to_html(mailing.body)),
        "body_text": markup.to_text(mailing.body),
    }
    page = css_inline.inline(render_to_string("emails/campaigns/mailing.html", context), load_remote_stylesheets=False)
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = recipient.address
    message.set_content(by_hand(one_line_each(render_to_string("emails/campaigns/mailing.txt", context)), values))
    message.add_alternative(by_hand(one_line_each(page), values, html.escape), subtype="html")
    return message.as_bytes()


def one_line_each(text):
    return "".join(clean(line) + "\n" for line in re.split(r"\r\n|\r|\n", text.rstrip("\r\n")))


def links_of(mailing, recipient):
    """The two links, read from what every letter must hold."""
    plain = parsed(compose(mailing_of()).render(Values(mailing).of(recipient))).get_body(("plain",)).get_content()
    act, choices = re.findall(r"http\S+", plain)[-2:]
    return {"action_link": act.replace("/welcome/", f"/{mailing.campaign.slug}/"), "choices_link": choices}


words = st.text("abcé漢ழ்🏴 .,;:!?'\"&<>=-%{}$\u200d\u0301", max_size=60)
said = st.one_of(words, st.sampled_from(list(NAMES.values())), st.just(LONG))
fields = st.sampled_from(
    [*(f"(({name}|{other}))" for name in sorted(MAY_BE_EMPTY) for other in ("friend", "you & yours", ".")), "((name))"]
)
lines = st.lists(st.one_of(words, fields), max_size=5).map("".join)
blocks = st.one_of(
    lines,
    lines.map("# {}".format),
    lines.map("**{}**".format),
    lines.map("> {}".format),
    lines.map("1. {}\n2. two".format),
    lines.map("- {}\n- *two*\n- [page](((choices_link)))".format),
    lines.map("    {}".format),
    st.just("please [add your name](((action_link)))."),
    st.just("((action_link))\n((choices_link))"),
    st.just("."),
    st.just("From the start\n.\n..\n---"),
)
bodies = st.lists(blocks, max_size=6).map("\n\n".join)
senders = st.text("abcdé漢🏴 ,.;:()&'-\"\\\\", min_size=1, max_size=100).map(lambda name: " ".join(name.split()) or "x")
people = st.builds(person, name=said, first_name=said, group=said, place=said)


@settings(
    max_examples=80, deadline=None, report_multiple_bugs=False, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(
    subject=st.lists(st.one_of(words, fields), min_size=1, max_size=4).map("".join),
    preheader=lines,
    body=bodies,
    sender=senders,
    recipient=people,
)
@example("x", "", "((first_name|friend))", "é" * 100, person(first_name=""))
@example("((place|there))", "((group|x))", "[((name))](((action_link)))", "Demo, Charity (UK)", person(place=LONG))
def test_letter_means_what_python_would_have_written(subject, preheader, body, sender, recipient):
    mailing = mailing_of(subject=f"A{subject}", preheader=preheader, body=body, sender={"name": sender})
    assume(not merge.problems(subject + preheader + body + sender, FIELDS))
    data = compose(mailing).render(Values(mailing).of(recipient))
    assert_fit_for_the_wire(data)
    ours, theirs = parsed(data), parsed(built_by_python(mailing, recipient))
    for kind in ("plain", "html"):
        assert ours.get_body((kind,)).get_content() == theirs.get_body((kind,)).get_content()
    assert ours["Subject"] == by_hand(clean(f"A{subject}"), recipient._asdict()).strip(" ")
    assert lint(data, **rules(mailing, recipient) | {"says": []}) == []
    for relay in (rewritten, folded, trimmed):
        assert meaning(relay(data)) == meaning(data), relay.__name__


@pytest.mark.parametrize("name", NAMES)
def test_letter_to_anybody_passes_the_linter(name):
    """People and organisations of every name, with and without a group and a place."""
    mailing = mailing_of(
        subject="((first_name|friend)), in ((place|your town)) with ((group|us))",
        body="Dear ((first_name|friend)) of ((name)),\n\n[add your name](((action_link))) in ((place|your town)).",
    )
    called = NAMES[name]
    for recipient in (
        person(name=called, first_name=called.split(" ")[0]),
        person(name=called, first_name=called.split(" ")[0], group=f"{called} of Sanctuary", place=LONG),
        person(name=called, first_name="", group="Demo Town", place=called),
    ):
        data = compose(mailing).render(Values(mailing).of(recipient))
        assert_fit_for_the_wire(data)
        assert lint(data, **rules(mailing, recipient)) == []
        shown = read_back(data)
        wanted = f"{clean(recipient.first_name) or 'friend'}, in {clean(recipient.place) or 'your town'}"
        assert shown.subject == f"{wanted} with {clean(recipient.group) or 'us'}".strip(" ")
        assert f"Dear {clean(recipient.first_name) or 'friend'} of {clean(called)}," in shown.text
        assert f"Dear {html.escape(clean(recipient.first_name) or 'friend')} of" in shown.html


SOURCES = {
    "subject": lambda bad: ({"subject": f"A{bad}B"}, {}),
    "preheader": lambda bad: ({"preheader": f"A{bad}B"}, {}),
    "body": lambda bad: ({"body": f"A{bad}B"}, {}),
    "title of the campaign": lambda bad: ({"campaign": {"title": f"A{bad}B"}}, {}),
    "its ask": lambda bad: ({"campaign": {"ask": f"A{bad}B"}}, {}),
    "name of the charity": lambda bad: ({"sender": {"name": f"A{bad}B"}}, {}),
    "its number": lambda bad: ({"sender": {"charity_number": f"1{bad}2"}}, {}),
    "its postal address": lambda bad: ({"sender": {"postal_address": f"A{bad}B"}}, {}),
    "where answers go": lambda bad: ({"sender": {"reply_to": f"a{bad}@example.org"}}, {}),
    "address": lambda bad: ({}, {"address": f"ada{bad}@example.org"}),
    "name": lambda bad: ({}, {"name": f"A{bad}B"}),
    "first name": lambda bad: ({}, {"first_name": f"A{bad}B"}),
    "group": lambda bad: ({}, {"group": f"A{bad}B"}),
    "place": lambda bad: ({}, {"place": f"A{bad}B"}),
}
EVERYTHING = {
    "subject": "((first_name|x)) ((name)) ((group|x)) ((place|x))",
    "preheader": "((name))",
    "body": "Dear ((first_name|x)) ((name)) ((group|x)) ((place|x))",
}


@pytest.mark.parametrize("source", SOURCES)
def test_no_control_character_of_any_field_reaches_a_reader(source):
    usual = parsed(compose(mailing_of(**EVERYTHING)).render(Values(mailing_of()).of(person()))).keys()
    for bad in [*CONTROLS, "\r\nBcc: eve@example.org\r\n", "\r\n\r\nx", "\r\n.\r\n"]:
        written, known = SOURCES[source](bad)
        mailing, recipient = mailing_of(**EVERYTHING | written), person(**known)
        try:
            data = compose(mailing).render(Values(mailing).of(recipient))
        except (CompileError, BadValue):
            continue
        assert_fit_for_the_wire(data)
        assert parsed(data).keys() == usual
        assert lint(data, **rules(mailing, recipient) | {"says": [], "may_show": ["eve@example.org"]}) == []


@pytest.fixture
def relay(settings, monkeypatch, tmp_path):
    """A sink that this process sends to."""
    settings.JOURNAL_DIR, settings.EMAIL_HOST, settings.QUIET_HOURS = tmp_path, "127.0.0.1", []
    monkeypatch.setattr(keeping, "_own", threading.local())
    with Sink() as sink:
        settings.EMAIL_PORT = sink.port
        yield sink
        keeping._own.pump.close()
        keeping._own.journal.close()


TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{30,}(?=/)")


@pytest.mark.django_db
def test_preview_is_what_is_sent_to_each_of_two_hundred(relay, staff, places):
    """Reliability E3: what was looked at and what the relay got differ in the tokens only; and all of it is good."""
    codes = ["LS1", "SW1A", "CF10", "", "ZZ99"]
    groups = factories.LocalGroupFactory.create_batch(3)
    for number in range(200):
        kind = Supporter.Kind.ORGANISATION if number % 7 == 0 else Supporter.Kind.PERSON
        called = list(NAMES.values())[number % len(NAMES)]
        them = factories.SupporterFactory(kind=kind, name=called, outward_code=codes[number % len(codes)])
        for group in groups[: number % 4]:
            factories.MembershipFactory(group=group, supporter=them)
        factories.permit(them)
    mailing = factories.MailingFactory(
        campaign=factories.CampaignFactory(owner=staff),
        author=staff,
        state=Mailing.State.SCHEDULED,
        starts_at=timezone.now(),
        **EVERYTHING | {"body": EVERYTHING["body"] + " [sign](((action_link)))"},
    )
    looked_at = {sample.address: sample for sample in actions.sample_recipients(mailing, most=200)}
    shown = {address: masked(preview(mailing, sample)) for address, sample in looked_at.items()}
    mailing = actions.freeze_and_start(mailing)
    actions.send_for(mailing.pk)
    sent = {message.recipients[0]: message for message in relay.accepted}
    assert len(sent) == len(relay.accepted) == 200
    assert {address: masked(read_back(message.data)) for address, message in sent.items()} == shown
    faults = {
        address: found
        for address, message in sent.items()
        if (found := lint(message.wire, **rules(mailing, looked_at[address]) | {"mail_from": message.sender}))
    }
    assert faults == {}
    assert len({token for message in sent.values() for token in TOKEN.findall(read_back(message.data).text)}) == 400


def masked(shown):
    return [TOKEN.sub("TOKEN", part) for part in shown]


@pytest.mark.django_db
def test_test_letter_is_the_preview(staff, campaign):
    mailing = factories.MailingFactory(campaign=campaign, author=staff, **EVERYTHING)
    actions.send_test(mailing, by=staff)
    (test,) = Email.objects.filter(to=staff.email)
    shown = preview(mailing, SOMEBODY._replace(address=staff.email))
    assert test.subject == f"Test: {shown.subject}"
    assert (one_line_each(test.text), test.html) == (one_line_each(shown.text), shown.html)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[x](https://example.org/?n=((name)))", "private_link"),
        ("[x](https://example.org/((first_name|x))/)", "private_link"),
        ("https://example.org/((place|x))", "private_link"),
        ("[x](https://example.org/?to=((action_link)))", "private_link"),
        ("![x]({home}/static/((name)).png)", "private_picture"),
        ("![x]({home}/static/sun.png?n=((name)))", "private_picture"),
    ],
)
def test_letter_whose_links_would_tell_who_reads_cannot_be_sent(body, code, staff, campaign):
    """Reliability E5: no personal data in an address of the web."""
    body = body.replace("{home}", django_settings.PUBLIC_URL)
    mailing = factories.MailingFactory(campaign=campaign, author=staff, body=body)
    assert code in {problem.code for problem in actions.check_mailing(mailing)}
    with pytest.raises(ValidationError):
        actions.send_test(mailing, by=staff)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["[x](((action_link)))", "[x](((Choices link)))", "((action_link))", "[((name))](https://example.org/)"]
)
def test_letter_whose_links_tell_nothing_may_go(body, staff, campaign):
    mailing = factories.MailingFactory(campaign=campaign, author=staff, body=body)
    assert actions.check_mailing(mailing) == []

"""A mail provider tells us what became of a message: genuine, fresh, about a message that went to that address."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions.claiming import claim_chunk
from campaigns.actions.settling import Settled, settle_chunk
from campaigns.models import Delivery, Returned
from sanctuary.people.models import Suppression
from sanctuary.post import returns
from sanctuary.post.models import Email
from sanctuary.post.returns import ReturnPaths
from tests import factories
from tests.campaigns.test_returning import send
from tests.house import ROOT

pytestmark = pytest.mark.django_db
SECRET, SIGNING_KEY = "name:a secret", "a signing key"
ADDRESS = "amira@example.org"
PROVIDERS = ["postmark", "mailgun", "brevo"]


@pytest.fixture
def amira():
    amira = factories.SupporterFactory(name="Amira Example", email=ADDRESS)
    factories.permit(amira)
    return amira


@pytest.fixture
def campaign(staff):
    return factories.CampaignFactory(owner=staff)


@pytest.fixture
def sent(campaign, amira):
    return send(campaign)


@pytest.fixture(params=PROVIDERS)
def provider(request, settings):
    return use(request.param, settings)


def use(name, settings):
    settings.MAIL_PROVIDER = name
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}
    return name


def postmark(kind, name, address, event_id="4323372036854775807", at=None) -> dict:
    types = {"hard": ("HardBounce", 1), "soft": ("SoftBounce", 4096), "complaint": ("SpamComplaint", 512)}
    word, code = types[kind]
    said = {
        "hard": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "soft": "smtp;452 4.2.2 full",
    }
    return {
        "RecordType": "SpamComplaint" if kind == "complaint" else "Bounce",
        "ID": int(event_id),
        "Type": word,
        "TypeCode": code,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "broadcast",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": said.get(kind, ""),
        "Email": address,
        "From": "hello@sanctuary.example.org",
        "BouncedAt": (at or datetime.now(UTC)).isoformat(),
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Ask the council to welcome everyone",
        "Metadata": {"delivery": name},
    }


def mailgun(kind, name, address, event_id="token", at=None) -> dict:
    signed = f"{(at or datetime.now(UTC)).timestamp():.0f}"
    token = hashlib.sha256(event_id.encode()).hexdigest()[:50]
    signature = hmac.digest(SIGNING_KEY.encode(), (signed + token).encode(), "sha256").hex()
    said = {
        "hard": (550, "5.1.1 The email account that you tried to reach does not exist"),
        "soft": (552, "5.2.2 full"),
    }
    code, words = said.get(kind, (0, ""))
    return {
        "signature": {"timestamp": signed, "token": token, "signature": signature},
        "event-data": {
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": float(signed),
            "log-level": "error",
            "event": "complained" if kind == "complaint" else "failed",
            **({} if kind == "complaint" else {"severity": "permanent", "reason": "bounce"}),
            "delivery-status": {
                "attempt-no": 1,
                "message": words,
                "code": code,
                "description": "",
                "session-seconds": 0.4,
            },
            "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
            "envelope": {"transport": "smtp", "sender": "bounce@mg.example.org", "targets": address},
            "message": {
                "headers": {"to": address, "message-id": f"{name}@sanctuary.example.org", "subject": "Ask"},
                "size": 111,
            },
            "recipient": address,
            "recipient-domain": "example.org",
            "campaigns": [],
            "tags": [],
            "user-variables": {},
        },
    }


def brevo(kind, name, address, event_id="26224", at=None) -> dict:
    events = {"hard": "hard_bounce", "soft": "soft_bounce", "complaint": "spam"}
    said = {"hard": "550 5.1.1 user unknown", "soft": "452 4.2.2 full"}
    now = at or datetime.now(UTC)
    return {
        "event": events[kind],
        "email": address,
        "id": int(event_id),
        "date": "2026-11-16 09:13:02",
        "ts": int(now.timestamp()),
        "message-id": "<202611160913.12345@smtp-relay.mailin.fr>",
        "ts_event": int(now.timestamp()),
        "subject": "Ask the council",
        "sending_ip": "192.0.2.10",
        "X-Mailin-custom": json.dumps({"delivery": name}),
        "ts_epoch": int(now.timestamp() * 1000),
        "reason": said.get(kind, ""),
    }


SAYS = {"postmark": postmark, "mailgun": mailgun, "brevo": brevo}


def auth(secret=SECRET) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


def tell(client, body, *, secret=SECRET, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    headers = {"authorization": auth(secret), **headers} if secret else headers
    return client.post(reverse("mail_events"), data, content_type=content_type, headers=headers)


def found():
    kinds = sorted(Returned.objects.values_list("kind", flat=True))
    return kinds, sorted(row.reason for row in Suppression.objects.covering(ADDRESS))


NOTHING = ([], [])


# --- genuine ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "reasons"), [("hard", ["hard_bounced"]), ("soft", []), ("complaint", ["complained"])])
def test_report_has_its_effect(client, sent, provider, kind, reasons):
    body = SAYS[provider](kind, f"m{sent.pk}.1", ADDRESS)
    assert tell(client, body).status_code == 200
    assert found() == ([kind], reasons)


def test_report_may_name_the_message_by_the_address_it_left_from(client, sent, settings):
    body = mailgun("hard", "something-else", ADDRESS)
    body["event-data"]["envelope"]["sender"] = ReturnPaths(sent.pk).of(1)
    use("mailgun", settings)
    assert tell(client, body).status_code == 200
    assert found() == (["hard"], ["hard_bounced"])


def test_report_about_a_letter_of_the_outbox(client, provider):
    state = {"state": Email.State.SENT, "sent_at": timezone.now()}
    letter = Email.objects.create(to=ADDRESS, subject="Hello", text="Words.", kind="test", **state)
    assert tell(client, SAYS[provider]("hard", f"outbox-{letter.pk}", ADDRESS)).status_code == 200
    letter.refresh_from_db()
    assert letter.state == Email.State.RETURNED


@pytest.mark.parametrize(
    "word", ["SpamNotification", "Blocked", "DMARCPolicy", "Transient", "AutoResponder", "Delivered"]
)
def test_filters_and_good_news_silence_nobody(client, sent, word):
    body = postmark("complaint" if word == "SpamNotification" else "soft", f"m{sent.pk}.1", ADDRESS) | {"Type": word}
    assert tell(client, body).status_code == 200
    assert found()[1] == []


# --- not genuine --------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "name:another", "name:", "name:a secret ", ":", "other:a secret"])
def test_forged_secret_is_refused(client, sent, provider, secret):
    assert tell(client, SAYS[provider]("hard", f"m{sent.pk}.1", ADDRESS), secret=secret).status_code == 400
    assert found() == NOTHING


def test_secret_that_nobody_set_opens_nothing(client, sent, settings):
    settings.ANYMAIL = {}
    assert tell(client, postmark("hard", f"m{sent.pk}.1", ADDRESS), secret="").status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert tell(client, postmark("hard", f"m{sent.pk}.1", ADDRESS), secret=":").status_code == 404
    assert found() == NOTHING


@pytest.mark.parametrize("spoil", ["signature", "token", "timestamp"])
def test_forged_signature_is_refused(client, sent, settings, spoil):
    use("mailgun", settings)
    body = mailgun("hard", f"m{sent.pk}.1", ADDRESS)
    body["signature"][spoil] = "0" + body["signature"][spoil][1:]
    assert tell(client, body).status_code == 400
    del body["signature"][spoil]
    assert tell(client, body).status_code == 400
    assert found() == NOTHING


@pytest.mark.parametrize(("minutes", "status"), [(-6, 400), (-4, 200), (4, 200), (6, 400)])
def test_signed_too_long_ago_is_refused(client, sent, settings, minutes, status):
    use("mailgun", settings)
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert tell(client, mailgun("hard", f"m{sent.pk}.1", ADDRESS, at=at)).status_code == status
    assert found() == ((["hard"], ["hard_bounced"]) if status == 200 else NOTHING)


@pytest.mark.parametrize("moment", ["nan", "inf", "-1", "", "9" * 400, "soon", None, [], 1e400])
def test_moment_that_is_none_is_refused(client, sent, settings, moment):
    use("mailgun", settings)
    body = mailgun("hard", f"m{sent.pk}.1", ADDRESS)
    signed = f"{moment}{body['signature']['token']}".encode()
    body["signature"] |= {"timestamp": moment, "signature": hmac.digest(SIGNING_KEY.encode(), signed, "sha256").hex()}
    assert tell(client, body).status_code == 400
    assert found() == NOTHING


def test_form_of_old_reports_is_refused(client, sent, settings):
    """Mailgun's old form signed no more of itself than its new one, and mixed it with what a sender may write."""
    use("mailgun", settings)
    signed = mailgun("hard", f"m{sent.pk}.1", ADDRESS)["signature"]
    body = {**signed, "event": "complained", "recipient": ADDRESS, "Message-Id": f"m{sent.pk}.1@x"}
    answer = client.post(reverse("mail_events"), body, headers={"authorization": auth()})
    assert (answer.status_code, found()) == (400, NOTHING)


# --- a genuine report about somebody else's message ---------------------------------------------


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("m{pk}.1", "canary@example.org"),
        ("m{pk}.1", ""),
        ("m{pk}.2", ADDRESS),
        ("m{pk}.99999999", ADDRESS),
        ("m999999.1", ADDRESS),
        ("m{pk}.0", ADDRESS),
        ("m{pk}.1x", ADDRESS),
        ("m99999999999999999999.1", ADDRESS),
        ("outbox-1", ADDRESS),
        ("", ADDRESS),
    ],
)
def test_message_we_never_sent_there_is_answered_alike_and_changes_nothing(client, sent, provider, name, address):
    factories.SupporterFactory(email="canary@example.org")
    body = SAYS[provider]("complaint", name.format(pk=sent.pk), address)
    assert tell(client, body).status_code == 200
    assert found() == NOTHING
    assert not Suppression.objects.exists()


def test_report_before_our_own_settling_is_believed(client, campaign, amira):
    mailing = send(campaign, settle=False)
    assert tell(client, postmark("complaint", f"m{mailing.pk}.1", ADDRESS)).status_code == 200
    chunk = mailing.chunks.get()
    assert settle_chunk(mailing.pk, chunk.no, chunk.owner, [Settled(1, Delivery.Outcome.SENT)])
    assert found() == (["complaint"], ["complained"])


def test_report_about_a_copy_that_waits_is_not(client, campaign, amira):
    mailing = send(campaign, settle=False)
    mailing.chunks.update(state=0, owner=None, lease_until=None)
    assert tell(client, postmark("complaint", f"m{mailing.pk}.1", ADDRESS)).status_code == 200
    assert found() == NOTHING
    assert claim_chunk(mailing.pk, host="here")


# --- again, in another order, many, huge, broken ------------------------------------------------


def test_replay_changes_nothing(client, sent, provider):
    body = SAYS[provider]("hard", f"m{sent.pk}.1", ADDRESS)
    assert {tell(client, body).status_code for _ in range(3)} == {200}
    Suppression.objects.all().delete()
    assert tell(client, body).status_code == 200
    assert found() == (["hard"], [])


@pytest.mark.parametrize("order", [["soft", "hard", "complaint"], ["complaint", "hard", "soft"]])
def test_order_does_not_matter(client, sent, provider, order):
    for n, kind in enumerate(order):
        assert tell(client, SAYS[provider](kind, f"m{sent.pk}.1", ADDRESS, event_id=f"{n + 1}")).status_code == 200
    assert found() == (["complaint", "hard", "soft"], ["complained"])


def test_event_from_the_future_is_written_down_as_now(client, sent):
    at = datetime.now(UTC) + timedelta(days=4000)
    tell(client, postmark("hard", f"m{sent.pk}.1", ADDRESS, at=at))
    assert Returned.objects.get().at <= timezone.now()


BROKEN = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'"text"',
    b"[" * 100_000,
    b'{"RecordType": ["Bounce"], "Email": 3}',
    b'{"RecordType": "Bounce", "Type": "HardBounce", "Email": {"a": 1}, "Metadata": "x", "BouncedAt": 12}',
    b'{"RecordType": "Bounce", "BouncedAt": "0000-00-00T99:99:99Z", "Email": null}',
    b'{"event": "spam", "ts_epoch": 1e300, "email": ["x"]}',
    b'{"event": "spam", "X-Mailin-custom": "{", "email": "x"}',
    b'{"signature": 1, "event-data": 2}',
    b'{"RecordType": "Inbound"}',
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_broken_report_is_no_error_of_ours(client, provider, body):
    assert tell(client, body).status_code in {200, 400}
    assert not Returned.objects.exists()


@pytest.mark.parametrize("bad", ["\0", "\ud800", "\u202e", "x" * 5000])
def test_odd_characters_do_no_harm(client, sent, bad):
    body = postmark("hard", f"m{sent.pk}.1", ADDRESS) | {"ID": bad, "Details": bad, "Description": bad}
    assert tell(client, body).status_code == 200
    row = Returned.objects.get()
    assert len(row.event_id) <= 100
    assert row.event_id.isprintable()


def test_names_too_many_and_too_deep_end(client, sent):
    deep = {"a": f"m{sent.pk}.1"}
    for _ in range(200):
        deep = {"a": deep}
    began = time.perf_counter()
    assert tell(client, postmark("hard", "", ADDRESS) | {"Metadata": deep}).status_code == 200
    assert (
        tell(client, postmark("hard", "", ADDRESS) | {"Metadata": {f"{n}": "m1.1x" for n in range(30_000)}}).status_code
        == 200
    )
    assert time.perf_counter() - began < 5
    assert found() == NOTHING


def test_only_post_is_answered(client):
    methods = (client.get, client.head, client.put, client.delete)
    assert {method(reverse("mail_events")).status_code for method in methods} == {405}


# --- over a real connection ---------------------------------------------------------------------


def speak(live_server, body: bytes, secret=SECRET, length=None) -> int:
    there = urlsplit(live_server.url)
    line = HTTPConnection(there.hostname, there.port, timeout=20)
    line.putrequest("POST", reverse("mail_events"))
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(length or len(body)),
        "Authorization": auth(secret),
    }.items():
        line.putheader(name, value)
    line.endheaders()
    with suppress(ConnectionError):  # it has heard enough
        line.send(body)
    try:
        return line.getresponse().status
    finally:
        line.close()


@pytest.mark.django_db(transaction=True)
def test_real_posts_genuine_forged_and_huge(live_server, staff, campaign, amira):
    mailing = send(campaign)
    body = json.dumps(postmark("hard", f"m{mailing.pk}.1", ADDRESS)).encode()
    assert speak(live_server, body, secret="name:guess") == 400
    huge = json.dumps(postmark("hard", f"m{mailing.pk}.1", ADDRESS) | {"Content": "x" * 10_000_000}).encode()
    assert speak(live_server, huge) == 400
    assert found() == NOTHING
    assert speak(live_server, body) == 200
    assert found() == (["hard"], ["hard_bounced"])


@pytest.mark.django_db(transaction=True)
def test_real_posts_of_one_event_at_once_count_once(live_server, staff, campaign, amira):
    mailing = send(campaign)
    body = json.dumps(postmark("complaint", f"m{mailing.pk}.1", ADDRESS)).encode()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(speak(live_server, body))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert found() == (["complaint"], ["complained"])


# --- wiring -------------------------------------------------------------------------------------


def ask(code: str, **environment: str) -> subprocess.CompletedProcess:
    given = os.environ | {"DJANGO_SETTINGS_MODULE": "sanctuary.settings", "DEBUG": "1"} | environment
    words = [sys.executable, "-c", f"import django; django.setup(); from django.urls import resolve; {code}"]
    return subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


def test_address_is_there_only_where_a_provider_is_named():
    there = "print(resolve('/webhooks/mail/').url_name)"
    assert ask(there, MAIL_PROVIDER="brevo").stdout == "mail_events\n"
    assert "Resolver404" in ask(there).stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"MAIL_PROVIDER": "pigeon"}, "Must be one of"),
        ({"MAIL_PROVIDER": "postmark", "DEBUG": "0"}, "Set MAIL_WEBHOOK_SECRET; see .env.example."),
        (
            {"MAIL_PROVIDER": "mailgun", "DEBUG": "0", "MAIL_WEBHOOK_SECRET": "a:b"},
            "Set MAIL_WEBHOOK_SIGNING_KEY; see .env.example.",
        ),
    ],
)
def test_provider_without_its_secret_does_not_start(environment, words):
    keys = ("SECRET_KEY", "LINK_KEY", "SUPPRESSION_KEY", "FIELD_KEY", "PUBLIC_URL")
    sane = dict.fromkeys(keys, "https://sanctuary.example.org/some-long-words")
    assert words in ask("print()", **sane, **environment).stderr


def test_the_settings_know_every_provider_we_read():
    text = (ROOT / "sanctuary" / "settings.py").read_text()
    assert f"OneOf({['', *sorted(returns.PROVIDERS)]})".replace("'", '"') in text
    assert sorted(returns.PROVIDERS) == sorted(PROVIDERS)

"""How what came back gets in: a pipe, a maildir, a file and the clock. Nothing is lost and nothing is counted twice."""

import mailbox
import os
import shutil
import subprocess
import sys
from email import message_from_bytes, policy

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from sanctuary.people.models import Suppression
from sanctuary.post import actions, tasks
from sanctuary.post.models import KEEP_RETURNED, Email, Incoming
from sanctuary.post.returns import Kind, Letter, Told, letter_path, read_return_path
from sanctuary.post.sink import Sink
from tests.house import ROOT
from tests.post.test_returns import raw_of

pytestmark = pytest.mark.django_db
State = Email.State


@pytest.fixture
def letter():
    """A confirmation that was sent."""
    return Email.objects.create(
        to="amira@example.org", subject="Hello", text="Words.", kind="test", state=State.SENT, sent_at=timezone.now()
    )


@pytest.fixture
def maildir(tmp_path):
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    return tmp_path


def bounce_of(letter, name="postfix-unknown-user") -> bytes:
    """A message of the collection about this letter."""
    ours = {"Return-Path": f"<{letter_path(letter.pk)}>", "Delivered-To": letter_path(letter.pk)}
    lines = raw_of(name).decode().splitlines(keepends=True)
    return "".join(
        f"{name}: {ours[name]}\n" if (name := line.partition(":")[0]) in ours and "+m12" in line else line
        for line in lines
    ).encode()


def seen() -> list[str]:
    return sorted(Incoming.objects.values_list("kind", flat=True))


def reasons() -> list[str]:
    return [row.reason for row in Suppression.objects.covering("amira@example.org")]


# --- letters of the outbox ----------------------------------------------------------------------


def test_letter_leaves_from_its_own_address_and_is_from_us_to_the_reader(settings):
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_PROVIDER = "127.0.0.1", sink.port, "postmark"
        letter = actions.queue_text(to="amira@example.org", subject="Hello", text="Words.", kind="test")
        actions.deliver(letter.pk)
        (message,) = sink.accepted
    assert read_return_path(message.sender) == Letter(letter.pk)
    head = message_from_bytes(message.data, policy=policy.default)
    assert head["From"] == settings.DEFAULT_FROM_EMAIL
    assert head["Message-ID"] == f"<outbox-{letter.pk}@sanctuary.example.org>"
    assert head["X-PM-Metadata-delivery"] == f"outbox-{letter.pk}"


@pytest.mark.parametrize(
    ("name", "state", "said", "silent"),
    [
        ("postfix-unknown-user", State.RETURNED, "Came back: the address does not work 5.1.1", ["hard_bounced"]),
        ("postfix-mailbox-full", State.RETURNED, "Came back: could not be delivered this time 5.2.2", []),
        ("postfix-delayed", State.SENT, "", []),
        ("answer-english", State.SENT, "", []),
    ],
)
def test_letter_that_came_back_is_known(letter, name, state, said, silent):
    actions.take_message(bounce_of(letter, name))
    letter.refresh_from_db()
    assert (letter.state, letter.error) == (state, said)
    assert reasons() == silent


def test_letter_that_came_back_can_be_sent_again_by_a_person(letter, staff):
    actions.take_message(bounce_of(letter))
    assert actions.send_again(letter, by=staff)
    letter.refresh_from_db()
    assert letter.state == State.QUEUED


def test_old_bounce_read_again_says_nothing_about_a_letter_that_went_out_again(letter):
    raw = bounce_of(letter)
    actions.take_message(raw)
    Email.objects.update(state=State.SENT, error="")
    Suppression.objects.all().delete()
    actions.take_message(raw)
    letter.refresh_from_db()
    assert (letter.state, reasons()) == (State.SENT, [])


def test_complaint_about_a_letter_can_be_ended_by_its_reader(letter):
    """Somebody else typed their address; one day they may want to join."""
    told = Told(Kind.COMPLAINT, "", Letter(letter.pk), "amira@example.org", timezone.now(), "1")
    actions.take_event(told._replace(address="other@example.org"))
    assert reasons() == []
    actions.take_event(told)
    assert reasons() == ["unsubscribed"]
    Suppression.objects.all().delete()
    actions.take_event(told)
    assert reasons() == [], "told twice"


def test_letter_that_is_not_sent_cannot_come_back(letter):
    Email.objects.update(state=State.QUEUED)
    actions.take_message(bounce_of(letter))
    letter.refresh_from_db()
    assert (letter.state, reasons()) == (State.QUEUED, [])


# --- pipe ---------------------------------------------------------------------------------------


def pipe(raw: bytes, *words: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "read_returns", *words]
    given = os.environ | environment
    return subprocess.run(command, cwd=ROOT, input=raw, env=given, capture_output=True, timeout=60, check=False)


def test_pipe_says_later_when_the_database_is_away():
    done = pipe(raw_of("reply"), DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 75, done.stderr.decode()


@pytest.mark.django_db(transaction=True)
def test_pipe_reads_one_message_and_says_fine(letter):
    raw = bounce_of(letter).replace(b"Delivered-To:", b"X-Was:").replace(b"\nTo:", b"\nX-To:") + b"x" * 3_000_000
    done = pipe(raw, DATABASE_URL=_test_database(), ORIGINAL_RECIPIENT=letter_path(letter.pk))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    letter.refresh_from_db()
    assert (seen(), letter.state) == (["hard"], State.RETURNED)


def _test_database() -> str:
    given = connection.settings_dict
    return f"postgres://{given['USER']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT']}"


# --- maildir ------------------------------------------------------------------------------------


def put(maildir, folder: str, name: str, raw: bytes):
    (maildir / folder / name).write_bytes(raw)


def test_maildir_is_read_and_emptied_and_the_unclear_is_kept_for_a_person(maildir, letter):
    put(maildir, "new", "1.a", bounce_of(letter))
    put(maildir, "cur", "2.b:2,S", raw_of("reply"))
    put(maildir, "new", "3.c", b"\0\xff rubbish")
    put(maildir, "tmp", "4.d", raw_of("answer-german"))
    put(maildir, "new", ".hidden", b"not a message")
    assert actions.read_maildir(maildir) == 3
    assert seen() == ["hard", "reply", "unclear"]
    left = sorted(str(path.relative_to(maildir)) for path in maildir.rglob("*") if path.is_file())
    assert left == [".unclear/new/3.c", "new/.hidden", "tmp/4.d"]
    assert actions.read_maildir(maildir) == 0


def test_what_was_put_aside_goes_after_a_month(maildir):
    put(maildir, "new", "1.a", b"rubbish")
    actions.read_maildir(maildir)
    aside = maildir / ".unclear" / "new" / "1.a"
    actions.read_maildir(maildir)
    assert aside.exists()
    old = timezone.now().timestamp() - 31 * 86400
    os.utime(aside, (old, old))
    actions.read_maildir(maildir)
    assert not aside.exists()


def test_crash_after_saving_and_before_removing_counts_nothing_twice(maildir, letter, monkeypatch):
    put(maildir, "new", "1.a", bounce_of(letter))

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", die)
        with pytest.raises(KeyboardInterrupt):
            actions.read_maildir(maildir)
    assert (seen(), len(list((maildir / "new").iterdir()))) == (["hard"], 1)
    assert actions.read_maildir(maildir) == 1
    assert (seen(), list((maildir / "new").iterdir())) == (["hard"], [])


def test_message_that_cannot_be_taken_now_stays_and_holds_up_no_other(maildir, letter, monkeypatch):
    put(maildir, "new", "1.a", bounce_of(letter))
    put(maildir, "new", "2.b", raw_of("reply"))
    suppress = actions.suppress

    def fail(*args, **kwargs):
        raise RuntimeError("not now")

    monkeypatch.setattr(actions, "suppress", fail)
    assert actions.read_maildir(maildir) == 1
    assert (seen(), [path.name for path in (maildir / "new").iterdir()]) == (["reply"], ["1.a"])
    monkeypatch.setattr(actions, "suppress", suppress)
    assert actions.read_maildir(maildir) == 1
    assert (seen(), reasons()) == (["hard", "reply"], ["hard_bounced"])


def test_clock_reads_the_maildir_of_the_settings(maildir, settings):
    put(maildir, "new", "1.a", raw_of("reply"))
    tasks.read_returns()
    assert seen() == []
    settings.RETURNS_MAILDIR = str(maildir)
    tasks.read_returns()
    assert seen() == ["reply"]
    shutil.rmtree(maildir)
    tasks.read_returns()


def test_command_reads_a_maildir_to_its_end(maildir, monkeypatch, capsys):
    monkeypatch.setattr(actions, "READ_AT_ONCE", 2)
    for n in range(5):
        put(maildir, "new", f"{n}", raw_of("reply") + b"%d" % n)
    call_command("read_returns", maildir=maildir)
    assert capsys.readouterr().out.split() == ["2", "read.", "2", "read.", "1", "read."]
    assert seen() == ["reply"] * 5


# --- mbox ---------------------------------------------------------------------------------------


def test_mbox_stays_as_it_is_and_is_counted_once(tmp_path, letter, capsys):
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    for raw in (bounce_of(letter), raw_of("reply"), raw_of("arf-not-spam")):
        box.add(raw)
    box.close()
    before = path.read_bytes()
    for _ in range(2):
        call_command("read_returns", mbox=path)
    assert capsys.readouterr().out == "3 read.\n3 read.\n"
    assert seen() == ["hard", "reply", "unclear"]
    assert path.read_bytes() == before
    assert reasons() == ["hard_bounced"]


def test_box_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="There is no"):
        call_command("read_returns", mbox=tmp_path / "none")


# --- keeping ------------------------------------------------------------------------------------


def test_nothing_of_a_message_is_kept_but_its_kind(letter):
    actions.take_message(raw_of("reply"))
    row = Incoming.objects.values().get()
    assert set(row) == {"id", "digest", "kind", "is_known", "at"}
    assert len(row["digest"]) == 16


def test_operators_see_numbers_by_kind(client_of, superuser):
    actions.take_message(raw_of("reply"))
    page = client_of(superuser).get(reverse("admin:post_incoming_changelist")).content.decode()
    assert page.count('<td class="field-kind">A person wrote back</td>') == 1


def test_count_of_messages_is_forgotten_after_thirteen_months():
    for raw in (b"one", b"two"):
        actions.take_message(raw)
    Incoming.objects.filter(pk=Incoming.objects.first().pk).update(at=timezone.now() - KEEP_RETURNED)
    tasks.forget_incoming()
    assert seen() == ["unclear"]

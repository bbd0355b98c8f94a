"""The sink: what it accepts it keeps, what it kept it logged before saying so, and it misbehaves as told."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sanctuary.post.sink import Sink
from sanctuary.post.sink.faults import Faults

ROOT = Path(__file__).parents[2]
BODY = "From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Hello\r\n\r\n.dot\r\n..\r\nend\r\n"


class Line:
    """A bare conversation, for what smtplib would not say."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        self.banner = self.file.readline()
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def say(self, *commands):
        self.socket.sendall(b"".join(command.encode() + b"\r\n" for command in commands))

    def hear(self, count):
        return [self.reply() for _ in range(count)]

    def reply(self):
        while (line := self.file.readline())[3:4] == b"-":
            pass
        return line[:3].decode()


def send(port, to="b@example.org", body=BODY):
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        return client.sendmail("a@example.org", to, body)


def eventually(look, seconds=5):
    until = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def test_message_is_kept_as_it_was_written():
    with Sink() as sink:
        send(sink.port)
    (kept,) = sink.accepted
    assert (kept.sender, kept.recipients, kept.message_id) == ("a@example.org", ("b@example.org",), "<1@example.org>")
    assert kept.data.decode() == BODY


def test_pipelined_commands_are_answered_in_order():
    group = ["MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA"]
    with Sink() as sink, Line(sink.port) as line:
        line.say("EHLO x", *group)
        assert line.hear(4) == ["250", "250", "250", "354"]
        line.say("Subject: x", "", "x", ".", *group)
        assert line.hear(4) == ["250", "250", "250", "354"]
        line.say(".", "RSET", "NOOP", "QUIT")
        assert line.hear(4) == ["250", "250", "250", "221"]
    assert [message.data for message in sink.accepted] == [b"Subject: x\r\n\r\nx\r\n", b""]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (["MAIL FROM:<a@example.org>"], ["503"]),
        (["EHLO x", "RCPT TO:<b@example.org>"], ["250", "503"]),
        (["EHLO x", "DATA"], ["250", "503"]),
        (["EHLO x", "MAIL FROM:<a@x>", "MAIL FROM:<a@x>"], ["250", "250", "503"]),
        (["EHLO x", "MAIL FROM:<a@x>", "DATA"], ["250", "250", "554"]),
        (["EHLO x", "MAIL FROM:a"], ["250", "501"]),
        (["WHAT"], ["502"]),
    ],
)
def test_commands_out_of_order_are_refused(said, heard):
    with Sink() as sink, Line(sink.port) as line:
        line.say(*said)
        assert line.hear(len(heard)) == heard


def test_log_has_a_line_for_each_recipient_before_the_sender_hears_yes(tmp_path):
    log = tmp_path / "log"
    with Sink(log=log) as sink:
        send(sink.port)
        address, message_id, at, size = log.read_text().removesuffix("\n").split("\t")
        send(sink.port, ["b@example.org", "c@example.org"])
    assert (address, message_id) == ("b@example.org", "<1@example.org>")
    assert 0 < int(at) <= time.monotonic_ns()
    assert int(size) > len(BODY)
    assert [line.split("\t")[0] for line in log.read_text().splitlines()[1:]] == ["b@example.org", "c@example.org"]


def test_mailbox_keeps_the_newest_and_counts_all(tmp_path):
    with Sink(mailbox=tmp_path, newest=3) as sink:
        for number in range(5):
            send(sink.port, f"p{number % 2}@example.org", BODY.replace("Hello", f"Hello {number}"))
        assert eventually(lambda: len(list(tmp_path.glob("new/*.eml"))) == 3)
    files = [file.read_bytes() for file in sorted(tmp_path.glob("new/*.eml"))]
    assert [b"Hello 2" in files[0], b"Hello 3" in files[1], b"Hello 4" in files[2]] == [True, True, True]
    assert files[0].startswith(b"Return-Path: <a@example.org>\r\nDelivered-To: p0@example.org\r\nFrom:")
    with Sink(mailbox=tmp_path, newest=3) as sink:
        send(sink.port, "p0@example.org")
    assert (tmp_path / "counts.json").read_text() == '{"p0@example.org": 4, "p1@example.org": 2}'
    assert len(list(tmp_path.glob("new/*.eml"))) == 3
    assert list(tmp_path.glob("tmp/*")) == []


def test_process_prints_its_port_and_stops_when_told(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-m", "sanctuary.post.sink", "--log", log, "--mailbox", tmp_path / "box"]
    command += ["--faults", '{"faults": [{"at": "rcpt", "match": "gone", "reply": "550 5.1.1 gone"}]}']
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        word, port = process.stdout.readline().split()
        assert word == "port"
        send(int(port))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(int(port), "gone@example.org")
        assert len(log.read_text().splitlines()) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(list((tmp_path / "box" / "new").iterdir())) == 1


def test_sign_in_is_needed_where_there_are_users():
    with Sink(users={"post": "secret"}) as sink:
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.sendmail("a@example.org", "b@example.org", BODY)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("post", "wrong")
            client.login("post", "secret")
            client.sendmail("a@example.org", "b@example.org", BODY)
        with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
            client.ehlo()
            client.user, client.password = "post", "secret"
            client.auth("LOGIN", client.auth_login)
    assert sink.count == 1


def test_client_that_pipelines_where_it_may_not_is_noticed():
    with Sink(pipelining=False) as sink:
        send(sink.port)
        assert sink.violations == 0
        with Line(sink.port) as line:
            line.say("EHLO x", "NOOP", "NOOP")
            line.hear(3)
        assert sink.violations == 2


def heard_with(fault, *said, count=1):
    with Sink(faults={"faults": [fault]}) as sink, Line(sink.port) as line:
        if said:
            line.say(*said)
        line.socket.settimeout(0.3)
        try:
            return line.banner[:3], line.hear(count), sink.count
        except TimeoutError:
            return line.banner[:3], "silence", sink.count


WHOLE = ("EHLO x", "MAIL FROM:<a@x>", "RCPT TO:<b@x>", "DATA", "x", ".")


@pytest.mark.parametrize(
    ("fault", "said", "heard"),
    [
        ({"at": "banner", "reply": "421 4.3.2 full"}, (), (b"421", [""], 0)),
        ({"at": "banner", "do": "garbage"}, ("EHLO x",), (b"\xff\x00 ", ["250"], 0)),
        ({"at": "ehlo", "do": "drop"}, ("EHLO x",), (b"220", [""], 0)),
        ({"at": "ehlo", "do": "hang"}, ("EHLO x",), (b"220", "silence", 0)),
        ({"at": "mail", "reply": "451 4.3.0 later"}, WHOLE[:2], (b"220", ["250", "451"], 0)),
        ({"at": "rcpt", "match": "b@x", "reply": "550 no"}, WHOLE[:4], (b"220", ["250", "250", "550", "554"], 0)),
        ({"at": "data", "do": "late", "seconds": 0.05}, WHOLE[:4], (b"220", ["250", "250", "250", "354"], 0)),
        ({"at": "body", "do": "drop"}, WHOLE, (b"220", ["250", "250", "250", "354", ""], 0)),
        ({"at": "dot", "reply": "452 4.3.1 full"}, WHOLE, (b"220", ["250", "250", "250", "354", "452"], 0)),
        ({"at": "dot", "do": "drop"}, WHOLE, (b"220", ["250", "250", "250", "354", ""], 0)),
        ({"at": "dot", "do": "lose"}, WHOLE, (b"220", ["250", "250", "250", "354", ""], 1)),
        ({"at": "dot", "do": "hang"}, WHOLE, (b"220", "silence", 0)),
        ({"at": "dot", "do": "late", "seconds": 9}, WHOLE, (b"220", "silence", 1)),
        ({"at": "dot", "do": "drip", "seconds": 0.001}, WHOLE, (b"220", ["250", "250", "250", "354", "250"], 1)),
        ({"at": "dot", "do": "cut"}, (*WHOLE, "NOOP"), (b"220", ["250", "250", "250", "354", "250", ""], 1)),
    ],
    ids=str,
)
def test_faults_do_what_they_say(fault, said, heard):
    count = len(heard[1]) if isinstance(heard[1], list) else 5 if len(said) > 1 else 1
    assert heard_with(fault, *said, count=count) == heard


def test_faults_come_when_they_are_due():
    def turns(**limits):
        faults = Faults({"seed": 5, "faults": [{"at": "dot", **limits}]})
        return "".join("x" if faults.at("dot", "b@example.org") else "." for _ in range(10))

    assert turns() == "xxxxxxxxxx"
    assert turns(first=2) == "xx........"
    assert turns(skip=3) == "...xxxxxxx"
    assert turns(skip=3, first=1) == "...x......"
    assert turns(every=4) == "...x...x.."
    assert turns(over=1) == ".........."
    assert turns(match="c@") == ".........."
    assert turns(chance=0.5) == turns(chance=0.5)
    assert 0 < turns(chance=0.5).count("x") < 10
    with pytest.raises(ValueError, match="no such fault"):
        Faults({"faults": [{"at": "dot", "do": "dance"}]})


@pytest.mark.parametrize(("how", "error"), [("refuse", ConnectionRefusedError), ("ignore", TimeoutError)])
def test_port_can_be_closed_or_deaf(how, error):
    with Sink(faults={"faults": [{"at": "connect", "do": how}]}) as sink, pytest.raises(error):
        socket.create_connection(("127.0.0.1", sink.port), timeout=0.3)


def test_log_of_a_killed_sink_has_all_it_said_yes_to(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-m", "sanctuary.post.sink", "--log", log]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        port = int(process.stdout.readline().split()[1])
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            for _ in range(50):
                client.sendmail("a@example.org", "b@example.org", BODY)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            client.close()
    assert len(log.read_text().splitlines()) == 50

"""How the pump comes in: encryption that is insisted on, and sign-in that is refused once and not tried again."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections import Counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sanctuary.post.pump import Envelope, Outcome, Pump, RelayDown, RelayRefused
from sanctuary.post.sink import Sink

QUICK = {"connect_timeout": 1, "step_timeout": 0.5, "message_timeout": 2, "connections": 3}
USER = {"username": "post", "password": "secret"}


def envelopes(count=20):
    for row in range(count):
        yield Envelope(row, "a@example.org", f"p{row}@example.org", b"Subject: x\r\n\r\nx\r\n")


def ends(port, **settings):
    with Pump("127.0.0.1", port, **QUICK | settings) as pump:
        return Counter(result.outcome for result in pump.send(envelopes()))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "sink.pem"
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *private) + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def server_side(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate):
    return ssl.create_default_context(cafile=certificate)


def test_mail_goes_encrypted_after_starttls(server_side, trusting):
    with Sink(tls=server_side) as sink:
        assert ends(sink.port, starttls=True, ssl_context=trusting) == {Outcome.ACCEPTED: 20}
        assert sink.encrypted_count == 20


def test_large_mail_goes_encrypted(server_side, trusting):
    big = b"x" * 70 + b"\r\n"
    with Sink(tls=server_side) as sink:
        with Pump("127.0.0.1", sink.port, starttls=True, ssl_context=trusting, **QUICK) as pump:
            found = list(pump.send(Envelope(row, "a@x.org", "b@x.org", big * 30_000) for row in range(4)))
        assert [result.outcome for result in found] == [Outcome.ACCEPTED] * 4
        assert {len(message.data) for message in sink.accepted} == {len(big) * 30_000}


def test_mail_goes_encrypted_from_the_first_byte(server_side, trusting):
    with Sink(tls=server_side, tls_at_once=True) as sink:
        assert ends(sink.port, tls=True, ssl_context=trusting) == {Outcome.ACCEPTED: 20}
        assert sink.encrypted_count == 20


@pytest.mark.parametrize("at_once", [True, False])
def test_certificate_nobody_vouches_for_stops_everything(server_side, at_once):
    how = {"tls": True} if at_once else {"starttls": True}
    with Sink(tls=server_side, tls_at_once=at_once) as sink:
        with pytest.raises(RelayRefused, match="its certificate is not trusted: self-signed"):
            ends(sink.port, **how)
        assert sink.count == 0


def test_certificate_of_another_name_stops_everything(server_side, trusting):
    with Sink(tls=server_side) as sink:
        pump = Pump("localhost", sink.port, starttls=True, ssl_context=trusting, **QUICK)
        with pump, pytest.raises(RelayRefused, match="not trusted: Hostname mismatch"):
            list(pump.send(envelopes()))
        assert sink.count == 0


def test_nothing_is_sent_where_encryption_is_not_offered():
    with Sink() as sink:
        with pytest.raises(RelayRefused, match="does not offer encryption"):
            ends(sink.port, starttls=True)
        assert sink.count == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"at": "starttls", "reply": "454 4.7.0 not now"},
        {"at": "starttls", "do": "drop"},
        {"at": "starttls", "do": "hang"},
        {"at": "starttls", "do": "garbage"},
    ],
    ids=str,
)
def test_encryption_that_fails_is_a_relay_that_is_away(server_side, trusting, fault):
    with Sink(tls=server_side, faults={"faults": [fault]}) as sink:
        with pytest.raises(RelayDown, match="is away"):
            ends(sink.port, starttls=True, ssl_context=trusting)
        assert sink.count == 0


@pytest.mark.parametrize("extra", ["250 injected", "250-inj", "250"])
def test_words_slipped_in_before_encryption_end_the_connection(server_side, trusting, extra):
    script = {"faults": [{"at": "starttls", "reply": f"220 go\r\n{extra}"}]}
    with Sink(tls=server_side, faults=script) as sink:
        with pytest.raises(RelayDown, match="sent more than it should before encryption"):
            ends(sink.port, starttls=True, ssl_context=trusting)
        assert sink.count == 0


def test_half_a_line_slipped_in_before_encryption_ends_the_connection(trusting):
    said = [b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n250-inj"]

    def relay(listener):
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                for words in said:
                    line.sendall(words)
                    line.recv(1000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=relay, args=[listener], daemon=True).start()
        with pytest.raises(RelayDown, match="sent more than it should before encryption"):
            ends(listener.getsockname()[1], starttls=True, ssl_context=trusting)
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("ways", ["PLAIN LOGIN", "LOGIN"])
def test_sign_in_with_the_right_password(ways):
    with Sink(users={"post": "secret"}, ways=ways) as sink:
        assert ends(sink.port, **USER) == {Outcome.ACCEPTED: 20}


@pytest.mark.parametrize("ways", ["PLAIN LOGIN", "LOGIN"])
def test_wrong_password_stops_everything_with_the_words_of_the_relay(ways):
    with Sink(users={"post": "other"}, ways=ways) as sink:
        with pytest.raises(RelayRefused, match=r"does not let us in: 535 5\.7\.8 user name or password wrong"):
            ends(sink.port, **USER)
        assert sink.count == 0


def test_sign_in_that_is_not_offered_stops_everything():
    with Sink() as sink, pytest.raises(RelayRefused, match="does not let us sign in"):
        ends(sink.port, **USER)


def test_sign_in_that_fails_for_now_is_a_relay_that_is_away():
    script = {"faults": [{"at": "auth", "reply": "454 4.7.0 try later"}]}
    with (
        Sink(users={"post": "secret"}, faults=script) as sink,
        pytest.raises(RelayDown, match=r"454 4\.7\.0 try later"),
    ):
        ends(sink.port, **USER)


def test_relay_of_the_old_school_is_greeted_its_way():
    with Sink(faults={"faults": [{"at": "ehlo", "match": "EHLO", "reply": "502 5.5.1 what?"}]}) as sink:
        assert ends(sink.port) == {Outcome.ACCEPTED: 20}

"""Reading messages as others do: a mail program, a relay that writes them anew, a signature that must survive it."""

import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

# Twenty that have hurt somebody: line ends of every kind, separators, escapes and what turns the reading direction.
CONTROLS = "\0\a\b\t\n\v\f\r\x0e\x1b\x1c\x1d\x1e\x1f\x7f\x85\x9b\u2028\u2029\u202e"


def parsed(data: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(data)


def head_of(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0]


def raw_header(data: bytes, name: str) -> str:
    """One header as it stands, folds and all."""
    return re.search(rf"^{name}: ?([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head_of(data).decode("ascii"), re.MULTILINE)[1]


def decoded(data: bytes, name: str) -> str:
    """A header by the letter of RFC 2047: the gap between two encoded words is not part of it."""
    return str(make_header(decode_header(raw_header(data, name).replace("\r\n", ""))))


def meaning(data: bytes) -> tuple:
    """All that a reader and their mail program take from a message."""
    message = parsed(data)
    headers = [(name, str(value)) for name, value in message.items() if name.lower() != "content-transfer-encoding"]
    parts = [(part.get_content_type(), part.get_content()) for part in message.walk() if not part.is_multipart()]
    return headers, parts


def rewritten(data: bytes) -> bytes:
    """As a relay that takes a message apart and writes it anew."""
    return BytesParser(policy=email.policy.SMTP).parsebytes(data).as_bytes(policy=email.policy.SMTP)


def folded(data: bytes) -> bytes:
    """As a relay that folds every header line it finds long, at the last gap before column 78."""
    head, gap, body = data.partition(b"\r\n\r\n")
    lines = []
    for line in head.split(b"\r\n"):
        while len(line) > 78 and (at := line.rfind(b" ", 1, 78)) > line.find(b": ") + 1 > 0:
            lines.append(line[:at])
            line = line[at:]
        lines.append(line)
    return b"\r\n".join(lines) + gap + body


def trimmed(data: bytes) -> bytes:
    """As a relay that takes away white space at line ends, and empty lines at the end."""
    return re.sub(rb"[ \t]+\r\n", b"\r\n", data).rstrip(b"\r\n") + b"\r\n"


class Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes: what no value may change."""

    def __init__(self, page: str):
        super().__init__()
        self.bones: list[tuple] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.bones.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.bones.append((f"/{tag}",))

    def handle_comment(self, data):
        self.bones.append(("comment",))

    def handle_decl(self, decl):
        self.bones.append(("declaration",))


def assert_fit_for_the_wire(data: bytes) -> None:
    """Legal lines, seven bits, nothing that a relay must wrap, encode or trim: fit to be signed."""
    assert data.isascii()
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert not any(line.startswith(b".") for line in lines)
    rest = b"".join(lines)
    assert not re.search(rb"[\x00-\x1f\x7f]", rest.replace(b"\t", b""))
    assert max(map(len, head_of(data).split(b"\r\n"))) <= 998
    body = data.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 76
    assert trimmed(data) == data.rstrip(b"\r\n") + b"\r\n"

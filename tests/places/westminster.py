"""A small real web server that answers as the members API of the UK Parliament does. See samples/README.md."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SAMPLES = Path(__file__).parent / "samples"
PAGE = 20


def sample(name: str) -> dict:
    return json.loads((SAMPLES / f"{name}.json").read_text())


class Westminster:
    """Seats by number, each with the name of a constituency and that of its member, or None where it is vacant."""

    def __init__(self):
        self.seats: dict[int, tuple[str, str | None]] = {}
        self.peers: list[str] = []
        self.emails: dict[int, str] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.moods: list = []  # for the next questions, one each: a status, or a function of the handler

    def answer(self, path: str, query: dict[str, str]) -> dict | None:
        parts = path.removeprefix("/api").strip("/").split("/")
        if parts == ["Location", "Constituency", "Search"]:
            return self._page(list(self.seats), self._seat, query)
        if parts[:2] == ["Location", "Constituency"] and int(parts[2]) in self.seats:
            return self._seat(int(parts[2]))
        if parts == ["Members", "Search"] and query.get("House") in ("Lords", "2"):
            return self._page(list(range(len(self.peers))), self._peer, query)
        if len(parts) == 3 and parts[0] == "Members" and parts[2] == "Contact" and int(parts[1]) in self.emails:
            found = sample("contact")
            found["value"][0]["email"] = self.emails[int(parts[1])]
            return found
        return None

    def _page(self, numbers: list[int], make: Callable[[int], dict], query: dict[str, str]) -> dict:
        skip, take = int(query.get("skip", 0)), min(int(query.get("take", PAGE)), PAGE)
        return {
            "items": [make(number) for number in numbers[skip : skip + take]],
            "totalResults": len(numbers),
            "resultContext": "",
            "skip": skip,
            "take": take,
            "links": [],
            "resultType": None,
        }

    def _seat(self, number: int) -> dict:
        found, (name, member) = sample("constituency"), self.seats[number]
        value = found["value"]
        value["id"], value["name"] = number, name
        if member is None:
            value["currentRepresentation"] = None
            return found
        person = value["currentRepresentation"]["member"]["value"]
        person["id"], person["nameDisplayAs"], person["nameAddressAs"] = number + 80_000, member, None
        return found

    def _peer(self, place: int) -> dict:
        person = sample("constituency")["value"]["currentRepresentation"]["member"]
        person["value"]["id"], person["value"]["nameDisplayAs"] = 95_000 + place, self.peers[place]
        person["value"]["latestHouseMembership"] |= {"house": 2, "membershipFrom": "Life peer"}
        return person


def say(handler, status: int, body: bytes, **headers) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def hang(handler) -> None:
    """Longer than the client waits."""
    time.sleep(0.6)


@contextmanager
def serving(westminster: Westminster):
    """Its address, while it answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: the client would wait 40 ms for the second

        def do_GET(self):
            westminster.asked.append(self.path)
            westminster.agents.add(self.headers["User-Agent"])
            mood = westminster.moods.pop(0) if westminster.moods else None
            if callable(mood):
                mood(self)
                self.close_connection = True
                return
            if mood:
                say(self, mood, b"{}")
                return
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            found = westminster.answer(address.path, query)
            say(self, 404 if found is None else 200, json.dumps(found or {}).encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

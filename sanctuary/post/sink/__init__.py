"""An SMTP server that keeps what it is given and sends nothing on: for the demo, the tests and the bench.

    with Sink() as sink:
        …send to 127.0.0.1, sink.port…
        sink.accepted

or `python -m sanctuary.post.sink --port 0 --log accepted.log`. It can be told to misbehave: see `faults`.
"""

from sanctuary.post.sink.server import Sink
from sanctuary.post.sink.store import Accepted

__all__ = ["Accepted", "Sink"]

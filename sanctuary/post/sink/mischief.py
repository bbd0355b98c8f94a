"""How a session misbehaves, when the script of faults says so."""

from collections.abc import Callable

from sanctuary.post.sink.faults import Fault

_DOES_ITS_WORK = {"late", "drip", "lose", "cut"}


def misbehave(session, fault: Fault, reply: bytes, do: Callable[[], None] | None) -> None:
    """Go wrong at one place of the conversation, where `do` and then `reply` would have been right."""
    if do and fault.do in _DOES_ITS_WORK:
        do()
    if fault.do == "reply":
        session.say(fault.reply.encode() + b"\r\n")
        if fault.reply.startswith("421"):
            session.close()
    elif fault.do == "garbage":
        session.say(b"\xff\x00 what is SMTP?\r\n")
    elif fault.do == "cut":
        session.say(reply)
        session.close()
    elif fault.do in {"drop", "lose"}:
        session.close()
    else:
        session.wait()
        _dawdle(session, fault, reply)


def _dawdle(session, fault: Fault, reply: bytes) -> None:
    later = session.sink.loop.call_later
    if fault.do == "late":
        later(fault.seconds, session.resume, reply)
    elif fault.do == "drip":
        for index in range(len(reply)):
            last = index == len(reply) - 1
            later(fault.seconds * (index + 1), session.resume if last else session.say, reply[index : index + 1])
    elif fault.do == "endless":
        session.say(b"250-and another thing\r\n")
        later(fault.seconds, lambda: session.transport.is_closing() or _dawdle(session, fault, reply))

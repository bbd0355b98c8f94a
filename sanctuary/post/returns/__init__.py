"""What comes back after a message left: the address it comes back to, and what it says."""

from sanctuary.post.returns.boxes import MAX_BYTES, forget_aside, mbox_messages, put_aside, waiting_in
from sanctuary.post.returns.judging import Kind, judge, judge_reply
from sanctuary.post.returns.paths import Copy, Letter, ReturnPaths, letter_path, read_return_path
from sanctuary.post.returns.provider import PROVIDERS, Told, is_stale, name_headers, read_event
from sanctuary.post.returns.reading import Report, read_message

__all__ = [
    "MAX_BYTES",
    "PROVIDERS",
    "Copy",
    "Kind",
    "Letter",
    "Report",
    "ReturnPaths",
    "Told",
    "forget_aside",
    "is_stale",
    "judge",
    "judge_reply",
    "letter_path",
    "mbox_messages",
    "name_headers",
    "put_aside",
    "read_event",
    "read_message",
    "read_return_path",
    "waiting_in",
]

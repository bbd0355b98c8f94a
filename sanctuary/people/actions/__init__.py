from sanctuary.people.actions.choosing import (
    lift_suppression,
    pause_emails,
    resume_emails,
    set_big_moments,
    stop_all_emails,
    stop_sender,
    suppress,
    undo_stop,
)
from sanctuary.people.actions.keeping import change_address, erase_supporter, find_or_create_supporter, held_about
from sanctuary.people.actions.permitting import decline, grant, withdraw
from sanctuary.people.actions.setting_up import set_up_people

__all__ = [
    "change_address",
    "decline",
    "erase_supporter",
    "find_or_create_supporter",
    "grant",
    "held_about",
    "lift_suppression",
    "pause_emails",
    "resume_emails",
    "set_big_moments",
    "set_up_people",
    "stop_all_emails",
    "stop_sender",
    "suppress",
    "undo_stop",
    "withdraw",
]

from sanctuary.people.actions.choosing import (
    just_stopped,
    lift_bounce,
    lift_suppression,
    limit_emails,
    pause_emails,
    resume_emails,
    set_big_moments,
    stop_all_emails,
    stop_sender,
    suppress,
    undo_stop,
)
from sanctuary.people.actions.keeping import change_address, erase_supporter, find_or_create_supporter, lock_address
from sanctuary.people.actions.permitting import decline, grant, withdraw
from sanctuary.people.actions.setting_up import set_up_people
from sanctuary.people.actions.showing import (
    finish_address_change,
    held_about,
    send_choices_link,
    send_private_link,
    start_address_change,
)

__all__ = [
    "change_address",
    "decline",
    "erase_supporter",
    "find_or_create_supporter",
    "finish_address_change",
    "grant",
    "held_about",
    "just_stopped",
    "lift_bounce",
    "lift_suppression",
    "limit_emails",
    "lock_address",
    "pause_emails",
    "resume_emails",
    "send_choices_link",
    "send_private_link",
    "set_big_moments",
    "set_up_people",
    "start_address_change",
    "stop_all_emails",
    "stop_sender",
    "suppress",
    "undo_stop",
    "withdraw",
]

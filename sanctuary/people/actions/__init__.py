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
from sanctuary.people.actions.handing import hand_back, hand_over
from sanctuary.people.actions.keeping import change_address, erase_supporter, find_or_create_supporter, lock_address
from sanctuary.people.actions.merging import forget_merges, forget_parts, merge_supporters, undo_merge
from sanctuary.people.actions.permitting import decline, grant, withdraw
from sanctuary.people.actions.setting_up import set_up_people
from sanctuary.people.actions.showing import (
    finish_address_change,
    held_about,
    send_choices_link,
    send_private_link,
    start_address_change,
)
from sanctuary.people.actions.stepping import ask_mailbox

__all__ = [
    "ask_mailbox",
    "change_address",
    "decline",
    "erase_supporter",
    "find_or_create_supporter",
    "finish_address_change",
    "forget_merges",
    "forget_parts",
    "grant",
    "hand_back",
    "hand_over",
    "held_about",
    "just_stopped",
    "lift_bounce",
    "lift_suppression",
    "limit_emails",
    "lock_address",
    "merge_supporters",
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
    "undo_merge",
    "undo_stop",
    "withdraw",
]

from groups.actions.founding import found_group, move_group
from groups.actions.living import activate_group, close_group, register_group, rest_group
from groups.actions.membership import join_group, leave_all_groups, leave_group
from groups.actions.pulse import answer_pulse
from groups.actions.recording import (
    add_newcomer,
    forget_attendances,
    move_attendances,
    note_activity,
    part_attendances,
    record_activity,
)
from groups.actions.roles import end_role, start_role
from groups.actions.shielding import lower_shield, raise_shield

__all__ = [
    "activate_group",
    "add_newcomer",
    "answer_pulse",
    "close_group",
    "end_role",
    "forget_attendances",
    "found_group",
    "join_group",
    "leave_all_groups",
    "leave_group",
    "lower_shield",
    "move_attendances",
    "move_group",
    "note_activity",
    "part_attendances",
    "raise_shield",
    "record_activity",
    "register_group",
    "rest_group",
    "start_role",
]

from groups.actions.forgetting import forget_member, is_known_elsewhere
from groups.actions.founding import found_group, move_group
from groups.actions.living import activate_group, close_group, register_group, rest_group
from groups.actions.membership import join_group, leave_all_groups, leave_group
from groups.actions.merging import move_members, move_members_back
from groups.actions.noting import add_note, correct_note, forget_notes, keep_apart, remove_note
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
    "add_note",
    "answer_pulse",
    "close_group",
    "correct_note",
    "end_role",
    "forget_attendances",
    "forget_member",
    "forget_notes",
    "found_group",
    "is_known_elsewhere",
    "join_group",
    "keep_apart",
    "leave_all_groups",
    "leave_group",
    "lower_shield",
    "move_attendances",
    "move_group",
    "move_members",
    "move_members_back",
    "note_activity",
    "part_attendances",
    "raise_shield",
    "record_activity",
    "register_group",
    "remove_note",
    "rest_group",
    "start_role",
]

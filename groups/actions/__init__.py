from groups.actions.founding import found_group, move_group
from groups.actions.living import activate_group, close_group, register_group, rest_group
from groups.actions.membership import join_group, leave_all_groups, leave_group
from groups.actions.roles import end_role, start_role
from groups.actions.shielding import lower_shield, raise_shield

__all__ = [
    "activate_group",
    "close_group",
    "end_role",
    "found_group",
    "join_group",
    "leave_all_groups",
    "leave_group",
    "lower_shield",
    "move_group",
    "raise_shield",
    "register_group",
    "rest_group",
    "start_role",
]

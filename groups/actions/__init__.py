from groups.actions.editing import choose_to_be_named, draft_from, drop_draft, publish_draft, save_draft
from groups.actions.forgetting import forget_member, is_known_elsewhere
from groups.actions.founding import found_group, move_group
from groups.actions.handing_over import (
    forget_invitations,
    hand_back,
    remind_invited,
    settle_hand_back,
    start_handover,
    tell_of_unheard,
)
from groups.actions.inviting import accept_invitation, invite, open_account, owns_mailbox, revoke_invitation, send_again
from groups.actions.living import activate_group, close_group, register_group, rest_group
from groups.actions.membership import join_group, leave_all_groups, leave_group
from groups.actions.merging import move_members, move_members_back
from groups.actions.messaging import deliver_message, forget_messages, forget_messages_from, readers, write_to_group
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
    "accept_invitation",
    "activate_group",
    "add_newcomer",
    "add_note",
    "answer_pulse",
    "choose_to_be_named",
    "close_group",
    "correct_note",
    "deliver_message",
    "draft_from",
    "drop_draft",
    "end_role",
    "forget_attendances",
    "forget_invitations",
    "forget_member",
    "forget_messages",
    "forget_messages_from",
    "forget_notes",
    "found_group",
    "hand_back",
    "invite",
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
    "open_account",
    "owns_mailbox",
    "part_attendances",
    "publish_draft",
    "raise_shield",
    "readers",
    "record_activity",
    "register_group",
    "remind_invited",
    "remove_note",
    "rest_group",
    "revoke_invitation",
    "save_draft",
    "send_again",
    "settle_hand_back",
    "start_handover",
    "start_role",
    "tell_of_unheard",
    "write_to_group",
]

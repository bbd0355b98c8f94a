from groups.actions.booking import (
    BOOKING,
    ask_booking,
    booking_token,
    booking_url,
    cancel_booking,
    change_booking,
    confirm_booking,
    remind_booked,
)
from groups.actions.charter import set_up_groups, sign_charter
from groups.actions.contacts import add_contact, change_contact, forget_contacts, remove_contact
from groups.actions.editing import choose_to_be_named, draft_from, drop_draft, publish_draft, save_draft
from groups.actions.enquiring import (
    confirm_enquiry,
    forget_enquiries,
    forget_enquiries_of,
    start_enquiry,
    welcome_enquiry,
)
from groups.actions.forgetting import forget_member, is_known_elsewhere
from groups.actions.founding import found_group, move_group
from groups.actions.handing_over import (
    forget_invitations,
    forget_invitations_to,
    hand_back,
    remind_invited,
    settle_hand_back,
    start_handover,
    tell_of_unheard,
)
from groups.actions.health import save_health_check, submit_health_check
from groups.actions.inviting import accept_invitation, invite, open_account, owns_mailbox, revoke_invitation, send_again
from groups.actions.living import (
    activate_group,
    begin_forming,
    begin_research,
    close_group,
    decline_enquiry,
    merge_enquiry,
    register_group,
    rest_group,
)
from groups.actions.membership import join_group, leave_all_groups, leave_group
from groups.actions.merging import merge_members, move_members, move_members_back
from groups.actions.messaging import deliver_message, forget_messages, forget_messages_from, readers, write_to_group
from groups.actions.noting import add_note, correct_note, forget_notes, keep_apart, remove_note
from groups.actions.nudging import nudge_groups, tell_regions
from groups.actions.outliving import forget_stories, forget_tellers, remind_teller
from groups.actions.picturing import remove_picture, set_picture
from groups.actions.planning import cancel_activity, change_activity, plan_activity
from groups.actions.pulse import answer_pulse
from groups.actions.recording import (
    add_newcomer,
    forget_attendances,
    move_attendances,
    note_activity,
    part_attendances,
    record_activity,
)
from groups.actions.regional import end_regional_role, note_visit, start_regional_role
from groups.actions.removing import put_back, remove_members
from groups.actions.roles import end_role, start_role
from groups.actions.safeguarding import forget_leads, save_safeguarding
from groups.actions.shielding import lower_shield, raise_shield
from groups.actions.storytelling import (
    approve_story,
    ask_teller,
    begin_story,
    check_story,
    edit_story,
    leaks_of,
    publish_story,
    unpublish_story,
    withdraw_story,
    withdraw_use,
)
from groups.actions.telling import timeline_of
from groups.actions.unbooking import bookings_of, forget_bookings, forget_bookings_of, move_bookings, part_bookings

__all__ = [
    "BOOKING",
    "accept_invitation",
    "activate_group",
    "add_contact",
    "add_newcomer",
    "add_note",
    "answer_pulse",
    "approve_story",
    "ask_booking",
    "ask_teller",
    "begin_forming",
    "begin_research",
    "begin_story",
    "booking_token",
    "booking_url",
    "bookings_of",
    "cancel_activity",
    "cancel_booking",
    "change_activity",
    "change_booking",
    "change_contact",
    "check_story",
    "choose_to_be_named",
    "close_group",
    "confirm_booking",
    "confirm_enquiry",
    "correct_note",
    "decline_enquiry",
    "deliver_message",
    "draft_from",
    "drop_draft",
    "edit_story",
    "end_regional_role",
    "end_role",
    "forget_attendances",
    "forget_bookings",
    "forget_bookings_of",
    "forget_contacts",
    "forget_enquiries",
    "forget_enquiries_of",
    "forget_invitations",
    "forget_invitations_to",
    "forget_leads",
    "forget_member",
    "forget_messages",
    "forget_messages_from",
    "forget_notes",
    "forget_stories",
    "forget_tellers",
    "found_group",
    "hand_back",
    "invite",
    "is_known_elsewhere",
    "join_group",
    "keep_apart",
    "leaks_of",
    "leave_all_groups",
    "leave_group",
    "lower_shield",
    "merge_enquiry",
    "merge_members",
    "move_attendances",
    "move_bookings",
    "move_group",
    "move_members",
    "move_members_back",
    "note_activity",
    "note_visit",
    "nudge_groups",
    "open_account",
    "owns_mailbox",
    "part_attendances",
    "part_bookings",
    "plan_activity",
    "publish_draft",
    "publish_story",
    "put_back",
    "raise_shield",
    "readers",
    "record_activity",
    "register_group",
    "remind_booked",
    "remind_invited",
    "remind_teller",
    "remove_contact",
    "remove_members",
    "remove_note",
    "remove_picture",
    "rest_group",
    "revoke_invitation",
    "save_draft",
    "save_health_check",
    "save_safeguarding",
    "send_again",
    "set_picture",
    "set_up_groups",
    "settle_hand_back",
    "sign_charter",
    "start_enquiry",
    "start_handover",
    "start_regional_role",
    "start_role",
    "submit_health_check",
    "tell_of_unheard",
    "tell_regions",
    "timeline_of",
    "unpublish_story",
    "welcome_enquiry",
    "withdraw_story",
    "withdraw_use",
    "write_to_group",
]

from campaigns.actions.allying import save_coalition, save_partner
from campaigns.actions.attending import count_booking, forget_who_came, uncount_booking
from campaigns.actions.campaigning import (
    approve_campaign,
    close_campaign,
    make_live,
    note_campaign_edit,
    rest_campaign,
    return_to_draft,
)
from campaigns.actions.checking import check_mailing, sample_recipients
from campaigns.actions.composing import FIELDS, MAY_BE_EMPTY, compose, fields_of, preview, problems_in, reply_address
from campaigns.actions.controlling import (
    cancel_chunk,
    finish_mailing,
    forget_addresses,
    pause_all_mailings,
    pause_mailing,
    resume_mailing,
    settle_doubt,
    stop_mailing,
)
from campaigns.actions.embedding import end_embed, make_embed
from campaigns.actions.forgetting import forget_what_is_over
from campaigns.actions.freezing import freeze_and_start
from campaigns.actions.group_limits import next_free
from campaigns.actions.group_mail import delete_group_mailing, write_group_mailing
from campaigns.actions.guarding import guard_mailing, rest_domains
from campaigns.actions.limiting import leaves_at, quiet_until
from campaigns.actions.listing import HEAD as LIST_HEAD
from campaigns.actions.listing import PartnerList, give_list, rows_of
from campaigns.actions.mailing import (
    approve_mailing,
    schedule_mailing,
    send_test,
    unschedule_mailing,
    write_mailing,
)
from campaigns.actions.merging import acts_of, emails_of, has_acted, move_acts, move_acts_back
from campaigns.actions.partnering import (
    forget_partner_yeses,
    move_partner_yeses,
    move_partner_yeses_back,
    partners_told_about,
)
from campaigns.actions.recovering import doubt_expired_chunk, recover_journals
from campaigns.actions.relaying import relay_campaign, take_back_relay
from campaigns.actions.replying import (
    ask_for_replies,
    check_stance,
    forget_old_replies,
    forget_replies_of,
    readers_of,
    record_stance,
    refuse_stance,
    replies_about,
    reply_token,
    reply_url,
    tell_reply,
)
from campaigns.actions.returning import (
    forget_returned,
    forget_returned_of,
    returned_about,
    returned_counts,
    take_return,
)
from campaigns.actions.sending import send_for
from campaigns.actions.showing import check_name, name_url, refuse_name, send_name_link, show_as, take_name_off
from campaigns.actions.sourcing import find_source, source_url
from campaigns.actions.starting import Words, blank, national_call, next_activities
from campaigns.actions.taking import (
    act_from_mail,
    confirm_action,
    forget_supporter,
    forget_unconfirmed,
    held_about,
    start_act,
)
from campaigns.actions.tallying import add_up_tallies

__all__ = [
    "FIELDS",
    "LIST_HEAD",
    "MAY_BE_EMPTY",
    "PartnerList",
    "Words",
    "act_from_mail",
    "acts_of",
    "add_up_tallies",
    "approve_campaign",
    "approve_mailing",
    "ask_for_replies",
    "blank",
    "cancel_chunk",
    "check_mailing",
    "check_name",
    "check_stance",
    "close_campaign",
    "compose",
    "confirm_action",
    "count_booking",
    "delete_group_mailing",
    "doubt_expired_chunk",
    "emails_of",
    "end_embed",
    "fields_of",
    "find_source",
    "finish_mailing",
    "forget_addresses",
    "forget_old_replies",
    "forget_partner_yeses",
    "forget_replies_of",
    "forget_returned",
    "forget_returned_of",
    "forget_supporter",
    "forget_unconfirmed",
    "forget_what_is_over",
    "forget_who_came",
    "freeze_and_start",
    "give_list",
    "guard_mailing",
    "has_acted",
    "held_about",
    "leaves_at",
    "make_embed",
    "make_live",
    "move_acts",
    "move_acts_back",
    "move_partner_yeses",
    "move_partner_yeses_back",
    "name_url",
    "national_call",
    "next_activities",
    "next_free",
    "note_campaign_edit",
    "partners_told_about",
    "pause_all_mailings",
    "pause_mailing",
    "preview",
    "problems_in",
    "quiet_until",
    "readers_of",
    "record_stance",
    "recover_journals",
    "refuse_name",
    "refuse_stance",
    "relay_campaign",
    "replies_about",
    "reply_address",
    "reply_token",
    "reply_url",
    "rest_campaign",
    "rest_domains",
    "resume_mailing",
    "return_to_draft",
    "returned_about",
    "returned_counts",
    "rows_of",
    "sample_recipients",
    "save_coalition",
    "save_partner",
    "schedule_mailing",
    "send_for",
    "send_name_link",
    "send_test",
    "settle_doubt",
    "show_as",
    "source_url",
    "start_act",
    "stop_mailing",
    "take_back_relay",
    "take_name_off",
    "take_return",
    "tell_reply",
    "uncount_booking",
    "unschedule_mailing",
    "write_group_mailing",
    "write_mailing",
]

from pledges.actions.declaring import (
    EMAIL_QUESTION_SLUG,
    note_declaration_edit,
    set_up_declaration,
)
from pledges.actions.endorsing import (
    CONFIRM_ENDORSEMENT,
    MINE,
    ask_endorser,
    confirm_endorsement,
    endorsement_behind,
    endorsement_url,
    remove_endorsement,
    show_endorsement,
    start_endorsement,
)
from pledges.actions.forgetting import forget_endorsements, forget_in_group, forget_pledges, forget_unconfirmed
from pledges.actions.greeting import FIRST_WORDS, Welcomed, greet_pledger, welcome_pledgers, welcome_words
from pledges.actions.merging import (
    move_endorsements,
    move_endorsements_back,
    move_pledges,
    move_pledges_back,
)
from pledges.actions.naming import (
    approve_endorser_name,
    approve_organisation_name,
    refuse_endorser_name,
    refuse_organisation_name,
)
from pledges.actions.pledging import (
    CONFIRM,
    ask_again,
    confirm_pledge,
    confirm_url,
    readdress_pledge,
    start_pledge,
)
from pledges.actions.wording import INDIVIDUAL_WORDS, ORGANISATION_WORDS, WORDINGS, set_up_pledges

__all__ = [
    "CONFIRM",
    "CONFIRM_ENDORSEMENT",
    "EMAIL_QUESTION_SLUG",
    "FIRST_WORDS",
    "INDIVIDUAL_WORDS",
    "MINE",
    "ORGANISATION_WORDS",
    "WORDINGS",
    "Welcomed",
    "approve_endorser_name",
    "approve_organisation_name",
    "ask_again",
    "ask_endorser",
    "confirm_endorsement",
    "confirm_pledge",
    "confirm_url",
    "endorsement_behind",
    "endorsement_url",
    "forget_endorsements",
    "forget_in_group",
    "forget_pledges",
    "forget_unconfirmed",
    "greet_pledger",
    "move_endorsements",
    "move_endorsements_back",
    "move_pledges",
    "move_pledges_back",
    "note_declaration_edit",
    "readdress_pledge",
    "refuse_endorser_name",
    "refuse_organisation_name",
    "remove_endorsement",
    "set_up_declaration",
    "set_up_pledges",
    "show_endorsement",
    "start_endorsement",
    "start_pledge",
    "welcome_pledgers",
    "welcome_words",
]

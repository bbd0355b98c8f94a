from pledges.actions.forgetting import forget_in_group, forget_pledges, forget_unconfirmed
from pledges.actions.greeting import FIRST_WORDS, Welcomed, greet_pledger, welcome_pledgers, welcome_words
from pledges.actions.merging import move_pledges, move_pledges_back
from pledges.actions.naming import approve_organisation_name
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
    "FIRST_WORDS",
    "INDIVIDUAL_WORDS",
    "ORGANISATION_WORDS",
    "WORDINGS",
    "Welcomed",
    "approve_organisation_name",
    "ask_again",
    "confirm_pledge",
    "confirm_url",
    "forget_in_group",
    "forget_pledges",
    "forget_unconfirmed",
    "greet_pledger",
    "move_pledges",
    "move_pledges_back",
    "readdress_pledge",
    "set_up_pledges",
    "start_pledge",
    "welcome_pledgers",
    "welcome_words",
]

from pledges.models.declaration import Declaration, DeclarationPrinciple, SummitGoal
from pledges.models.endorsement import Endorsement
from pledges.models.naming import ENDING, Refusal
from pledges.models.pledge import CONFIRM_WITHIN, IntendedAction, Pledge
from pledges.models.welcome import WelcomeLetter

__all__ = [
    "CONFIRM_WITHIN",
    "ENDING",
    "Declaration",
    "DeclarationPrinciple",
    "Endorsement",
    "IntendedAction",
    "Pledge",
    "Refusal",
    "SummitGoal",
    "WelcomeLetter",
]

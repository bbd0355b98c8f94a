from pledges.models.pledge import CONFIRM_WITHIN, IntendedAction, Pledge
from pledges.models.welcome import WelcomeLetter

__all__ = ["CONFIRM_WITHIN", "IntendedAction", "Pledge", "WelcomeLetter"]

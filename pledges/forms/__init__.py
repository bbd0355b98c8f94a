from pledges.forms.fields import STAMP, GroupField, WordedForm
from pledges.forms.pledge import OrganisationForm, PledgeForm, SpeakerForm
from pledges.forms.welcome import WelcomeForm

__all__ = [
    "STAMP",
    "GroupField",
    "OrganisationForm",
    "PledgeForm",
    "SpeakerForm",
    "WelcomeForm",
    "WordedForm",
]

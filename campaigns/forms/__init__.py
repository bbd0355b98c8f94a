from campaigns.forms.acting import Carried, OrganisationForm, SignForm, SpeakerForm
from campaigns.forms.desk import ApproveCampaignForm, CampaignForm, DoubtForm, MailingForm, ScheduleForm
from campaigns.forms.group_mail import GroupAudienceForm, GroupMailForm, GroupScheduleForm
from campaigns.forms.showing import ShownForm

__all__ = [
    "ApproveCampaignForm",
    "CampaignForm",
    "Carried",
    "DoubtForm",
    "GroupAudienceForm",
    "GroupMailForm",
    "GroupScheduleForm",
    "MailingForm",
    "OrganisationForm",
    "ScheduleForm",
    "ShownForm",
    "SignForm",
    "SpeakerForm",
]

from campaigns.forms.acting import Carried, OrganisationForm, SignForm, SpeakerForm
from campaigns.forms.desk import ApproveCampaignForm, CampaignForm, DoubtForm, MailingForm, ScheduleForm
from campaigns.forms.group_mail import GroupAudienceForm, GroupMailForm, GroupScheduleForm

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
    "SignForm",
    "SpeakerForm",
]

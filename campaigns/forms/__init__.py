from campaigns.forms.desk import ApproveCampaignForm, CampaignForm, DoubtForm, MailingForm, ScheduleForm, SignForm
from campaigns.forms.group_mail import GroupAudienceForm, GroupMailForm, GroupScheduleForm

__all__ = [
    "ApproveCampaignForm",
    "CampaignForm",
    "DoubtForm",
    "GroupAudienceForm",
    "GroupMailForm",
    "GroupScheduleForm",
    "MailingForm",
    "ScheduleForm",
    "SignForm",
]

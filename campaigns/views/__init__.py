from campaigns.views.group_mail import (
    GroupMailCheck,
    GroupMailLetter,
    GroupMailList,
    GroupMailNew,
    GroupMailOne,
    GroupMailPart,
    GroupMailWho,
    GroupMailWrite,
)
from campaigns.views.group_mail_verbs import (
    GroupMailApprove,
    GroupMailDelete,
    GroupMailPause,
    GroupMailStop,
    GroupMailVerb,
)
from campaigns.views.public import CampaignList, CampaignPage, ConfirmAction, Done, FromMail, Sent
from campaigns.views.relay import PassOn, RelayKit, TakeBack

__all__ = [
    "CampaignList",
    "CampaignPage",
    "ConfirmAction",
    "Done",
    "FromMail",
    "GroupMailApprove",
    "GroupMailCheck",
    "GroupMailDelete",
    "GroupMailLetter",
    "GroupMailList",
    "GroupMailNew",
    "GroupMailOne",
    "GroupMailPart",
    "GroupMailPause",
    "GroupMailStop",
    "GroupMailVerb",
    "GroupMailWho",
    "GroupMailWrite",
    "PassOn",
    "RelayKit",
    "Sent",
    "TakeBack",
]

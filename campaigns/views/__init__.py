from campaigns.views.acting import Attend, CampaignPage, Join, Share, Sign
from campaigns.views.drawn import CampaignPicture, CampaignPoster
from campaigns.views.done import CampaignList, Done
from campaigns.views.embed import EmbedPage, EmbedSent
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
from campaigns.views.public import ConfirmAction, FromMail, Sent
from campaigns.views.relay import PassOn, RelayKit, TakeBack
from campaigns.views.replying import Replies, TellReply

__all__ = [
    "Attend",
    "CampaignList",
    "CampaignPage",
    "CampaignPicture",
    "CampaignPoster",
    "ConfirmAction",
    "Done",
    "EmbedPage",
    "EmbedSent",
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
    "Join",
    "PassOn",
    "RelayKit",
    "Replies",
    "Sent",
    "Share",
    "Sign",
    "TakeBack",
    "TellReply",
]

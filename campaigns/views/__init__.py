from campaigns.views.acting import Attend, CampaignPage, Join, Share, Sign
from campaigns.views.done import CampaignList, Done
from campaigns.views.drawn import CampaignPicture, CampaignPoster
from campaigns.views.embed import EmbedLook, EmbedPage, EmbedSent
from campaigns.views.group_embed import EndGroupEmbed, GroupEmbed
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
from campaigns.views.showing import MyName, Wall

__all__ = [
    "Attend",
    "CampaignList",
    "CampaignPage",
    "CampaignPicture",
    "CampaignPoster",
    "ConfirmAction",
    "Done",
    "EmbedLook",
    "EmbedPage",
    "EmbedSent",
    "EndGroupEmbed",
    "FromMail",
    "GroupEmbed",
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
    "MyName",
    "PassOn",
    "RelayKit",
    "Replies",
    "Sent",
    "Share",
    "Sign",
    "TakeBack",
    "TellReply",
    "Wall",
]

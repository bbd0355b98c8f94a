from campaigns.admin.act import ActionTakenAdmin
from campaigns.admin.asks import ActionAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.embed import EmbedAdmin
from campaigns.admin.letter import LetterAskAdmin
from campaigns.admin.mailing import MailingAdmin
from campaigns.admin.names import ShownNameAdmin
from campaigns.admin.partner import CampaignPartnerAdmin, CoalitionAdmin, PartnerAdmin
from campaigns.admin.source import SourceLinkAdmin
from campaigns.admin.stance import StanceAdmin
from campaigns.admin.throttle import ThrottleAdmin

__all__ = [
    "ActionAdmin",
    "ActionTakenAdmin",
    "CampaignAdmin",
    "CampaignPartnerAdmin",
    "CoalitionAdmin",
    "EmbedAdmin",
    "LetterAskAdmin",
    "MailingAdmin",
    "PartnerAdmin",
    "ShownNameAdmin",
    "SourceLinkAdmin",
    "StanceAdmin",
    "ThrottleAdmin",
]

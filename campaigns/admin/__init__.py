from campaigns.admin.act import ActionTakenAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.embed import EmbedAdmin
from campaigns.admin.mailing import MailingAdmin
from campaigns.admin.partner import CampaignPartnerAdmin, CoalitionAdmin, PartnerAdmin
from campaigns.admin.source import SourceLinkAdmin
from campaigns.admin.stance import StanceAdmin
from campaigns.admin.throttle import ThrottleAdmin

__all__ = [
    "ActionTakenAdmin",
    "CampaignAdmin",
    "CampaignPartnerAdmin",
    "CoalitionAdmin",
    "EmbedAdmin",
    "MailingAdmin",
    "PartnerAdmin",
    "SourceLinkAdmin",
    "StanceAdmin",
    "ThrottleAdmin",
]

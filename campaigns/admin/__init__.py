from campaigns.admin.act import ActionTakenAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.embed import EmbedAdmin
from campaigns.admin.mailing import MailingAdmin
from campaigns.admin.stance import StanceAdmin
from campaigns.admin.throttle import ThrottleAdmin

__all__ = ["ActionTakenAdmin", "CampaignAdmin", "EmbedAdmin", "MailingAdmin", "StanceAdmin", "ThrottleAdmin"]

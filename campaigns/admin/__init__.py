from campaigns.admin.act import ActionTakenAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.mailing import MailingAdmin

__all__ = ["ActionTakenAdmin", "CampaignAdmin", "MailingAdmin"]

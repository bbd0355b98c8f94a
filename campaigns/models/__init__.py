from campaigns.models.action import Action, ActionTaken, ShownName
from campaigns.models.audience import Audience
from campaigns.models.campaign import Campaign
from campaigns.models.coalition import CampaignPartner, Coalition, Partner
from campaigns.models.delivery import Chunk, Delivery
from campaigns.models.embed import Embed
from campaigns.models.letter import DevolvedNote, LetterAsk, LetterDraft, LetterPrint, LocalFact
from campaigns.models.mailing import Mailing
from campaigns.models.partner_yes import PartnerTick, PartnerYes
from campaigns.models.relay import Relay
from campaigns.models.returned import Returned, ReturnedTotal
from campaigns.models.source import SourceLink
from campaigns.models.stance import ReplyAsk, Stance
from campaigns.models.tally import Tally
from campaigns.models.throttle import MailDomain, Throttle

__all__ = [
    "Action",
    "ActionTaken",
    "Audience",
    "Campaign",
    "CampaignPartner",
    "Chunk",
    "Coalition",
    "Delivery",
    "DevolvedNote",
    "Embed",
    "LetterAsk",
    "LetterDraft",
    "LetterPrint",
    "LocalFact",
    "MailDomain",
    "Mailing",
    "Partner",
    "PartnerTick",
    "PartnerYes",
    "Relay",
    "ReplyAsk",
    "Returned",
    "ReturnedTotal",
    "ShownName",
    "SourceLink",
    "Stance",
    "Tally",
    "Throttle",
]

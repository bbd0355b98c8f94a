from campaigns.views.public import CampaignList, CampaignPage, ConfirmAction, Done, FromMail, Sent
from campaigns.views.relay import PassOn, RelayKit, TakeBack

__all__ = [
    "CampaignList",
    "CampaignPage",
    "ConfirmAction",
    "Done",
    "FromMail",
    "PassOn",
    "RelayKit",
    "Sent",
    "TakeBack",
]

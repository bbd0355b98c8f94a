from pledges.views.greeting import Greet, ToGreet
from pledges.views.link import Confirm, Readdress, Thanks
from pledges.views.pledge import THANKS, MakeOrganisationPledge, MakePledge

__all__ = [
    "THANKS",
    "Confirm",
    "Greet",
    "MakeOrganisationPledge",
    "MakePledge",
    "Readdress",
    "Thanks",
    "ToGreet",
]

from pledges.views.declaration import Endorsers, ReadDeclaration
from pledges.views.endorsing import (
    Endorse,
    EndorseAfterPledge,
    EndorseConfirm,
    Endorsed,
    EndorseSent,
    MyEndorsement,
    RemoveEndorsement,
)
from pledges.views.greeting import Greet, ToGreet
from pledges.views.link import Confirm, Readdress, Thanks
from pledges.views.pledge import THANKS, MakeOrganisationPledge, MakePledge

__all__ = [
    "THANKS",
    "Confirm",
    "Endorse",
    "EndorseAfterPledge",
    "EndorseConfirm",
    "EndorseSent",
    "Endorsed",
    "Endorsers",
    "Greet",
    "MakeOrganisationPledge",
    "MakePledge",
    "MyEndorsement",
    "ReadDeclaration",
    "Readdress",
    "RemoveEndorsement",
    "Thanks",
    "ToGreet",
]

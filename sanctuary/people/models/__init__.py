from sanctuary.people.models.address_change import AddressChange
from sanctuary.people.models.controller import Controller
from sanctuary.people.models.merge import Merge
from sanctuary.people.models.permission import CurrentPermission, Permission, Wording
from sanctuary.people.models.supporter import Supporter
from sanctuary.people.models.suppression import Suppression
from sanctuary.people.models.user import User

__all__ = [
    "AddressChange",
    "Controller",
    "CurrentPermission",
    "Merge",
    "Permission",
    "Supporter",
    "Suppression",
    "User",
    "Wording",
]

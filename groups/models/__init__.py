from groups.models.activity import Activity
from groups.models.booking import Booking
from groups.models.group import LocalGroup
from groups.models.membership import Membership
from groups.models.role import GroupRole

__all__ = ["Activity", "Booking", "GroupRole", "LocalGroup", "Membership"]

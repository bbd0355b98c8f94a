from groups.models.activity import Activity
from groups.models.attendance import ActivityLog, Attendance
from groups.models.booking import Booking
from groups.models.group import LocalGroup
from groups.models.invitation import HandBack, Invitation
from groups.models.membership import Membership
from groups.models.message import VisitorMessage
from groups.models.note import KnownApart, Note
from groups.models.page import PageVersion
from groups.models.pulse import PulseAnswer
from groups.models.role import GroupRole
from groups.models.shield import Shield

__all__ = [
    "Activity",
    "ActivityLog",
    "Attendance",
    "Booking",
    "GroupRole",
    "HandBack",
    "Invitation",
    "KnownApart",
    "LocalGroup",
    "Membership",
    "Note",
    "PageVersion",
    "PulseAnswer",
    "Shield",
    "VisitorMessage",
]

from groups.models.activity import Activity
from groups.models.attendance import ActivityLog, Attendance
from groups.models.booking import Booking
from groups.models.charter import CharterSignature
from groups.models.contact import GroupContact
from groups.models.enquiry import Enquiry
from groups.models.group import LocalGroup
from groups.models.health_check import HealthCheck
from groups.models.invitation import HandBack, Invitation
from groups.models.membership import Membership
from groups.models.message import VisitorMessage
from groups.models.note import KnownApart, Note
from groups.models.nudge import Nudge
from groups.models.page import PageVersion
from groups.models.people_import import ImportPart, ImportRow, PeopleImport
from groups.models.pulse import PulseAnswer
from groups.models.regional import LifeMove, RegionalRole, SupportVisit
from groups.models.removal import Removal
from groups.models.role import GroupRole
from groups.models.safeguarding import Safeguarding
from groups.models.shield import Shield
from groups.models.story import Story, StoryConsent, StoryPicture, StoryTeller

__all__ = [
    "Activity",
    "ActivityLog",
    "Attendance",
    "Booking",
    "CharterSignature",
    "Enquiry",
    "GroupContact",
    "GroupRole",
    "HandBack",
    "HealthCheck",
    "ImportPart",
    "ImportRow",
    "Invitation",
    "KnownApart",
    "LifeMove",
    "LocalGroup",
    "Membership",
    "Note",
    "Nudge",
    "PageVersion",
    "PeopleImport",
    "PulseAnswer",
    "RegionalRole",
    "Removal",
    "Safeguarding",
    "Shield",
    "Story",
    "StoryConsent",
    "StoryPicture",
    "StoryTeller",
    "SupportVisit",
    "VisitorMessage",
]

from groups.views.activities import ActivityList, BookingList, CancelActivity, EditActivity, NewActivity
from groups.views.booking import Book, BookAsked, BookingIcs, BookingPage
from groups.views.calendar import ActivityDetail, ActivityIcs, Calendar, CalendarIcs, CalendarMonth, CalendarNear
from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.enquiry import ConfirmEnquiry, EnquirySent, StartGroup
from groups.views.export import ExportMembers
from groups.views.invitation import AcceptInvitation, InvitationCode
from groups.views.life import Charter, Contacts, EditContact, HealthCheckPage, OurGroup, RemoveContact, SafeguardingPage
from groups.views.log import Log
from groups.views.manage import ManageHome
from groups.views.members import MemberList
from groups.views.message import MessageAsked, SendMessage, WriteTo
from groups.views.page import PageDrop, PageEdit, PageName, PagePreview, PagePublish, PagePutBack
from groups.views.pulse import Pulse
from groups.views.regions import NoteVisit, RegionGroup, RegionOverview, Regions
from groups.views.removing import MembersDo, PutBack, RemovedMembers, RemoveMembers
from groups.views.team import EndRole, Handover, InvitationAgain, InvitationRevoke, Team
from groups.views.today import ManageGroup, Today
from groups.views.who_came import WhoCame, WhoCameDone

__all__ = [
    "AcceptInvitation",
    "ActivityDetail",
    "ActivityIcs",
    "ActivityList",
    "Book",
    "BookAsked",
    "BookingIcs",
    "BookingList",
    "BookingPage",
    "Calendar",
    "CalendarIcs",
    "CalendarMonth",
    "CalendarNear",
    "CancelActivity",
    "Charter",
    "ConfirmEnquiry",
    "Contacts",
    "EditActivity",
    "EditContact",
    "EndRole",
    "EnquirySent",
    "ExportMembers",
    "FindGroup",
    "GroupDetail",
    "GroupList",
    "GroupsInRegion",
    "GroupsNear",
    "Handover",
    "HealthCheckPage",
    "InvitationAgain",
    "InvitationCode",
    "InvitationRevoke",
    "Log",
    "ManageGroup",
    "ManageHome",
    "MemberList",
    "MembersDo",
    "MessageAsked",
    "NewActivity",
    "NoteVisit",
    "OurGroup",
    "PageDrop",
    "PageEdit",
    "PageName",
    "PagePreview",
    "PagePublish",
    "PagePutBack",
    "Pulse",
    "PutBack",
    "RegionGroup",
    "RegionOverview",
    "Regions",
    "RemoveContact",
    "RemoveMembers",
    "RemovedMembers",
    "SafeguardingPage",
    "SendMessage",
    "StartGroup",
    "Team",
    "Today",
    "WhoCame",
    "WhoCameDone",
    "WriteTo",
]

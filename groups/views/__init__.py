from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.enquiry import ConfirmEnquiry, EnquirySent, StartGroup
from groups.views.invitation import AcceptInvitation, InvitationCode
from groups.views.life import Charter, Contacts, EditContact, HealthCheckPage, OurGroup, RemoveContact, SafeguardingPage
from groups.views.manage import ManageHome, MemberList
from groups.views.message import MessageAsked, SendMessage, WriteTo
from groups.views.page import PageDrop, PageEdit, PageName, PagePreview, PagePublish, PagePutBack
from groups.views.regions import NoteVisit, RegionGroup, RegionOverview, Regions
from groups.views.team import EndRole, Handover, InvitationAgain, InvitationRevoke, Team
from groups.views.today import ManageGroup, Today

__all__ = [
    "AcceptInvitation",
    "Charter",
    "ConfirmEnquiry",
    "Contacts",
    "EditContact",
    "EndRole",
    "EnquirySent",
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
    "ManageGroup",
    "ManageHome",
    "MemberList",
    "MessageAsked",
    "NoteVisit",
    "OurGroup",
    "PageDrop",
    "PageEdit",
    "PageName",
    "PagePreview",
    "PagePublish",
    "PagePutBack",
    "RegionGroup",
    "RegionOverview",
    "Regions",
    "RemoveContact",
    "SafeguardingPage",
    "SendMessage",
    "StartGroup",
    "Team",
    "Today",
    "WriteTo",
]

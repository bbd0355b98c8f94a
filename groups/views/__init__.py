from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.invitation import AcceptInvitation, InvitationCode
from groups.views.manage import ManageHome, MemberList
from groups.views.message import MessageAsked, SendMessage, WriteTo
from groups.views.page import PageDrop, PageEdit, PageName, PagePreview, PagePublish, PagePutBack
from groups.views.team import EndRole, Handover, InvitationAgain, InvitationRevoke, Team
from groups.views.today import ManageGroup, Today

__all__ = [
    "AcceptInvitation",
    "EndRole",
    "FindGroup",
    "GroupDetail",
    "GroupList",
    "GroupsInRegion",
    "GroupsNear",
    "Handover",
    "InvitationAgain",
    "InvitationCode",
    "InvitationRevoke",
    "ManageGroup",
    "ManageHome",
    "MemberList",
    "MessageAsked",
    "PageDrop",
    "PageEdit",
    "PageName",
    "PagePreview",
    "PagePublish",
    "PagePutBack",
    "SendMessage",
    "Team",
    "Today",
    "WriteTo",
]

from groups.views.activities import ActivityList, BookingList, CancelActivity, EditActivity, NewActivity
from groups.views.booking import Book, BookAsked, BookingIcs, BookingPage
from groups.views.calendar import ActivityDetail, ActivityIcs, Calendar, CalendarIcs, CalendarMonth, CalendarNear
from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.duplicates import Duplicates, JoinMembers, KeepApart, UndoJoin
from groups.views.enquiry import ConfirmEnquiry, EnquirySent, StartGroup
from groups.views.export import ExportMembers
from groups.views.group_stories import (
    AskTeller,
    CheckStory,
    EditStory,
    GroupStories,
    GroupStory,
    NewStory,
    RemoveStoryPicture,
    StoryPicturePage,
    StoryPictureShown,
    WithdrawStory,
)
from groups.views.invitation import AcceptInvitation, InvitationCode
from groups.views.life import Charter, Contacts, EditContact, HealthCheckPage, OurGroup, RemoveContact, SafeguardingPage
from groups.views.log import Log
from groups.views.manage import ManageHome
from groups.views.members import MemberList
from groups.views.message import MessageAsked, SendMessage, WriteTo
from groups.views.page import PageDrop, PageEdit, PageName, PagePreview, PagePublish, PagePutBack
from groups.views.person import CorrectNote, ForgetMember, Member, RemoveNote
from groups.views.pulse import Pulse
from groups.views.regions import NoteVisit, RegionGroup, RegionOverview, Regions
from groups.views.removing import MembersDo, PutBack, RemovedMembers, RemoveMembers
from groups.views.stories import StoryImage, StoryList, StoryPage
from groups.views.story_mine import ChangeMyStory, MyPicture, MyStory, TakeBackStory
from groups.views.team import EndRole, Handover, InvitationAgain, InvitationRevoke, Team
from groups.views.today import ManageGroup, Today
from groups.views.who_came import WhoCame, WhoCameDone

__all__ = [
    "AcceptInvitation",
    "ActivityDetail",
    "ActivityIcs",
    "ActivityList",
    "AskTeller",
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
    "ChangeMyStory",
    "Charter",
    "CheckStory",
    "ConfirmEnquiry",
    "Contacts",
    "CorrectNote",
    "Duplicates",
    "EditActivity",
    "EditContact",
    "EditStory",
    "EndRole",
    "EnquirySent",
    "ExportMembers",
    "FindGroup",
    "ForgetMember",
    "GroupDetail",
    "GroupList",
    "GroupStories",
    "GroupStory",
    "GroupsInRegion",
    "GroupsNear",
    "Handover",
    "HealthCheckPage",
    "InvitationAgain",
    "InvitationCode",
    "InvitationRevoke",
    "JoinMembers",
    "KeepApart",
    "Log",
    "ManageGroup",
    "ManageHome",
    "Member",
    "MemberList",
    "MembersDo",
    "MessageAsked",
    "MyPicture",
    "MyStory",
    "NewActivity",
    "NewStory",
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
    "RemoveNote",
    "RemoveStoryPicture",
    "RemovedMembers",
    "SafeguardingPage",
    "SendMessage",
    "StartGroup",
    "StoryImage",
    "StoryList",
    "StoryPage",
    "StoryPicturePage",
    "StoryPictureShown",
    "TakeBackStory",
    "Team",
    "Today",
    "UndoJoin",
    "WhoCame",
    "WhoCameDone",
    "WithdrawStory",
    "WriteTo",
]

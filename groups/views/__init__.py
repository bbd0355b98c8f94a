from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.manage import ManageHome, MemberList
from groups.views.today import ManageGroup, Today

__all__ = [
    "FindGroup",
    "GroupDetail",
    "GroupList",
    "GroupsInRegion",
    "GroupsNear",
    "ManageGroup",
    "ManageHome",
    "MemberList",
    "Today",
]

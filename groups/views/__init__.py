from groups.views.directory import FindGroup, GroupDetail, GroupList, GroupsInRegion, GroupsNear
from groups.views.manage import ManageGroup, ManageHome, MemberList

__all__ = [
    "FindGroup",
    "GroupDetail",
    "GroupList",
    "GroupsInRegion",
    "GroupsNear",
    "ManageGroup",
    "ManageHome",
    "MemberList",
]

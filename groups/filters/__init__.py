"""What was asked of a list of groups or members."""

from groups.filters.group import GroupFilter
from groups.filters.member import MemberFilter

__all__ = ["GroupFilter", "MemberFilter"]

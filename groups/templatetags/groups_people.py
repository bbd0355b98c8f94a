"""How a group's members are shown to those who coordinate it."""

from django import template

from groups.models import Membership, email_state

register = template.Library()


@register.filter
def shown_address(membership: Membership) -> str:
    """Whole while they agree to the group's emails, else `a***@example.org`. Needs `may_email`."""
    return email_state.shown_address(membership)

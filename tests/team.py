"""For the world of the checks over all pages: a team with somebody who was asked, a page with a draft, a visitor."""

from datetime import timedelta

from django.utils import timezone

from groups.actions.messaging import confirm_token
from groups.models import GroupRole, Invitation, PageVersion, VisitorMessage
from groups.models.page import WORDS, fingerprint
from tests import factories as make


def furnish_team(group, coordinator, mark: str) -> list[str]:
    """Returns the canaries: what only the people of this group may read."""
    helper = make.UserFactory(name=f"Helper{mark} Canary", email=f"helper{mark}@example.org")
    make.GroupRoleFactory(group=group, user=helper, role=GroupRole.Role.HELPER)
    invitation_of(group, coordinator, email=f"asked{mark}@example.org")
    now = timezone.now()
    words = {name: getattr(group, name) for name in WORDS}
    old = words | {"about": f"Earlier{mark} Canary"}
    PageVersion.objects.create(group=group, author=coordinator, saved_at=now, published_at=now, **old)
    PageVersion.objects.create(
        group=group, author=coordinator, saved_at=now, stands_on=fingerprint(group), **words | {"about": f"Draft{mark}"}
    )
    visitor = {"name": f"Visit{mark} Canary", "email": f"visit{mark}@example.org"}
    VisitorMessage.objects.create(group=group, message="Hello", **visitor)
    return [f"{kind}{mark}" for kind in ("Helper", "helper", "asked", "Earlier", "Draft", "Visit", "visit")]


def invitation_of(group, by, **fields) -> Invitation:
    """An open invitation, sent just now."""
    now = timezone.now()
    times = {"invited_at": now, "sent_at": now, "expires_at": now + timedelta(days=7)}
    return Invitation.objects.create(group=group, invited_by=by, **{"role": GroupRole.Role.HELPER} | times | fields)


def team_tokens(group, by) -> dict[str, str]:
    """Live links to an invitation and to a message that waits."""
    message = VisitorMessage.objects.create(group=group, name="Not Yet", email="notyet@example.org", message="Hello")
    asked = invitation_of(group, by, email="linked@example.org", role=GroupRole.Role.DEPUTY)
    return {"invitation": asked.token, "message": confirm_token(message)}


def asked_of(tenant) -> int:
    return tenant.group.invitations.filter(role=GroupRole.Role.HELPER).get().pk


def helper_of(tenant) -> int:
    """One who helps to run the group, and visits no page."""
    return tenant.group.roles.get(role=GroupRole.Role.HELPER, user__name__endswith="Canary").pk


def version_of(tenant) -> int:
    return tenant.group.page_versions.published().get().pk

"""The demonstration group's team and page: who does what now and before, whom it asked, and what its page said."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from groups.models import GroupRole, Invitation, LocalGroup, PageVersion
from groups.models.page import WORDS, fingerprint
from sanctuary.people.models import User

Role = GroupRole.Role
# Name, role, since and until so many days ago.
TEAM = [
    ("Dilys Deputy", Role.DEPUTY, 400, None),
    ("Hana Helper", Role.HELPER, 120, None),
    ("Sam Safeguarding", Role.SAFEGUARDING_LEAD, 300, None),
    ("Frances Former", Role.COORDINATOR, 2000, 900),
]


def fill(coordinator: User) -> None:
    """A team around the demonstration's coordinator. The new accounts cannot sign in with a password."""
    group = LocalGroup.objects.run_by(coordinator).order_by("pk").first()
    today, now = timezone.localdate(), timezone.now()
    for name, role, since, until in TEAM:
        user = _account(name)
        ended_on = until and today - timedelta(days=until)
        GroupRole.objects.create(
            group=group, user=user, role=role, started_on=today - timedelta(days=since), ended_on=ended_on
        )
    GroupRole.objects.filter(group=group, user=coordinator).update(is_named=True)
    week = {"invited_at": now, "sent_at": now, "expires_at": now + timedelta(days=7)}
    Invitation.objects.create(group=group, email="nour@example.org", role=Role.HELPER, invited_by=coordinator, **week)
    _write_page(group, coordinator, now)


def _account(name: str) -> User:
    user = User.objects.create_user(f"{name.split()[0].lower()}.demo@example.org", name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _write_page(group: LocalGroup, coordinator: User, now) -> None:
    earlier = {name: getattr(group, name) for name in WORDS}
    ago = now - timedelta(days=200)
    PageVersion.objects.create(group=group, author=coordinator, saved_at=ago, published_at=ago, stands_on="", **earlier)
    group.offers = [LocalGroup.Offer.MEALS, LocalGroup.Offer.CONVERSATION, LocalGroup.Offer.WALKS]
    group.website = "https://www.example.org"
    group.save(update_fields=["offers", "website"])
    words = {name: getattr(group, name) for name in WORDS}
    PageVersion.objects.create(
        group=group, author=coordinator, saved_at=now, published_at=now, stands_on=fingerprint(group), **words
    )

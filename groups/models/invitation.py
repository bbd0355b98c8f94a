"""Letters that ask somebody to help to run a group, and groups given back to the national team."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from groups.models.group import LocalGroup
from groups.models.role import GroupRole
from sanctuary.people import tokens
from sanctuary.people.links import fingerprint

OPEN_FOR = timedelta(days=7)
REMIND_AFTER = timedelta(days=4)
KEEP_CLOSED = timedelta(days=30)
PURPOSE = "invitation"


class InvitationQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def open(self, now):
        return self.unanswered().filter(expires_at__gt=now)

    def for_email(self, address: str):
        return self.filter(email=address)

    def to_remind(self, now):
        """Open, sent some days ago, and not reminded yet."""
        return self.open(now).filter(reminded_at__isnull=True, sent_at__lte=now - REMIND_AFTER)

    def handovers(self):
        return self.filter(replaces__isnull=False)

    def unheard(self, now):
        """Handovers that nobody took in time, of which the one who steps down does not know yet."""
        return self.handovers().unanswered().filter(expires_at__lte=now, told_at__isnull=True)

    def spent(self, now):
        """So long over that nobody will ask: the address need not be kept."""
        over = Q(revoked_at__lte=now - KEEP_CLOSED) | Q(expires_at__lte=now - KEEP_CLOSED)
        return self.filter(over, accepted_at__isnull=True)

    def with_people(self):
        return self.select_related("invited_by", "replaces__user")


class Invitation(models.Model):
    """A letter to one address, asking its owner to do something for a group. It may hand a role over on a day."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True, help_text="Empty once it was accepted: the account knows it.")
    role = models.CharField(max_length=20, choices=GroupRole.Role)
    replaces = models.ForeignKey(GroupRole, null=True, blank=True, on_delete=models.CASCADE, related_name="handovers")
    starts_on = models.DateField(null=True, blank=True, help_text="The day of a handover; else on accepting.")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations_sent")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    sent_count = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_accepted"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "email", "role"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="groups_one_open_invitation",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="groups_one_open_handover",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="groups_invitation_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, starts_on__isnull=True)
                | Q(replaces__isnull=False, starts_on__isnull=False),
                name="groups_handover_has_a_day",
            ),
        ]

    def __str__(self):
        return f"Invitation {self.pk} to {self.group_id}"

    def is_open(self, now) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now

    @property
    def token(self) -> str:
        """Opens this invitation, and only while it goes to this address."""
        return tokens.make(PURPOSE, self.pk, fingerprint(self.email))


class HandBackQuerySet(models.QuerySet):
    def open(self):
        return self.filter(settled_at__isnull=True)

    def with_group(self):
        return self.select_related("group", "asked_by", "settled_by")


class HandBack(models.Model):
    """Nobody was found to coordinate a group, so it goes back to the national team, who decide what becomes of it."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="hand_backs")
    last_day = models.DateField(help_text="From this day the group has no coordinator.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="hand_backs_asked"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="hand_backs_settled"
    )

    objects = HandBackQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(settled_at__isnull=True), name="groups_one_open_hand_back"
            )
        ]

    def __str__(self):
        return f"{self.group} handed back"

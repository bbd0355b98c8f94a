from django.conf import settings
from django.db import models
from django.utils import timezone

from groups.models.group import BEGINNING_STATUSES, LocalGroup
from groups.models.shield import Shield

LONGEST_FIRST_NAME = 30
_JOINTS = str.maketrans("", "", "'’-")


def first_name_of(user) -> str:
    """For letters and public pages: letters alone, so that nobody's name is an address or an advertisement."""
    name = user.name.partition(" ")[0]
    return name if len(name) <= LONGEST_FIRST_NAME and name.translate(_JOINTS).isalpha() else ""


class GroupRoleQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(
            models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today),
            started_on__lte=today,
        )

    def open(self):
        """Roles without a last day."""
        return self.filter(ended_on__isnull=True)

    def not_over(self, today):
        """Held today, or later."""
        return self.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today))

    def over(self, today):
        return self.filter(ended_on__lte=today)

    def coordinating(self):
        return self.filter(role__in=[GroupRole.Role.COORDINATOR, GroupRole.Role.DEPUTY])

    def shown_in_public(self, today):
        """Those who agree to their first name on the group's page, unless the national shield is up over it."""
        agreed = self.current(today).coordinating().filter(is_named=True, user__is_active=True).exclude(user__name="")
        return agreed.filter(~Shield.objects.over("group")).select_related("user").order_by("started_on", "pk")


class GroupRole(models.Model):
    """What somebody does for a group, from one date to another. Rights follow from the roles held today."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", "Coordinator"
        DEPUTY = "deputy", "Deputy coordinator"
        HELPER = "helper", "Helper"
        SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
        SAFEGUARDING_DEPUTY = "safeguarding_deputy", "Safeguarding deputy"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_roles")
    role = models.CharField(max_length=20, choices=Role)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_named = models.BooleanField(default=False, help_text="They agree to their first name on the group's page.")

    objects = GroupRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user", "role"],
                condition=models.Q(ended_on__isnull=True),
                name="groups_one_open_role",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="groups_role_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.group}"

    @property
    def first_name(self) -> str:
        return first_name_of(self.user)

    def is_current(self, today) -> bool:
        return self.started_on <= today and (self.ended_on is None or self.ended_on > today)


# A role gives the right to give those below it; only who coordinates the group makes somebody coordinator.
_GIVES = {
    GroupRole.Role.COORDINATOR: list(GroupRole.Role),
    GroupRole.Role.DEPUTY: [role for role in GroupRole.Role if role != GroupRole.Role.COORDINATOR],
}


def roles_to_give(user, group) -> list[GroupRole.Role]:
    """What this person may ask others to do for the group today, and may end."""
    if not user.is_active:
        return []
    held = group.roles.current(timezone.localdate()).coordinating().filter(user=user)
    if group.status in BEGINNING_STATUSES and LocalGroup.objects.overseen_by(user).filter(pk=group.pk).exists():
        # A group that is only beginning has no members yet: whoever supports the region finds its coordinator.
        return [GroupRole.Role.COORDINATOR]
    given = {role for mine in held.values_list("role", flat=True) for role in _GIVES[mine]}
    return [role for role in GroupRole.Role if role in given]

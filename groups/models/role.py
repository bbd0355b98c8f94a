from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup
from groups.models.shield import Shield


class GroupRoleQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(
            models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today),
            started_on__lte=today,
        )

    def open(self):
        """Roles without a last day."""
        return self.filter(ended_on__isnull=True)

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
        """Never an address: somebody without a name has none."""
        return self.user.name.partition(" ")[0]

    def is_current(self, today) -> bool:
        return self.started_on <= today and (self.ended_on is None or self.ended_on > today)

"""Who supports the groups of a region, what they noted, and the way of each group through its life."""

from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup
from sanctuary.places.models import Region


class RegionalRoleQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=today), started_on__lte=today)

    def of(self, user, today):
        """The regional work this person does today; none for strangers."""
        return self.current(today).filter(user=user) if user.is_authenticated else self.none()


class RegionalRole(models.Model):
    """Somebody supports the groups of one region or nation, from one date to another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="regional_roles")
    region = models.CharField(max_length=24, choices=Region)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = RegionalRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "region"],
                condition=models.Q(ended_on__isnull=True),
                name="groups_one_open_regional_role",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="groups_regional_role_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.region}"


class SupportVisit(models.Model):
    """A regional coordinator met a group, or talked to it: a few words for whoever comes next."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="support_visits")
    on = models.DateField()
    note = models.CharField(max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["group", "on", "note"], name="groups_visit_noted_once")]

    def __str__(self):
        return f"Visit to {self.group}"


class LifeMove(models.Model):
    """A group went from one state of its life to the next: when, by whom, and why."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="life_moves")
    before = models.CharField(max_length=12, choices=LocalGroup.Status)
    after = models.CharField(max_length=12, choices=LocalGroup.Status)
    reason = models.CharField(max_length=500, blank=True)
    joined_group = models.ForeignKey(
        LocalGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Of an enquiry that was merged: the group it went to.",
    )
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.group}: {self.get_before_display()} → {self.get_after_display()}"

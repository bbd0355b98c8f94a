"""The national shield: while it is up, no public page says where people meet or who they are."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from sanctuary.places.models import Region


class ShieldQuerySet(models.QuerySet):
    def up(self):
        return self.filter(lowered_at__isnull=True)

    def over(self, group: str = "") -> Exists:
        """A condition for any query: whether the shield is up over the row's group.

        `group` is the path from the row to its group: "" for groups themselves, "group" for their activities.
        """
        path = f"{group}__" if group else ""
        network = Q(group__isnull=True, region="")
        region = Q(group__isnull=True, region=OuterRef(f"{path}region"))
        return Exists(Shield.objects.up().filter(network | region | Q(group=OuterRef(group or "pk"))))

    def over_home(self, supporter: str = "supporter") -> Exists:
        """A condition for any query: whether the shield is up over the whole region of the row's supporter."""
        region = Q(region="") | Q(region=OuterRef(f"{supporter}__region"))
        return Exists(Shield.objects.up().filter(region, group__isnull=True))

    def covers(self, group) -> bool:
        """Whether the shield is up over this group now: one short query, asked anew each time, never kept."""
        scope = Q(group=group.pk) | Q(group__isnull=True, region__in={"", group.region})
        return self.up().filter(scope).exists()

    def with_scope(self):
        return self.select_related("group", "raised_by", "lowered_by")


class Shield(models.Model):
    """Raised by national staff when groups are in danger: over the whole network, one region or one group."""

    region = models.CharField(choices=Region, max_length=24, blank=True, help_text="Empty for the whole network.")
    group = models.ForeignKey(
        "groups.LocalGroup", null=True, blank=True, on_delete=models.CASCADE, related_name="shields"
    )
    reason = models.CharField(max_length=300, help_text="For other staff. Groups do not see it.")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="shields_raised"
    )
    lowered_at = models.DateTimeField(null=True, blank=True)
    lowered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="shields_lowered"
    )

    objects = ShieldQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(group__isnull=True) | Q(region=""), name="groups_shield_over_one_thing"),
            models.UniqueConstraint(
                fields=["region", "group"],
                condition=Q(lowered_at__isnull=True),
                nulls_distinct=False,
                name="groups_one_shield_up_over_each",
            ),
            models.CheckConstraint(
                condition=Q(lowered_at__isnull=True) | Q(lowered_at__gte=models.F("raised_at")),
                name="groups_shield_lowered_after_raised",
            ),
        ]

    def __str__(self):
        return f"Shield over {self.scope}"

    @property
    def scope(self) -> str:
        if self.group:
            return self.group.name
        return self.get_region_display() or "the whole network"

    @property
    def is_up(self) -> bool:
        return self.lowered_at is None

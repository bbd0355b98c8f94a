from django.db import models

from groups.models.group import LocalGroup
from sanctuary.people.models import Supporter


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_on__isnull=True)

    def visible_to(self, user):
        """Members of the groups this person helps to run, and nobody else's."""
        return self.filter(group__in=LocalGroup.objects.run_by(user))

    def with_supporter(self):
        return self.select_related("supporter")


class Membership(models.Model):
    """A supporter's place in a local group."""

    class Source(models.TextChoices):
        PLEDGE = "pledge", "Pledged"
        JOINED = "joined", "Joined"
        IMPORTED = "imported", "Imported"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="memberships")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="memberships")
    source = models.CharField(max_length=8, choices=Source)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "supporter"],
                condition=models.Q(left_on__isnull=True),
                name="groups_one_current_membership",
            )
        ]

    def __str__(self):
        return f"{self.supporter} · {self.group}"

from django.db import models
from django.db.models.functions import Coalesce

from groups.models.attendance import Attendance
from groups.models.group import LocalGroup
from groups.models.removal import Removal
from sanctuary.people.models import CurrentPermission, Supporter, Suppression
from sanctuary.people.models.search import found_by, words_of


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_on__isnull=True)

    def visible_to(self, user):
        """Members of the groups this person coordinates, and nobody else's."""
        return self.filter(group__in=LocalGroup.objects.coordinated_by(user))

    def people(self):
        return self.filter(supporter__kind=Supporter.Kind.PERSON)

    def named(self, text):
        """People who have a name that begins so; never found by an address, which a helper may not learn."""
        words = words_of(text)
        return self.people().filter(supporter__words__begin_with=words) if words else self.none()

    def with_supporter(self):
        return self.select_related("supporter")

    def joined_since(self, day):
        return self.filter(joined_on__gte=day)

    def came_since(self, moment):
        """Members who came to an activity of their group then or later."""
        return self.filter(models.Exists(self._attendances().filter(activity__starts_at__gte=moment)))

    def never_came(self):
        """Members who never came to an activity of their group."""
        return self.filter(~models.Exists(self._attendances()))

    def with_attendance(self):
        """`came_count` and `last_came_at`: to how many activities of the group each member came, and when last."""
        came = self._attendances().order_by().values("supporter")
        times = came.annotate(times=models.Count("pk")).values("times")
        last = came.annotate(last=models.Max("activity__starts_at")).values("last")
        return self.annotate(came_count=Coalesce(models.Subquery(times), 0), last_came_at=models.Subquery(last))

    def who_came_to(self, activity):
        return self.filter(supporter__in=Attendance.objects.filter(activity=activity).values("supporter"))

    @staticmethod
    def _attendances():
        return Attendance.objects.filter(
            supporter=models.OuterRef("supporter"), activity__group=models.OuterRef("group")
        )

    def matching(self, text):
        """Members whose name, contact person or address begins so."""
        return self.filter(found_by(text, "supporter__"))

    def with_email_state(self):
        """`may_email`: whether the member's own group may email them today, for any purpose.

        A live permission for that group, an address, and no suppression of it. The gate of every mailing looks
        again, and at more; this is for a person to read.
        """
        return self.annotate(may_email=self._may_email(models.OuterRef("group__controller")))

    def may_be_emailed(self, controller_id, *, yes=True):
        """Members of the group with this controller whom it may email, or whom it may not.

        The controller is a number here, so that the database looks at this group's permissions alone.
        """
        may = self.filter(self._may_email(controller_id))
        return may if yes else self.exclude(pk__in=may.order_by().values("pk"))

    @staticmethod
    def _may_email(controller):
        permission = CurrentPermission.objects.live().filter(
            supporter=models.OuterRef("supporter"), controller=controller
        )
        silence = Suppression.objects.filter(
            models.Q(controller__isnull=True) | models.Q(controller=controller),
            email_mac=models.OuterRef("supporter__email_mac"),
        )
        return models.Exists(permission) & ~models.Exists(silence) & ~models.Q(supporter__email="")


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
    # Set when a coordinator took them off the list; empty again once that cannot be undone for them.
    removal = models.ForeignKey(Removal, null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "supporter"],
                condition=models.Q(left_on__isnull=True),
                name="groups_one_current_membership",
            ),
            models.CheckConstraint(
                condition=models.Q(removal__isnull=True) | models.Q(left_on__isnull=False),
                name="groups_removed_have_left",
            ),
        ]

    def __str__(self):
        return f"{self.supporter} · {self.group}"

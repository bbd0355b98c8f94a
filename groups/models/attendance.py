"""What came of an activity: who came by name, and how many in all. Nothing here says who is seeking sanctuary."""

from django.conf import settings
from django.db import models

from groups.models.activity import Activity
from sanctuary.people.models import Supporter

LONGEST_NOTE = 300
MOST_PEOPLE = 9_999


class AttendanceQuerySet(models.QuerySet):
    def for_group(self, group):
        return self.filter(activity__group=group)

    def between(self, start, end):
        return self.filter(activity__starts_at__gte=start, activity__starts_at__lt=end)

    def with_activity(self):
        return self.select_related("activity")

    def regulars(self, most: int) -> list[int]:
        """Numbers of supporters who belong to the group: those who came most often first, then those who came last."""
        here = self.filter(
            supporter__kind=Supporter.Kind.PERSON,
            supporter__memberships__group=models.F("activity__group"),
            supporter__memberships__left_on__isnull=True,
        )
        people = (
            here.order_by()
            .values("supporter")
            .annotate(times=models.Count("pk"), last=models.Max("activity__starts_at"))
        )
        return list(people.order_by("-times", "-last", "supporter").values_list("supporter", flat=True)[:most])


class Attendance(models.Model):
    """Somebody whom the group knows by name came to an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendances")
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="attendances")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "supporter"], name="groups_came_once_to_an_activity")
        ]

    def __str__(self):
        return f"{self.supporter} · {self.activity}"


class ActivityLogQuerySet(models.QuerySet):
    def logged(self):
        """Finished: the rest are begun only."""
        return self.filter(logged_at__isnull=False)

    def for_group(self, group):
        return self.filter(activity__group=group)

    def between(self, start, end):
        return self.filter(activity__starts_at__gte=start, activity__starts_at__lt=end)

    def totals(self) -> dict[str, int]:
        """In numbers: activities logged, people met, those with contact between strangers, those co-run, reached."""
        yes = models.Q(contact__in=[ActivityLog.Contact.YES, ActivityLog.Contact.LITTLE])
        found = self.logged().aggregate(
            activity_count=models.Count("pk"),
            met_count=models.Sum("total_count", default=0),
            contact_count=models.Count("pk", filter=yes),
            co_run_count=models.Count("pk", filter=models.Q(is_co_run=True)),
            reached_count=models.Sum("reached_count", default=0),
        )
        shares = {"contact": found["contact_count"], "co_run": found["co_run_count"]}
        whole = found["activity_count"]
        return found | {f"{name}_share": round(100 * count / whole) if whole else 0 for name, count in shares.items()}


class ActivityLog(models.Model):
    """How an activity went, in numbers. The people among them who are seeking sanctuary are a rough number only."""

    class Seeking(models.TextChoices):
        NONE = "0", "None"
        FEW = "1-2", "1 or 2"
        SOME = "3-5", "3 to 5"
        SEVERAL = "6-10", "6 to 10"
        MANY = "11-20", "11 to 20"
        MOST = "21+", "More than 20"
        UNSAID = "unsaid", "We would rather not say"

    class Contact(models.TextChoices):
        YES = "yes", "Yes"
        LITTLE = "little", "A little"
        NO = "no", "No"

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="log")
    # Everybody, with those who are named: somebody who is forgotten later is still counted.
    total_count = models.PositiveSmallIntegerField(null=True, blank=True)
    seeking = models.CharField(max_length=8, choices=Seeking, blank=True)
    contact = models.CharField(max_length=8, choices=Contact, blank=True)
    is_co_run = models.BooleanField(null=True, blank=True)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    # Of an awareness session; its stream stands with the activity.
    reached_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # Goes up when an answer changes, so that of two people who write at once the second is told.
    edition = models.PositiveIntegerField(default=0, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    logged_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(logged_at__isnull=True)
                | (models.Q(total_count__isnull=False) & ~models.Q(seeking="") & ~models.Q(contact="")),
                name="groups_logged_only_with_answers",
            ),
            models.CheckConstraint(
                condition=models.Q(total_count__isnull=True) | models.Q(total_count__lte=MOST_PEOPLE),
                name="groups_log_total_is_sane",
            ),
        ]

    def __str__(self):
        return f"Log of {self.activity}"

    @property
    def fewest_seeking(self) -> int:
        """The least that the range means."""
        return int(self.seeking.rstrip("+").partition("-")[0]) if self.seeking not in ("", self.Seeking.UNSAID) else 0

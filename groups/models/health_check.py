from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup

# What each answer is asked by, in order.
QUESTIONS = {
    "state": "Is your group active?",
    "contacts_current": "Are your contacts and their telephone numbers right?",
    "safeguarding_current": "Are the dates on your safeguarding page right?",
    "safeguarding_known": "Do all your volunteers know whom to tell when they are worried?",
    "voice": "Do people seeking sanctuary take part in your decisions?",
    "activities": "How many activities did you hold in the last 12 months?",
    "volunteers": "About how many volunteers do you have?",
    "meetings": "How often do the people who run the group meet?",
    "money": "Do you have the money you need for the next 12 months?",
    "glad_of": "What are you glad of?",
    "help_needed": "What would help you most?",
}
WORDS = ["glad_of", "help_needed"]
CHOICES = [name for name in QUESTIONS if name not in WORDS]


class HealthCheckQuerySet(models.QuerySet):
    def submitted(self):
        return self.filter(submitted_at__isnull=False).order_by("-submitted_at", "-pk")

    def drafts(self):
        return self.filter(submitted_at__isnull=True)


class HealthCheck(models.Model):
    """How a group is, once a year in its own words. A draft is the group's alone; once sent it does not change."""

    class State(models.TextChoices):
        ACTIVE = "active", "Yes, we are active"
        RESTING = "resting", "We need a rest"
        ENDING = "ending", "We would like to end"

    class YesNo(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "Not quite"

    class Known(models.TextChoices):
        ALL = "all", "Yes, everyone"
        SOME = "some", "Some do"
        NO = "no", "Not yet"

    class Voice(models.TextChoices):
        DECIDE = "decide", "Yes, they decide with us"
        ASKED = "asked", "We ask them, but they do not decide"
        NOT_YET = "not_yet", "Not yet"

    class Activities(models.TextChoices):
        NONE = "none", "None"
        FEW = "few", "1 to 5"
        SOME = "some", "6 to 20"
        MANY = "many", "More than 20"

    class Volunteers(models.TextChoices):
        FEW = "few", "1 to 4"
        SOME = "some", "5 to 9"
        MANY = "many", "10 to 24"
        CROWD = "crowd", "25 or more"

    class Meetings(models.TextChoices):
        MONTHLY = "monthly", "Every month or more often"
        QUARTERLY = "quarterly", "A few times a year"
        RARELY = "rarely", "Once a year or less"

    class Money(models.TextChoices):
        ENOUGH = "enough", "Yes"
        WORRIED = "worried", "We are worried about it"
        NONE = "none", "We need none"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="health_checks")
    state = models.CharField(max_length=8, choices=State, blank=True)
    contacts_current = models.CharField(max_length=4, choices=YesNo, blank=True)
    safeguarding_current = models.CharField(max_length=4, choices=YesNo, blank=True)
    safeguarding_known = models.CharField(max_length=4, choices=Known, blank=True)
    voice = models.CharField(max_length=8, choices=Voice, blank=True)
    activities = models.CharField(max_length=4, choices=Activities, blank=True)
    volunteers = models.CharField(max_length=5, choices=Volunteers, blank=True)
    meetings = models.CharField(max_length=9, choices=Meetings, blank=True)
    money = models.CharField(max_length=8, choices=Money, blank=True)
    glad_of = models.TextField(blank=True)
    help_needed = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = HealthCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(submitted_at__isnull=True),
                name="groups_one_health_check_draft",
            )
        ]

    def __str__(self):
        return f"Health check of {self.group}"

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Each question with what was answered, in words."""
        return [(words, self._answer(name)) for name, words in QUESTIONS.items()]

    def _answer(self, name: str) -> str:
        in_words = getattr(self, f"get_{name}_display", None)
        return in_words() if in_words else getattr(self, name)

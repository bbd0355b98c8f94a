"""Two questions that guests answer after an activity, on their own phones, without saying who they are."""

from django.db import models

from groups.models.activity import Activity

SHOWN_FROM = 5


class PulseAnswerQuerySet(models.QuerySet):
    def for_activity(self, activity):
        return self.filter(activity=activity)

    def for_group(self, group):
        return self.filter(activity__group=group)

    def between(self, start, end):
        return self.filter(activity__starts_at__gte=start, activity__starts_at__lt=end)

    def results(self) -> dict[str, int] | None:
        """How many answered, and how. None below five: so few could be told apart."""
        understood = PulseAnswer.Understanding
        found = self.aggregate(
            answer_count=models.Count("pk"),
            understand_count=models.Count("pk", filter=models.Q(understanding__in=[understood.LOT, understood.LITTLE])),
            understanding_asked=models.Count("pk", filter=~models.Q(understanding="")),
            willing_count=models.Count("pk", filter=models.Q(wish=PulseAnswer.Wish.YES)),
            wish_asked=models.Count("pk", filter=~models.Q(wish="")),
        )
        for count, asked in (("understand_count", "understanding_asked"), ("willing_count", "wish_asked")):
            if found[asked] < SHOWN_FROM:
                found[count] = found[asked] = 0
        return found if found["answer_count"] >= SHOWN_FROM else None


class PulseAnswer(models.Model):
    """What one guest answered. No name, no moment, no address: nothing leads back to anybody."""

    class Understanding(models.TextChoices):
        LOT = "lot", "Yes, a lot"
        LITTLE = "little", "Yes, a little"
        NO = "no", "No"

    class Wish(models.TextChoices):
        YES = "yes", "Yes"
        MAYBE = "maybe", "Maybe"
        NO = "no", "Not now"

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="pulse_answers")
    understanding = models.CharField(max_length=8, choices=Understanding, blank=True)
    wish = models.CharField(max_length=8, choices=Wish, blank=True)

    objects = PulseAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(understanding="", wish=""), name="groups_pulse_answers_something"
            )
        ]

    def __str__(self):
        return f"Pulse of {self.activity}"

"""Names that may stand in public once national staff have looked at them."""

from django.conf import settings
from django.db import models


class Refusal(models.TextChoices):
    UNFIT = "unfit", "The name cannot stand in public"
    DOUBLE = "double", "We count them already"
    NOT_THEIRS = "not_theirs", "It does not come from whom it names"


# It was never theirs to give, or is counted elsewhere: such a row counts no more. An unfit name alone still counts.
ENDING = {Refusal.DOUBLE, Refusal.NOT_THEIRS}


class NamedQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False, withdrawn_at__isnull=True)

    def of_people(self):
        return self.filter(kind="person")

    def of_organisations(self):
        return self.filter(kind="organisation")

    def name_may_stand(self):
        """Staff have looked, and found nothing against it."""
        return self.filter(name_checked_at__isnull=False, name_refusal="")

    def name_waits(self):
        return self.confirmed().filter(name_checked_at__isnull=True)


class Named(models.Model):
    """What pledges and endorsements share: a name that waits for a look. A refusal is a look that found a reason."""

    name_checked_at = models.DateTimeField(null=True, blank=True)
    name_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name_refusal = models.CharField(max_length=10, choices=Refusal, blank=True)

    class Meta:
        abstract = True


def refused_by_looking(name: str) -> models.CheckConstraint:
    """Nobody's name is refused unseen."""
    condition = models.Q(name_refusal="") | models.Q(name_checked_at__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)

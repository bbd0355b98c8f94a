"""How often an action was taken, in the whole country and in each constituency: added up, not counted anew.

A trigger of the database writes each change as a row of its own, in the transaction of the act, so that the number is
true at every moment and nobody waits for anybody. The clock adds the rows up.
"""

from django.db import models
from django.db.models.functions import Coalesce

from campaigns.models.action import Action

WHOLE = ""


class TallyQuerySet(models.QuerySet):
    def whole(self):
        """All acts, wherever from."""
        return self.filter(constituency_code=WHOLE)

    def by_place(self):
        """Pairs of constituency and number, for those with anybody in them."""
        places = self.exclude(constituency_code=WHOLE).order_by().values_list("constituency_code")
        return places.annotate(number=models.Sum("number")).filter(number__gt=0)

    def total(self) -> int:
        return self.aggregate(total=Coalesce(models.Sum("number"), 0))["total"]


class Tally(models.Model):
    """So many more, or fewer, acts that count. A number is the sum of its rows."""

    # The database has the key, with ON DELETE CASCADE: what its trigger writes on the way would be missed here.
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="tallies", db_constraint=False)
    constituency_code = models.CharField(max_length=9, blank=True, default=WHOLE)
    number = models.BigIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [models.Index(fields=["action", "constituency_code"], include=["number"], name="campaigns_tally_sum")]

    def __str__(self):
        return f"{self.action_id} {self.constituency_code or 'all'}: {self.number:+}"

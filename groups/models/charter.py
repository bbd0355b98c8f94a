from django.conf import settings
from django.db import models

from groups.models.group import LocalGroup
from sanctuary.people.models import Wording

CHARTER = "group-charter"


class CharterSignatureQuerySet(models.QuerySet):
    def for_group(self, group):
        return self.filter(group=group).select_related("wording").order_by("-signed_on", "-pk")


class CharterSignature(models.Model):
    """A group signed one version of the Charter: who signed for it, in which role, and when."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="charter_signatures")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, blank=True, help_text="Empty once this person has been forgotten.")
    role = models.CharField(max_length=100)
    signed_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = CharterSignatureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "wording"], name="groups_charter_signed_once")]

    def __str__(self):
        return f"{self.group} signed {self.wording}"

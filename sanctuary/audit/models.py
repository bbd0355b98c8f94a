"""The audit log. It names people by value, not by reference, so that it outlives what it speaks of."""

from django.db import models


class EntryQuerySet(models.QuerySet):
    def about(self, instance):
        return self.filter(noun=instance._meta.label_lower, noun_id=str(instance.pk))


class Entry(models.Model):
    """Who did what to which thing, and when. The database refuses to change or delete it."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=60, help_text="`user:12`, `supporter:7`, `clock`")
    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=60)
    noun_id = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["noun", "noun_id"], name="audit_noun")]

    def __str__(self):
        return f"{self.actor} {self.verb} {self.noun}:{self.noun_id}"

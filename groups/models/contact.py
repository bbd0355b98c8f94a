from django.db import models

from groups.models.group import LocalGroup

FEWEST_CONTACTS = 3
MOST_CONTACTS = 5


class GroupContactQuerySet(models.QuerySet):
    def for_group(self, group):
        return self.filter(group=group).order_by("created_at", "pk")


class GroupContact(models.Model):
    """One of the three to five people whom the network calls about a group. Never public; deleted when it ends."""

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30)
    email = models.EmailField()
    role = models.CharField(max_length=100, help_text="What they do in the group.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GroupContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "email"], name="groups_contact_once_each")]

    def __str__(self):
        return f"Contact {self.pk} of {self.group}"

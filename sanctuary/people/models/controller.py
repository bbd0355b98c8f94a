"""Who decides about personal data: the national charity, one local group, or a partner of a campaign."""

from django.db import models


class ControllerQuerySet(models.QuerySet):
    def national(self) -> "Controller":
        """The one national controller. Raises Controller.DoesNotExist before the first set-up."""
        return self.get(kind=Controller.Kind.NATIONAL)


class Controller(models.Model):
    """A data controller that may ask people for permission to email them, and what its mail must say about itself."""

    class Kind(models.TextChoices):
        NATIONAL = "national", "National charity"
        GROUP = "group", "Local group"
        # Owns a campaign with us. Its permissions let us tell it about people; they never let us write to anybody.
        PARTNER = "partner", "Partner organisation"

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=150)
    is_charity = models.BooleanField(default=False, help_text="Only a charity may rely on the charity soft opt-in.")
    charity_number = models.CharField(max_length=20, blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    reply_to = models.EmailField(blank=True, help_text="A role mailbox, never a person's own.")

    objects = ControllerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="national"),
                name="people_one_national_controller",
            )
        ]

    def __str__(self):
        return self.name

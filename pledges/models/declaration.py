"""The Birmingham Declaration of 2014: its words, its principles, and the goals of the Summit that adopted it."""

from django.db import models

from sanctuary.people.models import Wording

WORDING = "birmingham-declaration"


class DeclarationQuerySet(models.QuerySet):
    def with_parts(self):
        return self.prefetch_related("principles", "goals")


class Declaration(models.Model):
    """The words that people and organisations endorse. A change of them is a new version: see `Wording`."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    adopted_on = models.DateField()
    adopted_at = models.CharField(max_length=200, help_text="Where and by whom, in one line.")
    text = models.TextField(
        blank=True,
        help_text=(
            "To be completed by the charity: only the principles below were found in public. Markdown. "
            "Empty, the page shows the principles alone. A change is a new version; whoever has endorsed keeps theirs."
        ),
    )
    version = models.PositiveSmallIntegerField(default=0)
    superseded_by_note = models.TextField(blank=True, help_text="Shown on the page. Empty: nothing is shown.")
    superseded_source = models.URLField(blank=True)
    historic_count = models.PositiveIntegerField(null=True, blank=True)
    historic_words = models.CharField(
        max_length=120, blank=True, help_text="Shown apart from today's count, and never added to it."
    )
    historic_year = models.PositiveSmallIntegerField(null=True, blank=True)
    historic_source = models.URLField(blank=True)

    objects = DeclarationQuerySet.as_manager()

    def __str__(self):
        return self.title

    @property
    def words(self) -> str:
        """All that is endorsed, as one text."""
        parts = [self.title, self.text.strip()]
        parts += [f"{part.number}. {part.name}\n{part.text.strip()}".strip() for part in self.principles.all()]
        return "\n\n".join(part for part in parts if part)

    def wording(self) -> Wording:
        """The version that is endorsed today. Raises Wording.DoesNotExist."""
        return Wording.objects.current(WORDING)


class PartQuerySet(models.QuerySet):
    pass


class Part(models.Model):
    """A numbered part, with the charity's own explanation where it has given one."""

    number = models.PositiveSmallIntegerField()
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    text = models.TextField(blank=True, help_text="To be completed by the charity. Empty: the name stands alone.")

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}. {self.name}"


class DeclarationPrinciple(Part):
    """One of the five core principles of the Declaration."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="principles")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="pledges_each_principle_has_its_number")
        ]


class SummitGoal(Part):
    """One of the eight goals of the Sanctuary Summit."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="goals")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="pledges_each_goal_has_its_number")
        ]

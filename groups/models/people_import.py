"""People brought in from a file: the file itself for as long as it is needed, and what each of its rows became."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from groups.models.group import LocalGroup
from sanctuary.people.models import Permission, Supporter, Wording

MOST_BYTES = 25 * 1024 * 1024
TOO_BIG = "This file is bigger than 25 MB. Cut it into smaller files and upload them one by one"
# What a file can be a yes to. Awards are asked about where one applies.
PURPOSES = [Permission.Purpose.NEWS, Permission.Purpose.ACTIVITIES, Permission.Purpose.CAMPAIGNS]
UNDO_FOR = timedelta(days=7)
KEEP_UNTOUCHED_FOR = timedelta(hours=24)


class Column(models.TextChoices):
    """What a column of a file may hold."""

    UNUSED = "", "Do not use"
    NAME = "name", "Whole name"
    FIRST = "first", "First name"
    LAST = "last", "Last name"
    EMAIL = "email", "Email address"
    POSTCODE = "postcode", "Postcode"
    SAYS = "says", "Emails: yes or no"
    STOPS = "stops", "Unsubscribed or bounced"


class PeopleImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the groups whose people this person looks after, and nobody else's."""
        return self.filter(group__in=LocalGroup.objects.coordinated_by(user))

    def at_work(self):
        """A worker has something to do for these."""
        return self.filter(state__in=PeopleImport.WORKING)

    def waiting(self):
        """Somebody has something to do before these change anything."""
        return self.filter(state__in=PeopleImport.WAITING)

    def holding_a_file(self):
        """Begun and neither taken over nor given up: the file as it came is still here."""
        return self.filter(state__in=[*PeopleImport.WAITING, PeopleImport.State.CHECKING])

    def abandoned(self, now):
        return self.holding_a_file().filter(touched_at__lt=now - KEEP_UNTOUCHED_FOR)

    def past_undoing(self, now):
        """Nothing of these can be undone any more, so nothing about their rows need be known."""
        return self.filter(state=PeopleImport.State.DONE, finished_at__lt=now - UNDO_FOR)

    def shown(self, now):
        """What a coordinator may still want to come back to."""
        return self.filter(touched_at__gte=now - UNDO_FOR).order_by("-pk")


class PeopleImport(models.Model):
    """One file of people, from its upload to the day when it can no longer be undone."""

    class State(models.TextChoices):
        MATCHING = "matching", "Match the columns"
        ASKING = "asking", "Say how people agreed to emails"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked: ready to import"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        STOPPED = "stopped", "Not imported"

    WAITING = [State.MATCHING, State.ASKING, State.CHECKED]
    WORKING = [State.CHECKING, State.IMPORTING, State.UNDOING]

    class Agreed(models.TextChoices):
        NO = "no", "They did not, or we do not know"
        YES = "yes", "They ticked a box or told us, and we can show when"

    group = models.ForeignKey(LocalGroup, on_delete=models.CASCADE, related_name="people_imports")
    state = models.CharField(max_length=9, choices=State, default=State.MATCHING)
    file_name = models.CharField(max_length=100)
    delimiter = models.CharField(max_length=1)
    headings = models.JSONField(default=list, help_text="The words at the head of each column, in order.")
    columns = models.JSONField(default=list, help_text="What each column holds.")
    byte_count = models.PositiveBigIntegerField()
    # Where the first row of people begins, and where the next row to read does: in bytes, and counted as rows.
    first_byte = models.PositiveBigIntegerField(default=0)
    first_row = models.PositiveIntegerField(default=1)
    next_byte = models.PositiveBigIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=1)
    # The last row that was imported, or undone.
    done_row = models.PositiveIntegerField(default=0)
    agreed = models.CharField(max_length=3, choices=Agreed, blank=True)
    wording = models.ForeignKey(Wording, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_on = models.DateField(null=True, blank=True)
    told_where = models.CharField(max_length=100, blank=True)
    purposes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    stopped_because = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["state"],
                condition=models.Q(state__in=["checking", "importing", "undoing"]),
                name="groups_import_at_work",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(agreed="yes")
                | models.Q(wording__isnull=False, told_on__isnull=False) & ~models.Q(told_where=""),
                name="groups_import_says_how_they_agreed",
            )
        ]

    def __str__(self):
        return self.file_name

    @property
    def source(self) -> str:
        """What the permission ledger says of where it came from."""
        return f"import:{self.pk}"

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def working_words(self) -> str:
        """What is being done to it, as a heading."""
        words = {
            self.State.CHECKING: "Checking every row",
            self.State.IMPORTING: "Importing",
            self.State.UNDOING: "Undoing",
        }
        return words.get(self.state, "")

    @property
    def progress(self) -> tuple[int, int, str]:
        """How far a worker has come: done, of how many, of what."""
        if self.state == self.State.CHECKING:
            return self.next_byte // 1000, max(1, self.byte_count // 1000), "kilobytes read"
        return self.done_row, max(1, self.next_row - 1), "rows"

    @property
    def undo_until(self):
        return self.finished_at and self.finished_at + UNDO_FOR

    def can_be_undone(self, now) -> bool:
        return self.state == self.State.DONE and now < self.undo_until

    @property
    def purpose_words(self) -> str:
        words = dict(Permission.Purpose.choices)
        *most, last = [words[purpose].lower() for purpose in self.purposes] or [""]
        return f"{', '.join(most)} and {last}" if most else last


class ImportPart(models.Model):
    """A piece of the file, as UTF-8. Web and worker may be on two machines, so it is kept here and not on a disk."""

    people_import = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["people_import", "number"], name="groups_import_part_unique"),
        ]

    def __str__(self):
        return f"Part {self.number} of {self.people_import_id}"


class ImportRowQuerySet(models.QuerySet):
    def not_imported(self):
        return self.filter(outcome__in=[ImportRow.Outcome.TWICE, ImportRow.Outcome.PROBLEM]).order_by("number")

    def about(self, supporter):
        """Rows that became this person, or speak of somebody of this name at this address."""
        same = models.Q(email_mac=supporter.email_mac, name__iexact=supporter.name)
        mine = models.Q(supporter=supporter)
        return self.filter(mine | same if supporter.email_mac else mine)


class ImportRow(models.Model):
    """One row of a file, read and judged. Who was typed here is no supporter until the import begins."""

    class Outcome(models.IntegerChoices):
        NEW = 0, "New"
        HERE = 1, "Already here"
        TWICE = 2, "Twice in the file"
        PROBLEM = 3, "With a problem"

    class Emails(models.IntegerChoices):
        AS_THE_FILE = 0, "As said for the whole file"
        UNSURE = 1, "The row does not say yes"
        STOP = 2, "The row says no"

    pk = models.CompositePrimaryKey("people_import_id", "number")
    people_import = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="As a spreadsheet counts rows.")
    outcome = models.PositiveSmallIntegerField(choices=Outcome)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    email_mac = models.BinaryField(max_length=32, default=b"", db_index=True)
    postcode = models.CharField(max_length=8, blank=True)
    emails = models.PositiveSmallIntegerField(choices=Emails, default=Emails.AS_THE_FILE)
    cells = models.JSONField(default=list, help_text="As they came, for the file of rows to mend.")
    problem_column = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    # What the import did for this row, so that it can be undone.
    supporter = models.ForeignKey(Supporter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    membership_id = models.BigIntegerField(null=True, blank=True)
    made_supporter = models.BooleanField(default=False)
    filled_postcode = models.BooleanField(default=False)

    objects = ImportRowQuerySet.as_manager()

    def __str__(self):
        return f"Row {self.number} of {self.people_import_id}"

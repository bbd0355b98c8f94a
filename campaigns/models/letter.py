"""Letters to representatives: what a campaign asks for, and what somebody is writing, sealed until it is sent."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from campaigns.models.action import Action
from sanctuary.people.address import mac
from sanctuary.people.sealed import seal, unseal
from sanctuary.places.models import House, Nation

KEPT_FOR = timedelta(hours=24)
KEPT_WITH_REMINDER = timedelta(days=7)
TRIES_TO_OPEN = 5

LONGEST_PROMPT = 160
LONGEST_FACT = 300


class LetterAsk(models.Model):
    """What a letter asks for, and questions that help to write it. There is no letter here to copy, by design."""

    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="letter_ask")
    house = models.CharField("who is written to", max_length=12, choices=House, default=House.COMMONS)
    question = models.CharField(
        "the one thing to ask", max_length=200, help_text="A question they can answer with yes or no: Will you …?"
    )
    prompt_1 = models.CharField(
        "first prompt",
        max_length=LONGEST_PROMPT,
        blank=True,
        help_text="A question that the writer answers in their own words: Who have you met?",
    )
    prompt_2 = models.CharField("second prompt", max_length=LONGEST_PROMPT, blank=True)
    prompt_3 = models.CharField("third prompt", max_length=LONGEST_PROMPT, blank=True)

    class Meta:
        verbose_name = "letter"
        constraints = [
            models.CheckConstraint(condition=models.Q(question__endswith="?"), name="campaigns_letter_asks_a_question"),
        ]

    def __str__(self):
        return self.question

    def clean(self):
        self.question = " ".join(self.question.split())
        if not self.question.endswith("?"):
            raise ValidationError(
                {"question": "Ask one question that can be answered yes or no, and end it with a question mark."}
            )

    @property
    def prompts(self) -> list[str]:
        return [prompt for prompt in (self.prompt_1, self.prompt_2, self.prompt_3) if prompt]


class DevolvedNote(models.Model):
    """In this nation somebody else decides the matter: what people there are told, and whom they can write to."""

    ask = models.ForeignKey(LetterAsk, on_delete=models.CASCADE, related_name="devolved_notes")
    nation = models.CharField(max_length=16, choices=Nation)
    note = models.CharField(max_length=300, help_text="One or two plain sentences: who decides it there.")
    house = models.CharField(
        "who to write to there",
        max_length=12,
        choices=House,
        blank=True,
        help_text="Empty: nobody else, only the note is shown.",
    )

    class Meta:
        ordering = ["nation"]
        constraints = [models.UniqueConstraint(fields=["ask", "nation"], name="campaigns_one_devolved_note_a_nation")]

    def __str__(self):
        return f"{self.nation}: {self.note}"


class LocalFactQuerySet(models.QuerySet):
    def best_for(self, constituency_code: str) -> "LocalFact | None":
        """The fact about this place; else one that is true everywhere."""
        return self.filter(constituency_code__in={constituency_code, ""}).order_by("-constituency_code", "pk").first()


class LocalFact(models.Model):
    """One thing that is true where the writer lives, and who says so."""

    ask = models.ForeignKey(LetterAsk, on_delete=models.CASCADE, related_name="facts")
    constituency_code = models.CharField(
        "constituency", max_length=9, blank=True, help_text="Empty: true everywhere, shown where there is no other."
    )
    text = models.CharField("the fact", max_length=LONGEST_FACT)
    source = models.CharField("who says so", max_length=200)

    objects = LocalFactQuerySet.as_manager()

    class Meta:
        ordering = ["constituency_code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ask", "constituency_code"], name="campaigns_one_fact_a_constituency")
        ]

    def __str__(self):
        return self.text


@dataclass
class Letter:
    """What somebody typed, and what we found out about where to send it."""

    postcode: str = ""
    constituency: str = ""
    representative: int = 0
    house: str = ""
    name: str = ""
    address: str = ""
    text: str = ""
    email: str = ""
    # Somebody who came from an email of ours, and which: their mailbox is proven already.
    supporter: int = 0
    mailing: int = 0
    from_code: str = ""
    with_code: str = ""


class LetterDraftQuerySet(models.QuerySet):
    def kept(self, now):
        return self.filter(expires_at__gt=now)

    def overdue(self, now):
        return self.filter(expires_at__lte=now)

    def to_remind(self, now):
        return self.kept(now).filter(remind_at__lte=now, reminded_at__isnull=True)

    def for_address(self, address: str):
        return self.filter(email_mac=mac(address)) if address else self.none()


class LetterDraft(models.Model):
    """A letter in the making. Sealed, so that the database alone tells nobody who writes or what; gone in a day."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField()
    # Finds the draft of somebody who asks to be forgotten, or to be reminded; says no address.
    email_mac = models.BinaryField(max_length=32, default=b"", db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    objects = LetterDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reminded_at__isnull=True) | models.Q(remind_at__isnull=False),
                name="campaigns_reminded_as_asked",
            ),
        ]

    def __str__(self):
        return f"Letter for {self.action.campaign}"

    def read(self) -> Letter | None:
        """None when it was sealed with another key: then nobody can open it."""
        try:
            return Letter(**json.loads(unseal(self.sealed)))
        except InvalidToken:
            return None

    def write(self, letter: Letter) -> None:
        self.sealed = seal(json.dumps(asdict(letter)))


class LetterPrint(models.Model):
    """Hashes of a letter that was sent, with a key of the server: enough to know a copy, not to read a word."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="+")
    hashes = models.BinaryField()

    class Meta:
        verbose_name = "print of a letter"

    def __str__(self):
        return f"Print {self.pk}"

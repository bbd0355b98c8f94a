"""Greeting those who have just pledged: one by one, or with a letter to all that are ticked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup
from pledges.models import Pledge, WelcomeLetter
from sanctuary.audit.actions import record
from sanctuary.people import links
from sanctuary.people.models import Controller, Supporter
from sanctuary.post.actions import queue

FIRST_WORDS = (
    "Thank you for your pledge. We are glad to have you with us.\n\n"
    "The best way to get to know us is to come to something. You need not know anybody, and you can bring a friend.\n\n"
    "Do you have a question? Just answer this email."
)


@dataclass(frozen=True)
class Welcomed:
    """How many got the letter, and how many were only marked, because they want no email."""

    written: int
    marked: int


@transaction.atomic
def greet_pledger(pledge: Pledge, *, by) -> Pledge:
    """Somebody from the group has welcomed this person. Harmless to repeat: the first greeting stays."""
    pledge = Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk)
    if pledge.greeted_at:
        return pledge
    if not pledge.is_confirmed:
        raise ValidationError("This pledge is not confirmed yet.", code="unconfirmed")
    return _mark(pledge, by)


def _mark(pledge: Pledge, by) -> Pledge:
    pledge.greeted_at, pledge.greeted_by = timezone.now(), by
    pledge.save(update_fields=["greeted_at", "greeted_by"])
    record("pledges.greet", pledge, by=by)
    return pledge


def welcome_words(group: LocalGroup) -> str:
    """The letter as it was sent last, or a first suggestion."""
    return WelcomeLetter.objects.filter(group=group).values_list("text", flat=True).first() or FIRST_WORDS


@transaction.atomic
def welcome_pledgers(group: LocalGroup, pledges: Iterable[int], *, text: str, by) -> Welcomed:
    """Greet these pledgers of the group: one letter each to whom it may write today, the others are only marked.

    Those greeted before, and other groups' pledgers, are left alone: harmless to repeat. The text is kept for later.
    """
    text = text.strip()
    if not text:
        raise ValidationError("Write the letter", code="empty")
    mine = Pledge.objects.for_group(group).to_greet().filter(pk__in=list(pledges)).order_by("pk")
    locked = [pledge.pk for pledge in mine.select_for_update(of=("self",))]
    # Asked only now: somebody may have said no while this waited for the rows.
    waiting = Pledge.objects.filter(pk__in=locked).select_related("supporter").order_by("pk")
    today, written = timezone.localdate(), 0
    for pledge in waiting.with_may_email(group.controller_id):
        _mark(pledge, by)
        if pledge.may_email and pledge.supporter.email and not _rests(pledge.supporter, today):
            _write(group, pledge, text)
            written += 1
    _keep_words(group, text)
    return Welcomed(written=written, marked=len(locked) - written)


def _rests(person: Supporter, today: date) -> bool:
    """They asked for no emails for some weeks."""
    return person.emails_paused_until is not None and person.emails_paused_until > today


def _keep_words(group: LocalGroup, text: str) -> None:
    letter = {"text": text, "changed_at": timezone.now()}
    WelcomeLetter.objects.update_or_create(group=group, defaults=letter)


def _write(group: LocalGroup, pledge: Pledge, text: str) -> None:
    person = pledge.supporter
    token = links.choices_token(person.pk, 0, group.controller_id)
    context = {
        "group": group,
        "name": person.contact_name or person.name,
        "text": text,
        "choices_url": links.absolute("people:choices", token),
        "group_url": links.absolute("groups:detail", group.slug),
    }
    reply_to = group.controller.reply_to or group.mailbox or Controller.objects.national().reply_to
    queue("pledges/welcome", to=person.email, context=context, reply_to=reply_to)

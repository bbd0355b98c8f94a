"""A letter that waits for tomorrow, and what is forgotten or told of letters that wait."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from campaigns.actions.writing import locked, opened
from campaigns.models import LetterDraft
from campaigns.models.letter import KEPT_WITH_REMINDER, TRIES_TO_OPEN
from sanctuary.people import links, tokens
from sanctuary.people.address import canon, mac
from sanctuary.people.models import Supporter
from sanctuary.places.postcode import InvalidPostcode, parse
from sanctuary.post.actions import queue_sparingly

BACK = "letter-back"
REMIND_AT_HOUR = 9
SOONEST_REMINDER = timedelta(hours=6)


@transaction.atomic
def remind_tomorrow(draft: LetterDraft, email: str) -> LetterDraft:
    """One letter the next morning, and the draft is kept for a week. Asked again, it is moved."""
    draft = locked(draft)
    address = canon(email)
    draft.write(replace(opened(draft), email=address))
    draft.email_mac = mac(address)
    draft.remind_at, draft.reminded_at = next_morning(timezone.now()), None
    draft.expires_at = draft.created_at + KEPT_WITH_REMINDER
    draft.save(update_fields=["sealed", "email_mac", "remind_at", "reminded_at", "expires_at"])
    return draft


def next_morning(now: datetime) -> datetime:
    """The next nine o'clock in London that is not quite soon."""
    morning = timezone.localtime(now).replace(hour=REMIND_AT_HOUR, minute=0, second=0, microsecond=0)
    while morning < now + SOONEST_REMINDER:
        morning += timedelta(days=1)
    return morning


@transaction.atomic
def remind(draft: LetterDraft) -> None:
    """Send the reminder that was asked for, once. The link opens the letter to whoever knows its postcode."""
    draft = LetterDraft.objects.select_for_update(of=("self",)).to_remind(timezone.now()).filter(pk=draft.pk).first()
    if draft is None:
        return
    letter = draft.read()
    if letter and letter.email and draft.action.campaign.is_live:
        link = links.absolute("campaigns:letter_back", tokens.make(BACK, draft.pk))
        context = {"campaign": draft.action.campaign, "link": link, "until": draft.expires_at}
        queue_sparingly("campaigns/letter_reminder", to=letter.email, context=context)
    draft.reminded_at = timezone.now()
    draft.save(update_fields=["reminded_at"])


@transaction.atomic
def open_letter(draft: LetterDraft, postcode: str) -> bool:
    """Whether this is the postcode the letter was begun with. After five wrong ones the link opens nothing."""
    draft = locked(draft)
    if draft.wrong_tries >= TRIES_TO_OPEN:
        return False
    if _same_postcode(opened(draft).postcode, postcode):
        return True
    draft.wrong_tries += 1
    draft.save(update_fields=["wrong_tries"])
    return False


def _same_postcode(one: str, other: str) -> bool:
    try:
        return parse(one).compact == parse(other).compact
    except InvalidPostcode:
        return False


def forget_letters() -> int:
    """Delete letters that were left for longer than we said. Returns how many."""
    return LetterDraft.objects.overdue(timezone.now()).delete()[0]


def forget_letters_of(supporter: Supporter, addresses: Iterable[str] = ()) -> None:
    """Letters in the making that are tied to an address of theirs."""
    for address in {supporter.email, *addresses} - {""}:
        LetterDraft.objects.for_address(address).delete()


def letters_held(supporter: Supporter) -> dict[str, list[dict[str, str]]]:
    """That a letter of theirs waits. Its words open by the link alone: another could have typed their address."""
    drafts = LetterDraft.objects.for_address(supporter.email).kept(timezone.now()).select_related("action__campaign")
    return {
        "Letters you are writing": [
            {
                "Campaign": draft.action.campaign.title,
                "Deleted by itself on": date_format(timezone.localtime(draft.expires_at), "j F Y"),
                "What is in it": "Sealed. It opens by the link in the email you asked for.",
            }
            for draft in drafts
        ]
    }

"""Answers of representatives in the world of the page checks: one that staff have read, one that nobody has."""

from datetime import date, timedelta

from django.utils import timezone

from campaigns import actions
from campaigns.models import ActionTaken, LetterAsk, Stance


def furnish_replies(campaign) -> list[str]:
    """Returns the canaries: nobody reads them outside the admin."""
    said = {"campaign": campaign, "house": "commons", "said_on": date(2026, 1, 5), "source": "letter"}
    Stance.objects.create(
        **said, name="Robin Readout", position="supports", words="Wordsreply", checked_at=timezone.now()
    )
    Stance.objects.create(**said, name="Unreadreply Example", position="opposes", words="Secretreply")
    return ["Wordsreply", "Unreadreply", "Secretreply"]


def reply_token(campaign, supporter) -> str:
    """Opens the page of somebody who wrote two weeks ago."""
    action = campaign.actions.get(kind="write")
    LetterAsk.objects.get_or_create(action=action, defaults={"question": "Will you support it?"})
    at = timezone.now() - timedelta(days=14)
    taken, _ = ActionTaken.objects.get_or_create(action=action, supporter=supporter, defaults={"confirmed_at": at})
    return actions.reply_token(taken)

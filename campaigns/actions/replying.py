"""What representatives answered: asked for once, told by those who wrote, read by staff, and kept as a ledger."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from campaigns.actions.representing import Reader, whom_to_write
from campaigns.models import Action, ActionTaken, LetterAsk, ReplyAsk, Stance
from sanctuary.audit.actions import record
from sanctuary.people import links, tokens
from sanctuary.people.models import Controller, CurrentPermission, Permission, Supporter, Suppression
from sanctuary.post.actions import queue

REPLY = "reply"
LINK_LASTS_DAYS = 180


def reply_token(taken: ActionTaken) -> str:
    """Opens the page where the writer of this letter says what came back."""
    return tokens.make(REPLY, taken.pk)


def reply_url(taken: ActionTaken) -> str:
    return links.absolute("campaigns:reply", taken.action.campaign.slug, reply_token(taken))


def readers_of(taken: ActionTaken) -> list[Reader]:
    """Those who may have had the letter, by where its writer lives. Empty where we know nobody."""
    ask = LetterAsk.objects.filter(action=taken.action).prefetch_related("devolved_notes").first()
    if ask is None or taken.supporter is None or not taken.supporter.postcode:
        return []
    whom = whom_to_write(ask, taken.supporter.postcode, taken.pk)
    return [reader for offer in whom.offers for reader in offer.readers]


@transaction.atomic
def tell_reply(
    taken: ActionTaken, *, position: str, said_on: date, source: str, words: str = "", reader: Reader | None, name: str
) -> Stance:
    """The writer of a letter says what came back. It counts nowhere until staff have read it.

    Told again before that, it takes the place of what was told first. Raises ValidationError(code="not_a_letter").
    """
    taken = ActionTaken.objects.select_for_update(of=("self",)).select_related("action").get(pk=taken.pk)
    if taken.action.kind != Action.Kind.WRITE or taken.confirmed_at is None:
        raise ValidationError("This is about letters only.", code="not_a_letter")
    told = {"position": position, "said_on": said_on, "source": source, "words": words} | _who(taken, reader, name)
    stance = Stance.objects.unchecked().filter(taken=taken).order_by("-pk").first()
    stance = stance or Stance(taken=taken, campaign_id=taken.action.campaign_id)
    for field, value in told.items():
        setattr(stance, field, value)
    stance.recorded_at = timezone.now()
    stance.save()
    record("campaigns.tell_reply", stance, by=taken.supporter, campaign=stance.campaign_id)
    return stance


def _who(taken: ActionTaken, reader: Reader | None, name: str) -> dict:
    if reader is None or reader.person is None:
        ask = LetterAsk.objects.get(action=taken.action)
        return {"representative": None, "name": name, "house": ask.house, "constituency_code": "", "place": ""}
    place = reader.constituency
    return {
        "representative": reader.person,
        "name": reader.person.name,
        "house": reader.house,
        "constituency_code": place.code if place else "",
        "place": place.name if place else reader.person.ward,
    }


def ask_for_replies() -> int:
    """Ask people who wrote two weeks ago, once, whether there was an answer. Returns how many letters are queued."""
    waiting = ReplyAsk.waiting(timezone.now()).order_by("pk").values_list("pk", flat=True)
    return sum(map(_ask, waiting))


@transaction.atomic
def _ask(taken_id: int) -> bool:
    """Only who has said yes to news of campaigns today, and chose no limit that this letter might break."""
    now = timezone.now()
    open_ones = ReplyAsk.waiting(now).select_for_update(of=("self",), skip_locked=True)
    taken = open_ones.select_related("action__campaign", "supporter").filter(pk=taken_id).first()
    if taken is None:
        return False
    ReplyAsk.objects.create(taken=taken, at=now)
    if not _may_be_asked(taken.supporter):
        return False
    context = {
        "campaign": taken.action.campaign,
        "url": reply_url(taken),
        "choices_url": links.choices_url(taken.supporter_id),
    }
    queue("campaigns/reply_ask", to=taken.supporter.email, context=context)
    return True


def _may_be_asked(supporter: Supporter) -> bool:
    national = Controller.objects.national()
    agreed = CurrentPermission.objects.live().filter(
        supporter=supporter, controller=national, purpose=Permission.Purpose.CAMPAIGNS
    )
    silent = Suppression.objects.filter(
        Q(controller__isnull=True) | Q(controller=national), email_mac=supporter.email_mac
    )
    paused = supporter.emails_paused_until is not None and supporter.emails_paused_until > timezone.localdate()
    wants_fewer = supporter.only_big_moments or supporter.most_a_month is not None
    return bool(supporter.email) and not paused and not wants_fewer and agreed.exists() and not silent.exists()


@transaction.atomic
def record_stance(stance: Stance, *, by) -> Stance:
    """Staff write a line of the ledger themselves: it is checked by being theirs.

    Raises ValidationError when what was said in public has no source.
    """
    stance.clean()
    stance.recorded_by, stance.recorded_at = by, timezone.now()
    stance.checked_by, stance.checked_at = by, stance.recorded_at
    stance.save()
    record("campaigns.record_stance", stance, by=by, campaign=stance.campaign_id)
    return stance


@transaction.atomic
def check_stance(stance: Stance, *, by) -> Stance:
    """Staff have read it: from now on it counts in public. Harmless to repeat."""
    stance = Stance.objects.select_for_update(of=("self",)).get(pk=stance.pk)
    if not stance.is_checked:
        stance.checked_at, stance.checked_by, stance.refused_at = timezone.now(), by, None
        stance.save(update_fields=["checked_at", "checked_by", "refused_at"])
        record("campaigns.check_stance", stance, by=by)
    return stance


@transaction.atomic
def refuse_stance(stance: Stance, *, by) -> Stance:
    """It is no answer, or not true: it stays in the ledger and counts nowhere. Harmless to repeat."""
    stance = Stance.objects.select_for_update(of=("self",)).get(pk=stance.pk)
    if stance.refused_at is None:
        stance.refused_at, stance.checked_by = timezone.now(), by
        stance.save(update_fields=["refused_at", "checked_by"])
        record("campaigns.refuse_stance", stance, by=by)
    return stance


def forget_old_replies() -> int:
    """After a year the line stays, without what somebody wrote. Returns how many lost their words."""
    now = timezone.now()
    ReplyAsk.objects.old(now).delete()
    return Stance.objects.wordy(now).update(words="")


def forget_replies_of(supporter: Supporter) -> None:
    """What they wrote goes with them; where a representative stands is nobody's private matter."""
    Stance.objects.told_by(supporter).update(words="")


def replies_about(supporter: Supporter) -> dict[str, list[dict[str, str]]]:
    """What this person told us about answers, for them to read."""
    told = Stance.objects.told_by(supporter).select_related("campaign")
    return {
        "Answers you told us about": [
            {
                "Campaign": stance.campaign.ask,
                "Who": stance.name,
                "Where they stand": stance.get_position_display(),
                "When": date_format(stance.said_on, "j F Y"),
                "What you wrote": stance.words,
            }
            for stance in told
        ]
    }

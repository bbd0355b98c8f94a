"""The numbers of the mailing desk, and the words that go with them."""

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count
from django.utils import timezone

from campaigns.admin.waiting import night, reasons_to_wait, rested_overnight
from campaigns.models import ActionTaken, Audience, Mailing, Returned
from campaigns.models.audience import Counts
from sanctuary.audit.models import Entry

State = Mailing.State

REASONS = {
    "no_permission": "have not agreed to these emails",
    "suppressed": "asked for no more emails",
    "bounced": "have an address that does not work",
    "resting": "are having a rest from emails, or want big moments only",
    "limited": "have had as many emails this month as they want",
    "shared_address": "share an address with somebody else who gets it",
    "no_address": "have no email address",
}
OUTCOMES = {
    "sent": "Handed over to their mail provider",
    "refused": "Refused by their mail provider",
    "suppressed": "Left out: they said stop, moved or reached their limit since the list was fixed",
    "cancelled": "Cancelled, because it was stopped",
    "in_doubt": "In doubt: something broke at the moment of handing over",
}


def reasons(counts: Counts) -> list[tuple[int, str]]:
    """(how many, why they will not get it), leaving out reasons that nobody has."""
    return [(getattr(counts, name), words) for name, words in REASONS.items() if getattr(counts, name)]


def sentence(mailing: Mailing) -> str:
    """Who it is for. A group or stream may have been deleted since."""
    try:
        return Audience.of(mailing).sentence()
    except ObjectDoesNotExist:
        return "A group or stream that is no longer here"


def states_of(mailing: Mailing) -> list[dict]:
    """The way of a mailing as steps, with the one it stands on."""
    ready = mailing.is_tested and mailing.state == State.DRAFT
    steps = ["Draft", "Tested", "Scheduled", "Sending", "Done"]
    now = {
        State.DRAFT: "Tested" if ready else "Draft",
        State.SCHEDULED: "Scheduled",
        State.SENDING: "Sending",
        State.PAUSED: "Paused",
        State.STOPPED: "Stopped",
        State.DONE: "Done",
    }[mailing.state]
    if now == "Paused":
        steps[3] = "Paused"
    if now == "Stopped":
        steps[4] = "Stopped"
    at = steps.index(now)
    return [{"text": text, "now": index == at, "past": index < at} for index, text in enumerate(steps)]


def progress(mailing: Mailing) -> dict:
    """Where sending stands. Sums over chunks, never a count of recipients."""
    sums = mailing.chunks.all().progress()
    total = sums.pop("total")
    settled = sum(sums.values())
    waiting, now = total - settled, timezone.now()
    is_sending = mailing.state == State.SENDING and waiting > 0
    at_night = night(mailing, now) if is_sending else None
    waits = reasons_to_wait(mailing, now) if waiting and not at_night else []
    rate = _per_minute(mailing, settled, now) if is_sending and not at_night else 0
    return {
        "total": total,
        "settled": settled,
        "waiting": waiting,
        "reached": settled - sums["cancelled"],
        "sent": sums["sent"],
        "in_doubt": sums["in_doubt"],
        "came_back": _came_back(mailing),
        "night": at_night,
        "waits": waits,
        "outcomes": [(sums[name], words) for name, words in OUTCOMES.items() if sums[name] or name == "sent"],
        "rate": rate,
        "left": _time_left(waiting, rate) if not waits else "",
    }


def _came_back(mailing: Mailing) -> list[tuple[int, str]]:
    """What the relay took and others sent back later; what it refused stands among the outcomes."""
    counts = mailing.returned.later().counts()
    return [(counts[kind], words) for kind, words in Returned.Kind.choices if counts.get(kind)]


def _per_minute(mailing: Mailing, settled: int, now) -> int:
    """On average since it began; 0 once a pause or a night lay between, because that would promise a wrong end."""
    if not settled or rested_overnight(mailing, now):
        return 0
    if Entry.objects.about(mailing).filter(verb="campaigns.resume_mailing").exists():
        return 0
    return round(60 * settled / max((now - mailing.frozen_at).total_seconds(), 1))


def _time_left(waiting: int, rate: int) -> str:
    if not waiting or not rate:
        return ""
    minutes = waiting / rate
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {round(minutes)} minute{'' if round(minutes) == 1 else 's'}"
    return f"about {round(minutes / 60)} hours"


def results(mailing: Mailing) -> dict:
    """Acts first, then how far they reach, then who left because of it."""
    acts = ActionTaken.objects.confirmed()
    through = acts.filter(mailing=mailing)
    places = through.exclude(supporter__region="").values_list("supporter__region").annotate(n=Count("pk"))
    left = mailing.left_through_it().filter(occurred_at__gte=mailing.created_at)
    return {
        "acted": through.count(),
        "acted_in_all": acts.for_campaign(mailing.campaign).count(),
        "regions": sorted(places.order_by(), key=lambda row: (-row[1], row[0])),
        "left": left.values("supporter").distinct().count(),
        "now": progress(mailing),
    }

"""What came of a mailing so far, and whether it is too much: facts, bars, and the words for whoever must decide."""

from typing import NamedTuple

from django.db.models import Sum

from campaigns.models import Mailing


class Bar(NamedTuple):
    """More than `share` of those who had it is too many; `least` of them stand for the first few."""

    fact: str
    share: float
    least: int
    sentence: str


BARS = [
    Bar("hard", 0.05, 200, "{when}, {n} addresses do not work, more than 5 in 100. Is the list old?"),
    Bar("refused", 0.05, 200, "{when}, {n} emails were refused, more than 5 in 100."),
    Bar("complaint", 0.001, 2000, "{when}, {n} people reported it as spam, more than 1 in 1,000."),
    Bar("left", 0.02, 1000, "{when}, {n} people stopped our emails because of it, more than 2 in 100."),
]
ADVICE = "Find out why before you let it go on: mail providers may begin to block all our mail."


def facts_of(mailing: Mailing) -> dict[str, int]:
    """What is known now. Sums over chunks and counts in indexes; the deliveries are not counted."""
    sums = mailing.chunks.aggregate(
        refused=Sum("refused", default=0), handed=Sum("sent", default=0) + Sum("in_doubt", default=0)
    )
    came_back = mailing.returned.counts()
    return {
        "handed": sums["handed"] + sums["refused"],
        "refused": sums["refused"],
        "hard": came_back.get("hard", 0),
        "complaint": came_back.get("complaint", 0),
        "left": mailing.left_through_it().values("supporter").distinct().count(),
    }


def reason_to_pause(facts: dict[str, int], known: dict[str, int]) -> str:
    """Why it should not go on; empty when all is well. What was `known` when somebody let it go on counts no more."""
    since = {name: number - known.get(name, 0) for name, number in facts.items()}
    for bar in BARS:
        if since[bar.fact] > bar.share * max(since["handed"], bar.least):
            when = "Since it went on again" if known else "So far"
            return f"{bar.sentence.format(n=_share(since[bar.fact], since['handed']), when=when)} {ADVICE}"
    return ""


def _share(number: int, handed: int) -> str:
    """What comes back late belongs to emails that left earlier, so there can be more of it than has left since."""
    return f"{number:,} of {handed:,}" if number <= handed else f"{number:,}"

"""Two entries of one person become one: what they did, and what we sent them. And what a group may see of it."""

from django.db import transaction

from campaigns.models import ActionTaken, Delivery, Mailing, Returned, SourceLink, Stance
from sanctuary.people.actions import hand_back, hand_over
from sanctuary.people.models import Supporter

# Of an act that counts, without the person: all that is needed to count it again.
_ACT = ["pk", "action_id", "mailing_id", "permission_wording_id", "wants_email", "kind"]
_ACT += ["shown", "shown_name", "shown_place", "name_refused", "name_checked_by_id", "source_id"]
_ACT += ["constituency_code", "share_code", "via_id"]
_WHEN = ["created_at", "confirmed_at", "name_checked_at"]


@transaction.atomic
def move_acts(kept: Supporter, gone: Supporter) -> dict:
    """Who signed twice counts once. Returns what `move_acts_back` needs."""
    theirs = ActionTaken.objects.filter(supporter=gone)
    ours = ActionTaken.objects.confirmed().filter(supporter=kept)
    double = theirs.confirmed().filter(action__in=ours.values("action"))
    twice = [_keep(each) for each in double]
    threads = [_tie(each, ours.get(action=each.action_id)) for each in double]
    double.delete()
    return {
        "acts": hand_over(theirs, to=kept),
        "twice": twice,
        "threads": threads,
        "returned": hand_over(Returned.objects.filter(supporter=gone), to=kept),
        "deliveries": _move_deliveries(kept, gone),
    }


def _keep(taken: ActionTaken) -> dict:
    moments = {name: getattr(taken, name) for name in _WHEN}
    when = {name: moment.isoformat() for name, moment in moments.items() if moment}
    who = {"person_mac": bytes(taken.person_mac).hex()}
    return {name: getattr(taken, name) for name in _ACT} | when | who


def _tie(gone: ActionTaken, kept: ActionTaken) -> dict:
    """Whom it brought and what its writer told us belongs to the act that counts: to be forgotten with its person."""
    brought = hand_over(gone.brought.all(), to=kept, field="via")
    return {"act": gone.pk, "brought": brought, "told": hand_over(gone.stances.all(), to=kept, field="taken")}


def _untie(act: int, brought: list[int], told: list[int]) -> None:
    again = ActionTaken.objects.filter(pk=act).first()
    if again:
        ActionTaken.objects.filter(pk__in=brought).update(via=again)
        Stance.objects.filter(pk__in=told).update(taken=again)


def _move_deliveries(kept: Supporter, gone: Supporter) -> list[int]:
    """What they had counts for the limit they chose. What still waits is struck out by the gate, and stays behind."""
    had = Mailing.objects.filter(pk__in=_of(kept).values("mailing"))
    theirs = _of(gone).exclude(outcome=Delivery.Outcome.PENDING).exclude(mailing__in=had)
    mailings = list(theirs.values_list("mailing", flat=True))
    Delivery.objects.filter(mailing__in=mailings, supporter_id=gone.pk).update(supporter_id=kept.pk)
    return mailings


def _of(supporter: Supporter):
    # The index of deliveries begins with the mailing.
    return Delivery.objects.filter(mailing__in=Mailing.objects.all(), supporter_id=supporter.pk)


@transaction.atomic
def move_acts_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was."""
    hand_back(ActionTaken.objects.filter(pk__in=moved["acts"], supporter=kept), to=gone)
    again = [_again(gone, **each) for each in moved["twice"]]
    ActionTaken.objects.bulk_create(again, ignore_conflicts=True)
    for each in moved.get("threads", []):
        _untie(**each)
    hand_back(Returned.objects.filter(pk__in=moved["returned"], supporter=kept), to=gone)
    Delivery.objects.filter(mailing__in=moved["deliveries"], supporter_id=kept.pk).update(supporter_id=gone.pk)


def _again(
    supporter: Supporter, *, person_mac: str = "", source_id: int | None = None, via_id: int | None = None, **act
) -> ActionTaken:
    return ActionTaken(
        supporter=supporter,
        source=SourceLink.objects.filter(pk=source_id).first(),
        via=ActionTaken.objects.filter(pk=via_id).first(),
        person_mac=bytes.fromhex(person_mac),
        **act,
    )


def has_acted(supporter: Supporter) -> bool:
    """Whether they took part in a campaign, so that the national charity knows them by their own act."""
    return ActionTaken.objects.confirmed().filter(supporter=supporter).exists()


def acts_of(supporter: Supporter, most: int) -> list[tuple]:
    """The newest campaigns a person took part in, by title: what they wrote is theirs."""
    acts = ActionTaken.objects.confirmed().filter(supporter=supporter).select_related("action__campaign")
    newest = acts.order_by("-confirmed_at")[:most]
    return [(each.confirmed_at, "acted", f"Took part in “{each.action.campaign.title}”") for each in newest]


def emails_of(supporter: Supporter, controller_id: int, most: int) -> list[tuple]:
    """The newest emails that one sender sent to a person. What other senders sent is nobody else’s business."""
    theirs = Mailing.objects.filter(controller=controller_id)
    sent = Delivery.objects.filter(mailing__in=theirs, supporter_id=supporter.pk, outcome=Delivery.Outcome.SENT)
    newest = sent.select_related("mailing").order_by("-settled_at")[:most]
    return [(each.settled_at, "emailed", f"Got your email “{each.mailing.subject}”") for each in newest]

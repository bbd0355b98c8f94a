from django.dispatch import receiver
from django.utils import timezone

from groups.signals import member_forgotten, timeline_asked
from pledges import actions
from pledges.models import Endorsement, Pledge
from sanctuary.people.signals import held_asked, merge_undone, supporter_erased, supporters_merged, ties_asked


@receiver(supporter_erased)
def forget_pledges(supporter, addresses, **kwargs):
    actions.forget_pledges(supporter, addresses)
    actions.forget_endorsements(supporter, addresses)


@receiver(held_asked)
def pledges_held(supporter, **kwargs):
    pledges = Pledge.objects.filter(supporter=supporter, confirmed_at__isnull=False).with_supporter()
    return {"Your pledges": [_entry(pledge) for pledge in pledges.select_related("wording").order_by("confirmed_at")]}


def _entry(pledge: Pledge) -> dict[str, str]:
    entry = {
        "Confirmed": f"{timezone.localtime(pledge.confirmed_at):%-d %B %Y}",
        "The words": pledge.wording.text,
        "Group": str(pledge.group or ""),
        "What you mean to do": ", ".join(map(str, pledge.intended_actions.all())),
        "May be named in public": "Yes" if pledge.is_listed else "",
        "Withdrawn": f"{timezone.localtime(pledge.withdrawn_at):%-d %B %Y}" if pledge.withdrawn_at else "",
    }
    return {label: value for label, value in entry.items() if value}


@receiver(held_asked)
def endorsements_held(supporter, **kwargs):
    mine = Endorsement.objects.filter(supporter=supporter, confirmed_at__isnull=False)
    mine = mine.select_related("wording").order_by("confirmed_at")
    return {"Your endorsements of the Birmingham Declaration": [_endorsed(each) for each in mine]}


def _endorsed(endorsement: Endorsement) -> dict[str, str]:
    entry = {
        "Confirmed": f"{timezone.localtime(endorsement.confirmed_at):%-d %B %Y}",
        "The words": endorsement.wording.text,
        "How we show you": "" if endorsement.withdrawn_at else endorsement.get_shown_display(),
        "Taken back": f"{timezone.localtime(endorsement.withdrawn_at):%-d %B %Y}" if endorsement.withdrawn_at else "",
    }
    return {label: value for label, value in entry.items() if value}


@receiver(supporters_merged)
def move_pledges(kept, gone, name, **kwargs):
    return {
        "pledges": actions.move_pledges(kept, gone, name),
        "endorsements": actions.move_endorsements(kept, gone, name),
    }


@receiver(merge_undone)
def move_pledges_back(kept, gone, moved, **kwargs):
    actions.move_pledges_back(kept, gone, moved["pledges"])
    # Entries put together before there were endorsements moved none.
    if "endorsements" in moved:
        actions.move_endorsements_back(kept, gone, moved["endorsements"])


@receiver(ties_asked)
def has_pledged(supporter, **kwargs):
    rows = [model.objects.confirmed().filter(supporter=supporter) for model in (Pledge, Endorsement)]
    return any(found.exists() for found in rows)


@receiver(member_forgotten)
def forget_in_group(supporter, group, **kwargs):
    actions.forget_in_group(supporter, group)


@receiver(timeline_asked)
def pledges_to_group(supporter, group, most, **kwargs):
    pledges = Pledge.objects.filter(supporter=supporter, group=group, confirmed_at__isnull=False)
    newest = pledges.prefetch_related("intended_actions").order_by("-confirmed_at")[:most]
    greeted = [(each.greeted_at, "greeted", "Greeted by your group") for each in newest if each.greeted_at]
    return [(each.confirmed_at, "pledged", _pledged(each)) for each in newest] + greeted


def _pledged(pledge: Pledge) -> str:
    means = ", ".join(_inside(str(each)) for each in pledge.intended_actions.all())
    return f"Pledged, and means to: {means}" if means else "Pledged"


def _inside(words: str) -> str:
    """As they stand inside a sentence; “MP” stays “MP”."""
    return words[:1].lower() + words[1:]

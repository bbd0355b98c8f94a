"""Reminders of what is due: to the coordinators of a group, and later to those who support it. Each occasion once."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from groups.models import GroupRole, LocalGroup, Nudge, RegionalRole
from groups.models.due import Due, due_for, with_life
from groups.models.group import REGION_SLUGS
from sanctuary.people import links
from sanctuary.post.actions import queue

# How long a group has for something that is late before its regional coordinator hears of it. Our proposal.
ESCALATE_AFTER = timedelta(days=30)


def nudge_groups(today: date) -> int:
    """Remind every live group of what has become due. Safe to run at any time. Returns how many letters were queued."""
    told = set(Nudge.objects.filter(to=Nudge.To.GROUP).values_list("group", "kind", "occasion"))
    letters = 0
    for group in with_life(LocalGroup.objects.live()):
        due = [one for one in due_for(group, today) if not one.for_region]
        if any((group.pk, one.kind, one.occasion) not in told for one in due):
            letters += _nudge_group(group, due)
    return letters


@transaction.atomic
def _nudge_group(group: LocalGroup, due: list[Due]) -> int:
    """One letter about all that is new, however many clocks ring."""
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    new = [one for one in due if _is_new(group, one, Nudge.To.GROUP)]
    people = GroupRole.objects.filter(group=group).coordinating().current(timezone.localdate())
    people = people.filter(user__is_active=True).select_related("user").order_by("user").distinct("user")
    addresses = [role.user.email for role in people] if new else []
    context = {"group": group, "due": new, "url": links.absolute("groups:our_group", group.slug)}
    for address in addresses:
        queue("groups/due", to=address, context=context)
    return len(addresses)


def _is_new(group: LocalGroup, due: Due, to: str) -> bool:
    _, is_new = Nudge.objects.get_or_create(
        group=group, kind=due.kind, occasion=due.occasion, to=to, defaults={"sent_at": timezone.now()}
    )
    return is_new


def tell_regions(today: date) -> int:
    """Tell regional coordinators which of their groups need them. Returns how many letters were queued."""
    return sum(_tell_region(slug, region, today) for slug, region in REGION_SLUGS.items())


@transaction.atomic
def _tell_region(slug: str, region: str, today: date) -> int:
    """One letter about all groups of the region that are new here. Nobody there: it waits until somebody is."""
    roles = RegionalRole.objects.current(today).filter(region=region, user__is_active=True)
    roles = list(roles.select_for_update(of=("self",)).select_related("user").order_by("pk"))
    if not roles:
        return 0
    groups = list(with_life(LocalGroup.objects.live().in_region(region)).order_by("pk"))
    waited = set(
        Nudge.objects.filter(group__in=groups, to=Nudge.To.GROUP, sent_at__lte=timezone.now() - ESCALATE_AFTER)
        .values_list("group", "kind", "occasion")
        .order_by()
    )
    news = []
    for group in groups:
        late = [one for one in due_for(group, today) if _concerns_region(group, one, waited)]
        new = [one for one in late if _is_new(group, one, Nudge.To.REGION)]
        if new:
            news.append({"group": group, "due": new})
    url = links.absolute("groups:region_overview", slug)
    for role in roles if news else []:
        queue("groups/due_region", to=role.user.email, context={"region": region.label, "news": news, "url": url})
    return len(roles) if news else 0


def _concerns_region(group: LocalGroup, due: Due, waited: set) -> bool:
    return due.for_region or (due.is_late and (group.pk, due.kind, due.occasion) in waited)

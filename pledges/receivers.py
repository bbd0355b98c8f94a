from django.dispatch import receiver
from django.utils import timezone

from pledges import actions
from pledges.models import Pledge
from sanctuary.people.signals import held_asked, supporter_erased


@receiver(supporter_erased)
def forget_pledges(supporter, **kwargs):
    actions.forget_pledges(supporter)


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

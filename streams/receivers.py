from django.dispatch import receiver

from sanctuary.people.signals import held_asked, merge_undone, supporter_erased, supporters_merged, ties_asked
from streams import actions
from streams.models import StreamOrganisation


@receiver(supporter_erased)
def forget_places(supporter, **kwargs):
    actions.leave_streams(supporter, by=supporter)


@receiver(held_asked)
def places_held(supporter, **kwargs):
    mine = StreamOrganisation.objects.filter(organisation=supporter).select_related("stream").order_by("joined_on")
    return {"Your streams": [_entry(place) for place in mine]} if mine else {}


def _entry(place: StreamOrganisation) -> dict[str, str]:
    entry = {"Stream": place.stream.name, "Since": f"{place.joined_on:%-d %B %Y}"}
    return entry | ({"Until": f"{place.left_on:%-d %B %Y}"} if place.left_on else {})


@receiver(supporters_merged)
def move_places(kept, gone, **kwargs):
    return {"streams": actions.move_places(kept, gone)}


@receiver(merge_undone)
def move_places_back(kept, gone, moved, **kwargs):
    actions.move_places_back(kept, gone, moved["streams"])


@receiver(ties_asked)
def has_places(supporter, **kwargs):
    return StreamOrganisation.objects.filter(organisation=supporter).exists()

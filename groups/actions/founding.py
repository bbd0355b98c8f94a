"""The first day of a group, and moving house."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from groups.models import LocalGroup
from sanctuary.audit.actions import record
from sanctuary.people.models import Controller
from sanctuary.places.actions import place_fields

# Words that come first in the addresses of the directory and of the desk, so that no group may be called by them alone.
TAKEN_WORDS = {"find", "invitation", "messages", "near", "region", "regions", "start"}


def found_group(*, name: str, area: str, by, postcode="", **fields) -> LocalGroup:
    """A new group, with its own data controller: what it holds about people is its own affair.

    Harmless to repeat. Raises ValidationError(code="name_taken") if another area's group has this name,
    InvalidPostcode for text that is no postcode.
    """
    try:
        with transaction.atomic():
            return _same_group(name, area) or _create(name=name, area=area, by=by, postcode=postcode, **fields)
    except IntegrityError:
        # Somebody founded it between our look and our insert; with theirs saved, ours is gone, controller and all.
        group = _same_group(name, area)
        if group is None:
            raise
        return group


def _same_group(name: str, area: str) -> LocalGroup | None:
    group = LocalGroup.objects.filter(name=name).first()
    if group and group.area != area:
        raise ValidationError(f"There is a group called {name} in {group.area}.", code="name_taken")
    return group


def _create(*, name, area, by, postcode, **fields) -> LocalGroup:
    controller = Controller.objects.create(kind=Controller.Kind.GROUP, name=name)
    group = LocalGroup.objects.create(
        name=name, area=area, slug=_free_slug(name), controller=controller, **place_fields(postcode), **fields
    )
    record("groups.found", group, by=by)
    return group


def _free_slug(name: str) -> str:
    stem = slugify(name)[:90] or "group"
    taken = TAKEN_WORDS | set(LocalGroup.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


@transaction.atomic
def move_group(group: LocalGroup, *, postcode, by) -> LocalGroup:
    """The group's own postcode, and with it its dot on the map. Raises InvalidPostcode."""
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    place = place_fields(postcode)
    for name, value in place.items():
        setattr(group, name, value)
    group.save(update_fields=list(place))
    record("groups.move", group, by=by)
    return group

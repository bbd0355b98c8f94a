"""What the demonstration coordinator knows about some members: notes, and somebody who is there twice."""

from groups.actions import add_note
from groups.models import LocalGroup, Membership
from sanctuary.demo.words import COORDINATED
from sanctuary.people.models import Supporter, User
from sanctuary.places.models import Located

NOTES = ["Can drive people home after supper.", "Would like to cook in spring.", "Phones rather than emails."]


def fill(coordinator: User) -> None:
    group = LocalGroup.objects.get(slug=COORDINATED)
    people = Membership.objects.current().filter(group=group, supporter__kind=Supporter.Kind.PERSON)
    for membership, text in zip(people.with_supporter().order_by("pk"), NOTES, strict=False):
        add_note(membership, text, by=coordinator)
    alike = [each.supporter for each in people.with_supporter().order_by("-pk")[:2]]
    if len(alike) == 2:
        _twice(*alike)


def _twice(person: Supporter, twin: Supporter) -> None:
    """As if the same person had come twice, once at an older address."""
    same = ["name", *(field.name for field in Located._meta.fields)]
    Supporter.objects.filter(pk=twin.pk).update(**{name: getattr(person, name) for name in same})

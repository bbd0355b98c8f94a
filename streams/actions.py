"""Setting up the principles and the streams, and who is in a stream."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from sanctuary.audit.actions import record
from sanctuary.people.actions import hand_back, hand_over
from sanctuary.people.models import Supporter
from streams.models import Principle, Stream, StreamOrganisation

# The seven network principles of the Charter, shortened to a name each. The sense is the Charter's; the
# explanations are ours. Source: cityofsanctuary.org/about/what-do-groups-do/.
PRINCIPLES = [
    ("welcome", "A positive vision of welcome", "We say what we are for: a place that is glad of the people who come."),
    (
        "friendship",
        "Friendship and solidarity",
        "We build relationships. People meet as equals, and stand beside each other.",
    ),
    (
        "partnership",
        "Partnership across our area",
        "We work with schools, councils, charities and others, so that the welcome reaches the whole place.",
    ),
    ("action", "Practical action", "We do things together about what we all care about. Words alone are not enough."),
    (
        "contribution",
        "Celebrating contribution",
        "We notice and celebrate what people seeking sanctuary bring to the places they live in.",
    ),
    (
        "decisions",
        "People seeking sanctuary take part in decisions",
        "Those who know what seeking sanctuary is like help to decide, at every level.",
    ),
    (
        "voices",
        "Voices heard directly",
        "People seeking sanctuary speak for themselves, so that others understand.",
    ),
]

# slug, name, what one of its organisations is called, who it is for, purpose. Wording of our own.
STREAMS = [
    (
        "schools",
        "Schools",
        "School of Sanctuary",
        "Nurseries, primary and secondary schools, and sixth forms",
        "A school where every new arrival feels safe and welcome. Staff and pupils learn why people have to leave "
        "their homes, and the whole school shares what it does with families and neighbours.",
    ),
    (
        "universities",
        "Universities",
        "University of Sanctuary",
        "Universities and others who teach degrees",
        "A university where people seeking sanctuary can study, teach and belong. The whole place takes part, "
        "with the support of the people who lead it.",
    ),
    (
        "colleges",
        "Colleges",
        "College of Sanctuary",
        "Further education colleges",
        "A college that opens its doors to people seeking sanctuary. Staff learn what new students face, and one "
        "named person looks after the welcome.",
    ),
    (
        "councils",
        "Councils",
        "Council of Sanctuary",
        "Councils of every kind, from parish to combined authority",
        "A council that plans its welcome, whoever is in power. Councils in the network learn from each other and "
        "work with their local group.",
    ),
    (
        "libraries",
        "Libraries",
        "Library of Sanctuary",
        "Public library services and their branches",
        "A library where anyone can come in, stay warm, read, learn and meet people, and where new neighbours are "
        "expected and welcome.",
    ),
    (
        "health",
        "Health",
        "Surgery of Sanctuary",
        "Hospitals, GP surgeries, specialist services and medical schools",
        "Care that people seeking sanctuary can reach and trust. Staff know what keeps people away, and take it away.",
    ),
    (
        "maternity",
        "Maternity",
        "Maternity Service of Sanctuary",
        "Maternity services and the groups that support new parents",
        "Kind and safe care before, during and after birth. Women who have sought sanctuary themselves lead the way.",
    ),
    (
        "arts",
        "Arts",
        "Theatre, Gallery or Museum of Sanctuary",
        "Theatres, galleries, museums, festivals and companies",
        "Places of art that people seeking sanctuary can come to, make work in and help to run.",
    ),
    (
        "faith",
        "Faith",
        "Church or faith body of Sanctuary",
        "Churches, mosques, synagogues, temples and other faith communities",
        "Communities of faith that make room for people seeking sanctuary in what they already do.",
    ),
    (
        "everyone-else",
        "Everyone else",
        "Place of Sanctuary",
        "Businesses, charities, clubs, gardens and anyone else",
        "Any organisation can be a place of sanctuary, whether or not it fits another stream.",
    ),
]


@transaction.atomic
def set_up_streams() -> None:
    """The seven network principles and the first ten streams. Safe to run at every start: what staff changed stays.

    Source of the principles: cityofsanctuary.org/about/what-do-groups-do/.
    """
    for number, (slug, name, explanation) in enumerate(PRINCIPLES, start=1):
        words = {"slug": slug, "name": name, "explanation": explanation}
        Principle.objects.get_or_create(number=number, defaults=words)
    for order, (slug, name, member_title, audience, purpose) in enumerate(STREAMS, start=1):
        words = {"name": name, "member_title": member_title, "audience": audience, "purpose": purpose}
        Stream.objects.get_or_create(slug=slug, defaults={**words, "order": 10 * order})


def join_stream(
    organisation: Supporter, stream: Stream, *, is_listed: bool, by, on: date | None = None
) -> StreamOrganisation:
    """The organisation takes its place in the stream. Harmless to repeat; the first answer about listing stays."""
    with transaction.atomic():
        place, is_new = StreamOrganisation.objects.get_or_create(
            stream=stream,
            organisation=organisation,
            left_on=None,
            defaults={"joined_on": on or timezone.localdate(), "is_listed": is_listed},
        )
        if is_new:
            record("streams.join", place, by=by)
    return place


@transaction.atomic
def leave_streams(organisation: Supporter, *, by) -> int:
    """The organisation leaves every stream and is named nowhere from now on. Returns how many it left."""
    places = StreamOrganisation.objects.current().filter(organisation=organisation)
    for place in places:
        record("streams.leave", place, by=by)
    return places.update(left_on=timezone.localdate(), is_listed=False)


@transaction.atomic
def move_places(kept: Supporter, gone: Supporter) -> dict:
    """Two entries of one organisation become one. Returns what `move_places_back` needs."""
    theirs = StreamOrganisation.objects.filter(organisation=gone)
    mine = {place.stream_id: place for place in StreamOrganisation.objects.current().filter(organisation=kept)}
    double = []
    for place in theirs.current().filter(stream__in=mine):
        ours = mine[place.stream_id]
        double.append({"ours": ours.pk, "theirs": place.pk, "listed": [ours.is_listed, place.is_listed]})
        ours.is_listed = ours.is_listed and place.is_listed
        ours.save(update_fields=["is_listed"])
        place.left_on, place.is_listed = timezone.localdate(), False
        place.save(update_fields=["left_on", "is_listed"])
    alone = theirs.exclude(pk__in=[each["theirs"] for each in double])
    return {"places": hand_over(alone, to=kept, field="organisation"), "double": double}


@transaction.atomic
def move_places_back(kept: Supporter, gone: Supporter, moved: dict) -> None:
    """As it was. A place given up since stays given up."""
    hand_back(
        StreamOrganisation.objects.filter(pk__in=moved["places"], organisation=kept), to=gone, field="organisation"
    )
    for double in moved["double"]:
        ours = StreamOrganisation.objects.current().filter(pk=double["ours"]).first()
        if ours is None:
            continue
        # Both might be named, and this one no more: they changed their mind since.
        listed = [ours.is_listed] * 2 if all(double["listed"]) else double["listed"]
        StreamOrganisation.objects.filter(pk=ours.pk).update(is_listed=listed[0])
        StreamOrganisation.objects.filter(pk=double["theirs"]).update(left_on=None, is_listed=listed[1])

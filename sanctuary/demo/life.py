"""The life of the made-up groups: their papers, two beginnings, and somebody who supports a region."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from groups import actions
from groups.models import CharterSignature, Enquiry, GroupContact, HealthCheck, LocalGroup, Safeguarding
from groups.models.health_check import CHOICES
from sanctuary.demo.words import COORDINATED, PASSWORD, REGIONAL
from sanctuary.people.models import User

ROLES = ["Chair", "Treasurer", "Secretary", "Welcome lead"]
NAMES = ["Ada Example", "Ben Example", "Cai Example", "Dee Example"]
WITH_PAPERS = 30


def fill(groups: list[LocalGroup]) -> None:
    """Papers for the demonstration's own group and some others; two beginnings beside it."""
    today = timezone.localdate()
    own = next(group for group in groups if group.slug == COORDINATED)
    regional = User.objects.create_user(REGIONAL, PASSWORD, name="Rhian Regional")
    EmailAddress.objects.create(user=regional, email=REGIONAL, verified=True, primary=True)
    _papers([own, *[group for group in groups if group != own][:WITH_PAPERS]], today)
    actions.start_regional_role(regional, own.region, by="demo", on=today - timedelta(days=300))
    note = "Met four of them at the library. They look for a bigger hall. (Made up.)"
    actions.note_visit(own, on=today - timedelta(days=40), note=note, by=regional)
    _beginnings(own, regional)


def _papers(groups: list[LocalGroup], today) -> None:
    wording, day = actions.set_up_groups(), timedelta(days=1)
    CharterSignature.objects.bulk_create(
        CharterSignature(group=group, wording=wording, name=NAMES[0], role=ROLES[0], signed_on=today - 500 * day)
        for group in groups
    )
    # Of the group that one looks at first, a contact is missing and a date runs out: there is something to do.
    GroupContact.objects.bulk_create(
        GroupContact(
            group=group,
            name=NAMES[number],
            role=ROLES[number],
            telephone=f"01632 960 {number:03}",
            email=f"{ROLES[number].split()[0].lower()}@{group.slug}.example.org",
        )
        for index, group in enumerate(groups)
        for number in range(3 + index % 2 if index else 2)
    )
    Safeguarding.objects.bulk_create(
        Safeguarding(
            group=group,
            lead_name=NAMES[1],
            lead_checked_on=today - (400 * day if index else 1070 * day),
            lead_trained_on=today - 300 * day,
            deputy_name=NAMES[2],
            deputy_checked_on=today - 200 * day,
            deputy_trained_on=today - 100 * day,
            policy_url="https://example.org/our-safeguarding-policy",
            policy_reviewed_on=today - 90 * day,
            public_email=f"safe@{group.slug}.example.org",
            is_contact_public=True,
        )
        for index, group in enumerate(groups)
    )
    _checks(groups)


def _checks(groups: list[LocalGroup]) -> None:
    now = timezone.now()
    HealthCheck.objects.bulk_create(
        HealthCheck(
            group=group,
            submitted_at=now - timedelta(days=345 if not index else 20 + 9 * index),
            glad_of="The choir that began with six people has thirty now. (Made up.)",
            help_needed="Somebody to show us how to ask for money. (Made up.)",
            **_answers(index),
        )
        for index, group in enumerate(groups)
    )


def _answers(index: int) -> dict[str, str]:
    choices = {name: HealthCheck._meta.get_field(name).choices for name in CHOICES}
    answers = {name: several[index % len(several)][0] for name, several in choices.items()}
    return answers | {"state": HealthCheck.State.ACTIVE}


def _beginnings(own: LocalGroup, regional: User) -> None:
    """An enquiry to answer, and one group that is forming."""
    for area, is_forming in (("Exampleton", False), ("Sampleford", True)):
        enquiry = Enquiry.objects.create(
            name="Esi Example",
            email=f"hello@{area.lower()}.example.org",
            area=area,
            postcode=own.postcode or own.outward_code,
            why="Three families have come to our street, and nobody knows how to begin. (Made up.)",
        )
        group = actions.confirm_enquiry(enquiry).group
        if is_forming:
            actions.begin_research(group, by=regional, reason="They know their place well.")
            actions.begin_forming(group, by=regional, reason="Twelve pledges already.")

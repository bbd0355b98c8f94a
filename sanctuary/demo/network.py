"""The made-up network: groups, the people who run it, activities, campaigns and one mailing ready to send."""

import random
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.text import slugify

from campaigns.models import Action, Campaign, Mailing
from groups.models import Activity, GroupRole, LocalGroup
from sanctuary.demo.words import (
    ABOUT,
    ACTIVITIES,
    APPROVER,
    CAMPAIGNS,
    COORDINATED,
    COORDINATOR,
    MAILING_BODY,
    PASSWORD,
    STAFF,
    TOTP_SECRET,
    TOWNS,
)
from sanctuary.people.actions import set_up_people
from sanctuary.people.models import Controller, User
from sanctuary.places.actions import place_fields
from streams.models import Principle

LANGUAGES = ["Arabic", "Tigrinya", "Ukrainian", "Farsi", "Kurdish", "French", "Pashto", "Welsh", "Spanish", "Urdu"]


def people() -> dict[str, User]:
    """Two national staff with a second step, and one coordinator."""
    return {
        STAFF: _user(STAFF, "Nadia National", is_staff=True, is_superuser=True),
        APPROVER: _user(APPROVER, "Sam Second", is_staff=True, is_superuser=True),
        COORDINATOR: _user(COORDINATOR, "Carys Coordinator"),
    }


def _user(email: str, name: str, **fields) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if user.is_staff:
        secret = get_adapter().encrypt(TOTP_SECRET)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return user


def national() -> Controller:
    controller = set_up_people()
    controller.postal_address = "1 Example Street, Exampleton EX1 1AA (a made-up address)"
    controller.charity_number = "0000000 (demo)"
    controller.save(update_fields=["postal_address", "charity_number"])
    return controller


def groups(dice: random.Random) -> list[LocalGroup]:
    made = []
    for line in TOWNS.replace("\n", " ").split(","):
        town, _, outward = line.strip().rpartition(" ")
        name = f"{town} Sanctuary (demo)"
        slug = slugify(name)
        mailbox = f"{slug}@example.org"
        controller = Controller.objects.create(
            kind=Controller.Kind.GROUP, name=name, postal_address=f"Example House, {town}", reply_to=mailbox
        )
        made.append(
            LocalGroup.objects.create(
                name=name,
                slug=slug,
                area=town,
                status=LocalGroup.Status.ACTIVE,
                controller=controller,
                about=ABOUT.format(town=town),
                languages=", ".join(["English", *sorted(dice.sample(LANGUAGES, 3))]),
                mailbox=mailbox,
                founded_on=timezone.localdate() - timedelta(days=dice.randrange(200, 6000)),
                **place_fields(outward),
            )
        )
    return made


def roles(made: list[LocalGroup], coordinator: User) -> None:
    group = next(group for group in made if group.slug == COORDINATED)
    GroupRole.objects.create(
        group=group,
        user=coordinator,
        role=GroupRole.Role.COORDINATOR,
        started_on=timezone.localdate() - timedelta(days=400),
    )


def activities(made: list[LocalGroup], dice: random.Random) -> None:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    principles = list(Principle.objects.all())
    for group in made:
        for kind, title, access in dice.sample(ACTIVITIES, 5):
            starts = today + timedelta(days=dice.randrange(-25, 40), hours=dice.randrange(10, 19))
            activity = Activity.objects.create(
                group=group,
                title=title,
                kind=kind,
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                area=f"{dice.choice(['Central', 'North', 'East', 'South', 'West'])} {group.area}",
                venue="Example Hall, 1 Example Road",
                is_venue_private=dice.random() < 0.6,
                access=access,
            )
            activity.principles.set(dice.sample(principles, min(2, len(principles))))


def campaigns(owner: User, approver: User) -> list[Campaign]:
    made = []
    for words in CAMPAIGNS:
        words = dict(words)
        statement = words.pop("statement")
        campaign = Campaign.objects.create(
            **words,
            owner=owner,
            approved_by=approver,
            approved_at=timezone.now(),
            purpose_note="It furthers our purpose of welcoming people seeking sanctuary. (Demonstration.)",
            deadline=timezone.localdate() + timedelta(days=32) if words["state"] == "live" else None,
            results_note="The bus company agreed. (Made up.)" if words["state"] == "closed" else "",
        )
        Action.objects.create(campaign=campaign, statement=statement)
        made.append(campaign)
    return made


def mailing(campaign: Campaign, author: User, **fields) -> Mailing:
    return Mailing.objects.create(
        campaign=campaign,
        controller=set_up_people(),
        author=author,
        subject="((first_name|Friend)), one name from ((place|your town))?",
        preheader="The Minister decides next month. Yours could be on the list.",
        body=MAILING_BODY,
        **fields,
    )


def first_mailing(campaign: Campaign, author: User, approver: User) -> Mailing:
    """Tested, approved and due: to the supporters of one nation."""
    now = timezone.now()
    made = mailing(campaign, author, audience={"kind": "region", "value": "Wales"}, starts_at=now)
    made.tested_hash = made.approved_hash = made.content_hash
    made.approved_by, made.approved_at, made.state = approver, now, Mailing.State.SCHEDULED
    made.save()
    return made

"""Two forms on made-up websites: the pledge of the demonstration coordinator's group, and a campaign's."""

from campaigns.actions import make_embed
from campaigns.models import Campaign
from groups.models import LocalGroup
from sanctuary.demo.words import COORDINATED
from sanctuary.people.models import User


def fill(coordinator: User, staff: User, campaign: Campaign) -> None:
    make_embed(
        label="Our own website",
        allowed_hosts=["www.example.org"],
        by=coordinator,
        group=LocalGroup.objects.get(slug=COORDINATED),
    )
    make_embed(label="A partner's website", allowed_hosts=["partner.example.org"], by=staff, campaign=campaign)

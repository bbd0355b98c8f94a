"""One world for the checks over all pages: two groups, everyone who visits, and canaries that must not escape.

A canary is a piece of text about a person in one group. Wherever it appears, its reader must belong to that group.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from campaigns.models import Action, Campaign, Mailing
from groups.models import LocalGroup
from pledges.models import Pledge
from sanctuary.people import links
from sanctuary.people.models import Permission, Supporter, User
from sanctuary.places.actions import place_fields
from streams.models import Stream
from tests import factories as make
from tests.factories import permit

# Nothing with this number or name is ever made.
MISSING_ID = 987_654_321
MISSING_SLUG = "no-such-place"


@dataclass
class Tenant:
    """One group and everything that only its own people may read."""

    group: LocalGroup
    coordinator: User
    member: Supporter
    pledge: Pledge
    canaries: list[str]


@dataclass
class World:
    """What the lines of the page registry make their addresses from."""

    ours: Tenant
    theirs: Tenant
    people: dict[str, User | None]
    stream: Stream
    campaign: Campaign
    action: Action
    mailing: Mailing
    unconfirmed: Pledge
    tokens: dict[str, str] = field(default_factory=dict)

    def allowed(self, canary: str) -> set[str]:
        """The personas who may read this canary outside the admin."""
        return {"coordinator"} if canary in self.ours.canaries else {"other_coordinator"}


def build_world(people: dict[str, User | None], group: LocalGroup, other_group: LocalGroup) -> World:
    """A small network in mid-life. Outward codes must be loaded before."""
    campaign = make.CampaignFactory(
        title="Welcome every child", slug="welcome-every-child", owner=people["staff"], deadline="2099-01-01"
    )
    stream = make.StreamFactory(name="Schools", slug="schools", member_title="School of Sanctuary")
    school = make.OrganisationFactory(name="Hillside Primary School")
    make.StreamOrganisationFactory(stream=stream, organisation=school, is_listed=True)
    make.PrincipleFactory.create_batch(2)
    action = make.ActionFactory(campaign=campaign)
    make.ActionTakenFactory(action=action, supporter=school, confirmed_at=timezone.now(), name="", email="")
    world = World(
        ours=_tenant(group, people["coordinator"], "aq"),
        theirs=_tenant(other_group, people["other_coordinator"], "zx"),
        people=people,
        stream=stream,
        campaign=campaign,
        action=action,
        mailing=make.MailingFactory(campaign=campaign, author=people["staff"]),
        unconfirmed=make.PledgeFactory(group=group, name="Not Yet Confirmed", postcode="LS7 3HJ"),
    )
    world.tokens["choices"] = links.choices_token(people["supporter"].supporter_id)
    return world


def _tenant(group: LocalGroup, coordinator: User, mark: str) -> Tenant:
    """A group in a real place, with a member, a pledger to greet and a private venue, each named after its mark."""
    fields = place_fields("LS7 3HJ" if mark == "aq" else "BD1 1HU")
    for name, value in fields.items():
        setattr(group, name, value)
    group.about = "We share meals and walk together."
    group.save()
    member = make.SupporterFactory(name=f"Memb{mark} Canary", email=f"memb{mark}@example.org", **fields)
    pledger = make.SupporterFactory(name=f"Pledg{mark} Canary", email=f"pledg{mark}@example.org", **fields)
    for person in (member, pledger):
        make.MembershipFactory(group=group, supporter=person)
        permit(person, group.controller, Permission.Purpose.CAMPAIGNS)
    soon = timezone.now() + timedelta(days=3)
    make.ActivityFactory(
        group=group,
        title="Shared supper",
        venue=f"Venue{mark} Canary, 5 Hidden Lane",
        starts_at=soon,
        ends_at=soon + timedelta(hours=2),
    )
    pledge = make.PledgeFactory(group=group, supporter=pledger, confirmed=True)
    make.IntendedActionFactory(pledge=pledge)
    kinds = [f"{kind}{mark}" for kind in ("Memb", "Pledg", "Venue", "memb", "pledg")]
    return Tenant(group, coordinator, member, pledge, kinds)

"""One world for the checks over all pages: two groups, everyone who visits, and canaries that must not escape.

A canary is a piece of text about a person in one group. Wherever it appears, its reader must belong to that group.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from campaigns.models import Action, Campaign, Mailing
from groups.models import Activity, GroupContact, LocalGroup, Removal
from pledges.models import Pledge
from sanctuary.people import guard, links, tokens
from sanctuary.people.actions import start_address_change
from sanctuary.people.models import Permission, Supporter, User
from sanctuary.places.actions import place_fields
from sanctuary.places.models import District, Nation, OutwardCode, Region
from streams.models import Stream
from tests import factories as make
from tests.acts import furnish_acts
from tests.bookings import booking_of, furnish_bookings
from tests.embeds import furnish_embeds
from tests.endorsers import endorsement_tokens, furnish_endorsements
from tests.factories import permit
from tests.imported import furnish_imports
from tests.letters import CANARIES, furnish_letters
from tests.logs import furnish_log, pulse_token
from tests.partners import furnish_partners
from tests.persons import furnish_person
from tests.replies import furnish_replies, reply_token
from tests.stories import furnish_stories, story_token
from tests.team import furnish_team, team_tokens

# What of a group's own its helpers may read: where people meet, who to ask, and first names.
HELPERS_READ = ("Venue", "Hall", "Room", "Memb", "Pledg", "Twin", "Book", "Remember", "Cont", "Lead")
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
    contact: GroupContact
    canaries: list[str]
    removal: Removal | None = None
    # Emails of the group: one that is written, one that was sent.
    draft: Mailing | None = None
    sent: Mailing | None = None
    # An activity that was written up, and one to come that people have booked.
    logged: Activity | None = None
    booked: Activity | None = None


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
    letter: str = ""
    # About people who acted and did not choose to be shown: nobody outside the admin reads these.
    unseen: list[str] = field(default_factory=list)

    def allowed(self, canary: str) -> set[str]:
        """The personas who may read this canary outside the admin."""
        if canary in self.unseen:
            return set()
        readers = {"staff", "superuser"} if canary.startswith(("Cont", "cont", "Lead")) else set()
        if canary not in self.ours.canaries:
            return readers | {"other_coordinator"}
        helpers = {"helper"} if canary in {f"{kind}aq" for kind in HELPERS_READ} else set()
        return readers | helpers | {"coordinator"}


def build_world(people: dict[str, User | None], group: LocalGroup, other_group: LocalGroup) -> World:
    """A small network in mid-life."""
    _two_places()
    campaign = make.CampaignFactory(
        title="Welcome every child", slug="welcome-every-child", owner=people["staff"], deadline="2099-01-01"
    )
    stream = make.StreamFactory(name="Schools", slug="schools", member_title="School of Sanctuary")
    school = make.OrganisationFactory(name="Hillside Primary School")
    make.StreamOrganisationFactory(stream=stream, organisation=school, is_listed=True)
    make.PrincipleFactory.create_batch(2)
    action = make.ActionFactory(campaign=campaign)
    furnish_partners(campaign)
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
    world.unseen = furnish_acts(campaign, group) + furnish_replies(campaign) + furnish_endorsements(campaign)
    world.unseen += CANARIES
    world.tokens = _tokens(world)
    return world


def _tokens(world: World) -> dict[str, str]:
    """A live link of every purpose. All are about the persona `supporter`, or about what nobody has confirmed."""
    person, pledge = world.people["supporter"].supporter, world.unconfirmed
    unsigned = make.ActionTakenFactory(action=world.action, name="Not Yet Signed", email="unsigned@example.org")
    signed = make.ActionTakenFactory(action=world.action, supporter=person, confirmed_at=timezone.now())
    return {
        **team_tokens(world.ours.group, world.ours.coordinator),
        **endorsement_tokens(person),
        **furnish_letters(world.campaign),
        "story": story_token(world.ours.group),
        "one_more_step": guard.hold("/pledge/", person.email, {"name": ["Not Yet Sent"]}),
        "choices": links.choices_token(person.pk, world.mailing.pk),
        "new_address": tokens.make(links.NEW_ADDRESS, start_address_change(person, "elsewhere@example.org").pk),
        "held": links.private_url(person.pk, person.email).split("/")[-2],
        "thanks": tokens.make("pledge-thanks", pledge.pk),
        "confirm": tokens.make("pledge-confirm", pledge.pk, links.fingerprint(pledge.email)),
        "sign": tokens.make("act-confirm", unsigned.pk),
        "from_mail": tokens.make("act", person.pk, world.mailing.pk),
        "sent": tokens.make("act-sent", unsigned.pk),
        "done": tokens.make("act-done", signed.pk),
        "my_name": tokens.make("act-name", signed.pk),
        "reply": reply_token(world.campaign, person),
        "enquiry": tokens.make("enquiry-confirm", make.EnquiryFactory().pk),
        "booking": booking_of(world.ours.group, person.name, person.email),
        "pulse": pulse_token(world.ours.logged),
    }


def _two_places() -> None:
    """Enough of the country for two groups: loading all of it for every test would take longer than most tests."""
    yorkshire = {"region": Region.YORKSHIRE, "nation": Nation.ENGLAND}
    District.objects.create(code="E08000035", name="Leeds", **yorkshire)
    OutwardCode.objects.create(code="LS7", name="Leeds", latitude=53.817, longitude=-1.532, **yorkshire)
    OutwardCode.objects.create(code="BD1", name="Bradford", latitude=53.795, longitude=-1.753, **yorkshire)


LETTER = b"""From: City of Sanctuary UK <hello@sanctuary.example.org>\r
To: sabitha@example.org\r
Subject: Please confirm\r
Date: Mon, 01 Jun 2026 12:00:00 +0000\r
Content-Type: text/plain; charset=utf-8\r
\r
Open the link to confirm.\r
"""


def put_letter(mailbox: Path) -> str:
    """One letter in the demonstration's mailbox. Returns its key."""
    (mailbox / "new").mkdir(parents=True)
    (mailbox / "new" / "20260601T120000-1.eml").write_bytes(LETTER)
    return "20260601T120000-1.eml"


def _letters(group: LocalGroup, coordinator: User, mark: str) -> tuple[Mailing, Mailing]:
    """Emails of the group: one that is written, and one that was sent."""
    group.controller.reply_to = f"office-of-{group.slug}@example.org"
    group.controller.save()
    email = {"group": group, "author": coordinator, "purpose": Permission.Purpose.CAMPAIGNS}
    draft = make.GroupMailingFactory(**email, subject=f"Letter{mark} Canary", body=f"Words{mark} Canary")
    gone = {"state": Mailing.State.DONE, "starts_at": timezone.now(), "frozen_at": timezone.now()}
    sent = make.GroupMailingFactory(**email, **gone, subject=f"Letter{mark} Canary", counts={"recipients": 2})
    return draft, sent


def _settle(group: LocalGroup, mark: str) -> dict:
    """The group finds its place. Returns the place, for its people."""
    fields = place_fields("LS7 3HJ" if mark == "aq" else "BD1 1HU")
    for name, value in fields.items():
        setattr(group, name, value)
    group.about = "We share meals and walk together."
    group.save()
    return fields


def _removal(group: LocalGroup, coordinator: User, mark: str) -> Removal:
    """Somebody was taken off the list, and can be put back."""
    gone = make.SupporterFactory(name=f"Gone{mark} Canary", email=f"gone{mark}@example.org")
    removal = Removal.objects.create(group=group, removed_by=coordinator, removed_at=timezone.now())
    make.MembershipFactory(group=group, supporter=gone, removal=removal, left_on=timezone.localdate())
    return removal


def _tenant(group: LocalGroup, coordinator: User, mark: str) -> Tenant:
    """A group in a real place, with a member, a pledger to greet and a private venue, each named after its mark."""
    fields = _settle(group, mark)
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
    contact = make.GroupContactFactory(group=group, name=f"Cont{mark} Canary", email=f"cont{mark}@example.org")
    make.SafeguardingFactory(group=group, lead_name=f"Lead{mark} Canary")
    pledge = make.PledgeFactory(group=group, supporter=pledger, confirmed=True)
    make.IntendedActionFactory(pledge=pledge)
    draft, sent = _letters(group, coordinator, mark)
    removal = _removal(group, coordinator, mark)
    words = "Gone gone Memb Pledg Venue memb pledg Letter Words Cont cont Lead"
    kinds = [f"{kind}{mark}" for kind in words.split()]
    kinds += furnish_stories(group, coordinator, mark)
    kinds += furnish_embeds(group, mark)
    kinds += furnish_team(group, coordinator, mark)
    kinds += furnish_person(group, coordinator, member, mark)
    kinds += furnish_imports(group, coordinator, mark)
    logged, said = furnish_log(group, member, mark)
    kinds += said
    booked, said = furnish_bookings(group, mark)
    kinds += said
    kinds += [f"{kind}{mark} Canary" for kind in ("Memb", "Pledg", "Twin", "Book")]
    more = {"removal": removal, "draft": draft, "sent": sent, "logged": logged, "booked": booked}
    return Tenant(group, coordinator, member, pledge, contact, kinds, **more)

"""Rows with obvious defaults. What a row belongs to is said by the caller; only a group brings its own controller."""

from datetime import UTC, date, datetime

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns.models import Action, ActionTaken, Campaign, Embed, Mailing, Relay
from groups.models import (
    Activity,
    Booking,
    CharterSignature,
    Enquiry,
    GroupContact,
    GroupRole,
    LocalGroup,
    Membership,
    RegionalRole,
    Safeguarding,
)
from pledges.actions import set_up_declaration
from pledges.models import Endorsement, IntendedAction, Pledge
from sanctuary.people.actions import grant, set_up_people
from sanctuary.people.address import mac
from sanctuary.people.models import Controller, Permission, Supporter, User, Wording
from sanctuary.places.models import (
    Constituency,
    FullPostcode,
    House,
    OutwardCode,
    Representative,
    SeatSet,
    kind_of,
    nation_of,
    only_westminster,
)
from sanctuary.places.postcode import parse
from streams.models import Convenor, Principle, Resource, Stream, StreamOrganisation

PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)


def permit(supporter, controller=None, purpose=Permission.Purpose.CAMPAIGNS, *, at=None):
    """The supporter agreed, in the current words, to one purpose of one controller (the national one by default)."""
    controller = controller or set_up_people()
    wording = Wording.objects.current("email-question")
    return grant(supporter, controllers=[controller], purposes=[purpose], wording=wording, source="test", at=at)[0]


def agreed(people):
    """Save these made-up supporters, all of whom agreed to campaigns of the national charity, in a few statements."""
    saved = Supporter.objects.bulk_create(people)
    first = permit(saved[0])
    same = {name: getattr(first, name) for name in ("controller", "purpose", "change", "wording", "occurred_at")}
    Permission.objects.bulk_create(Permission(supporter=each, source="test", **same) for each in saved[1:])
    return saved


class UserFactory(DjangoModelFactory):
    """Signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"User {n}")
    password = factory.django.Password(PASSWORD)


class EmailAddressFactory(DjangoModelFactory):
    """Needs user: allauth's note that this mailbox is theirs, without which signing in asks for a code first."""

    class Meta:
        model = EmailAddress

    email = factory.SelfAttribute("user.email")
    verified = True
    primary = True


class ControllerFactory(DjangoModelFactory):
    class Meta:
        model = Controller

    kind = Controller.Kind.GROUP
    name = factory.Sequence(lambda n: f"Group {n}")
    postal_address = "1 Example Street, Example Town, EX1 1AA"


class WordingFactory(DjangoModelFactory):
    class Meta:
        model = Wording

    slug = factory.Sequence(lambda n: f"words-{n}")
    version = 1
    text = "These exact words."


class SupporterFactory(DjangoModelFactory):
    """A person without any permission: see `permit`."""

    class Meta:
        model = Supporter

    kind = Supporter.Kind.PERSON
    name = factory.Sequence(lambda n: f"Supporter {n}")
    email = factory.Sequence(lambda n: f"supporter{n}@example.org")
    email_mac = factory.LazyAttribute(lambda row: mac(row.email) if row.email else b"")


class OrganisationFactory(SupporterFactory):
    kind = Supporter.Kind.ORGANISATION
    name = factory.Sequence(lambda n: f"Organisation {n}")
    email = factory.Sequence(lambda n: f"organisation{n}@example.org")
    organisation_type = Supporter.OrganisationType.SCHOOL
    contact_name = "Connie Contact"


class PrincipleFactory(DjangoModelFactory):
    class Meta:
        model = Principle

    number = factory.Sequence(lambda n: n + 100)
    slug = factory.Sequence(lambda n: f"principle-{n}")
    name = factory.Sequence(lambda n: f"Principle {n}")


class StreamFactory(DjangoModelFactory):
    class Meta:
        model = Stream

    slug = factory.Sequence(lambda n: f"stream-{n}")
    name = factory.Sequence(lambda n: f"Stream {n}")
    member_title = factory.LazyAttribute(lambda row: f"{row.name} of Sanctuary")
    purpose = "Welcome people wherever they learn, read or work."


class ConvenorFactory(DjangoModelFactory):
    """Needs stream and user."""

    class Meta:
        model = Convenor

    started_on = LONG_AGO


class StreamOrganisationFactory(DjangoModelFactory):
    """Needs stream and organisation."""

    class Meta:
        model = StreamOrganisation

    joined_on = LONG_AGO


class ResourceFactory(DjangoModelFactory):
    """Needs stream."""

    class Meta:
        model = Resource

    title = factory.Sequence(lambda n: f"Resource {n}")
    published_on = LONG_AGO


class LocalGroupFactory(DjangoModelFactory):
    """An active group with its own controller, nowhere on the map."""

    class Meta:
        model = LocalGroup

    name = factory.Sequence(lambda n: f"Town {n} City of Sanctuary")
    slug = factory.Sequence(lambda n: f"town-{n}")
    area = factory.Sequence(lambda n: f"Town {n}")
    status = LocalGroup.Status.ACTIVE
    controller = factory.SubFactory(ControllerFactory, name=factory.SelfAttribute("..name"))


class GroupRoleFactory(DjangoModelFactory):
    """Needs group and user."""

    class Meta:
        model = GroupRole

    role = GroupRole.Role.COORDINATOR
    started_on = LONG_AGO


class GroupContactFactory(DjangoModelFactory):
    """Needs group."""

    class Meta:
        model = GroupContact

    name = factory.Sequence(lambda n: f"Contact {n}")
    telephone = "01632 960 001"
    email = factory.Sequence(lambda n: f"contact{n}@example.org")
    role = "Treasurer"


class SafeguardingFactory(DjangoModelFactory):
    """Needs group. Complete, and good for a while."""

    class Meta:
        model = Safeguarding

    lead_name = "Lena Lead"
    deputy_name = "Dan Deputy"
    lead_checked_on = lead_trained_on = deputy_checked_on = deputy_trained_on = factory.LazyFunction(timezone.localdate)
    policy_url = "https://example.org/policy"
    policy_reviewed_on = factory.LazyFunction(timezone.localdate)


class RegionalRoleFactory(DjangoModelFactory):
    """Needs user and region."""

    class Meta:
        model = RegionalRole

    started_on = LONG_AGO


class EnquiryFactory(DjangoModelFactory):
    """Not yet confirmed."""

    class Meta:
        model = Enquiry

    name = factory.Sequence(lambda n: f"Enquirer {n}")
    email = factory.Sequence(lambda n: f"enquirer{n}@example.org")
    area = factory.Sequence(lambda n: f"Place {n}")


def ready_to_register(group):
    """The group has all that registering asks for: the Charter, three contacts, safeguarding."""
    GroupContactFactory.create_batch(3, group=group)
    SafeguardingFactory(group=group)
    wording = _wording("group-charter")
    CharterSignature.objects.create(group=group, wording=wording, name="Sian", role="Chair", signed_on=LONG_AGO)
    return group


class MembershipFactory(DjangoModelFactory):
    """Needs group and supporter."""

    class Meta:
        model = Membership

    source = Membership.Source.PLEDGE
    joined_on = LONG_AGO


class ActivityFactory(DjangoModelFactory):
    """Needs group. Public, in the future."""

    class Meta:
        model = Activity

    title = factory.Sequence(lambda n: f"Activity {n}")
    kind = Activity.Kind.MEAL
    starts_at = datetime(2099, 6, 1, 18, tzinfo=UTC)
    ends_at = datetime(2099, 6, 1, 20, tzinfo=UTC)
    area = "Town centre"


class BookingFactory(DjangoModelFactory):
    """Needs activity. Not yet confirmed, unless `coming` or `waiting`."""

    class Meta:
        model = Booking

    class Params:
        coming = factory.Trait(state="coming", confirmed_at=factory.LazyFunction(timezone.now))
        waiting = factory.Trait(state="waiting", confirmed_at=factory.LazyFunction(timezone.now))

    name = factory.Sequence(lambda n: f"Guest {n}")
    email = factory.Sequence(lambda n: f"guest{n}@example.org")


class PledgeFactory(DjangoModelFactory):
    """A person's pledge to no group, not yet confirmed: its details live only here."""

    class Meta:
        model = Pledge

    class Params:
        # The pledge of `supporter`, confirmed from their mailbox.
        confirmed = factory.Trait(confirmed_at=factory.LazyFunction(timezone.now), name="", email="", postcode="")

    wording = factory.LazyFunction(lambda: _wording("pledge"))
    permission_wording = factory.LazyFunction(lambda: _wording("email-question"))
    name = factory.Sequence(lambda n: f"Pledger {n}")
    email = factory.Sequence(lambda n: f"pledger{n}@example.org")
    wants_email = True


class EndorsementFactory(DjangoModelFactory):
    """A person's endorsement of the Declaration, shown to nobody and not yet confirmed: its details live only here."""

    class Meta:
        model = Endorsement

    class Params:
        # The endorsement of `supporter`, confirmed from their mailbox.
        confirmed = factory.Trait(confirmed_at=factory.LazyFunction(timezone.now), name="", email="", postcode="")

    declaration = factory.LazyFunction(set_up_declaration)
    wording = factory.LazyFunction(lambda: Wording.objects.current("birmingham-declaration"))
    permission_wording = factory.LazyFunction(lambda: _wording("endorsement-email-question"))
    name = factory.Sequence(lambda n: f"Endorser {n}")
    email = factory.Sequence(lambda n: f"endorser{n}@example.org")
    wants_email = False


def _wording(slug: str) -> Wording:
    return Wording.objects.get_or_create(slug=slug, version=1, defaults={"text": f"The words of {slug}."})[0]


class IntendedActionFactory(DjangoModelFactory):
    """Needs pledge."""

    class Meta:
        model = IntendedAction

    kind = IntendedAction.Kind.MEET


class CampaignFactory(DjangoModelFactory):
    """Needs owner. Live, approved by its owner."""

    class Meta:
        model = Campaign

    title = factory.Sequence(lambda n: f"Campaign {n}")
    slug = factory.Sequence(lambda n: f"campaign-{n}")
    ask = "Ask the council to welcome everyone."
    why = "Because everyone needs a safe place."
    decision_maker = "The council"
    state = Campaign.State.LIVE
    approved_by = factory.SelfAttribute("owner")
    approved_at = factory.LazyAttribute(lambda row: timezone.now() if row.approved_by else None)
    purpose_note = "It furthers welcome."


class RelayFactory(DjangoModelFactory):
    """Needs campaign and group."""

    class Meta:
        model = Relay

    way = Relay.Way.OTHER
    relayed_at = factory.LazyFunction(timezone.now)


class EmbedFactory(DjangoModelFactory):
    """The pledge on somebody's website; with a campaign, its form."""

    class Meta:
        model = Embed

    label = "Our website"
    allowed_hosts = ["www.example.org"]


class ActionFactory(DjangoModelFactory):
    """Needs campaign."""

    class Meta:
        model = Action

    statement = "We ask the council to welcome everyone."


class ActionTakenFactory(DjangoModelFactory):
    """Needs action. Not yet confirmed."""

    class Meta:
        model = ActionTaken

    name = factory.Sequence(lambda n: f"Signer {n}")
    email = factory.Sequence(lambda n: f"signer{n}@example.org")


class MailingFactory(DjangoModelFactory):
    """Needs campaign and author. A draft from the national controller to everyone."""

    class Meta:
        model = Mailing

    controller = factory.LazyFunction(set_up_people)
    subject = factory.Sequence(lambda n: f"Mailing {n}")
    body = "Dear ((first_name)),\n\nplease [sign](((action_link)))."
    audience = factory.LazyFunction(lambda: {"kind": "everyone", "value": ""})


class GroupMailingFactory(MailingFactory):
    """Needs group and author. A draft from the group to everyone in it."""

    controller = factory.SelfAttribute("group.controller")
    purpose = Permission.Purpose.NEWS
    body = "Dear ((first_name|friend)),\n\nsupper is on **Friday**."
    audience = factory.LazyAttribute(lambda row: {"kind": "group", "value": str(row.group.pk)})


def put_in(postcode, *constituencies):
    """This postcode, whole or a first half, lies in these constituencies; in several if it is split."""
    codes = " ".join(sorted(each.code for each in constituencies))
    number = SeatSet.objects.count() + 1
    seats, _ = SeatSet.objects.get_or_create(
        codes=codes, defaults={"number": number, "constituency_code": only_westminster(codes.split())}
    )
    found = parse(postcode)
    spot = {"latitude": 53.8, "longitude": -1.5}
    OutwardCode.objects.get_or_create(code=found.outward, defaults=spot)
    table = FullPostcode if found.inward else OutwardCode
    table.objects.update_or_create(
        code=found.compact, defaults={"seats": seats.number}, create_defaults={"seats": seats.number, **spot}
    )


class ConstituencyFactory(DjangoModelFactory):
    """Of Westminster and England, unless its code begins otherwise. For a postcode in it see `put_in`."""

    class Meta:
        model = Constituency

    code = factory.Sequence(lambda n: f"E149{n:05d}")
    name = factory.Sequence(lambda n: f"Exampleton {n}")
    kind = factory.LazyAttribute(lambda row: kind_of(row.code))
    nation = factory.LazyAttribute(lambda row: nation_of(row.code))


class RepresentativeFactory(DjangoModelFactory):
    """Needs constituency, unless of another house."""

    class Meta:
        model = Representative

    house = House.COMMONS
    name = factory.Sequence(lambda n: f"Robin Representative {n}")
    email = factory.Sequence(lambda n: f"representative{n}@example.org")
    external_id = factory.Sequence(lambda n: f"test-{n}")
    source = "test"
    as_of = LONG_AGO

"""Endorsements of the Declaration in the tests' world: some to be seen, and those that must not be."""

from django.utils import timezone

from pledges.actions import set_up_declaration
from pledges.models import SummitGoal
from sanctuary.people import tokens
from tests import factories as make


def furnish_endorsements(campaign) -> list[str]:
    """The Declaration, a campaign for one of its goals, and names. Returns the canaries, which nobody may read."""
    declaration = set_up_declaration()
    campaign.goals.set(SummitGoal.objects.filter(slug="destitution"))
    campaign.principles.set(declaration.principles.filter(slug="care"))
    looked = {"confirmed": True, "name_checked_at": timezone.now()}
    seen = make.SupporterFactory(name="Faye Surnameendorsed", email="fayeendorsed@example.org", outward_code="LS7")
    make.EndorsementFactory(supporter=seen, shown="first", **looked)
    school = make.OrganisationFactory(
        name="Rosehill School", email="roseendorsed@example.org", contact_name="Contactendorsed"
    )
    make.EndorsementFactory(supporter=school, kind="organisation", shown="full", **looked)
    hidden = make.SupporterFactory(name="Hiddenendorsed Canary", email="hiddenendorsed@example.org")
    make.EndorsementFactory(supporter=hidden, shown="", **looked)
    unchecked = make.OrganisationFactory(name="Uncheckedendorsed School")
    make.EndorsementFactory(supporter=unchecked, kind="organisation", shown="full", confirmed=True)
    waiting = make.SupporterFactory(name="Waitingendorsed Canary")
    make.EndorsementFactory(supporter=waiting, shown="full", confirmed=True)
    make.EndorsementFactory(name="Unconfirmedendorsed Canary", email="unconfirmedendorsed@example.org", shown="full")
    words = "Surname Contact Hidden hidden Unchecked Waiting Unconfirmed unconfirmed faye rose"
    return [f"{word}endorsed" for word in words.split()]


def endorsement_tokens(person) -> dict[str, str]:
    """A live link of every purpose: one endorsement that waits, and one of this person."""
    asked = make.EndorsementFactory(name="Not Yet Endorsed", email="unendorsed@example.org")
    mine = make.EndorsementFactory(supporter=person, shown="first", confirmed=True)
    pledge = make.PledgeFactory(supporter=person, confirmed=True)
    return {
        "endorse_sent": tokens.make("endorse-sent", asked.pk),
        "endorse_confirm": tokens.make("endorse-confirm", asked.pk),
        "endorsed": tokens.make("endorse-thanks", mine.pk),
        "endorsement": tokens.make("endorsement", mine.pk),
        "endorse_after": tokens.make("endorse-after-pledge", pledge.pk, int(timezone.now().timestamp())),
    }

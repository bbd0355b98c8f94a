"""A campaign that asks for everything, and people who acted on it: for its own tests, and the checks over all pages."""

from django.utils import timezone

from tests import factories as make

KINDS = ["sign", "join", "attend", "share", "write"]


def furnish_acts(campaign, group) -> list[str]:
    """Each kind of action, and acts of people who must not be seen. Returns the canaries, which nobody may read."""
    asked = {
        kind: make.ActionFactory(campaign=campaign, kind=kind, rank=rank) for rank, kind in enumerate(KINDS[1:], 1)
    }
    asked["attend"].activities.set(group.activities.all())
    signed, joined = campaign.actions.get(kind="sign"), asked["join"]
    now = timezone.now()
    unseen = make.SupporterFactory(name="Unseen Actcanary", email="unseenact@example.org")
    make.ActionTakenFactory(action=signed, supporter=unseen, confirmed_at=now, name="", email="")
    school = make.OrganisationFactory(name="Uncheckedact School", contact_name="Contactact Canary")
    make.ActionTakenFactory(
        action=joined,
        supporter=school,
        kind="organisation",
        confirmed_at=now,
        name="",
        email="",
        shown="full",
        shown_name="Uncheckedact School",
    )
    shown = make.SupporterFactory(name="Shona Surnameact", email="shonaact@example.org", postcode="LS7 3HJ")
    make.ActionTakenFactory(
        action=signed,
        supporter=shown,
        confirmed_at=now,
        name="",
        email="",
        shown="first",
        shown_name="Shona",
        shown_place="Leeds",
        name_checked_at=now,
    )
    return ["Actcanary", "Uncheckedact", "Contactact", "Surnameact", "unseenact", "shonaact"]

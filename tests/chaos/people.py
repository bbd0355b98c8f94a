"""Made-up people in bulk: those who should get the mailing, and those who must not although it would be easy."""

from datetime import date
from itertools import repeat
from typing import NamedTuple

from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign, Mailing
from sanctuary.people import actions as people
from sanctuary.people.address import mac
from sanctuary.people.models import Controller, Permission, Supporter, Suppression, User, Wording
from tests import factories

# Each hundred who should get it stand beside so many who must not, for each of these reasons …
OUTSIDERS_PER_HUNDRED = 1
REASONS = [
    "never-asked",
    "withdrew",
    "news-only",
    "other-sender",
    "suppressed",
    "suppressed-here",
    "resting",
    "big-moments-only",
]
# … and so many of them leave when the list is already frozen.
LEAVERS_PER_HUNDRED = 1
LONG_AWAY = date(2999, 1, 1)


class Cast(NamedTuple):
    """A frozen mailing, the address of each supporter, and who may get it."""

    mailing: Mailing
    addresses: dict[int, str]
    wanted: set[str]
    leavers: set[str]


def set_up() -> None:
    """What every storm begins with: a sender and its words, a campaign and somebody who writes."""
    author = factories.UserFactory(name="Nadia National", email="nadia@example.org", is_staff=True)
    factories.CampaignFactory(owner=author)
    factories.ControllerFactory()
    people.set_up_people()


def gather(recipients: int) -> Cast:
    """People, a mailing to everyone, frozen, and then some of them leave."""
    wanted = _supporters(f"wanted-{n}@example.org" for n in range(recipients))
    # A second person with a mailbox that is on the list already.
    sharing = _supporters(each.email for each in wanted[:: 100 // OUTSIDERS_PER_HUNDRED])
    outside = {reason: _outsiders(reason, recipients * OUTSIDERS_PER_HUNDRED // 100) for reason in REASONS}
    _permit([*wanted, *sharing])
    _permit_outsiders(outside)
    _silence(outside)
    mailing = _freeze()
    leavers = wanted[50 :: 100 // LEAVERS_PER_HUNDRED]
    for each in leavers:
        people.stop_all_emails(each, source="storm")
    everybody = [*wanted, *sharing, *(each for those in outside.values() for each in those)]
    return Cast(
        mailing,
        {each.pk: each.email for each in everybody},
        {each.email for each in wanted},
        {each.email for each in leavers},
    )


def _supporters(addresses, **fields) -> list[Supporter]:
    rows = [Supporter(name=f"Zoë Example {n}", email=a, email_mac=mac(a), **fields) for n, a in enumerate(addresses)]
    return Supporter.objects.bulk_create(rows, batch_size=5000)


def _outsiders(reason: str, count: int) -> list[Supporter]:
    resting = {"emails_paused_until": LONG_AWAY} if reason == "resting" else {}
    return _supporters(
        (f"{reason}-{n}@example.org" for n in range(count)), **resting, only_big_moments=reason == "big-moments-only"
    )


def _permit(supporters, controller=None, purpose=Permission.Purpose.CAMPAIGNS, change=Permission.Change.GRANTED):
    granted = change == Permission.Change.GRANTED
    same = {
        "controller": controller or Controller.objects.national(),
        "purpose": purpose,
        "change": change,
        "basis": Permission.Basis.CONSENT if granted else Permission.Basis.NONE,
        "wording": Wording.objects.current("email-question") if granted else None,
        "source": "storm",
        "occurred_at": timezone.now(),
    }
    rows = (Permission(supporter=each, **given) for each, given in zip(supporters, repeat(same), strict=False))
    Permission.objects.bulk_create(rows, batch_size=5000)


def _permit_outsiders(outside: dict[str, list[Supporter]]) -> None:
    for reason in ("suppressed", "suppressed-here", "resting", "big-moments-only", "withdrew"):
        _permit(outside[reason])
    _permit(outside["withdrew"], change=Permission.Change.WITHDRAWN)
    _permit(outside["news-only"], purpose=Permission.Purpose.NEWS)
    _permit(outside["other-sender"], controller=Controller.objects.exclude(kind=Controller.Kind.NATIONAL).first())


def _silence(outside: dict[str, list[Supporter]]) -> None:
    reason = Suppression.Reason.COMPLAINED
    for key, controller in (("suppressed", None), ("suppressed-here", Controller.objects.national())):
        Suppression.objects.bulk_create(
            Suppression(email_mac=each.email_mac, controller=controller, reason=reason) for each in outside[key]
        )


def _freeze() -> Mailing:
    campaign, author = Campaign.objects.get(), User.objects.get()
    mailing = factories.MailingFactory(
        campaign=campaign, author=author, state=Mailing.State.SCHEDULED, starts_at=timezone.now()
    )
    return actions.freeze_and_start(mailing)

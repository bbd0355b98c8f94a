"""Somebody would like to start a group."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.founding import found_group
from groups.actions.inviting import invite
from groups.actions.living import begin_research
from groups.models import Enquiry, GroupRole, LocalGroup, RegionalRole
from groups.models.group import REGION_SLUGS
from groups.models.path import BEGINNING
from sanctuary.audit.actions import record
from sanctuary.people import actions as people
from sanctuary.people import links, tokens
from sanctuary.people.address import canon
from sanctuary.people.models import User
from sanctuary.places.postcode import InvalidPostcode
from sanctuary.post.actions import queue, queue_sparingly

CONFIRM = "enquiry-confirm"
SAME_PRESS_WITHIN = timedelta(minutes=2)


@transaction.atomic
def start_enquiry(*, name: str, email: str, area: str, postcode="", why: str = "") -> Enquiry:
    """Keep what somebody wrote and ask their mailbox whether it was they. No group comes of it until then.

    The same button pressed twice is one enquiry and one letter. Raises InvalidAddress.
    """
    address = canon(email)
    people.lock_address(address)
    told = {"name": name, "email": address, "area": area, "postcode": str(postcode or ""), "why": why}
    since = timezone.now() - SAME_PRESS_WITHIN
    enquiry = Enquiry.objects.unconfirmed().filter(created_at__gte=since, **told).first()
    if enquiry is None:
        enquiry = Enquiry.objects.create(**told)
        # The letter holds nothing of what was typed: a stranger cannot make us carry their words to somebody.
        queue_sparingly("groups/confirm_enquiry", to=address, context={"url": confirm_url(enquiry)})
    return enquiry


def confirm_url(enquiry: Enquiry) -> str:
    return links.absolute("groups:start_confirm", tokens.make(CONFIRM, enquiry.pk))


@transaction.atomic
def confirm_enquiry(enquiry: Enquiry) -> Enquiry:
    """The mailbox answered: a group in its first state stands in the list of its region. Harmless to repeat.

    Two people who ask about one place belong to one beginning. Raises ValidationError(code="too_late") after 14 days.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if enquiry.confirmed_at:
        return enquiry
    now = timezone.now()
    if Enquiry.objects.overdue(now).filter(pk=enquiry.pk).exists():
        raise ValidationError("This link is too old. Please write to us again.", code="too_late")
    enquiry.group, enquiry.confirmed_at = _beginning_of(enquiry), now
    enquiry.save(update_fields=["group", "confirmed_at"])
    _tell_region(enquiry.group, timezone.localdate(now))
    record("groups.confirm_enquiry", enquiry, by="enquirer", group=enquiry.group_id)
    return enquiry


def _tell_region(group: LocalGroup, today) -> None:
    """Whoever supports the region; with nobody there, the national team finds it in the list."""
    slug = next((slug for slug, region in REGION_SLUGS.items() if region == group.region), None)
    roles = RegionalRole.objects.current(today).filter(region=group.region, user__is_active=True)
    for role in roles.select_related("user") if slug else []:
        url = links.absolute("groups:region_group", slug, group.slug)
        queue("groups/enquiry_region", to=role.user.email, context={"region": group.region, "url": url})


@transaction.atomic
def welcome_enquiry(group: LocalGroup, *, by: User, reason: str = "") -> LocalGroup:
    """The enquiry is taken up: its people begin to research, and are asked to coordinate the group to be."""
    group = begin_research(group, by=by, reason=reason)
    for enquiry in group.enquiries.order_by("pk"):
        if not GroupRole.objects.open().filter(group=group, user__email__iexact=enquiry.email).exists():
            invite(group, email=enquiry.email, role=GroupRole.Role.COORDINATOR, by=by)
    return group


def _beginning_of(enquiry: Enquiry) -> LocalGroup:
    known = LocalGroup.objects.filter(area__iexact=enquiry.area, status__in=BEGINNING).order_by("pk").first()
    if known:
        return known
    name = _free_name(enquiry.area)
    try:
        return found_group(name=name, area=enquiry.area, postcode=enquiry.postcode, by="enquirer")
    except InvalidPostcode:  # it was good when it was typed
        return found_group(name=name, area=enquiry.area, by="enquirer")


def _free_name(area: str) -> str:
    """What to call it until it has a name of its own. Nobody outside reads it."""
    stem = f"{area} sanctuary group"
    taken = set(LocalGroup.objects.filter(name__istartswith=stem).values_list("name", flat=True))
    name, number = stem, 2
    while name.casefold() in {one.casefold() for one in taken}:
        name, number = f"{stem} {number}", number + 1
    return name


def forget_enquiries_of(addresses) -> int:
    """Somebody is being erased: what they wrote goes. A group that came of it stays."""
    return Enquiry.objects.filter(email__in=addresses).delete()[0]


def forget_enquiries() -> int:
    """What was never confirmed in 14 days, and what is long past. Returns how many enquiries went."""
    now = timezone.now()
    overdue, _ = Enquiry.objects.overdue(now).delete()
    return overdue + Enquiry.objects.spent(now).delete()[0]

"""A partner's list: the people who said yes to this very partner on this very campaign, and nobody else."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.models import Action, CampaignPartner, PartnerYes
from sanctuary.audit.actions import record

HEAD = ["Reference", "Status", "Name", "Email", "Postcode", "Said yes on", "Version of the words", "Where"]
GO_ON, LEFT = "yes", "left: please delete"
AT_A_TIME = 1000


class PartnerList(NamedTuple):
    """A list that was given: to whom, when, with how many people, and how many the partner is to delete."""

    link: CampaignPartner
    at: datetime
    count: int
    left: int


@transaction.atomic
def give_list(link: CampaignPartner, *, by, reason: str) -> PartnerList:
    """Note who is in the list of a partner, and who gave it, why and with how many; the rows come by `rows_of`.

    Raises ValidationError: "no_reason", or "no_agreement" without an active partner and an agreement.
    """
    link = CampaignPartner.objects.select_for_update(of=("self",)).select_related("partner").get(pk=link.pk)
    if not reason.strip():
        raise ValidationError("Say why the partner gets the list now.", code="no_reason")
    if not (link.partner.is_active and link.partner.may_export):
        raise ValidationError(f"There is no agreement with {link.partner} to give it a list.", code="no_agreement")
    now = timezone.now()
    count = PartnerYes.objects.filter(pk__in=link.yeses.live().values("pk")).update(passed_at=now)
    left = link.yeses.left().count()
    record("campaigns.give_list", link, by=by, reason=reason.strip(), count=count, left=left)
    return PartnerList(link, now, count, left)


def rows_of(given: PartnerList) -> Iterator[list[str]]:
    """The lines of the file, read as they are written: who takes it back on the way is in it no more.

    Whom the partner had before and must delete is named by its reference alone.
    """
    kinds = {
        f"action:{action.pk}": action.get_kind_display()
        for action in Action.objects.filter(campaign=given.link.campaign_id)
    }
    people = given.link.yeses.live().filter(passed_at__gte=given.at).select_related("supporter", "wording")
    for yes in people.order_by("given_at", "pk").iterator(chunk_size=AT_A_TIME):
        yield _row(yes, kinds)
    left = given.link.yeses.left().order_by("pk").values_list("reference", flat=True)
    for reference in left.iterator(chunk_size=AT_A_TIME):
        yield [reference, LEFT, *[""] * (len(HEAD) - 2)]


def _row(yes: PartnerYes, kinds: dict[str, str]) -> list[str]:
    person = yes.supporter
    postcode = person.postcode if yes.with_postcode else ""
    when = timezone.localtime(yes.given_at).date().isoformat()
    where = kinds.get(yes.source, "")
    return [yes.reference, GO_ON, person.name, person.email, postcode, when, str(yes.wording.version), where]

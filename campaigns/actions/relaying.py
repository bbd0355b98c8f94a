"""A national call that a local group hands on to its own people."""

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, Relay
from groups.models import LocalGroup
from sanctuary.audit.actions import record


@transaction.atomic
def relay_campaign(campaign: Campaign, group: LocalGroup, *, by, way: str = Relay.Way.OTHER) -> Relay:
    """The group has passed the call on. Harmless to repeat: the first time and way stay."""
    relay, is_new = Relay.objects.get_or_create(
        campaign=campaign,
        group=group,
        defaults={"way": way, "relayed_at": timezone.now(), "relayed_by": by},
    )
    if is_new:
        record("campaigns.relay_campaign", relay, by=by, group=group.pk, campaign=campaign.pk)
    return relay


@transaction.atomic
def take_back_relay(relay: Relay, *, by) -> None:
    """It was said by mistake. Harmless to repeat."""
    if Relay.objects.filter(pk=relay.pk).delete()[0]:
        record("campaigns.take_back_relay", relay, by=by)

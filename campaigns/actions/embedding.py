"""Putting one of our forms on somebody else's website, and taking it back."""

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import Campaign, Embed
from groups.models import LocalGroup
from sanctuary.audit.actions import record

MOST_OF_A_GROUP = 10


@transaction.atomic
def make_embed(
    *, label: str, allowed_hosts: list[str], by, campaign: Campaign | None = None, group: LocalGroup | None = None
) -> Embed:
    """Let these websites show the form. A group that asks twice for the same gets the same.

    Raises ValidationError(code="too_many") when the group has as many as anybody could look after.
    """
    if group is not None:
        LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        active = Embed.objects.active().for_group(group)
        same = active.filter(label=label, campaign=campaign, allowed_hosts=allowed_hosts).first()
        if same:
            return same
        if active.count() >= MOST_OF_A_GROUP:
            raise ValidationError("Your group has ten forms already. Take one back first.", code="too_many")
    embed = Embed.objects.create(
        label=label, allowed_hosts=allowed_hosts, campaign=campaign, group=group, created_by=by
    )
    record("campaigns.make_embed", embed, by=by, hosts=allowed_hosts)
    return embed


@transaction.atomic
def end_embed(embed: Embed, *, by) -> Embed:
    """Show it nowhere any more, from the very next request."""
    embed = Embed.objects.select_for_update(of=("self",)).get(pk=embed.pk)
    if embed.is_active:
        embed.is_active = False
        embed.save(update_fields=["is_active"])
        record("campaigns.end_embed", embed, by=by)
    return embed

"""A group's own email: to its own people, under the permission that they gave to the group."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.actions.mailing import locked_draft, save_words
from campaigns.models import Audience, Mailing
from campaigns.models.mailing import GROUP_KINDS, GROUP_PER_MINUTE
from groups.models import LocalGroup
from sanctuary.audit.actions import record


@transaction.atomic
def write_group_mailing(mailing: Mailing, *, group: LocalGroup, by, seen: str = "") -> Mailing:
    """Save what a coordinator wrote. Whatever the audience says, it is one of this group.

    `seen` is the content hash of what they began with: of two who write at once, the second is told.
    Raises ValidationError: "not_draft", "changed" or "other_group".
    """
    before = locked_draft(mailing) if mailing.pk else None
    if before and before.group_id != group.pk:
        raise ValidationError("This email belongs to another group.", code="other_group")
    if before and before.content_hash != seen:
        raise ValidationError("Somebody changed this email while you were writing.", code="changed")
    if before is None and (twin := _just_written(mailing, group, by)):
        return twin
    audience = Audience.of(mailing)
    kind = audience.kind if audience.kind in GROUP_KINDS else Audience.Kind.GROUP
    people = audience.people if kind == Audience.Kind.TICKED else ()
    mailing.group, mailing.controller = group, group.controller
    mailing.audience = Audience(kind, str(group.pk), people).as_dict()
    mailing.per_minute, mailing.is_urgent, mailing.is_big_moment = GROUP_PER_MINUTE, False, False
    if mailing.campaign_id:
        mailing.purpose = Mailing.Purpose.CAMPAIGNS
    return save_words(before, mailing, by=by)


def _just_written(mailing: Mailing, group: LocalGroup, by) -> Mailing | None:
    """The same words, saved a moment ago by the same person: they pressed twice. Holds the group until we are done."""
    LocalGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk)
    lately = timezone.now() - timedelta(minutes=1)
    drafts = Mailing.objects.of_group(group).filter(author=by, state=Mailing.State.DRAFT, created_at__gt=lately)
    return drafts.filter(subject=mailing.subject, body=mailing.body).first()


@transaction.atomic
def delete_group_mailing(mailing: Mailing, *, by) -> None:
    """Throw a draft away. Raises ValidationError(code="not_draft"). Harmless to repeat."""
    if Mailing.objects.filter(pk=mailing.pk).exists():
        draft = locked_draft(mailing)
        record("campaigns.delete_mailing", draft, by=by)
        draft.delete()

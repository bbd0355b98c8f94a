"""The words of a group's page: written, looked at, published, and put back."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import GroupRole, LocalGroup, PageVersion
from groups.models.page import WORDS, fingerprint
from sanctuary.audit.actions import record
from sanctuary.people.models import User


@transaction.atomic
def save_draft(group: LocalGroup, *, by: User, stands_on: str, **words) -> PageVersion:
    """Keep what somebody wrote, for a look before it is public. Each person has one draft for a group.

    Raises ValidationError(code="changed_meanwhile") when the page is not what they wrote it over.
    """
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    _refuse_if_changed(group, stands_on)
    told = words | {"stands_on": stands_on, "saved_at": timezone.now()}
    draft, _ = PageVersion.objects.update_or_create(group=group, author=by, published_at=None, defaults=told)
    return draft


@transaction.atomic
def publish_draft(draft: PageVersion, *, by: User) -> PageVersion:
    """From now on everybody reads it. What stood before is kept. Harmless to repeat.

    Raises ValidationError(code="changed_meanwhile") when somebody else published since it was written.
    """
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=draft.group_id)
    draft = PageVersion.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.published_at:
        return draft
    _refuse_if_changed(group, draft.stands_on)
    now = timezone.now()
    _keep_what_stands(group, now)
    for name, value in draft.words().items():
        setattr(group, name, value)
    group.save(update_fields=WORDS)
    draft.published_at = now
    draft.save(update_fields=["published_at"])
    record("groups.publish_page", group, by=by, version=draft.pk)
    return draft


def _refuse_if_changed(group: LocalGroup, stands_on: str) -> None:
    if fingerprint(group) != stands_on:
        raise ValidationError("Somebody else has changed the page meanwhile.", code="changed_meanwhile")


def _keep_what_stands(group: LocalGroup, now) -> None:
    """Words that came another way than by this page, such as from the national desk."""
    latest = group.page_versions.published().first()
    is_kept = latest is not None and fingerprint(latest) == fingerprint(group)
    if is_kept or not any(getattr(group, name) for name in WORDS):
        return
    before = now - timedelta(microseconds=1)  # so that it comes before what follows it
    words = {name: getattr(group, name) for name in WORDS}
    PageVersion.objects.create(group=group, stands_on="", saved_at=before, published_at=before, **words)


def draft_from(version: PageVersion, *, by: User) -> PageVersion:
    """An earlier text as a draft: to put it back, look at it and publish it."""
    group = LocalGroup.objects.get(pk=version.group_id)
    return save_draft(group, by=by, stands_on=fingerprint(group), **version.words())


def drop_draft(group: LocalGroup, *, by: User) -> bool:
    """Throw away what was not published. False when there was nothing."""
    return bool(PageVersion.objects.drafts().filter(group=group, author=by).delete()[0])


@transaction.atomic
def choose_to_be_named(group: LocalGroup, *, by: User, agrees: bool) -> int:
    """Their first name on the group's page, or not: nobody else can say it for them. Returns how many roles changed."""
    mine = GroupRole.objects.current(timezone.localdate()).coordinating().filter(group=group, user=by)
    changed = mine.exclude(is_named=agrees).update(is_named=agrees)
    if changed:
        record("groups.name_in_public", group, by=by, agrees=agrees)
    return changed

"""Stepping down: to somebody who says yes, or back to the national team. Nobody at a desk has to do anything."""

from datetime import date, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.actions.inviting import invite
from groups.actions.roles import end_role
from groups.models import GroupRole, HandBack, Invitation, LocalGroup, RegionalRole
from sanctuary.audit.actions import record
from sanctuary.people import links
from sanctuary.people.models import Controller, User
from sanctuary.post.actions import queue, queue_sparingly

AT_MOST_AHEAD = timedelta(days=90)


@transaction.atomic
def start_handover(role: GroupRole, *, email: str, on: date, by: User) -> Invitation:
    """Ask somebody to take over on this day. Until they say yes, and until that day, nothing changes.

    Raises what `invite` raises, and ValidationError with a code: "not_yours", "bad_day", "open_handover".
    """
    # Two presses of the button are one handover.
    LocalGroup.objects.select_for_update(of=("self",)).get(pk=role.group_id)
    role.refresh_from_db()
    _refuse_unless_theirs(role, by, on)
    now, open_one = timezone.now(), Invitation.objects.unanswered().filter(replaces=role).first()
    if open_one and open_one.is_open(now) and (open_one.email, open_one.starts_on) != (email, on):
        words = "You have asked somebody already. Take that invitation back first."
        raise ValidationError(words, code="open_handover")
    if open_one and not open_one.is_open(now):
        open_one.revoked_at = now
        open_one.save(update_fields=["revoked_at"])
    return invite(role.group, email=email, role=role.role, by=by, replaces=role, starts_on=on)


def _refuse_unless_theirs(role: GroupRole, by: User, on: date) -> None:
    today = timezone.localdate()
    if role.user_id != by.pk or role.role != GroupRole.Role.COORDINATOR or role.ended_on is not None:
        raise ValidationError("Only a coordinator can hand over their own role.", code="not_yours")
    if not today <= on <= today + AT_MOST_AHEAD:
        raise ValidationError("Choose a day from today to three months from now.", code="bad_day")


@transaction.atomic
def hand_back(role: GroupRole, *, on: date, by: User) -> HandBack:
    """Nobody was found: on this day the role ends, and the national team decide what becomes of the group.

    Harmless to repeat. Raises ValidationError with a code: "not_yours", "bad_day".
    """
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=role.group_id)
    role = GroupRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
    told = HandBack.objects.open().filter(group=group).first()
    if told and role.ended_on is not None and role.user_id == by.pk:
        return told
    _refuse_unless_theirs(role, by, on)
    if told is None:
        told = HandBack.objects.create(group=group, last_day=on, asked_at=timezone.now(), asked_by=by)
        _tell_national(told)
    group.invitations.unanswered().filter(replaces=role).update(revoked_at=timezone.now())
    end_role(role, by=by, on=on)
    record("groups.hand_back", told, by=by, group=group.pk)
    return told


def _tell_national(told: HandBack) -> None:
    today = timezone.localdate()
    regional = RegionalRole.objects.current(today).filter(region=told.group.region, user__is_active=True)
    context = {
        "group": told.group.name,
        "day": told.last_day,
        "url": links.absolute("admin:groups_handback_changelist"),
    }
    national = Controller.objects.national().reply_to or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    for address in dict.fromkeys([national, *regional.values_list("user__email", flat=True)]):
        queue("groups/handed_back", to=address, context=context)


@transaction.atomic
def settle_hand_back(told: HandBack, *, by: User) -> HandBack:
    """The national team has seen to it. Harmless to repeat."""
    told = HandBack.objects.select_for_update(of=("self",)).get(pk=told.pk)
    if told.settled_at is None:
        told.settled_at, told.settled_by = timezone.now(), by
        told.save(update_fields=["settled_at", "settled_by"])
        record("groups.settle_hand_back", told, by=by, group=told.group_id)
    return told


def remind_invited(now) -> int:
    """One more letter to those who have not answered for some days. Returns how many."""
    due = Invitation.objects.to_remind(now).select_related("group", "invited_by")
    return sum(_remind(invitation, now) for invitation in due)


@transaction.atomic
def _remind(invitation: Invitation, now) -> bool:
    mine = Invitation.objects.to_remind(now).select_for_update(of=("self",), skip_locked=True)
    if not mine.filter(pk=invitation.pk).update(reminded_at=now):
        return False
    context = {
        "url": links.absolute("groups:invitation", invitation.token),
        "group": invitation.group.name,
        "role": invitation.get_role_display(),
        "until": invitation.expires_at,
    }
    return queue_sparingly("groups/invitation_waits", to=invitation.email, context=context) is not None


def tell_of_unheard(now) -> int:
    """Tell those who step down that the one they asked did not answer in time. Returns how many."""
    return sum(_tell_unheard(invitation, now) for invitation in Invitation.objects.unheard(now).with_people())


@transaction.atomic
def _tell_unheard(invitation: Invitation, now) -> bool:
    if not Invitation.objects.unheard(now).filter(pk=invitation.pk).update(told_at=now):
        return False
    url = links.absolute("groups:handover", invitation.group.slug)
    context = {"group": invitation.group.name, "url": url}
    queue("groups/handover_waits", to=invitation.invited_by.email, context=context)
    return True


def forget_invitations_to(addresses) -> int:
    """Nobody is invited at these addresses any more, and nothing tells that they were. Returns how many."""
    return Invitation.objects.filter(email__in=addresses).delete()[0]


def forget_invitations(now) -> int:
    """Those that came to nothing a month ago. Returns how many."""
    return Invitation.objects.spent(now).delete()[0]

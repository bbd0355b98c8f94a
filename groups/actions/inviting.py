"""Asking somebody by email to help to run a group. What the letter says is ours alone."""

from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from groups.actions.roles import end_role, start_role
from groups.models import GroupRole, Invitation, LocalGroup
from groups.models.invitation import KEEP_CLOSED, OPEN_FOR
from groups.models.role import first_name_of, roles_to_give
from sanctuary.audit.actions import record
from sanctuary.audit.models import Entry
from sanctuary.people import links
from sanctuary.people.address import canon
from sanctuary.people.models import User
from sanctuary.post.actions import queue, queue_sparingly

MOST_OPEN = 20
MOST_A_DAY = 20
MOST_LETTERS = 3
OPENED = "groups.open_account"


@transaction.atomic
def invite(
    group: LocalGroup,
    *,
    email: str,
    role: str,
    by: User,
    replaces: GroupRole | None = None,
    starts_on: date | None = None,
) -> Invitation:
    """Send one letter that asks its reader to do this for the group. The same again is the same invitation.

    Raises InvalidAddress, or ValidationError with a code: "not_yours_to_give", "already_does", "too_many",
    "had_enough".
    """
    group = LocalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    address, now = canon(email), timezone.now()
    _refuse_role(group, address, role, by)
    same = group.invitations.unanswered().filter(email=address, role=role).first()
    if same and same.is_open(now) and same.replaces == replaces:
        return same
    if same:
        _revoke(same, now)
    _refuse_too_many(group, now)
    invitation = Invitation.objects.create(
        group=group,
        email=address,
        role=role,
        replaces=replaces,
        starts_on=starts_on,
        invited_by=by,
        invited_at=now,
        sent_at=now,
        expires_at=now + OPEN_FOR,
    )
    _send(invitation)
    record("groups.invite", invitation, by=by, group=group.pk, role=role)
    return invitation


def _refuse_role(group: LocalGroup, address: str, role: str, by: User) -> None:
    if role not in roles_to_give(by, group):
        raise ValidationError("You cannot give this role.", code="not_yours_to_give")
    doing = GroupRole.objects.open().filter(group=group, role=role)
    if doing.filter(Q(user__email__iexact=address) | Q(user__in=_accounts(address))).exists():
        raise ValidationError("This person does this already.", code="already_does")


def _refuse_too_many(group: LocalGroup, now) -> None:
    lately = group.invitations.filter(invited_at__gte=now - timedelta(days=1)).count()
    if lately >= MOST_A_DAY or group.invitations.open(now).count() >= MOST_OPEN:
        raise ValidationError("That is many invitations. Wait until some are answered.", code="too_many")


def _send(invitation: Invitation) -> None:
    context = {
        "url": links.absolute("groups:invitation", invitation.token),
        "group": invitation.group.name,
        "role": invitation.get_role_display(),
        "inviter": first_name_of(invitation.invited_by),
        "starts_on": invitation.starts_on,
        "is_handover": invitation.replaces_id is not None,
    }
    if queue_sparingly("groups/invitation", to=invitation.email, context=context) is None:
        words = "This address has had enough letters from us today. Try again tomorrow."
        raise ValidationError(words, code="had_enough")


@transaction.atomic
def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """The letter once more, good for seven days from now. Raises ValidationError(code="letters_sent") after three."""
    invitation = _locked(invitation)
    if invitation.accepted_at or invitation.revoked_at:
        return invitation
    if invitation.sent_count >= MOST_LETTERS:
        words = "We have sent this letter three times. Please ask the person in another way."
        raise ValidationError(words, code="letters_sent")
    now = timezone.now()
    invitation.sent_at, invitation.expires_at = now, now + OPEN_FOR
    invitation.sent_count += 1
    invitation.told_at = None
    invitation.save(update_fields=["sent_at", "expires_at", "sent_count", "told_at"])
    _send(invitation)
    record("groups.invite_again", invitation, by=by, group=invitation.group_id)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Its link opens nothing any more. What was accepted stays accepted; harmless to repeat."""
    invitation = _locked(invitation)
    if not invitation.accepted_at and not invitation.revoked_at:
        _revoke(invitation, timezone.now())
        record("groups.revoke_invitation", invitation, by=by, group=invitation.group_id)
    return invitation


def _revoke(invitation: Invitation, now) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


def _locked(invitation: Invitation) -> Invitation:
    """The group's row first, always: whoever takes both meets nobody coming the other way."""
    LocalGroup.objects.select_for_update(of=("self",)).get(pk=invitation.group_id)
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)


def _accounts(address: str):
    """Accounts that own this mailbox, also beside their main address."""
    return EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")


def open_account(invitation: Invitation) -> User:
    """The account of the invited address, made when there is none: it has no password and no rights.

    It does not let anybody in: the mailbox must still answer with a code. Raises ValidationError(code="closed").
    """
    if not invitation.is_open(timezone.now()):
        raise ValidationError("This invitation is closed.", code="closed")
    address = invitation.email
    owner = User.objects.filter(Q(email__iexact=address) | Q(pk__in=_accounts(address))).first()
    return owner or _create_account(address)


def _create_account(address: str) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create_user(address)
            EmailAddress.objects.create(user=user, email=address, verified=False, primary=True)
            record(OPENED, user, by="invitation")
            return user
    except IntegrityError:
        # The button was pressed twice at once.
        return User.objects.get(email__iexact=address)


@transaction.atomic
def forget_accounts(now) -> int:
    """Accounts that an invitation opened a month ago, and that nobody ever used or needs. Returns how many."""
    unused = User.objects.filter(
        Exists(Entry.objects.filter(verb=OPENED, noun=User._meta.label_lower, noun_id=_as_text(OuterRef("pk")))),
        date_joined__lte=now - KEEP_CLOSED,
        last_login__isnull=True,
        is_staff=False,
        **dict.fromkeys(["supporter", "group_roles", "regional_roles", "convenes"]),
    )
    waiting = Invitation.objects.open(now).values("email")
    unused = unused.exclude(email__in=waiting).exclude(emailaddress__verified=True)
    users = list(unused.select_for_update(of=("self",), skip_locked=True))
    for user in users:
        record("groups.forget_account", user, by="clock")
        user.delete()
    return len(users)


def _as_text(number):
    return Cast(number, CharField())


def owns_mailbox(user: User, address: str) -> bool:
    """Whether this account has shown that the mailbox is its own."""
    return EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User, name: str = "") -> GroupRole:
    """The role begins: today, or on the day of a handover, on which the other one's ends. Harmless to repeat.

    Raises ValidationError with a code: "used", "closed", "not_yours", "inviter_left".
    """
    invitation = _locked(invitation)
    now, group = timezone.now(), invitation.group
    if invitation.accepted_at and invitation.accepted_by_id == by.pk:
        return GroupRole.objects.filter(group=group, user=by, role=invitation.role).latest("started_on")
    _refuse(invitation, by, now)
    day = max(invitation.starts_on or timezone.localdate(now), timezone.localdate(now))
    role = start_role(group, by, invitation.role, by=by, on=day)
    if invitation.replaces and invitation.replaces.ended_on is None:
        end_role(invitation.replaces, by=invitation.invited_by, on=day)
    if name and not by.name:
        by.name = name
        by.save(update_fields=["name"])
    _note_acceptance(invitation, by, now)
    context = {"group": group.name, "role": invitation.get_role_display(), "day": day, "name": by.name}
    queue("groups/accepted", to=invitation.invited_by.email, context=context)
    return role


def _refuse(invitation: Invitation, by: User, now) -> None:
    if invitation.accepted_at:
        raise ValidationError("This invitation has been used.", code="used")
    if not invitation.is_open(now) or invitation.group.status == LocalGroup.Status.CLOSED:
        raise ValidationError("This invitation is closed.", code="closed")
    if not by.is_active or not owns_mailbox(by, invitation.email):
        raise ValidationError("This invitation is for somebody else.", code="not_yours")
    # Whoever lost the right to give a role since then gives it no more.
    if invitation.role not in roles_to_give(invitation.invited_by, invitation.group):
        raise ValidationError("Whoever invited you does not run this group any more.", code="inviter_left")


def _note_acceptance(invitation: Invitation, by: User, now) -> None:
    invitation.accepted_at, invitation.accepted_by, invitation.email = now, by, ""
    invitation.save(update_fields=["accepted_at", "accepted_by", "email"])
    record("groups.accept_invitation", invitation, by=by, group=invitation.group_id, role=invitation.role)

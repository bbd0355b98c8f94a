"""A visitor writes to a group. Nothing they typed is mailed to anybody until their own mailbox has answered."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from groups.models import GroupRole, LocalGroup, VisitorMessage
from groups.models.message import CONFIRM_WITHIN
from sanctuary.audit.actions import record
from sanctuary.people import actions as people
from sanctuary.people import links, tokens
from sanctuary.people.address import canon
from sanctuary.post.actions import forget_replies, queue_sparingly, queue_text

PURPOSE = "group-message"
SAME_PRESS_WITHIN = timedelta(minutes=2)
A_DAY = timedelta(days=1)
MOST_FROM_ONE = 5
MOST_WAITING = 200
MOST_DELIVERED = 30


@transaction.atomic
def write_to_group(group: LocalGroup, *, name: str, email: str, message: str) -> VisitorMessage:
    """Keep the message and ask the mailbox it gives whether it was they. The same button twice is one message.

    Raises InvalidAddress, or ValidationError with a code: "nobody", "from_one", "full".
    """
    address, now = canon(email), timezone.now()
    people.lock_address(address)
    told = {"group": group, "name": name, "email": address, "message": message}
    same = VisitorMessage.objects.since(now - SAME_PRESS_WITHIN).filter(**told).first()
    if same:
        return same
    _refuse_if_full(group, address, now)
    kept = VisitorMessage.objects.create(**told)
    context = {"url": links.absolute("groups:send_message", confirm_token(kept)), "group": group.name}
    # When the mailbox has had enough letters today, the page says the same: it must not tell who gets our letters.
    queue_sparingly("groups/message_confirm", to=address, context=context)
    return kept


def confirm_token(kept: VisitorMessage) -> str:
    return tokens.make(PURPOSE, kept.pk, links.fingerprint(kept.email))


def _refuse_if_full(group: LocalGroup, address: str, now) -> None:
    lately = group.visitor_messages.since(now - A_DAY)
    if not readers(group):
        raise ValidationError("Nobody reads the messages of this group just now.", code="nobody")
    if VisitorMessage.objects.since(now - A_DAY).filter(email=address).count() >= MOST_FROM_ONE:
        raise ValidationError("You have written several times today. Please wait until tomorrow.", code="from_one")
    if lately.waiting().count() >= MOST_WAITING or lately.delivered().count() >= MOST_DELIVERED:
        raise ValidationError("This group has had many messages today. Please try again tomorrow.", code="full")


def readers(group: LocalGroup) -> list[str]:
    """The group's mailbox; without one, the addresses of those who coordinate it today. Never shown to anybody."""
    if group.mailbox:
        return [group.mailbox]
    today = GroupRole.objects.current(timezone.localdate()).coordinating()
    addresses = today.filter(group=group, user__is_active=True).order_by("pk").values_list("user__email", flat=True)
    return list(dict.fromkeys(addresses))


@transaction.atomic
def deliver_message(kept: VisitorMessage) -> VisitorMessage:
    """The mailbox answered: the group gets the message, and answers to the visitor. Harmless to repeat.

    Raises ValidationError with a code: "too_late" after two days, "nobody", "full".
    """
    kept = VisitorMessage.objects.select_for_update(of=("self",)).select_related("group").get(pk=kept.pk)
    now, group = timezone.now(), kept.group
    if kept.delivered_at:
        return kept
    if now - kept.asked_at > CONFIRM_WITHIN:
        raise ValidationError("This link is too old. Please write your message again.", code="too_late")
    if group.visitor_messages.delivered().filter(delivered_at__gte=now - A_DAY).count() >= MOST_DELIVERED:
        raise ValidationError("This group has had many messages today. Please try again tomorrow.", code="full")
    addresses = readers(group)
    if not addresses or not group.is_live:
        raise ValidationError("Nobody reads the messages of this group just now.", code="nobody")
    kept.delivered_at = now
    kept.save(update_fields=["delivered_at"])
    _hand_to_group(kept, addresses)
    record("groups.deliver_message", kept, by="visitor", group=group.pk)
    return kept


def _hand_to_group(kept: VisitorMessage, addresses: list[str]) -> None:
    """As plain text, with nothing the visitor typed in its head but the address to answer."""
    context = {"message": kept, "group": kept.group.name}
    text = render_to_string("groups/message_letter.txt", context)
    for address in addresses:
        queue_text(
            to=address, subject=f"A message to {kept.group.name}", text=text, kind="groups/message", reply_to=kept.email
        )


def forget_messages(now) -> int:
    """Those never confirmed, and those delivered a month ago. Returns how many."""
    return VisitorMessage.objects.spent(now).delete()[0]


def forget_messages_from(addresses) -> None:
    """Nothing that these addresses wrote to groups is kept, nor sent on from the outbox."""
    VisitorMessage.objects.filter(email__in=addresses).delete()
    forget_replies(addresses, kind="groups/message")

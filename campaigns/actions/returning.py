"""What came back changes who is mailed: at once where the address is dead or the person complained, and only then.

A full mailbox or a spam filter is not the person's fault. Five letters in a row that could not be delivered, over two
weeks or more and with none in between that stayed away, say that the address is as good as dead.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from campaigns.models import Chunk, Delivery, Returned, ReturnedTotal
from campaigns.models.returned import KEEP_EVENTS
from sanctuary.people.actions import lock_address, suppress
from sanctuary.people.address import mac
from sanctuary.people.models import Merge, Supporter, Suppression
from sanctuary.post.returns import Copy, Kind, judge_reply

SOFT_AT_MOST = 5
SOFT_OVER = timedelta(days=14)
# A relay tries for up to five days before it says that a message could not be delivered.
NEWS_WITHIN = timedelta(days=5)

Outcome = Delivery.Outcome


@transaction.atomic
def take_return(
    *,
    kind: str,
    status: str,
    at: datetime,
    about: Copy | None = None,
    link: tuple[int, int] | None = None,
    address: str = "",
    event_id: str = "",
) -> Returned | None:
    """A delivery came back. Counted once however often it is told, and None unless we truly made that delivery.

    `about` names it by our own signature or a provider's word, `link` by a signed link that friends may share.
    `address` comes with a provider's word: the delivery must have gone there.
    """
    delivery = _made(about, link)
    silenced = delivery and _address_of(delivery, address)
    if delivery is None or (address and not silenced):
        return None
    if kind == Kind.SOFT and silenced:
        lock_address(silenced)
    row, is_new = Returned.objects.get_or_create(
        mailing_id=delivery.mailing_id,
        kind=kind,
        seq=delivery.seq,
        defaults={
            "supporter": Supporter.objects.filter(pk=delivery.supporter_id).first(),
            "door": Returned.Door.PROVIDER if address else Returned.Door.MAILBOX,
            "status": status,
            "event_id": event_id,
            "at": at,
        },
    )
    if not is_new:
        return None
    if silenced:
        _silence(row, silenced, is_shared=link is not None)
    return row


def _made(about: Copy | None, link: tuple[int, int] | None) -> Delivery | None:
    """The delivery, if it went out. One whose chunk is in a worker's hands may have gone and not be settled yet."""
    if about is not None:
        named = Delivery.objects.filter(mailing_id=about.mailing, seq=about.seq)
    else:
        whose = {link[0], Merge.objects.standing_for(link[0])}
        named = Delivery.objects.filter(supporter_id__in=whose, mailing_id=link[1])
    delivery = named.first()
    if delivery is None:
        return None
    if delivery.outcome == Outcome.PENDING:
        taken = Chunk.objects.filter(mailing_id=delivery.mailing_id, state=Chunk.State.LEASED)
        return delivery if taken.filter(lo__lte=delivery.seq, hi__gte=delivery.seq).exists() else None
    went = delivery.outcome in {Outcome.SENT, Outcome.IN_DOUBT}
    return delivery if went and delivery.settled_at > timezone.now() - KEEP_EVENTS else None


def _address_of(delivery: Delivery, told: str) -> str:
    """Where it went. After three months the ledger has forgotten; then only an address that is still theirs will do."""
    if delivery.address:
        return delivery.address if told in {"", delivery.address} else ""
    supporter = Supporter.objects.filter(pk=delivery.supporter_id).exclude(email="").first()
    same = supporter and told and hmac.compare_digest(bytes(supporter.email_mac), mac(told))
    return supporter.email if same else ""


def _silence(row: Returned, address: str, *, is_shared: bool) -> None:
    """Whoever holds a link that was passed on can stop emails with it, so no more than that is believed of it."""
    reason = {
        Kind.HARD: Suppression.Reason.HARD_BOUNCED,
        Kind.COMPLAINT: Suppression.Reason.UNSUBSCRIBED if is_shared else Suppression.Reason.COMPLAINED,
    }.get(row.kind)
    if reason:
        suppress(address, reason=reason)
        Returned.objects.filter(pk=row.pk).update(is_spent=True)
    elif row.kind == Kind.SOFT and row.supporter_id and (worn := _worn_out(row.supporter_id, address)):
        suppress(address, reason=Suppression.Reason.HARD_BOUNCED)
        Returned.objects.filter(pk__in=[each.pk for each in worn]).update(is_spent=True)


def _worn_out(supporter_id: int, address: str) -> list[Returned]:
    """The soft bounces of this address in a row, if they are enough; else nothing."""
    soft = list(Returned.objects.filter(supporter=supporter_id, kind=Kind.SOFT, is_spent=False).order_by("at"))
    if len(soft) < SOFT_AT_MOST:
        return []
    went = Delivery.objects.filter(
        supporter_id=supporter_id, address=address, outcome__in=[Outcome.SENT, Outcome.IN_DOUBT]
    )
    came_back = {(row.mailing_id, row.seq) for row in Returned.objects.filter(supporter=supporter_id)}
    sent = {(row.mailing_id, row.seq): row.settled_at for row in went}
    decided = timezone.now() - NEWS_WITHIN
    arrived = [at for key, at in sent.items() if key not in came_back and at < decided]
    since = max(arrived, default=None)
    row = [each for each in soft if (each.mailing_id, each.seq) in sent and (since is None or each.at > since)]
    enough = len(row) >= SOFT_AT_MOST and row[-1].at - row[0].at >= SOFT_OVER
    return row if enough else []


_REFUSED = """
    WITH noted AS (
        INSERT INTO campaigns_returned (mailing_id, kind, seq, supporter_id, door, status, event_id, is_spent, at)
        SELECT d.mailing_id, 'hard', d.seq, s.id, 'relay', v.status, '', TRUE, %(now)s
        FROM unnest(%(seqs)s::int[], %(statuses)s::text[]) AS v(seq, status)
        JOIN campaigns_delivery d ON d.mailing_id = %(mailing)s AND d.seq = v.seq AND d.outcome = 2
        LEFT JOIN people_supporter s ON s.id = d.supporter_id
        ON CONFLICT DO NOTHING
        RETURNING seq, supporter_id
    )
    INSERT INTO people_suppression (key_id, email_mac, controller_id, reason, created_at)
    SELECT DISTINCT %(key)s, s.email_mac, NULL::bigint, 'hard_bounced', %(now)s::timestamptz
    FROM noted n
    JOIN campaigns_delivery d ON d.mailing_id = %(mailing)s AND d.seq = n.seq
    JOIN people_supporter s ON s.id = n.supporter_id AND s.email = d.address AND s.email <> ''
    ORDER BY s.email_mac
    ON CONFLICT DO NOTHING
"""


def silence_refused(mailing_id: int, refused: Iterable[tuple[int, str]], now: datetime) -> None:
    """Silence the addresses that the relay says do not exist: one statement, in the transaction that settles them.

    `refused` holds (seq, the relay's words); most refusals speak of something else and change nothing here.
    """
    judged = [(seq, *judge_reply(reply)) for seq, reply in refused]
    gone = [(seq, status) for seq, kind, status in judged if kind == Kind.HARD]
    if not gone:
        return
    seqs, statuses = zip(*gone, strict=True)
    key = Suppression._meta.get_field("key_id").default
    given = {"mailing": mailing_id, "seqs": list(seqs), "statuses": list(statuses), "now": now, "key": key}
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, given)


def forget_returned() -> int:
    """After thirteen months only the numbers of each mailing are kept. Returns how many events went."""
    forgotten = 0
    now = timezone.now()
    for mailing_id in list(Returned.objects.old(now).order_by().values_list("mailing_id", flat=True).distinct()):
        forgotten += _add_up(mailing_id, now)
    return forgotten


@transaction.atomic
def _add_up(mailing_id: int, now: datetime) -> int:
    old = Returned.objects.old(now).filter(mailing_id=mailing_id).select_for_update(of=("self",))
    rows = list(old.values_list("pk", "kind"))
    gone = Returned.objects.filter(pk__in=[pk for pk, _ in rows])
    for kind, count in gone.order_by().values_list("kind").annotate(Count("pk")):
        total, _ = ReturnedTotal.objects.select_for_update().get_or_create(
            mailing_id=mailing_id, kind=kind, defaults={"count": 0}
        )
        total.count += count
        total.save(update_fields=["count"])
    return gone.delete()[0]


def returned_counts(mailing_id: int) -> dict[str, int]:
    """How many deliveries of a mailing came back, by kind, also long after the events are forgotten."""
    counts = Returned.objects.filter(mailing_id=mailing_id).counts()
    for kind, count in ReturnedTotal.objects.filter(mailing_id=mailing_id).values_list("kind", "count"):
        counts[kind] = counts.get(kind, 0) + count
    return counts


def forget_returned_of(supporter: Supporter) -> None:
    """The person is erased: the numbers stay, whose they were goes."""
    Returned.objects.filter(supporter=supporter).update(supporter=None)


def returned_about(supporter: Supporter) -> dict[str, list[dict[str, str]]]:
    """Emails to this person that came back, for them to read."""
    rows = Returned.objects.filter(supporter=supporter).select_related("mailing").order_by("at")
    return {
        "Emails that came back": [
            {
                "Email": row.mailing.subject,
                "When": f"{timezone.localtime(row.at):%-d %B %Y, %H:%M}",
                "Why": row.get_kind_display(),
            }
            for row in rows
        ]
    }

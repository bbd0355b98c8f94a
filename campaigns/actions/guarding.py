"""The circuit breaker: what comes back while a mailing is sent tells whether it should go on.

Addresses that do not work, refusals, complaints and people who leave pause the mailing, and two people are told. A mail
provider that puts half of our mail off only gets a rest: that is a plea for time, and the others need not wait for it.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from campaigns.actions.controlling import pause_mailing
from campaigns.actions.weighing import facts_of, reason_to_pause
from campaigns.models import MailDomain, Mailing, Throttle
from sanctuary.audit.actions import record

REST = timedelta(minutes=30)
# A domain is looked at when at least so many of its people were put off, in the chunks that were tried last.
PUT_OFF_AT_LEAST, LAST_CHUNKS = 20, 20


@transaction.atomic
def guard_mailing(mailing: Mailing) -> str:
    """Pause a running mailing when too much came back, and tell two people, once. The reason; empty when all is well.

    What a person knew when they let it go on is not held against it again.
    """
    facts = facts_of(mailing)
    reason = reason_to_pause(facts, mailing.guard)
    if not reason or pause_mailing(mailing, by="guard", reason=reason).pause_reason != reason:
        return ""
    Mailing.objects.filter(pk=mailing.pk).update(guard=facts)
    return reason


def rest_domains(mailing: Mailing) -> list[str]:
    """Let each domain rest that puts off half of what it is given. Which ones; they go on by themselves."""
    now = timezone.now()
    with connection.cursor() as cursor:
        given = {"mailing": mailing.pk, "now": now, "chunks": LAST_CHUNKS, "least": PUT_OFF_AT_LEAST}
        cursor.execute(_PUT_OFF, given)
        found = cursor.fetchall()
    return [domain for domain, put_off, tried in found if _rest(domain, put_off, tried, now)]


_PUT_OFF = """
    SELECT lower(split_part(d.address, '@', 2)), count(*) FILTER (WHERE d.outcome = 0), count(*)
    FROM (
        SELECT lo, hi FROM campaigns_chunk WHERE mailing_id = %(mailing)s AND state = 0 AND not_before > %(now)s
        ORDER BY no DESC LIMIT %(chunks)s
    ) c JOIN campaigns_delivery d ON d.mailing_id = %(mailing)s AND d.seq BETWEEN c.lo AND c.hi
    WHERE d.outcome IN (1, 2, 5) OR d.outcome = 0 AND d.attempts > 0 AND d.not_before > %(now)s AND d.reply LIKE '4%%'
    GROUP BY 1
    HAVING count(*) FILTER (WHERE d.outcome = 0) >= greatest(%(least)s, count(*) / 2.0)
    ORDER BY 1
"""


@transaction.atomic
def _rest(domain: str, put_off: int, tried: int, now) -> bool:
    """False when it rests already. Each on its own: a claim takes several in an order of its own."""
    known = MailDomain.objects.filter(name=domain).first()
    if known is None:
        throttle, _ = Throttle.objects.get_or_create(name=domain)
        MailDomain.objects.create(name=domain, throttle=throttle)
    else:
        throttle = known.throttle
    throttle = Throttle.objects.select_for_update(of=("self",)).get(pk=throttle.pk)
    if throttle.resting_until and throttle.resting_until > now:
        return False
    throttle.resting_until = now + REST
    throttle.reason = f"{domain} asked us to try {put_off} of {tried} emails again later. We give it half an hour."
    throttle.save(update_fields=["resting_until", "reason"])
    record("campaigns.rest_domain", throttle, by="guard", domain=domain, put_off=put_off, tried=tried)
    return True

"""Who a mailing goes to: as data, as a sentence and as SQL. One piece of SQL serves the count and the freeze."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import connection, models
from django.utils import timezone

from campaigns.models import frequency
from groups.models import LocalGroup
from sanctuary.places.models import Region
from streams.models import Stream


class AudienceKind(models.TextChoices):
    EVERYONE = "everyone", "Everyone in the network"
    GROUP = "group", "One local group"
    STREAM = "stream", "One stream of sanctuary"
    REGION = "region", "One region or nation"
    # Of a group's own mail:
    CAME = "came", "Those who came in the last 3 months"
    NEVER_CAME = "never_came", "Those who have never come"
    TICKED = "ticked", "The people you tick"


NATIONAL_KINDS = [AudienceKind.EVERYONE, AudienceKind.GROUP, AudienceKind.STREAM, AudienceKind.REGION]
GROUP_SENTENCES = {
    AudienceKind.GROUP: "Members of {}",
    AudienceKind.CAME: "Members of {} who came in the last 3 months",
    AudienceKind.NEVER_CAME: "Members of {} who have not come yet",
    AudienceKind.TICKED: "Members of {} whom you ticked",
}
MOST_TICKED = 500
LATELY_CAME = timedelta(days=92)


@dataclass(frozen=True)
class Counts:
    """Why some of those who match will not get it. The parts add up: matched − the reasons = recipients."""

    matched: int = 0
    no_address: int = 0
    no_permission: int = 0
    bounced: int = 0
    suppressed: int = 0
    resting: int = 0
    limited: int = 0
    shared_address: int = 0
    recipients: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


_AT_AN_ACTIVITY = """
    SELECT a.supporter_id FROM groups_attendance a JOIN groups_activity c ON c.id = a.activity_id
    WHERE c.group_id = %(group)s
"""

_WHERE = {
    AudienceKind.EVERYONE: "TRUE",
    AudienceKind.GROUP: (
        "s.id IN (SELECT supporter_id FROM groups_membership WHERE group_id = %(value)s::bigint AND left_on IS NULL)"
    ),
    AudienceKind.STREAM: (
        "s.id IN (SELECT organisation_id FROM streams_streamorganisation"
        " WHERE stream_id = %(value)s::bigint AND left_on IS NULL)"
    ),
    AudienceKind.REGION: "s.region = %(value)s",
    AudienceKind.CAME: f"s.id IN ({_AT_AN_ACTIVITY} AND c.starts_at >= %(lately_came)s)",
    AudienceKind.NEVER_CAME: f"s.id NOT IN ({_AT_AN_ACTIVITY})",
    AudienceKind.TICKED: "s.id = ANY(%(people)s)",
}

# However the definition reads: the mail of a group goes to people who belong to it today, and to nobody else.
_OWN = """
    s.id IN (
        SELECT m.supporter_id FROM groups_membership m JOIN groups_localgroup g ON g.id = m.group_id
        WHERE g.id = %(group)s AND g.controller_id = %(controller)s AND g.status <> 'closed' AND m.left_on IS NULL
    )
"""

# The order of the WHENs is the order in which reasons are given: the strictest first, each person under one only.
_JUDGED = """
    judged AS MATERIALIZED (
        SELECT {columns},
            CASE
                WHEN s.email = '' THEN 'no_address'
                WHEN cp.is_live IS NOT TRUE THEN 'no_permission'
                WHEN hushed.bounced THEN 'bounced'
                WHEN hushed.bounced IS NOT NULL THEN 'suppressed'
                WHEN s.emails_paused_until > %(today)s THEN 'resting'
                WHEN s.only_big_moments AND NOT %(big)s THEN 'resting'
                WHEN s.most_a_month IS NOT NULL AND s.most_a_month <= (
                    SELECT count(*) FROM campaigns_delivery d
                    WHERE d.supporter_id = s.id AND d.mailing_id = ANY({lately}) AND {had}
                ) THEN 'limited'
                ELSE ''
            END AS reason
        FROM people_supporter s
        LEFT JOIN people_currentpermission cp
            ON cp.supporter_id = s.id AND cp.controller_id = %(controller)s
            AND cp.purpose = %(purpose)s AND cp.channel = 'email'
        LEFT JOIN (
            SELECT email_mac, bool_or(reason = 'hard_bounced') AS bounced
            FROM people_suppression
            WHERE controller_id IS NULL OR controller_id = %(controller)s
            GROUP BY email_mac
        ) hushed ON hushed.email_mac = s.email_mac
        WHERE {where}
    )
"""

# One copy for each address, in an order made by a hash, so that the first chunks are a random sample of the whole, and
# another one for each mailing. One sort does both.
_CHOSEN = """
    chosen AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY place, email_mac) AS seq, id, email
        FROM (
            SELECT DISTINCT ON (place, email_mac) place, email_mac, id, email
            FROM (
                SELECT hashbyteaextended(email_mac, %(salt)s) AS place, email_mac, id, email
                FROM judged WHERE reason = ''
            ) eligible
            ORDER BY place, email_mac, id
        ) once
    )
"""

_PLACED = """
    placed AS (
        INSERT INTO campaigns_delivery (mailing_id, seq, supporter_id, address, outcome, attempts, reply)
        SELECT %(mailing)s, seq, id, email, 0, 0, '' FROM chosen
    )
"""

_REASONS = """
    SELECT reason, count(*) FROM judged GROUP BY reason
    UNION ALL
    SELECT 'recipients', {recipients}
"""
_COUNTED = _REASONS.format(recipients="count(DISTINCT email_mac) FROM judged WHERE reason = ''")
_CHOSEN_COUNTED = _REASONS.format(recipients="count(*) FROM chosen")


@dataclass(frozen=True)
class Audience:
    """A definition such as "One region: Wales", for one sender and purpose."""

    kind: str = AudienceKind.EVERYONE
    value: str = ""
    people: tuple[int, ...] = ()

    Kind = AudienceKind

    @classmethod
    def of(cls, mailing) -> "Audience":
        said = mailing.audience
        return cls(said.get("kind", cls.kind), said.get("value", cls.value), tuple(said.get("people", ())))

    def as_dict(self) -> dict:
        people = {"people": list(self.people)} if self.people else {}
        return {"kind": str(self.kind), "value": self.value} | people

    def sentence(self) -> str:
        """The definition in plain words, as a check for the person who sends."""
        if self.kind in GROUP_SENTENCES:
            return GROUP_SENTENCES[self.kind].format(LocalGroup.objects.get(pk=self.value))
        if self.kind == AudienceKind.STREAM:
            return f"Organisations in the {Stream.objects.get(pk=self.value)} stream"
        if self.kind == AudienceKind.REGION:
            return f"Supporters in {Region(self.value).label}"
        return "Everyone in the network"

    def count(self, mailing) -> Counts:
        """How many match, how many will get it, and every reason between."""
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {self._judged(mailing, 's.email_mac')} {_COUNTED}", self.parameters(mailing))
            return self.read_counts(cursor.fetchall())

    def freeze_sql(self, mailing) -> str:
        """One statement that writes a delivery for each recipient and returns what `read_counts` reads.

        Needs `parameters` and `mailing`.
        """
        judged = self._judged(mailing, "s.id, s.email, s.email_mac")
        return f"WITH {judged}, {_CHOSEN}, {_PLACED} {_CHOSEN_COUNTED}"

    @staticmethod
    def read_counts(rows) -> Counts:
        found = dict(rows)
        eligible, recipients = found.pop("", 0), found.pop("recipients")
        matched = eligible + sum(found.values())
        return Counts(matched=matched, recipients=recipients, shared_address=eligible - recipients, **found)

    def parameters(self, mailing) -> dict:
        now = timezone.now()
        return {
            "value": self.value,
            "people": list(self.people),
            "group": mailing.group_id,
            "lately_came": now - LATELY_CAME,
            "controller": mailing.controller_id,
            "purpose": mailing.purpose,
            "big": mailing.is_big_moment,
            "today": timezone.localdate(),
            "salt": mailing.pk or 0,
            **frequency.since(now),
        }

    def _judged(self, mailing, columns: str) -> str:
        where = _WHERE[AudienceKind(self.kind)]
        if mailing.group_id is not None:
            where = f"{where} AND {_OWN}"
        return _JUDGED.format(columns=columns, where=where, lately=frequency.LATELY, had=frequency.HAD)

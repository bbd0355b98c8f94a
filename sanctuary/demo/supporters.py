"""Supporters, what they agreed to, their groups and pledges: made in Python, written by COPY."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from groups.models import LocalGroup
from sanctuary.demo.words import FIRST, LAST, ORGANISATIONS
from sanctuary.people.actions import set_up_people
from sanctuary.people.address import mac
from sanctuary.people.models import Supporter, Wording
from sanctuary.places.models import OutwardCode, SeatSet, distance_miles
from streams.models import Stream

BATCH = 50_000
ORGANISATION_SHARE, SHARED_ADDRESS_SHARE, YES_SHARE = 0.05, 0.02, 0.86
NEAR_MILES = 40
STILL_TO_GREET = timedelta(days=9)

SUPPORTER = [
    "id",
    "kind",
    "name",
    "email",
    "email_mac",
    "organisation_type",
    "contact_name",
    "job_role",
    "only_big_moments",
    "created_at",
    "postcode",
    "outward_code",
    "district_code",
    "region",
    "nation",
    "latitude",
    "longitude",
    "constituency_code",
]
LEDGER = [
    "supporter_id",
    "controller_id",
    "purpose",
    "channel",
    "change",
    "basis",
    "wording_id",
    "source",
    "occurred_at",
    "recorded_at",
]
MEMBERSHIP = ["group_id", "supporter_id", "source", "joined_on"]
PLEDGE = [
    "kind",
    "wording_id",
    "permission_wording_id",
    "group_id",
    "supporter_id",
    "name",
    "email",
    "postcode",
    "organisation_type",
    "contact_name",
    "job_role",
    "wants_email",
    "is_listed",
    "created_at",
    "confirmed_at",
    "greeted_at",
]


@dataclass(frozen=True)
class Spot:
    """Somewhere people live, and the group near them."""

    place: OutwardCode
    group: LocalGroup | None
    constituency_code: str = ""


class Crowd:
    """Makes supporters one after another from a fixed seed."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.now = timezone.now()
        self.national = set_up_people().pk
        self.question = Wording.objects.current("email-question").pk
        self.words = {kind: Wording.objects.current(f"{kind}-pledge").pk for kind in ("individual", "organisation")}
        self.streams = dict(Stream.objects.values_list("slug", "pk"))
        self.spots, self.weights = spots()
        self.last_id = Supporter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.address = "first@example.org"

    def make(self, count: int) -> Iterator[dict[str, list[tuple]]]:
        """Rows for each table, in batches small enough to hold."""
        for start in range(0, count, BATCH):
            rows: dict[str, list[tuple]] = {
                name: [] for name in ("supporter", "ledger", "membership", "pledge", "stream")
            }
            chosen = self.dice.choices(self.spots, self.weights, k=min(BATCH, count - start))
            for spot in chosen:
                self._one(spot, rows)
            yield rows

    def _one(self, spot: Spot, rows) -> None:
        self.last_id += 1
        is_organisation = self.dice.random() < ORGANISATION_SHARE
        days = min(1400, self.dice.expovariate(1 / 420))
        joined = self.now - timedelta(days=days, seconds=self.dice.randrange(40_000))
        listed = self._supporter(spot, joined, is_organisation, rows)
        said_yes = self.dice.random() < YES_SHARE
        self._ledger(spot, joined, said_yes, rows)
        if spot.group:
            rows["membership"].append((spot.group.pk, self.last_id, "pledge", joined.date()))
        greeted = joined + timedelta(days=2) if self.now - joined > STILL_TO_GREET else None
        kind = "organisation" if is_organisation else "individual"
        group = spot.group.pk if spot.group else None
        rows["pledge"].append(
            (
                "organisation" if is_organisation else "person", self.words[kind], self.question, group, self.last_id,
                "", "", "", "", "", "", said_yes, listed, joined, joined + timedelta(minutes=7), greeted,
            )
        )  # fmt: skip

    def _supporter(self, spot: Spot, joined, is_organisation: bool, rows) -> bool:
        first, last = self.dice.choice(FIRST), self.dice.choice(LAST)
        name, kind, type_, contact, role = f"{first} {last}", "person", "", "", ""
        if is_organisation:
            type_ = self.dice.choice(list(ORGANISATIONS))
            stream, pattern = ORGANISATIONS[type_]
            name, kind, contact, role = pattern.format(spot.place.name or spot.place.code), "organisation", name, "Lead"
            if stream:
                rows["stream"].append((self.streams[stream], self.last_id, True, joined.date()))
        if is_organisation or self.dice.random() > SHARED_ADDRESS_SHARE:
            self.address = f"{first.lower()}.{last.lower()}.{self.last_id}@example.org"
        place = spot.place
        rows["supporter"].append(
            (
                self.last_id, kind, name, self.address, mac(self.address), type_, contact, role,
                self.dice.random() < 0.03, joined, place.code, place.code, place.district_code, place.region,
                place.nation, place.latitude, place.longitude, spot.constituency_code,
            )
        )  # fmt: skip
        return is_organisation

    def _ledger(self, spot: Spot, joined, said_yes: bool, rows) -> None:
        change, basis = ("granted", "consent") if said_yes else ("declined", "none")
        asked = [(self.national, "campaigns"), (self.national, "news")]
        if spot.group:
            asked += [(spot.group.controller_id, purpose) for purpose in ("activities", "news", "campaigns")]
        for controller, purpose in asked:
            rows["ledger"].append(
                (self.last_id, controller, purpose, "email", change, basis, self.question, "demo", joined, joined)
            )


def spots() -> tuple[list[Spot], list[int]]:
    """Every outward code with its nearest live group, and how many live there."""
    groups = list(LocalGroup.objects.live().with_position())
    places = [place for place in OutwardCode.objects.all() if place.region]
    seats = dict(SeatSet.objects.values_list("number", "constituency_code"))
    found = [Spot(place, _nearest(place, groups), seats.get(place.seats, "")) for place in places]
    return found, [max(1, p.postcode_count) for p in places]


def _nearest(place: OutwardCode, groups: list[LocalGroup]) -> LocalGroup | None:
    def rough(group):
        return math.hypot(group.latitude - place.latitude, (group.longitude - place.longitude) * 0.6)

    nearest = min(groups, key=rough, default=None)
    if nearest is None:
        return None
    miles = distance_miles(place.latitude, place.longitude, nearest.latitude, nearest.longitude)
    return nearest if miles <= NEAR_MILES else None


def copy(table: str, columns: list[str], rows: list[tuple]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row(row)


def write(rows: dict[str, list[tuple]]) -> None:
    copy("people_supporter", SUPPORTER, rows["supporter"])
    copy("people_permission", LEDGER, rows["ledger"])
    copy("groups_membership", MEMBERSHIP, rows["membership"])
    copy("pledges_pledge", PLEDGE, rows["pledge"])
    copy("streams_streamorganisation", ["stream_id", "organisation_id", "is_listed", "joined_on"], rows["stream"])

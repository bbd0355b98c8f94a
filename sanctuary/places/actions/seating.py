"""Numbering sets of constituencies."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from sanctuary.places.models import FullPostcode, OutwardCode, SeatSet, kind_of, only_westminster

MOST = 32_767


class Seating:
    """The sets of constituencies met so far, and their numbers. Sets that were there keep theirs."""

    def __init__(self):
        self._numbers = {tuple(row.codes.split()): row.number for row in SeatSet.objects.all()}
        self._codes = {number: codes for codes, number in self._numbers.items()}
        self._quick = {}
        self._new = []

    def number_of(self, codes: Iterable[str]) -> int:
        """The number of the set of these codes; 0 if there are none. Raises ValidationError for a code of no kind."""
        key = codes if isinstance(codes, tuple) else tuple(codes)
        if key not in self._quick:
            self._quick[key] = self._number(tuple(sorted(set(key))))
        return self._quick[key]

    def codes_of(self, numbers: Iterable[int]) -> set[str]:
        """All codes of several sets."""
        return {code for number in numbers for code in self._codes.get(number, ())}

    def save(self) -> None:
        """Write down the sets that are new."""
        SeatSet.objects.bulk_create(
            SeatSet(
                number=number,
                codes=" ".join(self._codes[number]),
                constituency_code=only_westminster(self._codes[number]),
            )
            for number in self._new
        )
        self._new = []

    def _number(self, codes: tuple[str, ...]) -> int:
        if codes and codes not in self._numbers:
            for code in codes:
                kind_of(code)
            number = max(self._codes, default=0) + 1
            if number > MOST:
                raise ValidationError("These postcodes lie in far too many different constituencies.", code="too_many")
            self._numbers[codes], self._codes[number] = number, codes
            self._new.append(number)
        return self._numbers[codes] if codes else 0


def forget_unused_sets() -> int:
    """Delete sets that no postcode has any more. Returns how many."""
    used = set(FullPostcode.objects.values_list("seats", flat=True).distinct())
    used |= set(OutwardCode.objects.values_list("seats", flat=True).distinct())
    return SeatSet.objects.exclude(number__in=used).delete()[0]

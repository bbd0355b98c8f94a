"""What a run prints last: its measurements, and the criteria beside what was reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass
class Measured:
    """One measurement, for one line of the table. `cpu` and `relay` are seconds of CPU: of the senders, of the sink."""

    name: str
    messages: int
    seconds: float
    cpu: float
    relay: float = 0.0
    note: str = ""

    @property
    def rate(self) -> float:
        return self.messages / self.seconds

    @property
    def each(self) -> float:
        """Microseconds of CPU a message."""
        return self.cpu / self.messages * 1e6

    def over(self, relay: str) -> "Measured":
        """The same, said to be over another relay."""
        return replace(self, name=f"{relay}: {self.name}")


def middle(rounds: Sequence[Measured]) -> Measured:
    """The round whose rate is the median (the lower of two)."""
    return sorted(rounds, key=lambda one: one.rate)[(len(rounds) - 1) // 2]


def show_measured(lines: Iterable[Measured]) -> None:
    print(f"\n{'':<46}{'messages':>10}{'seconds':>9}{'a second':>10}{'CPU µs':>8}{'sink’s':>8}")
    for one in lines:
        relay = f"{one.relay / one.messages * 1e6:.0f}" if one.relay else "–"
        print(
            f"{one.name:<46}{one.messages:>10,}{one.seconds:>9.2f}{one.rate:>10,.0f}{one.each:>8.0f}{relay:>8}"
            f"{'  ' + one.note if one.note else ''}"
        )


@dataclass
class Criterion:
    """A promise of the issue beside what was found. `reached` is None for what is only told."""

    words: str
    promised: str
    found: str
    reached: bool | None = None

    def over(self, relay: str) -> "Criterion":
        """The same, said to be over another relay."""
        return replace(self, words=f"{relay}: {self.words}")


def show_criteria(criteria: Sequence[Criterion]) -> int:
    """Print them all; the exit code is 1 when one was not reached."""
    print(f"\n{'':<62}{'promised':>14}{'found':>16}")
    for one in criteria:
        verdict = "" if one.reached is None else "ok" if one.reached else "NOT REACHED"
        print(f"{one.words:<62}{one.promised:>14}{one.found:>16}  {verdict}".rstrip())
    return 0 if all(one.reached is not False for one in criteria) else 1

"""The table of a season of storms."""

from tests.chaos.judge import Outcome
from tests.chaos.season import Line

COLUMNS = [
    ("storm", 10),
    ("seed", 4),
    ("frozen", 7),
    ("worker", 6),
    ("beat", 4),
    ("broker", 6),
    ("flush", 5),
    ("database", 8),
    ("host", 4),
    ("seconds", 7),
    ("sent", 7),
    ("refused", 7),
    ("left out", 8),
    ("in doubt", 8),
    ("arrived", 7),
    ("lost", 6),
    ("twice", 6),
]
HEAD = "  ".join(f"{name:<{width}}" if width == 10 else f"{name:>{width}}" for name, width in COLUMNS) + "  verdict"


def line(row: Line) -> str:
    """Kills of each kind, what became of everybody, and what that means."""
    verdict, outcomes = row.verdict, row.verdict.outcomes
    blows = [row.blows[name] for name in ("worker", "beat", "broker", "flush", "database")]
    figures = [
        row.seed,
        verdict.frozen,
        *blows,
        row.blows["freeze"] + row.blows["loss"],
        round(row.seconds),
        *(outcomes[each] for each in (Outcome.SENT, Outcome.REFUSED, Outcome.SUPPRESSED, Outcome.IN_DOUBT)),
        verdict.arrived,
        verdict.lost,
        verdict.twice,
    ]
    cells = [f"{figure:>{width},}" for figure, (_, width) in zip(figures, COLUMNS[1:], strict=True)]
    return "  ".join([f"{row.kind:<10}", *cells]) + f"  {_words(row)}"


def _words(row: Line) -> str:
    if row.is_control:
        return "fails, as it must" if row.ok else "NOT SEEN TO FAIL"
    notes = [f"{row.pauses} pauses"] * bool(row.pauses) + [f"{row.falls} falls"] * bool(row.falls)
    said = "ok" if row.ok else "BROKEN: " + "; ".join(row.verdict.broken)
    return f"{said} ({', '.join(notes)})" if notes else said


def end(lines: list[Line]) -> str:
    """One sentence for who reads only the last line."""
    real = [row for row in lines if not row.is_control]
    kills = sum(sum(row.blows.values()) for row in real)
    people = sum(row.verdict.frozen for row in real)
    lost, twice = sum(row.verdict.lost for row in real), sum(row.verdict.twice for row in real)
    doubt = sum(row.verdict.outcomes[Outcome.IN_DOUBT] for row in real)
    hosts = sum(row.verdict.host_doubt for row in real)
    return (
        f"\n{people:,} recipients, {kills} blows: {lost} lost, {twice} twice, "
        f"{doubt} in doubt, {hosts} of them with a host that was lost or stood still."
    )

"""How the public forms fare: counts for each form and day, and nothing about anybody."""

from datetime import timedelta

from django.utils import timezone

from sanctuary.people import guard
from sanctuary.views import Page

DAYS_SHOWN = 14


class Robots(Page):
    rule = "staff"
    template_name = "people/robots.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        days = [today - timedelta(days=ago) for ago in range(DAYS_SHOWN)]
        counted = {day: guard.tallies(day) for day in days}
        return super().get_context_data(
            rows=[row for day in days for row in _rows(day, counted[day] or {})],
            is_away=any(tally is None for tally in counted.values()),
            days=DAYS_SHOWN,
            **kwargs,
        )


def _rows(day, tally: dict[tuple[str, str], int]) -> list[dict]:
    forms = sorted({form for form, _ in tally})
    return [
        {"day": day, "form": _name(form), **{str(v): tally.get((form, v), 0) for v in guard.Verdict}} for form in forms
    ]


def _name(purpose: str) -> str:
    return purpose.replace("-", " ").removesuffix(" form").capitalize()

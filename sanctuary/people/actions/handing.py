"""Handing rows from one supporter to another, and back."""

from django.db.models import Model, QuerySet


def hand_over(rows: QuerySet, *, to: Model, field: str = "supporter") -> list[int]:
    """These rows are about somebody else from now on. Returns their numbers."""
    numbers = list(rows.order_by().values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=numbers).update(**{field: to})
    return numbers


def hand_back(rows: QuerySet, *, to: Model, field: str = "supporter") -> int:
    """As `hand_over`, for the way back: of those rows, the ones that are still there. Returns how many."""
    return rows.update(**{field: to})

"""Entries in the permission ledger. Each call adds rows; nothing is ever edited."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sanctuary.people.models import Controller, CurrentPermission, Permission, Supporter, Wording


def grant(
    supporter: Supporter,
    *,
    controllers: Iterable[Controller],
    purposes: Iterable[str],
    wording: Wording,
    source: str,
    by=None,
    basis: str = Permission.Basis.CONSENT,
    at: datetime | None = None,
) -> list[Permission]:
    """The person agreed, by their own act, to these words.

    A soft opt-in needs a charity. Raises ValidationError(code="no_basis") otherwise.
    """
    controllers = list(controllers)
    if basis == Permission.Basis.SOFT_OPT_IN and not all(each.is_charity for each in controllers):
        raise ValidationError("Only a charity may rely on the charity soft opt-in.", code="no_basis")
    return _add(supporter, controllers, purposes, Permission.Change.GRANTED, basis, wording, source, by, at)


def decline(
    supporter, *, controllers, purposes, wording: Wording | None, source: str, by=None, at=None
) -> list[Permission]:
    """The person was asked and said no. It ends whatever they had agreed to before."""
    none = Permission.Basis.NONE
    return _add(supporter, controllers, purposes, Permission.Change.DECLINED, none, wording, source, by, at)


def withdraw(supporter, *, controllers=None, purposes=None, source: str, by=None, at=None) -> list[Permission]:
    """End live permissions: all of them, or those of some controllers or purposes. Harmless to repeat."""
    live = CurrentPermission.objects.live().filter(supporter=supporter).select_related("controller")
    if controllers is not None:
        live = live.filter(controller__in=list(controllers))
    if purposes is not None:
        live = live.filter(purpose__in=list(purposes))
    now = at or timezone.now()
    return Permission.objects.bulk_create(
        Permission(
            supporter=supporter,
            controller=row.controller,
            purpose=row.purpose,
            channel=row.channel,
            change=Permission.Change.WITHDRAWN,
            basis=Permission.Basis.NONE,
            source=source,
            occurred_at=now,
            recorded_by=by,
        )
        for row in live
    )


@transaction.atomic
def _add(supporter, controllers, purposes, change, basis, wording, source, by, at) -> list[Permission]:
    now = at or timezone.now()
    purposes = list(purposes)
    return Permission.objects.bulk_create(
        Permission(
            supporter=supporter,
            controller=controller,
            purpose=purpose,
            change=change,
            basis=basis,
            wording=wording,
            source=source,
            occurred_at=now,
            recorded_by=by,
        )
        for controller in controllers
        for purpose in purposes
    )

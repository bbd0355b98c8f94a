"""Stamps of forms that were shown some seconds ago."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from sanctuary.people.forms import make_stamp


def stamp(purpose: str, *numbers: int, age: float = 10) -> str:
    with time_machine.travel(timezone.now() - timedelta(seconds=age)):
        return make_stamp(purpose, *numbers)

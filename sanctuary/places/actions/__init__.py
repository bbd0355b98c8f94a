"""Filling the tables of places, and filling in where somebody is."""

from sanctuary.places.actions.members import load_members, parliament_of, refresh_members
from sanctuary.places.actions.ons import load_constituencies, load_directory, load_pairs
from sanctuary.places.actions.outward import load_outward_codes, write_outward_codes
from sanctuary.places.actions.placing import place_again, place_fields, sql_of_place
from sanctuary.places.actions.postcodes import Progress, load_postcodes
from sanctuary.places.actions.representatives import Seated, load_representatives, replace_representatives
from sanctuary.places.directory import DirectoryMissing  # doors catch it

__all__ = [
    "DirectoryMissing",
    "Progress",
    "Seated",
    "load_constituencies",
    "load_directory",
    "load_members",
    "load_outward_codes",
    "load_pairs",
    "load_postcodes",
    "load_representatives",
    "parliament_of",
    "place_again",
    "place_fields",
    "refresh_members",
    "replace_representatives",
    "sql_of_place",
    "write_outward_codes",
]

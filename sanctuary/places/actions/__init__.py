"""Filling the tables of places, and filling in where somebody is."""

from sanctuary.places.actions.ons import load_constituencies, load_directory, load_pairs
from sanctuary.places.actions.outward import load_outward_codes, write_outward_codes
from sanctuary.places.actions.placing import place_fields
from sanctuary.places.actions.postcodes import Progress, load_postcodes
from sanctuary.places.directory import DirectoryMissing  # doors catch it

__all__ = [
    "DirectoryMissing",
    "Progress",
    "load_constituencies",
    "load_directory",
    "load_outward_codes",
    "load_pairs",
    "load_postcodes",
    "place_fields",
    "write_outward_codes",
]

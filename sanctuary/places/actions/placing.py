"""Filling in where somebody is."""

from sanctuary.places.models import locate
from sanctuary.places.postcode import Postcode, parse


def place_fields(postcode: Postcode | str | None) -> dict:
    """The values of the `Located` fields for this postcode; blank where nothing is known.

    Raises InvalidPostcode for text that is no postcode. A blank postcode clears every field.
    """
    found = parse(str(postcode)) if postcode else None
    place = locate(found) if found else None
    return {
        "postcode": found.full if found else "",
        "outward_code": found.outward if found else "",
        "district_code": place.district_code if place else "",
        "region": place.region if place else "",
        "nation": place.nation if place else "",
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "constituency_code": place.constituency_code if place else "",
    }

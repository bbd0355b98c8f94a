"""Where people and groups are: postcodes, outward codes, districts, constituencies and who represents them.

Every table may be empty: nothing here fails then.
"""

from sanctuary.places.models.areas import District, Nation, Region
from sanctuary.places.models.constituencies import Constituency, kind_of, nation_of
from sanctuary.places.models.fields import BareCharField, RealField
from sanctuary.places.models.loads import Load
from sanctuary.places.models.nearness import EARTH_DIAMETER_MILES, Located, NearQuerySet, distance_miles
from sanctuary.places.models.postcodes import FullPostcode, OutwardCode, Place, is_loaded, locate
from sanctuary.places.models.representatives import HOUSES, ROLES, House, Representative, Seat, elects
from sanctuary.places.models.seats import SeatSet, only_westminster

__all__ = [
    "EARTH_DIAMETER_MILES",
    "HOUSES",
    "ROLES",
    "BareCharField",
    "Constituency",
    "District",
    "FullPostcode",
    "House",
    "Load",
    "Located",
    "Nation",
    "NearQuerySet",
    "OutwardCode",
    "Place",
    "RealField",
    "Region",
    "Representative",
    "Seat",
    "SeatSet",
    "distance_miles",
    "elects",
    "is_loaded",
    "kind_of",
    "locate",
    "nation_of",
    "only_westminster",
]

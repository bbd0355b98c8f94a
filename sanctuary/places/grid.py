"""National grid references to WGS84 degrees, for Great Britain and for Ireland.

The formulas are the Ordnance Survey's (Transverse Mercator, then a Helmert shift of datum): within
about 7 metres in Great Britain and 2 in Northern Ireland. Converting 2.7 million points exactly would
take a minute, so `Grid.degrees` is exact only at the corners of five-kilometre squares and runs
straight between them. That costs less than one metre more.
"""

import math
from dataclasses import dataclass, field
from math import cos, radians, sin, sqrt, tan

SQUARE_METRES = 5000

WGS84_AXES = (6378137.0, 6356752.314245)


@dataclass(frozen=True)
class Grid:
    """A map grid: its ellipsoid, its projection, and the shift of its datum to WGS84."""

    axes: tuple[float, float]  # of the ellipsoid, metres
    scale: float
    origin: tuple[float, float]  # true origin, degrees
    false_origin: tuple[float, float]  # easting and northing of the true origin, metres
    shift: tuple[float, float, float]  # metres
    turn: tuple[float, float, float]  # seconds of arc
    stretch: float  # parts per million
    _squares: dict = field(default_factory=dict, repr=False, compare=False)

    def degrees(self, easting: float, northing: float) -> tuple[float, float]:
        """Latitude and longitude, straight between the corners of the square it lies in."""
        column, x = divmod(easting / SQUARE_METRES, 1)
        row, y = divmod(northing / SQUARE_METRES, 1)
        square = self._squares.get((column, row))
        if square is None:
            square = self._squares[column, row] = self._square(column, row)
        (lat, lat_x, lat_y, lat_xy), (lon, lon_x, lon_y, lon_xy) = square
        xy = x * y
        return lat + lat_x * x + lat_y * y + lat_xy * xy, lon + lon_x * x + lon_y * y + lon_xy * xy

    def _square(self, column: float, row: float) -> tuple:
        south, north = row * SQUARE_METRES, (row + 1) * SQUARE_METRES
        west, east = column * SQUARE_METRES, (column + 1) * SQUARE_METRES
        corners = zip(
            self.exact_degrees(west, south),
            self.exact_degrees(east, south),
            self.exact_degrees(west, north),
            self.exact_degrees(east, north),
            strict=True,
        )
        return tuple((sw, se - sw, nw - sw, ne - se - nw + sw) for sw, se, nw, ne in corners)

    def exact_degrees(self, easting: float, northing: float) -> tuple[float, float]:
        """Latitude and longitude by the whole calculation."""
        point = _to_space(*self._unproject(easting, northing), self.axes)
        return _from_space(self._to_wgs84(*point), WGS84_AXES)

    def _meridian_arc(self, lat: float) -> float:
        a, b = self.axes
        n = (a - b) / (a + b)
        less, more = lat - radians(self.origin[0]), lat + radians(self.origin[0])
        return (b * self.scale) * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * less
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(less) * cos(more)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * less) * cos(2 * more)
            - 35 / 24 * n**3 * sin(3 * less) * cos(3 * more)
        )

    def _unproject(self, easting: float, northing: float) -> tuple[float, float]:
        """Radians on the grid's own ellipsoid. Names follow "A guide to coordinate systems", annex C."""
        a, b = self.axes
        lat, arc = radians(self.origin[0]), 0.0
        while abs(northing - self.false_origin[1] - arc) > 0.0001:
            lat += (northing - self.false_origin[1] - arc) / (a * self.scale)
            arc = self._meridian_arc(lat)
        e2 = 1 - (b / a) ** 2
        nu = a * self.scale / sqrt(1 - e2 * sin(lat) ** 2)
        rho = nu * (1 - e2) / (1 - e2 * sin(lat) ** 2)
        eta2 = nu / rho - 1
        t2 = tan(lat) ** 2
        d = (easting - self.false_origin[0]) / nu
        lat_terms = (
            d**2 / 2 - d**4 / 24 * (5 + 3 * t2 + eta2 - 9 * t2 * eta2) + d**6 / 720 * (61 + 90 * t2 + 45 * t2**2)
        )
        lon_terms = (
            d
            - d**3 / 6 * (nu / rho + 2 * t2)
            + d**5 / 120 * (5 + 28 * t2 + 24 * t2**2)
            - d**7 / 5040 * (61 + 662 * t2 + 1320 * t2**2 + 720 * t2**3)
        )
        return lat - tan(lat) * nu / rho * lat_terms, radians(self.origin[1]) + lon_terms / cos(lat)

    def _to_wgs84(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        rx, ry, rz = (radians(seconds / 3600) for seconds in self.turn)
        scale = 1 + self.stretch / 1e6
        return (
            self.shift[0] + scale * (x - rz * y + ry * z),
            self.shift[1] + scale * (rz * x + y - rx * z),
            self.shift[2] + scale * (-ry * x + rx * y + z),
        )


def _to_space(lat: float, lon: float, axes: tuple[float, float]) -> tuple[float, float, float]:
    a, b = axes
    e2 = 1 - (b / a) ** 2
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    return nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), nu * (1 - e2) * sin(lat)


def _from_space(point: tuple[float, float, float], axes: tuple[float, float]) -> tuple[float, float]:
    (x, y, z), (a, b) = point, axes
    e2 = 1 - (b / a) ** 2
    flat = math.hypot(x, y)
    lat = math.atan2(z, flat * (1 - e2))
    for _ in range(4):
        nu = a / sqrt(1 - e2 * sin(lat) ** 2)
        lat = math.atan2(z + e2 * nu * sin(lat), flat)
    return math.degrees(lat), math.degrees(math.atan2(y, x))


BRITAIN = Grid(
    axes=(6377563.396, 6356256.909),
    scale=0.9996012717,
    origin=(49.0, -2.0),
    false_origin=(400000.0, -100000.0),
    shift=(446.448, -125.157, 542.060),
    turn=(0.1502, 0.2470, 0.8421),
    stretch=-20.4894,
)
IRELAND = Grid(
    axes=(6377340.189, 6356034.447938534),
    scale=1.000035,
    origin=(53.5, -8.0),
    false_origin=(200000.0, 250000.0),
    shift=(482.53, -130.596, 564.557),
    turn=(-1.042, -0.214, -0.631),
    stretch=8.15,
)

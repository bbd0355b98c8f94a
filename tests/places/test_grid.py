"""Grid references to degrees, against points worked out elsewhere."""

import math
import random

import pytest

from sanctuary.places.grid import BRITAIN, IRELAND


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * 111_200
    east = (one[1] - other[1]) * 111_200 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def test_projection_is_the_worked_example_of_the_ordnance_survey():
    """Caister water tower, in "A guide to coordinate systems in Great Britain", annex C."""
    lat, lon = map(math.degrees, BRITAIN._unproject(651409.903, 313177.270))
    assert lat == pytest.approx(52 + 39 / 60 + 27.2531 / 3600, abs=1e-7)
    assert lon == pytest.approx(1 + 43 / 60 + 4.5177 / 3600, abs=1e-7)


@pytest.mark.parametrize(
    ("grid", "reference", "degrees"),
    [
        # By PROJ 9, with the same datum shifts.
        (BRITAIN, (529090, 179645), (51.501009, -0.141588)),  # SW1A 1AA
        (BRITAIN, (430000, 434000), (53.801442, -1.545989)),  # Leeds
        (BRITAIN, (90100, 10600), (49.915104, -6.318474)),  # Scilly
        (BRITAIN, (447500, 1141500), (60.155227, -1.146209)),  # Lerwick
        (BRITAIN, (655000, 293000), (52.475305, 1.753509)),  # Lowestoft
        (IRELAND, (333589, 372685), (54.584773, -5.934438)),  # BT7 1NN
        (IRELAND, (245100, 416500), (54.993948, -7.296125)),  # Derry/Londonderry
        (IRELAND, (224000, 345000), (54.353139, -7.631638)),  # Enniskillen
    ],
)
def test_degrees_known_point_lies_within_two_metres(grid, reference, degrees):
    assert metres_apart(grid.exact_degrees(*reference), degrees) < 0.5
    assert metres_apart(grid.degrees(*reference), degrees) < 2


@pytest.mark.parametrize(("grid", "reach"), [(BRITAIN, (655_000, 1_215_000)), (IRELAND, (370_000, 460_000))])
def test_degrees_straight_between_corners_costs_less_than_a_metre(grid, reach):
    chance = random.Random(7)
    points = [(chance.uniform(0, reach[0]), chance.uniform(0, reach[1])) for _ in range(3000)]
    assert max(metres_apart(grid.degrees(*point), grid.exact_degrees(*point)) for point in points) < 1

"""Which houses lie near a municipality, on each graph database."""

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.port import GraphStore
from graph.reading.places import distance_km, houses_near
from graph.values import PartialDate
from tests.fixtures.builders import make_hub, make_municipality, make_organisation, make_university, plant

KM_PER_DEGREE = 111.19508
"""Of a great circle on the mean Earth."""
CENTRE = make_municipality("010000000000", name="Mitte, Stadt", lat=52.0, lon=10.0, state="Niedersachsen")


def north(km: float) -> dict[str, float]:
    """A place so far north of the centre."""
    return {"lat": 52.0 + km / KM_PER_DEGREE, "lon": 10.0}


def east(km: float) -> dict[str, float]:
    """A place about so far east of the centre."""
    return {"lat": 52.0, "lon": 10.0 + km / (KM_PER_DEGREE * cos(radians(52.0)))}


async def near(store: GraphStore, km: float) -> dict[str, float]:
    found = await houses_near(store, CENTRE.ars, within_km=km)
    return {str(house.key): round(house.distance_km, 2) for house in found}


async def test_distances_decide_and_not_the_box_around(store: GraphStore) -> None:
    await plant(
        store,
        CENTRE,
        make_municipality("010000000001", **north(10.0)),
        make_municipality("010000000002", **north(-20.0)),
        make_municipality("010000000003", lat=52.13, lon=10.21),
        make_municipality("010000000004"),
        make_university("03sft3r75", **east(5.0)),
        make_hub("hub", **east(-19.9)),
        make_organisation("firma"),
    )

    assert await near(store, 20.001) == {
        "Municipality:010000000000": 0.0,
        "University:03sft3r75": 5.0,
        "Municipality:010000000001": 10.0,
        "Hub:hub": 19.9,
        "Municipality:010000000002": 20.0,
    }
    # 14.46 km north and 14.35 km east: in the box of 15 km, outside of its circle.
    assert "Municipality:010000000003" not in await near(store, 15)
    assert (await near(store, 21))["Municipality:010000000003"] == 20.37
    assert list(await near(store, 9.99)) == ["Municipality:010000000000", "University:03sft3r75"]
    assert list(await near(store, 10.01))[-1] == "Municipality:010000000001"


async def test_districts_and_states_lie_nowhere(store: GraphStore) -> None:
    kinds = {"KREIS": "01000", "LAND": "01", "AMT": "010000000", "VERBANDSGEMEINDE": "010000001"}
    await plant(store, CENTRE, *(make_municipality(ars, kind=kind, **north(1)) for kind, ars in kinds.items()))

    assert set(await near(store, 5)) == {
        "Municipality:010000000000",
        "Municipality:010000000",
        "Municipality:010000001",
    }


async def test_a_hub_without_coordinates_lies_where_its_town_does(store: GraphStore) -> None:
    await plant(
        store,
        CENTRE,
        make_municipality("010000000001", name="Neustadt", state="Hessen", **north(1)),
        make_municipality("010000000002", name="Neustadt", state="Hessen", **north(2)),
        make_hub("here", town="Mitte", state="Niedersachsen"),
        make_hub("elsewhere", town="Mitte", state="Bayern"),
        make_hub("ambiguous", town="Neustadt", state="Hessen"),
        make_hub("nowhere", state="Niedersachsen"),
        make_hub("own", town="Mitte", state="Niedersachsen", lat=48.0, lon=11.0),
    )

    assert {key for key in await near(store, 50) if key.startswith("Hub")} == {"Hub:here"}


async def test_two_calls_whatever_there_is(store: GraphStore) -> None:
    many = [make_municipality(f"0200000000{number:02}", **north(number)) for number in range(60)]
    await plant(store, CENTRE, *many)
    before = store.calls

    assert len(await near(store, 100)) == 61
    assert store.calls == before + 2


@pytest.mark.parametrize("km", [0, -1, 101, float("nan"), float("inf")])
async def test_a_distance_out_of_range_is_refused(store: GraphStore, km: float) -> None:
    with pytest.raises(InvalidInputError, match="withinKm is 1 to 100"):
        await houses_near(store, CENTRE.ars, within_km=km)


async def test_a_centre_that_is_nowhere_is_refused_with_a_reason(store: GraphStore) -> None:
    await plant(store, make_municipality("010000000009", name="Ohneort", valid_to=PartialDate("2020")))

    with pytest.raises(InvalidInputError, match="there is no municipality with the key '999'"):
        await houses_near(store, "999", within_km=10)
    with pytest.raises(InvalidInputError, match=r"where Ohneort \(010000000009\) lies is not known"):
        await houses_near(store, "010000000009", within_km=10)


@pytest.mark.parametrize("latitude", [89.99, -89.99, 90.0, 0.0])
async def test_no_place_breaks_it(store: GraphStore, latitude: float) -> None:
    await plant(store, make_municipality("010000000000", lat=latitude, lon=179.9))

    assert list(await near(store, 100)) == ["Municipality:010000000000"]


def test_distances_that_are_known() -> None:
    assert distance_km(52.0, 10.0, 53.0, 10.0) == pytest.approx(KM_PER_DEGREE, abs=0.001)
    # Kiel and Munich by their registered coordinates.
    assert distance_km(54.321775, 10.13727, 48.136624, 11.57672) == pytest.approx(695, abs=2)
    assert distance_km(0.0, 0.0, 0.0, 180.0) == pytest.approx(20_015.1, abs=0.1)


degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(degrees, degrees)
def test_distance_is_the_same_both_ways_and_at_most_half_around(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = distance_km(*one, *other)

    assert 0 <= there <= 20_015.2
    assert there == pytest.approx(distance_km(*other, *one), abs=1e-6)
    assert distance_km(*one, *one) == 0

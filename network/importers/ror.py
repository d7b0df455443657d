"""Universities from records of the Research Organization Registry (ROR, schema v2). Pure."""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from graph.model import University
from network.importers.report import ImportFileError, ImportReport
from network.importers.universities import DOMAIN, ROR_ID, STATE_NAMES, ror_source

# ROR names states and some towns in English (GeoNames).
_STATES: Final = {
    "Bavaria": "Bayern",
    "Hesse": "Hessen",
    "Lower Saxony": "Niedersachsen",
    "Mecklenburg-Western Pomerania": "Mecklenburg-Vorpommern",
    "North Rhine-Westphalia": "Nordrhein-Westfalen",
    "Rhineland-Palatinate": "Rheinland-Pfalz",
    "Saxony": "Sachsen",
    "Saxony-Anhalt": "Sachsen-Anhalt",
    "Thuringia": "Thüringen",
    "State of Berlin": "Berlin",
    "Land Berlin": "Berlin",
    "Free and Hanseatic City of Hamburg": "Hamburg",
    "Free Hanseatic City of Bremen": "Bremen",
}
_TOWNS: Final = {
    "Munich": "München",
    "Cologne": "Köln",
    "Nuremberg": "Nürnberg",
    "Hanover": "Hannover",
    "Brunswick": "Braunschweig",
    "Frankfurt": "Frankfurt am Main",
}


def is_json(text: str) -> bool:
    """Whether the file is meant to be JSON rather than a table."""
    return text.lstrip()[:1] in ("{", "[")


def parse_ror(file: str, text: str, report: ImportReport) -> list[tuple[int, University]]:
    """The universities of a ROR file, one record or an array of them, each with the line where it starts.

    Passed over: what is not in Germany, not active, or not for education.

    Raises:
        ImportFileError: not JSON, or neither record nor array.
    """
    found = []
    for line, record in _json_records(file, text):
        report.rows += 1
        if not isinstance(record, dict):
            report.refuse(file, line, None, "expected a record")
            continue
        try:
            university = _university_of_record(record)
        except _UnfitError as error:
            report.refuse(file, line, error.column, str(error))
            continue
        if university is None:
            report.passed_over += 1
        else:
            found.append((line, university))
    return found


class _UnfitError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _json_records(file: str, text: str) -> Iterator[tuple[int, Any]]:
    """Values of the array, or the one value, each with its line: a cut file is wrong where it was cut."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    position = _skip(text, 0)
    is_array = text[position] == "["
    if is_array:
        position = _skip(text, position + 1)
    line, counted = 1, 0
    try:
        while not (is_array and text[position : position + 1] == "]"):
            line, counted = line + text.count("\n", counted, position), position
            value, position = decoder.raw_decode(text, position)
            yield line, value
            position = _skip(text, position)
            if not is_array:
                break
            position = _after_item(text, position)
        if _skip(text, position + is_array) < len(text):
            _wrong("something follows the end", text, position + is_array)
    except json.JSONDecodeError as error:
        raise ImportFileError(file, error.lineno, f"not JSON at column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ImportFileError(file, line, f"not JSON: {error}") from error


def _after_item(text: str, position: int) -> int:
    """Where the next item starts, or the bracket that ends the array is."""
    if text[position : position + 1] == "]":
        return position
    if text[position : position + 1] != ",":
        _wrong("expected a comma or the end of the array", text, position)
    following = _skip(text, position + 1)
    if text[following : following + 1] == "]":
        _wrong("a comma before the end", text, position)
    return following


def _wrong(message: str, text: str, position: int) -> NoReturn:
    raise json.JSONDecodeError(message, text, position)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _university_of_record(record: dict[str, Any]) -> University | None:
    ror = ROR_ID.fullmatch(_text(record, "id"))
    if ror is None:
        raise _UnfitError("id", f"not an address of ror.org: {_text(record, 'id')[:60]!r}")
    location = _location(record)
    if location.get("country_code") != "DE" or record.get("status") != "active":
        return None
    if "education" not in _list(record, "types", str):
        return None
    town = _optional_text(location, "name")
    state = _optional_text(location, "country_subdivision_name")
    state = _STATES.get(state or "", state)
    domains = [domain for domain in _list(record, "domains", str) if DOMAIN.fullmatch(domain)]
    return University(
        ror=ror[1],
        name=_german_name(record),
        town=_TOWNS.get(town or "", town),
        state=state if state in STATE_NAMES else None,
        domain=domains[0] if domains else None,
        lat=_degrees(location, "lat", 90),
        lon=_degrees(location, "lng", 180),
        sources=(ror_source(ror[1]),),
    )


def _location(record: dict[str, Any]) -> dict[str, Any]:
    for place in _list(record, "locations", dict):
        details = place.get("geonames_details")
        if isinstance(details, dict):
            return details
    raise _UnfitError("locations", "no place with geonames_details")


def _german_name(record: dict[str, Any]) -> str:
    """The German label, else the name that ROR shows, else any label."""
    best: dict[int, str] = {}
    for name in _list(record, "names", dict):
        types, value = name.get("types"), name.get("value")
        if isinstance(types, list) and isinstance(value, str) and value.strip():
            is_german = name.get("lang") == "de" and ("label" in types or "ror_display" in types)
            rank = 0 if is_german else 1 if "ror_display" in types else 2 if "label" in types else 3
            best.setdefault(rank, value.strip()[:300])
    if not best or min(best) == 3:
        raise _UnfitError("names", "no label")
    return best[min(best)]


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise _UnfitError(name, "expected text")
    return value


def _optional_text(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    return value.strip()[:300] or None if isinstance(value, str) else None


def _list(record: dict[str, Any], name: str, kind: type) -> list[Any]:
    value = record.get(name)
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise _UnfitError(name, f"expected a list of {'texts' if kind is str else 'records'}")
    return value


def _degrees(record: dict[str, Any], name: str, limit: int) -> float | None:
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
        raise _UnfitError(name, f"expected degrees, got {str(value)[:40]!r}")
    return float(value)

"""Municipalities, associations and districts from CSV files. Pure: text in, nodes and row errors out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from graph.model import Municipality
from graph.vocabulary import MunicipalityKind
from network.importers.administrations import (
    ASSOCIATION_KINDS,
    DISTRICT_KINDS,
    MUNICIPALITY_KINDS,
    STATES,
    full_name,
    key_problem,
    register_source,
)
from network.importers.files import TableRow, header_of, table_rows
from network.importers.report import ImportFileError, ImportReport

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the CSV files, recognised by its header."""

    columns: tuple[str, ...]
    kinds: dict[str, MunicipalityKind]
    key_digits: int


LAYOUTS: Final = (
    Layout(
        ("ags", "ars", "name", "kind", "district", "state", "population", "area_km2", "lat", "lon"),
        MUNICIPALITY_KINDS,
        12,
    ),
    Layout(("ars", "name", "kind", "seat", "district", "state"), ASSOCIATION_KINDS, 9),
    Layout(("ars", "name", "kind", "seat", "state"), DISTRICT_KINDS, 5),
)


def parse_table(file: str, text: str, report: ImportReport) -> list[tuple[int, Municipality]]:
    """The administrations of a CSV file, each with its line.

    Raises:
        ImportFileError: the header is that of no known file, or lacks a column of the one it is most like.
    """
    layout = recognise(file, text)
    found = []
    for row in table_rows(file, text, layout.columns, report):
        cells = _Cells(row, report)
        node = _administration(cells, layout)
        if node is not None:
            found.append((row.line, node))
    return found


def recognise(file: str, text: str) -> Layout:
    """The layout whose columns the header has, or is nearest to.

    Raises:
        ImportFileError: no header of ours.
    """
    header = set(header_of(text))
    complete = [layout for layout in LAYOUTS if header.issuperset(layout.columns)]
    if complete:
        return complete[0]
    # One column short: say which one, rather than that nothing fits.
    nearest = min(LAYOUTS, key=lambda layout: len(header.symmetric_difference(layout.columns)))
    if len(header & set(nearest.columns)) < 3:
        known = "; ".join(", ".join(layout.columns) for layout in LAYOUTS)
        raise ImportFileError(file, 1, f"not a register that is known. Expected GV100AD, or CSV with one of: {known}")
    return nearest


class _Cells:
    """The cells of a row, read with a note of what is wrong with each."""

    def __init__(self, row: TableRow, report: ImportReport) -> None:
        self._row = row
        self._report = report
        self.is_sound = True

    def refuse(self, column: str, reason: str) -> None:
        self.is_sound = False
        self._report.refuse(self._row.file, self._row.line, column, reason)

    def text(self, column: str) -> str:
        return self._row.cells[column]

    def required(self, column: str) -> str:
        value = self._row.cells[column]
        if not value:
            self.refuse(column, "is empty")
        elif len(value) > 300:
            self.refuse(column, "longer than 300 characters")
        return value

    def number(self, column: str, convert: Callable[[str], N], pattern: str, low: N, high: N) -> N | None:
        """The number, None for an empty cell."""
        value = self._row.cells[column]
        if not value:
            return None
        if not re.fullmatch(pattern, value) or not low <= convert(value) <= high:
            self.refuse(column, f"expected a number from {low} to {high}, got {value[:40]!r}")
            return None
        return convert(value)


def _administration(cells: _Cells, layout: Layout) -> Municipality | None:
    ars, name, kind, state = (cells.required(column) for column in ("ars", "name", "kind", "state"))
    problem = key_problem(ars, layout.key_digits) if ars else None
    if problem:
        cells.refuse("ars", problem)
    elif ars and state and STATES[ars[:2]] != state:
        cells.refuse("state", f"the key {ars[:2]} is that of {STATES[ars[:2]]}, got {state[:40]!r}")
    if kind and kind not in layout.kinds:
        cells.refuse("kind", f"expected one of {', '.join(layout.kinds)}, got {kind[:40]!r}")
    ags = population = area = lat = lon = None
    if layout.key_digits == 12:
        ags = cells.required("ags")
        if ags and not problem and ags != ars[:5] + ars[9:]:
            cells.refuse("ags", f"does not fit the key {ars}")
        population = cells.number("population", int, r"[0-9]{1,9}", 0, 10_000_000)
        area = cells.number("area_km2", float, r"[0-9]+(\.[0-9]+)?", 0.0, 10_000.0)
        lat = cells.number("lat", float, r"[0-9]{2}(\.[0-9]+)?", 47.0, 56.0)
        lon = cells.number("lon", float, r"[0-9]{1,2}(\.[0-9]+)?", 5.0, 16.0)
        if (lat is None) != (lon is None) and cells.is_sound:
            cells.refuse("lat" if lat is None else "lon", "is empty while the other coordinate is given")
    if not cells.is_sound:
        return None
    return Municipality(
        ars=ars,
        ags=ags,
        name=" ".join(name.split()) if layout.key_digits == 12 else full_name(kind, name),
        kind=layout.kinds[kind],
        district=cells.text("district") or None if "district" in layout.columns else None,
        state=state,
        population=population,
        area_km2=area,
        lat=lat,
        lon=lon,
        sources=(register_source(),),
    )

"""The municipal register of Destatis in its fixed-width form GV100AD. Pure.

A line is a record. Positions from 0, the end excluded, by the description that comes with the file; the first two
digits are the record type:

    0-2  type: 10 Land, 20 Regierungsbezirk, 30 Region, 40 Kreis, 50 Gemeindeverband, 60 Gemeinde
    2-10 date of the territory (YYYYMMDD)
    10-12 Land, 12 Regierungsbezirk, 13-15 Kreis, 15-18 Gemeinde, 18-22 Gemeindeverband
    22-72 name, 72-122 seat, 122-124 kind
    128-139 area in hectares, 139-150 population (type 60)
"""

import re
from dataclasses import dataclass
from typing import Final

from graph.errors import InvalidInputError
from graph.model import Municipality
from graph.values import PartialDate, partial_date
from graph.vocabulary import MunicipalityKind
from network.importers.administrations import (
    ASSOCIATION_KINDS,
    DISTRICT_KINDS,
    MUNICIPALITY_KINDS,
    STATES,
    full_name,
    register_source,
)
from network.importers.report import ImportReport

_FIRST_LINE: Final = re.compile(r"[1-6]0[0-9]{8}[0-9]{2}[0-9 ]{10}\S")

_DISTRICT_CODES: Final = {
    "41": "kreisfreie Stadt",
    "42": "Stadtkreis",
    "43": "Kreis",
    "44": "Landkreis",
    "45": "Regionalverband",
}
_SINGLE_MUNICIPALITY: Final = "50"
_ASSOCIATION_CODES: Final = {
    "51": "Amt",
    "52": "Samtgemeinde",
    "53": "Verbandsgemeinde",
    "54": "Verwaltungsgemeinschaft",
    "55": "Kirchspielslandgemeinde",
    "56": "Verwaltungsverband",
    "57": "Verwaltungsgemeinschaft",
    "58": "erfüllende Gemeinde",
}
_UNINHABITED: Final = "66"
_MUNICIPALITY_CODES: Final = {
    "60": "Markt",
    "61": "Kreisfreie Stadt",
    "62": "Stadtkreis",
    "63": "Stadt",
    "64": "Kreisangehörige Gemeinde",
    "65": "Gemeindefreies Gebiet, bewohnt",
    "67": "Große Kreisstadt",
    "68": "Kreisangehörige Gemeinde",
    "69": "Kreisangehörige Gemeinde",
}
# Governmental districts and planning regions are no administrations of the model.
_NOT_OURS: Final = frozenset({"20", "30"})


def is_gv100ad(text: str) -> bool:
    """Whether the first line is a record of this form."""
    return _FIRST_LINE.match(text) is not None


def parse_gv100ad(file: str, text: str, report: ImportReport) -> list[tuple[int, Municipality]]:
    """The administrations of the file, each with its line. Uninhabited areas are passed over."""
    found = []
    districts: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        report.rows += 1
        record = _Record(file, number, line.rstrip("\r"), report)
        if not record.is_sound:
            continue
        if record.type in _NOT_OURS or record.kind in (_SINGLE_MUNICIPALITY, _UNINHABITED):
            report.passed_over += 1
            continue
        node = record.administration(districts)
        if node is not None:
            found.append((number, node))
    return found


@dataclass(slots=True)
class _Record:
    file: str
    number: int
    line: str
    report: ImportReport
    is_sound: bool = True
    as_of: PartialDate | None = None

    def __post_init__(self) -> None:
        digits = {"10": 2, "20": 3, "30": 4, "40": 5, "50": 12, "60": 12}.get(self.type)
        if digits is None:
            self.refuse("record type", f"expected 10, 20, 30, 40, 50 or 60, got {self.type!r}")
        elif len(self.line) < (150 if self.type == "60" else 124 if self.type in ("40", "50") else 23):
            self.refuse("line", f"ends after {len(self.line)} characters")
        elif not re.fullmatch(r"[0-9]+", self._key()):
            self.refuse("key", f"expected digits, got {self._key()[:20]!r}")
        elif self.line[10:12] not in STATES:
            self.refuse("key", f"no state has the key {self.line[10:12]}")
        else:
            try:
                self.as_of = partial_date(f"{self.line[2:6]}-{self.line[6:8]}-{self.line[8:10]}")
            except InvalidInputError:
                self.refuse("date", f"no such day: {self.line[2:10]!r}")

    @property
    def type(self) -> str:
        return self.line[:2]

    @property
    def kind(self) -> str:
        return self.line[122:124].strip()

    def _key(self) -> str:
        land_to_district = self.line[10:15]
        if self.type == "50":
            return land_to_district + self.line[18:22]
        if self.type == "60":
            return land_to_district + self.line[18:22] + self.line[15:18]
        return land_to_district.strip()

    def refuse(self, column: str, reason: str) -> None:
        self.is_sound = False
        self.report.refuse(self.file, self.number, column, reason)

    def administration(self, districts: dict[str, str]) -> Municipality | None:
        """The node; `districts` collects names by key, for the municipalities that follow."""
        key, name = self._key(), " ".join(self.line[22:72].split())
        if not name:
            self.refuse("name", "is empty")
        kind: MunicipalityKind | None = MunicipalityKind.LAND
        if self.type == "40":
            word = _DISTRICT_CODES.get(self.kind, "")
            districts[key] = name
            kind, name = DISTRICT_KINDS.get(word), full_name(word, name) if word else name
        elif self.type == "50":
            word = _ASSOCIATION_CODES.get(self.kind, "")
            kind, name = ASSOCIATION_KINDS.get(word), full_name(word, name) if word else name
        elif self.type == "60":
            kind = MUNICIPALITY_KINDS.get(_MUNICIPALITY_CODES.get(self.kind, ""))
        if kind is None:
            self.refuse("kind", f"unknown code {self.kind!r}")
        area = self._number("area", 128, 139)
        population = self._number("population", 139, 150)
        if not self.is_sound or kind is None:
            return None
        return Municipality(
            ars=key,
            ags=key[:5] + key[9:] if self.type == "60" else None,
            name=name,
            kind=kind,
            district=districts.get(key[:5]) if self.type in ("50", "60") else None,
            state=STATES[key[:2]],
            population=population,
            area_km2=None if area is None else area / 100,
            sources=(register_source(self.as_of),),
        )

    def _number(self, column: str, start: int, end: int) -> int | None:
        if self.type != "60":
            return None
        digits = self.line[start:end].strip()
        if not re.fullmatch(r"[0-9]+", digits):
            self.refuse(column, f"expected digits, got {digits!r}")
            return None
        return int(digits)

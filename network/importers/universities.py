"""Universities from CSV. Pure."""

import re
import unicodedata
from typing import Final

from graph.model import University
from graph.values import Source
from network.importers.administrations import STATES
from network.importers.files import TableRow, table_rows
from network.importers.report import ImportReport

COLUMNS: Final = ("ror", "name", "town", "state", "domain", "lat", "lon")

ROR_ID: Final = re.compile(r"(?:https://ror\.org/)?(0[a-z0-9]{6}[0-9]{2})")
DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
STATE_NAMES: Final = frozenset(STATES.values())
_UMLAUTS: Final = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def local_key(name: str) -> str:
    """The key of a university that ROR does not list, made of its name."""
    lower = name.lower().translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return "local:" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def parse_university_table(file: str, text: str, report: ImportReport) -> list[tuple[int, University]]:
    """The universities of a CSV file, each with its line.

    Raises:
        ImportFileError: a column is missing.
    """
    parsed = ((row.line, _university_of(row, report)) for row in table_rows(file, text, COLUMNS, report))
    return [(line, university) for line, university in parsed if university is not None]


def _university_of(row: TableRow, report: ImportReport) -> University | None:
    cells = row.cells
    before = len(report.errors)

    def refuse(column: str, reason: str) -> None:
        report.refuse(row.file, row.line, column, reason)

    name = cells["name"]
    if not name or len(name) > 300 or not re.search(r"[A-Za-z]", name):
        refuse("name", "expected 1 to 300 characters with letters")
    ror = ROR_ID.fullmatch(cells["ror"]) if cells["ror"] else None
    if cells["ror"] and ror is None:
        refuse("ror", f"not an address of ror.org: {cells['ror'][:60]!r}")
    if cells["state"] and cells["state"] not in STATE_NAMES:
        refuse("state", f"not a German state: {cells['state'][:60]!r}")
    if cells["domain"] and not DOMAIN.fullmatch(cells["domain"]):
        refuse("domain", f"not a domain: {cells['domain'][:60]!r}")
    for column, limit in (("lat", 90), ("lon", 180)):
        if cells[column] and not _is_coordinate(cells[column], limit):
            refuse(column, f"expected degrees, got {cells[column][:40]!r}")
    if len(report.errors) > before:
        return None
    return University(
        ror=ror[1] if ror else local_key(name),
        name=name,
        town=cells["town"] or None,
        state=cells["state"] or None,
        domain=cells["domain"] or None,
        lat=float(cells["lat"]) if cells["lat"] else None,
        lon=float(cells["lon"]) if cells["lon"] else None,
        sources=(ror_source(ror[1]),) if ror else (),
    )


def _is_coordinate(text: str, limit: int) -> bool:
    return re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", text) is not None and abs(float(text)) <= limit


def ror_source(ror: str) -> Source:
    """The registry as a source."""
    return Source("Research Organization Registry (ROR)", f"https://ror.org/{ror}")

"""Projects as NDJSON, one JSON object a line: read strictly, written so that reading changes nothing. Pure.

Lines end with a line feed and nothing else: texts may hold Unicode line separators.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from auth.keys import ARS, ROR, SLUG
from graph.errors import InvalidInputError
from graph.licences import licence_of
from graph.model import NodeKey, Project
from graph.texts import MAX_WRITEUP, is_visible, is_web_address, unfit_character
from graph.values import PartialDate, partial_date
from graph.vocabulary import OperatingStatus, Origin, Stage, Visibility
from network.importers.administrations import STATES
from network.importers.report import ImportReport

FIELDS: Final = (
    "slug",
    "title",
    "summary",
    "writeup",
    "owner",
    "topics",
    "municipalities",
    "status",
    "stage",
    "visibility",
    "licence",
    "repository_url",
    "website_url",
    "started",
)
"""In the order in which they are exported."""

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_MAX_ITEMS: Final = 1_000
_OWNERS: Final = {
    "hub": ("Hub", SLUG),
    "municipality": ("Municipality", ARS),
    "university": ("University", ROR),
    "organisation": ("Organisation", SLUG),
}
_LINES: Final = "\t\r\n\u2028\u2029"
"""What parts the lines of a text; exports of other programs have each of them."""


@dataclass(frozen=True, slots=True)
class NamedAdministration:
    """A municipality as a file names it, before its key is looked up."""

    name: str
    state: str | None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project of a file. Of `topics` and `municipalities` None means: not said, so what is stored stays."""

    file: str
    line: int
    project: Project
    owner: NodeKey | None
    topics: tuple[str, ...] | None
    municipalities: tuple[str | NamedAdministration, ...] | None = field(default=None)


class _UnfitError(Exception):
    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def parse_projects(file: str, text: str, report: ImportReport) -> Iterator[ProjectLine]:
    """The projects of an NDJSON file; a line that is no project in order is a row error. Empty lines are nothing."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        report.rows += 1
        try:
            yield _project_line(file, number, _object(line))
        except _UnfitError as error:
            report.refuse(file, number, error.column, str(error))


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _UnfitError(None, f"not JSON at character {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _UnfitError(None, f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise _UnfitError(None, "expected a JSON object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _project_line(file: str, number: int, record: dict[str, Any]) -> ProjectLine:
    unknown = sorted(record.keys() - set(FIELDS))
    if unknown:
        raise _UnfitError(unknown[0][:80], f"unknown field; known are {', '.join(FIELDS)}")
    slug = _text(record, "slug", 100)
    if slug is None or not SLUG.fullmatch(slug):
        raise _UnfitError("slug", "expected lower-case letters, digits and single hyphens")
    title = _text(record, "title", 300, parted_by="\t")
    if not title or not is_visible(title):
        raise _UnfitError("title", "is missing")
    project = Project(
        id="",
        slug=slug,
        title=title,
        summary=_text(record, "summary", 5_000, parted_by=_LINES) or "",
        writeup=_text(record, "writeup", MAX_WRITEUP, parted_by=_LINES) or "",
        status=_choice(record, "status", OperatingStatus, OperatingStatus.UNKNOWN),
        stage=_choice(record, "stage", Stage, Stage.PUBLISHED),
        visibility=_choice(record, "visibility", Visibility, Visibility.PUBLIC),
        licence=_licence(record),
        repository_url=_url(record, "repository_url"),
        website_url=_url(record, "website_url"),
        started=_date(record, "started"),
        origin=Origin.IMPORTED,
    )
    return ProjectLine(
        file,
        number,
        project,
        _owner(record),
        _items(record, "topics", _topic),
        _items(record, "municipalities", _place),
    )


def _text(record: dict[str, Any], name: str, limit: int, *, parted_by: str = "") -> str | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _UnfitError(name, "expected text")
    if len(value) > limit:
        raise _UnfitError(name, f"has {len(value)} characters, the limit is {limit}")
    unfit = unfit_character(value, allowed=parted_by)
    if unfit is not None:
        raise _UnfitError(name, f"holds the character U+{ord(unfit):04X}, which no text has")
    return value


def _url(record: dict[str, Any], name: str) -> str | None:
    value = _text(record, name, 2_000)
    if value is not None and not is_web_address(value):
        raise _UnfitError(name, f"expected an address that starts with https://, got {value[:60]!r}")
    return value


def _licence(record: dict[str, Any]) -> str | None:
    value = _text(record, "licence", 2_000)
    try:
        return None if value is None else licence_of(value)
    except InvalidInputError as error:
        raise _UnfitError("licence", f"{error}, got {str(value)[:60]!r}") from error


def _choice(record: dict[str, Any], name: str, kind: type[E], default: E) -> E:
    value = _text(record, name, 100)
    if value is None:
        return default
    if value not in kind.__members__:
        raise _UnfitError(name, f"expected one of {', '.join(kind)}, got {value[:60]!r}")
    return kind(value)


def _date(record: dict[str, Any], name: str) -> PartialDate | None:
    value = _text(record, name, 100)
    try:
        return None if value is None else partial_date(value)
    except InvalidInputError as error:
        raise _UnfitError(name, str(error)) from error


def _owner(record: dict[str, Any]) -> NodeKey | None:
    value = _text(record, "owner", 200)
    if value is None:
        return None
    kind, _, key = value.partition(":")
    label, pattern = _OWNERS.get(kind, ("", SLUG))
    if not label or not pattern.fullmatch(key):
        forms = "hub:<slug>, municipality:<ars>, university:<ror>, organisation:<slug>"
        raise _UnfitError("owner", f"expected one of {forms}, got {value[:60]!r}")
    return NodeKey(label, key)


def _items(record: dict[str, Any], name: str, read: Callable[[Any], T]) -> tuple[T, ...] | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > _MAX_ITEMS:
        raise _UnfitError(name, f"expected a list of at most {_MAX_ITEMS} entries")
    items = tuple(read(item) for item in value)
    if len(set(items)) != len(items):
        raise _UnfitError(name, "names one of its entries twice")
    return items


def _topic(value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise _UnfitError("topics", f"expected the slug of a topic, got {str(value)[:60]!r}")
    return value


def _place(value: Any) -> str | NamedAdministration:
    """A key; a name, `"Nortorf"` or `"Nortorf, Schleswig-Holstein"`; or `{"name": …, "state": …}`."""
    if isinstance(value, str) and ARS.fullmatch(value):
        return value
    state: str | None
    if isinstance(value, dict) and {"name"} <= value.keys() <= {"name", "state"}:
        name, state = _text(value, "name", 300), _text(value, "state", 100)
        if state is not None and state not in STATES.values():
            raise _UnfitError("municipalities", f"no state is called {state[:60]!r}")
    elif isinstance(value, str) and len(value) <= 300:
        name, _, last = (part.strip() for part in value.rpartition(","))
        state = last if last in STATES.values() and name else None
        name = name if state else value
    else:
        raise _UnfitError("municipalities", "expected a key, a name, or a record of name and state")
    if not name or not is_visible(name) or re.fullmatch(r"[0-9]+", name):
        raise _UnfitError("municipalities", f"neither key nor name: {str(value)[:60]!r}")
    return NamedAdministration(name.strip(), state)


def project_json(project: dict[str, Any], owner: str | None, topics: list[str], municipalities: list[str]) -> str:
    """One line without its line feed. `project` holds its properties by name; what is empty is left out."""
    values = {**project, "owner": owner, "topics": topics, "municipalities": municipalities}
    # Lists are written even if empty: read again, they say "none" where their absence would say "as before".
    shown = {name: values[name] for name in FIELDS if values.get(name) not in (None, "")}
    return json.dumps(shown, ensure_ascii=False)

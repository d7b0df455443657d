"""What taking over a row would do: make an entry, change one, nothing, or what stands in the way. Pure.

Nothing here writes. A row that can be taken over holds the mutation that would be sent, complete, so that what is written
later is what was shown, and an entry that somebody changed meanwhile is a conflict.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from graph.values import is_before, partial_date
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.language import message
from network.pages.frame.typed import typed_day
from network.pages.upload.columns import COLUMNS, CellKind, Column, Said
from network.pages.upload.names import House, topics_of
from network.pages.upload.rows import Remark, Wanted
from network.words import WORDS

Data = Mapping[str, Any]
CREATE: Final = "take_over_row"
UPDATE: Final = "update_project"
_OUTER: Final = frozenset({"title", "summary", "status", "house", "contact"})
"""What the input for a new entry has outside its `details`."""
_BEFORE: Final = 60
_SHOWN: Final = 300
"""Characters of a text that a preview shows, `_BEFORE` of them before the first difference."""
_ASIDE: Final = frozenset({"slug", "house"})
_PROBABLE: Final = frozenset({"LIKELIEST", "LIKELY"})
_MISSING: Final = message("fehlt, und ein neuer Eintrag braucht diese Angabe.")
_NO_HOUSE: Final = message("Schreiben Sie dazu, welchem Haus das Projekt gehört.")
_NOT_THERE: Final = message("Einen Eintrag mit dieser Kennung gibt es nicht, oder er ist für Sie nicht zu sehen.")
_NOT_YOURS: Final = message("Diesen Eintrag darf Ihr Konto nicht ändern. Fragen Sie das Haus, das ihn verantwortet.")
_ARCHIVED: Final = message("Dieser Eintrag ist archiviert und wird nicht mehr geändert.")
_OTHER_HOUSE: Final = message("Der Eintrag gehört „%(house)s“. Eine Tabelle ändert nicht, wem ein Eintrag gehört.")
_REPEATED: Final = message("Derselbe Eintrag steht schon in Zeile %(line)s. Lassen Sie eine der beiden Zeilen weg.")
_ALIKE: Final = message("Vielleicht doppelte Arbeit. Es gibt schon:")
_PERHAPS: Final = message("Vielleicht verwandt:")
_TOLD_APART: Final = message("Klingt ähnlich, und Sie haben den Unterschied genannt:")
_AS_UNKNOWN: Final = message("Übernehmen Sie die Zeile trotzdem, steht beim Stand „unbekannt“.")
_BACKWARDS: Final = message("Das Ende liegt vor dem Beginn.")
_NO_CONTACT: Final = message("Der Eintrag hat noch keine Ansprechstelle. Nennen Sie auch die Stelle oder Funktion.")


class Verdict(StrEnum):
    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    DOUBTFUL = "DOUBTFUL"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Plan:
    """The mutation that takes a row over. `key` is the same whenever the same is asked, so that it is done once."""

    operation: str
    input: Data

    @property
    def key(self) -> str:
        said = json.dumps([self.operation, self.input], sort_keys=True)
        return f"table-{hashlib.sha256(said.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Difference:
    column: Column
    old: str
    new: str

    @property
    def excerpt(self) -> tuple[str, str]:
        """Both texts from where they begin to differ, not too long to be read."""
        pairs = enumerate(zip(self.old, self.new, strict=False))
        same = next((at for at, (old, new) in pairs if old != new), min(len(self.old), len(self.new)))
        start = 0 if same <= _BEFORE * 2 else same - _BEFORE
        return _cut(self.old, start), _cut(self.new, start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out about a row.

    Attributes:
        house: The one that its words mean, or that of the reader where it has no words; a remark where that is not clear.
        topics: All there are.
        entry: The one with its key, or with its title in its house; None where there is none.
        may_edit: Whether the reader may change `entry`.
        alike: Entries that may be the same work, published or drafts of one's own.
        first: Number of the row that is about the same entry, before this one.
        bare: Names of columns in which no row of the table says anything.
    """

    house: House | Remark | None = None
    topics: Sequence[Data] = ()
    entry: Data | None = None
    may_edit: bool = True
    alike: Sequence[Data] = ()
    first: int | None = None
    bare: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row as the preview shows it.

    Attributes:
        plan: None where there is nothing to take over, or it cannot be.
        differences: What changes; of a new entry everything that it says.
        page: Path of the entry that is there; "" for a new one.
        lacking: Columns that it needs and no row has, which is to be said of the table once, and not of each row.
    """

    number: int
    title: str
    verdict: Verdict
    remarks: tuple[Remark, ...] = ()
    lacking: tuple[Column, ...] = ()
    differences: tuple[Difference, ...] = ()
    plan: Plan | None = None
    page: str = ""
    house: str = ""


def judge(wanted: Wanted, known: Known) -> Judged:
    """What becomes of a row."""
    case = _Case(wanted, known)
    if "slug" in wanted.values and known.entry is None:
        case.wrong.append(Remark(Said(_NOT_THERE), "slug"))
        return case.judged(Verdict.WRONG)
    return case.new() if known.entry is None else case.existing(known.entry)


class _Case:
    """A row while it is judged: what it says, what is wrong, what is in doubt, and what has to be settled first."""

    def __init__(self, wanted: Wanted, known: Known) -> None:
        self._row = wanted.row
        self._known = known
        self._values = dict(wanted.values)
        self.wrong = list(wanted.wrong)
        self._doubts = list(wanted.doubts)
        self._first: list[Remark] = []
        self._notes: list[Remark] = []
        self._lacking: tuple[Column, ...] = ()
        if known.first is not None:
            self._first.append(Remark(Said(_REPEATED, {"line": str(known.first)})))
        if "topics" in self._values:
            slugs, unknown = topics_of(self._values.pop("topics"), known.topics)
            self._doubts += unknown
            if slugs:
                self._values["topics"] = slugs

    def new(self) -> Judged:
        known, values = self._known, self._values
        if "status" not in values and any(one.column == "status" for one in self._doubts):
            values["status"] = "UNKNOWN"
            self._notes.append(Remark(Said(_AS_UNKNOWN), "status"))
        told = {one.column for one in self.wrong} | values.keys()
        missing = [one for one in COLUMNS if one.is_required and one.name not in told]
        self._lacking = tuple(one for one in missing if one.name in known.bare)
        self.wrong += [Remark(Said(_MISSING), one.name) for one in missing if one.name not in known.bare]
        if isinstance(known.house, Remark):
            self._first.append(known.house)
        elif known.house is None:
            self.wrong.append(Remark(Said(_NO_HOUSE), "house"))
        self._check_order(values)
        self._tell_alike()
        plan = None
        if isinstance(known.house, House):
            given = _nested({name: value for name, value in values.items() if name not in _ASIDE})
            outer = {name: value for name, value in given.items() if name in _OUTER}
            details = {name: value for name, value in given.items() if name not in _OUTER}
            plan = Plan(CREATE, {**outer, "house": known.house.id, **({"details": details} if details else {})})
        said = tuple(
            Difference(one, "", _text(one, values[one.name], known.topics))
            for one in COLUMNS
            if one.name in values and one.name not in _ASIDE
        )
        return self.judged(Verdict.NEW, plan=plan, differences=said)

    def existing(self, entry: Data) -> Judged:
        values = self._values
        differences = tuple(
            Difference(one, _shown(one, entry), _text(one, values[one.name], self._known.topics))
            for one in COLUMNS
            if one.name in values and one.name not in _ASIDE and not _is_same(one, entry, values[one.name])
        )
        changed = {one.column.name for one in differences}
        self._check_owner(entry["owner"])
        if changed & {"started", "ended"}:
            self._check_order({"started": entry["started"], "ended": entry["ended"]} | values)
        stored = {name: value for name, value in (entry["contact"] or {}).items() if value is not None}
        changes = _nested({name: values[name] for name in changed})
        if "contact" in changes:
            changes["contact"] = stored | changes["contact"]
            if not changes["contact"].get("function"):
                self.wrong.append(Remark(Said(_NO_CONTACT), "contact.function"))
        if not self._known.may_edit:
            self.wrong.append(Remark(Said(_NOT_YOURS)))
        elif entry["stage"] == "ARCHIVED":
            self.wrong.append(Remark(Said(_ARCHIVED)))
        plan = Plan(UPDATE, {"project": entry["id"], "expectedVersion": entry["version"], "changes": changes})
        return self.judged(
            Verdict.CHANGED if differences else Verdict.UNCHANGED,
            plan=plan if differences else None,
            differences=differences,
            page=project_page(entry["slug"]),
        )

    def judged(self, otherwise: Verdict, *, plan: Plan | None = None, **more: Any) -> Judged:
        """The row with `otherwise` as its verdict where nothing speaks against it."""
        entry, house = self._known.entry or {}, self._known.house
        owner = entry.get("owner")
        is_wrong, is_doubtful = bool(self.wrong or self._lacking), bool(self._first or self._doubts)
        is_stuck = is_wrong or bool(self._first)
        return Judged(
            number=self._row.number,
            title=(self._row.cells.get("title") or entry.get("title") or self._row.cells.get("slug", ""))[:300],
            verdict=Verdict.WRONG if is_wrong else Verdict.DOUBTFUL if is_doubtful else otherwise,
            remarks=(*self.wrong, *self._first, *self._doubts, *([] if is_stuck else self._notes)),
            lacking=self._lacking,
            plan=None if is_stuck else plan,
            house=owner["name"] if owner else house.name if isinstance(house, House) else "",
            **more,
        )

    def _check_owner(self, owner: Data | None) -> None:
        house = self._known.house
        if "house" in self._values and owner is not None and not (isinstance(house, House) and house.id == owner["id"]):
            self._doubts.append(Remark(Said(_OTHER_HOUSE, {"house": str(owner["name"])}), "house"))

    def _check_order(self, values: Data) -> None:
        started, ended = values.get("started"), values.get("ended")
        if started and ended and is_before(partial_date(ended), partial_date(started)):
            self.wrong.append(Remark(Said(_BACKWARDS), "ended"))

    def _tell_alike(self) -> None:
        is_told_apart = "differentBecause" in self._values
        for one in self._known.alike:
            link = (project_page(one["project"]["slug"]), str(one["project"]["title"]))
            if one["band"] not in _PROBABLE:
                self._notes.append(Remark(Said(_PERHAPS), "", link))
            elif is_told_apart:
                self._notes.append(Remark(Said(_TOLD_APART), "", link))
            else:
                self._doubts.append(Remark(Said(_ALIKE), "", link))


def _cut(text: str, start: int) -> str:
    end = start + _SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _nested(values: Data) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in values.items():
        folder, _, last = name.rpartition(".")
        (made.setdefault(folder, {}) if folder else made)[last] = value
    return made


def _stored(column: Column, entry: Data) -> Any:
    folder, _, last = column.name.rpartition(".")
    value: Any = (entry[folder] or {}).get(last) if folder else entry[column.name]
    if column.kind is CellKind.TOPICS:
        return [one["slug"] for one in value]
    if column.kind is CellKind.SERVICES:
        return [one["leikaId"] for one in value]
    return value


def _is_same(column: Column, entry: Data, value: Any) -> bool:
    stored = _stored(column, entry)
    if isinstance(value, list):
        return set(stored) == set(value)
    return bool((stored or "") == value) if isinstance(value, str) else bool(stored == value)


def _shown(column: Column, entry: Data) -> str:
    return _text(column, _stored(column, entry), entry["topics"])


def _text(column: Column, value: Any, topics: Sequence[Data]) -> str:
    """A value as it stands in a table."""
    if not value and value != 0:
        return ""
    if column.kind is CellKind.WORD:
        return WORDS[column.vocabulary].get(value, str(value))
    if column.kind is CellKind.DAY:
        return typed_day(value)
    if column.kind is CellKind.TOPICS:
        names = {one["slug"]: str(one["nameDe"]) for one in topics}
        return "; ".join(sorted((names.get(slug, slug) for slug in value), key=str.casefold))
    return "; ".join(sorted(value)) if isinstance(value, list) else str(value)


def as_cells(entry: Data) -> dict[str, str]:
    """An entry as a row of a table: read again, it changes nothing."""
    cells = {one.name: _shown(one, entry) for one in COLUMNS if one.name not in _ASIDE}
    owner = entry["owner"]
    return {"slug": entry["slug"], "house": "" if owner is None else str(owner["name"]), **cells}

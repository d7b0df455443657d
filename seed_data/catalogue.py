"""Seed files as nodes and relationships of the model, or all that is wrong with them at once."""

import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from auth.keys import ARS, ROR, SLUG
from graph.commands.dates import require_times
from graph.errors import InvalidInputError
from graph.links import Direction
from graph.model import HOUSES, Event, Guarded, Node, NodeKey, Project
from graph.relationships import Plain, Relationship
from graph.values import LocalTime, PartialDate, Source, local_time, partial_date
from graph.vocabulary import Origin, Stage, Visibility
from seed_data.kinds import KINDS, Kind, LinkField
from seed_data.reading import Fields, FileError, Items, Problem, Text, Value, read_records

FOLDER: Final = Path(__file__).parent

_NOT_IN_FILES: Final = frozenset(
    {
        # what the unit of work sets, what confirmation sets, and what is the same for every compiled entry
        *("created_at", "updated_at", "version", "readers", "confirmed_at", "origin", "stage", "visibility"),
        # personal data has no place in public files
        *("contact", "contact_visibility", "email", "phone", "orcid", "consent_given_at"),
    }
)
_KEYS: Final = {
    "ars": ARS,
    "ror": ROR,
    "slug": SLUG,
    "id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
}
_HOUSE_LABELS: Final = {house.lower(): house for house in HOUSES}
_SENTENCE_LIMIT: Final = 20_000
"""Characters of one value; a write-up of several pages has half of that."""


@dataclass(frozen=True, slots=True)
class SeedLink:
    """A relationship of the seed, and the field that said it."""

    field: LinkField
    relationship: Relationship

    @property
    def source(self) -> NodeKey:
        """The end that named the other."""
        is_out = self.field.link.direction is Direction.OUT
        return self.relationship.start if is_out else self.relationship.end


@dataclass(slots=True)
class Catalogue:
    """Everything that the files say. With `problems` it must not be loaded."""

    nodes: dict[str, list[Node]] = field(default_factory=dict)
    """By folder, in the order of KINDS."""
    links: list[SeedLink] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """The seed in `folder`; every file is read even if an earlier one is wrong."""
    catalogue = Catalogue()
    known: dict[NodeKey, tuple[str, int]] = {}
    slugs: dict[str, NodeKey] = {}
    references: list[tuple[str, int, NodeKey]] = []
    catalogue.problems += _stray_files(folder)
    for kind in KINDS:
        nodes = catalogue.nodes.setdefault(kind.folder, [])
        for name, record in _records(folder, kind, catalogue.problems):
            reader = _RecordReader(name, record, kind, catalogue.problems)
            node = reader.node()
            if node is None:
                continue
            if node.key in known:
                path, line = known[node.key]
                reader.say(record.line, f"{node.key} is already in {path}:{line}")
                continue
            if isinstance(node, Project) and slugs.setdefault(node.slug, node.key) != node.key:
                reader.say(record.line, f"the slug {node.slug} is taken by {slugs[node.slug]}")
            known[node.key] = (name, record.line)
            nodes.append(node)
            catalogue.links += reader.links(node.key)
            references += reader.references
    for name, line, target in references:
        if target not in known and not (target.label == "Project" and target.value in slugs):
            catalogue.problems.append(Problem(name, line, f"{target} is in no file"))
    catalogue.links = [_with_project_ids(link, slugs) for link in catalogue.links]
    catalogue.problems.sort()
    return catalogue


def _with_project_ids(link: SeedLink, slugs: dict[str, NodeKey]) -> SeedLink:
    """Files name projects by slug, which a person can read; the graph by id."""
    if link.field.link.target != ("Project",):
        return link
    end = link.relationship.end
    return replace(link, relationship=replace(link.relationship, end=slugs.get(end.value, end)))


def unresolved(folder: Path = FOLDER) -> list[Problem]:
    """All that does not resolve or is wrong in the seed, by file and line; empty when it can be loaded."""
    return read_catalogue(folder).problems


def _stray_files(folder: Path) -> Iterator[Problem]:
    """A misspelt folder or ending must not mean that a file is quietly not read."""
    known = {kind.folder for kind in KINDS}
    for path in sorted(folder.rglob("*.y*ml")):
        name = path.relative_to(folder).as_posix()
        if path.suffix != ".yaml" or path.parent.parent != folder or path.parent.name not in known:
            yield Problem(name, 1, f"in no folder of the seed ({', '.join(sorted(known))}), or not called *.yaml")


def _records(folder: Path, kind: Kind, problems: list[Problem]) -> Iterator[tuple[str, Fields]]:
    for path in sorted((folder / kind.folder).glob("*.yaml")):
        name = f"{kind.folder}/{path.name}"
        try:
            yield from ((name, record) for record in read_records(path, name))
        except FileError as error:
            problems.append(error.problem)


def _not_in_files(kind: Kind) -> frozenset[str]:
    # `opened` is a date of hubs, and on guarded nodes the list of properties that their author made public.
    return _NOT_IN_FILES | kind.node.sort_keys.keys() | ({"opened"} if issubclass(kind.node, Guarded) else set())


class _RecordReader:
    """Turns one record into a node and its links, noting what is wrong with it."""

    def __init__(self, name: str, record: Fields, kind: Kind, problems: list[Problem]) -> None:
        self._name = name
        self._record = record
        self._kind = kind
        self._problems = problems
        self.references: list[tuple[str, int, NodeKey]] = []

    def say(self, line: int, message: str) -> None:
        self._problems.append(Problem(self._name, line, message))

    def node(self) -> Node | None:
        """The node, or None if it cannot be made; links are read whatever becomes of it."""
        before = len(self._problems)
        hints = typing.get_type_hints(self._kind.node)
        declared = {column.name: column for column in fields(self._kind.node)}
        link_names = {link_field.name for link_field in self._kind.fields}
        values: dict[str, Any] = {}
        for name, value in self._record.values.items():
            if name in link_names:
                continue
            if name not in declared or name in _not_in_files(self._kind):
                self.say(value.line, f"unknown name {name}")
                continue
            values[name] = self._converted(name, hints[name], value)
        required = [
            column.name
            for column in declared.values()
            if column.default is MISSING and column.default_factory is MISSING
        ]
        if "sources" in declared:
            required.append("sources")
        for name in required:
            if values.get(name) in (None, "", ()):
                self.say(self._record.line, f"{name} is missing")
        key = self._kind.node.key_property
        for name in {key, "slug"} & values.keys():
            if values[name] is not None and not _KEYS[name].fullmatch(values[name]):
                self.say(self._record.values[name].line, f"not a key of the form that {name} has: {values[name]!r}")
        if len(self._problems) > before:
            return None
        node = self._kind.node(**{name: value for name, value in values.items() if value is not None}, **self._fixed())
        if isinstance(node, Event):
            self._require_times(node)
        return node

    def _require_times(self, event: Event) -> None:
        try:
            require_times(event.starts_at, event.start_time, event.ends_at, event.end_time)
        except InvalidInputError as error:
            self.say(self._record.values[error.field or "id"].line, str(error))

    def _fixed(self) -> dict[str, Any]:
        if self._kind.node is Project:
            return {"stage": Stage.PUBLISHED, "visibility": Visibility.PUBLIC, "origin": Origin.COMPILED}
        return {"visibility": Visibility.PUBLIC} if issubclass(self._kind.node, Guarded) else {}

    def links(self, key: NodeKey) -> list[SeedLink]:
        """The links that the record declares, as far as they can be read; targets may still be missing."""
        found = []
        for declared in self._kind.fields:
            value = self._record.values.get(declared.name)
            if value is None:
                continue
            seen: set[NodeKey] = set()
            for entry in value.values if isinstance(value, Items) else (value,):
                target, properties = self._reference(declared, entry)
                if target is None:
                    continue
                if target in seen:
                    self.say(entry.line, f"{declared.name} names {target} twice")
                    continue
                seen.add(target)
                self.references.append((self._name, entry.line, target))
                found.append(SeedLink(declared, _relationship(declared, key, target, properties)))
        return found

    def _reference(self, declared: LinkField, entry: Value) -> tuple[NodeKey | None, dict[str, Any]]:
        if declared.item is None:
            return self._target(declared, entry), {}
        if not isinstance(entry, Fields) or declared.item not in entry.values:
            self.say(entry.line, f"{declared.name}: expected a record with {declared.item}")
            return None, {}
        hints = typing.get_type_hints(declared.relationship)
        properties = {}
        for name, value in entry.values.items():
            if name == declared.item:
                continue
            if name not in hints or name in {"start", "end", "confirmed_at"}:
                self.say(value.line, f"{declared.name}: unknown name {name}")
                continue
            properties[name] = self._converted(name, hints[name], value)
        return self._target(declared, entry.values[declared.item]), properties

    def _target(self, declared: LinkField, value: Value) -> NodeKey | None:
        if not isinstance(value, Text) or not value.value:
            self.say(value.line, f"{declared.name}: expected a key")
            return None
        if len(declared.link.target) == 1:
            return NodeKey(declared.link.target[0], value.value)
        kind, _, key = value.value.partition(":")
        label = _HOUSE_LABELS.get(kind)
        if label not in declared.link.target or not key:
            self.say(value.line, f"{declared.name}: expected kind:key, as hub:zeitz, got {value.value!r}")
            return None
        return NodeKey(label, key)

    def _converted(self, name: str, hint: Any, value: Value) -> Any:
        try:
            return _convert(hint, value)
        except _UnfitError as error:
            self.say(error.line or value.line, f"{name}: {error}")
            return None


def _relationship(declared: LinkField, key: NodeKey, target: NodeKey, properties: dict[str, Any]) -> Relationship:
    start, end = (key, target) if declared.link.direction is Direction.OUT else (target, key)
    if declared.relationship is Plain:
        return Plain(type=declared.link.relationship, start=start, end=end)
    return declared.relationship(start=start, end=end, **properties)


class _UnfitError(Exception):
    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def _convert(hint: Any, value: Value) -> Any:
    """`value` as a property of type `hint` has it; None stays None."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        (hint,) = (member for member in typing.get_args(hint) if member is not types.NoneType)
    if hint == tuple[Source, ...]:
        return tuple(_source(item) for item in _items(value))
    if hint == tuple[str, ...]:
        return tuple(_text(item) for item in _items(value))
    if isinstance(value, Text) and value.value is None:
        return None
    text = _text(value)
    try:
        return _SCALARS.get(hint, _enumerated(hint))(text)
    except (KeyError, ValueError, InvalidInputError) as error:
        raise _UnfitError(_expected(hint, text)) from error


def _enumerated(hint: Any) -> Callable[[str], Any]:
    return hint if isinstance(hint, type) and issubclass(hint, StrEnum) else str


def _finite(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text):
        raise ValueError(text)
    return float(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


_SCALARS: Final[dict[Any, Callable[[str], Any]]] = {
    bool: _flag,
    int: _whole,
    float: _finite,
    PartialDate: partial_date,
    LocalTime: local_time,
}


def _expected(hint: Any, text: str) -> str:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"expected one of {', '.join(hint)}, got {text[:40]!r}"
    wanted = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        PartialDate: "a date as 2021, 2021-05 or 2021-05-04",
        LocalTime: "a time as 09:30",
    }
    return f"expected {wanted.get(hint, 'text')}, got {text[:40]!r}"


def _items(value: Value) -> tuple[Value, ...]:
    if not isinstance(value, Items):
        raise _UnfitError("expected a list")
    return value.values


def _text(value: Value) -> str:
    if not isinstance(value, Text) or value.value is None:
        raise _UnfitError("expected text", value.line)
    if len(value.value) > _SENTENCE_LIMIT:
        raise _UnfitError(f"longer than {_SENTENCE_LIMIT} characters", value.line)
    return value.value


def _source(value: Value) -> Source:
    if not isinstance(value, Fields) or not value.values.keys() <= {"publisher", "url", "published"}:
        raise _UnfitError("expected publisher, url and published", value.line)
    if "publisher" not in value.values:
        raise _UnfitError("publisher is missing", value.line)
    said = {name: _text(item) for name, item in value.values.items()}
    url = said.get("url")
    if url is not None and not re.fullmatch(r"https?://[^\s<>\"]+", url):
        raise _UnfitError(f"not a web address: {url[:80]!r}", value.values["url"].line)
    published = said.get("published")
    try:
        date = None if published is None else partial_date(published)
    except InvalidInputError as error:
        raise _UnfitError(str(error), value.values["published"].line) from error
    return Source(said["publisher"], url, date)

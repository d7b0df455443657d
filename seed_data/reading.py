"""YAML files as records that know file and line of everything they say.

Every value is read as text (`ars: 010615138` is a key, not a number in base eight); only an empty value and `null` are
None. What a value has to be is decided where its property is known, so files need no quotes around keys and dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

MAX_FILE_BYTES: Final = 1_000_000
"""Far above the largest file of the seed; keeps a wrong file from being parsed for minutes."""

MAX_DEPTH: Final = 10
"""Records have a depth of four."""

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that keeps the seed from being loaded, and where it stands."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Text:
    """A value, or None where the file says nothing."""

    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    values: tuple["Value", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    values: dict[str, "Value"]
    line: int


Value = Text | Items | Fields


class FileError(Exception):
    """The file cannot be read as records."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_records(path: Path, name: str) -> Iterator[Fields]:
    """The records of a file: the mapping that it holds, or the mappings of its list. `name` is said in errors.

    Raises:
        FileError: unreadable, not YAML, too large, with aliases, or anything but records.
    """
    root = _compose(path, name)
    records = root.values if isinstance(root, Items) else (root,)
    for record in records:
        if not isinstance(record, Fields):
            raise FileError(Problem(name, record.line, "expected a record (names and values)"))
        yield record


def _compose(path: Path, name: str) -> Value:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise FileError(Problem(name, 1, f"larger than {MAX_FILE_BYTES} bytes"))
    try:
        return _Builder(name, path.read_text(encoding="utf-8")).document()
    except UnicodeDecodeError as error:
        raise FileError(Problem(name, 1, f"not UTF-8 (byte {error.start})")) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(Problem(name, line, f"not YAML: {error.problem}")) from error
    except yaml.YAMLError as error:
        raise FileError(Problem(name, 1, f"not YAML: {str(error).splitlines()[0]}")) from error


class _Builder:
    """Builds values from the parser's events, since composing nested brackets in C overruns the stack."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._events = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Value:
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise self._wrong(1, "empty file")
        value = self._value(event, 0)
        self._next()
        if not isinstance(last := self._next(), yaml.StreamEndEvent):
            raise self._wrong(_line(last), "a second document: one file is one list or one record")
        return value

    def _value(self, event: Any, depth: int) -> Value:
        line = _line(event)
        if depth > MAX_DEPTH:
            raise self._wrong(line, "nested too deeply")
        # A few aliases could stand for billions of values, or contain themselves.
        if isinstance(event, yaml.AliasEvent):
            raise self._wrong(line, "aliases (*name) are not read; write the value out")
        if isinstance(event, yaml.MappingStartEvent):
            return self._fields(line, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                items.append(self._value(event, depth + 1))
            return Items(tuple(items), line)
        is_null = event.style is None and event.tag is None and event.value in _NULL
        return Text(None if is_null else event.value, line)

    def _fields(self, line: int, depth: int) -> Fields:
        fields: dict[str, Value] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._wrong(_line(event), "a name has to be plain text")
            if event.value in fields:
                raise self._wrong(_line(event), f"{event.value} is given twice")
            fields[event.value] = self._value(self._next(), depth + 1)
        return Fields(fields, line)

    def _next(self) -> Any:
        return next(self._events)

    def _wrong(self, line: int, message: str) -> FileError:
        return FileError(Problem(self._name, line, message))


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line

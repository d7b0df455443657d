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

_NULL: Final = "tag:yaml.org,2002:null"
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
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
        if node is None:
            raise FileError(Problem(name, 1, "empty file"))
        return _value(node, name, set())
    except UnicodeDecodeError as error:
        raise FileError(Problem(name, 1, f"not UTF-8 (byte {error.start})")) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(Problem(name, line, f"not YAML: {error.problem}")) from error
    except yaml.YAMLError as error:
        raise FileError(Problem(name, 1, f"not YAML: {str(error).splitlines()[0]}")) from error
    except RecursionError as error:
        raise FileError(Problem(name, 1, "nested too deeply")) from error


def _value(node: yaml.Node, name: str, seen: set[int]) -> Value:
    line = node.start_mark.line + 1
    # An alias yields the same node again: a few lines could stand for billions of values, or contain themselves.
    if id(node) in seen:
        raise FileError(Problem(name, line, "aliases (*name) are not read; write the value out"))
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Value] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FileError(Problem(name, key.start_mark.line + 1, "a name has to be plain text"))
            if key.value in fields:
                raise FileError(Problem(name, key.start_mark.line + 1, f"{key.value} is given twice"))
            fields[key.value] = _value(value, name, seen)
        return Fields(fields, line)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_value(item, name, seen) for item in node.value), line)
    return Text(None if node.tag == _NULL else node.value, line)

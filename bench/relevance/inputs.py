"""Judged queries and documents from files, read strictly: whatever is wrong is named with its file and line."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.relevance.measures import RELEVANT_GRADE

GRADES: Final = {"1": 1, "2": 2, "3": 3}


class InputError(Exception):
    """A file is not what it should be."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {reason}")


NOTHING: Final = "nothing"
"""Kind of queries that no document answers: what is measured is whether they are told so."""


@dataclass(frozen=True, slots=True)
class Query:
    """A judged query; `grades` are 1..3 by document."""

    id: str
    text: str
    kind: str
    grades: Mapping[str, int]

    @property
    def is_tuned_on(self) -> bool:
        """Whether the query is of the half that rules may be tuned on; the other half is only reported."""
        return hashlib.sha256(self.id.encode()).digest()[-1] % 2 == 0

    @property
    def wanted(self) -> list[str]:
        """Documents that answer the query, best first."""
        relevant = [document for document, grade in self.grades.items() if grade >= RELEVANT_GRADE]
        return sorted(relevant, key=lambda document: (-self.grades[document], document))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document of an outside collection as its file has it."""

    id: str
    title: str
    summary: str = ""
    writeup: str = ""
    names: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file of documents, and what is put before their ids so that they are those of the judgements."""

    path: Path
    prefix: str = ""
    text_is: str = field(default="summary")
    """The attribute that `text` of a line is taken as."""


def read_judged(queries: Path, qrels: Path) -> list[Query]:
    """The queries of `queries` (JSON lines: id, query, kind) with the grades of `qrels` (tab-separated), in file order.

    Raises:
        InputError: a line is malformed or given twice, or a query has no document that answers it, though its
            kind is not NOTHING.
    """
    found: dict[str, tuple[str, str, int]] = {}
    for number, record in _records(queries):
        query_id, text, kind = (_string(queries, number, record, name) for name in ("id", "query", "kind"))
        if query_id in found:
            raise InputError(queries, number, f"query {query_id} is given twice")
        found[query_id] = (text, kind, number)
    if not found:
        raise InputError(queries, None, "holds no queries")
    grades = _grades(qrels, found)
    for query_id, (_, kind, number) in found.items():
        has_answer = any(grade >= RELEVANT_GRADE for grade in grades[query_id].values())
        if kind == NOTHING and has_answer:
            raise InputError(queries, number, f"{query_id} is said to have no answer, and has one in {qrels}")
        if kind != NOTHING and not has_answer:
            raise InputError(queries, number, f"no document of grade 2 or 3 is judged for {query_id} in {qrels}")
    return [Query(query_id, text, kind, grades[query_id]) for query_id, (text, kind, _) in found.items()]


def check_judged_documents(qrels: Path, documents: Mapping[str, object]) -> None:
    """Raises InputError where `qrels` judges what is not among `documents`: no system could ever find it."""
    for number, (_, document, _) in _rows(qrels):
        if document not in documents:
            raise InputError(qrels, number, f"document {document} is in no file of documents")


def read_texts(source: Source) -> Iterator[tuple[int, Text]]:
    """The documents of a file with their line (or place in the list).

    One JSON object a line with `slug` or `id`, `title`, `summary` or `text`, `writeup`, `names`; or one JSON document
    whose `projects` are such objects.
    """
    records = _projects(source.path) if source.path.suffix == ".json" else _records(source.path)
    for number, record in records:
        yield number, _text(source, number, record)


def _text(source: Source, number: int, record: Mapping[str, Any]) -> Text:
    def text(*names: str) -> str:
        for name in names:
            if record.get(name) is not None:
                return _string(source.path, number, record, name, may_be_empty=True)
        return ""

    own_id = text("slug", "id")
    if not own_id:
        raise InputError(source.path, number, "has neither slug nor id")
    texts = {"summary": text("summary", "summary_de"), "writeup": text("writeup")}
    texts[source.text_is] = texts[source.text_is] or text("text")
    return Text(
        id=source.prefix + own_id,
        title=_string(source.path, number, record, "title"),
        names=tuple(
            name
            for attribute in ("names", "municipalities", "universities", "partners")
            for name in _strings(source.path, number, record, attribute)
        ),
        topics=tuple(_strings(source.path, number, record, "topics")),
        **texts,
    )


def _projects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Projects of one JSON document; a hub, which they name by its key, is among their names."""
    try:
        document = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise InputError(path, getattr(error, "lineno", None), f"not JSON: {error}") from error
    projects = document.get("projects") if isinstance(document, dict) else None
    if not isinstance(projects, list):
        raise InputError(path, None, "expected a JSON object with a list `projects`")
    hubs = {hub.get("slug"): hub for hub in document.get("hubs", []) if isinstance(hub, dict)}
    for number, project in enumerate(projects, 1):
        if not isinstance(project, dict):
            raise InputError(path, number, "expected a JSON object")
        hub = hubs.get(project.get("hub"), {})
        yield number, {**project, "names": [hub[name] for name in ("name", "town") if isinstance(hub.get(name), str)]}


def _grades(path: Path, queries: Mapping[str, object]) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {query_id: {} for query_id in queries}
    for number, (query_id, document, grade) in _rows(path):
        if query_id not in queries:
            raise InputError(path, number, f"unknown query {query_id}")
        if document in grades[query_id]:
            raise InputError(path, number, f"{document} is judged twice for {query_id}")
        if grade not in GRADES:
            raise InputError(path, number, f"grade {grade!r} is none of 1, 2, 3 (what is not judged counts as 0)")
        grades[query_id][document] = GRADES[grade]
    return grades


def _rows(path: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    for number, line in _lines(path):
        if number == 1 and line.startswith("query_id"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3 or not all(cells):
            raise InputError(path, number, "expected query, document and grade, separated by tabs")
        yield number, (cells[0], cells[1], cells[2])


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(path, number, f"not JSON: {error}") from error
        if not isinstance(record, dict):
            raise InputError(path, number, "expected a JSON object")
        yield number, record


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank. They end with a line feed and nothing else: texts may hold Unicode line separators."""
    for number, line in enumerate(_read(path).split("\n"), 1):
        if line.strip():
            yield number, line


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(path, None, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(path, None, f"is not UTF-8 at byte {error.start}") from error


def _string(path: Path, number: int, record: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not (may_be_empty or value.strip()):
        raise InputError(path, number, f"{name} is missing or no text")
    return value


def _strings(path: Path, number: int, record: Mapping[str, Any], name: str) -> list[str]:
    values = record.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InputError(path, number, f"{name} is no list of texts")
    return values

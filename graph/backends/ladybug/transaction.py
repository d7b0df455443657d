"""A read-write transaction of the embedded database: the only one there is at its time."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from graph import queries
from graph.backends import statements, write_statements
from graph.backends.ladybug.connections import Session
from graph.backends.ladybug.render import DIALECT
from graph.backends.write_statements import encode_rows
from graph.ddl import LABELS, RELATIONSHIPS, UNIQUE
from graph.errors import ConstraintError, InvalidQueryError
from graph.links import Link
from graph.model import NodeKey
from graph.port import Neighbour, Parameters, Record

T = TypeVar("T")
BACKEND: Final = "ladybug"
_PARAMETER: Final = re.compile(r"\$([A-Za-z_]\w*)")


def run_named(session: Session, name: str, parameters: Parameters) -> list[Record]:
    """Runs a named query.

    Raises:
        InvalidQueryError: no such query, or it speaks of a parameter that was not given, which Ladybug takes for NULL.
    """
    text = queries.load(name, BACKEND)
    missing = _parameters_of(text) - parameters.keys()
    if missing:
        raise InvalidQueryError(f"{name} needs the parameters {', '.join(sorted(missing))}")
    values = {key: _plain(value) for key, value in parameters.items()}
    for key, value in values.items():
        if value == []:
            # A list without elements has no type there. Nearly all of ours hold texts; for rows `UNWIND` still fails.
            text = re.sub(rf"\${key}\b", "CAST([] AS STRING[])", text)
    return session.execute(text, values)


@lru_cache(maxsize=512)
def _parameters_of(text: str) -> frozenset[str]:
    return frozenset(_PARAMETER.findall(text))


def _plain(value: object) -> object:
    """`value` with lists for other sequences, which Ladybug does not take, and texts that it can hold."""
    if isinstance(value, str):
        return statements.text(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value


class LadybugTransaction:
    """Runs each call in the writer's thread. Other writers wait, so a lock is nothing but a question."""

    def __init__(self, run: Callable[[Callable[[Session], Any]], Awaitable[Any]]) -> None:
        self.failure: Exception | None = None
        """What ended the transaction early. Ladybug would run further statements outside of any transaction."""
        self._run_in_thread = run
        self._is_open = True

    def end(self) -> None:
        self._is_open = False

    def check(self) -> None:
        """Raises what ended the transaction, also where the function caught it."""
        if self.failure is not None:
            raise self.failure

    async def query(self, name: str, parameters: Parameters) -> list[Record]:
        return await self._run(lambda session: run_named(session, name, parameters))

    async def lock(self, key: NodeKey) -> bool:
        return key.value in await self.lock_all(key.label, [key.value])

    async def lock_all(self, label: str, keys: Sequence[str], *, reserve: bool = False) -> set[str]:
        # Nobody else writes until this transaction ends: what is absent is reserved without further ado.
        del reserve
        key = _key(label)
        return {found for (found,) in await self._of_keys(f"MATCH (n:{label} {{{key}: k}}) RETURN k", keys)}

    async def find(self, label: str, property_name: str, values: Sequence[str]) -> dict[str, str]:
        if not values:
            return {}
        text = write_statements.find(label, property_name)
        return dict(await self._execute(text, {"values": _unique(values)}))

    async def follow(self, link: Link, keys: Sequence[str]) -> dict[str, list[Neighbour]]:
        if not keys:
            return {}
        names = tuple(RELATIONSHIPS[link.relationship].properties)
        near = f"p.{_key(link.source)}"
        found: dict[str, list[Neighbour]] = {}
        for target in sorted(link.target):
            far = f"n.{_key(target)}"
            edge = "".join(f", e.{name}" for name in names)
            # Not by UNWIND: a path behind one scans both tables whole.
            pattern = statements.arrow(link, f"p:{link.source}", "e", f"n:{target}")
            text = f"MATCH {pattern} WHERE {near} IN $keys RETURN {near}, {far}{edge} ORDER BY {far}"
            for parent, key, *values in await self._execute(text, {"keys": _unique(keys)}):
                found.setdefault(parent, []).append((NodeKey(target, key), dict(zip(names, values, strict=True))))
        return found

    async def read(self, label: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        if not keys:
            return {}
        declared = LABELS[_known(label)]
        found = {}
        for values in await self._execute(write_statements.read(label), {"keys": _unique(keys)}):
            node = {
                one.name: write_statements.decode(one, value)
                for one, value in zip(declared.properties.values(), values, strict=True)
            }
            found[node[declared.key]] = node
        return found

    async def put(self, label: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        declared = LABELS[_known(label)]
        names, encoded = encode_rows(declared.properties, rows)
        await self._execute(write_statements.put(DIALECT, label, names), {"rows": encoded})
        for unique_label, name in UNIQUE:
            if unique_label == label and name in names:
                await self._check_unique(label, name, [row[name] for row in encoded if row[name] is not None])

    async def _check_unique(self, label: str, name: str, values: Sequence[str]) -> None:
        if not values:
            return
        text = f"UNWIND $values AS v MATCH (n:{label} {{{name}: v}}) RETURN v, count(DISTINCT n.{_key(label)})"
        taken = [value for value, count in await self._execute(text, {"values": _unique(values)}) if count > 1]
        if taken:
            self.failure = ConstraintError(f"{name} {taken[0]!r:.80} of {label} is taken")
            raise self.failure

    async def delete(self, label: str, keys: Sequence[str]) -> None:
        if keys:
            await self._execute(write_statements.delete(label), {"keys": _unique(keys)})

    async def connect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> int:
        if not rows:
            return 0
        properties = RELATIONSHIPS[relationship].properties if relationship in RELATIONSHIPS else {}
        names, encoded = encode_rows(properties, rows, ends=("start", "end"))
        text = write_statements.connect(DIALECT, relationship, start, end, names)
        count: int = (await self._execute(text, {"rows": encoded}))[0][0]
        return count

    async def disconnect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        has_end = "end" in rows[0]
        _, encoded = encode_rows({}, rows, ends=("start", "end") if has_end else ("start",))
        write_statements.disconnect(relationship, start, end, has_end=has_end)  # refuses what is not declared
        # Row by row: a path behind an UNWIND scans both tables whole.
        far = f" {{{_key(end)}: $far}}" if has_end else ""
        text = f"MATCH (a:{start} {{{_key(start)}: $near}})-[e:{relationship}]->(b:{end}{far}) DELETE e"

        def work(session: Session) -> list[Record]:
            for row in encoded:
                session.execute(text, {"near": row["start"], "far": row.get("end", "")})
            return []

        await self._run(work)

    async def _of_keys(self, text: str, keys: Sequence[str]) -> list[Record]:
        return await self._execute(f"UNWIND $keys AS k {text}", {"keys": _unique(keys)}) if keys else []

    async def _execute(self, text: str, parameters: Mapping[str, Any]) -> list[Record]:
        return await self._run(lambda session: session.execute(text, parameters))

    async def _run(self, work: Callable[[Session], list[Record]]) -> list[Record]:
        if not self._is_open:
            raise InvalidQueryError("this transaction has ended: it is usable only inside its function")
        self.check()
        try:
            records: list[Record] = await self._run_in_thread(work)
        except Exception as exc:
            self.failure = exc
            raise
        return records


def _unique(keys: Sequence[str]) -> list[str]:
    return [statements.text(key) for key in dict.fromkeys(keys)]


def _known(label: str) -> str:
    _key(label)
    return label


def _key(label: str) -> str:
    if label not in LABELS:
        raise InvalidQueryError(f"no label {label:.40}")
    return LABELS[label].key

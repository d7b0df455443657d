"""A read-write transaction on Neo4j."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from neo4j import AsyncTransaction

from auth.policy import PUBLIC
from graph import queries
from graph.backends import write_statements
from graph.backends.neo4j.errors import translated
from graph.backends.neo4j.render import NEO4J, PUBLIC_LABEL, always_set
from graph.ddl import LABELS, RELATIONSHIPS
from graph.errors import GraphError, GraphUnavailableError, InvalidInputError
from graph.links import Link
from graph.model import NodeKey
from graph.port import Neighbour, Parameters, Record

BACKEND: Final = "neo4j"

# Rows of one statement: its parameters are held in the server's transaction memory at once.
_BATCH: Final = 5_000

# From the list as it is stored by now, not from the row: the label cannot say anything else.
_IS_PUBLIC: Final = f"'{PUBLIC}' IN n.readers"
_MARK_PUBLIC: Final = (
    f" FOREACH (_ IN CASE WHEN {_IS_PUBLIC} THEN [] ELSE [1] END | REMOVE n:{PUBLIC_LABEL})"
    f" FOREACH (_ IN CASE WHEN {_IS_PUBLIC} THEN [1] ELSE [] END | SET n:{PUBLIC_LABEL})"
)


class Neo4jTransaction:
    """One attempt of a function; the store begins and ends it."""

    def __init__(self, transaction: AsyncTransaction) -> None:
        self.failure: GraphError | None = None
        """The first statement that failed. Neo4j takes nothing after it, even where the function caught the error."""
        self.statements = 0
        self._transaction = transaction
        self._reserved: set[tuple[str, str]] = set()
        self._is_open = True

    def end(self) -> None:
        """From now on every call fails: a function that kept this transaction must not write outside its attempt."""
        self._is_open = False

    async def query(self, name: str, parameters: Parameters) -> list[Record]:
        return await self._run(queries.load(name, BACKEND), parameters)

    async def lock(self, key: NodeKey) -> bool:
        return key.value in await self.lock_all(key.label, [key.value])

    async def lock_all(self, label: str, keys: Sequence[str], *, reserve: bool = False) -> set[str]:
        # Neo4j is read-committed: without the lock that a write takes, two units that read, decide and write lose one
        # of the writes. Writing and removing the property takes the lock and changes nothing.
        name = _label(label)
        if reserve:
            find = f"MERGE (n:{label} {{{name}: k}}) ON CREATE SET n.lock_ = true ON MATCH SET n.lock_ = false"
        else:
            find = f"MATCH (n:{label} {{{name}: k}}) SET n.lock_ = false"
        # Sorted, so that two transactions never wait for each other.
        rows = await self._run(
            f"UNWIND $keys AS k {find} WITH n, k, n.lock_ AS is_new REMOVE n.lock_ RETURN k, is_new",
            {"keys": sorted(set(keys))},
        )
        self._reserved |= {(label, key) for key, is_new in rows if is_new}
        return {key for key, _ in rows if (label, key) not in self._reserved}

    async def find(self, label: str, property_name: str, values: Sequence[str]) -> dict[str, str]:
        rows = await self._run(write_statements.find(label, property_name), {"values": list(values)})
        return dict(rows)

    async def follow(self, link: Link, keys: Sequence[str]) -> dict[str, list[Neighbour]]:
        names = tuple(RELATIONSHIPS[link.relationship].properties)
        found: dict[str, list[Neighbour]] = {}
        for target in sorted(link.target):
            rows = await self._run(write_statements.follow(link, target), {"keys": list(dict.fromkeys(keys))})
            for near, far, *values in rows:
                edge = dict(zip(names, values, strict=True))
                found.setdefault(near, []).append((NodeKey(target, far), edge))
        return found

    async def read(self, label: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        rows = await self._run(write_statements.read(label), {"keys": list(dict.fromkeys(keys))})
        declared = LABELS[label]
        nodes = (
            {
                property_.name: write_statements.decode(property_, value)
                for property_, value in zip(declared.properties.values(), row, strict=True)
            }
            for row in rows
        )
        return {node[declared.key]: node for node in nodes}

    async def put(self, label: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        key = _label(label)
        names, encoded = write_statements.encode_rows(LABELS[label].properties, rows)
        if key not in names:
            raise InvalidInputError(f"rows of {label} without {key}")
        # An index that serves an order knows no NULL (`render`, "_order_hint").
        for name in always_set(label) - {key}:
            if name in names:
                for row in encoded:
                    row[name] = row[name] or ""
        missing = [f"n.{name} = coalesce(n.{name}, '')" for name in sorted(always_set(label) - {key, *names})]
        text = write_statements.put(NEO4J, label, names)
        if missing:
            text += f" SET {', '.join(missing)}"
        if "readers" in names:
            text += _MARK_PUBLIC
        await self._in_batches(text, encoded)
        self._reserved -= {(label, row[key]) for row in encoded}

    async def delete(self, label: str, keys: Sequence[str]) -> None:
        await self._run(write_statements.delete(label), {"keys": list(dict.fromkeys(keys))})
        self._reserved -= {(label, key) for key in keys}

    async def connect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> int:
        if not rows:
            return 0
        names, encoded = write_statements.encode_rows(_relationship(relationship), rows, ends=("start", "end"))
        text = write_statements.connect(NEO4J, relationship, start, end, names)
        return sum(count for ((count,),) in await self._in_batches(text, encoded))

    async def disconnect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        ends = ("start", "end") if "end" in rows[0] else ("start",)
        _, encoded = write_statements.encode_rows(_relationship(relationship), rows, ends=ends)
        text = write_statements.disconnect(relationship, start, end, has_end="end" in ends)
        await self._in_batches(text, encoded)

    async def _in_batches(self, text: str, rows: list[dict[str, Any]]) -> list[list[Record]]:
        return [await self._run(text, {"rows": rows[first : first + _BATCH]}) for first in range(0, len(rows), _BATCH)]

    async def _run(self, text: str, parameters: Parameters) -> list[Record]:
        if not self._is_open:
            raise GraphUnavailableError("the transaction has ended")
        self.statements += 1
        try:
            with translated():
                # The driver's annotation wants literals: names come from graph.ddl, values travel as parameters.
                result = await self._transaction.run(text, dict(parameters))
                return await result.values()
        except GraphError as error:
            self.failure = self.failure or error
            raise


def _label(label: str) -> str:
    """The key property of a declared label."""
    if label not in LABELS:
        raise InvalidInputError(f"no label {label:.40}")
    return LABELS[label].key


def _relationship(name: str) -> Any:
    if name not in RELATIONSHIPS:
        raise InvalidInputError(f"no relationship {name:.40}")
    return RELATIONSHIPS[name].properties

"""The port to a graph database. Its docstrings are the contract; tests/contract holds both adapters to it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from graph.links import Link
from graph.model import NodeKey
from graph.selection import Page, Selected, Selection, Start

T = TypeVar("T")

Parameters = Mapping[str, Any]
Record = list[Any]
Neighbour = tuple[NodeKey, dict[str, Any]]
"""The node at the far end of a relationship, and the relationship's properties."""


class Transaction(Protocol):
    """One read-write transaction; usable only inside the function that received it."""

    async def query(self, name: str, parameters: Parameters) -> list[Record]:
        """Records of the named query in `graph/queries/` (an override of the backend first), in its order.

        Raises:
            InvalidQueryError: no such file, or a statement that the database refuses.
        """
        ...

    async def lock(self, key: NodeKey) -> bool:
        """Whether the node exists. From here to the end no other transaction changes it.

        Raises:
            StaleWriteError: the lock could not be had (deadlock); the whole function is run again by the adapter.
        """
        ...

    async def lock_all(self, label: str, keys: Sequence[str], *, reserve: bool = False) -> set[str]:
        """Those of `keys` whose nodes exist, all locked as by `lock`, in an order that two callers share.

        With `reserve` the absent ones are held, too: no other transaction creates them until this one ends. A held
        node may look to this transaction like one without properties (`created_at` is None) until `put` fills it, and
        is not among the answers; whoever reserves a key also puts it.

        Raises:
            StaleWriteError: as for `lock`.
        """
        ...

    async def find(self, label: str, property_name: str, values: Sequence[str]) -> dict[str, str]:
        """The key of the node for each value that a node's `property_name` (unique) has; the others are left out."""
        ...

    async def follow(self, link: Link, keys: Sequence[str]) -> dict[str, list[Neighbour]]:
        """The neighbours along `link` of each `link.source` node, ordered by (label, key), without any audience test.

        Nodes without neighbours are left out. `link.order`, `is_many` and `having` play no part.
        """
        ...

    async def read(self, label: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """All properties of the nodes that exist, by key; JSON decoded, without any audience test."""
        ...

    async def put(self, label: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Creates or changes one node per row. A row holds the key and the properties to set; None clears one.

        All rows have the same property names. Properties that no row names stay as they are. Values have the form in
        which `read` gives them: JSON as dicts and lists, TEXTS as lists.

        Raises:
            ConstraintError: a unique property is taken.
        """
        ...

    async def delete(self, label: str, keys: Sequence[str]) -> None:
        """Removes the nodes and their relationships; absent keys are fine."""
        ...

    async def connect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Creates or changes one relationship per row between existing nodes of the labels `start` and `end`.

        A row holds `start`, `end` (keys) and the same property names as all others.

        Returns:
            How many rows found both their nodes.
        """
        ...

    async def disconnect(self, relationship: str, start: str, end: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Removes relationships; a row holds `start`, `end` (keys). A row without `end` removes all of `start`."""
        ...


class Transacting(Protocol):
    """What runs transactions: a store, or one that a lease guards (`graph.writing.leases.Fenced`)."""

    async def transact(self, function: Callable[[Transaction], Awaitable[T]], *, timeout_s: float = 30.0) -> T:
        """What `function` returns, after the commit; any exception rolls everything back and passes through.

        `function` may run more than once (deadlock, leader change), so it has no effect outside the transaction.

        Raises:
            ConstraintError, StaleWriteError, ReadOnlyError, GraphUnavailableError: nothing was written.
            OutcomeUnknownError: the connection broke while committing; `UnitOfWork` adds the idempotency key.
        """
        ...


class GraphStore(Transacting, Protocol):
    """A graph database: reads by selection or named query, and transactions."""

    @property
    def backend(self) -> str:
        """`neo4j` or `ladybug`: names the folder of its overrides and its label in metrics."""
        ...

    @property
    def calls(self) -> int:
        """Statements sent since the start, whoever asked; beginnings and ends of transactions are none.

        `graph.tally` counts those of one asker: an adapter charges it where it counts.
        """
        ...

    async def select(
        self,
        selection: Selection,
        start: Start,
        *,
        audiences: Collection[str],
        pages: Sequence[Page] = (),
        timeout_s: float = 10.0,
    ) -> Selected:
        """The rows that `selection` describes (graph/selection.py has their form), from `start` on.

        A guarded node is there only if its `readers` share a token with `audiences`, at the start, at every link, in
        conditions and in counts. Guarded properties are None where the audience does not reach (`graph.model.Guard`).
        Equal order columns are told apart by key. NULL counts as "", 0 or false in an order. No transaction.

        Raises:
            InvalidInputError: more than MAX_ROWS keys, `first` out of 0..MAX_PAGE, `after` of the wrong length or types.
            GraphUnavailableError: unreachable, or not done within `timeout_s`; the database has stopped working on it.
        """
        ...

    async def query(self, name: str, parameters: Parameters, *, timeout_s: float = 10.0) -> list[Record]:
        """Records of a named query that only reads; audience tests are the query's own.

        Raises:
            GraphUnavailableError: as for `select`.
            InvalidQueryError: no such query, refused by the database, or it tried to write.
        """
        ...

    async def now(self) -> str:
        """The database's clock, as an `Instant`: the one clock that all processes share."""
        ...

    async def apply_schema(self) -> None:
        """Declares what `graph.ddl` says (constraints, indexes, tables, new columns) and runs the migrations that are due.

        Running it again is harmless and writes nothing; of processes that start at once one does it and the others wait.

        Raises:
            SchemaVersionError: the store is of a newer version than this code; nothing was changed.
        """
        ...

    async def purge_deleted(self) -> str | None:
        """Sees to it that what was deleted leaves the database's files, too, as far as that can be done from here.

        Returns:
            What is left to the operator, as a sentence; None where nothing is.
        """
        ...

    async def ping(self) -> float:
        """Seconds of one round trip.

        Raises:
            GraphUnavailableError: no answer within 2 s.
        """
        ...

    async def close(self) -> None:
        """Ends all work and gives everything back; every later call raises GraphUnavailableError."""
        ...

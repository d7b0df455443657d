"""The engine: graphql-core runs an operation; where a resolver says what to read, a compiled plan reads and completes it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

from graph.ddl import LABELS
from graph.errors import GraphUnavailableError, OutcomeUnknownError
from graph.model import NodeKey
from graph.selection import ByKeys, Match, Selected, Start
from network.context import Context
from network.execution import planner, stock
from network.execution.operation import OperationPlan, PlanCache
from network.execution.reads import WRITTEN_UNDER, Lookup, Lookups, Read, by_key
from network.execution.resolve import select
from network.execution.state import Row, State, add_pages
from network.execution.timing import TimingExecutor, Timings


@dataclass(slots=True)
class Counts:
    """How fields with resolvers of their own were completed: for tests and metrics."""

    compiled: int = 0
    custom: int = 0
    """By graphql-core, since a resolver lies below."""
    unusual: int = 0
    """By graphql-core, since generated code met something unusual."""

    def by(self) -> dict[str, int]:
        """As the metrics name them."""
        return {"generated": self.compiled, "graphql-core": self.custom, "fallback": self.unusual}


_LOG: Final = logging.getLogger("hubnetz.engine")
_CACHES: Final[WeakKeyDictionary[GraphQLSchema, PlanCache]] = WeakKeyDictionary()


class GraphExecutor(Executor[Any]):
    """graphql-core's executor, which completes a `Read`, and values that name nodes, by a plan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counts = Counts()
        cache = _CACHES.get(self.schema)
        self.cache = _CACHES.setdefault(self.schema, PlanCache()) if cache is None else cache
        names = self.cache.conditions(self.operation, self.fragment_definitions)
        self.condition_values = tuple(self.variable_values.coerced.get(name) for name in names)

    def complete_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if result.__class__ is NodeKey:
            result = by_key(result)
        if result.__class__ is Read:
            completion = _Completion(self, return_type, field_details_list, info, path, position_context)
            return completion.read(result)
        # The type is that of the field only where a resolver has just returned, not further inside.
        if return_type is info.return_type and result is not None and not isinstance(result, Exception):
            is_lookup = result.__class__ is Lookups
            if is_lookup or self.starts(info):
                completion = _Completion(self, return_type, field_details_list, info, path, position_context)
                return completion.values(result.items if is_lookup else result, is_lookup=is_lookup)
        return self.complete_stock(return_type, field_details_list, info, path, result, position_context)

    def starts(self, info: GraphQLResolveInfo[Any]) -> bool:
        """Whether a field has a resolver of its own that returns values which may name nodes."""
        known = self.cache.starts
        key = (info.parent_type.name, info.field_name)
        if key not in known:
            field_ = info.parent_type.fields.get(info.field_name)  # None: introspection
            known[key] = field_ is not None and planner.starts(self, field_)
        return known[key]

    def complete_stock(self, *args: Any) -> Any:
        """As graphql-core does it."""
        return super().complete_value(*args)


class TimedGraphExecutor(TimingExecutor, GraphExecutor):
    """The engine, measured."""


class TimedStockExecutor(TimingExecutor, stock.StockExecutor):
    """The reference, measured."""


@dataclass(slots=True, eq=False)
class _Completion:
    """One value to be read and completed."""

    executor: GraphExecutor
    return_type: GraphQLOutputType
    details: FieldDetailsList
    info: GraphQLResolveInfo[Any]
    path: Path
    position_context: Any
    state: State = field(default_factory=State)

    @property
    def context(self) -> Context:
        context: Context = self.executor.context_value
        return context

    def plan(self, start: Start | None, *, is_lookup: bool = False) -> OperationPlan:
        """The plan of this place, made at its first use."""
        executor = self.executor
        place: tuple[Any, ...]
        if self.path.prev is None:
            place, is_under_list = (self.path.key,), False
        else:
            keys = self.path.as_list()
            place, is_under_list = (
                tuple(key for key in keys if isinstance(key, str)),
                len(keys) > 1 and any(isinstance(key, int) for key in keys),
            )
        order = start.order if isinstance(start, Match) else None
        label = None if start is None else start.label
        key = (id(executor.operation), place, is_under_list, is_lookup, label, order, executor.condition_values)
        found = executor.cache.get(key)
        if found is None:
            found = planner.make(
                executor, self.return_type, self.details, start, is_lookup=is_lookup, is_under_list=is_under_list
            )
            executor.cache.put(key, found, executor.operation)
        return found

    async def read(self, found: Read) -> Any:
        """The completed value of a `Read`."""
        made = self.plan(found.start)
        add_pages(self.state, made.pages, self.executor)
        start = planner.adapt(found.start, made, self.state)
        assert made.selection is not None
        pages = tuple(self.state.pages)
        selected = await select(self.context, made.selection, start, pages)
        if found.otherwise is not None and selected.rows == [None]:
            selected = await select(self.context, made.selection, await found.otherwise(self.context), pages)
        return await self.complete(made, selected)

    async def values(self, value: Any, *, is_lookup: bool) -> Any:
        """The completed form of a value that names nodes, after one `select` for each position and label."""
        made = self.plan(None, is_lookup=is_lookup)
        keys = planner.keys_of(made, value)
        self.state.loaded = [{} for _ in made.positions]
        add_pages(self.state, made.pages, self.executor)
        groups: dict[tuple[int, str, str], list[NodeKey | Lookup]] = {}
        for position, found in enumerate(keys):
            for key in found:
                if key.label not in made.selections[position]:
                    continue  # no type shows it here: as if it were absent
                name = key.property if isinstance(key, Lookup) else LABELS[key.label].key
                groups.setdefault((position, key.label, name), []).append(key)
        loads = [self._load(made, *group, found) for group, found in groups.items()]
        try:
            if len(loads) == 1:
                await loads[0]
            elif loads:
                await self.executor.gather_async_work(loads)
        except GraphUnavailableError as error:
            written_under = getattr(value, WRITTEN_UNDER, None)
            if written_under is None:
                raise
            message = f"written, and not read since: {error}"
            raise OutcomeUnknownError(message, idempotency_key=written_under) from error
        return await self.complete(made, value)

    async def _load(
        self, made: OperationPlan, position: int, label: str, name: str, keys: list[NodeKey | Lookup]
    ) -> None:
        start = ByKeys(label, name, tuple(key.value for key in keys))
        selection = made.selections[position][label]
        selected = await select(self.context, selection, start, tuple(self.state.pages))
        found: dict[NodeKey | Lookup, Row] = self.state.loaded[position]
        found.update((key, row) for key, row in zip(keys, selected.rows, strict=True) if row is not None)

    async def complete(self, made: OperationPlan, found: Selected | Any) -> Any:
        counts = self.executor.counts
        if made.complete is not None and not self.state.errors:
            try:
                completed = made.complete(found, self.state)
            except Exception as error:  # noqa: BLE001 - whatever it was: graphql-core meets it again and reports it
                counts.unusual += 1
                self._tell(made, error)
            else:
                counts.compiled += 1
                return completed
        elif made.complete is None:
            counts.custom += 1
        else:
            counts.unusual += 1
        shown = planner.show(made, self.return_type, found, self.state)
        completed = self.executor.complete_stock(
            self.return_type, self.details, self.info, self.path, shown, self.position_context
        )
        return await completed if self.executor.is_awaitable(completed) else completed

    def _tell(self, made: OperationPlan, error: Exception) -> None:
        """Says once of each plan what its generated code raised: where graphql-core then answers well, it is merely slow."""
        raised = type(error).__name__
        if raised in made.raised:
            return
        made.raised.add(raised)
        name = self.executor.operation.name
        facts = {
            "operation": None if name is None else name.value,
            "place": ".".join(key for key in self.path.as_list() if isinstance(key, str)),
            # Not its text, which may hold what somebody wrote.
            "error": raised,
        }
        _LOG.warning("generated code failed, and graphql-core does its work", extra=facts)


async def execute(
    schema: GraphQLSchema,
    document: DocumentNode,
    *,
    context: Context,
    variables: Mapping[str, Any] | None = None,
    operation_name: str | None = None,
    is_fast: bool = True,
    hide_suggestions: bool = False,
    counts: Counts | None = None,
    timings: Timings | None = None,
) -> ExecutionResult:
    """The response to one operation of a document that was parsed and validated.

    Plans are kept by the identity of the operation, so pass the same document object again for the same text.

    Args:
        schema: Of a subgraph or of the gateway, with Strawberry's definitions in its extensions.
        is_fast: False leaves everything to graphql-core, with one `select` for each link of each node: the reference
            that the tests hold the engine to.
        hide_suggestions: Leaves "Did you mean …" out of errors of variables.
        timings: Filled with the time of each field, if given.

    Returns:
        `data` None with errors that have no path is a request error (GraphQL §7.1.2): operation unknown, variables wrong.
    """
    plain, timed = (GraphExecutor, TimedGraphExecutor) if is_fast else (stock.StockExecutor, TimedStockExecutor)
    executor = (plain if timings is None else timed).build(
        schema,
        document,
        context_value=context,
        raw_variable_values=None if variables is None else dict(variables),
        operation_name=operation_name,
        hide_suggestions=hide_suggestions,
    )
    if isinstance(executor, list):
        return ExecutionResult(None, errors=executor)
    if counts is not None and isinstance(executor, GraphExecutor):
        executor.counts = counts
    if timings is not None and isinstance(executor, TimingExecutor):
        executor.timings = timings
    result = executor.execute_operation()
    completed = await result if executor.is_awaitable(result) else result
    assert isinstance(completed, ExecutionResult)
    return completed

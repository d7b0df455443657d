"""When which field ran: measured only for an operation that is asked to tell.

An executor that measures is a class of its own, so that the others pay nothing. What it sees are the fields that
graphql-core runs; a field that a compiled plan reads and completes is part of the field where the plan starts, since no
resolver of its own ran.
"""

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

MAX_FIELDS: Final = 10_000


@dataclass(slots=True)
class FieldTiming:
    """One run of a field; times in nanoseconds since the operation began, `ended` None while it has not."""

    parent_type: str
    name: str
    type: str
    began: int
    ended: int | None = None


@dataclass(slots=True)
class Timings:
    """The times of one operation, by path of the response.

    Attributes:
        most: Fields measured; beyond them the answer says that it is incomplete. About 30 bytes each in a trace.
        began_at: Wall clock, nanoseconds since 1970.
    """

    most: int = MAX_FIELDS

    began_at: int = field(default_factory=time.time_ns)
    fields: dict[tuple[str | int, ...], FieldTiming] = field(default_factory=dict)
    is_incomplete: bool = False
    _began: int = field(default_factory=time.perf_counter_ns)

    def now(self) -> int:
        """Nanoseconds since the operation began."""
        return time.perf_counter_ns() - self._began

    def begin(self, path: tuple[str | int, ...], parent_type: str, name: str, type_: str) -> FieldTiming:
        """A field that begins now; beyond `most` it is measured and forgotten."""
        timing = FieldTiming(parent_type, name, type_, self.now())
        if len(self.fields) < self.most:
            self.fields[path] = timing
        else:
            self.is_incomplete = True
        return timing


class TimingExecutor(Executor[Any]):
    """Measures each field that graphql-core runs: from its resolver until its value is complete, with all below it."""

    timings: Timings

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> Any:
        name = field_details_list[0].node.name.value
        definition = self.schema.get_field(parent_type, name)
        timing = self.timings.begin(tuple(path.as_list()), parent_type.name, name, str(definition and definition.type))
        completed = super().execute_field(parent_type, source, field_details_list, path, position_context)
        if self.is_awaitable(completed):
            return self._end(completed, timing)
        timing.ended = self.timings.now()
        return completed

    async def _end(self, completed: Awaitable[Any], timing: FieldTiming) -> Any:
        try:
            return await completed
        finally:
            timing.ended = self.timings.now()

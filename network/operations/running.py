"""Runs one operation of a document for somebody, within every limit: what GraphQL over HTTP and the pages have in common."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import DocumentNode, ExecutionResult, GraphQLSchema

from auth.principal import Caller
from graph.reading.field_usage import Client
from network.execution.timing import Timings
from network.limits import LimitExceededError, Limits, of_router
from network.operations.documents import Document, Documents
from network.operations.field_usage import Usage
from network.rates import Allowance, Kind


class Execute(Protocol):
    """The engine that answers a valid document (`network.execution`)."""

    def __call__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        *,
        context: Any,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        timings: Timings | None,
    ) -> Awaitable[ExecutionResult]: ...


class MakeContext(Protocol):
    """The context of one operation."""

    def __call__(self, *, caller: Caller, request_id: str, deadline: float, allowance: Allowance) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who has an operation run: `client` is the program, `caller` the person or service behind it."""

    caller: Caller
    allowance: Allowance
    request_id: str
    client: Client


class Runner:
    """One schema with its engine and its limits."""

    def __init__(
        self,
        schema: GraphQLSchema,
        execute: Execute,
        make_context: MakeContext,
        *,
        limits: Limits,
        usage: Usage | None = None,
        has_suggestions: bool = False,
        count_error: Callable[[str], None] | None = None,
    ) -> None:
        self.limits = limits
        self.documents = Documents(schema, limits, has_suggestions=has_suggestions)
        self._router_documents = Documents(schema, of_router(limits), has_suggestions=has_suggestions)
        self._schema = schema
        self._execute = execute
        self._make_context = make_context
        self._usage = usage
        self._count_error = count_error

    def count(self, errors: Iterable[Mapping[str, Any]]) -> None:
        """Counts errors that are about to be answered, by their codes."""
        if self._count_error is not None:
            for error in errors:
                self._count_error(error["extensions"]["code"])

    def documents_of(self, *, is_router: bool) -> Documents:
        """The documents within the limits of a router, which joins what its clients ask, or of everybody."""
        return self._router_documents if is_router else self.documents

    async def run(
        self,
        document: Document,
        operation_name: str | None,
        variables: Mapping[str, Any],
        asker: Asker,
        *,
        is_trusted: bool = False,
        timings: Timings | None = None,
    ) -> ExecutionResult:
        """What the operation answers; errors of its fields are in it.

        Args:
            is_trusted: Operators published the document: the limit of cost does not hold.

        Raises:
            InvalidDocumentError: the document has no such operation.
            LimitExceededError: it costs too much, or takes too long.
            RateLimitedError: too much was asked lately.
        """
        operation = document.operation(operation_name)
        operation.cost.check(variables, self.limits, is_trusted=is_trusted)
        cost = max(1, operation.cost.total(variables))
        asker.allowance.take_all(asker.caller, {Kind.COST: cost, Kind.MUTATIONS: operation.mutations})
        if self._usage is not None:
            self._usage.count(asker.client, operation.uses, variables)
        context = self._make_context(
            caller=asker.caller,
            allowance=asker.allowance,
            request_id=asker.request_id,
            deadline=time.monotonic() + self.limits.timeout_s,
        )
        try:
            async with asyncio.timeout(self.limits.timeout_s):
                return await self._execute(
                    self._schema,
                    document.ast,
                    context=context,
                    variables=variables,
                    operation_name=operation_name,
                    timings=timings,
                )
        except TimeoutError as error:
            raise LimitExceededError("timeout_s", self.limits.timeout_s, "more") from error

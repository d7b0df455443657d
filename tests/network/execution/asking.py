"""Asking the sample schema in one line."""

from typing import Any

from graphql import ExecutionResult, parse, validate

from auth.principal import Anonymous, Caller, Membership, Principal
from network.context import Context
from network.execution import Counts, execute
from tests.fixtures.memory_store import MemoryGraphStore
from tests.network.execution import sample

SCHEMA = sample.schema()
MEMBER = Principal("issuer", "subject", frozenset({Membership.parse("hub_lead:zeitz")}))


class Asker:
    """One store and one caller; remembers how the last operation was completed, and in how many graph calls."""

    def __init__(self, store: MemoryGraphStore | None = None, caller: Caller | None = None) -> None:
        self.store = store or sample.store()
        self.caller = caller or Anonymous()
        self.counts = Counts()
        self.calls = 0

    async def __call__(self, text: str, **variables: Any) -> ExecutionResult:
        document = parse(text)
        assert not validate(SCHEMA, document)
        self.counts, before = Counts(), self.store.calls
        context = Context(store=self.store, caller=self.caller)
        result = await execute(SCHEMA, document, context=context, variables=variables, counts=self.counts)
        self.calls = self.store.calls - before
        return result

    async def data(self, text: str, **variables: Any) -> Any:
        """The data of an operation that has no errors and was completed by generated code alone."""
        result = await self(text, **variables)
        assert result.errors is None, result.errors
        assert not self.counts.unusual
        return result.data

    async def error(self, text: str, **variables: Any) -> tuple[str, list[str | int] | None]:
        """Message and path of the one error."""
        (error,) = (await self(text, **variables)).errors or []
        return error.message, error.path

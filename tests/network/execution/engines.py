"""The two executors without an event loop in between, so that the order of their errors can be compared."""

from collections.abc import Coroutine
from inspect import iscoroutine
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql.execution.execute import Executor

from network.context import Context
from network.execution.executor import Counts, GraphExecutor
from network.execution.stock import StockExecutor


def finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never waits, since its store does not."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a coroutine waits for something")


class _AtOnce(Executor[Any]):
    # The signatures are graphql-core's; what its stages hand on is theirs to know.
    async def gather_async_work(self, values: Any) -> Any:
        return [await value for value in values]

    def complete_awaitable_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        try:
            return self.complete_value(return_type, field_details_list, info, path, finished(result), position_context)
        except Exception as error:  # noqa: BLE001 - as graphql-core does
            self.handle_field_error(error, return_type, field_details_list, path)
            return None

    def complete_value(self, *args: Any) -> Any:
        found = super().complete_value(*args)
        return finished(found) if iscoroutine(found) else found


class FastAtOnce(_AtOnce, GraphExecutor):
    pass


class StockAtOnce(_AtOnce, StockExecutor):
    pass


def run(
    executor: type[Executor[Any]],
    schema: GraphQLSchema,
    document: DocumentNode,
    context: Context,
    variables: dict[str, Any] | None,
) -> tuple[ExecutionResult, Counts]:
    built = executor.build(schema, document, context_value=context, raw_variable_values=variables)
    assert not isinstance(built, list), built
    result = built.execute_operation()
    assert isinstance(result, ExecutionResult)
    return result, getattr(built, "counts", Counts())

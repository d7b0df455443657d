"""Scalars of the API. Values are stored as the text that is shown, so output passes them through after a check."""

from collections.abc import Callable
from typing import Any, Final

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from graph.errors import InvalidInputError
from graph.values import Instant, LocalTime, PartialDate, local_time, partial_date


def text(value: Any) -> str:
    """`value`, which must be text: the one check that stored dates and instants need.

    Raises:
        GraphQLError: the store holds something else.
    """
    if value.__class__ is not str:
        raise GraphQLError(f"Stored value is no text: {value!r}")
    return str(value)


def _parse_partial_date(value: Any) -> PartialDate:
    if not isinstance(value, str):
        raise GraphQLError("PartialDate is text: 2021, 2021-05 or 2021-05-04.")
    try:
        return partial_date(value)
    except InvalidInputError as error:
        raise GraphQLError(str(error), extensions={"code": error.code}) from error


def _parse_local_time(value: Any) -> LocalTime:
    if not isinstance(value, str):
        raise GraphQLError("LocalTime is text: 09:30.")
    try:
        return local_time(value)
    except InvalidInputError as error:
        raise GraphQLError(str(error), extensions={"code": error.code}) from error


def _parse_instant(value: Any) -> Instant:
    if not isinstance(value, str):
        raise GraphQLError("DateTime is text: 2026-11-22T07:25:02Z.")
    try:
        return parse_instant(value)
    except InvalidInputError as error:
        raise GraphQLError(str(error), extensions={"code": error.code}) from error


def parse_instant(value: str) -> Instant:
    """ISO 8601 text with a time zone as an `Instant`.

    Raises:
        InvalidInputError: another form, no time zone, or out of range.
    """
    from datetime import datetime

    from graph.values import instant

    try:
        return instant(datetime.fromisoformat(value))
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(f"not a moment as 2026-11-22T07:25:02Z: {value[:40]!r}") from error


def _literal(parse: Callable[[Any], str]) -> Callable[..., str]:
    """`parse` for a value written into the document: its error says where."""

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> str:
        try:
            return parse(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node, extensions=error.extensions) from error

    return parse_literal


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Instant: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC, ISO 8601 with six decimals: 2026-11-22T07:25:02.663809Z.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=text,
        parse_value=_parse_instant,
        parse_literal=_literal(_parse_instant),
    ),
    PartialDate: strawberry.scalar(
        name="PartialDate",
        description="A date as precise as its source: 2021, 2021-05 or 2021-05-04.",
        serialize=text,
        parse_value=_parse_partial_date,
        parse_literal=_literal(_parse_partial_date),
    ),
    LocalTime: strawberry.scalar(
        name="LocalTime",
        description="A time of day in Germany (Europe/Berlin), from 00:00 to 23:59, always five characters: 09:30.",
        serialize=text,
        parse_value=_parse_local_time,
        parse_literal=_literal(_parse_local_time),
    ),
}
"""For `StrawberryConfig.scalar_map`; every subgraph uses the same."""

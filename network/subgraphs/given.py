"""Inputs of which a part may be left out: what is not there stays as it is stored."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, Final, TypeVar

import strawberry

from network.execution import Checks
from network.execution.names import camel_case

E = TypeVar("E", bound=Enum)

Read = Callable[[Checks, str, Any], Any]
"""Makes the value for a command of a given one, whose GraphQL name is told for problems."""


def given(description: str) -> Any:
    """A field that leaves alone what is stored unless it is there."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def member(vocabulary: type[E], shown: Enum) -> E:
    """The stored value that a GraphQL enum's value stands for."""
    return vocabulary(shown.value)


def read_given(
    details: object,
    check: Checks,
    reads: Mapping[str, Read],
    *,
    needed: Collection[str] = (),
    empty: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The fields that are there, as values for a command; problems go to `check`.

    Args:
        needed: Fields that every entry has, so that null clears none of them.
        empty: What null stands for where nothing is stored as something.
    """
    values: dict[str, Any] = {}
    for name, read in reads.items():
        value = getattr(details, name, strawberry.UNSET)
        shown = camel_case(name)
        if value is strawberry.UNSET:
            continue
        if value is not None:
            values[name] = read(check, shown, value)
        elif name in needed:
            check.refuse(shown, "expected a value: every entry has one")
        else:
            values[name] = (empty or {}).get(name)
    return values


def line(check: Checks, name: str, value: str) -> str:
    return check.line(name, value)


def text(check: Checks, name: str, value: str) -> str:
    return check.text(name, value)


def url(check: Checks, name: str, value: str) -> str:
    return check.url(name, value)


def number(check: Checks, name: str, value: int) -> int:
    return check.number(name, value)


def as_it_is(_check: Checks, _name: str, value: Any) -> Any:
    """For scalars that are checked when they are parsed."""
    return value


def member_of(vocabulary: type[E]) -> Read:
    return lambda _check, _name, value: member(vocabulary, value)


def keys_of(label: str, *, most: int) -> Read:
    return lambda check, name, values: check.keys(name, values, label, most=most)


def objects(*, most: int) -> Read:
    """For lists of inputs, each of which knows how to `read` itself."""

    def read(check: Checks, name: str, values: list[Any]) -> tuple[Any, ...]:
        if not check.is_short(name, values, most=most):
            return ()
        return tuple(value.read(check.within(name, str(index))) for index, value in enumerate(values))

    return read


LISTS: Final = 50
"""Most topics, projects, sources … of one entry."""

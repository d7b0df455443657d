"""Inputs that name one thing and say little else of it: which one is published, taken back, ended."""

from collections.abc import Callable
from typing import Any, Final, cast

import strawberry

from network.execution import Checks, client_mutation_id
from network.execution.mutations import Input
from network.execution.names import camel_case
from network.subgraphs.given import Read

_MAX_ID: Final = 100


def key_of(label: str) -> Read:
    """For fields that hold the global id of a node, of which the command takes the key."""
    return lambda check, name, value: check.node(name, value, label).value


def which(
    command: Callable[..., Any],
    description: str,
    field: str,
    told: str,
    *,
    read: Read = lambda check, name, value: check.line(name, value, most=_MAX_ID),
    version: str | None = None,
    name: str | None = None,
) -> type[Input]:
    """The input of `command`, which takes what `field` names under the same name.

    Args:
        told: What `field` holds.
        version: Describes `expectedVersion`, which the input has, too; None: it has none.
        name: Of the input, where it is not the command's with `Input` behind.
    """

    def asked(given: Any, check: Checks) -> Any:
        values = {field: read(check, camel_case(field), getattr(given, field))}
        if version is not None:
            values["expected_version"] = given.expected_version
        return command(**values)

    shape: dict[str, Any] = {field: strawberry.field(description=told), "client_mutation_id": client_mutation_id()}
    types: dict[str, Any] = {field: strawberry.ID, "client_mutation_id": str | None}
    if version is not None:
        shape["expected_version"] = strawberry.field(default=None, description=version)
        types = {field: strawberry.ID, "expected_version": int | None, "client_mutation_id": str | None}
    shape |= {"command": asked, "__annotations__": types, "__module__": __name__}
    made = type(name or f"{command.__name__}Input", (), shape)
    return cast("type[Input]", strawberry.input(made, description=description))

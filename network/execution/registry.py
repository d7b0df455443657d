"""Which GraphQL type stands for which Python class: asked by `is_type_of`, by interfaces and unions, and by compiled plans.

One registry for all subgraphs. Strawberry compares its own classes by identity, which fails on model nodes and on types
merged from several subgraphs.
"""

from typing import Any, Final, Protocol, runtime_checkable

from graph.model import Node

_NODES: Final[dict[str, type[Node]]] = {}
_VALUES: Final[dict[str, type]] = {}
_NAMES: Final[dict[type, str]] = {}


@runtime_checkable
class Backed(Protocol):
    """A view of rows or values that knows its GraphQL type."""

    @property
    def type_name(self) -> str: ...


def register_node(name: str, model: type[Node]) -> None:
    """Says that GraphQL type `name` shows `model`; several subgraphs may say so, as long as they agree.

    Raises:
        TypeError: another class has that name, or the class another name.
    """
    _register(_NODES, name, model)


def register_value(name: str, cls: type) -> None:
    """Says that GraphQL type `name` shows instances of `cls`; agreement as for nodes."""
    _register(_VALUES, name, cls)


def _register(kind: dict[str, Any], name: str, cls: type) -> None:
    known = _NODES.get(name) or _VALUES.get(name)
    if known not in (None, cls) or _NAMES.get(cls, name) != name:
        raise TypeError(f"{name} shows {known or cls} and {cls.__name__} is shown as {_NAMES.get(cls, name)}")
    kind[name] = cls
    _NAMES[cls] = name


def model_of(name: str) -> type[Node] | None:
    """The model class that GraphQL type `name` shows; None for types that are no nodes."""
    return _NODES.get(name)


def value_of(name: str) -> type | None:
    """The class of the values that GraphQL type `name` shows; None for nodes and for objects stored as JSON."""
    return _VALUES.get(name)


def name_of(value: object) -> str | None:
    """The GraphQL type of a model node, a registered value or a view of one; None for anything else."""
    if isinstance(value, Backed):
        return value.type_name
    return _NAMES.get(type(value))


def name_of_label(label: str) -> str | None:
    """The GraphQL type that shows nodes of `label`."""
    return next((name for name, model in _NODES.items() if model.__name__ == label), None)

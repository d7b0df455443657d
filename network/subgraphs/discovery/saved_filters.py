"""The filter of a search as it is kept: the JSON value that a caller gives `search`, and back."""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, Final

from graph.errors import InvalidInputError
from network.execution.names import camel_case
from network.subgraphs.discovery.filters import SearchFilter
from network.subgraphs.discovery.near import Near
from network.subgraphs.vocabulary import OperatingStatus, SizeClass

_ENUMS: Final[dict[str, type[Enum]]] = {"size_class": SizeClass, "status": OperatingStatus}


def as_json(where: SearchFilter | None) -> dict[str, Any]:
    """`where` as its JSON value, without what is not given."""
    given = {} if where is None else {field.name: getattr(where, field.name) for field in fields(where)}
    return {camel_case(name): _plain(found) for name, found in given.items() if found is not None}


def of_json(kept: Mapping[str, Any]) -> SearchFilter:
    """The filter whose JSON value is `kept`.

    Raises:
        InvalidInputError: it names something that there is no more.
    """
    given: dict[str, Any] = {}
    names = {camel_case(field.name): field.name for field in fields(SearchFilter)}
    for key, found in kept.items():
        name = names.get(key)
        if name is None:
            raise InvalidInputError(f"filter has no {key[:40]!r}")
        if name == "near":
            given[name] = Near(municipality=found["municipality"], within_km=found["withinKm"])
        elif name in _ENUMS:
            given[name] = [_member(_ENUMS[name], one) for one in found]
        else:
            given[name] = found
    return SearchFilter(**given)


def _plain(found: Any) -> Any:
    if isinstance(found, Near):
        return {"municipality": found.municipality, "withinKm": found.within_km}
    return [one.name if isinstance(one, Enum) else one for one in found] if isinstance(found, list) else found


def _member(kind: type[Enum], name: str) -> Enum:
    try:
        return kind[name]
    except KeyError as error:
        raise InvalidInputError(f"filter: there is no {str(name)[:40]!r}") from error

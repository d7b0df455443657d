"""The federation side of a subgraph: `_service` from a constant, `_entities` in batches.

Strawberry's own `_entities` awaits one reference at a time, nulls the whole answer for one bad representation, changes
its input and builds an entity of whatever the client sent. Here a representation is only ever a key: it becomes a
`Lookup`, the engine loads all of one type in one graph call with the audience test of root fields, and a bad one is an
error at its own place. Entities that are values, no nodes, are found by functions of their own (`network.execution.references`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, Final, Literal

import strawberry
from graphql import GraphQLError
from strawberry.federation import Schema
from strawberry.federation.schema import FederationAny
from strawberry.federation.schema_directives import Key
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition

from graph.ddl import LABELS
from network.execution import SCALARS, Lookup, Lookups, Names, attribute, computed, registry, value
from network.execution.check import check
from network.execution.fields import Attribute, GlobalId, declared_of
from network.execution.references import Resolve, ValueKeys, invalid, resolve_all
from network.limits import LimitExceededError

Version = Literal["2.3", "2.9"]
FEDERATION_VERSION: Final = "2.9"
"""The newest that both Apollo's and Guild's composition know."""
MAX_REPRESENTATIONS: Final = 1_000

_NAMES: Final = Names()


@dataclass(frozen=True, slots=True)
class Sdl:
    """What `_service` returns."""

    sdl: str


@value(Sdl, name="_Service", description="This subgraph, for composers of a supergraph.")
class _Service:
    sdl: str = attribute("Its schema with federation's directives.")


def subgraph(
    query: type,
    entities: Sequence[type],
    *,
    mutation: type | None = None,
    references: Mapping[type, Resolve] | None = None,
    federation_version: Version = FEDERATION_VERSION,
    max_representations: int = MAX_REPRESENTATIONS,
) -> Schema:
    """A federation schema of `query` whose `_entities` resolves the types `entities`, all that carry `@key`.

    Args:
        references: For a subgraph of values in place of nodes: what finds each of `entities`.
        federation_version: Lower for a router that does not know the newest.

    Raises:
        TypeError: a declaration does not fit the model, or `references` does not name each of `entities`.
    """
    if references is not None and set(references) != set(entities):
        raise TypeError("references: expected one for each entity; a subgraph has nodes or values, not both")
    keys = {} if references else {_definition(entity).name: _keys(entity) for entity in entities}
    values: dict[str, ValueKeys] = {}
    served: dict[str, Sdl] = {}
    resolver = _value_resolver(values, max_representations) if references else _resolver(keys, max_representations)
    machinery = {
        "_service": computed(_Service, "This subgraph's schema, for composers.", name="_service")(_constant(served)),
        "_entities": computed(
            GenericAlias(list, (_union(entities),)),
            "Entities by their keys, for routers; null where there is nothing, or nothing for the caller.",
            name="_entities",
        )(resolver),
    }
    schema = Schema(
        query=_with(query, machinery),
        mutation=mutation,
        types=entities,
        federation_version=federation_version,
        config=StrawberryConfig(name_converter=_NAMES, scalar_map=SCALARS),
    )
    # Strawberry keeps its graphql-core schema to itself; there is no other way to it.
    core = schema._schema  # noqa: SLF001
    check(core)
    for entity, resolve in (references or {}).items():
        found = ValueKeys.of(_definition(entity), core, resolve)
        values[found.type_name] = found
    served["sdl"] = Sdl(schema.as_str())
    return schema


def lookup(representation: object, keys: Mapping[str, "Keys"]) -> Lookup | GraphQLError:
    """What one representation names, or what is wrong with it; anything in it but type and key plays no part.

    Args:
        keys: By GraphQL type name.
    """
    if not isinstance(representation, dict):
        return invalid("an object with __typename and a key")
    type_name = representation.get("__typename")
    known = keys.get(type_name) if isinstance(type_name, str) else None
    if known is None:
        return invalid(f"__typename of an entity of this subgraph: {', '.join(sorted(keys))}")
    for name, property_name in known.properties.items():
        given = representation.get(name)
        if given is None:
            continue
        if not isinstance(given, str):
            return invalid(f"{name} as text")
        if property_name is not None:
            return Lookup(known.label, property_name, given)
        label, _, key = given.partition(":")
        if label != known.label or not key:
            return invalid(f"{name} of {known.label}, as in {known.label}:…")
        return Lookup(known.label, LABELS[known.label].key, key)
    return invalid(f"a key of {type_name}: {' or '.join(known.properties)}")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one entity type: GraphQL field -> property of the graph; None for the global id."""

    label: str
    properties: dict[str, str | None]


def _resolver(keys: Mapping[str, Keys], most: int) -> Callable[..., Any]:
    def resolve(
        representations: Annotated[
            list[FederationAny],
            strawberry.argument(description=f"`__typename` and one key each; at most {most:,}."),
        ],
    ) -> Lookups:
        _check_number(representations, most)
        return Lookups(tuple(lookup(representation, keys) for representation in representations))

    return resolve


def _value_resolver(known: Mapping[str, ValueKeys], most: int) -> Callable[..., Any]:
    async def resolve(
        representations: Annotated[
            list[FederationAny],
            strawberry.argument(description=f"`__typename` and one key each; at most {most:,}."),
        ],
        info: strawberry.Info,
    ) -> list[Any]:
        _check_number(representations, most)
        return await resolve_all(representations, known, info.context)

    return resolve


def _check_number(representations: Sequence[object], most: int) -> None:
    if len(representations) > most:
        raise LimitExceededError("max_representations", most, len(representations))


def _constant(served: Mapping[str, Sdl]) -> Callable[[], Any]:
    def resolve() -> Sdl:
        return served["sdl"]

    return resolve


def _with(query: type, fields: Mapping[str, Any]) -> type:
    definition = _definition(query)
    return strawberry.type(
        type("Query", (query,), dict(fields)), description=definition.description, directives=definition.directives
    )


def _union(entities: Sequence[type]) -> Any:
    """`_Entity`, nullable. Built at run time, so no annotation can name it."""
    members = reduce(or_, sorted(entities, key=lambda entity: _definition(entity).name))
    return Annotated[members, strawberry.union("_Entity", description="Whatever has a key.")] | None


def _keys(entity: type) -> Keys:
    definition = _definition(entity)
    model = registry.model_of(definition.name)
    if model is None:
        raise TypeError(f"{definition.name} is no node")
    fields = {_NAMES.get_graphql_name(field): field for field in definition.fields}
    properties: dict[str, str | None] = {}
    for directive in definition.directives or ():
        if isinstance(directive, Key):
            name = str(directive.fields)
            match declared_of(fields.get(name)):
                case GlobalId():
                    properties[name] = None
                case Attribute(property=declared):
                    properties[name] = declared or fields[name].python_name
                case _:
                    raise TypeError(f"{definition.name}.{name} is no property, so it cannot be a key")
    return Keys(model.__name__, properties)


def _definition(cls: type) -> StrawberryObjectDefinition:
    return get_object_definition(cls, strict=True)

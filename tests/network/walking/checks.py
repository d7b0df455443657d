"""What an answer may hold, worked out from the policy and the network alone, and compared with what it holds."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from auth.principal import Caller
from graph.model import NodeKey
from network.execution import registry
from network.execution.fields import Attribute, LinkField
from tests.network.walking.paths import declaration, is_node, objects, plain_name, python_name
from tests.network.walking.world import NUMBER, SECRET, World


@dataclass(frozen=True)
class Check:
    """The answers of one schema to one caller."""

    world: World
    schema: GraphQLSchema
    caller: Caller

    def problems(self, text: str, data: Any, *, given: Collection[str] = ()) -> list[str]:
        """What is wrong with an answer: `text` as it was sent, `data` as it was read."""
        found = [
            f"shows {secret.property} of {secret.node}" for secret in self.world.leaks(self.caller, text, given=given)
        ]
        for one in objects(data):
            found += self._of_object(one)
        return found

    def _of_object(self, one: dict[str, Any]) -> Iterator[str]:
        named = self.schema.get_type(one.get("__typename", ""))
        if not isinstance(named, GraphQLObjectType) or not is_node(named):
            return
        model = registry.model_of(named.name)
        assert model is not None
        label, _, value = one["id"].partition(":")
        key = NodeKey(label, value)
        if key not in self.world.nodes or label != model.__name__:
            yield f"{one['id']} is not of this network"
        elif not self.world.may_read(self.caller, key):
            yield f"shows {key}"
        else:
            for response_key, shown in one.items():
                name = plain_name(response_key)
                if not name.startswith("__"):
                    yield from self._of_field(key, named, name, shown)

    def _of_field(self, key: NodeKey, named: GraphQLObjectType, name: str, shown: Any) -> Iterator[str]:
        field_ = named.fields[name]
        match declaration(field_):
            case Attribute(property=given):
                yield from self._of_property(key, given or python_name(field_), name, shown)
            case LinkField(links, is_connection):
                expected = self.world.along(self.caller, key, links[key.label])
                if is_connection:
                    yield from connection(f"{key}.{name}", shown, expected)
                elif (got := ids(shown)) != expected:
                    yield difference(f"{key}.{name}", got, expected)

    def _of_property(self, key: NodeKey, property_: str, name: str, shown: Any) -> Iterator[str]:
        stored = getattr(self.world.nodes[key], property_)
        may_see = self.world.may_see(self.caller, key, property_)
        if not may_see and shown not in (None, "", []):
            yield f"{key}.{name} is not for the caller: {shown!r}"
        words = {*SECRET.findall(str(stored)), *NUMBER.findall(str(stored))}
        if may_see and not words <= {*SECRET.findall(str(shown)), *NUMBER.findall(str(shown))}:
            yield f"{key}.{name} is for the caller and is not there: {shown!r}"


def connection(where: str, shown: Any, expected: set[str]) -> Iterator[str]:
    """A whole connection holds exactly what is expected, and counts it."""
    got = {edge["node"]["id"] for edge in shown["edges"]}
    if got != expected or len(shown["edges"]) != len(expected):
        yield difference(where, got, expected)
    if shown.get("totalCount", len(expected)) != len(expected):
        yield f"{where}.totalCount is {shown['totalCount']}, {len(expected)} are for the caller"
    if shown["pageInfo"]["hasNextPage"]:
        yield f"{where} has another page"


def ids(shown: Any) -> set[str]:
    """The ids of a list of nodes, of one, or of none."""
    if shown is None:
        return set()
    return {one["id"] for one in shown} if isinstance(shown, list) else {shown["id"]}


def difference(where: str, got: set[str], expected: set[str]) -> str:
    return f"{where}: too much {sorted(got - expected)}, too little {sorted(expected - got)}"


def nodes_of(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """The types of a schema that stand for nodes of the graph."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType) and is_node(named):
            yield named


def root_label(schema: GraphQLSchema, field_: Any) -> str | None:
    """The label of what a root connection lists; None where it lists no nodes."""
    named = get_named_type(field_.type)
    if not isinstance(named, GraphQLObjectType) or "edges" not in named.fields:
        return None
    edge = get_named_type(named.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    model = registry.model_of(get_named_type(edge.fields["node"].type).name)
    return None if model is None else model.__name__

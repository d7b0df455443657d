"""Every caller through every way into the graph, found in the schema: exactly what the policy grants, and no word of the rest."""

import json
from collections.abc import Callable, Iterable
from typing import Final

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type
from strawberry.federation.schema_directives import Key

from graph.model import HOUSES, NodeKey
from graph.reading.introducing import TARGETS
from network.execution.compile import STRAWBERRY
from tests.network.walking.checks import connection, nodes_of, root_label
from tests.network.walking.paths import Walker, needs_arguments, python_name
from tests.network.walking.place import GATEWAY, Place, surfaces
from tests.network.walking.world import CALLERS, COMMON, World

SURFACES = surfaces()
AT_ONCE: Final = 20
"""Root fields of one operation: each is a read of its own, and all are under way together."""
FEWER: Final = ("anonymous", "no-membership", "member-own", "lead-other", "amt", "university-invited", "admin")
"""Who asks a subgraph by itself, which has the gateway's own resolvers; each of another reach."""
SUBGRAPHS = [path for path in SURFACES if path != GATEWAY]


def _quoted(world: World, label: str, name: str, argument: str) -> list[dict[str, str]]:
    """One call for each node of a label, named by a property."""
    return [{argument: json.dumps(getattr(node, name))} for key, node in world.nodes.items() if key.label == label]


def _ids(world: World, argument: str, *labels: str) -> list[dict[str, str]]:
    return [{argument: json.dumps(str(key))} for key in world.nodes if not labels or key.label in labels]


CALLS: Final[dict[str, Callable[[World], list[dict[str, str]]]]] = {
    "hub": lambda world: _quoted(world, "Hub", "slug", "slug"),
    "municipality": lambda world: _quoted(world, "Municipality", "ars", "ars"),
    "university": lambda world: _quoted(world, "University", "ror", "ror"),
    "project": lambda world: [*_quoted(world, "Project", "slug", "slug"), *_ids(world, "id", "Project")],
    "node": lambda world: _ids(world, "id"),
    "nodes": lambda world: [{"ids": json.dumps([str(key) for key in world.nodes])}],
    "history": lambda world: [call for call in _ids(world, "entity") if "Task:" not in call["entity"]][::3],
    "callbackDesk": lambda world: _ids(world, "entry", "Project", "Need", "Event", "Expert"),
    "onlineService": lambda world: [
        call | {"service": '"Service:99115005000000"'} for call in _ids(world, "municipality", "Municipality")
    ],
    "members": lambda world: _ids(world, "house", *HOUSES),
    "invitations": lambda world: _ids(world, "house", *HOUSES),
    "possibleDuplicates": lambda _: [
        {"title": f'"{COMMON}"'},
        {"title": '"Ganz anders"', "services": '["99115005000000"]', "topics": '["thema"]'},
    ],
    "similarProjects": lambda world: _quoted(world, "Project", "slug", "slug"),
    "introductions": lambda world: _ids(world, "to", *TARGETS),
    "neighbourhood": lambda world: _ids(world, "id"),
    "similarMunicipalities": lambda world: _quoted(world, "Municipality", "ars", "ars"),
    "suggestions": lambda world: [{"prefix": json.dumps(text)} for text in ("Gemein", "Hoch", "Ort", "Thema", "Zeitz")],
    "search": lambda _: [
        {"query": f'"{COMMON}"', "explain": "true"},
        {"query": '"ganz ohne Antwort"', "explain": "true", "filter": '{topic: ["thema"]}'},
    ],
}
"""What to ask of root fields that need to be told something. A new one breaks `test_every_root_field_is_asked`."""


NARROW: Final = frozenset({"hub", "university", "history", "members", "invitations", "search", "suggestions"})
"""Root fields that lead to little."""


def callers(path: str) -> Iterable[str]:
    return CALLERS if path == GATEWAY else FEWER


def roots(path: str) -> list[str]:
    """Root fields that ask for nothing."""
    return [name for name, field_ in queries(path).items() if not needs_arguments(field_) and name not in CALLS]


def queries(path: str) -> dict[str, GraphQLField]:
    query = SURFACES[path].query_type
    assert query is not None
    return {name: field_ for name, field_ in query.fields.items() if not name.startswith("_")}


def test_every_root_field_is_asked() -> None:
    for path in SURFACES:
        needy = {name for name, field_ in queries(path).items() if needs_arguments(field_)}
        assert needy <= CALLS.keys(), "say in CALLS what to ask"
    assert CALLS.keys() <= queries(GATEWAY).keys()


@pytest.mark.parametrize(("path", "root"), [(path, root) for path in SURFACES for root in roots(path)])
async def test_a_root_field_shows_everybody_exactly_what_is_theirs(walked: Place, path: str, root: str) -> None:
    schema, field_ = SURFACES[path], queries(path)[root]
    walker = Walker(schema)
    selection = walker.selection(get_named_type(field_.type), 1)
    query = f"{{ {root}{walker.arguments(field_)} {{ {selection} }} }}"
    label = root_label(schema, field_)
    for name in callers(path):
        text, data = await walked.data(name, query, path=path)
        found = walked.check(name, path).problems(text, data)
        if label is not None:
            found += connection(root, data[root], walked.world.readable(CALLERS[name], label))
        assert not found, (name, found[:10])


@pytest.mark.parametrize(
    "root", [root for root in roots(GATEWAY) if root_label(SURFACES[GATEWAY], queries(GATEWAY)[root])]
)
async def test_one_step_further_nothing_changes(walked: Place, root: str) -> None:
    schema, field_ = SURFACES[GATEWAY], queries(GATEWAY)[root]
    walker = Walker(schema)
    query = f"{{ {root}(first: 6) {{ {walker.selection(get_named_type(field_.type), 2)} }} }}"
    for name in ("anonymous", "lead-other", "amt", "university-invited"):
        text, data = await walked.data(name, query)
        found = walked.check(name).problems(text, data)
        assert not found, (name, found[:10])


@pytest.mark.parametrize(
    ("path", "root"),
    [(path, root) for path in SURFACES for root in queries(path) if root in CALLS.keys() - {"node", "nodes"}],
)
async def test_a_root_field_that_is_told_something_shows_nothing_more(walked: Place, path: str, root: str) -> None:
    field_ = queries(path)[root]
    walker = Walker(SURFACES[path])
    # What hangs on these nodes is walked from lists and as entities: here counts whether they come at all.
    inside = walker.selection(get_named_type(field_.type), 1 if root in NARROW else 0)
    calls = CALLS[root](walked.world)
    for name in callers(path):
        caller = CALLERS[name]
        found: list[str] = []
        for at in range(0, len(calls), AT_ONCE):
            asked = [
                f"a{number}: {root}{walker.arguments(field_, **call)} {{ {inside} }}"
                for number, call in enumerate(calls[at : at + AT_ONCE])
            ]
            text, data = await walked.data(name, "{ " + " ".join(asked) + " }", path=path)
            found += walked.check(name, path).problems(text, data)
            if root in ("project", "hub", "municipality", "university"):
                readable = walked.world.readable(caller, root.title())
                shown = [one["id"] for one in data.values() if one is not None]
                calls_here = [json.loads(next(iter(call.values()))) for call in calls[at : at + AT_ONCE]]
                due = [
                    str(key)
                    for key in (_named(walked.world, root.title(), call) for call in calls_here)
                    if str(key) in readable
                ]
                found += [] if shown == due else [f"{root}: {shown}, expected {due}"]
        assert not found, (name, found[:10])


def _named(world: World, label: str, given: str) -> NodeKey:
    """The node that a key, a slug or an id names."""
    return next(
        key
        for key, node in world.nodes.items()
        if key.label == label and given in (str(key), key.value, getattr(node, "slug", None))
    )


@pytest.mark.parametrize("type_name", [named.name for named in nodes_of(SURFACES[GATEWAY])])
async def test_by_its_id_everybody_reads_what_is_theirs_and_nothing_else(walked: Place, type_name: str) -> None:
    schema = SURFACES[GATEWAY]
    label = type_name
    keys = [str(key) for key in walked.world.nodes if key.label == label]
    assert keys
    inside = Walker(schema).selection(schema.type_map[type_name], 0)
    for name, caller in CALLERS.items():
        found: list[str] = []
        for at in range(0, len(keys), AT_ONCE):
            here = keys[at : at + AT_ONCE]
            asked = " ".join(f'n{number}: node(id: "{key}") {{ ...F }}' for number, key in enumerate(here))
            text, data = await walked.data(name, f"{{ {asked} }} fragment F on {type_name} {{ {inside} }}")
            found += walked.check(name).problems(text, data)
            got = [one["id"] for one in data.values() if one is not None]
            due = [key for key in here if key in walked.world.readable(caller, label)]
            found += [] if got == due else [f"node: {got}, expected {due}"]
            _, data = await walked.data(name, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=here)
            got = [one["id"] for one in data["nodes"] if one is not None]
            found += [] if got == due else [f"nodes: {got}, expected {due}"]
        assert not found, (name, found[:10])


def _keys(named: GraphQLObjectType) -> list[str]:
    """The `@key` fields of an entity type."""
    definition = named.extensions[STRAWBERRY]
    return [str(directive.fields) for directive in definition.directives if isinstance(directive, Key)]


@pytest.mark.parametrize(
    ("path", "type_name", "by"),
    [(path, named.name, by) for path in SUBGRAPHS for named in nodes_of(SURFACES[path]) for by in _keys(named)],
)
async def test_as_entities_too(walked: Place, path: str, type_name: str, by: str) -> None:
    schema = SURFACES[path]
    named = schema.type_map[type_name]
    assert isinstance(named, GraphQLObjectType)
    property_ = python_name(named.fields[by])
    given = {
        str(key): str(key) if by == "id" else getattr(node, property_)
        for key, node in walked.world.nodes.items()
        if key.label == type_name
    }
    keys = [key for key, value in given.items() if value is not None]
    assert keys
    inside = Walker(schema).selection(named, 1)
    query = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {type_name} {{ {inside} }} }} }}"
    representations = [{"__typename": type_name, by: given[key]} for key in keys]
    for name in callers(path):
        caller = CALLERS[name]
        text, data = await walked.data(name, query, path=path, r=representations)
        found = walked.check(name, path).problems(text, data)
        got = [None if one is None else one["id"] for one in data["_entities"]]
        readable = walked.world.readable(caller, type_name)
        if got != [key if key in readable else None for key in keys]:
            found.append(f"_entities: {got}")
        assert not found, (name, found[:10])

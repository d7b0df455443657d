"""Every mutation that names something, of what the caller may not see: refused in the same words as for what is not there."""

import json
from typing import Any, Final

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
)

from graph.ddl import LABELS
from graph.model import NodeKey
from tests.network.walking.place import GATEWAY, Place, surfaces
from tests.network.walking.world import CALLERS

SCHEMA: Final = surfaces()[GATEWAY]
assert SCHEMA.mutation_type is not None
MUTATIONS: Final = SCHEMA.mutation_type.fields
_NAMES: Final = ("anonymous", "lead-other", "organisation-maker")
_OWN: Final = frozenset({"unfollow", "markNotificationsRead"})
"""About a person's own list: what is not on it is gone already, whatever it is, and that is a success."""
_TEXTS: Final = {
    "PartialDate": "2026-05-04",
    "LocalTime": "09:30",
    "DateTime": "2026-05-04T08:00:00Z",
    "Int": 1,
    "Boolean": True,
    "Float": 1.0,
}
_ABSENT: Final = "0190c1e2-0000-7000-8000-000000000000"


def _input(type_: GraphQLInputType, identifier: str, *, required: bool = False) -> Any:
    """A value of a type with `identifier` wherever an id is asked for."""
    if isinstance(type_, GraphQLNonNull):
        return _input(type_.of_type, identifier, required=True)
    named = get_named_type(type_)
    if isinstance(named, GraphQLScalarType) and named.name == "ID":
        return [identifier] if isinstance(type_, GraphQLList) else identifier
    if not required:
        return None
    if isinstance(type_, GraphQLList):
        return [_input(type_.of_type, identifier, required=True)]
    if isinstance(named, GraphQLInputObjectType):
        given = {
            name: _input(field_.type, identifier)
            for name, field_ in named.fields.items()
            if name != "clientMutationId" and name != "excluding"
        }
        return {name: value for name, value in given.items() if value is not None}
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    assert isinstance(named, GraphQLScalarType)
    return _TEXTS.get(named.name, "Etwas Neues.")


def _names_something(mutation: str) -> bool:
    return '"@"' in json.dumps(_input(MUTATIONS[mutation].args["input"].type, "@"))


def _hidden(walked: Place, name: str) -> list[NodeKey]:
    """Of each guarded kind one that the caller may not read."""
    found: dict[str, NodeKey] = {}
    for key in walked.world.nodes:
        if LABELS[key.label].is_guarded and not walked.world.may_read(CALLERS[name], key):
            found.setdefault(key.label, key)
    return list(found.values())


@pytest.mark.parametrize("mutation", [name for name in MUTATIONS if _names_something(name)])
async def test_what_is_hidden_is_refused_like_what_is_absent(walked: Place, mutation: str) -> None:
    kind = MUTATIONS[mutation].args["input"].type
    text = f"""mutation ($input: {kind}) {{ {mutation}(input: $input) {{
        __typename ... on Problem {{ message }} ... on Conflict {{ currentVersion allowedMoves }}
        ... on InvalidInput {{ problems {{ path message }} }}
    }} }}"""
    for name in _NAMES:
        for key in _hidden(walked, name):
            answers = []
            for value in (key.value, _ABSENT):
                response = await walked.ask(name, text, input=_input(kind, f"{key.label}:{value}"))
                body = response.text.replace(value, "@")
                assert not walked.world.leaks(CALLERS[name], body), (name, key, body)
                answers.append(json.loads(body))
            assert answers[0] == answers[1], (name, key)
            is_done = any(str(one.get("__typename", "")).endswith("Success") for one in _results(answers[0]))
            assert not is_done or (mutation in _OWN and name != "anonymous"), (name, key)


def _results(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in (body.get("data") or {}).values() if isinstance(one, dict)]

"""Every caller, everything: trees, ways and pictures name nothing that the caller may not read, and tie nothing by it."""

import json
from typing import Any

import pytest

from graph import links
from graph.model import NodeKey
from graph.reading.families import MAX_MEMBERS
from graph.reading.introducing import TARGETS
from graph.reading.neighbourhoods import MAX_NEIGHBOURS
from graph.reading.ties import TIED
from tests.network.walking.place import Place
from tests.network.walking.world import CALLERS

AT_ONCE = 20
AROUND = "{ nodes { id distance } edges { start end relation isConfirmed } }"
TREE = "{ nodes { project { id } confirmedBy { house { ... on Hub { id } } } } edges { project origin } }"
WAYS = "{ reason paths { steps { node { __typename ... on Hub { id } ... on Project { id } } name } } }"


async def asked(place: Place, caller: str, fields: list[str]) -> list[Any]:
    found: list[Any] = []
    for at in range(0, len(fields), AT_ONCE):
        query = " ".join(f"a{number}: {one}" for number, one in enumerate(fields[at : at + AT_ONCE]))
        text, data = await place.data(caller, f"{{ {query} }}")
        assert not place.world.leaks(CALLERS[caller], text)
        found += data.values()
    return found


@pytest.mark.parametrize("name", CALLERS)
async def test_a_picture_is_of_what_may_be_read(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    keys = list(world.nodes)
    fields = [f"neighbourhood(id: {json.dumps(str(key))}, first: {MAX_NEIGHBOURS}) {AROUND}" for key in keys]

    for key, shown in zip(keys, await asked(walked, name, fields), strict=True):
        assert (shown is None) == (key.label not in TIED or not world.may_read(caller, key)), key
        if shown is None:
            continue
        ids = [one["id"] for one in shown["nodes"]]
        assert ids[0] == str(key)
        assert len(set(ids)) == len(ids)
        assert all(world.may_read(caller, NodeKey.parse(one)) for one in ids), key
        for edge in shown["edges"]:
            assert {edge["start"], edge["end"]} <= set(ids)
            if edge["relation"] == "ADOPTED":
                project = NodeKey.parse(edge["end"])
                adoptions = world.along(caller, project, links.PROJECT_ADOPTIONS)
                makers = {
                    one
                    for adoption in adoptions
                    for one in world.along(caller, NodeKey.parse(adoption), links.ADOPTION_HOUSE)
                }
                assert edge["start"] in makers, "tied by an adoption that the caller may not see"


@pytest.mark.parametrize("name", CALLERS)
async def test_a_family_is_of_what_may_be_read(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    projects = [key for key in world.nodes if key.label == "Project"]
    fields = [f"project(id: {json.dumps(str(key))}) {{ familyTree(first: {MAX_MEMBERS}) {TREE} }}" for key in projects]

    for key, shown in zip(projects, await asked(walked, name, fields), strict=True):
        assert (shown is None) == (not world.may_read(caller, key))
        if shown is not None:
            ids = {one["project"]["id"] for one in shown["familyTree"]["nodes"]}
            assert str(key) in ids
            assert all(world.may_read(caller, NodeKey.parse(one)) for one in ids)
            assert all({edge["project"], edge["origin"]} <= ids for edge in shown["familyTree"]["edges"])


@pytest.mark.parametrize("name", CALLERS)
async def test_hidden_and_absent_targets_are_told_alike(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    targets = [key for key in world.nodes if key.label in TARGETS]
    fields = [f"introductions(to: {json.dumps(str(key))}, first: 20) {WAYS}" for key in targets]

    for key, shown in zip(targets, await asked(walked, name, fields), strict=True):
        assert (shown["reason"] == "NOT_FOUND") == (not world.may_read(caller, key))
        assert bool(shown["paths"]) == (shown["reason"] is None)
        for path in shown["paths"]:
            steps = [one["node"]["id"] for one in path["steps"] if "id" in one["node"]]
            assert all(world.may_read(caller, NodeKey.parse(one)) for one in steps)

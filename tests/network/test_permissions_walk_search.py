"""Searching for every word of the network as every caller: hits, counts, facets, corrections and suggestions of theirs alone."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from graphql import get_named_type

from auth import policy
from auth.principal import Caller, Membership, Principal
from graph.model import NodeKey, Project
from network.importers.project_export import export_projects
from tests.network.walking.checks import ids
from tests.network.walking.paths import Walker
from tests.network.walking.place import GATEWAY, Place, surfaces
from tests.network.walking.world import CALLERS, COMMON, Secret, World

SCHEMA: Final = surfaces()[GATEWAY]
_AT_ONCE: Final = 10
_PROPERTIES: Final = ("title", "summary", "writeup", "lessons_learned", "what_failed", "different_because", "slug")


def _selected(field: str, depth: int = 1) -> str:
    assert SCHEMA.query_type is not None
    return Walker(SCHEMA).selection(get_named_type(SCHEMA.query_type.fields[field].type), depth)


def _words(world: World) -> Iterator[tuple[str, Secret]]:
    """What to search for: words of projects, and of what is indexed or might be with them."""
    for word, secret in world.secrets.items():
        in_project = secret.node.label == "Project" and secret.property in _PROPERTIES
        is_title = secret.node.label in ("Result", "Document", "Need", "Expert") and secret.property in (
            "title",
            "name",
        )
        if (in_project or is_title) and word.isalpha():
            yield word, secret


def _projects(world: World, caller: Caller) -> list[Project]:
    """Those that the caller reads."""
    readable = world.readable(caller, "Project")
    return [node for key, node in world.nodes.items() if isinstance(node, Project) and str(key) in readable]


@pytest.mark.parametrize("name", CALLERS)
async def test_what_everybody_searches_for_finds_what_is_theirs(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    facets = "facets: [TOPIC, HUB, HOUSE, MUNICIPALITY, STATE, SIZE_CLASS, STATUS, LICENCE, SERVICE, FUNDING, YEAR]"
    query = f'{{ search(query: "{COMMON}", first: 100, explain: true, {facets}) {{ {_selected("search")} }} }}'
    text, data = await walked.data(name, query)
    found = data["search"]
    expected = world.readable(caller, "Project")

    assert walked.check(name).problems(text, data) == []
    assert ids([edge["node"] for edge in found["edges"]]) == expected
    assert (found["totalCount"], found["isTotalExact"]) == (len(expected), True)
    counted = {facet["name"]: {one["value"]: one["count"] for one in facet["values"]} for facet in found["facets"]}
    licences = Counter(project.licence for project in _projects(world, caller))
    assert counted.get("LICENCE", {}) == (licences if len(licences) > 1 else {})
    assert all(count <= len(expected) for values in counted.values() for count in values.values())
    for values in counted.values():
        assert len(values) >= 2


@pytest.mark.parametrize("name", CALLERS)
async def test_a_word_finds_nothing_for_whom_it_is_not(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    words = list(_words(world))
    assert len(words) > 100
    if name not in ("anonymous", "no-membership"):
        words = words[::3]
    inside = _selected("search")
    problems: list[str] = []
    for at in range(0, len(words), _AT_ONCE):
        here = words[at : at + _AT_ONCE]
        asked = " ".join(
            f'a{number}: search(query: "{word}", explain: true) {{ {inside} }}' for number, (word, _) in enumerate(here)
        )
        text, data = await walked.data(name, f"{{ {asked} }}")
        problems += walked.check(name).problems(text, data, given=[word for word, _ in here])
        for number, (word, secret) in enumerate(here):
            problems += _of_search(world, caller, word, secret, data[f"a{number}"])
    assert problems == []


def _of_search(world: World, caller: Caller, word: str, secret: Secret, found: Any) -> Iterator[str]:
    if world.may_see(caller, secret.node, secret.property):
        return
    if found["edges"] or found["totalCount"] or found["didYouMean"] or found["facets"]:
        yield f"{word} of {secret.property} of {secret.node}: {found}"
    if word not in found["missingWords"]:
        yield f"{word} is known: {found['missingWords']}"


@pytest.mark.parametrize("name", CALLERS)
async def test_no_suggestion_and_no_duplicate_betrays_a_title(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    titles = [
        (word, one) for word, one in world.secrets.items() if one.node.label == "Project" and one.property == "title"
    ]
    suggestions, duplicates = _selected("suggestions"), _selected("possibleDuplicates")
    problems: list[str] = []
    for at in range(0, len(titles), _AT_ONCE):
        here = titles[at : at + _AT_ONCE]
        asked = " ".join(
            f's{number}: suggestions(prefix: "{word[:7]}") {{ {suggestions} }} '
            f'd{number}: possibleDuplicates(title: "{COMMON} {word}", first: 20) {{ {duplicates} }}'
            for number, (word, _) in enumerate(here)
        )
        text, data = await walked.data(name, f"{{ {asked} }}")
        problems += walked.check(name).problems(text, data)
        for number, (_, secret) in enumerate(here):
            suggested = [one["text"] for one in data[f"s{number}"]]
            is_theirs = world.may_see(caller, secret.node, "title")
            if bool(suggested) is not is_theirs and (suggested or _is_suggested(world, secret.node)):
                problems.append(f"{secret.node}: {suggested}")
    assert problems == []


def _is_suggested(world: World, key: NodeKey) -> bool:
    """What only insiders read is found by searching for it, and offered to nobody."""
    return policy.effective_visibility(world.entries[key]) != "PRIVATE"


@pytest.mark.parametrize("name", [name for name, caller in CALLERS.items() if len(caller.memberships) < 2])
async def test_an_export_holds_what_is_the_callers(walked: Place, name: str) -> None:
    world, caller = walked.world, CALLERS[name]
    lines = [line async for line in export_projects(walked.ports.graph, caller=caller)]

    assert [world.leaks(caller, line) for line in lines] == [[] for _ in lines]
    slugs = {json.loads(line)["slug"] for line in lines}
    assert slugs == {project.slug for project in _projects(world, caller)}


async def test_an_export_as_nobody_in_particular_is_public(walked: Place) -> None:
    lines = [line async for line in export_projects(walked.ports.graph)]
    assert [walked.world.leaks(CALLERS["anonymous"], line) for line in lines] == [[] for _ in lines]
    as_admin = Principal("https://id.example", "x", frozenset({Membership.parse("network_admin")}))
    everything = [line async for line in export_projects(walked.ports.graph, caller=as_admin)]
    assert len(everything) > len(lines) > 0

"""Family trees of projects on each graph database, held to the same tree worked out in plain Python."""

from collections import Counter
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.port import GraphStore
from graph.reading import families
from graph.reading.families import MAX_ADOPTERS, MAX_GENERATIONS, MAX_MEMBERS, Family
from tests.contract.conftest import emptied
from tests.fixtures.builders import make_adoption, make_hub, make_municipality, make_project, plant, relate

# A database that was just started, on a machine that has much else to do, takes its time.
family_tree = partial(families.family_tree, timeout_s=60.0)

ANYBODY = frozenset({"public"})
MEMBER = frozenset({"public", "network"})
CONFIRMED = "2026-01-01T00:00:00.000000Z"
NETWORK: Any = {"visibility": "NETWORK", "readers": ("network",)}
PRIVATE: Any = {"visibility": "PRIVATE", "readers": ("admin",)}

worlds = st.tuples(
    st.lists(st.booleans(), min_size=9, max_size=9),
    st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=6, max_size=14),
    st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.booleans()), max_size=8),
)
World = tuple[list[bool], set[tuple[int, int]], list[tuple[int, bool, bool]]]


def expected(world: World, audiences: frozenset[str]) -> tuple[list[tuple[str, int, int, int]], list[tuple[str, str]]]:
    """Members (id, generation, confirmed, declared) and edges (derived, origin)."""
    is_public, edges, adoptions = world
    visible = {number for number, public in enumerate(is_public) if public or number == 0 or "network" in audiences}
    seen = {(derived, origin) for derived, origin in edges if {derived, origin} <= visible}
    generations: dict[int, int] = {}
    for sign, pairs in ((-1, seen), (1, {(origin, derived) for derived, origin in seen})):
        found, frontier = {0: 0}, {0}
        for distance in range(1, MAX_GENERATIONS + 1):
            frontier = {far for near, far in pairs if near in frontier} - found.keys()
            found |= dict.fromkeys(frontier, distance)
        for number, distance in found.items():
            if number not in generations or distance < abs(generations[number]):
                generations[number] = sign * distance
    counts = Counter(
        (project, is_confirmed)
        for project, is_confirmed, public in adoptions
        if project in visible and (public or "network" in audiences)
    )
    order = sorted(generations, key=lambda number: (generations[number], number))
    members = [(f"p{one}", generations[one], counts[one, True], counts[one, False]) for one in order]
    return members, sorted((f"p{one}", f"p{other}") for one, other in seen if {one, other} <= generations.keys())


async def build(store: GraphStore, world: World) -> None:
    is_public, edges, adoptions = world
    projects = [make_project(f"p{n}", **({} if public or n == 0 else NETWORK)) for n, public in enumerate(is_public)]
    house = make_municipality("010000000001", name="Ähren")
    made = [
        make_adoption(
            f"a{n}",
            confirmed_by_owner_at=CONFIRMED if is_confirmed else None,
            since=f"20{n:02}",
            **({} if public else NETWORK),
        )
        for n, (_, is_confirmed, public) in enumerate(adoptions)
    ]
    await plant(
        store,
        *(house, *projects, *made),
        *(relate("DERIVED_FROM", projects[derived], projects[origin]) for derived, origin in sorted(edges)),
        *(relate("MADE", house, one) for one in made),
        *(relate("OF", made[n], projects[project]) for n, (project, _, _) in enumerate(adoptions)),
    )


def told(family: Family | None) -> tuple[list[tuple[str, int, int, int]], list[tuple[str, str]]]:
    assert family is not None
    return (
        [(one.project.value, one.generation, one.confirmed, one.declared) for one in family.members],
        [(edge.project.value, edge.origin.value) for edge in family.edges],
    )


async def test_the_tree_is_the_one_that_plain_python_finds(store: GraphStore) -> None:
    examples: list[World] = []
    most = 25 if store.backend == "ladybug" else 8

    @settings(
        max_examples=most, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(worlds)
    def collect(world: World) -> None:
        examples.append(world)

    collect()
    circles = 0
    for world in examples:
        await emptied(store)
        await build(store, world)
        for audiences in (ANYBODY, MEMBER):
            family = await family_tree(store, "p0", audiences=audiences)
            assert told(family) == expected(world, audiences)
            circles += family is not None and any(one.project.value == "p0" for one in family.edges)
    assert circles, "the examples tell nothing"


async def test_generations_are_bounded_and_a_chain_beyond_them_is_told_as_cut(store: GraphStore) -> None:
    chain = [make_project(f"p{number:02}") for number in range(12)]
    await plant(store, *chain, *(relate("DERIVED_FROM", one, before) for before, one in pairwise(chain)))

    middle = await family_tree(store, "p05", audiences=ANYBODY)
    end = await family_tree(store, "p04", audiences=ANYBODY, most=MAX_MEMBERS)
    short = await family_tree(store, "p11", audiences=ANYBODY)

    assert middle is not None
    assert end is not None
    assert short is not None
    assert [one.generation for one in middle.members] == list(range(-4, 5))
    assert middle.is_cut
    assert end.members[0].generation == -4
    assert [one.project.value for one in short.members] == ["p07", "p08", "p09", "p10", "p11"]
    assert len(short.edges) == 4


async def test_a_whole_tree_is_not_told_as_cut(store: GraphStore) -> None:
    chain = [make_project(f"p{number}") for number in range(9)]
    await plant(store, *chain, *(relate("DERIVED_FROM", one, before) for before, one in pairwise(chain)))

    family = await family_tree(store, "p4", audiences=ANYBODY)

    assert family is not None
    assert len(family.members) == 9
    assert not family.is_cut


async def test_what_lies_behind_a_hidden_project_is_not_told(store: GraphStore) -> None:
    root, hidden, beyond = make_project("root"), make_project("hidden", **PRIVATE), make_project("beyond")
    draft = make_project("draft", stage="WITHDRAWN", **PRIVATE)
    await plant(
        store,
        *(root, hidden, beyond, draft),
        relate("DERIVED_FROM", root, hidden),
        relate("DERIVED_FROM", hidden, beyond),
        relate("DERIVED_FROM", draft, root),
    )

    family = await family_tree(store, "root", audiences=MEMBER)
    everything = await family_tree(store, "root", audiences={"admin"} | MEMBER)

    assert told(family) == ([("root", 0, 0, 0)], [])
    assert everything is not None
    assert [one.generation for one in everything.members] == [-2, -1, 0, 1]
    assert await family_tree(store, "hidden", audiences=MEMBER) is None
    assert await family_tree(store, "absent", audiences=MEMBER) is None


async def test_adopters_are_told_apart_and_the_latest_come_first(store: GraphStore) -> None:
    project, hub = make_project("p"), make_hub("zeitz", name="DigitalHub Zeitz")
    towns = [make_municipality(f"0100000000{n:02}", name=f"Ort {n:02}") for n in range(12)]
    made = [make_adoption(f"a{n:02}", confirmed_by_owner_at=CONFIRMED, since=f"20{n:02}") for n in range(12)]
    declared, secret = make_adoption("declared", status="PILOT"), make_adoption("secret", **PRIVATE)
    over = [make_adoption(f"over{at}", status="RETIRED", confirmed_by_owner_at=at) for at in (None, CONFIRMED)]
    await plant(
        store,
        *(project, hub, *towns, *made, declared, secret, *over),
        *(relate("MADE", town, one) for town, one in zip(towns, made, strict=True)),
        *(relate("MADE", hub, one) for one in (declared, secret, *over)),
        *(relate("OF", one, project) for one in (*made, declared, secret, *over)),
    )

    family = await family_tree(store, "p", audiences=MEMBER)

    assert family is not None
    (member,) = family.members
    assert (member.confirmed, member.declared) == (12, 1)
    assert [one.name for one in member.confirmed_by] == [f"Ort {n:02}" for n in range(11, 1, -1)]
    assert len(member.confirmed_by) == MAX_ADOPTERS
    assert [(str(one.house), one.status) for one in member.declared_by] == [("Hub:zeitz", "PILOT")]


async def test_many_derivatives_are_cut_by_title_and_cost_no_more_reads(store: GraphStore) -> None:
    async def calls(key: str, most: int = MAX_MEMBERS) -> tuple[int, Family]:
        before = store.calls
        family = await family_tree(store, key, audiences=ANYBODY, most=most)
        assert family is not None
        return store.calls - before, family

    few, many = make_project("few"), make_project("many")
    one, copies = make_project("one"), [make_project(f"c{n:03}") for n in range(150)]
    await plant(
        store,
        *(few, many, one, *copies),
        relate("DERIVED_FROM", one, few),
        *(relate("DERIVED_FROM", copy, many) for copy in copies),
    )

    small, _ = await calls("few")
    large, family = await calls("many")
    _, short = await calls("many", 5)

    assert large == small
    assert [member.project.value for member in family.members[1:]] == [f"c{n:03}" for n in range(99)]
    assert family.is_cut
    assert [member.project.value for member in short.members] == ["many", "c000", "c001", "c002", "c003"]
    assert short.is_cut
    assert {edge.project.value for edge in short.edges} == {"c000", "c001", "c002", "c003"}


@pytest.mark.parametrize("most", [0, -1, MAX_MEMBERS + 1])
async def test_the_number_of_members_is_bounded(store: GraphStore, most: int) -> None:
    with pytest.raises(InvalidInputError):
        await family_tree(store, "p", audiences=ANYBODY, most=most)

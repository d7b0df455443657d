"""Warm introductions on each graph database, held to the same ways worked out in plain Python."""

from functools import partial
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.model import Node, NodeKey
from graph.port import GraphStore
from graph.reading import introducing
from graph.reading.introducing import MAX_HOPS, MAX_INTRODUCTIONS, Introduction
from graph.relationships import ContributesTo, Involves
from graph.values import Contact, Instant
from tests.contract.conftest import emptied
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_event,
    make_expert,
    make_hub,
    make_municipality,
    make_project,
    make_university,
    partner_of,
    plant,
    relate,
    serves,
)

# A database that was just started, on a machine that has much else to do, takes its time.
introductions = partial(introducing.introductions, timeout_s=60.0)

ANYBODY = frozenset({"public"})
MEMBER = frozenset({"public", "network"})
CONFIRMED = Instant("2026-01-01T00:00:00.000000Z")
NETWORK: Any = {"visibility": "NETWORK", "readers": ("network",)}
PRIVATE: Any = {"visibility": "PRIVATE", "readers": ("admin",)}

HOUSES: list[Any] = [
    make_hub("zeitz"),
    make_municipality("010000000001", name="Ähren"),
    make_university("03sft3r75"),
    make_hub("wilster"),
]
PLACES = 8
"""Four houses, three projects, one event."""
worlds = st.tuples(
    st.lists(st.sampled_from(["public", "network", "private", "draft"]), min_size=3, max_size=3),
    st.sets(
        st.tuples(
            st.integers(0, 3),
            st.integers(4, 7),
            st.sampled_from(["owns", "involved", "invited", "adopted", "declared", "in private"]),
        ),
        min_size=5,
        max_size=14,
    ),
    st.booleans(),
)
World = tuple[list[str], set[tuple[int, int, str]], bool]


def key(number: int) -> str:
    return str(HOUSES[number].key) if number < 4 else f"Project:p{number}" if number < 7 else "Event:e"


async def build(store: GraphStore, world: World) -> None:
    kinds, ties, is_served = world
    state: dict[str, Any] = {"public": {}, "network": NETWORK, "private": PRIVATE, "draft": {"stage": "WITHDRAWN"}}
    projects = [make_project(f"p{n + 4}", origin="REGISTERED", **state[kind]) for n, kind in enumerate(kinds)]
    event = make_event("e")
    things: list[Any] = [*HOUSES, *projects, event]
    if is_served:
        things.append(serves(HOUSES[0], HOUSES[1]))
    for house, place, kind in sorted(ties):
        near = HOUSES[house]
        if place == 7:
            things.append(relate("HOSTS", near, event))
            continue
        project = projects[place - 4]
        if kind == "owns":
            things.append(relate("OWNS", near, project))
        elif kind in ("involved", "invited"):
            # The later of two stands; "involved" comes first.
            things.append(involves(project, near, confirmed_at=CONFIRMED if kind == "involved" else None))
        else:
            adoption = make_adoption(
                f"a{house}{place}{kind}",
                confirmed_by_owner_at=CONFIRMED if kind == "adopted" else None,
                **(PRIVATE if kind == "in private" else {}),
            )
            things += [adoption, relate("MADE", near, adoption), relate("OF", adoption, project)]
    await plant(store, *dict.fromkeys(things))


def expected(world: World, audiences: frozenset[str], own: set[str], target: str) -> list[tuple[int, int, list[str]]]:
    """Every way: (length, unconfirmed ties, keys), in their order."""
    kinds, ties, is_served = world
    confirmed: dict[frozenset[str], bool] = {}

    def tie(one: str, other: str, *, is_confirmed: bool) -> None:
        ends = frozenset({one, other})
        confirmed[ends] = is_confirmed or confirmed.get(ends, False)

    if is_served:
        tie(key(0), key(1), is_confirmed=True)
    for house, place, kind in ties:
        shown = "public" if place == 7 else kinds[place - 4]
        if shown in ("private", "draft") or (shown == "network" and "network" not in audiences):
            continue
        if place == 7:
            tie(key(house), key(place), is_confirmed=True)
        elif kind == "involved" and (house, place, "invited") in ties:
            continue
        elif kind not in ("invited", "in private"):
            tie(key(house), key(place), is_confirmed=kind != "declared")
    inner = [key(number) for number in range(PLACES) if key(number) not in own | {target}]
    found = []
    for start in own:
        for length in range(MAX_HOPS):
            for middle in permutations(inner, length):
                nodes = [start, *middle, target]
                pairs = [frozenset(pair) for pair in pairwise(nodes)]
                if all(pair in confirmed for pair in pairs):
                    found.append((len(pairs), sum(not confirmed[pair] for pair in pairs), nodes))
    return sorted(found)


def told(ways: list[Introduction] | None) -> list[tuple[int, int, list[str]]]:
    assert ways is not None
    for way in ways:
        for tie, (near, far) in zip(way.ties, pairwise(way.nodes), strict=True):
            assert {tie.start.key, tie.end.key} == {near.key, far.key}
    return [
        (len(way.ties), sum(not tie.is_confirmed for tie in way.ties), [str(node.key) for node in way.nodes])
        for way in ways
    ]


async def test_the_ways_are_those_that_plain_python_finds(store: GraphStore) -> None:
    examples: list[World] = []
    most = 25 if store.backend == "ladybug" else 10

    @settings(
        max_examples=most, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(worlds)
    def collect(world: World) -> None:
        examples.append(world)

    collect()
    lengths: set[int] = set()
    for world in examples:
        await emptied(store)
        await build(store, world)
        for audiences in (ANYBODY, MEMBER):
            for own, target in (({key(0)}, key(3)), ({key(1), key(2)}, key(0)), ({key(0)}, key(4))):
                if target == key(4) and not is_shown(world[0][0], audiences):
                    continue
                wanted = expected(world, audiences, own, target)
                ways = await introductions(
                    store, [NodeKey.parse(one) for one in own], NodeKey.parse(target), audiences=audiences, limit=20
                )
                # Where there are more than were asked for, the last length is cut.
                assert told(ways) == wanted[:20]
                lengths |= {length for length, _, _ in wanted}
    assert lengths == {1, 2, 3, 4}


def is_shown(kind: str, audiences: frozenset[str]) -> bool:
    return kind == "public" or (kind == "network" and "network" in audiences)


async def test_the_strongest_come_first(store: GraphStore) -> None:
    own, there = make_municipality("010000000001"), make_hub("zeitz")
    projects = {
        name: make_project(name, started=started, origin="COMPILED")
        for name, started in (("a-old", "2019"), ("b-new", "2024-05"), ("c-undated", None), ("d-declared", "2026"))
    }
    declared = make_adoption("declared", since="2026-01")
    await plant(
        store,
        *(own, there, declared, *projects.values()),
        *(relate("OWNS", there, project) for project in projects.values()),
        *(involves(project, own, confirmed_at=CONFIRMED) for name, project in projects.items() if name != "d-declared"),
        relate("MADE", own, declared),
        relate("OF", declared, projects["d-declared"]),
    )

    ways = await introductions(store, [own.key], there.key, audiences=ANYBODY, limit=4)

    assert ways is not None
    assert [way.nodes[1].name for way in ways] == ["B-New", "A-Old", "C-Undated", "D-Declared"]
    assert [way.is_confirmed for way in ways] == [True, True, True, False]


def team(*things: Node, **given: Any) -> list[Any]:
    own, there = make_municipality("010000000001"), make_hub("zeitz", **given)
    project, other = make_project("shared"), make_project("other")
    return [
        *(own, there, project, other, *things),
        relate("OWNS", there, project),
        involves(project, own, confirmed_at=CONFIRMED),
        *(relate("WORKS_AT", one, there) for one in things),
    ]


OWN, THERE = NodeKey("Municipality", "010000000001"), NodeKey("Hub", "zeitz")


async def contact(store: GraphStore, audiences: frozenset[str] = MEMBER, to: NodeKey = THERE) -> Any:
    ways = await introductions(store, [OWN], to, audiences=audiences)
    assert ways
    found = ways[0].contact
    return found and (str(found.node), found.function)


async def test_who_takes_part_in_what_is_shared_is_to_be_called_first(store: GraphStore) -> None:
    people = [make_expert(name, name=name, role="Bau") for name in ("Amtsleitung", "Bauhof", "Chefin")]
    hidden = make_expert("hidden", name="Aaron", **PRIVATE)
    take_part = [ContributesTo(start=one.key, end=NodeKey("Project", "shared")) for one in (people[1], hidden)]
    elsewhere = ContributesTo(start=people[0].key, end=NodeKey("Project", "other"))
    await plant(store, *team(*people, hidden), *take_part, elsewhere)

    assert await contact(store) == ("Expert:Bauhof", "Bau")
    assert await contact(store, to=people[2].key) == ("Expert:Chefin", "Bau")


async def test_without_experts_the_house_itself_is_called_where_the_caller_may(store: GraphStore) -> None:
    await plant(store, *team(contact=Contact(function="Leitung", email="a@b.example"), contact_visibility="NETWORK"))

    assert await contact(store) == ("Hub:zeitz", "Leitung")
    assert await contact(store, ANYBODY) is None


async def test_nothing_leads_to_one_s_own_house_from_no_house_or_to_what_is_hidden(store: GraphStore) -> None:
    hidden = make_project("hidden", **PRIVATE)
    await plant(store, *team(), hidden, relate("OWNS", OWN, hidden))

    assert await introductions(store, [THERE, OWN], THERE, audiences=MEMBER) == []
    assert await introductions(store, [], THERE, audiences=MEMBER) == []
    assert await introductions(store, [NodeKey("Hub", "absent")], THERE, audiences=MEMBER) == []
    assert await introductions(store, [OWN], hidden.key, audiences=MEMBER) is None
    assert await introductions(store, [OWN], NodeKey("Expert", "absent"), audiences=MEMBER) is None


@pytest.mark.parametrize(
    ("to", "limit"),
    [(THERE, 0), (THERE, MAX_INTRODUCTIONS + 1), (NodeKey("Topic", "parken"), 3), (NodeKey("x", ""), 3)],
)
async def test_what_cannot_be_meant_is_refused(store: GraphStore, to: NodeKey, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        await introductions(store, [OWN], to, audiences=MEMBER, limit=limit)


async def test_a_house_of_very_many_projects_costs_no_more_reads(store: GraphStore) -> None:
    async def calls() -> tuple[int, list[Introduction]]:
        before = store.calls
        ways = await introductions(store, [OWN], THERE, audiences=MEMBER, limit=20)
        assert ways
        return store.calls - before, ways

    await plant(store, *team())
    between = [make_university(f"0{n:08}") for n in range(3)]
    links = [make_project(f"link{n}") for n in range(6)]
    await plant(
        store,
        *(*between, *links),
        *(relate("OWNS", OWN, links[n]) for n in range(3)),
        *(relate("OWNS", THERE, links[n + 3]) for n in range(3)),
        *(Involves(start=links[n].key, end=between[n % 3].key, confirmed_at=CONFIRMED) for n in range(6)),
        partner_of(between[0], THERE),
    )
    small, few = await calls()
    many = [make_project(f"m{n:04}") for n in range(1_500)]
    await plant(store, *many, *(relate("OWNS", THERE if n % 3 else OWN, one) for n, one in enumerate(many)))
    large, ways = await calls()

    assert large == small
    assert {len(way.ties) for way in few} == {2, 3, 4}
    assert {len(way.ties) for way in ways} <= {2, 3, 4}
    assert len(ways[0].ties) == 2

"""Neighbourhoods on each graph database, held to the ties that plain Python finds in the same things."""

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.ddl import RELATIONSHIPS
from graph.errors import InvalidInputError
from graph.model import FundingProgramme, Need, Node, NodeKey
from graph.port import GraphStore
from graph.reading import neighbourhoods
from graph.reading.neighbourhoods import MAX_EDGES, MAX_NEIGHBOURS, Neighbourhood
from graph.reading.ties import TIED, TieKind
from graph.relationships import Plain
from graph.vocabulary import NeedKind
from tests.contract.conftest import emptied
from tests.fixtures.builders import (
    make_adoption,
    make_event,
    make_expert,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    make_university,
    plant,
    relate,
)

# A database that was just started, on a machine that has much else to do, takes its time.
neighbourhood = partial(neighbourhoods.neighbourhood, timeout_s=60.0)

ANYBODY = frozenset({"public"})
MEMBER = frozenset({"public", "network"})
CONFIRMED = "2026-01-01T00:00:00.000000Z"
PUBLIC: Any = {"visibility": "PUBLIC", "readers": ("public",)}
NETWORK: Any = {"visibility": "NETWORK", "readers": ("network",)}
PRIVATE: Any = {"visibility": "PRIVATE", "readers": ("admin",)}

THINGS: list[Node] = [
    *(make_hub("zeitz"), make_hub("wilster"), make_municipality("010000000001"), make_municipality("010000000")),
    *(make_university("03sft3r75"), make_organisation("zeitz"), make_topic("parken"), make_topic("verkehr")),
    *(make_service("99115005000000"), FundingProgramme(slug="regio", name="Regio"), make_event("e")),
    *(make_project("p0", origin="COMPILED"), make_project("p1", **NETWORK), make_project("p2", **PRIVATE)),
    *(make_expert("x0"), make_expert("x1", **PRIVATE)),
    Need(id="n0", kind=NeedKind.SEEKS, title="n0", **NETWORK),
]
KEYS = [thing.key for thing in THINGS]
PAIRS = sorted(
    (str(kind), str(start), str(end))
    for kind in TieKind
    for start in KEYS
    for end in KEYS
    if start != end
    and (
        (start.label in ("Hub", "Municipality", "University", "Organisation") and end.label == "Project")
        if kind is TieKind.ADOPTED
        else (start.label, end.label) in RELATIONSHIPS[kind].pairs
    )
)
worlds = st.dictionaries(
    st.sampled_from(PAIRS), st.sampled_from(["confirmed", "open", "hidden"]), min_size=10, max_size=30
)
FEW_AT_END = {"OWNS", "ADOPTED", "SERVES", "HAS", "HOSTS"}
"""Kinds that are followed from their end to nodes beyond a neighbour; all others from their start."""
World = dict[tuple[str, str, str], str]
Edge = tuple[str, str, str, bool]


async def build(store: GraphStore, world: World) -> None:
    things: list[Any] = [*THINGS]
    for number, ((kind, start, end), how) in enumerate(sorted(world.items())):
        if kind == "ADOPTED":
            adoption = make_adoption(
                f"a{number}",
                confirmed_by_owner_at=CONFIRMED if how == "confirmed" else None,
                **(PRIVATE if how == "hidden" else PUBLIC),
            )
            things += [adoption, relate("MADE", NodeKey.parse(start), adoption)]
            things.append(relate("OF", adoption, NodeKey.parse(end)))
        else:
            things.append(relate(kind, NodeKey.parse(start), NodeKey.parse(end)))
    await plant(store, *things)


def shown(world: World, audiences: frozenset[str]) -> set[Edge]:
    """The ties of the world that `audiences` may see; a partner counts where the entry was compiled: nobody confirmed."""
    visible = {
        str(thing.key) for thing in THINGS if not (readers := getattr(thing, "readers", ())) or set(readers) & audiences
    }
    return {
        (kind, start, end, (how == "confirmed") if kind == "ADOPTED" else kind != "INVOLVES")
        for (kind, start, end), how in world.items()
        if {start, end} <= visible
        and not (kind == "ADOPTED" and how == "hidden")
        and not (kind == "INVOLVES" and start != "Project:p0")
    }


def edges_of(found: Neighbourhood) -> set[Edge]:
    return {(str(edge.kind), str(edge.start), str(edge.end), edge.is_confirmed) for edge in found.edges}


async def test_it_is_the_one_that_plain_python_finds(store: GraphStore) -> None:
    examples: list[World] = []
    most = 12 if store.backend == "ladybug" else 5

    @settings(
        max_examples=most, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(worlds)
    def collect(world: World) -> None:
        examples.append(world)

    collect()
    kinds: set[str] = set()
    for world in examples:
        await emptied(store)
        await build(store, world)
        for audiences in (ANYBODY, MEMBER):
            ties = shown(world, audiences)
            for key in KEYS[:: 3 if store.backend == "ladybug" else 6]:
                center = str(key)
                found = await neighbourhood(store, key, audiences=audiences, limit=MAX_NEIGHBOURS)
                if found is None:
                    assert center in ("Project:p1", "Project:p2", "Expert:x1", "Need:n0")
                    continue
                at = {
                    distance: {str(one.node.key) for one in found.nodes if one.distance == distance}
                    for distance in (0, 1, 2)
                }
                near = {one for _, *ends, _ in ties if center in ends for one in ends} - {center}
                beyond = {
                    far
                    for kind, start, end, _ in ties
                    for few, far in [(end, start) if kind in FEW_AT_END else (start, end)]
                    if few in near
                } - {center}
                assert at[0] == {center}
                assert at[1] == near
                assert at[2] == (beyond - near if len(near) < 8 else set())
                everything = at[0] | at[1] | at[2]
                assert edges_of(found) == {tie for tie in ties if {tie[1], tie[2]} <= everything}
                kinds |= {edge.kind for edge in found.edges}
                assert not found.is_cut
    assert len(kinds) >= 15, "the examples tell little"


async def test_names_are_those_of_the_nodes(store: GraphStore) -> None:
    await plant(store, *THINGS, relate("ADDRESSES", THINGS[11], THINGS[6]))

    found = await neighbourhood(store, NodeKey("Project", "p0"), audiences=ANYBODY)

    assert found is not None
    assert [(str(one.node.key), one.node.name) for one in found.nodes] == [
        ("Project:p0", "P0"),
        ("Topic:parken", "Parken"),
    ]


async def test_of_many_neighbours_some_of_each_kind_are_shown_at_the_same_cost(store: GraphStore) -> None:
    async def calls(limit: int = 40) -> tuple[int, Neighbourhood]:
        before = store.calls
        found = await neighbourhood(store, hub.key, audiences=ANYBODY, limit=limit)
        assert found is not None
        return store.calls - before, found

    hub, topic = make_hub("zeitz"), make_topic("parken")
    first = [make_project(f"p{n}") for n in range(9)]
    event, town = make_event("e"), make_municipality("010000000001")
    await plant(
        store,
        *(hub, topic, event, town, *first),
        relate("FOCUSES_ON", hub, topic),
        relate("SERVES", hub, town),
        relate("HOSTS", hub, event),
        *(relate("OWNS", hub, one) for one in first),
    )
    small, _ = await calls()
    towns = [make_municipality(f"0100000{n:05}") for n in range(400)]
    projects = [make_project(f"q{n:04}") for n in range(800)]
    await plant(
        store,
        *(*towns, *projects),
        *(relate("SERVES", hub, town) for town in towns),
        *(relate("OWNS", hub, project) for project in projects),
        *(Plain(type="INVOLVES", start=first[0].key, end=town.key) for town in towns),
    )
    large, found = await calls()
    _, all_of_it = await calls(MAX_NEIGHBOURS)

    assert large == small
    assert len(found.nodes) == 41
    assert {one.node.key.label for one in found.nodes} == {"Hub", "Topic", "Event", "Project", "Municipality"}
    assert found.is_cut
    assert len(all_of_it.nodes) == MAX_NEIGHBOURS + 1
    assert len(all_of_it.edges) <= MAX_EDGES


async def test_edges_are_bounded_and_those_of_the_node_itself_come_first(store: GraphStore) -> None:
    center = make_project("center")
    towns = [make_municipality(f"0100000{n:05}") for n in range(30)]
    topics = [make_topic(f"t{n:02}") for n in range(30)]
    hubs = [make_hub(f"h{n:02}") for n in range(20)]
    await plant(
        store,
        *(center, *towns, *topics, *hubs),
        *(relate("ADDRESSES", center, topic) for topic in topics),
        *(relate("OWNS", hub, center) for hub in hubs),
        *(relate("FOCUSES_ON", hub, topic) for hub in hubs for topic in topics),
    )

    found = await neighbourhood(store, center.key, audiences=ANYBODY, limit=MAX_NEIGHBOURS)

    assert found is not None
    assert len(found.edges) == MAX_EDGES
    assert found.is_cut
    assert all(center.key in (edge.start, edge.end) for edge in found.edges[:50])


async def test_what_is_not_there_has_no_neighbourhood(store: GraphStore) -> None:
    await plant(store, make_project("secret", **PRIVATE), make_adoption("a"))

    for key in ("Project:secret", "Project:absent", "Adoption:a", "Nothing:x", ""):
        assert await neighbourhood(store, NodeKey.parse(key), audiences=MEMBER) is None


async def test_all_labels_can_be_asked_for(store: GraphStore) -> None:
    await plant(store, *THINGS)
    assert {thing.key.label for thing in THINGS} == set(TIED)

    for thing in THINGS:
        found = await neighbourhood(store, thing.key, audiences=MEMBER | {"admin"})
        assert found is not None
        assert [one.distance for one in found.nodes] == [0]


@pytest.mark.parametrize("limit", [0, MAX_NEIGHBOURS + 1])
async def test_how_many_neighbours_is_bounded(store: GraphStore, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        await neighbourhood(store, KEYS[0], audiences=ANYBODY, limit=limit)

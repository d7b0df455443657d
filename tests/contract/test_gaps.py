"""Service gap maps on each graph database, held to the same map worked out in plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.port import GraphStore
from graph.reading import gaps
from graph.reading.gaps import MAX_GAPS, MAX_NAMED, MAX_PROJECTS, ServiceGap
from tests.contract.conftest import emptied
from tests.fixtures.builders import (
    make_hub,
    make_municipality,
    make_project,
    make_service,
    make_topic,
    plant,
    relate,
    serves,
)

# A database that was just started, on a machine that has much else to do, takes its time.
service_gaps = partial(gaps.service_gaps, timeout_s=60.0)

ANYBODY = frozenset({"public"})
MEMBER = frozenset({"public", "network"})
NETWORK: Any = {"visibility": "NETWORK", "readers": ("network",)}

HUBS = [make_hub(slug) for slug in ("wilster", "zeitz", "leer")]
AMT = make_municipality("010615169", kind="AMT", population=50)
KREIS = make_municipality("01061", kind="KREIS")
TOWNS = [make_municipality(f"01061516900{n}", population=1_000 - n) for n in range(4)]
"""The first two belong to the Amt, which belongs to the Kreis, as do the others."""
ADMINISTRATIONS = [*TOWNS, AMT, KREIS]
SERVICES = [make_service(f"9911500500000{n}", name_sort=f"{n}") for n in range(3)]
TOPIC = make_topic("parken")

worlds = st.tuples(
    st.sets(st.tuples(st.integers(0, 1), st.integers(0, 4)), max_size=6),
    st.sets(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["public", "network", "draft"]), st.booleans()), max_size=5),
)
World = tuple[set[tuple[int, int]], set[tuple[int, int]], list[tuple[int, str, bool]]]


async def build(store: GraphStore, world: World) -> None:
    served, offers, projects = world
    state: dict[str, Any] = {"public": {}, "network": NETWORK, "draft": {"stage": "DRAFT"}}
    entries = [make_project(f"p{n}", **state[kind]) for n, (_, kind, _) in enumerate(projects)]
    await plant(
        store,
        *(*HUBS, *ADMINISTRATIONS, *SERVICES, TOPIC, *entries),
        *(relate("PART_OF", town, AMT) for town in TOWNS[:2]),
        *(relate("PART_OF", one, KREIS) for one in (*TOWNS[2:], AMT)),
        *(serves(HUBS[hub], ADMINISTRATIONS[town]) for hub, town in sorted(served)),
        *(relate("OFFERS_ONLINE", ADMINISTRATIONS[town], SERVICES[n]) for town, n in sorted(offers)),
        *(relate("IMPLEMENTS", entries[n], SERVICES[service]) for n, (service, _, _) in enumerate(projects)),
        *(relate("ADDRESSES", entries[n], TOPIC) for n, (_, _, has_topic) in enumerate(projects) if has_topic),
    )


Row = tuple[str, int, int, int, list[str], list[str], list[tuple[str, int]], int, list[str]]


def expected(world: World, audiences: frozenset[str], topic: bool) -> list[Row]:
    served, offers, projects = world
    shown = {"public", "draft"} | ({"network"} if "network" in audiences else set())

    def offering(hub: int, service: int) -> list[int]:
        towns = sorted(
            (town for one, town in served if one == hub), key=lambda town: -(ADMINISTRATIONS[town].population or 0)
        )
        return [town for town in towns if (town, service) in offers or (town < 2 and (4, service) in offers)]

    rows = []
    all_served = sorted(
        (town for hub, town in served if hub == 0), key=lambda town: -(ADMINISTRATIONS[town].population or 0)
    )
    if not all_served:
        return []
    for service in range(3):
        recorded = sum(one == service for _, one in offers)
        seen = [n for n, (one, kind, _) in enumerate(projects) if one == service and kind in shown]
        if not recorded or (topic and not any(projects[n][2] for n in seen)):
            continue
        ours = offering(0, service)
        others = len(offering(1, service))
        published = [f"p{n}" for n in seen if projects[n][1] != "draft"]
        rows.append(
            (
                SERVICES[service].leika_id,
                len(all_served),
                len(ours),
                recorded,
                [ADMINISTRATIONS[town].ars for town in all_served if town not in ours],
                [ADMINISTRATIONS[town].ars for town in ours],
                [("zeitz", others)] if others else [],
                len(published),
                published,
            )
        )
    return sorted(rows, key=lambda row: (row[2], -row[3], row[0]))


def told(gaps: list[ServiceGap]) -> list[Row]:
    return [
        (
            gap.service.value,
            gap.served,
            gap.offered,
            gap.recorded,
            [one.value for one in gap.without],
            [one.value for one in gap.offering],
            [(one.hub.value, one.offered) for one in gap.hubs],
            gap.project_count,
            [one.value for one in gap.projects],
        )
        for gap in gaps
    ]


async def test_the_map_is_the_one_that_plain_python_finds(store: GraphStore) -> None:
    examples: list[World] = []
    most = 20 if store.backend == "ladybug" else 8

    @settings(
        max_examples=most, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(worlds)
    def collect(world: World) -> None:
        examples.append(world)

    collect()
    found = 0
    for world in examples:
        await emptied(store)
        await build(store, world)
        for audiences in (ANYBODY, MEMBER):
            for topic in (None, "parken"):
                gaps = await service_gaps(store, "wilster", audiences=audiences, topic=topic)
                assert told(gaps) == expected(world, audiences, topic is not None)
                found += len(gaps)
    assert found, "the examples tell nothing"


async def test_nothing_is_told_where_nothing_is_recorded(store: GraphStore) -> None:
    await plant(store, *HUBS, *TOWNS, SERVICES[0], serves(HUBS[0], TOWNS[0]))

    assert await service_gaps(store, "wilster", audiences=MEMBER) == []
    await plant(store, relate("OFFERS_ONLINE", TOWNS[1], SERVICES[0]))
    assert [gap.missing for gap in await service_gaps(store, "wilster", audiences=MEMBER)] == [1]
    assert await service_gaps(store, "leer", audiences=MEMBER) == []
    assert await service_gaps(store, "absent", audiences=MEMBER) == []
    assert await service_gaps(store, "wilster", audiences=MEMBER, topic="absent") == []


async def test_lists_are_bounded_and_calls_constant(store: GraphStore) -> None:
    async def calls() -> tuple[int, list[ServiceGap]]:
        before = store.calls
        gaps = await service_gaps(store, "wilster", audiences=MEMBER, limit=MAX_GAPS)
        return store.calls - before, gaps

    await plant(
        store, *HUBS, *TOWNS, *SERVICES, serves(HUBS[0], TOWNS[0]), relate("OFFERS_ONLINE", TOWNS[1], SERVICES[0])
    )
    small, _ = await calls()
    towns = [make_municipality(f"0200000000{n:02}", population=n) for n in range(60)]
    services = [make_service(f"88{n:012}", name_sort=f"{n:03}") for n in range(120)]
    projects = [make_project(f"q{n:02}") for n in range(12)]
    await plant(
        store,
        *(*towns, *services, *projects),
        *(serves(HUBS[0], town) for town in towns),
        *(relate("OFFERS_ONLINE", TOWNS[1], service) for service in services),
        *(relate("OFFERS_ONLINE", town, services[7]) for town in towns[:30]),
        *(relate("IMPLEMENTS", project, services[3]) for project in projects),
    )
    large, gaps = await calls()

    assert large == small
    assert len(gaps) == MAX_GAPS
    assert all(len(gap.without) == MAX_NAMED for gap in gaps)
    by_key = {gap.service.value: gap for gap in gaps}
    assert "88000000000007" not in by_key
    implemented = by_key["88000000000003"]
    assert (implemented.project_count, len(implemented.projects)) == (12, MAX_PROJECTS)
    assert [one.value for one in implemented.projects] == ["q00", "q01", "q02", "q03", "q04"]


@pytest.mark.parametrize("limit", [0, MAX_GAPS + 1])
async def test_how_many_gaps_is_bounded(store: GraphStore, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        await service_gaps(store, "wilster", audiences=ANYBODY, limit=limit)


async def test_other_hubs_are_read_of_the_services_shown_alone(store: GraphStore) -> None:
    towns = [make_municipality(f"0200000000{n:02}", population=n) for n in range(3)]
    services = [make_service(f"88{n:012}", name_sort=f"{n:03}") for n in range(40)]
    await plant(
        store,
        *(*HUBS, *towns, *services),
        *(serves(hub, town) for hub, town in zip(HUBS, towns, strict=True)),
        *(relate("OFFERS_ONLINE", town, service) for town in towns for service in services),
    )
    reading = Reading(store)

    few = await service_gaps(cast("GraphStore", reading), "wilster", audiences=ANYBODY, limit=2)

    assert [[one.offered for one in gap.hubs] for gap in few] == [[1, 1], [1, 1]]
    # Every service once with how often it is recorded, and once of this hub; whoever else has it, of the two alone.
    assert reading.rows < 2 * len(services) + 20


@dataclass
class Reading:
    """A store that counts the rows of named queries."""

    store: GraphStore
    rows: int = 0

    async def select(self, *arguments: Any, **named: Any) -> Any:
        return await self.store.select(*arguments, **named)

    async def query(self, name: str, parameters: Mapping[str, Any], *, timeout_s: float) -> list[Any]:
        rows = await self.store.query(name, parameters, timeout_s=timeout_s)
        self.rows += len(rows)
        return rows

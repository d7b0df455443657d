"""Traversals on each graph database, held to the same answer worked out in plain Python."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.policy import EVERYTHING
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore, Transaction
from graph.reading.traversals import MAX_SIMILAR, SimilarMunicipality, similar_municipalities
from graph.relationships import Involves, Plain
from graph.values import Instant
from graph.vocabulary import Origin, Visibility
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import make_adoption, make_municipality, make_project
from tests.fixtures.units import SYSTEM, key_of, plain, write

ANYBODY = frozenset({"public"})
CONFIRMED = Instant("2026-01-01T00:00:00.000000Z")


@dataclass(frozen=True)
class Tie:
    """A municipality's share in a project: by adoption, or by involvement that is or is not confirmed."""

    municipality: int
    project: int
    kind: str


ties = st.builds(
    Tie, st.integers(0, 3), st.integers(0, 4), st.sampled_from(["adopted", "adopted in private", "involved", "invited"])
)
projects = st.lists(
    st.tuples(st.sampled_from([Visibility.PUBLIC, Visibility.NETWORK]), st.sampled_from(list(Origin))),
    min_size=6,
    max_size=6,
)


def ars(number: int) -> str:
    return f"01000000000{number}"


async def build(store: GraphStore, kinds: list[tuple[Visibility, Origin]], given_ties: set[Tie]) -> None:
    nodes = [make_municipality(ars(number)) for number in range(6)]
    entries = [
        make_project(f"p{number}", visibility=visibility, origin=origin)
        for number, (visibility, origin) in enumerate(kinds)
    ]

    async def put(unit: Unit) -> None:
        await unit.put_many(nodes)
        await unit.put_many(entries)
        for tie in sorted(given_ties, key=str):
            project, municipality = (
                NodeKey("Project", f"p{tie.project}"),
                NodeKey("Municipality", ars(tie.municipality)),
            )
            if tie.kind in ("involved", "invited"):
                confirmed_at = CONFIRMED if tie.kind == "involved" else None
                await unit.connect(Involves(start=project, end=municipality, confirmed_at=confirmed_at))
            else:
                visibility = Visibility.PUBLIC if tie.kind == "adopted" else Visibility.PRIVATE
                adoption = await unit.put(
                    make_adoption(f"a{tie.municipality}{tie.project}{tie.kind}", visibility=visibility)
                )
                await unit.connect(Plain(type="MADE", start=municipality, end=adoption.key))
                await unit.connect(Plain(type="OF", start=adoption.key, end=project))

    await UnitOfWork(store).run(put, actor=SYSTEM)


def expected(
    kinds: list[tuple[Visibility, Origin]], given_ties: set[Tie], audiences: frozenset[str]
) -> list[tuple[object, ...]]:
    # A later involvement replaces an earlier one between the same two nodes: the last by text, as `build` writes them.
    last = {
        (t.municipality, t.project): t.kind for t in sorted(given_ties, key=str) if t.kind in ("involved", "invited")
    }
    own: dict[int, set[int]] = {number: set() for number in range(6)}
    for tie in given_ties:
        visibility, origin = kinds[tie.project]
        is_visible = visibility is Visibility.PUBLIC or "network" in audiences
        if tie.kind in ("involved", "invited"):
            counts = last[tie.municipality, tie.project] == "involved" or origin is not Origin.REGISTERED
        else:
            counts = tie.kind == "adopted" or "admin" in audiences
        if is_visible and counts:
            own[tie.municipality].add(tie.project)
    rows = []
    for number in range(1, 6):
        shared = own[0] & own[number]
        if len(shared) >= 2:
            similarity = len(shared) / len(own[0] | own[number])
            rows.append((-similarity, ars(number), len(shared), [f"p{project}" for project in sorted(shared)]))
    return [(key, shared, -similarity, reasons) for similarity, key, shared, reasons in sorted(rows)]


def plainly(rows: list[SimilarMunicipality]) -> list[tuple[object, ...]]:
    return [
        (row.municipality.value, row.shared, row.similarity, [reason.value for reason in row.reasons]) for row in rows
    ]


@pytest.mark.parametrize("audiences", [ANYBODY, frozenset({"public", "network"}), EVERYTHING])
async def test_municipalities_like_ours(store: GraphStore, audiences: frozenset[str]) -> None:
    examples: list[tuple[list[tuple[Visibility, Origin]], set[Tie]]] = []

    @settings(max_examples=6, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(projects, st.sets(ties, min_size=16, max_size=40))
    def collect(kinds: list[tuple[Visibility, Origin]], given_ties: set[Tie]) -> None:
        examples.append((kinds, given_ties))

    collect()
    found = 0
    for kinds, given_ties in examples:
        await clear(store)
        await build(store, kinds, given_ties)
        wanted = expected(kinds, given_ties, audiences)
        assert plainly(await similar_municipalities(store, ars(0), audiences=audiences)) == wanted
        found += len(wanted)
    assert found, "the examples share nothing: they test nothing"


async def clear(store: GraphStore) -> None:
    async def delete(transaction: Transaction) -> None:
        for label, key in await transaction.query("test_all_nodes", {}):
            await transaction.delete(label, [key])

    await store.transact(delete)


async def test_an_unknown_municipality_is_like_none(store: GraphStore) -> None:
    assert await similar_municipalities(store, "999999999999", audiences=ANYBODY) == []


async def test_one_shared_project_is_no_likeness(store: GraphStore) -> None:
    shares = [
        Involves(start=key_of("Project:p"), end=NodeKey("Municipality", ars(n)), confirmed_at=CONFIRMED) for n in (0, 1)
    ]
    await write(store, make_municipality(ars(0)), make_municipality(ars(1)), make_project("p"), *shares)

    assert await similar_municipalities(store, ars(0), audiences=ANYBODY) == []


@pytest.mark.parametrize("limit", [0, -1, MAX_SIMILAR + 1])
async def test_limits(store: GraphStore, limit: int) -> None:
    with pytest.raises(InvalidInputError):
        await similar_municipalities(store, ars(0), audiences=ANYBODY, limit=limit)


async def test_the_row_limit_cuts_the_least_similar(store: GraphStore) -> None:
    municipalities = [make_municipality(ars(number)) for number in range(4)]
    entries = [make_project(f"p{number}", origin=Origin.COMPILED) for number in range(4)]
    shares = [
        plain("INVOLVES", f"Project:p{project}", f"Municipality:{ars(number)}")
        for number in range(4)
        for project in range(4 if number == 0 else number + 1)
    ]
    await write(store, *municipalities, *entries, *(Involves(start=one.start, end=one.end) for one in shares))

    rows = await similar_municipalities(store, ars(0), audiences=ANYBODY, limit=2)

    assert plainly(rows) == [
        (ars(3), 4, 1.0, ["p0", "p1", "p2", "p3"]),
        (ars(2), 3, 0.75, ["p0", "p1", "p2"]),
    ]

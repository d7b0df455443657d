"""How much there is, on each graph database, for each caller."""

from typing import Any

from graph.model import Need
from graph.port import GraphStore
from graph.reading.counting import NetworkCounts, network_counts
from graph.vocabulary import NeedKind, NeedStatus
from tests.fixtures.builders import (
    make_adoption,
    make_hub,
    make_municipality,
    make_project,
    make_university,
    plant,
    relate,
    serves,
)

CONFIRMED = "2026-01-01T00:00:00.000000Z"
PUBLIC: Any = {"visibility": "PUBLIC", "readers": ("public",)}
NETWORK: Any = {"visibility": "NETWORK", "readers": ("network",)}
PRIVATE: Any = {"visibility": "PRIVATE", "readers": ("admin",)}


async def test_everybody_is_told_what_they_may_see(store: GraphStore) -> None:
    hubs, towns = [make_hub("a"), make_hub("b")], [make_municipality(f"01000000000{n}") for n in range(3)]
    projects = [
        *(make_project("open"), make_project("network", **NETWORK), make_project("secret", **PRIVATE)),
        make_project("archived", stage="ARCHIVED"),
    ]
    adoptions = [
        make_adoption(f"{project.id}-{kind}", confirmed_by_owner_at=CONFIRMED if kind == "yes" else None)
        for project in projects
        for kind in ("yes", "no")
    ]
    hidden = make_adoption("hidden", confirmed_by_owner_at=CONFIRMED, **PRIVATE)
    ended = make_adoption("ended", confirmed_by_owner_at=CONFIRMED, status="RETIRED")
    needs = [
        Need(id=f"{state}-{name}", kind=NeedKind.SEEKS, title="x", status=state, **readers)
        for state in (NeedStatus.OPEN, NeedStatus.CLOSED)
        for name, readers in (("public", PUBLIC), ("network", NETWORK))
    ]
    await plant(
        store,
        *(*hubs, *towns, make_university("03sft3r75"), *projects, *adoptions, hidden, ended, *needs),
        *(serves(hub, town) for hub in hubs for town in towns[:2]),
        *(relate("OF", one, projects[number // 2]) for number, one in enumerate(adoptions)),
        *(relate("OF", one, projects[0]) for one in (hidden, ended)),
    )
    before = store.calls

    told = [
        await network_counts(store, audiences=audiences)
        for audiences in ({"public"}, {"public", "network"}, {"public", "network", "admin"})
    ]

    assert told == [
        NetworkCounts(2, 2, 1, projects=1, confirmed_adoptions=1, open_needs=1),
        NetworkCounts(2, 2, 1, projects=2, confirmed_adoptions=2, open_needs=2),
        NetworkCounts(2, 2, 1, projects=3, confirmed_adoptions=4, open_needs=2),
    ]
    assert store.calls == before + 3


async def test_of_nothing_there_is_nothing(store: GraphStore) -> None:
    assert await network_counts(store, audiences={"public"}) == NetworkCounts()

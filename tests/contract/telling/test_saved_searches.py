"""Saved searches, on each graph database: new hits are told once, to who may read them, whatever fails."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from auth.errors import ForbiddenError
from auth.principal import Caller, Principal
from graph.actors import pseudonym
from graph.commands.saved_searches import (
    MAX_SEARCHES,
    DeleteSavedSearch,
    SaveSearch,
    delete_saved_search,
    save_search,
    searches_of,
)
from graph.errors import InvalidInputError, LeaseHeldError, NodeNotFoundError
from graph.personal import SavedSearch
from graph.port import GraphStore
from graph.vocabulary import NewsKind
from graph.writing import leases
from network.saved_searches import LEASE, SavedSearches
from search.errors import SearchUnavailableError
from search.indexer import Indexer
from search.service import SearchService
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_project, make_topic, plant, relate
from tests.fixtures.contributing import ANYBODY, OTHER_CLERK, PROFESSOR, VISITOR, ZEITZ_LEAD, at, found_network
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.telling import Clock, inbox, know, listening
from tests.fixtures.units import SYSTEM, all_changes, key_of, stored, write

REASON = "Ihre Suche „Bänke“"


class Searching:
    """A network that is indexed, and the worker that runs its saved searches."""

    def __init__(self, store: GraphStore, index: TantivySearchIndex) -> None:
        self.store = store
        self.index = index
        self.service = SearchService(store, index)
        self.clock = Clock()

    async def project(self, key: str, *, actor: Any = SYSTEM, **given: Any) -> None:
        """A project that the index has heard of."""
        project = make_project(key, **{"title": f"Smarte Bank {key}", "summary": "Eine Bank.", **given})

        async def put(unit: Any) -> None:
            await unit.put(project)

        await at(self.store).run(put, actor=actor)
        await self.caught_up()

    async def caught_up(self) -> None:
        await Indexer(self.store, self.index, holder="test").catch_up()

    async def save(self, person: Principal, name: str = "Bänke", query: str = "Bank", **given: Any) -> str:
        command = SaveSearch(name=name, query=query, filter=given)
        return str((await save_search(at(self.store), command, actor=person))["id"])

    def worker(self, store: Any = None, **given: Any) -> SavedSearches:
        service: Any = self.service if store is None else SearchService(store, self.index)
        return SavedSearches(service, **{"holder": "test", "clock": self.clock, "lease_ttl_s": 1_000.0, **given})

    async def run(self, **given: Any) -> int:
        self.clock.forward(minutes=6)
        return await self.worker(**given).run_due()


@pytest_asyncio.fixture
async def place(store: GraphStore, tmp_path: Path) -> AsyncIterator[Searching]:
    await found_network(store)
    await know(store, OTHER_CLERK, PROFESSOR, ZEITZ_LEAD, VISITOR)
    index = await TantivySearchIndex.open(tmp_path / "index")
    made = Searching(store, index)
    await made.caught_up()
    yield made
    await made.service.close()
    await index.close()


async def test_what_is_there_is_no_news_and_what_comes_is_told_once(place: Searching) -> None:
    await place.project("a")
    await place.save(OTHER_CLERK)

    assert await place.run() == 0
    await place.project("b")
    await place.project("c", title="Parken", summary="Parken.")
    assert await place.run() == 1
    assert await place.run() == 0
    assert await inbox(place.store, OTHER_CLERK) == [("SEARCH_MATCHED", "Project:b", REASON)]
    assert await inbox(place.store, PROFESSOR) == []


async def test_a_search_is_not_run_again_before_its_time(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    await place.run()
    await place.project("a")

    assert await place.worker().run_due() == 0
    assert await place.run() == 1


async def test_what_came_back_is_not_new(place: Searching) -> None:
    await place.project("a")
    await place.save(OTHER_CLERK)
    await place.run()
    for stage in ("WITHDRAWN", "PUBLISHED"):
        await write(place.store, make_project("a", title="Smarte Bank a", stage=stage))
        await place.caught_up()
        assert await place.run() == 0


async def test_filters_count_and_an_empty_text_browses(place: Searching) -> None:
    await place.save(OTHER_CLERK, name="Themen", query="", topic=["kultur"])
    await place.run()
    await plant(place.store, make_topic("kultur"))
    await place.project("a")
    await write(place.store, relate("ADDRESSES", make_project("a").key, make_topic("kultur").key))
    await place.project("b")

    assert await place.run() == 1
    assert await inbox(place.store, OTHER_CLERK) == [("SEARCH_MATCHED", "Project:a", "Ihre Suche „Themen“")]


async def test_each_search_sees_what_its_owner_may_read_now(place: Searching) -> None:
    for person in (OTHER_CLERK, ZEITZ_LEAD):
        await place.save(person)
    await place.run()
    await place.project("inside", visibility="PRIVATE")
    await write(place.store, relate("OWNS", key_of("Hub:zeitz"), key_of("Project:inside")))
    await place.caught_up()

    assert await place.run() == 1
    assert await inbox(place.store, OTHER_CLERK) == []
    assert await inbox(place.store, ZEITZ_LEAD) == [("SEARCH_MATCHED", "Project:inside", REASON)]


async def test_who_lost_every_membership_hears_of_nothing(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    await place.run()
    row = {"id": pseudonym(OTHER_CLERK), "memberships": []}
    await place.store.transact(lambda transaction: transaction.put("Actor", [row]))
    await place.project("a")

    assert await place.run() == 0
    assert await inbox(place.store, OTHER_CLERK) == []


async def test_nobody_is_told_of_an_entry_that_is_all_one_s_own_doing(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    await place.run()
    await place.project("own", actor=OTHER_CLERK)
    await place.project("other", actor=PROFESSOR)

    assert await place.run() == 1
    assert [entity for _, entity, _ in await inbox(place.store, OTHER_CLERK)] == ["Project:other"]


async def test_the_owner_s_webhook_hears_of_new_hits_and_no_other(place: Searching) -> None:
    await listening(place.store, "own", OTHER_CLERK, NewsKind.SEARCH_MATCHED)
    await listening(place.store, "others", PROFESSOR)
    await place.save(OTHER_CLERK)
    await place.run()
    await place.project("a")
    await place.run()

    assert await place.store.query("test_deliveries", {}) == [["own", "SEARCH_MATCHED", "Project:a"]]


async def test_many_new_hits_come_in_portions_and_none_is_lost(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    await place.run()
    for number in range(5):
        await place.project(f"p{number}")

    assert [await place.run(most_told=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len({entity for _, entity, _ in await inbox(place.store, OTHER_CLERK)}) == 5


class Away:
    """An index that does not answer."""

    def __init__(self, index: TantivySearchIndex) -> None:
        self._index = index
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def retrieve(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        raise SearchUnavailableError("away")


async def test_an_engine_that_is_away_costs_the_round_and_nothing_else(place: Searching) -> None:
    for name in "abcdef":
        await place.save(OTHER_CLERK, name=name)
    await place.run()
    await place.project("a")
    place.clock.forward(minutes=6)
    away: Any = Away(place.index)
    service = SearchService(place.store, away)

    with pytest.raises(SearchUnavailableError):
        await SavedSearches(service, holder="test", clock=place.clock).run_due()
    await service.close()
    assert away.asked == 3
    assert await inbox(place.store, OTHER_CLERK) == []
    assert await place.worker().run_due() == 6


async def test_a_round_is_bounded_and_everybody_s_turn_comes(place: Searching) -> None:
    for name in "abc":
        await place.save(OTHER_CLERK, name=name)

    for count in (2, 3):
        await place.worker(batch=2).run_due()
        assert (
            sum(search.ran_at is not None for search in await searches_of(place.store, pseudonym(OTHER_CLERK))) == count
        )


async def test_killed_at_any_step_each_hit_is_told_once(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    await place.run()
    await place.project("a")
    place.clock.forward(minutes=6)

    kills = 0
    for kill_at in range(60):
        stepping: Any = Stepping(place.store, Steps(kill_at))
        try:
            await place.worker(stepping).run_due()
        except Killed:
            kills += 1
            continue
        break
    assert kills > 5
    await place.run()
    assert await inbox(place.store, OTHER_CLERK) == [("SEARCH_MATCHED", "Project:a", REASON)]


async def test_one_runs_them_at_a_time(place: Searching) -> None:
    await place.save(OTHER_CLERK)
    held = await leases.acquire(place.store, LEASE, holder="other")
    assert held is not None

    with pytest.raises(LeaseHeldError):
        await place.run()
    (search,) = await searches_of(place.store, pseudonym(OTHER_CLERK))
    assert search.ran_at is None


@pytest.mark.parametrize(
    "given",
    [
        {"weather": ["rain"]},
        {"status": ["GONE"]},
        {"near": {"municipality": "nie", "withinKm": 5}},
        {"near": {"municipality": "nie"}},
        {"near": 5},
    ],
)
async def test_a_search_that_means_nothing_any_more_keeps_no_other_from_its_turn(place: Searching, given: Any) -> None:
    await place.save(OTHER_CLERK, name="alt", **given)
    await place.save(OTHER_CLERK)
    await place.run()
    await place.project("a")

    assert await place.run() == 1


async def test_searches_are_saved_and_deleted_by_their_owner(store: GraphStore) -> None:
    await found_network(store)
    command = SaveSearch(name="Bänke", query="Bank", filter={"topic": ["parken"]})
    search = str((await save_search(at(store), command, actor=OTHER_CLERK))["id"])

    (kept,) = await searches_of(store, pseudonym(OTHER_CLERK))
    assert (kept.name, kept.query, kept.filter, kept.ran_at) == ("Bänke", "Bank", {"topic": ["parken"]}, None)
    # What somebody looks for is personal.
    (line,) = [line for line in await all_changes(store) if line["action"] == "save_search"]
    assert (line["after"]["name"], line["after"]["query"], line["after"]["filter"]) == ("***", "***", "***")
    with pytest.raises(NodeNotFoundError):
        await delete_saved_search(at(store), DeleteSavedSearch(search=search), actor=PROFESSOR)
    await delete_saved_search(at(store), DeleteSavedSearch(search=search), actor=OTHER_CLERK)
    with pytest.raises(NodeNotFoundError):
        await delete_saved_search(at(store), DeleteSavedSearch(search=search), actor=OTHER_CLERK)
    assert await stored(store, f"SavedSearch:{search}") is None


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR])
async def test_only_members_save_searches(store: GraphStore, actor: Caller) -> None:
    with pytest.raises(ForbiddenError):
        await save_search(at(store), SaveSearch(name="n", query="q", filter={}), actor=actor)
    with pytest.raises(ForbiddenError):
        await delete_saved_search(at(store), DeleteSavedSearch(search="s"), actor=actor)


async def test_searches_have_a_bound_and_a_place_that_is_known(store: GraphStore) -> None:
    await found_network(store)
    command = SaveSearch(name="n", query="q", filter={})
    actor = pseudonym(OTHER_CLERK)
    await plant(store, *(SavedSearch(id=f"s{n}", actor=actor, name="n", query="q") for n in range(MAX_SEARCHES - 1)))
    await save_search(at(store), command, actor=OTHER_CLERK)
    with pytest.raises(InvalidInputError):
        await save_search(at(store), command, actor=OTHER_CLERK)
    far = SaveSearch(name="n", query="q", filter={}, near=("nie", 10))
    with pytest.raises(InvalidInputError):
        await save_search(at(store), far, actor=PROFESSOR)

"""The housekeeping on each graph database: one process at a time, whoever dies in the middle, and no chore keeps another from its turn."""

import asyncio
import logging
from datetime import date
from typing import Any

import pytest

from graph.accounts import retention
from graph.commands.due import publish_due
from graph.commands.project_changes import ProjectChanges
from graph.commands.review_project import PublishProject, publish_project
from graph.errors import GraphUnavailableError, InvalidQueryError, LeaseHeldError, LeaseLostError
from graph.port import GraphStore
from graph.reading.popular import note
from graph.values import PartialDate
from graph.writing import leases
from graph.writing.unit_of_work import UnitOfWork
from network.housekeeping import LEASE, ChoresLeftError, Housekeeping
from tests.fixtures.contributing import WILSTER_LEAD, at, found_network, submitted
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.units import all_changes, readers

DAY = date(2026, 12, 1)


def housekeeping(store: Any, holder: str = "test", **given: Any) -> Housekeeping:
    return Housekeeping(store, holder=holder, today=lambda: DAY, **given)


async def searched_long_ago(store: GraphStore, *texts: str) -> None:
    for text in texts:
        await note(store, text, text, iss="https://id.example", sub="person")
    old = [{"text": text, "last_used_at": "2020-01-01T00:00:00.000000Z"} for text in texts]
    await store.transact(lambda transaction: transaction.put("PopularSearch", old))


async def searches(store: GraphStore) -> list[str]:
    return sorted(str(text) for (text, *_) in await store.query("popular_forgotten", {"before": "~", "limit": 99}))


async def approved(store: GraphStore, title: str = "Parken per App") -> str:
    project = await submitted(store, title=title, more=ProjectChanges(publish_from=PartialDate("2026-12")))
    await publish_project(at(store), PublishProject(project=project), actor=WILSTER_LEAD)
    return project


async def published(store: GraphStore, project: str) -> int:
    """How often it was published by itself."""
    lines = [line for line in await all_changes(store) if line["entity"] == f"Project:{project}"]
    return [(line["action"], line["actor"]) for line in lines].count(("publish_project", "system:housekeeping"))


async def test_it_forgets_what_is_old_and_publishes_what_is_due(store: GraphStore) -> None:
    await found_network(store)
    project = await approved(store)
    await searched_long_ago(store, "alt")
    await note(store, "neu", "neu", iss="https://id.example", sub="person")

    await housekeeping(store).keep_house()

    assert await searches(store) == ["neu"]
    assert await readers(store, f"Project:{project}") == ("public",)


async def test_it_goes_round_beside_the_requests(store: GraphStore) -> None:
    working = asyncio.create_task(housekeeping(store, every_s=0.01).run())
    async with asyncio.timeout(PATIENCE_S):
        for text in ("first", "second"):
            await searched_long_ago(store, text)
            while await searches(store):
                assert not working.done()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_who_does_not_hold_the_lease_does_nothing(store: GraphStore) -> None:
    await searched_long_ago(store, "alt")
    held = await leases.acquire(store, LEASE, holder="other")
    assert held is not None
    with pytest.raises(LeaseHeldError):
        await housekeeping(store).keep_house()
    assert await searches(store) == ["alt"]
    await leases.release(store, held)
    await housekeeping(store).keep_house()
    assert await searches(store) == []


async def test_two_at_once_do_everything_once(store: GraphStore) -> None:
    await found_network(store)
    project = await approved(store)
    rounds = (housekeeping(store, holder).keep_house() for holder in ("one", "two"))
    ends = await asyncio.gather(*rounds, return_exceptions=True)
    assert all(end is None or isinstance(end, LeaseHeldError) for end in ends)
    assert None in ends
    assert await published(store, project) == 1


async def test_killed_at_any_step_its_successor_does_the_rest(store: GraphStore) -> None:
    await found_network(store)
    project = await approved(store)
    await searched_long_ago(store, "alt")
    kills = 0
    for kill_at in range(200):
        stepping: Any = Stepping(store, Steps(kill_at))
        try:
            await housekeeping(stepping, "one", lease_ttl_s=1_000.0).keep_house()
        except Killed:
            kills += 1
        else:
            break
        # Its lease is not waited for: the same machine comes up again under the name of the dead process.
    assert kills > 10
    assert await searches(store) == []
    assert await published(store, project) == 1


async def test_whoever_lost_the_lease_writes_nothing_any_more(store: GraphStore) -> None:
    await searched_long_ago(store, "alt")

    class Paused:
        """A process that stands still before it deletes, for longer than its lease."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def query(self, name: str, parameters: Any, **options: Any) -> Any:
            if name == "popular_forgotten":
                row = {"name": LEASE, "holder": "other", "fence": 99}
                await store.transact(lambda transaction: transaction.put("Lease", [row]))
            return await store.query(name, parameters, **options)

    with pytest.raises((LeaseHeldError, LeaseLostError)):
        await housekeeping(Paused(), lease_ttl_s=1_000.0).keep_house()
    assert await searches(store) == ["alt"]


@pytest.mark.parametrize("chore", [("idempotency_expired", "answers of old units"), ("adoptions_to_lapse", "lapse")])
@pytest.mark.parametrize("wrong", [InvalidQueryError("of another version"), GraphUnavailableError("out of time")])
async def test_what_is_wrong_with_one_chore_keeps_no_other_from_its_turn(
    store: GraphStore, caplog: pytest.LogCaptureFixture, wrong: Exception, chore: tuple[str, str]
) -> None:
    await found_network(store)
    project = await approved(store)
    await searched_long_ago(store, "alt")
    statement, name = chore

    class Refusing:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def query(self, name: str, parameters: Any, **options: Any) -> Any:
            if name == statement:
                raise wrong
            return await store.query(name, parameters, **options)

    with pytest.raises(ChoresLeftError, match=name), caplog.at_level(logging.ERROR):
        await housekeeping(Refusing()).keep_house()

    (record,) = [record for record in caplog.records if record.name == "hubnetz.housekeeping"]
    assert record.exc_info is not None
    assert record.exc_info[1] is wrong
    assert await published(store, project) == 1
    assert await searches(store) == []


@pytest.mark.parametrize("wrong", [InvalidQueryError("of another version"), GraphUnavailableError("out of time")])
@pytest.mark.parametrize("batch", [1, 2, 500])
async def test_what_is_wrong_with_some_entries_in_front_keeps_no_other_waiting(
    store: GraphStore, wrong: Exception, batch: int
) -> None:
    await found_network(store)
    projects = [await approved(store, f"Parken {number}") for number in range(5)]

    class Failing:
        """Fails at the first two entries."""

        tried = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def transact(self, function: Any, **options: Any) -> Any:
            self.tried += 1
            if self.tried <= 2:
                raise wrong
            return await store.transact(function, **options)

    failing: Any = Failing()
    assert await publish_due(UnitOfWork(failing), today=DAY, batch=batch) == 3

    assert failing.tried == 5
    assert await publish_due(UnitOfWork(store), today=DAY, batch=batch) == 2
    assert [await published(store, project) for project in projects] == [1] * 5


async def test_a_database_that_is_away_ends_the_round(store: GraphStore) -> None:
    asked: list[str] = []

    class Away:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def query(self, name: str, parameters: Any, **options: Any) -> Any:
            asked.append(name)
            raise GraphUnavailableError("away")

        async def ping(self) -> float:
            raise GraphUnavailableError("away")

    with pytest.raises(GraphUnavailableError):
        await housekeeping(Away()).keep_house()
    assert len(asked) == 1


async def test_more_than_a_batch_goes_in_one_round(store: GraphStore) -> None:
    count = retention.MAX_BATCH + 1
    old = "2020-01-01T00:00:00.000000Z"
    rows = [
        {"id": f"{number:05}", "at": old, "created_at": old, "updated_at": old, "answer": "{}"}
        for number in range(count)
    ]
    await store.transact(lambda transaction: transaction.put("Idempotency", rows))
    await housekeeping(store).keep_house()
    before = {"before": await store.now(), "limit": count}
    assert await store.query("idempotency_expired", before) == []

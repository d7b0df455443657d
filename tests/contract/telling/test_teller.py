"""Telling, on each graph database: once, whatever fails and wherever."""

from collections.abc import Sequence
from typing import Any

import pytest

from graph.actors import pseudonym
from graph.errors import LeaseHeldError
from graph.port import GraphStore
from graph.records import News
from graph.selection import Match, Page, Selection
from graph.telling.hearing import Hearing
from graph.telling.inbox import MarkNotificationsRead, mark_notifications_read
from graph.telling.teller import GIVE_UP_DAYS, LEASE, Outcome
from graph.vocabulary import NewsKind
from graph.writing import leases
from tests.fixtures.contributing import (
    OTHER_CLERK,
    PROFESSOR,
    WILSTER_LEAD,
    at,
    plant_compiled,
    submitted,
)
from tests.fixtures.faults import Killed, Stepping, Steps
from tests.fixtures.telling import (
    Clock,
    announce,
    follows,
    inbox,
    listening,
    tell,
    teller,
    waiting,
    world,
)

PUBLISHED = NewsKind.PROJECT_PUBLISHED
FOLLOWED = "Sie folgen diesem Projekt"


async def test_news_of_a_kind_that_a_newer_version_wrote_keep_no_others_waiting(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await follows(store, OTHER_CLERK, "Project:p")
    for _ in range(2):
        await announce(store, NewsKind.PROJECT_CHANGED, "Project:p")
    first, _ = sorted(str(key) for (key,) in await store.query("test_news_keys", {}))
    await store.transact(lambda transaction: transaction.put("News", [{"id": first, "kind": "COMET_SEEN"}]))

    assert await tell(store) == 1
    assert await store.query("test_news_keys", {}) == [[first]]


async def test_a_task_that_is_told_of_once_more_is_one_line(store: GraphStore) -> None:
    """As when the contact of its house is saved anew: whoever signed in and knows of it finds it once."""
    await world(store)
    await submitted(store)
    await tell(store)
    before = sorted(await inbox(store, WILSTER_LEAD))
    (task,) = {entity for kind, entity, _ in before if kind == "TASK_ASKED"}

    await announce(store, NewsKind.TASK_ASKED, task)
    await tell(store)
    await announce(store, NewsKind.CONTACT_MISSING, "Hub:wilster")
    await tell(store)

    assert sorted(await inbox(store, WILSTER_LEAD)) == before


async def test_news_of_what_is_gone_are_gone(store: GraphStore) -> None:
    await world(store)
    await announce(store, PUBLISHED, "Project:nowhere")
    await announce(store, NewsKind.TASK_ASKED, "Task:nowhere")

    assert await tell(store) == 2
    assert await waiting(store) == []


async def test_the_oldest_news_are_told_first(store: GraphStore) -> None:
    await world(store)
    heard: list[str] = []

    async def listen(_: GraphStore, news: News) -> Sequence[Hearing]:
        heard.append(news.entity)
        return []

    for day, entity in ((4, "Hub:wilster"), (2, "Topic:parken"), (3, "Hub:zeitz")):
        await announce(store, PUBLISHED, entity, now=f"2026-11-{day:02}T09:00:00.000000Z")
    await tell(store, rules=(listen,), batch=1)

    assert heard == ["Topic:parken", "Hub:zeitz", "Hub:wilster"]


async def test_killed_at_any_step_everybody_is_told_once(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    for follower in (OTHER_CLERK, PROFESSOR):
        await follows(store, follower, "Project:p")
    await listening(store, "hook", OTHER_CLERK)
    await announce(store, PUBLISHED, "Project:p")
    await announce(store, NewsKind.PROJECT_CHANGED, "Project:p")

    kills = 0
    for kill_at in range(100):
        stepping: Any = Stepping(store, Steps(kill_at))
        try:
            await tell(stepping, lease_ttl_s=1_000.0)
        except Killed:
            kills += 1
            continue
        break
    assert kills > 8
    await tell(store)

    for follower in (OTHER_CLERK, PROFESSOR):
        lines = await inbox(store, follower)
        assert sorted(kind for kind, _, _ in lines) == ["PROJECT_CHANGED", "PROJECT_PUBLISHED"]
    assert await waiting(store) == []
    assert await _count(store, "Delivery") == 2


async def test_killed_inside_the_transaction_nothing_is_half_told(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await follows(store, OTHER_CLERK, "Project:p")
    await announce(store, PUBLISHED, "Project:p")

    class Inside:
        def __init__(self, kill_at: int) -> None:
            self.kill_at = kill_at

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def transact(self, function: Any, **options: Any) -> Any:
            async def stepwise(transaction: Any) -> Any:
                stepping: Any = Stepping(transaction, Steps(self.kill_at))
                return await function(stepping)

            return await store.transact(stepwise, **options)

    for kill_at in range(3, 12):
        try:
            await tell(Inside(kill_at), lease_ttl_s=1_000.0)
        except Killed:
            assert (await inbox(store, OTHER_CLERK) == []) is (len(await waiting(store)) == 1)
        else:
            break
    await tell(store)
    assert await inbox(store, OTHER_CLERK) == [(PUBLISHED, "Project:p", FOLLOWED)]


async def test_news_that_fail_wait_longer_each_time_let_others_pass_and_are_given_up(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await follows(store, OTHER_CLERK, "Project:p")
    clock = Clock("2026-11-02T09:00:00.000000Z")
    outcomes: list[Outcome] = []

    async def break_down(_: GraphStore, news: News) -> Sequence[Hearing]:
        if news.entity == "Hub:zeitz":
            raise RuntimeError("a rule with a mistake")
        return [Hearing(pseudonym(OTHER_CLERK), "weil")]

    await announce(store, PUBLISHED, "Hub:zeitz")
    await announce(store, PUBLISHED, "Project:p")
    worker = teller(store, rules=(break_down,), clock=clock, count=outcomes.append)

    assert await worker.tell() == 1
    assert outcomes == [Outcome.PUT_OFF, Outcome.TOLD]
    assert await inbox(store, OTHER_CLERK) == [(PUBLISHED, "Project:p", "weil")]
    assert await waiting(store) == [(PUBLISHED, 1, "2026-11-02T09:01:00.000000Z")]
    assert await worker.tell() == 0
    clock.forward(minutes=1)
    await worker.tell()
    assert await waiting(store) == [(PUBLISHED, 2, "2026-11-02T09:03:00.000000Z")]
    clock.forward(days=GIVE_UP_DAYS)
    await worker.tell()
    assert outcomes == [Outcome.PUT_OFF, Outcome.TOLD, Outcome.PUT_OFF, Outcome.DROPPED]
    assert await waiting(store) == []


async def test_one_tells_at_a_time(store: GraphStore) -> None:
    await world(store)
    await announce(store, PUBLISHED, "Hub:zeitz")
    held = await leases.acquire(store, LEASE, holder="other")
    assert held is not None

    with pytest.raises(LeaseHeldError):
        await tell(store)
    await leases.release(store, held)
    assert await tell(store) == 1


async def test_an_entry_that_is_edited_again_and_again_is_one_line_until_it_is_read(store: GraphStore) -> None:
    await world(store)
    await plant_compiled(store, "p")
    await follows(store, OTHER_CLERK, "Project:p", "Project:p")
    changed = ("PROJECT_CHANGED", "Project:p", FOLLOWED)

    for _ in range(3):
        await announce(store, NewsKind.PROJECT_CHANGED, "Project:p")
        await tell(store)
    await announce(store, PUBLISHED, "Project:p")
    await tell(store)
    assert sorted(await inbox(store, OTHER_CLERK)) == [changed, (PUBLISHED, "Project:p", FOLLOWED)]

    await mark_notifications_read(at(store), MarkNotificationsRead(), actor=OTHER_CLERK)
    await announce(store, NewsKind.PROJECT_CHANGED, "Project:p")
    await tell(store)
    assert (await inbox(store, OTHER_CLERK)).count(changed) == 2


async def _count(store: GraphStore, label: str) -> int:
    return (
        await store.select(Selection(label, ("id",)), Match(label, page=Page(0), count=True), audiences=())
    ).total or 0

"""The state of background work on each graph database: what waits, since when, and when it last went well."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.port import GraphStore
from graph.telling import teller
from graph.telling.hearing import Hearing
from graph.telling.teller import Outcome, Teller
from graph.values import instant
from graph.writing.duties import Duty, Successes, last_successes
from graph.writing.leases import acquire, held
from network import housekeeping, saved_searches
from network.edge.metrics import Metrics
from network.housekeeping import Housekeeping
from network.jobs.checking import Finding, work
from network.mail import postman
from network.webhooks import courier
from network.work import WORKS, State, Work, states
from search import indexer
from tests.fixtures.contributing import found_network, submitted
from tests.fixtures.patience import PATIENCE_S


async def ago(store: GraphStore, seconds: float) -> str:
    return instant(datetime.fromisoformat(await store.now()) - timedelta(seconds=seconds))


async def state(store: GraphStore, duty: Duty) -> State:
    (found,) = [found for found in await states(store) if found.work.duty is duty]
    return found


async def finding(store: GraphStore, name: str, *, is_served: bool = True) -> Finding:
    (found,) = [found for found in await work(store, is_served=is_served) if found.name == name]
    return found


async def put(store: GraphStore, label: str, row: dict[str, Any]) -> None:
    at_once = {"created_at": row["at"], "updated_at": row["at"]} if "at" in row else {}
    await store.transact(lambda transaction: transaction.put(label, [row | at_once]))


async def succeeded(store: GraphStore, duty: Duty, seconds_ago: float) -> None:
    await Successes(store, duty).note()
    row = {"name": duty.lease, "succeeded_at": await ago(store, seconds_ago)}
    await store.transact(lambda transaction: transaction.put("Lease", [row]))


def test_every_duty_has_a_state() -> None:
    assert [one.duty for one in WORKS] == list(Duty)


def test_names_of_leases_are_stored_and_stay_as_they_are() -> None:
    # During a roll-out a process of the version before holds them by these names.
    assert {duty.value: duty.lease for duty in Duty} == {
        "index": "indexer",
        "news": "telling",
        "searches": "saved searches",
        "mail": "post",
        "webhooks": "courier",
        "housekeeping": "housekeeping",
    }
    held_under = {indexer, teller, saved_searches, postman, courier, housekeeping}
    assert {module.LEASE for module in held_under} == {duty.lease for duty in Duty}


async def test_where_nothing_was_done_yet_nothing_waits_and_nothing_is_wrong(store: GraphStore) -> None:
    for found in await states(store):
        assert (found.waiting.count, found.waiting.oldest, found.succeeded_at) == (0, None, None), found.work.duty
        assert (found.oldest_s, found.is_late, found.is_silent) == (0.0, False, False)
    assert not [found.name for found in await work(store, is_served=True) if found.is_wrong]


async def waiting_news(store: GraphStore, moment: str) -> None:
    row = {"kind": "PROJECT_CHANGED", "entity": "Project:a", "actor": "system:test", "attempts": 0, "due_at": moment}
    await put(store, "News", {"id": "a", "at": moment, **row})


async def waiting_search(store: GraphStore, moment: str) -> None:
    row = {"id": "a", "actor": "nobody", "name": "x", "query": "x", "filter": "{}", "created_at": moment}
    await store.transact(lambda transaction: transaction.put("SavedSearch", [row | {"updated_at": moment}]))


async def waiting_letter(store: GraphStore, moment: str) -> None:
    row = {"id": "a", "kind": "DIGEST", "email": "a@b.example", "entity": "Actor:a", "due_at": moment}
    stamps = {"created_at": moment, "updated_at": moment}
    await store.transact(lambda transaction: transaction.put("Letter", [row | stamps]))


async def waiting_event(store: GraphStore, moment: str) -> None:
    row = {"id": "a", "webhook": "w", "news": "n", "kind": "PROJECT_CHANGED", "entity": "Project:a"}
    stamps = {"at": moment, "due_at": moment, "created_at": moment, "updated_at": moment}
    await store.transact(lambda transaction: transaction.put("Delivery", [row | stamps]))


async def waiting_change(store: GraphStore, moment: str) -> None:
    await put(store, "OutboxEvent", {"id": "Project:a", "entity": "Project:a", "at": moment, "fence": 1})


async def waiting_project(store: GraphStore, moment: str) -> None:
    await found_network(store)
    project = await submitted(store)
    row = {"id": project, "approved_at": moment, "publish_from": None}
    await store.transact(lambda transaction: transaction.put("Project", [row]))


WAITING: dict[Duty, tuple[str, Callable[[GraphStore, str], Any]]] = {
    Duty.INDEX: ("pending", waiting_change),
    Duty.NEWS: ("news", waiting_news),
    Duty.SEARCHES: ("savedSearches", waiting_search),
    Duty.MAIL: ("letters", waiting_letter),
    Duty.WEBHOOKS: ("deliveries", waiting_event),
    Duty.HOUSEKEEPING: ("housekeeping", waiting_project),
}


@pytest.mark.parametrize("one", WORKS, ids=lambda one: one.duty.value)
@pytest.mark.parametrize("is_late", [False, True])
async def test_what_waits_for_longer_than_it_may_is_wrong(store: GraphStore, one: Work, is_late: bool) -> None:
    name, wait = WAITING[one.duty]
    # Less by a minute would do; saved searches wait for five before they are due.
    await wait(store, await ago(store, one.late_s + (60 if is_late else -60)))

    found = await state(store, one.duty)

    assert found.waiting.count == 1
    assert abs(found.oldest_s - one.late_s) < 120
    assert found.is_late is is_late
    if one.duty is not Duty.INDEX:
        told = await finding(store, name)
        assert (told.is_wrong, told.count, bool(told.advice)) == (is_late, 1, is_late)
        assert "the oldest since 20" in told.text


async def test_a_letter_that_is_tried_again_in_time_is_not_late(store: GraphStore) -> None:
    await waiting_letter(store, await ago(store, 4 * 86_400))
    row = {"id": "a", "due_at": await ago(store, -600), "attempts": 20}
    await store.transact(lambda transaction: transaction.put("Letter", [row]))

    found = await state(store, Duty.MAIL)

    assert (found.waiting.count, found.waiting.oldest, found.is_late) == (1, None, False)


@pytest.mark.parametrize("day", ["2020", "2020-03", "2020-03-05"])
async def test_a_day_of_publication_may_be_a_month_or_a_year(store: GraphStore, day: str) -> None:
    await waiting_project(store, "2019-05-01T08:00:00.000000Z")
    (key,) = (await store.query("projects_to_publish", {"today": "2026-12-01", "skip": 0, "limit": 9}))[0]
    row = {"id": key, "publish_from": day}
    await store.transact(lambda transaction: transaction.put("Project", [row]))

    found = await state(store, Duty.HOUSEKEEPING)

    assert found.waiting.oldest == day
    assert found.is_late


async def test_what_is_to_be_published_later_does_not_wait(store: GraphStore) -> None:
    await waiting_project(store, "2019-05-01T08:00:00.000000Z")
    (key,) = (await store.query("projects_to_publish", {"today": "2026-12-01", "skip": 0, "limit": 9}))[0]
    await store.transact(lambda transaction: transaction.put("Project", [{"id": key, "publish_from": "2999"}]))
    assert (await state(store, Duty.HOUSEKEEPING)).waiting.count == 0


@pytest.mark.parametrize("one", WORKS, ids=lambda one: one.duty.value)
async def test_work_that_nobody_does_any_more_is_wrong_although_nothing_waits(store: GraphStore, one: Work) -> None:
    await succeeded(store, one.duty, one.silent_s - 60)
    assert not (await state(store, one.duty)).is_silent
    await succeeded(store, one.duty, one.silent_s + 60)
    assert (await state(store, one.duty)).is_silent
    if one.duty is not Duty.INDEX:
        name, _ = WAITING[one.duty]
        told = await finding(store, name)
        assert told.is_wrong
        assert "this last went well at 20" in told.text
        assert told.advice
        # Where no server runs, everybody knows why.
        assert not (await finding(store, name, is_served=False)).is_wrong


@pytest.mark.parametrize("is_long_ago", [False, True])
async def test_work_that_nobody_ever_did_is_wrong_once_others_were_at_work_for_long(
    store: GraphStore, is_long_ago: bool
) -> None:
    for one in WORKS:
        began = await ago(store, one.silent_s + (60 if is_long_ago else -60))
        row = {"name": "maintenance", "holder": "web", "fence": 1, "expires_at": began, "created_at": began}
        await put(store, "Lease", row)
        assert (await state(store, one.duty)).is_silent is is_long_ago
        if one.duty is not Duty.INDEX:
            told = await finding(store, WAITING[one.duty][0])
            assert told.is_wrong is is_long_ago
            assert ("this never went well" in told.text) is is_long_ago
            assert not (await finding(store, WAITING[one.duty][0], is_served=False)).is_wrong


async def test_a_success_is_noted_once_a_minute_and_by_whom_does_not_matter(store: GraphStore) -> None:
    first, second = Successes(store, Duty.NEWS), Successes(store, Duty.NEWS)
    await first.note()
    noted, calls = await last_successes(store), store.calls
    await first.note()
    assert store.calls == calls
    assert await last_successes(store) == noted
    await second.note()
    assert (await last_successes(store))[Duty.NEWS] > noted[Duty.NEWS]


async def test_a_note_takes_the_lease_from_nobody_and_keeps_none(store: GraphStore) -> None:
    await Successes(store, Duty.NEWS).note()
    async with held(store, Duty.NEWS.lease, holder="one") as fenced:
        await Successes(store, Duty.NEWS).note()
        await fenced.transact(lambda transaction: transaction.delete("News", []))
        assert await acquire(store, Duty.NEWS.lease, holder="two") is None
    assert (await last_successes(store)).keys() == {Duty.NEWS}


async def test_where_many_fail_and_wait_no_round_went_well_until_one_is_done(store: GraphStore) -> None:
    waiting = True

    async def waits() -> bool:
        return waiting

    successes = Successes(store, Duty.MAIL)
    for one in ("a", "b", "a", "c"):
        successes.failed(one)
    await successes.note_round(waits)
    assert await last_successes(store) == {}
    waiting = False
    await successes.note_round(waits)
    assert (await last_successes(store)).keys() == {Duty.MAIL}

    successes = Successes(store, Duty.NEWS)
    for one in ("a", "b"):
        successes.failed(one)
    waiting = True
    await successes.note_round(waits)
    assert Duty.NEWS in await last_successes(store), "one or two that fail are no news"

    successes = Successes(store, Duty.WEBHOOKS)
    for one in ("a", "b", "c"):
        successes.failed(one)
    await successes.done()
    await succeeded(store, Duty.WEBHOOKS, 900)
    before = await last_successes(store)
    successes._noted_at = None
    await successes.note_round(waits)
    assert (await last_successes(store))[Duty.WEBHOOKS] > before[Duty.WEBHOOKS]


async def test_a_teller_that_can_tell_nobody_of_many_news_notes_no_success(store: GraphStore) -> None:
    async def broken(_: object, __: object) -> list[Hearing]:
        raise ValueError("a rule that fails")

    await found_network(store)
    entity = f"Project:{await submitted(store)}"
    moment = await ago(store, 60)
    for number in range(4):
        row = {"kind": "PROJECT_CHANGED", "entity": entity, "actor": "system:test", "attempts": 0}
        await put(store, "News", {"id": f"{number}", "at": moment, "due_at": moment, **row})
    outcomes: list[Outcome] = []
    one = Teller(store, holder="test", rules=(broken,), count=outcomes.append)
    assert await one.tell() == 0
    assert outcomes.count(Outcome.PUT_OFF) >= 4
    assert Outcome.TOLD not in outcomes
    # A round that finds nothing due, since all is put off.
    assert await one.tell() == 0
    await one._successes.note_round(one._waits)
    assert await last_successes(store) == {}


@pytest.mark.parametrize(
    ("duty", "make"),
    [
        (Duty.NEWS, lambda store: Teller(store, holder="test")),
        (Duty.HOUSEKEEPING, lambda store: Housekeeping(store, holder="test")),
    ],
)
async def test_whoever_goes_round_notes_it(store: GraphStore, duty: Duty, make: Callable[[GraphStore], Any]) -> None:
    working = asyncio.create_task(make(store).run())
    async with asyncio.timeout(PATIENCE_S):
        while duty not in await last_successes(store):
            assert not working.done()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_metrics_tell_ages_and_the_last_success(store: GraphStore) -> None:
    await waiting_news(store, await ago(store, 7_200))
    await succeeded(store, Duty.NEWS, 30)
    metrics = Metrics()

    text = metrics.text(up={}, work=await states(store), graph_calls=0).decode()

    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("hubnetz_work"))
    assert lines['hubnetz_work_waiting{work="news"}'] == "1.0"
    assert 7_190 < float(lines['hubnetz_work_oldest_seconds{work="news"}']) < 7_400
    now = datetime.fromisoformat(await store.now()).timestamp()
    assert 25 < now - float(lines['hubnetz_work_last_success_timestamp_seconds{work="news"}']) < 200
    assert lines['hubnetz_work_last_success_timestamp_seconds{work="mail"}'] == "0.0"
    assert lines['hubnetz_work_given_up{work="mail"}'] == "0.0"
    assert 'hubnetz_work_given_up{work="news"}' not in lines

    # What was true a while ago is not told once the graph is away.
    text = metrics.text(up={}, work=None, graph_calls=0).decode()
    assert "hubnetz_work_waiting{" not in text

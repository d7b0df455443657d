"""What a unit of work writes by itself, on each graph database: audit trail, outbox, and the answer under its key."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from auth import policy
from auth.errors import ForbiddenError
from auth.principal import Anonymous, Membership, Principal
from graph.actors import actor_id
from graph.errors import GraphUnavailableError, InvalidInputError, NodeNotFoundError, OutcomeUnknownError
from graph.model import Hub
from graph.port import GraphStore, Transaction
from graph.values import Contact
from graph.vocabulary import Stage, Visibility
from graph.writing.outbox import Outbox
from graph.writing.unit_of_work import MAX_KEY_LENGTH, Unit, UnitOfWork
from tests.fixtures.builders import make_adoption, make_hub, make_municipality, make_project, make_topic
from tests.fixtures.units import SYSTEM, all_changes, clear_outbox, key_of, pending, plain, stored, write

LEAD = Principal("https://issuer.example", "lead", frozenset({Membership.parse("hub_lead:zeitz")}))


# The audit trail


async def test_a_change_says_who_what_and_which_fields(store: GraphStore) -> None:
    await write(store, make_project("p", title="Alt"))

    async def change(unit: Unit) -> None:
        unit.record("rename_project", key_of("Project:p"))
        await unit.put(make_project("p", title="Neu"))

    await UnitOfWork(store).run(change, actor=LEAD)

    created, renamed = await all_changes(store)
    assert (created["action"], created["actor"], created["before"]) == ("create", "system:test", None)
    assert created["after"]["title"] == "Alt"
    assert (renamed["entity"], renamed["action"], renamed["actor"]) == ("Project:p", "rename_project", actor_id(LEAD))
    assert renamed["before"] == {"title": "Alt", "title_sort": "alt"}
    assert renamed["after"] == {"title": "Neu", "title_sort": "neu"}


async def test_the_trail_does_not_tell_who_an_actor_is() -> None:
    other = Principal("https://issuer.example", "another")

    assert "lead" not in actor_id(LEAD)
    assert "issuer" not in actor_id(LEAD)
    assert actor_id(LEAD) != actor_id(other)
    assert actor_id(Principal("ab", "c")) != actor_id(Principal("a", "bc"))
    assert actor_id(Anonymous()) == "anonymous"


async def test_a_batch_is_one_line(store: GraphStore) -> None:
    await write(store, make_municipality("010000000001"))

    async def put(unit: Unit) -> None:
        unit.as_batch("put_register", "Municipality")
        await unit.put_many([make_municipality(f"01000000000{digit}", population=7) for digit in range(1, 5)])

    await UnitOfWork(store).run(put, actor=SYSTEM)

    line = (await all_changes(store))[-1]
    assert (line["entity"], line["action"]) == ("Municipality", "put_register")
    assert line["after"] == {
        "created": 3,
        "changed": 1,
        "deleted": 0,
        "first": "Municipality:010000000001",
        "last": "Municipality:010000000004",
    }


async def test_a_worded_line_stands_even_without_a_change(store: GraphStore) -> None:
    async def note(unit: Unit) -> None:
        unit.record("invite_partner", key_of("Project:p"), None, {"house": "Hub:zeitz"})

    await UnitOfWork(store).run(note, actor=LEAD)

    (line,) = await all_changes(store)
    assert (line["action"], line["after"]) == ("invite_partner", {"house": "Hub:zeitz"})


# The outbox


async def test_a_project_and_what_its_document_quotes_are_reported(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"), make_topic("ozg"), make_project("p"), plain("OWNS", "Hub:zeitz", "Project:p"))
    assert await pending(store) == {"Project:p": False}  # nothing quotes a hub or topic that is new
    await clear_outbox(store)

    await write(store, make_hub("zeitz", name="Anders"))
    await write(store, plain("ADDRESSES", "Project:p", "Topic:ozg"))

    assert await pending(store) == {"Hub:zeitz": False, "Project:p": False}


async def test_a_contact_is_in_no_document(store: GraphStore) -> None:
    await write(store, make_hub("zeitz"))

    await write(store, make_hub("zeitz", contact=Contact("Empfang")))

    assert await pending(store) == {}


async def test_an_adoption_is_reported_for_its_project(store: GraphStore) -> None:
    await write(store, make_project("p"), make_adoption("a"), plain("OF", "Adoption:a", "Project:p"))
    await clear_outbox(store)

    await write(store, make_adoption("a", visibility=Visibility.PRIVATE, adapted="Farbe"))
    assert set(await pending(store)) == {"Project:p"}
    await clear_outbox(store)

    async def leave(unit: Unit) -> None:
        await unit.disconnect(plain("OF", "Adoption:a", "Project:p"))

    await UnitOfWork(store).run(leave, actor=SYSTEM)
    assert "Project:p" in await pending(store)


@pytest.mark.parametrize(
    ("before", "after", "narrows"),
    [
        ({"visibility": Visibility.PUBLIC}, {"visibility": Visibility.NETWORK}, True),
        ({"visibility": Visibility.NETWORK}, {"visibility": Visibility.PRIVATE}, True),
        ({"stage": Stage.PUBLISHED}, {"stage": Stage.WITHDRAWN}, True),
        ({"opened": ("what_failed",)}, {"opened": ()}, True),
        ({"visibility": Visibility.PRIVATE}, {"visibility": Visibility.NETWORK}, False),
        ({"stage": Stage.DRAFT}, {"stage": Stage.PUBLISHED}, False),
        ({"opened": ()}, {"opened": ("what_failed",)}, False),
        ({"title": "Alt"}, {"title": "Neu"}, False),
    ],
)
async def test_what_narrows(store: GraphStore, before: dict[str, Any], after: dict[str, Any], narrows: bool) -> None:
    await write(store, make_project("p", **before))
    await clear_outbox(store)

    await write(store, make_project("p", **after))

    assert await pending(store) == {"Project:p": narrows}
    assert await Outbox(store).narrowed_ids() == (frozenset({"p"}) if narrows else frozenset())


async def test_widening_again_does_not_hide_that_the_index_may_lag(store: GraphStore) -> None:
    await write(store, make_project("p"))
    await write(store, make_project("p", stage=Stage.WITHDRAWN))

    await write(store, make_project("p", stage=Stage.WITHDRAWN, title="Neu"))

    (event,) = await Outbox(store).pending()
    assert event.narrows


async def test_events_of_one_entity_are_one(store: GraphStore) -> None:
    fences = []
    for title in ("Eins", "Zwei", "Drei"):
        await write(store, make_project("p", title=title))
        (event,) = await Outbox(store).pending()
        fences.append(event.fence)

    assert fences == sorted(set(fences))


# Idempotency


async def test_a_second_run_answers_without_running(store: GraphStore) -> None:
    runs = 0

    async def create(unit: Unit) -> dict[str, Any]:
        nonlocal runs
        runs += 1
        project = await unit.put(make_project("p", title=f"Lauf {runs}"))
        return {"id": project.id, "version": project.version, "tags": ["ä", None, 1.5]}

    unit_of_work = UnitOfWork(store)
    first = await unit_of_work.run(create, actor=LEAD, idempotency_key="k")
    second = await unit_of_work.run(create, actor=LEAD, idempotency_key="k")

    assert (first, runs) == (second, 1)


async def test_a_key_belongs_to_its_actor(store: GraphStore) -> None:
    async def whose(unit: Unit) -> str:
        return actor_id(unit.actor)

    unit_of_work = UnitOfWork(store)

    assert await unit_of_work.run(whose, actor=LEAD, idempotency_key="k") == actor_id(LEAD)
    assert await unit_of_work.run(whose, actor=SYSTEM, idempotency_key="k") == "system:test"


async def test_of_simultaneous_runs_under_one_key_one_commits(store: GraphStore) -> None:
    async def create(unit: Unit) -> int:
        hub = await unit.get(Hub, "zeitz")
        count = (hub.workplaces or 0) if hub else 0
        await unit.put(make_hub("zeitz", workplaces=count + 1))
        return count + 1

    answers = await asyncio.gather(*(UnitOfWork(store).run(create, actor=LEAD, idempotency_key="k") for _ in range(8)))

    row = await stored(store, "Hub:zeitz")
    assert row is not None
    assert (answers, row["workplaces"]) == ([1] * 8, 1)


async def test_what_failed_may_be_tried_again_under_its_key(store: GraphStore) -> None:
    async def fail(_: Unit) -> None:
        raise ForbiddenError("no")

    async def succeed(unit: Unit) -> None:
        await unit.put(make_hub("zeitz"))

    with pytest.raises(ForbiddenError):
        await UnitOfWork(store).run(fail, actor=LEAD, idempotency_key="k")
    await UnitOfWork(store).run(succeed, actor=LEAD, idempotency_key="k")

    assert await stored(store, "Hub:zeitz") is not None


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY_LENGTH + 1)])
async def test_keys_have_a_length(store: GraphStore, key: str) -> None:
    async def nothing(_: Unit) -> None:
        return None

    with pytest.raises(InvalidInputError):
        await UnitOfWork(store).run(nothing, actor=LEAD, idempotency_key=key)


@pytest.mark.parametrize("key", ["' RETURN 1 //", "ä\x00ö", "\u202e", "a\nb"])
async def test_hostile_keys_are_only_text(store: GraphStore, key: str) -> None:
    async def one(_: Unit) -> int:
        return 1

    assert await UnitOfWork(store).run(one, actor=LEAD, idempotency_key=key) == 1


@pytest.mark.parametrize("answer", [(1, 2), {1: 2}, float("nan")])
async def test_an_answer_is_json(store: GraphStore, answer: Any) -> None:
    async def create(unit: Unit) -> Any:
        await unit.put(make_hub("zeitz"))
        return answer

    with pytest.raises((TypeError, ValueError)):
        await UnitOfWork(store).run(create, actor=LEAD, idempotency_key="k")

    assert await stored(store, "Hub:zeitz") is None


class LosesTheAnswer:
    """A store whose connection breaks after each commit: the transaction happened, nobody heard of it."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, function: Callable[[Transaction], Awaitable[Any]], *, timeout_s: float = 30.0) -> Any:
        await self._store.transact(function, timeout_s=timeout_s)
        raise OutcomeUnknownError("the connection broke", idempotency_key="")


@pytest.mark.parametrize("key", [None, "mine"])
async def test_an_unknown_outcome_is_settled_by_its_key(store: GraphStore, key: str | None) -> None:
    async def create(unit: Unit) -> int:
        return (await unit.put(make_project("p", title="Einmal"))).version

    with pytest.raises(OutcomeUnknownError) as caught:
        await UnitOfWork(LosesTheAnswer(store)).run(create, actor=LEAD, idempotency_key=key)
    assert caught.value.idempotency_key == (key or caught.value.idempotency_key)

    async def never(_: Unit) -> int:
        raise AssertionError("it has happened already")

    settled = await UnitOfWork(store).run(never, actor=LEAD, idempotency_key=caught.value.idempotency_key)
    assert settled == 1


class FailsOnce:
    """A store that rolls the first attempt back after the function has run, as a deadlock does."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self.attempts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, function: Callable[[Transaction], Awaitable[Any]], *, timeout_s: float = 30.0) -> Any:
        async def rolled_back(transaction: Transaction) -> None:
            self.attempts += 1
            await function(transaction)
            raise GraphUnavailableError("deadlock")

        with pytest.raises(GraphUnavailableError):
            await self._store.transact(rolled_back, timeout_s=timeout_s)
        self.attempts += 1
        return await self._store.transact(function, timeout_s=timeout_s)


async def test_nothing_of_an_attempt_leaks_into_the_next(store: GraphStore) -> None:
    failing = FailsOnce(store)
    await write(store, make_hub("zeitz"), make_project("p"))
    await clear_outbox(store)

    async def change(unit: Unit) -> None:
        if failing.attempts == 1:
            await unit.put(make_hub("rolled-back"))
            await unit.put(make_hub("zeitz", name="Nie"))
            unit.record("never", key_of("Hub:rolled-back"), None, {"a": 1})
        await unit.put(make_project("p", title="Neu"))

    await UnitOfWork(failing).run(change, actor=SYSTEM)

    assert failing.attempts == 2
    assert await stored(store, "Hub:rolled-back") is None
    assert [line["entity"] for line in await all_changes(store)][2:] == ["Project:p"]
    assert await pending(store) == {"Project:p": False}
    row = await stored(store, "Project:p")
    assert row is not None
    assert row["version"] == 2


# Reading for a caller


async def test_what_a_caller_may_not_see_looks_absent(store: GraphStore) -> None:
    await write(store, make_project("p", stage=Stage.DRAFT))

    async def message(unit: Unit, key: str) -> str:
        with pytest.raises(NodeNotFoundError) as caught:
            await unit.require_readable(key_of(key))
        return str(caught.value)

    async def look(unit: Unit) -> list[str]:
        return [await message(unit, "Project:p"), await message(unit, "Project:absent")]

    hidden, absent = await UnitOfWork(store).run(look, actor=LEAD)
    assert hidden.replace(":p", ":absent") == absent


async def test_the_system_sees_and_may_everything_an_outsider_not(store: GraphStore) -> None:
    await write(store, make_project("p", stage=Stage.DRAFT))

    async def edit(unit: Unit) -> bool:
        entry = await unit.require_readable(key_of("Project:p"))
        unit.require(policy.may_edit_project, entry.stewards)
        return True

    assert await UnitOfWork(store).run(edit, actor=SYSTEM)
    with pytest.raises(NodeNotFoundError):
        await UnitOfWork(store).run(edit, actor=Anonymous())

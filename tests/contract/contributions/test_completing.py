"""The rest of an entry is asked for one question at a time, on each graph database."""

from datetime import date, timedelta
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.completing import ASKED_EVERY_DAYS, QUESTIONS, CompleteEntry, complete_entry
from graph.commands.due import ask_what_is_open
from graph.commands.project_changes import ProjectChanges
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.queries import load
from graph.vocabulary import Origin, Stage
from tests.fixtures.builders import make_project, relate
from tests.fixtures.contributing import (
    ANYBODY,
    OTHER_CLERK,
    TOWN_CLERK,
    WILSTER_LEAD,
    at,
    count_kills,
    drafted,
    found_network,
    published,
    tasks_of,
)
from tests.fixtures.units import stored, write

MONDAY = date(2026, 11, 2)


def moment(days: int) -> str:
    return f"{MONDAY + timedelta(days=days)}T09:00:00.000000Z"


async def asks(store: GraphStore, days: int) -> int:
    """How many were asked, so many days after Monday."""
    return await ask_what_is_open(at(store, moment(days)), today=MONDAY + timedelta(days=days))


async def open_question(store: GraphStore, caller: Caller = TOWN_CLERK) -> tuple[str, str] | None:
    """Id and field of the one question that waits."""
    found = await store.query("test_questions", {})
    assert len(found) <= 1
    return (str(found[0][0]), str(found[0][1])) if found else None


async def reply(store: GraphStore, text: str | None, caller: Caller = TOWN_CLERK, *, days: int = 8) -> Any:
    waiting = await open_question(store)
    assert waiting is not None
    command = CompleteEntry(task=waiting[0], text=text)
    return await complete_entry(at(store, moment(days)), command, actor=caller)


async def test_a_week_after_a_draft_its_house_is_asked_the_first_thing_that_is_open(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)

    assert await asks(store, ASKED_EVERY_DAYS) == 0
    assert await asks(store, ASKED_EVERY_DAYS + 1) == 1
    assert await asks(store, ASKED_EVERY_DAYS + 1) == 0

    assert await tasks_of(store, TOWN_CLERK) == [("COMPLETE_ENTRY", f"Project:{project}")]
    waiting = await open_question(store)
    assert waiting is not None
    assert waiting[1] == next(iter(QUESTIONS))


async def test_the_answer_stands_in_the_entry_and_the_next_question_waits_for_a_week(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await asks(store, 8)

    await reply(store, "  Erst messen, dann rechnen.  ")

    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert row["writeup"] == "Erst messen, dann rechnen."
    assert await tasks_of(store, TOWN_CLERK) == []
    assert await asks(store, 9) == 0
    assert await asks(store, 16) == 1
    assert (await open_question(store) or ("", ""))[1] == list(QUESTIONS)[1]


async def test_every_question_is_asked_once_and_then_there_is_peace(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    asked = []
    for week in range(1, len(QUESTIONS) + 1):
        assert await asks(store, 8 * week) == 1
        waiting = await open_question(store)
        assert waiting is not None
        asked.append(waiting[1])
        await reply(store, None, days=8 * week)

    assert asked == list(QUESTIONS)
    assert await asks(store, 500) == 0
    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert row["version"] == 1


async def test_what_an_entry_says_is_not_asked(store: GraphStore) -> None:
    await found_network(store)
    said: dict[str, Any] = {name: 1 if "cost" in name or "days" in name else "Gesagt." for name in QUESTIONS}
    await drafted(store, more=ProjectChanges(**{**said, "legal_basis": None}))

    assert await asks(store, 8) == 1
    assert (await open_question(store) or ("", ""))[1] == "legal_basis"


@pytest.mark.parametrize(
    "planted",
    [{"origin": Origin.COMPILED}, {"stage": Stage.WITHDRAWN}, {"stage": Stage.ARCHIVED}, {"stage": Stage.SUBMITTED}],
)
async def test_who_did_not_register_it_or_ended_it_is_left_in_peace(store: GraphStore, planted: dict[str, Any]) -> None:
    await found_network(store)
    entry = make_project("p", **{"origin": Origin.REGISTERED, "stage": Stage.PUBLISHED, **planted})
    await write(store, entry, relate("OWNS", NodeKey("Municipality", "010615138001"), entry))

    assert await asks(store, 500) == 0


async def test_withdrawing_ends_the_question(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await asks(store, 8)

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)

    assert await open_question(store) is None


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("ca. 18.000 €", 18_000), ("rund 7 Tage", 7), ("1 200,- Euro", 1_200)]
)
async def test_a_number_is_understood_as_people_write_it(store: GraphStore, text: str, number: int) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(writeup="Gesagt."))
    await asks(store, 8)

    await reply(store, text)

    row = await stored(store, f"Project:{project}")
    assert row is not None
    assert row["effort_days"] == number


@pytest.mark.parametrize("text", ["", "  ", "viele", "-3", "3,5", "99999999999", "1.2.3", "x" * 5_001])
async def test_an_answer_that_is_none_is_refused_and_asked_for_still(store: GraphStore, text: str) -> None:
    await found_network(store)
    await drafted(store, more=ProjectChanges(writeup="Gesagt."))
    await asks(store, 8)

    with pytest.raises(InvalidInputError, match="text: expected"):
        await reply(store, text)

    assert await open_question(store) is not None


@pytest.mark.parametrize(
    ("caller", "error"), [(ANYBODY, NodeNotFoundError), (OTHER_CLERK, NodeNotFoundError), (WILSTER_LEAD, None)]
)
async def test_others_do_not_answer(store: GraphStore, caller: Caller, error: type[Exception] | None) -> None:
    await found_network(store)
    await published(store)
    await asks(store, 8)

    if error is None:
        # The reviewing hub may change the entry, but is not asked.
        with pytest.raises((NodeNotFoundError, ForbiddenError)):
            await reply(store, "Gesagt.", caller)
    else:
        with pytest.raises(error):
            await reply(store, "Gesagt.", caller)


async def test_an_answer_survives_a_kill_at_every_step(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await asks(store, 8)
    waiting = await open_question(store)
    assert waiting is not None
    command = CompleteEntry(task=waiting[0], text="Gesagt.")

    async def snapshot() -> object:
        return await stored(store, f"Project:{project}"), await open_question(store)

    kills = await count_kills(store, lambda work: complete_entry(work, command, actor=TOWN_CLERK), snapshot)

    assert kills > 3
    assert await open_question(store) is None


def test_the_query_asks_for_the_same_fields() -> None:
    text = load("projects_to_complete", "neo4j")

    assert all(f"p.{name} " in text and f"note: '{name}'" in text for name in QUESTIONS)
    assert text.count("note: '") == len(QUESTIONS)
    assert QUESTIONS.keys() <= LABELS["Project"].properties.keys()

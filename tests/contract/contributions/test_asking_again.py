"""How often people are asked, and so written to: the same thing in a day, and by one caller; on each graph database."""

import pytest

from auth.principal import Caller
from graph.actors import actor_id
from graph.commands.project_changes import Partner, ProjectChanges
from graph.commands.update_project import UpdateProject, update_project
from graph.errors import TooOftenError
from graph.port import GraphStore
from graph.writing.tasks import AGAIN_A_DAY, ASKED_A_DAY
from tests.fixtures.contributing import (
    AMT_CLERK,
    FIRM,
    MONDAY,
    PROFESSOR,
    TOWN_CLERK,
    UNIVERSITY,
    at,
    drafted,
    found_network,
    task_of,
)
from tests.fixtures.units import stored

TOMORROW = "2026-11-03T09:00:01.000000Z"


async def version(store: GraphStore, project: str) -> int:
    row = await stored(store, f"Project:{project}")
    assert row is not None
    return int(row["version"])


async def name_partners(
    store: GraphStore, project: str, *wanted: Partner, actor: Caller = TOWN_CLERK, now: str = MONDAY
) -> None:
    changes = ProjectChanges(partners=wanted)
    command = UpdateProject(project=project, expected_version=await version(store, project), changes=changes)
    await update_project(at(store, now), command, actor=actor)


async def test_a_house_is_asked_for_one_thing_so_often_in_a_day(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    for number in range(AGAIN_A_DAY):
        await name_partners(store, project, Partner(house=UNIVERSITY, role=f"Rolle {number}"))
    asked, before = await task_of(store, PROFESSOR), await version(store, project)

    with pytest.raises(TooOftenError) as refused:
        await name_partners(store, project, Partner(house=UNIVERSITY, role="Rolle"))

    assert refused.value.retry_after_s > 0
    assert (await task_of(store, PROFESSOR), await version(store, project)) == (asked, before)
    # Taking it away and back is no way round; another house is another mailbox, another day another day.
    await name_partners(store, project)
    with pytest.raises(TooOftenError):
        await name_partners(store, project, Partner(house=UNIVERSITY))
    await name_partners(store, project, Partner(house=FIRM))
    await name_partners(store, project, Partner(house=FIRM), Partner(house=UNIVERSITY), now=TOMORROW)
    assert (await task_of(store, PROFESSOR)).subject == str(UNIVERSITY)


async def test_a_caller_asks_so_much_in_a_day(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store)
    await _has_asked(store, TOWN_CLERK, ASKED_A_DAY - 1)
    await name_partners(store, project, Partner(house=FIRM))

    with pytest.raises(TooOftenError):
        await name_partners(store, project, Partner(house=FIRM), Partner(house=UNIVERSITY))

    # What asks nobody goes on, and so do others.
    await name_partners(store, project, Partner(house=FIRM))
    await name_partners(store, project, Partner(house=FIRM), Partner(house=UNIVERSITY), actor=AMT_CLERK)
    assert (await task_of(store, PROFESSOR)).subject == str(UNIVERSITY)


async def _has_asked(store: GraphStore, caller: Caller, times: int) -> None:
    moments = dict.fromkeys(("created_at", "updated_at", "at"), MONDAY)
    line = {"actor": actor_id(caller), "action": "ask", **moments}
    rows = [{"id": f"planted-{number}", "entity": f"Task:planted-{number}", **line} for number in range(times)]
    await store.transact(lambda transaction: transaction.put("Change", rows))

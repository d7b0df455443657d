"""Joining a project instead of doing the same again, on each graph database."""

from dataclasses import replace

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands.joining import DecidePartner, JoinProject, decide_partner, join_project
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError
from graph.port import GraphStore
from graph.writing.lifecycle import MoveNotAllowedError
from graph.writing.tasks import tasks_for
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    drafted,
    found_network,
    plant_compiled,
    published,
    submitted,
    tasks_of,
)


async def partners(store: GraphStore, project: str) -> dict[str, dict[str, object]]:
    found = await store.transact(lambda transaction: transaction.follow(links.PROJECT_HOUSES, [project]))
    return {str(key): edge for key, edge in found.get(project, [])}


async def test_the_owner_decides_whether_a_house_takes_part(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    ask = JoinProject(project=project, house=UNIVERSITY, role="Forschung", note="Wir bringen Sensoren mit.")

    await join_project(at(store), ask, actor=PROFESSOR)

    assert await partners(store, project) == {}
    (task,) = await tasks_for(store, TOWN_CLERK)
    assert (task.kind, task.subject) == ("DECIDE_PARTNER", str(UNIVERSITY))
    assert task.note == "Rolle: Forschung\nWir bringen Sensoren mit."
    accept = DecidePartner(project=project, house=UNIVERSITY, is_accepted=True, role="Forschung")
    for actor in (PROFESSOR, ZEITZ_LEAD, OTHER_CLERK):
        with pytest.raises(ForbiddenError):
            await decide_partner(at(store), accept, actor=actor)
    await decide_partner(at(store), accept, actor=TOWN_CLERK)

    (edge,) = (await partners(store, project)).values()
    assert edge["role"] == "Forschung"
    assert edge["confirmed_at"] is not None
    assert await tasks_of(store, TOWN_CLERK) == []
    with pytest.raises(ConstraintError):
        await join_project(at(store), ask, actor=PROFESSOR)


async def test_a_refusal_says_why_and_leaves_the_project_as_it_is(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    await join_project(at(store), JoinProject(project=project, house=UNIVERSITY), actor=PROFESSOR)
    refuse = DecidePartner(project=project, house=UNIVERSITY, is_accepted=False)

    with pytest.raises(InvalidInputError):
        await decide_partner(at(store), refuse, actor=WILSTER_LEAD)
    await decide_partner(at(store), replace(refuse, reason="Schon voll."), actor=WILSTER_LEAD)

    assert await partners(store, project) == {}
    with pytest.raises(NodeNotFoundError):
        await decide_partner(at(store), replace(refuse, reason="Noch einmal."), actor=WILSTER_LEAD)


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, OTHER_CLERK, ZEITZ_MEMBER, ADMIN])
async def test_nobody_joins_for_another_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises(ForbiddenError):
        await join_project(at(store), JoinProject(project=project, house=UNIVERSITY), actor=actor)


async def test_what_is_not_published_is_not_joined(store: GraphStore) -> None:
    await found_network(store)
    hidden, waiting = await drafted(store), await submitted(store)

    with pytest.raises(NodeNotFoundError):
        await join_project(at(store), JoinProject(project=hidden, house=OTHER_TOWN), actor=OTHER_CLERK)
    with pytest.raises(MoveNotAllowedError):
        await join_project(at(store), JoinProject(project=waiting, house=TOWN), actor=TOWN_CLERK)


async def test_the_house_that_owns_it_takes_part_already(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    with pytest.raises(ConstraintError):
        await join_project(at(store), JoinProject(project=project, house=TOWN), actor=TOWN_CLERK)


async def test_without_owner_and_hub_the_administration_decides(store: GraphStore) -> None:
    await found_network(store)
    await plant_compiled(store, "niemandes")

    await join_project(at(store), JoinProject(project="niemandes", house=OTHER_TOWN), actor=OTHER_CLERK)

    assert await tasks_of(store, ADMIN) == [("DECIDE_PARTNER", "Project:niemandes")]
    accept = DecidePartner(project="niemandes", house=OTHER_TOWN, is_accepted=True)
    with pytest.raises(ForbiddenError):
        await decide_partner(at(store), accept, actor=OTHER_CLERK)
    await decide_partner(at(store), accept, actor=ADMIN)
    assert list(await partners(store, "niemandes")) == [str(OTHER_TOWN)]

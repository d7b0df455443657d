"""Single-use links on each graph database: opened without effect, spent once and together with what they decide."""

import asyncio
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Principal
from auth.sessions import hashed
from graph.commands.partnerships import (
    ConfirmPartnership,
    DeclinePartnership,
    confirm_partnership,
    decline_partnership,
)
from graph.errors import NodeNotFoundError
from graph.port import GraphStore
from graph.telling.single_use import Spending, decider, look, purge, spend
from graph.values import Contact
from graph.writing.unit_of_work import Unit, UnitOfWork
from tests.fixtures.builders import make_municipality, plant
from tests.fixtures.contributing import (
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN,
    at,
    count_kills,
    drafted,
    found_network,
)
from tests.fixtures.mail import INVITES, all_letters, link_of, reachable, told
from tests.fixtures.units import all_changes, stored


async def linked(store: GraphStore) -> tuple[str, str]:
    """A project that names a town as a partner, and the secret that the town got."""
    await found_network(store)
    await reachable(store)
    project = await drafted(store, more=INVITES)
    await told(store)
    (letter,) = await all_letters(store)
    return project, await link_of(store, letter)


async def confirm(store: Any, project: str, secret: str, key: str | None = None) -> Any:
    opened = await look(store, secret)
    assert opened is not None
    work = Spending(UnitOfWork(store), opened.link.id)
    command = ConfirmPartnership(project=project, house=OTHER_TOWN)
    return await confirm_partnership(work, command, actor=opened.decider, idempotency_key=key)


async def link(store: GraphStore, secret: str) -> dict[str, Any]:
    row = await stored(store, f"SingleUseLink:{hashed(secret)}")
    assert row is not None
    return row


async def test_it_says_what_is_asked_as_the_house_may_see_it(store: GraphStore) -> None:
    _, secret = await linked(store)

    opened = await look(store, secret)

    assert opened is not None
    matter = opened.matter
    assert (matter.title, matter.house, matter.asker) == ("Parken per App", "Andere Stadt", f"Gemeinde {TOWN.value}")
    assert (matter.role, matter.is_owner_to_be) == ("Erprobung", False)
    assert isinstance(opened.decider, Principal)
    assert [str(membership) for membership in opened.decider.memberships] == [f"municipality:{OTHER_TOWN.value}"]


async def test_looking_writes_nothing(store: GraphStore) -> None:
    _, secret = await linked(store)
    before = await all_changes(store), await link(store, secret)
    for _ in range(3):
        assert await look(store, secret) is not None
    assert (await all_changes(store), await link(store, secret)) == before


async def test_it_is_spent_with_the_decision_in_the_name_of_a_link(store: GraphStore) -> None:
    project, secret = await linked(store)

    await confirm(store, project, secret)

    assert (await link(store, secret))["used_at"] is not None
    assert await look(store, secret) is None
    (change,) = [change for change in await all_changes(store) if change["action"] == "confirm_partnership"]
    assert change["actor"].startswith("link:")
    assert secret not in repr(await all_changes(store))
    assert not [change for change in await all_changes(store) if "SingleUseLink" in change["entity"]]


async def test_a_command_that_fails_leaves_the_link_as_it_was(store: GraphStore) -> None:
    project, secret = await linked(store)
    opened = await look(store, secret)
    assert opened is not None
    foreign = ConfirmPartnership(project=project, house=TOWN)
    with pytest.raises(ForbiddenError):
        await confirm_partnership(Spending(UnitOfWork(store), opened.link.id), foreign, actor=opened.decider)

    assert (await link(store, secret))["used_at"] is None
    assert await look(store, secret) is not None


async def test_it_decides_for_its_house_and_its_project_alone(store: GraphStore) -> None:
    project, secret = await linked(store)
    other = await drafted(store, more=INVITES, title="Anderes")
    opened = await look(store, secret)
    assert opened is not None
    # Even one who could name another project: the house is asked there, too, by another link.
    work = Spending(UnitOfWork(store), opened.link.id)
    await confirm_partnership(work, ConfirmPartnership(project=project, house=OTHER_TOWN), actor=opened.decider)
    with pytest.raises(NodeNotFoundError):
        await confirm_partnership(work, ConfirmPartnership(project=other, house=OTHER_TOWN), actor=opened.decider)


async def test_killed_at_any_step_neither_or_both_are_written(store: GraphStore) -> None:
    project, secret = await linked(store)
    opened = await look(store, secret)
    assert opened is not None

    async def snapshot() -> object:
        return await link(store, secret), await all_changes(store), await stored(store, f"Project:{project}")

    async def attempt(work: UnitOfWork) -> object:
        command = ConfirmPartnership(project=project, house=OTHER_TOWN)
        return await confirm_partnership(Spending(work, opened.link.id), command, actor=opened.decider)

    assert await count_kills(store, attempt, snapshot) > 5
    assert (await link(store, secret))["used_at"] is not None


async def test_of_many_at_once_one_decides(store: GraphStore) -> None:
    project, secret = await linked(store)
    opened = await look(store, secret)
    assert opened is not None

    async def decline() -> object:
        work = Spending(UnitOfWork(store), opened.link.id)
        command = DeclinePartnership(project=project, house=OTHER_TOWN, reason="nein")
        return await decline_partnership(work, command, actor=opened.decider)

    results = await asyncio.gather(
        *(confirm(store, project, secret) for _ in range(2)), *(decline() for _ in range(2)), return_exceptions=True
    )

    assert sum(isinstance(result, dict) for result in results) == 1
    assert all(isinstance(result, dict | NodeNotFoundError | AssertionError) for result in results), results


async def test_who_signs_in_and_decides_first_leaves_the_link_without_a_decision(store: GraphStore) -> None:
    project, secret = await linked(store)
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=OTHER_TOWN), actor=OTHER_CLERK)

    assert await look(store, secret) is None
    with pytest.raises(NodeNotFoundError):
        await UnitOfWork(store).run(lambda unit: _spent(unit, secret), actor=OTHER_CLERK)
    assert (await link(store, secret))["used_at"] is None


async def _spent(unit: Unit, secret: str) -> str:
    return (await spend(unit, hashed(secret))).id


async def test_an_address_that_is_no_longer_the_house_s_opens_nothing(store: GraphStore) -> None:
    _, secret = await linked(store)
    await plant(
        store, make_municipality(OTHER_TOWN.value, contact=Contact("Rathaus", email="neu@andere-stadt.example"))
    )
    assert await look(store, secret) is None


@pytest.mark.parametrize("secret", ["", "x", "A" * 42, "A" * 44, "A" * 43, "Ä" * 43, "A" * 42 + "=", "A" * 42 + "\n"])
async def test_what_is_no_link_opens_nothing(store: GraphStore, secret: str) -> None:
    assert await look(store, secret) is None


async def test_links_that_are_long_over_are_purged(store: GraphStore) -> None:
    _, secret = await linked(store)
    assert await purge(store) == 0
    old = {"id": hashed(secret), "expires_at": "2026-01-01T00:00:00.000000Z"}
    await store.transact(lambda transaction: transaction.put("SingleUseLink", [old]))
    assert await look(store, secret) is None
    assert await purge(store) == 1


async def test_a_link_of_no_house_speaks_for_nobody(store: GraphStore) -> None:
    _, secret = await linked(store)
    opened = await look(store, secret)
    assert opened is not None
    row = {"id": hashed(secret), "house": None}
    await store.transact(lambda transaction: transaction.put("SingleUseLink", [row]))
    assert await look(store, secret) is None
    assert decider(opened.link) != OTHER_CLERK

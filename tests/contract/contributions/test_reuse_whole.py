"""An adoption is written whole, and once, on each graph database."""

from graph.commands.adoptions import ConfirmAdoption, confirm_adoption, record_adoption
from graph.port import GraphStore
from tests.contract.contributions.test_reuse import adopts, counts
from tests.fixtures.contributing import (
    OTHER_CLERK,
    TOWN_CLERK,
    at,
    count_kills,
    found_network,
    published,
    tasks_of,
)
from tests.fixtures.units import all_changes


async def test_a_kill_leaves_nothing_of_an_adoption(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    async def snapshot() -> object:
        return await all_changes(store), await counts(store, project), await tasks_of(store, TOWN_CLERK)

    command = adopts(project)
    assert await count_kills(store, lambda work: record_adoption(work, command, actor=OTHER_CLERK), snapshot) > 5


async def test_a_repeated_key_adopts_and_confirms_once(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    answers = [
        await record_adoption(at(store), adopts(project), actor=OTHER_CLERK, idempotency_key="k") for _ in range(2)
    ]
    command = ConfirmAdoption(adoption=str(answers[0]["id"]))
    confirmed = [await confirm_adoption(at(store), command, actor=TOWN_CLERK, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]
    assert confirmed[0] == confirmed[1]

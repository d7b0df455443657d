"""Adoptions that nobody confirms again: declared, until somebody does; on each graph database."""

from datetime import date

from auth import policy
from graph.commands.adoptions import (
    AdoptionCounts,
    ConfirmAdoption,
    DeclineAdoption,
    ReconfirmAdoption,
    RecordAdoption,
    adoption_counts,
    confirm_adoption,
    decline_adoption,
    reconfirm_adoption,
    record_adoption,
)
from graph.commands.due import ask_whether_in_use, let_silent_lapse
from graph.port import GraphStore
from graph.vocabulary import AdoptionStatus
from tests.fixtures.contributing import (
    ANYBODY,
    MONDAY,
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN_CLERK,
    at,
    found_network,
    published,
    tasks_of,
)
from tests.fixtures.units import all_changes, pending, stored


async def confirmed(store: GraphStore, project: str) -> str:
    """An adoption that both sides confirmed on the second of November 2026."""
    adopts = RecordAdoption(project=project, house=OTHER_TOWN, status=AdoptionStatus.IN_USE)
    adoption = str((await record_adoption(at(store), adopts, actor=OTHER_CLERK))["id"])
    await confirm_adoption(at(store), ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)
    return adoption


async def adoption_of(store: GraphStore, adoption: str) -> dict[str, object]:
    row = await stored(store, f"Adoption:{adoption}")
    assert row is not None
    return row


async def counts(store: GraphStore, project: str) -> AdoptionCounts | None:
    return (await adoption_counts(store, [project], audiences=policy.audiences(ANYBODY))).get(project)


async def test_an_adoption_of_which_nothing_is_heard_is_declared_until_its_house_reconfirms(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await confirmed(store, project)
    work = at(store, "2027-10-20T08:00:00.000000Z")
    await ask_whether_in_use(work, today=date(2027, 10, 20))

    # The second of November, and sixty days.
    assert await let_silent_lapse(work, today=date(2028, 1, 1)) == 0
    assert await counts(store, project) == AdoptionCounts(confirmed=1)
    assert await let_silent_lapse(at(store, "2028-01-02T01:00:00.000000Z"), today=date(2028, 1, 2)) == 1
    assert await let_silent_lapse(work, today=date(2028, 1, 2)) == 0

    assert await counts(store, project) == AdoptionCounts(declared=1)
    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["lapsed_confirmation_at"]) == (None, MONDAY)
    assert await tasks_of(store, OTHER_CLERK) == [("RECONFIRM_ADOPTION", f"Adoption:{adoption}")]
    assert await tasks_of(store, TOWN_CLERK) == []
    assert f"Project:{project}" in await pending(store)

    late = at(store, "2028-03-01T08:00:00.000000Z")
    await reconfirm_adoption(late, ReconfirmAdoption(adoption=adoption), actor=OTHER_CLERK)

    assert await counts(store, project) == AdoptionCounts(confirmed=1)
    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["lapsed_confirmation_at"]) == (MONDAY, None)
    assert row["reconfirm_by"] == "2029-03-01"
    assert await tasks_of(store, OTHER_CLERK) == []
    lines = [line for line in await all_changes(store) if line["entity"] == f"Adoption:{adoption}"]
    assert [line["action"] for line in lines][-2:] == ["lapse_adoption", "reconfirm_adoption"]


async def lapsed(store: GraphStore, project: str) -> str:
    adoption = await confirmed(store, project)
    await ask_whether_in_use(at(store, "2027-10-20T08:00:00.000000Z"), today=date(2027, 10, 20))
    assert await let_silent_lapse(at(store), today=date(2028, 2, 1)) == 1
    return adoption


async def test_what_lapsed_the_project_s_side_may_confirm_anew(store: GraphStore) -> None:
    await found_network(store)
    adoption = await lapsed(store, await published(store))
    now = "2028-03-01T08:00:00.000000Z"

    await confirm_adoption(at(store, now), ConfirmAdoption(adoption=adoption), actor=TOWN_CLERK)

    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["lapsed_confirmation_at"]) == (now, None)
    assert await tasks_of(store, OTHER_CLERK) == []


async def test_what_lapsed_and_was_declined_or_goes_on_otherwise_is_not_brought_back(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    adoption = await lapsed(store, project)

    await decline_adoption(at(store), DeclineAdoption(adoption=adoption, reason="Nie gehört"), actor=TOWN_CLERK)
    await reconfirm_adoption(at(store), ReconfirmAdoption(adoption=adoption), actor=OTHER_CLERK)

    row = await adoption_of(store, adoption)
    assert (row["confirmed_by_owner_at"], row["lapsed_confirmation_at"]) == (None, None)
    assert await counts(store, project) == AdoptionCounts(declared=1)


async def test_nothing_lapses_of_which_its_house_was_not_asked_long_ago(store: GraphStore) -> None:
    await found_network(store)
    await confirmed(store, await published(store))

    assert await let_silent_lapse(at(store), today=date(2030, 1, 1)) == 0
    await ask_whether_in_use(at(store, "2029-12-31T08:00:00.000000Z"), today=date(2030, 1, 1))
    assert await let_silent_lapse(at(store), today=date(2030, 1, 1)) == 0
    assert await let_silent_lapse(at(store), today=date(2030, 3, 2)) == 1

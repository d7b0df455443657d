"""Whom one reaches at a house: who may say so, and that what waits goes out to the new address."""

from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.house_contact import TOLD_A_DAY, SaveHouseContact, save_house_contact
from graph.commands.partnerships import ConfirmPartnership, confirm_partnership
from graph.commands.project_changes import Partner, ProjectChanges
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError, TooOftenError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import ByKeys, Selection
from graph.values import Contact
from graph.vocabulary import Visibility
from tests.fixtures.contributing import (
    ADMIN,
    AMT_CLERK,
    ANYBODY,
    ENGINEER,
    FIRM,
    OTHER_CLERK,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER,
    WILSTER_LEAD,
    WILSTER_REVIEWER,
    ZEITZ,
    ZEITZ_LEAD,
    ZEITZ_MEMBER,
    at,
    drafted,
    found_network,
)
from tests.fixtures.units import all_changes, stored

CONTACT = Contact("Hauptamt", email="hauptamt@gemeinde.example", phone="04823 1234")


async def saved(
    store: GraphStore, house: NodeKey, actor: Caller = TOWN_CLERK, contact: Contact | None = CONTACT, **given: Any
) -> int:
    """By how much the version grew."""
    before: int = (await stored(store, str(house)) or {}).get("version", 0)
    chosen: dict[str, Any] = {"expected_version": before, "visibility": Visibility.NETWORK} | given
    command = SaveHouseContact(house=house, contact=contact, **chosen)
    return int((await save_house_contact(at(store), command, actor=actor))["version"]) - before


async def announced(store: GraphStore) -> list[str]:
    return sorted(entity for kind, entity in await _news(store) if kind == "TASK_ASKED")


async def _news(store: GraphStore) -> list[tuple[str, str]]:
    return [(str(kind), str(entity)) for kind, entity, *_ in await store.query("test_news_told", {})]


async def heard(store: GraphStore) -> None:
    keys = [str(row[2]) for row in await store.query("test_news_told", {})]
    await store.transact(lambda transaction: transaction.delete("News", keys))


@pytest.mark.parametrize(
    ("house", "actor"),
    [
        (TOWN, TOWN_CLERK),
        (TOWN, AMT_CLERK),
        (TOWN, WILSTER_LEAD),
        (TOWN, ADMIN),
        (UNIVERSITY, PROFESSOR),
        (UNIVERSITY, ZEITZ_LEAD),
        (ZEITZ, ZEITZ_LEAD),
        (WILSTER, WILSTER_REVIEWER),
    ],
)
async def test_people_of_the_house_and_leads_of_its_hubs_save_it(
    store: GraphStore, house: NodeKey, actor: Caller
) -> None:
    await found_network(store)
    assert await saved(store, house, actor) == 1
    row = await stored(store, str(house))
    assert row is not None
    assert (row["contact"]["email"], row["contact_visibility"]) == (CONTACT.email, "NETWORK")


@pytest.mark.parametrize(
    ("house", "actor"),
    [
        (TOWN, ZEITZ_LEAD),
        (TOWN, WILSTER_REVIEWER),
        (TOWN, OTHER_CLERK),
        (ZEITZ, ZEITZ_MEMBER),
        (ZEITZ, WILSTER_LEAD),
        (FIRM, ZEITZ_LEAD),
        (TOWN, VISITOR),
        (TOWN, ANYBODY),
    ],
)
async def test_nobody_else_does(store: GraphStore, house: NodeKey, actor: Caller) -> None:
    await found_network(store)
    with pytest.raises(ForbiddenError):
        # Whoever may not is not told the version either.
        await saved(store, house, actor, expected_version=7)
    assert await announced(store) == []


async def test_nothing_is_overwritten(store: GraphStore) -> None:
    await found_network(store)
    before = (await stored(store, str(TOWN)) or {})["version"]
    await saved(store, TOWN)
    with pytest.raises(StaleWriteError) as stale:
        await saved(store, TOWN, WILSTER_LEAD, Contact("Andere", email="x@y.example"), expected_version=before)
    row = await stored(store, str(TOWN))
    assert row is not None
    assert stale.value.current_version == row["version"] == before + 1
    assert row["contact"]["function"] == "Hauptamt"


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (Contact(" ", email="a@b.example"), "function"),
        (Contact("Amt"), "contact"),
        (Contact("Amt", email="a@b.example\nBcc: c@d.example"), "email"),
        (Contact("Amt", email="Amt <a@b.example>"), "email"),
    ],
)
async def test_a_contact_can_be_reached(store: GraphStore, contact: Contact, field: str) -> None:
    await found_network(store)
    with pytest.raises(InvalidInputError) as refused:
        await saved(store, TOWN, contact=contact)
    assert refused.value.field == field


@pytest.mark.parametrize("house", [NodeKey("Hub", "nowhere"), NodeKey("Project", "x"), NodeKey("Session", "x")])
async def test_a_house_is_there(store: GraphStore, house: NodeKey) -> None:
    await found_network(store)
    with pytest.raises(NodeNotFoundError):
        await saved(store, house, ADMIN)


async def test_the_audit_trail_conceals_it(store: GraphStore) -> None:
    await found_network(store)
    await saved(store, TOWN)
    (change,) = [change for change in await all_changes(store) if change["action"] == "save_house_contact"]
    assert (change["entity"], change["after"]["contact"]) == (str(TOWN), "***")
    assert "hauptamt" not in str(await all_changes(store))


@pytest.mark.parametrize(("visibility", "sees"), [("PUBLIC", 3), ("NETWORK", 2), ("PRIVATE", 1)])
async def test_who_sees_it_is_as_it_says(store: GraphStore, visibility: str, sees: int) -> None:
    await found_network(store)
    await saved(store, TOWN, visibility=Visibility(visibility))
    shown = 0
    for audiences in ({"public"}, {"public", "network"}, {"public", "network", "admin"}):
        start = ByKeys("Municipality", "ars", (TOWN.value,))
        selected = await store.select(Selection("Municipality", ("contact",)), start, audiences=audiences)
        (row,) = selected.rows
        assert row is not None
        shown += row[0] is not None
    assert shown == sees


async def test_what_waits_goes_out_to_a_new_address(store: GraphStore) -> None:
    await found_network(store)
    more = ProjectChanges(partners=(Partner(house=UNIVERSITY), Partner(house=FIRM)))
    await drafted(store, more=more)
    asked = await announced(store)
    assert len(asked) == 2
    await heard(store)
    await saved(store, UNIVERSITY, PROFESSOR)
    (again,) = await announced(store)
    assert again in asked
    await heard(store)
    # A telephone number makes no new mail, and an address that was taken away none that could arrive.
    await saved(store, UNIVERSITY, PROFESSOR, Contact("Hauptamt", email=CONTACT.email, phone="1"))
    await saved(store, UNIVERSITY, PROFESSOR, None)
    assert await announced(store) == []


async def test_what_is_settled_is_not_told_again(store: GraphStore) -> None:
    await found_network(store)
    project = await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY),)))
    await confirm_partnership(at(store), ConfirmPartnership(project=project, house=UNIVERSITY), actor=PROFESSOR)
    await heard(store)
    await saved(store, UNIVERSITY, PROFESSOR)
    assert await announced(store) == []


async def test_a_day_has_room_for_so_many_addresses_that_are_written_to(store: GraphStore) -> None:
    await found_network(store)
    await drafted(store, more=ProjectChanges(partners=(Partner(house=UNIVERSITY), Partner(house=FIRM))))
    for number in range(TOLD_A_DAY):
        await saved(store, UNIVERSITY, PROFESSOR, Contact("Hauptamt", email=f"strange{number}@elsewhere.example"))
    await heard(store)
    last = await stored(store, str(UNIVERSITY))

    with pytest.raises(TooOftenError):
        await saved(store, UNIVERSITY, PROFESSOR, Contact("Hauptamt", email="another@elsewhere.example"))

    assert await announced(store) == []
    assert await stored(store, str(UNIVERSITY)) == last
    # What writes to nobody is free, and so are others.
    await saved(store, UNIVERSITY, PROFESSOR, None)
    await saved(store, FIRM, ENGINEER)
    assert len(await announced(store)) == 1


async def test_where_nothing_waits_addresses_are_entered_as_many_as_there_are(store: GraphStore) -> None:
    await found_network(store)
    for number in range(TOLD_A_DAY + 1):
        await saved(store, TOWN, WILSTER_LEAD, Contact("Amt", email=f"amt{number}@gemeinde.example"))
    assert await announced(store) == []

"""What each kind of single-use link asks, and what its answers change."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from graph.commands.due import ask_whether_current, ask_whether_in_use
from graph.values import Contact
from graph.vocabulary import LinkPurpose
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.builders import plant
from tests.network.linking import MAYOR, MERSEBURG, TOWN, get, linked, press, questioned, reachable_desk
from tests.network.writing import Desk, draft, merseburg, published, read


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with reachable_desk(tmp_path_factory.mktemp("links")) as made:
        yield made


async def test_a_hub_registers_for_a_house_which_becomes_the_owner_by_its_link(office: Desk) -> None:
    entry = await draft(office, "wilster", title="Für die Stadt eingetragen", house=TOWN)
    secret = await linked(office, "CONFIRM_PARTNERSHIP", entry["id"], LinkPurpose.DECIDE_PARTNERSHIP, TOWN)

    assert "Ist das Ihr Projekt?" in (await get(office, secret)).text
    await press(office, secret, "yes")

    assert (await read(office, entry, "owner { id }", "stadt"))["owner"] == {"id": TOWN}


async def adopted(office: Desk, title: str) -> tuple[Any, str]:
    entry = await published(office, title=title)
    given = {"project": entry["id"], "house": TOWN, "status": "IN_USE"}
    answer = await office.write("recordAdoption", "adoption { id }", "stadt", **given)
    return entry, answer["adoption"]["id"]


async def adoption_of(office: Desk, adoption: str) -> Any:
    shown = "id status confirmedByOwnerAt reconfirmBy"
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Adoption {{ {shown} }} }} }}"
    return (await office.ask(query, "stadt", id=adoption))["node"]


async def test_the_owner_confirms_an_adoption_by_its_link(office: Desk) -> None:
    await plant(office.store, replace(merseburg, contact=Contact("Transfer", email=MAYOR)))
    _, adoption = await adopted(office, "Nachgenutzt")
    secret = await linked(office, "CONFIRM_ADOPTION", adoption, LinkPurpose.CONFIRM_ADOPTION, MERSEBURG)

    page = (await get(office, secret)).text
    assert "Zeitz gibt an" in page
    assert "im Einsatz" in page
    assert (await press(office, secret, "yes")).status_code == 200

    assert (await adoption_of(office, adoption))["confirmedByOwnerAt"] is not None


async def test_the_owner_declines_an_adoption_by_its_link(office: Desk) -> None:
    await plant(office.store, replace(merseburg, contact=Contact("Transfer", email=MAYOR)))
    _, adoption = await adopted(office, "Nicht nachgenutzt")
    secret = await linked(office, "CONFIRM_ADOPTION", adoption, LinkPurpose.CONFIRM_ADOPTION, MERSEBURG)

    assert (await press(office, secret, "no", text="Uns unbekannt")).status_code == 200
    assert (await adoption_of(office, adoption))["confirmedByOwnerAt"] is None
    assert (await get(office, secret)).status_code == 410


@pytest.mark.parametrize(("decision", "status"), [("yes", "IN_USE"), ("no", "RETIRED")])
async def test_a_house_says_a_year_later_whether_it_still_uses_it(office: Desk, decision: str, status: str) -> None:
    _, adoption = await adopted(office, f"Ein Jahr später {decision}")
    due = {"id": adoption.partition(":")[2], "reconfirm_by": "2026-01-01"}
    await office.write("confirmAdoption", "adoption { id }", "merseburg", adoption=adoption)
    await office.store.transact(lambda transaction: transaction.put("Adoption", [due]))
    await ask_whether_in_use(UnitOfWork(office.store), today=date(2026, 11, 22))
    secret = await linked(office, "RECONFIRM_ADOPTION", adoption, LinkPurpose.RECONFIRM_ADOPTION, TOWN)

    assert "Nutzen Sie dieses Projekt noch?" in (await get(office, secret)).text
    assert (await press(office, secret, decision, text="Zu teuer")).status_code == 200

    assert (await adoption_of(office, adoption))["status"] == status


async def test_an_entry_is_confirmed_as_current_by_its_link(office: Desk) -> None:
    await plant(office.store, replace(merseburg, contact=Contact("Transfer", email=MAYOR)))
    entry = await published(office, title="Lange nicht bestätigt")
    old = {"id": entry["id"].partition(":")[2], "confirmed_at": "2020-01-01T00:00:00.000000Z"}
    await office.store.transact(lambda transaction: transaction.put("Project", [old]))
    await ask_whether_current(UnitOfWork(office.store), today=date(2026, 11, 22))
    secret = await linked(office, "CONFIRM_CURRENT", entry["id"], LinkPurpose.CONFIRM_CURRENT, MERSEBURG)

    assert "Stimmt dieser Eintrag noch?" in (await get(office, secret)).text
    assert (await press(office, secret, "yes")).status_code == 200

    assert (await read(office, entry, "confirmedAt"))["confirmedAt"] > "2026"


async def test_one_question_is_answered_by_its_link(office: Desk) -> None:
    entry, secret = await questioned(office, "Noch lückenhaft", "lessons_learned")

    assert "Was würden Sie beim nächsten Mal anders machen?" in (await get(office, secret)).text
    assert (await press(office, secret, "answer", text="")).status_code == 400
    assert (await press(office, secret, "answer", text="Früher fragen.")).status_code == 200

    assert (await read(office, entry, "lessonsLearned", "merseburg"))["lessonsLearned"] == "Früher fragen."
    assert (await get(office, secret)).status_code == 410

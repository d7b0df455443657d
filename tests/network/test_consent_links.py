"""A person without an account says by the link in her e-mail whether she is listed as an expert, and takes it back."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.vocabulary import LinkPurpose
from network.app import open_ports
from tests.fixtures.mail import all_letters, link_of
from tests.network.plain import client
from tests.network.writing import Desk, desk

STATE = "expert { id version }"
HIDDEN = re.compile(r'name="(once|shown)" value="([^"]+)"')


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("consent-links"), open_ports) as made:
        yield made


async def registered(office: Desk, email: str, **more: Any) -> str:
    details = {
        "role": "Professur Sensorik",
        "email": email,
        "orcid": "0000-0002-1825-0097",
        "purpose": "Auskunft zu <b>Haltestellen</b>",
        "sources": [{"publisher": "Website der Hochschule"}],
        "topics": ["mobilitaet"],
        **more,
    }
    given = {"house": "University:05gqaka33", "name": "Kim Beispiel", "isPerson": True, "details": details}
    return str((await office.write("registerExpert", STATE, "merseburg", **given))["expert"]["id"])


async def sent(office: Desk, email: str, purpose: LinkPurpose) -> str:
    """The secret of the link that went there for this purpose, the last one."""
    letters = [one for one in await all_letters(office.store) if (one.email, one.purpose) == (email, purpose)]
    return await link_of(office.store, letters[-1])


async def get(office: Desk, secret: str) -> httpx.Response:
    async with client(office.app) as http:
        return await http.get(f"/link/{secret}")


async def press(office: Desk, secret: str, decision: str) -> httpx.Response:
    async with client(office.app) as http:
        return await http.post(f"/link/{secret}", data={"decision": decision})


async def is_listed(office: Desk, expert: str) -> bool:
    return (await office.ask("query ($id: ID!) { node(id: $id) { id } }", id=expert))["node"] is not None


async def test_she_is_told_all_before_she_agrees_and_opening_changes_nothing(office: Desk) -> None:
    expert = await registered(office, "eins@hochschule.example", phone="03461 46-0", visibility="NETWORK")
    secret = await sent(office, "eins@hochschule.example", LinkPurpose.CONSENT_EXPERT)

    page = await get(office, secret)

    assert page.status_code == 200
    for text in (
        *("Kim Beispiel", "Professur Sensorik", "Hochschule Merseburg", "Mobilität", "Website der Hochschule"),
        *("eins@hochschule.example", "03461 46-0", "0000-0002-1825-0097", "alle Mitglieder des Netzwerks"),
        *("Auskunft zu &lt;b&gt;Haltestellen&lt;/b&gt;", "Ja, ich bin einverstanden", "Nein, bitte nicht"),
    ):
        assert text in page.text, text
    assert not await is_listed(office, expert)


async def test_she_agrees_and_takes_it_back_by_the_next_letter(office: Desk) -> None:
    email = "zwei@hochschule.example"
    expert = await registered(office, email)
    secret = await sent(office, email, LinkPurpose.CONSENT_EXPERT)

    assert (await press(office, secret, "yes")).status_code == 200

    assert await is_listed(office, expert)
    assert (await get(office, secret)).status_code == 410
    secret = await sent(office, email, LinkPurpose.WITHDRAW_CONSENT)
    assert "widerrufen" in (await get(office, secret)).text
    assert await is_listed(office, expert)
    assert (await press(office, secret, "withdraw")).status_code == 200
    assert not await is_listed(office, expert)
    assert (await get(office, secret)).status_code == 410


async def test_she_says_no(office: Desk) -> None:
    email = "drei@hochschule.example"
    expert = await registered(office, email)
    secret = await sent(office, email, LinkPurpose.CONSENT_EXPERT)

    assert (await press(office, secret, "no")).status_code == 200

    shown = "query ($id: ID!) { node(id: $id) { ... on Expert { consentWithdrawnAt } } }"
    assert (await office.ask(shown, "merseburg", id=expert))["node"]["consentWithdrawnAt"]
    assert not await is_listed(office, expert)


@pytest.mark.parametrize("change", [{"email": "neu@hochschule.example"}, None])
async def test_a_link_is_worth_nothing_once_the_entry_is_gone_or_somebody_elses(office: Desk, change: Any) -> None:
    email = f"vier{change is None}@hochschule.example".lower()
    expert = await registered(office, email)
    secret = await sent(office, email, LinkPurpose.CONSENT_EXPERT)
    if change is None:
        await office.write("removeExpert", "", "merseburg", expert=expert)
    else:
        await office.write("updateExpert", STATE, "merseburg", expert=expert, expectedVersion=1, changes=change)

    assert (await get(office, secret)).status_code == 410
    assert (await press(office, secret, "yes")).status_code == 410

    assert not await is_listed(office, expert)


@pytest.mark.parametrize("decision", ["yes", "no"])
async def test_she_agrees_to_nothing_that_was_changed_while_she_read(office: Desk, decision: str) -> None:
    email = f"fuenf-{decision}@hochschule.example"
    expert = await registered(office, email)
    secret = await sent(office, email, LinkPurpose.CONSENT_EXPERT)
    read = dict(HIDDEN.findall((await get(office, secret)).text))
    changes = {"purpose": "Werbung", "contactVisibility": "PUBLIC"}
    await office.write("updateExpert", STATE, "merseburg", expert=expert, expectedVersion=1, changes=changes)

    async with client(office.app) as http:
        again = await http.post(f"/link/{secret}", data={"decision": decision, **read})

        assert again.status_code == 409
        assert "Werbung" in again.text
        assert "noch nichts entschieden" in again.text
        assert not await is_listed(office, expert)

        read = dict(HIDDEN.findall(again.text))
        assert (await http.post(f"/link/{secret}", data={"decision": decision, **read})).status_code == 200

    assert await is_listed(office, expert) is (decision == "yes")

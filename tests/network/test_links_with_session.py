"""Pages whose address is the proof, opened in browsers that are signed in, or were: a session neither helps nor hinders."""

import pytest

from graph.personal import Letter
from graph.values import Instant
from graph.vocabulary import LetterKind, LinkPurpose
from tests.fixtures.contributing import OTHER_TOWN, drafted, found_network
from tests.fixtures.mail import INVITES, MAYOR, link_of, open_task, reachable
from tests.fixtures.provider import SigningProvider
from tests.fixtures.units import all_changes
from tests.network.signing_in import Browser, Service

BROWSERS = [
    {"origin": "null", "sec-fetch-site": "same-origin"},
    {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
    {},
]


async def linked(service: Service) -> str:
    await found_network(service.graph)
    await reachable(service.graph)
    project = await drafted(service.graph, more=INVITES)
    task = await open_task(service.graph, "CONFIRM_PARTNERSHIP", f"Project:{project}")
    letter = Letter(
        id="letter",
        kind=LetterKind.TASK,
        email=MAYOR,
        house=str(OTHER_TOWN),
        entity=str(task.key),
        purpose=LinkPurpose.DECIDE_PARTNERSHIP,
        due_at=Instant(""),
    )
    return f"/link/{await link_of(service.graph, letter)}"


@pytest.mark.parametrize("headers", BROWSERS)
async def test_who_is_signed_in_elsewhere_decides_as_the_house_by_its_link(
    service: Service, browser: Browser, provider: SigningProvider, headers: dict[str, str]
) -> None:
    path = await linked(service)
    await browser.sign_in(provider)

    assert (await browser.get(path)).status_code == 200
    response = await browser.post(path, data={"decision": "yes"}, headers=headers)

    assert response.status_code == 200, response.text
    (change,) = [change for change in await all_changes(service.graph) if change["action"] == "confirm_partnership"]
    assert change["actor"].startswith("link:")


async def test_a_session_that_is_over_does_not_stand_in_the_way(
    service: Service, browser: Browser, provider: SigningProvider
) -> None:
    path = await linked(service)
    await browser.sign_in(provider)
    rows = [
        str(key) for (key,) in await service.graph.query("sessions_of", {"iss": provider.url, "sub": "", "sid": ""})
    ]
    await service.graph.transact(lambda transaction: transaction.delete("Session", rows))
    browser.cookies.set("session", "A" * 43, domain="127.0.0.1", path="/")

    response = await browser.post(path, data={"decision": "yes"}, headers={"origin": "null"})

    assert response.status_code == 200, response.text


async def test_a_session_does_not_open_the_form_to_pages_of_others(
    service: Service, browser: Browser, provider: SigningProvider
) -> None:
    path = await linked(service)
    await browser.sign_in(provider)
    response = await browser.post(path, data={"decision": "yes"}, headers={"origin": "https://evil.example"})
    assert response.status_code == 403


async def test_mail_is_ended_in_a_browser_that_is_signed_in(
    service: Service, browser: Browser, provider: SigningProvider
) -> None:
    await browser.sign_in(provider)
    page = await browser.get("/unsubscribe/" + "A" * 66)
    assert page.status_code == 410
    response = await browser.post("/unsubscribe/" + "A" * 66, headers={"origin": "null"})
    assert response.status_code == 410

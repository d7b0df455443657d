"""From the letter to the desk, in a browser: the link, signing in and back, the button, and the end of the membership."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio

from auth.principal import Membership, MembershipKind, Principal
from graph.commands.members import InviteMember, RevokeMembership, invite_member, revoke_membership
from graph.model import NodeKey
from graph.port import GraphStore
from graph.telling.invitations import members
from graph.writing.unit_of_work import UnitOfWork
from tests.fixtures.builders import make_hub
from tests.fixtures.inviting import secret_of
from tests.fixtures.provider import SigningProvider
from tests.fixtures.units import write
from tests.network.signing_in import PUBLIC_URL, Browser, Service

WILSTER = NodeKey("Hub", "wilster")
LEAD = Principal("https://elsewhere.example", "lead", frozenset({Membership.parse("hub_lead:wilster")}))


async def letter(store: GraphStore) -> str:
    """The secret in the letter of a new invitation."""
    command = InviteMember(house=WILSTER, role=MembershipKind.HUB_MEMBER, email="neu@wilster.example")
    answer = await invite_member(UnitOfWork(store), command, actor=LEAD)
    return await secret_of(store, answer["id"], now=await store.now())


@pytest_asyncio.fixture
async def secret(service: Service) -> str:
    await write(service.graph, make_hub("wilster", name="DigitalHub Wilster"))
    return await letter(service.graph)


@pytest_asyncio.fixture
async def second(service: Service) -> AsyncIterator[Browser]:
    async with Browser(service.app()) as opened:
        yield opened


async def press(browser: Browser, path: str) -> int:
    """Presses the button on the page of an invitation."""
    page = await browser.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    # As a browser sends a form, also one without a field.
    sent = {"content-type": "application/x-www-form-urlencoded", "origin": browser.origin}
    answer = await browser.post(path, content=urlencode(hidden), headers={**sent, "sec-fetch-site": "same-origin"})
    return answer.status_code


async def come_in(browser: Browser, provider: SigningProvider, to: str) -> str:
    """Where the browser is sent after signing in, by the links of the pages."""
    choice = await browser.get("/sign-in", params={"to": to})
    link = re.findall(r'<a href="(/sign-in/hubs[^"]*)"', choice.text)[0].replace("&amp;", "&")
    begun = await browser.get(link)
    back = await browser.come_back(provider.authorize(begun.headers["location"]))
    assert back.status_code == 303
    return back.headers["location"]


async def test_from_the_letter_to_the_desk_and_its_end(
    browser: Browser, provider: SigningProvider, service: Service, secret: str
) -> None:
    provider.roles = []
    path = f"/link/{secret}"
    page = await browser.get(path)
    assert page.status_code == 200
    assert "für DigitalHub Wilster handeln können, als Mitarbeit." in page.text
    assert "melden Sie sich mit einem Konto an" in page.text
    assert "kein Konto" not in page.text
    to = re.findall(r'<a href="/sign-in\?to=([^"]+)"', page.text)
    assert to == [path]

    assert await come_in(browser, provider, to[0]) == path
    assert await browser.memberships() == []
    before = browser.cookies["session"]
    assert await press(browser, path) == 200
    assert await browser.memberships() == ["hub_member:wilster"]
    assert browser.cookies["session"] != before
    assert "Hub-Mitarbeit DigitalHub Wilster" in (await browser.get("/")).text

    (member,) = await members(service.graph, LEAD, WILSTER)
    await revoke_membership(UnitOfWork(service.graph), RevokeMembership(member=member.invited or ""), actor=LEAD)
    assert await browser.memberships() == []
    assert (await browser.get(path)).status_code == 410


async def test_opening_the_link_changes_nothing_and_the_button_needs_the_session(
    browser: Browser, provider: SigningProvider, secret: str
) -> None:
    path = f"/link/{secret}"
    provider.roles = []
    # Whoever is not signed in has no button: a form that chose nothing.
    assert await press(browser, path) == 400
    await browser.sign_in(provider)
    for _ in range(2):
        assert "Einladung annehmen" in (await browser.get(path)).text
    # Another page cannot press it for the person: without the token of the session, the session does not count.
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "same-site"}, {"origin": PUBLIC_URL}):
        answer = await browser.post(path, data={"decision": "yes", "once": "x" * 43}, headers=headers)
        assert "Vielen Dank" not in answer.text
        assert await browser.memberships() == []


async def test_a_letter_is_for_one(browser: Browser, second: Browser, provider: SigningProvider, secret: str) -> None:
    provider.roles = []
    path = f"/link/{secret}"
    await browser.sign_in(provider)
    provider.subject = "subject-2"
    await second.sign_in(provider)
    assert await press(browser, path) == 200
    assert await press(second, path) == 410
    assert await second.memberships() == []


ELSEWHERE = [
    *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)"),
    *("%2F%2Fevil.example", "/\t/evil.example", "/\r\nSet-Cookie: a=b", "/link/../sign-out", "/sign-out", "x" * 5_000),
]


@pytest.mark.parametrize("to", ELSEWHERE)
async def test_nobody_is_sent_elsewhere_after_signing_in(browser: Browser, provider: SigningProvider, to: str) -> None:
    choice = await browser.get("/sign-in", params={"to": to})
    assert '<a href="/sign-in/hubs">' in choice.text
    for asked in (to, quote(to, safe="")):
        begun = await browser.get("/sign-in/hubs", params={"to": asked})
        back = await browser.come_back(provider.authorize(begun.headers["location"]))
        assert (back.status_code, back.headers["location"]) == (303, "/")
        assert "a=b" not in str(back.headers)


async def test_where_one_goes_on_is_settled_when_the_sign_in_begins(
    browser: Browser, provider: SigningProvider, secret: str
) -> None:
    begun = await browser.get("/sign-in/hubs", params={"to": f"/link/{secret}"})
    assert secret not in begun.headers["location"]
    answer = provider.authorize(begun.headers["location"]) | {"to": "//evil.example"}
    assert (await browser.come_back(answer)).headers["location"] == f"/link/{secret}"


async def test_on_this_machine_the_way_back_survives_the_change_of_host(
    service: Service, provider: SigningProvider, secret: str
) -> None:
    async with Browser(service.app(), "http://localhost:8000") as browser:
        moved = await browser.get("/sign-in/hubs", params={"to": f"/link/{secret}"})
        assert moved.headers["location"] == f"{PUBLIC_URL}/sign-in/hubs?to=%2Flink%2F{secret}"


async def test_with_the_graph_away_nobody_has_fewer_rights(
    browser: Browser, provider: SigningProvider, service: Service
) -> None:
    await browser.sign_in(provider)
    await service.graph.close()
    assert (await browser.ask()).status_code == 503
    async with Browser(service.app()) as machine:
        headers = {"authorization": f"Bearer {provider.token()}"}
        answer = await machine.post("/graphql", json={"query": "{ viewer { subject } }"}, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
        # What is the same for everybody needs nobody to be known.
        assert (await machine.get("/livez", headers=headers)).status_code == 200

"""Signing in at a real Keycloak: its pages, its tokens, its logout, with the realm and the issuer file of deploy/."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from auth import issuer_file
from auth.issuers import Issuer
from auth.login import RelyingParty
from auth.sealing import Sealer
from auth.sessions import Sessions, hashed
from graph.accounts.sessions import GraphSessions
from graph.backends.ladybug.store import LadybugGraphStore
from tests.fixtures.browser import VIEWER, Browser
from tests.fixtures.keycloak import Realm, form_of, require_keycloak
from tests.fixtures.process import START_S, Server

LEAD = "beispiel-hub-lead-zeitz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_keycloak()
    return tmp_path_factory.mktemp("keycloak")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[tuple[Server, Realm]]:
    # The realm has to know the service's address, the service the realm's name: it asks the issuer only when needed.
    realm = Realm()
    server = Server(folder, ISSUERS=str(realm.issuers_file(folder)))
    try:
        with realm.at(server.url):
            yield server, realm
    finally:
        server.stop()


@pytest.fixture
def browser(served: tuple[Server, Realm]) -> Iterator[Browser]:
    with Browser(served[0]) as opened:
        yield opened


@pytest.fixture
def realm(served: tuple[Server, Realm]) -> Realm:
    return served[1]


@pytest.mark.parametrize(
    ("username", "memberships"),
    [
        (LEAD, ["hub_lead:zeitz"]),
        ("beispiel-hub-member-zeitz", ["hub_member:zeitz"]),
        ("beispiel-reviewer-zeitz", ["reviewer:zeitz"]),
        ("beispiel-municipality-010515169", ["municipality:010515169"]),
        ("beispiel-university-05gqaka33", ["university:05gqaka33"]),
        ("beispiel-organisation-dataport", ["organisation:dataport"]),
        ("beispiel-network-admin", ["network_admin"]),
        ("beispiel-ohne", []),
    ],
)
def test_each_sample_user_signs_in_with_a_password_and_acts_for_its_house(
    browser: Browser, realm: Realm, username: str, memberships: list[str]
) -> None:
    wrong = browser.sign_in(username, "wrong")
    assert wrong.status_code == 200
    assert browser.memberships() is None
    back = browser.sign_in(username, realm.password)
    assert (back.status_code, back.headers["location"]) == (303, "/"), back.text
    assert browser.memberships() == memberships
    page = browser.get("/").text
    assert "Angemeldet bei Netzwerk der DigitalHubs" in page
    assert "example.org" not in page


def test_signing_out_ends_both_sessions(browser: Browser, realm: Realm) -> None:
    browser.sign_in(LEAD, realm.password)
    first = browser.cookies["session"]
    # Keycloak still knows the browser; the id is another one all the same.
    assert browser.sign_in_again().headers["location"] == "/"
    assert browser.cookies["session"] != first
    away = browser.sign_out()
    assert (away.status_code, away.headers["location"]) == (302, f"{browser.origin}/")
    assert browser.memberships() is None
    # It asks for the password again.
    begun = browser.get("/sign-in/netz")
    assert "password" in browser.get(begun.headers["location"]).text


def test_a_session_that_keycloak_ends_is_over_here(browser: Browser, realm: Realm) -> None:
    browser.sign_in("beispiel-hub-lead-wilster", realm.password)
    assert browser.memberships() == ["hub_lead:wilster"]
    realm.end_sessions_of("beispiel-hub-lead-wilster")
    # Keycloak tells us before it answers, or soon after.
    give_up = time.monotonic() + START_S
    while (response := browser.post("/graphql", json=VIEWER, headers={"origin": browser.origin})).status_code != 401:
        assert time.monotonic() < give_up, response.text


def test_a_machine_gets_in_by_its_secret(served: tuple[Server, Realm]) -> None:
    server, realm = served
    headers = {"authorization": f"Bearer {realm.machine_token()}"}
    response = httpx.post(f"{server.url}/graphql", json=VIEWER, headers=headers, timeout=START_S)
    assert response.json()["data"]["viewer"] == {"issuer": realm.issuer, "memberships": ["hub_member:zeitz"]}


class Clock:
    """Ours alone: Keycloak's refresh tokens last longer than the test, its access tokens are old to us at once."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


async def test_keycloak_has_news_of_a_session_until_somebody_uses_an_old_refresh_token(
    served: tuple[Server, Realm], folder: Path, tmp_path: Path
) -> None:
    server, realm = served
    (settings,) = issuer_file.read(folder / "issuers.toml")
    store, clock = await LadybugGraphStore.open(tmp_path / "graph"), Clock()
    await store.apply_schema()
    party, sealer = RelyingParty(Issuer(settings), server.url, timeout_s=START_S), Sealer(["a" * 42 + "A"])
    sessions = Sessions(GraphSessions(store), {"netz": party}, sealer, clock=clock)
    user = "beispiel-reviewer-zeitz"

    started = await sessions.start(party)
    with Browser(server) as browser:
        page = browser.get(started.address)
        back = browser.post(form_of(page), data={"username": user, "password": realm.password})
    answer = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    cookie = (await sessions.finish(party, answer, browser=started.cookie, former=None)).cookie

    async def refresh_token(of: str) -> str:
        session = await GraphSessions(store).find(hashed(of))
        assert session is not None
        return sealer.unseal(session.sealed, purpose=session.id)["refresh_token"]

    first = await refresh_token(cookie)
    realm.give_role(user, "hub_lead:zeitz")
    clock.now += timedelta(seconds=301)
    resumed = await sessions.resume(cookie)
    assert resumed is not None
    assert sorted(map(str, resumed.principal.memberships)) == ["hub_lead:zeitz", "reviewer:zeitz"]
    assert resumed.cookie is not None
    assert await refresh_token(resumed.cookie) != first

    form = {"grant_type": "refresh_token", "refresh_token": first, "client_id": settings.client_id}
    async with httpx.AsyncClient(timeout=START_S, trust_env=False) as thief:
        address = f"{realm.issuer}/protocol/openid-connect/token"
        stolen = await thief.post(address, data=form | {"client_secret": realm.web_secret})
    assert stolen.json()["error"] == "invalid_grant"
    clock.now += timedelta(seconds=301)
    assert await sessions.resume(resumed.cookie) is None
    await store.close()

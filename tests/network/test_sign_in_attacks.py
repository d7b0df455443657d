"""Attacks on signing in, each with real signatures and one thing wrong (RFC 9700; OIDC Core; SECURITY, attack cases)."""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.fixtures.provider import CLIENT, LOGOUT, SigningProvider
from tests.network.signing_in import Browser, Service


@pytest.fixture
def app(service: Service) -> Any:
    return service.app()


async def is_refused(browser: Browser, response: httpx.Response) -> bool:
    return (
        response.status_code in (400, 403)
        and "session" not in browser.cookies
        and "text/html" in response.headers["content-type"]
        and response.headers["cache-control"] == "no-store"
        and await browser.memberships() is None
    )


async def test_the_request_asks_for_a_code_with_pkce_and_nothing_else(
    browser: Browser, provider: SigningProvider
) -> None:
    request = parse_qs(urlsplit(await browser.begin()).query, strict_parsing=True)
    assert request["response_type"] == ["code"]
    assert request["code_challenge_method"] == ["S256"]
    assert request["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/hubs/callback"]
    assert request["scope"] == ["openid"]
    assert all(len(request[name][0]) == 43 for name in ("state", "nonce", "code_challenge"))
    answer = provider.authorize(await browser.begin())
    await browser.come_back(answer)
    (asked,) = provider.asked
    assert len(asked["code_verifier"]) == 43
    assert asked["code_verifier"] not in str(browser.cookies)


@pytest.mark.parametrize("state", [None, "", "x", "a" * 43])
async def test_a_state_that_is_missing_or_foreign_is_refused(
    browser: Browser, provider: SigningProvider, state: str | None
) -> None:
    answer = provider.authorize(await browser.begin(), state=state)
    assert await is_refused(browser, await browser.come_back(answer))
    assert not provider.asked


async def test_a_state_is_for_the_browser_that_began(app: Any, browser: Browser, provider: SigningProvider) -> None:
    """Else somebody could sign others in as oneself, and read what they search for (login CSRF, RFC 6749 §10.12)."""
    answer = provider.authorize(await browser.begin())
    async with Browser(app) as victim:
        assert await is_refused(victim, await victim.come_back(answer))
        await victim.begin()
        assert await is_refused(victim, await victim.come_back(answer))
    assert not provider.asked
    # The attempt took nothing from the one whose it is.
    assert (await browser.come_back(answer)).headers["location"] == "/"


async def test_a_state_works_once(browser: Browser, provider: SigningProvider) -> None:
    address = await browser.begin()
    answer, cookies = provider.authorize(address), dict(browser.cookies)
    answers = await asyncio.gather(*(browser.come_back(answer) for _ in range(4)))
    assert sorted(response.status_code for response in answers) == [303, 400, 400, 400]
    browser.cookies.clear()
    for name, value in cookies.items():
        browser.cookies.set(name, value, domain="127.0.0.1")
    again = await browser.come_back(provider.authorize(address))
    assert await is_refused(browser, again)
    assert "gilt nicht mehr" in again.text
    assert len(provider.asked) == 1


async def test_a_state_ends_after_ten_minutes(service: Service, browser: Browser, provider: SigningProvider) -> None:
    answer = provider.authorize(await browser.begin())
    graph = service.graph
    (key,) = [key for label, key in await graph.query("sessions_expired", LATER) if label == "SignIn"]
    row = {"id": key, "expires_at": "2020-01-01T00:00:00.000000Z"}
    await graph.transact(lambda transaction: transaction.put("SignIn", [row]))
    assert await is_refused(browser, await browser.come_back(answer))


LATER = {"now": "9999-01-01T00:00:00.000000Z", "idle": "2000-01-01T00:00:00.000000Z", "limit": 9}


async def test_a_response_of_another_issuer_is_refused_before_the_code_goes_anywhere(
    browser: Browser, provider: SigningProvider, other: SigningProvider
) -> None:
    """Mix-up (RFC 9207 §1): a code of the honest issuer must not be shown to another."""
    asked = len(other.asked)
    for iss in (other.url, f"{provider.url}/", provider.url.upper(), "", None):
        answer = provider.authorize(await browser.begin(), iss=iss)
        assert await is_refused(browser, await browser.come_back(answer))
    # The callback of one issuer with the state of another.
    for slug, changed in (("other", {}), ("other", {"iss": other.url})):
        answer = provider.authorize(await browser.begin(), **changed)
        assert await is_refused(browser, await browser.come_back(answer, slug))
    assert not provider.asked
    assert len(other.asked) == asked


async def test_without_iss_only_an_issuer_may_answer_that_never_said_it_sends_it(
    app: Any, provider: SigningProvider
) -> None:
    del provider.discovery["authorization_response_iss_parameter_supported"]
    async with Browser(app) as browser:
        answer = provider.authorize(await browser.begin(), iss="https://evil.example")
        assert await is_refused(browser, await browser.come_back(answer))
        assert (await browser.come_back(provider.authorize(await browser.begin(), iss=None))).status_code == 303


async def test_an_error_response_signs_nobody_in_and_uses_the_state_up(
    browser: Browser, provider: SigningProvider
) -> None:
    address = await browser.begin()
    declined = provider.authorize(
        address, code=None, error="access_denied", error_description="<script>alert(1)</script>"
    )
    response = await browser.come_back(declined)
    assert await is_refused(browser, response)
    assert "abgebrochen" in response.text
    assert "script" not in response.text
    assert await is_refused(browser, await browser.come_back(provider.authorize(address)))
    # One with a code beside it, without a state, or of somebody else is no better.
    for changed in ({"error": "x"}, {"error": "x", "state": None}, {"error": "x", "iss": "https://evil.example"}):
        answer = provider.authorize(await browser.begin(), **changed)
        assert await is_refused(browser, await browser.come_back(answer))
    assert not provider.asked


async def test_a_parameter_twice_or_endless_is_refused(browser: Browser, provider: SigningProvider) -> None:
    for more in (
        "code=stolen",
        "state=x",
        f"iss={provider.url}",
        f"x={'y' * 5_000}",
        "&".join("a=b" for _ in range(99)),
    ):
        answer = provider.authorize(await browser.begin())
        response = await browser.get(f"/sign-in/hubs/callback?{urlencode(answer)}&{more}")
        assert await is_refused(browser, response), more
    assert not provider.asked


@pytest.mark.parametrize("code", [None, "", "unknown"])
async def test_without_a_good_code_nobody_is_signed_in(
    browser: Browser, provider: SigningProvider, code: str | None
) -> None:
    answer = provider.authorize(await browser.begin(), code=code)
    assert await is_refused(browser, await browser.come_back(answer))


async def test_a_code_works_once_and_only_for_its_own_verifier(
    app: Any, browser: Browser, provider: SigningProvider
) -> None:
    """Code injection: a stolen code, brought into a sign-in of one's own, meets another verifier (RFC 9700 §4.5)."""
    stolen = provider.authorize(await browser.begin())["code"]
    async with Browser(app) as thief:
        answer = provider.authorize(await thief.begin(), code=stolen)
        assert await is_refused(thief, await thief.come_back(answer))
    used = provider.authorize(await browser.begin())
    await browser.come_back(used)
    async with Browser(app) as thief:
        answer = provider.authorize(await thief.begin(), code=used["code"])
        assert await is_refused(thief, await thief.come_back(answer))


@pytest.mark.parametrize("methods", [["plain"], [], "S256", [1]])
async def test_an_issuer_that_knows_plain_pkce_only_is_not_signed_in_at(
    browser: Browser, provider: SigningProvider, methods: Any
) -> None:
    provider.discovery["code_challenge_methods_supported"] = methods
    response = await browser.get("/sign-in/hubs")
    assert response.status_code == 400
    assert "set-cookie" not in response.headers


NOW = int(time.time())
UNSOUND_ID_TOKENS: dict[str, dict[str, Any]] = {
    "nonce swapped": {"nonce": "another"},
    "nonce missing": {"nonce": None},
    "nonce a list": {"nonce": ["x"]},
    "issuer another": {"iss": "https://evil.example"},
    "audience another": {"aud": "another-client"},
    "audience missing": {"aud": None},
    "audience with a stranger": {"aud": [CLIENT, "stranger"], "azp": CLIENT},
    "several audiences without azp": {"aud": [CLIENT, "https://hubnetz.example"]},
    "azp another": {"azp": "another-client"},
    "subject missing": {"sub": None},
    "subject of somebody else": {"sub": "subject-2"},
    "subject empty": {"sub": ""},
    "expired": {"iat": NOW - 900, "exp": NOW - 600},
    "exp missing": {"exp": None},
    "exp 1e300": {"exp": 1e300},
    "iat missing": {"iat": None},
    "older than the sign-in": {"iat": NOW - 3_000},
    "iat in the future": {"iat": NOW + 7_200, "exp": NOW + 9_000},
    "of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "at_hash a number": {"at_hash": 1},
    "a logout token": {"events": LOGOUT},
    "a refresh token of Keycloak": {"typ": "Refresh"},
}


@pytest.mark.parametrize("name", UNSOUND_ID_TOKENS)
async def test_an_id_token_with_one_thing_wrong_is_refused(
    browser: Browser, provider: SigningProvider, name: str
) -> None:
    provider.id_claims = UNSOUND_ID_TOKENS[name]
    assert await is_refused(browser, await browser.come_back(provider.authorize(await browser.begin())))


UNSOUND_HEADERS: dict[str, dict[str, Any]] = {
    "an access token": {"typ": "at+jwt"},
    "a logout token": {"typ": "logout+jwt"},
    "algorithm none": {"alg": "none"},
    "algorithm not ours": {"alg": "PS256"},
    "symmetric": {"alg": "HS256"},
    "another key": {"kid": "foreign"},
    "no key": {"kid": None},
    "a key at an address": {"jku": "https://evil.example/keys"},
}


@pytest.mark.parametrize("name", UNSOUND_HEADERS)
async def test_an_id_token_signed_otherwise_is_refused(browser: Browser, provider: SigningProvider, name: str) -> None:
    provider.id_header = UNSOUND_HEADERS[name]
    assert await is_refused(browser, await browser.come_back(provider.authorize(await browser.begin())))


@pytest.mark.parametrize(
    "response", [{"id_token": None}, {"access_token": None}, {"id_token": 1}, {"id_token": "a.b.c"}]
)
async def test_a_token_response_without_both_tokens_signs_nobody_in(
    browser: Browser, provider: SigningProvider, response: dict[str, Any]
) -> None:
    provider.response = response
    assert await is_refused(browser, await browser.come_back(provider.authorize(await browser.begin())))


async def test_an_id_token_in_place_of_the_access_token_says_nothing_here(
    browser: Browser, provider: SigningProvider
) -> None:
    provider.access_claims = {"aud": CLIENT}
    assert await is_refused(browser, await browser.come_back(provider.authorize(await browser.begin())))


async def test_an_id_from_before_is_worth_nothing_after_signing_in(
    app: Any, browser: Browser, provider: SigningProvider
) -> None:
    """Session fixation: whoever planted a cookie, or kept one, does not come along."""
    planted = "A" * 43
    browser.cookies.set("session", planted, domain="127.0.0.1")
    answer = provider.authorize(await browser.begin())
    await browser.come_back(answer)
    first = browser.cookies["session"]
    provider.roles = ["lead-wilster"]
    await browser.sign_in(provider)
    second = browser.cookies["session"]
    assert len({planted, first, second}) == 3
    assert await browser.memberships() == ["hub_lead:wilster"]
    for former in (planted, first):
        async with Browser(app) as attacker:
            attacker.cookies.set("session", former, domain="127.0.0.1")
            assert (await attacker.ask()).status_code == 401

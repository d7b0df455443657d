"""Back-channel logout: what the issuer ends, and what nobody else does (OIDC Back-Channel Logout §2; SECURITY, attack cases)."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from tests.fixtures.issuer import compact, ec, public, rsa
from tests.fixtures.provider import CLIENT, LOGOUT, SigningProvider
from tests.network.signing_in import Browser, Service

NOW = int(time.time())


async def log_out(browser: Browser, token: str, slug: str = "hubs") -> int:
    async with httpx.AsyncClient(transport=browser._transport, base_url=browser.base_url) as issuer:
        response = await issuer.post(f"/sign-in/{slug}/back-channel-logout", data={"logout_token": token})
    assert response.headers["cache-control"] == "no-store"
    return response.status_code


async def test_the_issuer_ends_sessions_by_subject_or_by_its_own_session(
    service: Service, browser: Browser, provider: SigningProvider
) -> None:
    app = service.app()
    async with Browser(app) as phone, Browser(app) as stranger:
        provider.id_claims = {"sid": "sid-1"}
        await browser.sign_in(provider)
        provider.id_claims = {"sid": "sid-2"}
        await phone.sign_in(provider)
        provider.subject = "subject-2"
        await stranger.sign_in(provider)
        provider.subject = "subject-1"
        assert await log_out(browser, provider.logout_token(sub=None, sid="sid-1")) == 200
        assert (await browser.ask()).status_code == 401
        assert await phone.memberships() == ["hub_lead:zeitz"]
        assert await log_out(browser, provider.logout_token()) == 200
        assert (await phone.ask()).status_code == 401
        assert await stranger.memberships() == ["hub_lead:zeitz"]


UNSOUND_LOGOUT_TOKENS: dict[str, dict[str, Any]] = {
    "with nonce": {"nonce": "n"},
    "without events": {"events": None},
    "with another event": {"events": {"https://evil.example/event": {}}},
    "with the event as a text": {"events": {next(iter(LOGOUT)): "yes"}},
    "with events as a list": {"events": list(LOGOUT)},
    "for another audience": {"aud": "another-client"},
    "for an audience beside us": {"aud": [CLIENT, "another-client"], "azp": CLIENT},
    "for our API": {"aud": "https://hubnetz.example"},
    "of another issuer": {"iss": "https://evil.example"},
    "without iat": {"iat": None},
    "without exp": {"exp": None},
    "without jti": {"jti": None},
    "without sub and sid": {"sub": None},
    "with an empty sid": {"sid": ""},
    "expired": {"iat": NOW - 900, "exp": NOW - 600},
    "for a day": {"exp": NOW + 86_400},
}
FORGED_LOGOUT_TOKENS: dict[str, dict[str, Any]] = {
    "typ JWT": {"typ": "JWT"},
    "typ missing": {"typ": None},
    "typ at+jwt": {"typ": "at+jwt"},
    "alg none": {"alg": "none"},
    "alg HS256": {"alg": "HS256"},
    "kid unknown": {"kid": "unknown"},
}


@pytest.mark.parametrize("name", [*UNSOUND_LOGOUT_TOKENS, *FORGED_LOGOUT_TOKENS])
async def test_a_logout_token_with_one_thing_wrong_ends_nothing(
    browser: Browser, provider: SigningProvider, name: str
) -> None:
    await browser.sign_in(provider)
    header = FORGED_LOGOUT_TOKENS.get(name)
    assert await log_out(browser, provider.logout_token(header, **UNSOUND_LOGOUT_TOKENS.get(name, {}))) == 400
    assert await browser.memberships() == ["hub_lead:zeitz"]


async def test_a_logout_token_of_another_key_or_issuer_ends_nothing(
    browser: Browser, provider: SigningProvider, other: SigningProvider
) -> None:
    await browser.sign_in(provider)
    sound = provider.logout_token()
    claims = {"iss": provider.url, "aud": CLIENT, "iat": NOW, "exp": NOW + 300, "jti": "j", "sub": "subject-1"}
    forged = compact(provider.header(typ="logout+jwt"), claims | {"events": LOGOUT}, rsa("foreign"), "RS256")
    for token in (forged, f"{sound[:-4]}AAAA", other.logout_token(iss=provider.url), "", "a.b.c", "x" * 9_000):
        assert await log_out(browser, token) == 400
    # Another issuer may end sessions of its own, whatever the subject is called.
    assert await log_out(browser, other.logout_token(), "other") == 200
    assert await log_out(browser, other.logout_token(), "hubs") == 400
    assert await log_out(browser, sound, "other") == 400
    assert await browser.memberships() == ["hub_lead:zeitz"]


async def test_a_logout_token_works_once(browser: Browser, provider: SigningProvider) -> None:
    token = provider.logout_token()
    answers = await asyncio.gather(*(log_out(browser, token) for _ in range(4)))
    assert sorted(answers) == [200, 400, 400, 400]
    await browser.sign_in(provider)
    assert await log_out(browser, token) == 400
    assert await browser.memberships() == ["hub_lead:zeitz"]


async def test_a_forged_logout_costs_no_more_fetches_than_a_forged_token(
    browser: Browser, provider: SigningProvider
) -> None:
    await browser.sign_in(provider)
    before = provider.requests.copy()
    for number in range(50):
        assert await log_out(browser, provider.logout_token({"kid": f"random-{number}"})) == 400
    assert sum((provider.requests - before).values()) <= 2


async def test_a_key_that_the_issuer_rotated_in_is_known_at_once(browser: Browser, provider: SigningProvider) -> None:
    await browser.sign_in(provider)
    provider.key = rsa("hubs-rotated")
    provider.keys = [public(provider.key), public(ec("hubs-2"))]
    assert await log_out(browser, provider.logout_token()) == 200
    assert (await browser.ask()).status_code == 401

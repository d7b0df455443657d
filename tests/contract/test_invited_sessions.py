"""Sessions of people with memberships by invitation, on each graph database: rights at once, a new id with new rights."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from auth.principal import Principal
from auth.sessions import LINGER, hashed
from graph.actors import pseudonym
from graph.personal import InvitedMember
from graph.port import GraphStore
from graph.values import Instant, instant
from tests.contract.test_sessions import KEYS, NEWS, Clock, Process, refreshes
from tests.fixtures.builders import make_hub
from tests.fixtures.issuer import Fault
from tests.fixtures.provider import SigningProvider
from tests.fixtures.units import stored, write


@pytest.fixture
def provider() -> Iterator[SigningProvider]:
    served = SigningProvider()
    yield served
    served.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(store: GraphStore, provider: SigningProvider, clock: Clock) -> Process:
    return Process(store, provider, clock, KEYS)


def person(provider: SigningProvider) -> str:
    return pseudonym(Principal(provider.url, provider.subject))


async def invite(store: GraphStore, provider: SigningProvider, membership: str = "hub_member:wilster") -> str:
    """The id of a membership that somebody holds from now on."""
    _, _, slug = membership.partition(":")
    member = InvitedMember(
        id=membership,
        actor=person(provider),
        house=f"Hub:{slug}",
        house_key=slug,
        membership=membership,
        invitation="one",
        since=Instant(await store.now()),
    )
    await write(store, make_hub(slug), member)
    return member.id


async def revoke(store: GraphStore, member: str) -> None:
    row = {"id": member, "revoked_at": await store.now()}
    await store.transact(lambda transaction: transaction.put("InvitedMember", [row]))


async def test_rights_by_invitation_come_and_go_within_a_session(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    assert await process.memberships(cookie) == ["hub_lead:zeitz"]
    member = await invite(store, provider)
    assert await process.memberships(cookie) == ["hub_lead:zeitz", "hub_member:wilster"]
    await revoke(store, member)
    assert await process.memberships(cookie) == ["hub_lead:zeitz"]


async def test_new_rights_come_with_a_new_id_and_lost_ones_too(
    process: Process, store: GraphStore, provider: SigningProvider, clock: Clock
) -> None:
    first = await process.sign_in()
    member = await invite(store, provider)
    resumed = await process.resume(first)
    assert resumed is not None
    assert resumed.cookie not in (None, first)
    second = str(resumed.cookie)
    again = await process.resume(second)
    assert again is not None
    assert (again.cookie, again.principal) == (None, resumed.principal)
    # Requests that were under way go on for a moment, with the rights of this moment.
    await revoke(store, member)
    assert await process.memberships(first) == ["hub_lead:zeitz"]
    clock.now += LINGER
    assert await process.resume(first) is None
    third = await process.resume(second)
    assert third is not None
    assert third.cookie not in (None, first, second)


async def test_whoever_signs_in_with_an_invitation_has_one_id(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    await invite(store, provider)
    cookie = await process.sign_in()
    resumed = await process.resume(cookie)
    assert resumed is not None
    assert (resumed.cookie, len(resumed.principal.memberships)) == (None, 2)


async def test_a_new_id_goes_on_where_the_old_one_was(
    process: Process, store: GraphStore, provider: SigningProvider, clock: Clock
) -> None:
    cookie = await process.sign_in()
    await invite(store, provider)
    resumed = await process.resume(cookie)
    assert resumed is not None
    cookie = str(resumed.cookie)
    clock.now += NEWS
    provider.roles = ["lead-wilster"]
    assert await process.memberships(cookie) == ["hub_lead:wilster", "hub_member:wilster"]
    assert refreshes(provider) == 1


async def test_of_many_requests_one_gets_the_new_id(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    await invite(store, provider)
    resumed = await asyncio.gather(*(process.resume(cookie) for _ in range(6)))
    assert all(one is not None and len(one.principal.memberships) == 2 for one in resumed)
    assert len({one.cookie for one in resumed if one is not None and one.cookie}) == 1


async def test_an_id_stays_while_the_issuer_may_be_asked(
    process: Process, store: GraphStore, provider: SigningProvider, clock: Clock
) -> None:
    """Whoever asks has the refresh token in hand: a copy of the session would keep one that is used up."""
    cookie = await process.sign_in()
    await invite(store, provider)
    soon = {"id": hashed(cookie), "refresh_at": instant(clock.now + timedelta(seconds=30))}
    await store.transact(lambda transaction: transaction.put("Session", [soon]))
    resumed = await process.resume(cookie)
    assert resumed is not None
    assert (resumed.cookie, len(resumed.principal.memberships)) == (None, 2)


async def test_a_session_costs_one_statement_more(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    await invite(store, provider)
    cookie = await process.sign_in()
    await process.resume(cookie)
    before = store.calls
    await process.resume(cookie)
    assert store.calls - before == 2


@pytest.mark.parametrize(
    ("claims", "kept"),
    [
        ({"email": "amt@stadt.example", "email_verified": True}, "amt@stadt.example"),
        ({"email": "amt@stadt.example", "email_verified": False}, None),
        ({"email": "amt@stadt.example", "email_verified": "true"}, None),
        ({"email": "amt@stadt.example", "email_verified": 1}, None),
        ({"email": "amt@stadt.example"}, None),
        ({"email": "a@b.example\r\nBcc: c@d.example", "email_verified": True}, None),
        ({"email": "a@b.example, c@d.example", "email_verified": True}, None),
        ({"email": ["amt@stadt.example"], "email_verified": True}, None),
        ({"email_verified": True}, None),
    ],
)
@pytest.mark.parametrize("token", ["id_claims", "access_claims"])
async def test_an_address_is_kept_where_the_issuer_vouches_for_it(
    process: Process, store: GraphStore, provider: SigningProvider, token: str, claims: dict[str, Any], kept: str | None
) -> None:
    setattr(provider, token, claims)
    await process.sign_in()
    row = await stored(store, f"Actor:{person(provider)}")
    assert row is not None
    assert (row["email"], row["memberships"]) == (kept, ["hub_lead:zeitz"])


async def test_an_address_that_is_no_longer_vouched_for_is_forgotten(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    addresses = []
    for is_verified in (True, None, False):
        provider.id_claims = {"email": None if is_verified is None else "a@b.example", "email_verified": is_verified}
        await process.sign_in()
        addresses.append((await stored(store, f"Actor:{person(provider)}") or {})["email"])
    assert addresses == ["a@b.example", "a@b.example", None]


USERINFO = "/userinfo"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"sub": "subject-1", "email": "amt@stadt.example", "email_verified": True}, "amt@stadt.example"),
        ({"sub": "subject-2", "email": "amt@stadt.example", "email_verified": True}, None),
        ({"email": "amt@stadt.example", "email_verified": True}, None),
        ({"sub": "subject-1", "email": "amt@stadt.example"}, None),
        (["no object"], None),
    ],
)
async def test_an_issuer_may_tell_the_address_where_it_tells_of_the_user(
    process: Process, store: GraphStore, provider: SigningProvider, told: Any, kept: str | None
) -> None:
    _tells_at_userinfo(provider, told)
    started = await process.sessions.start(process.sessions.parties["hubs"])
    assert "&scope=openid+email&" in started.address
    await process.sign_in()
    assert provider.requests[USERINFO] == 1
    assert (await stored(store, f"Actor:{person(provider)}") or {})["email"] == kept


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.RESET, Fault.REDIRECT, Fault.HUGE])
async def test_nobody_fails_to_sign_in_for_want_of_an_address(
    process: Process, provider: SigningProvider, fault: Fault
) -> None:
    _tells_at_userinfo(provider, {"sub": "subject-1", "email": "a@b.example", "email_verified": True})
    provider.faults = {USERINFO: fault}
    assert await process.memberships(await process.sign_in()) == ["hub_lead:zeitz"]


def _tells_at_userinfo(provider: SigningProvider, told: Any) -> None:
    provider.discovery |= {"userinfo_endpoint": f"{provider.url}{USERINFO}", "scopes_supported": ["openid", "email"]}
    provider.told = {USERINFO: told}

"""Sessions on each graph database: how long they last, what is kept of them, news of the issuer, one refresher at a time."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from auth.issuers import Issuer
from auth.login import RelyingParty
from auth.sealing import BrokenSealError, Sealer
from auth.sessions import ABSOLUTE, ASK_AGAIN, IDLE, LINGER, SIGN_IN, TOUCH_EVERY, Resumed, Sessions, form_token, hashed
from graph.accounts.sessions import GraphSessions, purge
from graph.ddl import LABELS
from graph.port import GraphStore, Transaction
from graph.values import instant
from tests.fixtures.issuer import DISCOVERY, JWKS, Fault
from tests.fixtures.patience import PATIENCE_S
from tests.fixtures.provider import SigningProvider

KEYS = ("a" * 43, "b" * 42 + "A")
ALL = {"now": "9999-01-01T00:00:00.000000Z", "idle": "9999-01-01T00:00:00.000000Z", "limit": 1_000}
NEWS = timedelta(seconds=301)
"""After that the access tokens of the issuer have expired."""


class Clock:
    """Ours, so that hours pass at once; tokens go by the real one."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def provider() -> Iterator[SigningProvider]:
    served = SigningProvider()
    yield served
    served.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Process:
    """One web process: what it remembers is its own, what it stores is everybody's."""

    def __init__(
        self, store: GraphStore, provider: SigningProvider, clock: Clock, keys: tuple[str, ...] = KEYS
    ) -> None:
        party = RelyingParty(Issuer(provider.settings()), "http://127.0.0.1:8000", timeout_s=30)
        self.sessions = Sessions(GraphSessions(store), {"hubs": party}, Sealer(keys), clock=clock)
        self._provider = provider

    async def sign_in(self, former: str | None = None) -> str:
        started = await self.sessions.start(self.sessions.parties["hubs"])
        finished = await self.sessions.finish(
            self.sessions.parties["hubs"],
            self._provider.authorize(started.address),
            browser=started.cookie,
            former=former,
        )
        return finished.cookie

    async def resume(self, cookie: str) -> Resumed | None:
        return await self.sessions.resume(cookie)

    async def memberships(self, cookie: str) -> list[str] | None:
        resumed = await self.sessions.resume(cookie)
        return None if resumed is None else sorted(map(str, resumed.principal.memberships))


@pytest.fixture
def process(store: GraphStore, provider: SigningProvider, clock: Clock) -> Process:
    return Process(store, provider, clock)


async def record(store: GraphStore, cookie: str) -> dict[str, Any]:
    found = await store.transact(lambda transaction: transaction.read("Session", [hashed(cookie)]))
    return found.get(hashed(cookie), {})


def refreshes(provider: SigningProvider) -> int:
    return sum(form["grant_type"] == "refresh_token" for form in provider.asked)


async def test_a_session_ends_half_an_hour_after_its_last_use(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    provider.response = {"refresh_token": None}
    used, unused = await process.sign_in(), await process.sign_in()
    for _ in range(4):
        clock.now += IDLE - timedelta(seconds=1)
        assert await process.memberships(used) == ["hub_lead:zeitz"]
    assert await process.resume(unused) is None
    clock.now += IDLE
    assert await process.resume(used) is None


async def test_a_session_ends_ten_hours_after_signing_in_whatever_happens(process: Process, clock: Clock) -> None:
    begun, cookie = clock.now, await process.sign_in()
    while clock.now + timedelta(minutes=20) < begun + ABSOLUTE:
        clock.now += timedelta(minutes=20)
        resumed = await process.resume(cookie)
        assert resumed is not None
        cookie = resumed.cookie or cookie
    clock.now = begun + ABSOLUTE - timedelta(seconds=1)
    assert await process.resume(cookie) is not None
    clock.now = begun + ABSOLUTE
    assert await process.resume(cookie) is None


async def test_a_session_is_written_at_most_every_five_minutes(
    process: Process, store: GraphStore, clock: Clock, provider: SigningProvider
) -> None:
    provider.response = {"expires_in": 3_600}
    cookie = await process.sign_in()
    begun = clock.now
    written = set()
    for _ in range(15):
        clock.now += timedelta(minutes=1)
        assert await process.resume(cookie) is not None
        written.add((await record(store, cookie))["touched_at"])
    assert written == {instant(begun + number * TOUCH_EVERY) for number in range(4)}


async def read_one(transaction: Transaction, label: str, key: str) -> dict[str, dict[str, Any]]:
    return await transaction.read(label, [key])


async def test_who_reads_the_database_can_neither_pose_as_anybody_nor_use_a_token(
    process: Process, store: GraphStore, provider: SigningProvider
) -> None:
    started = await process.sessions.start(process.sessions.parties["hubs"])
    cookie = await process.sign_in()
    answers = [provider.asked[-1]["code_verifier"], provider.asked[-1]["code"]]
    kept = json.dumps(await record(store, cookie))
    for label, key in await store.query("sessions_expired", ALL):
        kept += json.dumps(await store.transact(partial(read_one, label=label, key=key)))
    (refresh_token,) = provider._family
    secrets = [cookie, started.cookie, form_token(cookie), refresh_token, *answers]
    assert all(secret not in kept for secret in secrets)
    assert '"eyJ' in kept
    header, claims, _ = provider.token().split(".")
    assert header not in kept
    assert claims[:20] not in kept


async def test_the_first_key_encrypts_and_all_decrypt(
    store: GraphStore, provider: SigningProvider, clock: Clock
) -> None:
    old, new = KEYS
    cookie = await Process(store, provider, clock, (old,)).sign_in()
    clock.now += NEWS
    assert await Process(store, provider, clock, (new, old)).memberships(cookie) == ["hub_lead:zeitz"]
    # Refreshed, it is under the new key: the old one may go.
    clock.now += NEWS
    assert await Process(store, provider, clock, (new,)).memberships(cookie) == ["hub_lead:zeitz"]
    assert refreshes(provider) == 2
    clock.now += NEWS
    assert await Process(store, provider, clock, (old,)).resume(cookie) is None


def test_what_was_sealed_for_one_record_opens_in_no_other() -> None:
    sealer = Sealer(KEYS)
    sealed = sealer.seal({"refresh_token": "r"}, purpose="one")
    assert sealer.unseal(sealed, purpose="one") == {"refresh_token": "r"}
    assert sealer.seal({"refresh_token": "r"}, purpose="one") != sealed
    head, *rest = sealed.split(".")
    changed = [
        ".".join([head, *rest[:-1], rest[-1][::-1]]),
        ".".join([head[:-4] + "AAAA", *rest]),
        "",
        "a.b.c.d.e",
        "{}",
    ]
    for text, purpose in [(sealed, "other"), *((text, "one") for text in changed)]:
        with pytest.raises(BrokenSealError):
            sealer.unseal(text, purpose=purpose)
    with pytest.raises(BrokenSealError):
        Sealer(["c" * 42 + "A"]).unseal(sealed, purpose="one")


async def test_news_of_the_issuer_come_with_a_new_token_each_time(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    for number in range(1, 4):
        clock.now += NEWS
        assert await process.resume(cookie) == await process.resume(cookie)
        assert refreshes(provider) == number
    tokens = [form["refresh_token"] for form in provider.asked[1:]]
    assert len(set(tokens)) == 3


async def test_new_rights_come_with_a_new_id_and_the_old_one_fades(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    provider.roles = ["lead-wilster"]
    clock.now += NEWS
    resumed = await process.resume(cookie)
    assert resumed is not None
    assert resumed.cookie not in (None, cookie)
    # Requests that were under way go on, with the new rights.
    assert await process.memberships(cookie) == await process.memberships(resumed.cookie or "") == ["hub_lead:wilster"]
    clock.now += LINGER
    assert await process.resume(cookie) is None
    assert await process.memberships(resumed.cookie or "") == ["hub_lead:wilster"]


async def test_rights_that_are_taken_away_are_gone_at_the_next_news(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    provider.roles = []
    clock.now += NEWS
    assert await process.memberships(cookie) == []


async def test_of_requests_at_once_one_asks_the_issuer_in_every_process(
    store: GraphStore, clock: Clock, provider: SigningProvider
) -> None:
    processes = [Process(store, provider, clock) for _ in range(2)]
    cookie = await processes[0].sign_in()
    for number in range(1, 4):
        clock.now += NEWS
        answers = await asyncio.gather(*(process.resume(cookie) for process in processes for _ in range(5)))
        assert all(answer is not None and answer.cookie is None for answer in answers)
        assert refreshes(provider) == number


async def test_a_request_that_is_given_up_takes_no_refresh_token_with_it(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    clock.now += NEWS
    asks, loop = asyncio.Event(), asyncio.get_running_loop()
    provider.on_ask = lambda: loop.call_soon_threadsafe(asks.set)
    request = asyncio.create_task(process.resume(cookie))
    async with asyncio.timeout(PATIENCE_S):
        await asks.wait()
    (refreshing,) = process.sessions._refreshing
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    await refreshing
    clock.now += NEWS
    assert await process.memberships(cookie) == ["hub_lead:zeitz"]
    assert refreshes(provider) == 2


async def test_a_refresh_token_used_twice_ends_the_session(
    process: Process, store: GraphStore, clock: Clock, provider: SigningProvider
) -> None:
    cookie = await process.sign_in()
    (stolen,) = provider._family
    clock.now += NEWS
    assert await process.resume(cookie) is not None
    form = {"grant_type": "refresh_token", "refresh_token": stolen, "client_id": "hubnetz-web"}
    assert provider.answer("/token", form | {"client_secret": provider.settings().client_secret})[0] == 400
    clock.now += NEWS
    assert await process.resume(cookie) is None
    assert await record(store, cookie) == {}


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.RESET, Fault.HTML])
async def test_with_the_issuer_away_a_session_goes_on_and_asks_once_a_minute(
    process: Process, clock: Clock, provider: SigningProvider, fault: Fault
) -> None:
    cookie = await process.sign_in()
    provider.fail(fault, "/token", DISCOVERY, JWKS)
    provider.requests.clear()
    clock.now += NEWS
    for _ in range(3):
        assert await process.memberships(cookie) == ["hub_lead:zeitz"]
    assert provider.requests["/token"] == 1
    provider.faults = {}
    clock.now += ASK_AGAIN
    assert await process.memberships(cookie) == ["hub_lead:zeitz"]
    assert provider.requests["/token"] == 2


@pytest.mark.parametrize(
    "changed", [{"subject": "subject-2"}, {"id_claims": {"sub": "subject-2"}}, {"access_claims": {"aud": "else"}}]
)
async def test_an_issuer_that_names_somebody_else_ends_the_session(
    process: Process, clock: Clock, provider: SigningProvider, changed: dict[str, Any]
) -> None:
    cookie = await process.sign_in()
    for name, value in changed.items():
        setattr(provider, name, value)
    clock.now += NEWS
    assert await process.resume(cookie) is None


async def test_sessions_of_an_issuer_that_counts_no_more_are_over(
    store: GraphStore, process: Process, clock: Clock
) -> None:
    cookie = await process.sign_in()
    another = SigningProvider("another")
    try:
        assert await Process(store, another, clock).resume(cookie) is None
    finally:
        another.close()


async def test_signing_out_beside_a_refresh_stays_signed_out(
    process: Process, store: GraphStore, clock: Clock, provider: SigningProvider
) -> None:
    sessions = GraphSessions(store)
    cookie = await process.sign_in()
    clock.now += NEWS
    claimed = await sessions.claim_refresh(hashed(cookie), now=clock.now, again_at=clock.now + ASK_AGAIN)
    assert claimed is not None
    await process.sessions.end(cookie)
    assert not await sessions.renew(hashed(cookie), claimed, lingers_until=clock.now + LINGER)
    await sessions.touch(hashed(cookie), clock.now)
    assert await record(store, cookie) == {}


async def test_signing_out_takes_all_that_came_of_that_sign_in(
    process: Process, clock: Clock, provider: SigningProvider
) -> None:
    beside, cookie = await process.sign_in(), await process.sign_in()
    provider.roles = ["lead-wilster"]
    clock.now += NEWS
    resumed = await process.resume(cookie)
    assert resumed is not None
    await process.sessions.end(resumed.cookie or "")
    assert await process.resume(cookie) is None
    assert await process.resume(beside) is not None


async def test_housekeeping_takes_what_is_over_and_nothing_else(
    process: Process, store: GraphStore, clock: Clock, provider: SigningProvider
) -> None:
    now = clock.now
    clock.now = now - IDLE
    idle = await process.sign_in()
    clock.now = now - ABSOLUTE
    ended = await process.sign_in()
    await store.transact(
        lambda transaction: transaction.put("Session", [{"id": hashed(ended), "touched_at": instant(now)}])
    )
    await process.sessions.start(process.sessions.parties["hubs"])
    clock.now = now
    going, party = await process.sign_in(), process.sessions.parties["hubs"]
    started = await process.sessions.start(party)
    spent = provider.logout_token(sub="nobody")
    await process.sessions.end_by(party, spent)
    await store.transact(
        lambda transaction: transaction.put(
            "SeenToken",
            [
                {
                    "id": "old",
                    "expires_at": instant(now - SIGN_IN),
                    "created_at": instant(now),
                    "updated_at": instant(now),
                }
            ],
        )
    )
    assert await purge(store, limit=1) == 3
    assert await purge(store) == 1
    assert await purge(store) == 0
    assert [bool(await record(store, cookie)) for cookie in (idle, ended, going)] == [False, False, True]
    finished = await process.sessions.finish(
        party, provider.authorize(started.address), browser=started.cookie, former=None
    )
    assert await process.resume(finished.cookie) is not None


def test_all_of_it_is_bookkeeping() -> None:
    assert all(LABELS[label].is_record for label in ("Session", "SignIn", "SeenToken"))

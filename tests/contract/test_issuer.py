"""An issuer's keys: found by pinned discovery, kept, refreshed beside the requests, and never asked for without bound."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from auth.errors import IssuerUnavailableError
from auth.issuers import ASK_AGAIN_S, KEPT_S, Issuer
from tests.fixtures.issuer import DISCOVERY, JWKS, Fault, SigningIssuer, ec, public, rsa

OKP = {"kty": "OKP", "crv": "Ed25519", "kid": "okp", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def served() -> Iterator[SigningIssuer]:
    issuer = SigningIssuer()
    yield issuer
    issuer.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(served: SigningIssuer, clock: Clock, **given: object) -> Issuer:
    return Issuer(served.settings(**given), clock=clock)


async def beside(issuer: Issuer) -> None:
    """Waits for a refresh that runs beside the requests."""
    refreshing = issuer._refreshing
    assert refreshing is not None
    await refreshing


async def test_keys_are_fetched_once_however_many_ask(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    found = await asyncio.gather(*(issuer.key("hubs-1") for _ in range(50)))
    assert len({id(key) for key in found}) == 1
    clock.now += KEPT_S - 1
    assert await issuer.key("hubs-2") is not None
    assert served.requests == {DISCOVERY: 1, JWKS: 1}


async def test_after_ten_minutes_old_keys_serve_while_new_ones_are_fetched(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    await issuer.key("hubs-1")
    served.keys = [public(ec("hubs-3"))]
    clock.now += KEPT_S
    assert await issuer.key("hubs-1") is not None
    await beside(issuer)
    # Rotated out: no token of that key counts any more, and nobody had to wait for that.
    assert await issuer.key("hubs-3") is not None
    assert await issuer.key("hubs-1") is None
    assert served.requests[JWKS] == 3


async def test_after_a_quiet_time_newer_keys_are_waited_for(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    await issuer.key("hubs-1")
    served.keys = [public(ec("hubs-3"))]
    clock.now += 86_400
    assert await issuer.key("hubs-1") is None


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
async def test_keys_outlive_an_issuer_that_is_away_slow_or_broken(
    served: SigningIssuer, clock: Clock, fault: Fault, path: str
) -> None:
    issuer = opened(served, clock)
    known = await issuer.key("hubs-1")
    served.fail(fault, path)
    if fault is Fault.SLOW:
        issuer._timeout_s = 0.3
    clock.now += 86_400
    assert await issuer.key("hubs-1") == known
    clock.now += 86_400
    for _ in range(2):
        # The second is not looked for, and not taken for nobody's either.
        with pytest.raises(IssuerUnavailableError):
            await issuer.key("unknown")
    assert "/elsewhere" not in served.requests


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
async def test_without_any_keys_nothing_is_decided_and_the_issuer_is_left_to_recover(
    served: SigningIssuer, clock: Clock, fault: Fault
) -> None:
    issuer = opened(served, clock)
    if fault is Fault.SLOW:
        issuer._timeout_s = 0.3
    served.fail(fault)
    for _ in range(20):
        with pytest.raises(IssuerUnavailableError):
            await issuer.key("hubs-1")
    assert served.requests[DISCOVERY] == 1
    served.faults = {}
    issuer._timeout_s = 5.0
    clock.now += 10
    assert await issuer.key("hubs-1") is not None


async def test_an_issuer_that_does_not_listen_is_away(clock: Clock) -> None:
    gone = SigningIssuer()
    gone.close()
    with pytest.raises(IssuerUnavailableError) as told:
        await opened(gone, clock).key("hubs-1")
    assert "Anmeldung der Hubs" in str(told.value)


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://id.example"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "ftp://127.0.0.1/jwks"},
        {"jwks_uri": "http://[x"},
        {"jwks_uri": "http://127.0.0.1:99999/jwks"},
        {"jwks_uri": ["http://127.0.0.1/jwks"]},
    ],
)
async def test_a_discovery_document_of_another_or_without_an_address_of_keys_is_none(
    served: SigningIssuer, clock: Clock, change: dict[str, Any]
) -> None:
    served.discovery |= change
    with pytest.raises(IssuerUnavailableError):
        await opened(served, clock).key("hubs-1")
    assert served.requests[JWKS] == 0


async def test_a_slash_more_at_the_end_is_another_issuer(served: SigningIssuer, clock: Clock) -> None:
    with pytest.raises(IssuerUnavailableError):
        await opened(served, clock, issuer=f"{served.url}/").key("hubs-1")
    assert served.requests == {DISCOVERY: 1}


async def test_a_thousand_unknown_ids_cause_one_refresh_a_minute(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    await issuer.key("hubs-1")
    for number in range(1_000):
        assert await issuer.key(f"random-{number}") is None
    assert served.requests[JWKS] == 2
    clock.now += ASK_AGAIN_S
    found = await asyncio.gather(*(issuer.key(f"other-{number}") for number in range(1_000)))
    assert set(found) == {None}
    assert served.requests[JWKS] == 3
    assert len(issuer._absent) <= 1_024


async def test_a_thousand_unknown_ids_before_any_known_one_cause_one_fetch(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    assert set(await asyncio.gather(*(issuer.key(f"random-{number}") for number in range(1_000)))) == {None}
    assert served.requests[JWKS] == 1


async def test_ids_of_nobody_are_remembered_and_the_memory_is_bounded(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    await issuer.key("hubs-1")
    for number in range(1_100):
        clock.now += ASK_AGAIN_S / 12
        assert await issuer.key(f"random-{number % 3}") is None
    assert len(issuer._absent) <= 3
    before = served.requests[JWKS]
    clock.now += ASK_AGAIN_S
    assert await issuer.key("fresh") is None
    # It does not spend the next minute's refresh.
    clock.now += ASK_AGAIN_S
    assert await issuer.key("fresh") is None
    assert served.requests[JWKS] == before + 1


async def test_a_new_key_is_found_at_once_by_all_who_come_with_it(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    await issuer.key("hubs-1")
    served.keys.append(public(rsa("hubs-3")))
    found = await asyncio.gather(*(issuer.key("hubs-3") for _ in range(50)))
    assert None not in found
    assert served.requests[JWKS] == 2


async def test_a_request_that_is_given_up_takes_nothing_from_the_others(served: SigningIssuer, clock: Clock) -> None:
    issuer = opened(served, clock)
    first, second = (asyncio.create_task(issuer.key("hubs-1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None
    assert served.requests[JWKS] == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "kid": "bad", "k": "c2VjcmV0", "alg": "HS256"},
        {**public(rsa("bad")), "use": "enc"},
        {**public(rsa("bad")), "key_ops": ["encrypt"]},
        {**public(rsa("bad")), "key_ops": 5},
        {**public(rsa("bad")), "alg": "RS512"},
        {**public(rsa("bad")), "alg": "HS256"},
        {**public(rsa("bad")), "n": "!"},
        {**public(rsa("bad")), "kid": 5},
        {**public(rsa("bad")), "kid": ""},
        {"kty": ["RSA"], "kid": "bad"},
        {"kty": "RSA", "kid": "bad"},
        {**OKP, "kid": "bad", "x": "AAAA"},
        {**public(rsa("bad")), "n": public(rsa("bad"))["n"][:171]},
        rsa("bad").as_dict(private=True),
        None,
        "key",
    ],
)
async def test_a_key_of_no_use_is_left_out_and_spoils_no_other(
    served: SigningIssuer, clock: Clock, entry: object
) -> None:
    served.keys.insert(0, entry)  # type: ignore[arg-type]  # what an issuer may answer is anything
    issuer = opened(served, clock)
    assert await issuer.key("bad") is None
    assert await issuer.key("hubs-1") is not None


async def test_of_two_keys_under_one_id_none_counts(served: SigningIssuer, clock: Clock) -> None:
    served.keys.append({**public(rsa("stranger")), "kid": "hubs-1"})
    issuer = opened(served, clock)
    assert await issuer.key("hubs-1") is None
    assert await issuer.key("hubs-2") is not None


async def test_edwards_keys_count(served: SigningIssuer, clock: Clock) -> None:
    served.keys.append(OKP)
    assert await opened(served, clock).key("okp") is not None


@pytest.mark.parametrize("keys", [None, {}, "keys", [{}] * 101])
async def test_what_is_no_key_set_is_refused(served: SigningIssuer, clock: Clock, keys: object) -> None:
    served.keys = keys  # type: ignore[assignment]  # what an issuer may answer is anything
    with pytest.raises(IssuerUnavailableError):
        await opened(served, clock).key("hubs-1")

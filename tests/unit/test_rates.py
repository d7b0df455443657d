"""Budgets over time, by a clock of the test's own: what fits, how long to wait, and how much is remembered."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.principal import Anonymous, Principal
from graph.commands.callbacks import CALLS_A_DAY
from network.rates import Allowance, Charge, Kind, Rate, RateLimitedError, Rates, RateSettings, address_key


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def made(count: int = 3, per_s: float = 60.0, *, max_keys: int = 50_000) -> tuple[Rates, Clock]:
    clock = Clock()
    kinds = (Kind.OPERATIONS, Kind.COST, Kind.MUTATIONS)
    return Rates({kind: Rate(count, per_s) for kind in kinds}, clock=clock, max_keys=max_keys), clock


def waits(rates: Rates, kind: Kind, *keys: str, weight: int = 1) -> int:
    """Seconds to wait; 0 where it was counted."""
    try:
        rates.take(kind, *keys, weight=weight)
    except RateLimitedError as error:
        return int(error.headers["Retry-After"])
    return 0


def test_so_many_at_once_and_then_as_the_budget_refills() -> None:
    rates, clock = made(3, 60)

    assert [waits(rates, Kind.OPERATIONS, "a") for _ in range(4)] == [0, 0, 0, 20]
    clock.now += 19.9
    assert waits(rates, Kind.OPERATIONS, "a") == 1
    clock.now += 0.1
    assert [waits(rates, Kind.OPERATIONS, "a") for _ in range(2)] == [0, 20]
    clock.now += 60
    assert [waits(rates, Kind.OPERATIONS, "a") for _ in range(4)] == [0, 0, 0, 20]


def test_what_was_refused_costs_nothing() -> None:
    rates, clock = made(1, 60)
    rates.take(Kind.OPERATIONS, "a")

    assert {waits(rates, Kind.OPERATIONS, "a") for _ in range(1_000)} == {60}
    clock.now += 60
    assert waits(rates, Kind.OPERATIONS, "a") == 0


def test_kinds_and_keys_are_counted_each_for_themselves() -> None:
    rates, _ = made(1)
    rates.take(Kind.OPERATIONS, "a")

    assert waits(rates, Kind.OPERATIONS, "b") == 0
    assert waits(rates, Kind.MUTATIONS, "a") == 0
    assert waits(rates, Kind.OPERATIONS, "a") == 60
    assert waits(rates, Kind.CALLBACKS, "a") == 0, "a kind without a rate is free"


def test_of_several_keys_all_are_counted_or_none_and_none_twice() -> None:
    rates, _ = made(2)
    rates.take(Kind.OPERATIONS, "full", "full")
    rates.take(Kind.OPERATIONS, "full")

    assert waits(rates, Kind.OPERATIONS, "fresh", "full") == 30
    assert [waits(rates, Kind.OPERATIONS, "fresh") for _ in range(3)] == [0, 0, 30]


def test_of_several_kinds_all_are_counted_or_none() -> None:
    rates, _ = made(10)
    rates.take(Kind.MUTATIONS, "a", weight=10)

    with pytest.raises(RateLimitedError, match=r"^Too many mutations: try again in 6 seconds\.$"):
        rates.take_all(Charge(Kind.COST, "a", 10), Charge(Kind.MUTATIONS, "a"))
    assert waits(rates, Kind.COST, "a", weight=10) == 0


def test_whoever_asks_for_more_than_there_ever_is_gets_it_from_a_full_budget() -> None:
    rates, clock = made(100, 60)
    rates.take(Kind.COST, "a", weight=1)

    assert waits(rates, Kind.COST, "a", weight=10_000) == 1
    clock.now += 1
    assert waits(rates, Kind.COST, "a", weight=10_000) == 0
    assert waits(rates, Kind.COST, "a", weight=10_000) == 60


def test_checking_counts_nothing() -> None:
    rates, _ = made(1)
    for _ in range(5):
        rates.check(Kind.OPERATIONS, "a")
    rates.take(Kind.OPERATIONS, "a")
    with pytest.raises(RateLimitedError):
        rates.check(Kind.OPERATIONS, "a")


@given(
    st.integers(1, 50), st.sampled_from([1.0, 60.0, 3_600.0]), st.lists(st.tuples(st.floats(0, 100), st.integers(1, 5)))
)
def test_never_more_than_the_budget_and_what_refills(count: int, per_s: float, asked: list[tuple[float, int]]) -> None:
    rates, clock = made(count, per_s)
    began, taken = clock.now, 0
    for pause, weight in asked:
        clock.now += pause
        wait = waits(rates, Kind.COST, "a", weight=weight)
        if wait == 0:
            taken += min(weight, count)
        else:
            # It says when; not a second before it is so.
            clock.now += wait
            assert waits(rates, Kind.COST, "a", weight=weight) == 0
            taken += min(weight, count)
        assert taken <= count + (clock.now - began) * count / per_s + 1e-3


def test_under_an_attack_from_many_addresses_only_so_many_are_remembered() -> None:
    rates, clock = made(1, 60, max_keys=100)
    for number in range(10_000):
        rates.take(Kind.OPERATIONS, f"attacker {number}")
        assert rates.keys(Kind.OPERATIONS) <= 100
    assert waits(rates, Kind.OPERATIONS, "attacker 9999") == 60
    clock.now += 60
    for number in range(100):
        rates.take(Kind.OPERATIONS, f"later {number}")
    assert rates.keys(Kind.OPERATIONS) == 100


def test_what_is_full_again_is_forgotten() -> None:
    rates, clock = made(1, 60)
    for number in range(100):
        rates.take(Kind.OPERATIONS, f"key {number}")
    clock.now += 61
    for _ in range(60):
        rates.take(Kind.OPERATIONS, "regular")
        clock.now += 61
    assert rates.keys(Kind.OPERATIONS) <= 1


async def test_at_the_same_time_nobody_slips_through() -> None:
    rates, _ = made(10, 60)

    async def attempt() -> bool:
        await asyncio.sleep(0)
        return waits(rates, Kind.OPERATIONS, "a") == 0

    assert sum(await asyncio.gather(*(attempt() for _ in range(200)))) == 10


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", "?"),
        ("unknown", "?"),
        ("_gazonk", "?"),
        ("x" * 10_000, "?"),
    ],
)
def test_addresses_of_one_client_are_one(address: str, key: str) -> None:
    assert address_key(address) == key


def test_a_principal_is_counted_as_such_and_doors_by_address() -> None:
    one, other = Principal("https://id.example", "1"), Principal("https://id.example", "2")
    rates = Rates({kind: Rate(1, 60) for kind in Kind}, clock=Clock())
    here, there = Allowance(rates, "192.0.2.1"), Allowance(rates, "192.0.2.2")

    here.take(Kind.OPERATIONS, one)
    here.take(Kind.OPERATIONS, other)
    here.take(Kind.OPERATIONS, Anonymous())
    for caller in (one, other):
        with pytest.raises(RateLimitedError):
            there.take(Kind.OPERATIONS, caller)
    there.take(Kind.OPERATIONS, Anonymous())
    here.take(Kind.BAD_TOKENS, one)
    with pytest.raises(RateLimitedError):
        here.take(Kind.BAD_TOKENS, other)


def test_nobody_can_pass_for_an_address() -> None:
    rates = Rates({Kind.OPERATIONS: Rate(1, 60)}, clock=Clock())
    Allowance(rates, "192.0.2.1").take(Kind.OPERATIONS)
    Allowance(rates, "192.0.2.9").take(Kind.OPERATIONS, Principal("address", "192.0.2.1"))
    Allowance(rates, None).take(Kind.OPERATIONS)
    Allowance(rates, None).take(Kind.OPERATIONS)


def test_who_asks_for_calls_every_hour_has_a_day_of_them_and_leaves_others_theirs() -> None:
    clock = Clock()
    rates = Rates(RateSettings().rates(is_production=True), clock=clock)
    asked = 0
    for _ in range(12):
        for _ in range(3):
            with contextlib.suppress(RateLimitedError):
                Allowance(rates, "192.0.2.1").take(Kind.CALLBACKS)
                asked += 1
        clock.now += 3_600
    assert asked <= 6 + 12 * 6 / 24
    assert asked * 6 < CALLS_A_DAY
    for _ in range(3):
        Allowance(rates, "192.0.2.2").take(Kind.CALLBACKS)
        Allowance(rates, "192.0.2.1").take(Kind.CALLBACKS, Principal("a", "b"))
    assert not RateSettings(callbacks=0).rates(is_production=True).keys() & {Kind.CALLBACKS, Kind.CALLBACKS_OF_A_DAY}


def test_the_rates_of_a_place() -> None:
    usual, developing = RateSettings().rates(is_production=True), RateSettings().rates(is_production=False)

    assert set(usual) == set(developing) == set(Kind)
    assert all(developing[kind].count == 50 * usual[kind].count for kind in Kind)
    chosen = RateSettings(requests=0, doors=7).rates(is_production=False)
    assert Kind.REQUESTS not in chosen
    assert {chosen[kind].count for kind in (Kind.SIGN_INS, Kind.BAD_TOKENS, Kind.LINKS)} == {7}

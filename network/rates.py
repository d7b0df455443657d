"""How often somebody may ask: a budget for each kind of asking and each principal or address, refilled evenly over time.

The rule is the generic cell rate algorithm (ITU-T I.371): whoever has not asked for a while may ask `count` times at once,
and from then on as often as `count` per `per_s` gives again. It keeps one number for each key, whatever a key does, and
knows to the second when the next attempt succeeds. Budgets are those of this process: n web processes allow n times as
much. Nothing here waits and nothing asks anybody, so that within one event loop a charge is counted whole or not at all.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from auth.principal import Caller, Principal

MAX_KEYS: Final = 50_000
"""Of each kind. About 10 MB for each kind that is full; beyond it, whoever asked longest ago starts anew."""
_MINUTE_S: Final = 60.0
_HOUR_S: Final = 3_600.0
_DAY_S: Final = 86_400.0
_DEVELOPMENT: Final = 50
"""Times what production allows: no developer meets it, a loop that has run wild does."""
_CLIENT_NETWORK: Final = 64
"""Bits of an IPv6 address that a provider gives to one customer, who is free in the rest of them."""
_TINY_S: Final = 1e-6
_NOWHERE: Final = "?"


class Kind(StrEnum):
    """What is counted, each for itself."""

    REQUESTS = "requests"
    """Requests of an address, static files and health aside."""
    OPERATIONS = "operations"
    COST = "cost"
    """Nodes that operations ask for at most, as `MAX_COST` counts them: searching and paging weigh what they weigh."""
    MUTATIONS = "mutations"
    SIGN_INS = "sign-ins"
    BAD_TOKENS = "bad tokens"
    LINKS = "links"
    """Pages of single-use links opened or answered, and feed addresses that are none."""
    FEEDS = "fetches of this feed"
    """Of one feed address, wherever it is fetched from."""
    CALLBACKS = "callbacks"
    """Requests to be called back."""
    CALLBACKS_OF_A_DAY = "callbacks in a day"
    """The same, taken with them: an hour's worth, asked for again every hour, would keep an office busy."""


_BY_ADDRESS: Final = frozenset({Kind.REQUESTS, Kind.SIGN_INS, Kind.BAD_TOKENS, Kind.LINKS})
"""These come before it is known who asks; of the others an anonymous caller's address counts."""


_ALSO: Final = {Kind.CALLBACKS: Kind.CALLBACKS_OF_A_DAY}
"""Kinds that are counted beside another, whenever it is."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` times in `per_s` seconds."""

    count: int
    per_s: float


@dataclass(frozen=True, slots=True)
class RateSettings:
    """What the operator allows; each is a setting of the same name. None: what suits the place. 0: no limit."""

    requests: int | None = None
    operations: int | None = None
    cost: int | None = None
    mutations: int | None = None
    doors: int | None = None
    feeds: int | None = None
    callbacks: int | None = None

    def rates(self, *, is_production: bool) -> dict[Kind, Rate]:
        """The rates in force; a kind without a limit is not among them."""

        def rate(given: int | None, usual: int, per_s: float = _MINUTE_S) -> Rate:
            return Rate((usual if is_production else usual * _DEVELOPMENT) if given is None else given, per_s)

        doors, calls = rate(self.doors, 60), rate(self.callbacks, 3, _HOUR_S)
        found = {
            Kind.REQUESTS: rate(self.requests, 1_200),
            Kind.OPERATIONS: rate(self.operations, 600),
            Kind.COST: rate(self.cost, 600_000),
            Kind.MUTATIONS: rate(self.mutations, 120),
            Kind.SIGN_INS: doors,
            Kind.BAD_TOKENS: doors,
            Kind.LINKS: doors,
            Kind.FEEDS: rate(self.feeds, 20),
            Kind.CALLBACKS: calls,
            Kind.CALLBACKS_OF_A_DAY: Rate(2 * calls.count, _DAY_S),
        }
        return {kind: allowed for kind, allowed in found.items() if allowed.count}


class RateLimitedError(Exception):
    """More often than is allowed; the same succeeds after `retry_after_s` seconds if nothing else is asked meanwhile."""

    code = "RATE_LIMITED"
    retryable = True

    def __init__(self, kind: Kind, retry_after_s: int) -> None:
        unit = "second" if retry_after_s == 1 else "seconds"
        super().__init__(f"Too many {kind}: try again in {retry_after_s} {unit}.")
        self.kind = kind
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


@dataclass(frozen=True, slots=True)
class Charge:
    """So much of one kind, on the account of one key."""

    kind: Kind
    key: str
    weight: int = 1


class Rates:
    """The budgets of everybody.

    Args:
        rates: Those in force; kinds without one are free.
        clock: Seconds that never go back.
        max_keys: Of each kind.
    """

    def __init__(
        self, rates: Mapping[Kind, Rate], *, clock: Callable[[], float] = time.monotonic, max_keys: int = MAX_KEYS
    ) -> None:
        self._rates = dict(rates)
        self._clock = clock
        self._max_keys = max_keys
        # For each key when its budget is full again, by order of last use: those that may go stand first.
        self._full_at: dict[Kind, OrderedDict[str, float]] = {kind: OrderedDict() for kind in self._rates}

    def take(self, kind: Kind, *keys: str, weight: int = 1) -> None:
        """Counts once for each of `keys`, or for none of them.

        Args:
            weight: How much it counts; more than the whole budget counts as the whole budget.

        Raises:
            RateLimitedError: one of them has nothing left; nothing was counted.
        """
        self.take_all(*(Charge(kind, key, weight) for key in dict.fromkeys(keys)))

    def take_all(self, *charges: Charge) -> None:
        """Counts all of `charges`, or none.

        Raises:
            RateLimitedError: for the one that has to wait longest; nothing was counted.
        """
        now = self._clock()
        after = {
            (charge.kind, charge.key): self._after(charge, now) for charge in charges if charge.kind in self._rates
        }
        self._check(after, now)
        for (kind, key), full_at in after.items():
            self._note(kind, key, full_at, now)

    def check(self, kind: Kind, *keys: str) -> None:
        """Passes where `take` would, and counts nothing.

        Raises:
            RateLimitedError: it would not.
        """
        now = self._clock()
        self._check({(kind, key): self._after(Charge(kind, key), now) for key in keys if kind in self._rates}, now)

    def keys(self, kind: Kind) -> int:
        """How many keys are remembered."""
        return len(self._full_at.get(kind, ()))

    def _after(self, charge: Charge, now: float) -> float:
        rate = self._rates[charge.kind]
        full_at = max(self._full_at[charge.kind].get(charge.key, now), now)
        return full_at + min(charge.weight, rate.count) * rate.per_s / rate.count

    def _check(self, after: Mapping[tuple[Kind, str], float], now: float) -> None:
        waits = {kind: full_at - now - self._rates[kind].per_s for (kind, _), full_at in after.items()}
        kind = max(waits, key=lambda one: waits[one], default=None)
        if kind is not None and waits[kind] > _TINY_S:
            raise RateLimitedError(kind, max(1, math.ceil(waits[kind] - _TINY_S)))

    def _note(self, kind: Kind, key: str, full_at: float, now: float) -> None:
        known = self._full_at[kind]
        known[key] = full_at
        known.move_to_end(key)
        # Two for each that comes: what is full again goes without ever walking through all of them.
        for _ in range(2):
            oldest = next(iter(known), None)
            if oldest is None or (len(known) <= self._max_keys and known[oldest] > now):
                break
            del known[oldest]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request may still take.

    Attributes:
        address: The key of where it comes from; None where that says nothing of the one who asks, behind a router.
        account: The key that pays in place of whoever asks; None: who asks, pays.
    """

    rates: Rates = field(default_factory=lambda: Rates({}))
    address: str | None = None
    account: str | None = None

    def take(self, kind: Kind, caller: Caller | None = None, *, weight: int = 1) -> None:
        """Counts for whoever asks: the principal, or the address of one who is nobody yet.

        Raises:
            RateLimitedError: there is nothing left; nothing was counted.
        """
        kinds = (kind, _ALSO[kind]) if kind in _ALSO else (kind,)
        keys = dict.fromkeys(self._keys(kind, caller))
        self.rates.take_all(*(Charge(one, key, weight) for one in kinds for key in keys))

    def take_all(self, caller: Caller, weights: Mapping[Kind, int]) -> None:
        """Counts all kinds with their weights, or none; what weighs nothing is left out.

        Raises:
            RateLimitedError: there is nothing left of one of them; nothing was counted.
        """
        self.rates.take_all(
            *(
                Charge(kind, key, weight)
                for kind, weight in weights.items()
                if weight
                for key in self._keys(kind, caller)
            )
        )

    def check(self, kind: Kind, caller: Caller | None = None) -> None:
        """Passes where `take` would, and counts nothing.

        Raises:
            RateLimitedError: it would not.
        """
        self.rates.check(kind, *self._keys(kind, caller))

    def _keys(self, kind: Kind, caller: Caller | None) -> tuple[str, ...]:
        if self.account is not None and kind not in _BY_ADDRESS:
            return (self.account,)
        if isinstance(caller, Principal) and kind not in _BY_ADDRESS:
            return (f"principal {caller.iss} {caller.sub}",)
        return () if self.address is None else (f"address {self.address}",)


def address_key(address: str) -> str:
    """What addresses of one client have in common: an IPv4 address, the first 64 bits of an IPv6 one.

    What is no address shares one key: a proxy that sends such a thing could send a new one each time.
    """
    try:
        parsed = ipaddress.ip_address(_without_port(address))
    except ValueError:
        return _NOWHERE
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> _CLIENT_NETWORK << _CLIENT_NETWORK, _CLIENT_NETWORK)))


def _without_port(address: str) -> str:
    """Some proxies append the client's port, which is another for each connection."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, colon, _ = address.partition(":")
    return host if colon and address.count(":") == 1 else address

"""An issuer and its keys: found by pinned discovery, kept for ten minutes, looked up by key id.

The issuer may be away, slow or broken, and callers may name keys that do not exist as often as they like: neither makes
this service forget keys that it knows, and neither makes it ask more often than it wants to.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from joserfc import jwk
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from auth import asking
from auth.addresses import web_host
from auth.asking import UnusableAnswerError
from auth.errors import IssuerUnavailableError
from auth.issuer_settings import IssuerSettings

KEPT_S: Final = 600.0
"""How long keys count as fresh (SECURITY: 10 minutes). Afterwards they serve on while newer ones are fetched beside."""
_STALE_S: Final = 2 * KEPT_S
"""From this age on, after a quiet time, a request waits for newer keys first: a key may have been withdrawn since."""
ASK_AGAIN_S: Final = 60.0
"""Between two refreshes that unknown key ids cause: each of them is an attacker's to send, without number."""
_RETRY_S: Final = 10.0
"""After a refresh that failed: callers are told at once meanwhile, and the issuer is left to recover."""
_ABSENT_S: Final = 300.0
_MAX_ABSENT: Final = 1_024
"""Key ids that the issuer was asked for and does not have. They do not spend the next minute's refresh; random ids push
each other out, so the store stays small."""
_MAX_KEYS: Final = 100
_MIN_RSA_BITS: Final = 2_048  # RFC 7518 §3.3
_KEY_TYPES: Final = ("RSA", "EC", "OKP")
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_MEMBERS: Final = frozenset({"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"})
"""What a verification needs: members with addresses and certificates are not even read."""
_LOG: Final = logging.getLogger("hubnetz.issuers")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key of an issuer. `algorithm` is the only one it is for; None where the issuer does not say."""

    key: jwk.Key
    algorithm: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What an issuer says of itself where people sign in (OIDC Discovery §3). An address that it does not name is None."""

    authorization_endpoint: str | None
    token_endpoint: str | None
    end_session_endpoint: str | None
    sends_iss: bool
    """Its authorization responses carry `iss` (RFC 9207)."""
    challenge_methods: tuple[str, ...] | None
    """None where it does not say which it takes (RFC 8414 §2)."""
    client_methods: tuple[str, ...]
    """How a client may prove itself at the token endpoint."""
    userinfo_endpoint: str | None
    has_email: bool
    """It says that it knows the scope `email`; asked for an unknown one, some refuse the whole sign-in."""


class Issuer:
    """One issuer whose tokens count, as a source of verification keys.

    Args:
        transport: In place of the network, for an issuer in the same process.
        timeout_s: For one refresh as a whole, both requests.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        settings: IssuerSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._transport = transport
        self._timeout_s = timeout_s
        self._clock = clock
        self._keys: Mapping[str, VerificationKey] | None = None
        self._provider: Provider | None = None
        self._fetched_at = float("-inf")
        self._failed_at = float("-inf")
        self._asked_at = float("-inf")
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._refreshing: asyncio.Task[bool] | None = None

    async def key(self, kid: str) -> VerificationKey | None:
        """The key that the issuer publishes under `kid`; None where it has none.

        Raises:
            IssuerUnavailableError: that cannot be found out now.
        """
        before = self._fetched_at
        known = await self._known()
        if kid in known:
            return known[kid]
        if self._is_absent(kid):
            return None
        if self._fetched_at != before:
            # The issuer was asked just now.
            self._note_absent(kid)
            return None
        return await self._look_for(kid)

    async def provider(self, *, within_s: float = float("inf")) -> Provider:
        """What the issuer said of itself, at most `within_s` ago.

        Raises:
            IssuerUnavailableError: it does not say so now.
        """
        if self._provider is None or self._clock() - self._fetched_at > within_s:
            may_try = self._is_refreshing or self._clock() - self._failed_at >= _RETRY_S
            if not may_try or not await self._refresh():
                raise IssuerUnavailableError(f"{self.settings.name} does not answer at the moment.")
        assert self._provider is not None
        return self._provider

    async def _look_for(self, kid: str) -> VerificationKey | None:
        """A key that the issuer may have published since the last look."""
        if self._is_refreshing:
            # Many callers come with a new key at once: they wait for the one who asked first.
            had = await self._refresh()
        elif self._clock() - self._asked_at >= ASK_AGAIN_S:
            self._asked_at = self._clock()
            had = await self._refresh()
            if had and kid not in (self._keys or {}):
                self._note_absent(kid)
        else:
            had = self._failed_at <= self._fetched_at
        if not had:
            raise self._unavailable()
        return (self._keys or {}).get(kid)

    async def _known(self) -> Mapping[str, VerificationKey]:
        """The keys at hand; refreshes them beside the request if they are not fresh, before it if there are none."""
        age_s = self._clock() - self._fetched_at
        may_try = self._clock() - self._failed_at >= _RETRY_S
        if self._keys is None:
            if not may_try or not await self._refresh():
                raise self._unavailable()
        elif age_s >= KEPT_S and may_try:
            refreshing = self._refresh()
            if age_s >= _STALE_S:
                await refreshing
        assert self._keys is not None
        return self._keys

    @property
    def _is_refreshing(self) -> bool:
        return self._refreshing is not None and not self._refreshing.done()

    def _refresh(self) -> asyncio.Future[bool]:
        """Whether newer keys were had. Whoever asks while somebody does waits for the same answer."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._fetch_keys(), name=f"keys of {self.settings.issuer}")
        # A request that is given up must not take the others' answer with it.
        return asyncio.shield(self._refreshing)

    async def _fetch_keys(self) -> bool:
        try:
            async with asyncio.timeout(self._timeout_s):
                provider, keys = await self._fetch()
        except asking.FAILURES as error:
            self._failed_at = self._clock()
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            extra = {"issuer": self.settings.issuer, "has_keys": self._keys is not None}
            _LOG.warning("keys of an issuer could not be had: %s", told[:300], extra=extra)
            return False
        self._provider, self._keys = provider, keys
        self._fetched_at = self._clock()
        return True

    async def _fetch(self) -> tuple[Provider, Mapping[str, VerificationKey]]:
        async with asking.client(self.settings, transport=self._transport, timeout_s=self._timeout_s) as http:
            address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            discovery = await asking.answer(http, "GET", address)
            keys = await asking.answer(http, "GET", self._address_of_keys(discovery))
            return _provider(discovery, self.settings), _usable_keys(keys, self.settings)

    def _address_of_keys(self, discovery: Mapping[str, Any]) -> str:
        if discovery.get("issuer") != self.settings.issuer:
            # OIDC Discovery §4.3, RFC 8414 §3.3: else whoever writes that document could speak for another issuer.
            raise UnusableAnswerError("the discovery document names another issuer")
        address = _address(discovery, "jwks_uri", self.settings)
        if address is None:
            raise UnusableAnswerError("the discovery document names no address of keys that may be asked")
        return address

    def _is_absent(self, kid: str) -> bool:
        until = self._absent.get(kid)
        return until is not None and self._clock() < until

    def _note_absent(self, kid: str) -> None:
        self._absent[kid] = self._clock() + _ABSENT_S
        self._absent.move_to_end(kid)
        if len(self._absent) > _MAX_ABSENT:
            self._absent.popitem(last=False)

    def _unavailable(self) -> IssuerUnavailableError:
        return IssuerUnavailableError(
            f"The keys of {self.settings.name} cannot be had at the moment, so the access token cannot be checked."
        )


def _provider(discovery: Mapping[str, Any], settings: IssuerSettings) -> Provider:
    methods = discovery.get("token_endpoint_auth_methods_supported")
    challenges = discovery.get("code_challenge_methods_supported")
    scopes = discovery.get("scopes_supported")
    return Provider(
        authorization_endpoint=_address(discovery, "authorization_endpoint", settings),
        token_endpoint=_address(discovery, "token_endpoint", settings),
        end_session_endpoint=_address(discovery, "end_session_endpoint", settings),
        sends_iss=discovery.get("authorization_response_iss_parameter_supported") is True,
        challenge_methods=None if challenges is None else _texts(challenges),
        client_methods=_texts(methods) or ("client_secret_basic",),  # OIDC Discovery §3: the default
        userinfo_endpoint=_address(discovery, "userinfo_endpoint", settings),
        has_email=isinstance(scopes, list) and "email" in scopes,
    )


def _address(discovery: Mapping[str, Any], name: str, settings: IssuerSettings) -> str | None:
    """An address that may be asked; plain HTTP only where the operator lets the issuer itself be asked so."""
    found = discovery.get(name)
    schemes = ("https", settings.issuer.partition(":")[0])
    return found if isinstance(found, str) and web_host(found, *schemes) is not None else None


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def _usable_keys(document: Mapping[str, Any], settings: IssuerSettings) -> Mapping[str, VerificationKey]:
    """The public signature keys of a key set, by id. What is of no use is left out; one bad key spoils no other."""
    entries = document.get("keys")
    if not isinstance(entries, list) or len(entries) > _MAX_KEYS:
        raise UnusableAnswerError(f"expected a key set of at most {_MAX_KEYS} keys")
    found: dict[str, VerificationKey] = {}
    twice: set[str] = set()
    for entry in entries:
        key = _usable(entry, settings)
        if key is not None and key.key.kid is not None:
            twice |= {key.key.kid} & found.keys()
            found[key.key.kid] = key
    if twice:
        # Which of them a token means would be a matter of order.
        _LOG.warning("an issuer publishes key ids twice; none of them is used", extra={"issuer": settings.issuer})
    return {kid: key for kid, key in found.items() if kid not in twice}


def _usable(entry: Any, settings: IssuerSettings) -> VerificationKey | None:
    if not isinstance(entry, dict) or entry.get("kty") not in _KEY_TYPES:
        return None  # symmetric keys, too: with one, whoever reads the key set could sign
    kid, algorithm, operations = entry.get("kid"), entry.get("alg"), entry.get("key_ops", ["verify"])
    if not isinstance(kid, str) or not kid or entry.get("use", "sig") != "sig":
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    if algorithm is not None and algorithm not in settings.algorithms:
        return None
    if not _PRIVATE.isdisjoint(entry):
        # Everybody who can read the key set could sign with it.
        _LOG.error("an issuer publishes a private key; it is not used", extra={"issuer": settings.issuer})
        return None
    try:
        if (
            entry["kty"] == "RSA"
            and int.from_bytes(urlsafe_b64decode(entry["n"].encode())).bit_length() < _MIN_RSA_BITS
        ):
            return None
        key = jwk.import_key({name: value for name, value in entry.items() if name in _MEMBERS})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return VerificationKey(key, algorithm)

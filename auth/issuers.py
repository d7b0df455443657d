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

from auth import strict_json
from auth.addresses import web_host
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
_MAX_BYTES: Final = 256 * 1024
"""Of a discovery document or key set; real ones have 2 to 20 kB."""
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


class _UnusableAnswerError(Exception):
    """What the issuer answered is not what it has to be."""


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
                keys = await self._fetch()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, _UnusableAnswerError) as error:
            self._failed_at = self._clock()
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            extra = {"issuer": self.settings.issuer, "has_keys": self._keys is not None}
            _LOG.warning("keys of an issuer could not be had: %s", told[:300], extra=extra)
            return False
        self._keys = keys
        self._fetched_at = self._clock()
        return True

    async def _fetch(self) -> Mapping[str, VerificationKey]:
        async with httpx.AsyncClient(
            transport=self._transport,
            timeout=self._timeout_s,
            # An address that is asked for must be the one that answers: a redirect could lead anywhere.
            follow_redirects=False,
            # TLS vouches for the issuer through any proxy, and an operator may have certificates of their own
            # (SSL_CERT_FILE); over plain HTTP a proxy of the environment would have a say in which keys count.
            trust_env=self.settings.issuer.startswith("https:"),
        ) as http:
            discovery = await _document(http, f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            address = self._address_of_keys(discovery)
            return _usable_keys(await _document(http, address), self.settings)

    def _address_of_keys(self, discovery: Mapping[str, Any]) -> str:
        if discovery.get("issuer") != self.settings.issuer:
            # OIDC Discovery §4.3, RFC 8414 §3.3: else whoever writes that document could speak for another issuer.
            raise _UnusableAnswerError("the discovery document names another issuer")
        address = discovery.get("jwks_uri")
        # Plain HTTP only where the operator lets the issuer itself be asked so.
        schemes = ("https", self.settings.issuer.partition(":")[0])
        if not isinstance(address, str) or web_host(address, *schemes) is None:
            raise _UnusableAnswerError("the discovery document names no address of keys that may be asked")
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


async def _document(http: httpx.AsyncClient, address: str) -> Mapping[str, Any]:
    """The JSON object at `address`, read no further than the limit."""
    content = bytearray()
    # Not compressed: a limit on what comes in would not be one on what it becomes.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with http.stream("GET", address, headers=headers) as response:
        if response.status_code != 200:
            raise _UnusableAnswerError(f"{address} answered {response.status_code}")
        async for part in response.aiter_raw():
            content += part
            if len(content) > _MAX_BYTES:
                raise _UnusableAnswerError(f"{address} answered more than {_MAX_BYTES} bytes")
    try:
        return strict_json.parse_object(bytes(content))
    except ValueError as error:
        raise _UnusableAnswerError(f"{address} answered no JSON object ({error})") from error


def _usable_keys(document: Mapping[str, Any], settings: IssuerSettings) -> Mapping[str, VerificationKey]:
    """The public signature keys of a key set, by id. What is of no use is left out; one bad key spoils no other."""
    entries = document.get("keys")
    if not isinstance(entries, list) or len(entries) > _MAX_KEYS:
        raise _UnusableAnswerError(f"expected a key set of at most {_MAX_KEYS} keys")
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

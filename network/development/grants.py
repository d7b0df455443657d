"""What the development issuer remembers between two requests: codes and refresh tokens, in memory and for a short time."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from network.development.accounts import Account

CODE_S: Final = 60.0
REFRESH_S: Final = 36_000.0
"""Ten hours, as long as a session may last."""
_MAX_KEPT: Final = 10_000
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 §4.1
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class InvalidGrantError(Exception):
    """`invalid_grant` of RFC 6749 §5.2."""


@dataclass(slots=True)
class Authorization:
    """What somebody allowed a client: the family of all tokens that come of it."""

    account: Account
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str
    authenticated_at: int
    session: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    is_ended: bool = False


class DevelopmentGrants:
    """Codes work once; refresh tokens are exchanged for new ones; what is used twice ends the whole family (RFC 9700 §4.14.2)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._codes: OrderedDict[str, tuple[Authorization, float]] = OrderedDict()
        self._refresh: OrderedDict[str, tuple[Authorization, float]] = OrderedDict()
        self._used: OrderedDict[str, Authorization] = OrderedDict()

    def code(self, authorization: Authorization) -> str:
        return self._keep(self._codes, authorization, CODE_S)

    def refresh_token(self, authorization: Authorization) -> str:
        return self._keep(self._refresh, authorization, REFRESH_S)

    def redeem_code(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> Authorization:
        """What the code stands for.

        Raises:
            InvalidGrantError: unknown, used, too old, of another client or redirect URI, or not by who asked for it.
        """
        authorization = self._take(self._codes, code, client_id)
        answer = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        is_proven = bool(_VERIFIER.fullmatch(verifier)) and hmac.compare_digest(answer, authorization.challenge)
        if not is_proven or authorization.redirect_uri != redirect_uri:
            raise InvalidGrantError
        return authorization

    def redeem_refresh_token(self, token: str, *, client_id: str) -> Authorization:
        """What the refresh token stands for; it does not work again.

        Raises:
            InvalidGrantError: unknown, used, too old, or of another client.
        """
        return self._take(self._refresh, token, client_id)

    def end(self, session: str) -> None:
        """Ends all that came of a sign-in."""
        for store in (self._codes, self._refresh):
            for authorization, _ in store.values():
                authorization.is_ended |= authorization.session == session

    def _keep(
        self, store: OrderedDict[str, tuple[Authorization, float]], authorization: Authorization, kept_s: float
    ) -> str:
        token = secrets.token_urlsafe(32)
        store[token] = (authorization, self._clock() + kept_s)
        if len(store) > _MAX_KEPT:
            store.popitem(last=False)
        return token

    def _take(self, store: OrderedDict[str, tuple[Authorization, float]], token: str, client_id: str) -> Authorization:
        if token in self._used:
            self._used[token].is_ended = True
        authorization, until = store.get(token, (None, 0.0))
        if authorization is None or authorization.client_id != client_id:
            raise InvalidGrantError
        del store[token]
        self._used[token] = authorization
        if len(self._used) > _MAX_KEPT:
            self._used.popitem(last=False)
        if authorization.is_ended or self._clock() >= until:
            raise InvalidGrantError
        return authorization

"""Signing people in at an issuer: authorization code flow with PKCE and nothing else (OIDC Core §3.1, RFC 7636, 9207, 9700).

The messages of the protocol are Authlib's. What its clients leave open is decided here: who may answer, that there is an ID
token and what it has to say, and that no address but the pinned ones is asked.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from auth import asking
from auth.client_keys import signing_key
from auth.errors import (
    InsufficientScopeError,
    InvalidTokenError,
    IssuerUnavailableError,
    SignInError,
    SignInReason,
    UnknownIssuerError,
)
from auth.id_tokens import LogoutToken, verify_id_token, verify_logout_token
from auth.issuer_settings import IssuerSettings
from auth.issuers import Issuer, Provider
from auth.principal import Membership, Principal
from auth.signed import Claims, verified_email
from auth.tokens import AccessTokens

_FRESH_S: Final = 30.0
"""Nobody is sent to an issuer that did not answer at most so long ago: it would be a page that does not load."""
_SHORT_S: Final = 60
_LONG_S: Final = 3_600
"""Bounds for asking the issuer again: neither at every request, nor less often than an access token may last."""
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_LOG: Final = logging.getLogger("hubnetz.sign_in")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has to be finished with the same secrets; `address` is where to send the browser."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What keeps a session going; `None`: the issuer gave none."""

    refresh_token: str | None
    id_token: str | None
    lasts_s: int
    """After that the issuer has news."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    principal: Principal
    tokens: Tokens
    session: str | None
    """The issuer's own name for its session (`sid`)."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    memberships: frozenset[Membership] | None
    """None: new tokens came, and the issuer's keys could not be had to read them."""
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class SignOut:
    """What to send to the issuer `name`, in a form: an ID token names a person, and addresses end up in logs."""

    name: str
    address: str
    fields: Mapping[str, str]


class EndedAtIssuerError(Exception):
    """The issuer gives no more tokens for this sign-in: it is over there, or its refresh token was used twice."""


class RelyingParty:
    """Hubnetz as the client of one issuer.

    Args:
        public_url: Where people reach this service, without a slash at its end.
        transport: In place of the network, for an issuer in the same process.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        issuer: Issuer,
        public_url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._transport = transport
        self._timeout_s = timeout_s
        self._clock = clock
        self._access_tokens = AccessTokens([issuer], clock=clock)
        self.redirect_uri = f"{public_url}/sign-in/{issuer.settings.slug}/callback"
        self.after_sign_out = f"{public_url}/"

    @property
    def settings(self) -> IssuerSettings:
        return self._issuer.settings

    async def begin(self) -> Begun:
        """Where to send a browser, and what has to be kept meanwhile.

        Raises:
            IssuerUnavailableError: the issuer does not answer, or names no address to sign in at.
            SignInError: it does not take PKCE by S256.
        """
        provider = await self._issuer.provider(within_s=_FRESH_S)
        if provider.challenge_methods is not None and "S256" not in provider.challenge_methods:
            raise SignInError(SignInReason.UNSOUND, "the issuer does not take PKCE by S256")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        scopes = ("openid", self.settings.scope, "email" if provider.has_email else None)
        address: str = prepare_grant_uri(
            self._named(provider.authorization_endpoint),
            self.settings.client_id,
            "code",
            self.redirect_uri,
            " ".join(scope for scope in scopes if scope),
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(address, state, nonce, verifier)

    async def finish(self, answer: Mapping[str, str], *, nonce: str, verifier: str, begun_at: float) -> SignedIn:
        """Who signed in, by the authorization response `answer`, whose state is known to be ours.

        Raises:
            SignInError: nobody did, or the answer is not to be believed.
            IssuerUnavailableError: that cannot be found out now.
        """
        provider = await self._issuer.provider()
        # Before the code goes anywhere (RFC 9207 §2.4): to another issuer it would be a gift.
        if answer.get("iss", self.settings.issuer) != self.settings.issuer or (
            provider.sends_iss and "iss" not in answer
        ):
            raise SignInError(SignInReason.UNSOUND, "iss: the response is not of this issuer")
        if "error" in answer:
            raise SignInError(SignInReason.DECLINED, f"the issuer answered {answer['error'][:60]!r}")
        if not answer.get("code"):
            raise SignInError(SignInReason.UNSOUND, "code: missing")
        try:
            given = await self._ask(
                provider,
                "authorization_code",
                code=answer["code"],
                redirect_uri=self.redirect_uri,
                code_verifier=verifier,
            )
        except EndedAtIssuerError as error:
            raise SignInError(SignInReason.STALE, f"the issuer does not take the code: {error}") from error
        access_token, tokens = _tokens(given)
        if access_token is None or tokens.id_token is None:
            raise SignInError(SignInReason.UNSOUND, "the token response lacks the ID token or the access token")
        try:
            claims = await verify_id_token(
                tokens.id_token,
                self._issuer,
                nonce=nonce,
                access_token=access_token,
                begun_at=begun_at,
                now=self._clock(),
            )
            principal = await self._access_tokens.authenticate(access_token)
        except InsufficientScopeError as error:
            raise SignInError(SignInReason.NOT_ENTITLED, str(error)) from error
        except (InvalidTokenError, UnknownIssuerError) as error:
            raise SignInError(SignInReason.UNSOUND, str(error)) from error
        if principal.sub != claims["sub"]:
            raise SignInError(SignInReason.UNSOUND, "sub: ID token and access token are of two people")
        email = verified_email(claims)
        if email is None and principal.email is None and provider.has_email:
            email = await self._email(provider, access_token, principal.sub)
        return SignedIn(principal if email is None else replace(principal, email=email), tokens, _session(claims))

    async def refresh(self, refresh_token: str, *, subject: str) -> Refreshed:
        """New tokens for `refresh_token`, which is used up by this.

        Raises:
            EndedAtIssuerError: there are none any more, or not for `subject`.
            IssuerUnavailableError: the issuer did not answer; the same refresh token may still work.
        """
        provider = await self._issuer.provider()
        given = await self._ask(provider, "refresh_token", refresh_token=refresh_token)
        access_token, tokens = _tokens(given)
        if access_token is None:
            raise EndedAtIssuerError("the token response has no access token")
        try:
            if tokens.id_token is not None:
                claims = await verify_id_token(
                    tokens.id_token,
                    self._issuer,
                    nonce=None,
                    access_token=access_token,
                    begun_at=0.0,
                    now=self._clock(),
                )
                # OIDC Core §12.2: else the session would go over to somebody else.
                if claims["sub"] != subject:
                    raise EndedAtIssuerError("sub: the ID token is of somebody else")
            principal = await self._access_tokens.authenticate(access_token)
        except (InvalidTokenError, UnknownIssuerError, InsufficientScopeError) as error:
            raise EndedAtIssuerError(str(error)) from error
        except IssuerUnavailableError:
            return Refreshed(None, tokens)
        if principal.sub != subject:
            raise EndedAtIssuerError("sub: the access token is of somebody else")
        return Refreshed(principal.memberships, tokens)

    async def sign_out(self, id_token: str | None) -> SignOut | None:
        """How a browser is signed out of the issuer, too (RP-Initiated Logout §2); None where the issuer names no place."""
        try:
            provider = await self._issuer.provider()
        except IssuerUnavailableError:
            return None
        if provider.end_session_endpoint is None:
            return None
        fields = {"client_id": self.settings.client_id, "post_logout_redirect_uri": self.after_sign_out}
        if id_token is not None:
            fields["id_token_hint"] = id_token
        return SignOut(self.settings.name, provider.end_session_endpoint, fields)

    async def read_logout_token(self, token: str) -> LogoutToken:
        """What the issuer says is over.

        Raises:
            InvalidTokenError: it does not say so.
            IssuerUnavailableError: its keys cannot be had now.
        """
        return await verify_logout_token(token, self._issuer, now=self._clock())

    async def _ask(self, provider: Provider, grant: str, **parameters: str) -> Mapping[str, Any]:
        """The answer of the token endpoint.

        Raises:
            EndedAtIssuerError: `invalid_grant` (RFC 6749 §5.2).
            IssuerUnavailableError: no answer, or one that says nothing about the grant.
        """
        address, headers, body = self._client_auth(provider).prepare(
            "POST", self._named(provider.token_endpoint), dict(_FORM), prepare_token_request(grant, **parameters)
        )
        try:
            async with asking.client(self.settings, transport=self._transport, timeout_s=self._timeout_s) as http:
                given = await asking.answer(http, "POST", address, headers=headers, body=body, statuses=(200, 400, 401))
        except asking.FAILURES as error:
            raise self._unavailable(f"{type(error).__name__}: {error}") from error
        if given.get("error") == "invalid_grant":
            raise EndedAtIssuerError("invalid_grant")
        if "error" in given:
            # Of the client, not of the person: an operator has to look, and meanwhile nobody is thrown out.
            raise self._unavailable(f"the token endpoint answered {str(given['error'])[:60]!r}")
        return given

    async def _email(self, provider: Provider, access_token: str, subject: str) -> str | None:
        """As `verified_email`, of issuers that tell it at the userinfo endpoint alone (OIDC Core §5.3, §5.4).

        Nobody's sign-in fails for want of an address.
        """
        if provider.userinfo_endpoint is None:
            return None
        headers = {"Authorization": f"Bearer {access_token}"}
        try:
            async with asking.client(self.settings, transport=self._transport, timeout_s=self._timeout_s) as http:
                claims = await asking.answer(http, "GET", provider.userinfo_endpoint, headers=headers)
        except asking.FAILURES as error:
            told = f"{type(error).__name__}: {error}"[:300]
            _LOG.warning("an address could not be had: %s", told, extra={"issuer": self.settings.issuer})
            return None
        # OIDC Core §5.3.2: else it may be somebody else's.
        return verified_email(claims) if claims.get("sub") == subject else None

    def _client_auth(self, provider: Provider) -> Any:
        client_id, secret = self.settings.client_id, self.settings.client_secret
        if self.settings.private_key is not None:
            found = signing_key(self.settings.private_key)
            assert found is not None, "the issuer file was read without its key being checked"
            key, algorithm = found
            return ClientAuth(client_id, key, PrivateKeyJWT(provider.token_endpoint, alg=algorithm))
        # In the form a secret stands as it is; on how it stands in a header (RFC 6749 §2.3.1), providers disagree.
        method = "client_secret_post" if "client_secret_post" in provider.client_methods else "client_secret_basic"
        return ClientAuth(client_id, secret, method)

    def _named(self, endpoint: str | None) -> str:
        if endpoint is None:
            raise self._unavailable("the discovery document names no such address")
        return endpoint

    def _unavailable(self, told: str) -> IssuerUnavailableError:
        _LOG.warning("an issuer could not be used: %s", told[:300], extra={"issuer": self.settings.issuer})
        return IssuerUnavailableError(f"{self.settings.name} does not answer at the moment.")


def _tokens(given: Mapping[str, Any]) -> tuple[str | None, Tokens]:
    access_token, refresh_token, id_token = (
        value if isinstance(value := given.get(name), str) and value else None
        for name in ("access_token", "refresh_token", "id_token")
    )
    lasts = given.get("expires_in")
    lasts_s = min(max(lasts, _SHORT_S), _LONG_S) if type(lasts) is int else _SHORT_S
    return access_token, Tokens(refresh_token=refresh_token, id_token=id_token, lasts_s=lasts_s)


def _session(claims: Claims) -> str | None:
    sid = claims.get("sid")
    return sid if isinstance(sid, str) and 0 < len(sid) <= 255 else None

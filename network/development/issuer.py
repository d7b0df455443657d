"""The development issuer: a real OpenID provider in miniature, for this machine only.

This is its signing half; `network/development/endpoints.py` serves it. The service checks its tokens as it checks everybody's. It is
there on loopback addresses, where no issuers are configured, and nowhere else.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt

from auth.issuer_settings import Grant, IssuerSettings
from auth.principal import Membership
from network.configuration.settings import DEVELOPMENT_ISSUER_PATH, Settings
from network.development import keys
from network.development.accounts import Account, accounts
from network.development.grants import Authorization
from network.errors import JobError

PATH: Final = DEVELOPMENT_ISSUER_PATH
AUDIENCE: Final = "hubnetz"
WEB_CLIENT: Final = "hubnetz-web"
COMMAND_LINE: Final = "hubnetz-command-line"
SLUG: Final = "development"
WEB_CALLBACK: Final = f"/sign-in/{SLUG}/callback"
"""Where people are sent back to, under the public address: the one redirect URI of the web client."""
_NAME: Final = "Entwicklung (Beispielkonten)"
LIFETIME_S: Final = 600
"""Of tokens that can be refreshed."""
_LONG_LIFETIME_S: Final = 3_600
"""Of tokens that cannot: what the service accepts at most."""
SCOPES: Final = ("openid", "profile", "email", "offline_access", "hubnetz")


class DevelopmentIssuer:
    """Raises JobError where the settings do not allow it, or its keys cannot be kept."""

    def __init__(self, settings: Settings) -> None:
        if settings.issuers:
            raise JobError("There is no development issuer where HUBNETZ_ISSUERS names issuers: ask those for a token.")
        if settings.is_production:
            raise JobError(
                "There is no development issuer in production: HUBNETZ_HOST and HUBNETZ_PUBLIC_URL have to be loopback."
            )
        self.keys = keys.keys(settings.data_dir)
        self.redirect_uri = f"{settings.public_url}{WEB_CALLBACK}"
        self.after_sign_out = f"{settings.public_url}/"
        self.settings = IssuerSettings(
            issuer=f"{settings.public_url}{PATH}",
            name=_NAME,
            audience=AUDIENCE,
            client_id=WEB_CLIENT,
            client_secret=self.keys.client_secret,
            algorithms=(keys.ALGORITHM,),
            grants=tuple(Grant("memberships", str(held), held) for held in _memberships()),
            slug=SLUG,
        )

    def access_token(self, account: Account, *, client_id: str, scope: str, lifetime_s: int = _LONG_LIFETIME_S) -> str:
        """An access token (RFC 9068) for `account`."""
        claims = {
            **self._issued(account, lifetime_s),
            "aud": AUDIENCE,
            "client_id": client_id,
            "jti": secrets.token_urlsafe(16),
            "scope": scope,
            "memberships": sorted(map(str, account.memberships)),
        }
        return self._signed("at+jwt", claims)

    def id_token(self, authorization: Authorization, access_token: str) -> str:
        """What tells the client who signed in (OIDC Core §2)."""
        digest = hashlib.sha256(access_token.encode()).digest()
        claims = {
            **self._issued(authorization.account, LIFETIME_S),
            **self.profile(authorization.account),
            "aud": authorization.client_id,
            "auth_time": authorization.authenticated_at,
            "sid": authorization.session,
            "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        }
        if authorization.nonce is not None:
            claims["nonce"] = authorization.nonce
        return self._signed("JWT", claims)

    def profile(self, account: Account) -> dict[str, Any]:
        """What userinfo and ID tokens say of an account."""
        return {
            "sub": account.subject,
            "name": account.name,
            "email": account.email,
            "email_verified": True,
            "memberships": sorted(map(str, account.memberships)),
        }

    def _issued(self, account: Account, lifetime_s: int) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.settings.issuer, "sub": account.subject, "iat": now, "exp": now + lifetime_s}

    def _signed(self, kind: str, claims: Mapping[str, Any]) -> str:
        header = {"alg": keys.ALGORITHM, "typ": kind, "kid": self.keys.key.kid}
        return jwt.encode(header, dict(claims), self.keys.key, algorithms=[keys.ALGORITHM])


def _memberships() -> list[Membership]:
    return sorted({held for account in accounts().values() for held in account.memberships}, key=str)

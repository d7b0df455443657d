"""Errors of identity and permission.

AuthError
├── IssuerFileError        at start only (auth/issuer_file.py)
├── InvalidTokenError      UNAUTHENTICATED
├── UnknownIssuerError     UNAUTHENTICATED
├── IssuerUnavailableError UNAVAILABLE, retryable
└── ForbiddenError         FORBIDDEN
    └── InsufficientScopeError
"""

from typing import ClassVar


class AuthError(Exception):
    """Root of everything `auth/` raises; `code` and `retryable` are stable and public."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    token_id: str | None = None
    """`jti` of the access token that was refused, for the log; None where there was none that could be written there."""


class InvalidTokenError(AuthError):
    """The access token is not one that this service accepts."""

    code = "UNAUTHENTICATED"


class UnknownIssuerError(AuthError):
    """The token names an issuer that is not configured."""

    code = "UNAUTHENTICATED"


class IssuerUnavailableError(AuthError):
    """The issuer's keys could not be had; the same token may be accepted later."""

    code = "UNAVAILABLE"
    retryable = True


class ForbiddenError(AuthError):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"


class InsufficientScopeError(ForbiddenError):
    """The token is sound and lacks the scope that is asked for (RFC 6750 §3.1)."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"The access token lacks the scope {scope!r}.")
        self.scope = scope

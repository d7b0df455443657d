"""Errors of identity and permission.

AuthError
├── InvalidTokenError      UNAUTHENTICATED
├── UnknownIssuerError     UNAUTHENTICATED
├── IssuerUnavailableError UNAVAILABLE, retryable
└── ForbiddenError         FORBIDDEN
"""

from typing import ClassVar


class AuthError(Exception):
    """Root of everything `auth/` raises; `code` and `retryable` are stable and public."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False


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

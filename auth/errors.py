"""Errors of identity and permission.

AuthError
├── IssuerFileError        at start only (auth/issuer_file.py)
├── InvalidTokenError      UNAUTHENTICATED
├── UnknownIssuerError     UNAUTHENTICATED
├── IssuerUnavailableError UNAVAILABLE, retryable
├── SignInError            UNAUTHENTICATED: somebody came back from an issuer and is not signed in
├── SessionOverError       UNAUTHENTICATED
└── ForbiddenError         FORBIDDEN
    ├── InsufficientScopeError
    └── NotGrantedError    policy says no, and nothing more is to be said
"""

from enum import Enum, auto
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


class SignInReason(Enum):
    """Why somebody is not signed in, as far as that person can do something about it."""

    STALE = auto()
    """Begun too long ago, finished already, or begun in another browser."""
    DECLINED = auto()
    """The issuer says that it was cancelled, or that it may not be."""
    UNSOUND = auto()
    """What came back is not what has to come."""
    NOT_ENTITLED = auto()
    """The account may not use this service."""


class SignInError(AuthError):
    """A sign-in that does not end with a session; the message is for the log."""

    code = "UNAUTHENTICATED"

    def __init__(self, reason: SignInReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SessionOverError(AuthError):
    """The session cookie stands for no session, or for none any more."""

    code = "UNAUTHENTICATED"


class ForbiddenError(AuthError):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"


class NotGrantedError(ForbiddenError):
    """Policy does not let the caller do this; whoever shows it says whom it does."""


class InsufficientScopeError(ForbiddenError):
    """The token is sound and lacks the scope that is asked for (RFC 6750 §3.1)."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"The access token lacks the scope {scope!r}.")
        self.scope = scope

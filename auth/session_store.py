"""What is kept of people who sign in, and the port to where it is kept; `graph/accounts/sessions.py` implements it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from auth.people import People
from auth.principal import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in by a browser. All moments are UTC.

    Attributes:
        id: Hash of what the cookie holds.
        sid: The issuer's own name for its session; None where it has none.
        memberships: As the issuer told them.
        invited: Those beside them, by invitation, that the session had when it got its id; what counts is asked anew.
        sealed: Tokens of the issuer, by `auth.sealing`; "" in one that only lingers.
        expires_at: The end, whatever happens.
        refresh_at: When the issuer has news; None where it cannot be asked.
    """

    id: str
    iss: str
    sub: str
    sid: str | None
    memberships: frozenset[Membership]
    invited: frozenset[Membership] = frozenset()
    sealed: str
    touched_at: datetime
    expires_at: datetime
    refresh_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in under way.

    Attributes:
        id: Hash of the state.
        browser: Hash of what the cookie holds of the browser that began it.
        sealed: Nonce, code verifier, and where to go on afterwards.
    """

    id: str
    browser: str
    iss: str
    sealed: str
    begun_at: datetime
    expires_at: datetime


class SessionStore(People, Protocol):
    """Keeps sessions, and knows whose they are. A store that is away raises errors of its own, whichever method is called."""

    async def begin(self, session: Session, *, replaces: str | None) -> None:
        """Keeps a new session; the one with the id `replaces` ends with it."""
        ...

    async def find(self, session_id: str) -> Session | None:
        """The session, over or not; None where there is none of that id."""
        ...

    async def touch(self, session_id: str, at: datetime) -> None:
        """Notes that the session was used; harmless where it ended meanwhile. Never fails a request."""
        ...

    async def claim_refresh(self, session_id: str, *, now: datetime, again_at: datetime) -> Session | None:
        """The session as it is now, for the one caller who is to refresh it; None for all others, and where it is gone.

        Until `again_at`, or until it is renewed, nobody else gets it.
        """
        ...

    async def renew(self, session_id: str, session: Session, *, lingers_until: datetime) -> bool:
        """Puts `session` in place of the one that was claimed; False where that one ended meanwhile.

        With another id, the old one goes on until `lingers_until`, as the new one and without its tokens, for requests
        that are under way.
        """
        ...

    async def rotate(self, former: Session, session: Session, *, lingers_until: datetime) -> bool:
        """Puts `session`, of another id, in place of `former`, as `renew` does; False where that one changed meanwhile."""
        ...

    async def end(self, session_id: str) -> None:
        """Ends the session, and all others that come of the same sign-in at the issuer."""
        ...

    async def end_by_token(self, token_id: str, *, until: datetime, iss: str, sub: str | None, sid: str | None) -> bool:
        """Ends the sessions of `sub`, or of the issuer's session `sid`, or of both; at once with noting the token.

        Args:
            token_id: Hash of what is only taken once, until `until`.

        Returns:
            Whether the token was new.
        """
        ...

    async def begin_sign_in(self, sign_in: SignIn) -> None:
        """Keeps a sign-in that begins."""
        ...

    async def take_sign_in(self, sign_in_id: str, *, browser: str) -> SignIn | None:
        """The sign-in that `browser` began, over or not, which nobody gets again; None where there is none."""
        ...

"""Sessions of browsers: from the moment somebody signed in to the last one that it counts.

What the browser holds is 256 random bits, which say nothing; what they stand for is in the store, under their hash. Numbers
are those of SECURITY.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from auth.errors import InvalidTokenError, IssuerUnavailableError, SignInError, SignInReason
from auth.login import EndedAtIssuerError, RelyingParty, SignedIn, SignOut, Tokens
from auth.principal import Principal
from auth.return_paths import own_path
from auth.sealing import BrokenSealError, Sealer
from auth.session_store import Session, SessionStore, SignIn

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=10)
TOUCH_EVERY: Final = timedelta(minutes=5)
SIGN_IN: Final = timedelta(minutes=10)
ASK_AGAIN: Final = timedelta(seconds=60)
"""After a refresh that began: by then it ended, or whoever began it is dead. Longer than the issuer may take to answer."""
LINGER: Final = timedelta(seconds=30)
"""Requests that a browser sent before it heard of its new cookie."""
COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""The only form that our cookies have: 256 bits in base64url."""
_LOG: Final = logging.getLogger("hubnetz.sign_in")


@dataclass(frozen=True, slots=True)
class Resumed:
    """A session that goes on.

    Attributes:
        cookie: What the browser is to hold from now on; None where that is what it held.
    """

    principal: Principal
    cookie: str | None


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that begins: where to send the browser, and what it is to hold until it comes back with `state`."""

    address: str
    state: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A sign-in that ended with a session: what the browser is to hold, and where it goes on."""

    cookie: str
    path: str


def hashed(secret: str) -> str:
    """What is kept of a random value: whoever reads it cannot use it. Random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_token(cookie: str) -> str:
    """What forms of a session carry: only who can read its pages knows it, and it is of no use elsewhere."""
    digest = hmac.new(cookie.encode(), b"form", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sessions:
    """Sessions of the issuers that `parties` speak to, by the issuer's slug."""

    def __init__(
        self,
        store: SessionStore,
        parties: Mapping[str, RelyingParty],
        sealer: Sealer,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.parties = parties
        self._by_issuer = {party.settings.issuer: party for party in parties.values()}
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._refreshing: set[asyncio.Task[tuple[Session, str | None] | None]] = set()

    def party_of(self, issuer: str) -> RelyingParty:
        """Where the sessions of `issuer` come from."""
        return self._by_issuer[issuer]

    async def start(self, party: RelyingParty, *, path: str | None = None) -> Started:
        """Begins a sign-in.

        Args:
            path: Where the person wants to go on; one that is no page of ours is left out of account.

        Raises:
            IssuerUnavailableError, SignInError: it cannot begin.
        """
        begun, cookie, now = await party.begin(), secrets.token_urlsafe(32), self._clock()
        sign_in_id = hashed(begun.state)
        await self._store.begin_sign_in(
            SignIn(
                id=sign_in_id,
                browser=hashed(cookie),
                iss=party.settings.issuer,
                sealed=self._sealer.seal(
                    {"nonce": begun.nonce, "verifier": begun.verifier, "path": own_path(path)}, purpose=sign_in_id
                ),
                begun_at=now,
                expires_at=now + SIGN_IN,
            )
        )
        return Started(begun.address, begun.state, cookie)

    async def finish(
        self, party: RelyingParty, answer: Mapping[str, str], *, browser: str | None, former: str | None
    ) -> Finished:
        """The session of whoever came back with the authorization response `answer`.

        Args:
            browser: Cookie of the sign-in that the browser began; None where it brings none.
            former: Session cookie that it brings; that session ends, so that nobody goes on with an id from before.

        Raises:
            SignInError: nobody is signed in.
            IssuerUnavailableError: that cannot be found out now.
        """
        state = answer.get("state", "")
        sign_in = await self._store.take_sign_in(hashed(state), browser=hashed(browser)) if browser and state else None
        if sign_in is None or sign_in.iss != party.settings.issuer or self._clock() >= sign_in.expires_at:
            raise SignInError(SignInReason.STALE, "state: not of a sign-in that this browser has under way")
        try:
            kept = self._sealer.unseal(sign_in.sealed, purpose=sign_in.id)
        except BrokenSealError as error:
            raise SignInError(SignInReason.STALE, "the sign-in was begun under another key") from error
        signed_in = await party.finish(
            answer, nonce=kept["nonce"], verifier=kept["verifier"], begun_at=sign_in.begun_at.timestamp()
        )
        return Finished(await self._begin(signed_in, former), own_path(kept.get("path")))

    async def resume(self, cookie: str) -> Resumed | None:
        """Who goes on with `cookie`; None where it stands for no session, or for none any more.

        Asks the issuer where it has news, and goes on with what is known where the issuer is away.
        """
        now = self._clock()
        session = await self._store.find(hashed(cookie))
        if session is None or self._is_over(session, now):
            return None
        new_cookie = None
        if session.refresh_at is not None and session.refresh_at <= now:
            claimed = await self._store.claim_refresh(session.id, now=now, again_at=now + ASK_AGAIN)
            if claimed is not None:
                renewed = await self._refresh(claimed, now)
                if renewed is None:
                    return None
                session, new_cookie = renewed
        if now - session.touched_at >= TOUCH_EVERY:
            await self._store.touch(session.id, now)
        principal = await self._store.arrive(Principal(session.iss, session.sub, session.memberships))
        return Resumed(principal, await self._rotated(session, principal, now) or new_cookie)

    async def end(self, cookie: str) -> SignOut | None:
        """Ends the session; how the browser ends that of its issuer, too, None where there is no way."""
        session = await self._store.find(hashed(cookie))
        if session is None:
            return None
        await self._store.end(session.id)
        party = self._by_issuer.get(session.iss)
        if party is None or self._is_over(session, self._clock()):
            return None
        return await party.sign_out(self._kept(session).get("id_token"))

    async def end_by(self, party: RelyingParty, logout_token: str) -> None:
        """Ends what the issuer says is over.

        Raises:
            InvalidTokenError: it does not say so, or said so before.
            IssuerUnavailableError: its keys cannot be had now.
        """
        read = await party.read_logout_token(logout_token)
        iss = party.settings.issuer
        # As long as the token may be taken, with clocks apart.
        until = datetime.fromtimestamp(read.expires_at, UTC) + timedelta(minutes=1)
        token_id = hashed(f"logout {len(iss)}:{iss}{read.token_id}")
        if not await self._store.end_by_token(token_id, until=until, iss=iss, sub=read.subject, sid=read.session):
            raise InvalidTokenError("jti: the logout token was used before.")

    async def _begin(self, signed_in: SignedIn, former: str | None) -> str:
        cookie, now = secrets.token_urlsafe(32), self._clock()
        session_id = hashed(cookie)
        principal = await self._store.arrive(signed_in.principal)
        session = Session(
            id=session_id,
            iss=signed_in.principal.iss,
            sub=signed_in.principal.sub,
            sid=signed_in.session,
            memberships=signed_in.principal.memberships,
            invited=principal.memberships - signed_in.principal.memberships,
            sealed=self._seal(session_id, signed_in.tokens, {}),
            touched_at=now,
            expires_at=now + ABSOLUTE,
            refresh_at=_refresh_at(signed_in.tokens, now),
        )
        await self._store.begin(session, replaces=hashed(former) if former else None)
        _LOG.info("signed in", extra={"issuer": session.iss, "memberships": len(principal.memberships)})
        return cookie

    async def _rotated(self, session: Session, principal: Principal, now: datetime) -> str | None:
        """A new cookie for a session whose memberships by invitation are others than when it got its id.

        None, too, while somebody else may be about to change the session; the next request finds out.
        """
        invited = principal.memberships - session.memberships
        is_asking = session.refresh_at is not None and session.refresh_at < now + ASK_AGAIN
        if principal.memberships == session.memberships | session.invited or is_asking:
            return None
        kept = self._kept(session)
        if not kept:
            return None
        cookie = secrets.token_urlsafe(32)
        session_id = hashed(cookie)
        successor = replace(
            session,
            id=session_id,
            invited=invited,
            sealed=self._sealer.seal(kept, purpose=session_id),
            touched_at=now,
        )
        lingers_until = min(now + LINGER, session.expires_at)
        return cookie if await self._store.rotate(session, successor, lingers_until=lingers_until) else None

    def _is_over(self, session: Session, now: datetime) -> bool:
        is_known = session.iss in self._by_issuer
        return not is_known or now >= session.expires_at or now - session.touched_at >= IDLE

    async def _refresh(self, claimed: Session, now: datetime) -> tuple[Session, str | None] | None:
        """The session with its issuer's news, and its new cookie if it gets one; None where it is over."""
        # Not given up with the request: the refresh token is used by then, and its successor would be lost.
        task = asyncio.create_task(self._renewed(claimed, now), name="refresh of a session")
        self._refreshing.add(task)
        task.add_done_callback(self._refreshed)
        return await asyncio.shield(task)

    def _refreshed(self, task: "asyncio.Task[tuple[Session, str | None] | None]") -> None:
        self._refreshing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("a session could not be refreshed: %s", type(error).__name__)

    async def _renewed(self, claimed: Session, now: datetime) -> tuple[Session, str | None] | None:
        kept = self._kept(claimed)
        refresh_token = kept.get("refresh_token")
        if refresh_token is None:
            _LOG.info("a session ended: its tokens were kept under a key that is gone", extra={"issuer": claimed.iss})
            await self._store.end(claimed.id)
            return None
        try:
            refreshed = await self._by_issuer[claimed.iss].refresh(refresh_token, subject=claimed.sub)
        except IssuerUnavailableError:
            return claimed, None
        except EndedAtIssuerError as error:
            _LOG.info("a session ended at its issuer: %s", error, extra={"issuer": claimed.iss})
            await self._store.end(claimed.id)
            return None
        memberships = claimed.memberships if refreshed.memberships is None else refreshed.memberships
        # New rights, new id: who had the old one from somewhere does not come to them.
        cookie = None if memberships == claimed.memberships else secrets.token_urlsafe(32)
        session_id = claimed.id if cookie is None else hashed(cookie)
        session = replace(
            claimed,
            id=session_id,
            memberships=memberships,
            sealed=self._seal(session_id, refreshed.tokens, kept),
            touched_at=now,
            refresh_at=now + ASK_AGAIN if refreshed.memberships is None else _refresh_at(refreshed.tokens, now, kept),
        )
        is_there = await self._store.renew(claimed.id, session, lingers_until=min(now + LINGER, claimed.expires_at))
        return (session, cookie) if is_there else None

    def _seal(self, session_id: str, tokens: Tokens, before: Mapping[str, str]) -> str:
        """The tokens that are of use later; the access token is not, since only what it said counts."""
        new = {"refresh_token": tokens.refresh_token, "id_token": tokens.id_token}
        # An issuer that does not rotate its refresh tokens sends none (RFC 6749 §6).
        kept = dict(before) | {name: value for name, value in new.items() if value is not None}
        return self._sealer.seal(kept, purpose=session_id)

    def _kept(self, session: Session) -> Mapping[str, str]:
        try:
            return self._sealer.unseal(session.sealed, purpose=session.id)
        except BrokenSealError:
            return {}


def _refresh_at(tokens: Tokens, now: datetime, before: Mapping[str, str] | None = None) -> datetime | None:
    has_token = tokens.refresh_token is not None or "refresh_token" in (before or {})
    return now + timedelta(seconds=tokens.lasts_s) if has_token else None

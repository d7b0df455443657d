"""Sessions of browsers in the graph database: the store that `auth.sessions` stands on, and its housekeeping."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from auth.principal import Membership, Principal
from auth.session_store import Session, SignIn
from auth.sessions import IDLE
from graph.accounts.people import GraphPeople
from graph.errors import GraphError
from graph.port import GraphStore, Transaction
from graph.selection import ByKeys, Selection
from graph.values import instant

MAX_BATCH: Final = 1_000
_SESSION: Final = "Session"
_SIGN_IN: Final = "SignIn"
_SEEN: Final = "SeenToken"
_READ: Final = Selection(
    _SESSION, ("id", "iss", "sub", "sid", "memberships", "invited", "sealed", "touched_at", "expires_at", "refresh_at")
)


class GraphSessions:
    """`auth.session_store.SessionStore` on a graph database."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._people = GraphPeople(store)

    async def arrive(self, principal: Principal) -> Principal:
        return await self._people.arrive(principal)

    async def begin(self, session: Session, *, replaces: str | None) -> None:
        async def write(transaction: Transaction) -> None:
            if replaces is not None:
                await transaction.delete(_SESSION, [replaces])
            await _create(transaction, session)

        await self._store.transact(write)

    async def find(self, session_id: str) -> Session | None:
        # Not in a transaction: the embedded database has one writer, and every request of a browser comes by here.
        selected = await self._store.select(_READ, ByKeys(_SESSION, "id", (session_id,)), audiences=())
        (row,) = selected.rows
        return None if row is None else _session(dict(zip(_READ.properties, row, strict=True)))

    async def touch(self, session_id: str, at: datetime) -> None:
        async def write(transaction: Transaction) -> None:
            if await transaction.lock_all(_SESSION, [session_id]):
                await transaction.put(_SESSION, [{"id": session_id, "touched_at": instant(at)}])

        # A database that takes no writes at the moment still says who is signed in.
        with suppress(GraphError):
            await self._store.transact(write)

    async def claim_refresh(self, session_id: str, *, now: datetime, again_at: datetime) -> Session | None:
        async def claim(transaction: Transaction) -> Session | None:
            row = await _locked(transaction, session_id)
            if row is None or row["refresh_at"] is None or row["refresh_at"] > instant(now):
                return None
            await transaction.put(_SESSION, [{"id": session_id, "refresh_at": instant(again_at)}])
            return _session(row)

        return await self._store.transact(claim)

    async def renew(self, session_id: str, session: Session, *, lingers_until: datetime) -> bool:
        async def write(transaction: Transaction) -> bool:
            if await _locked(transaction, session_id) is None:
                return False
            if session.id == session_id:
                await transaction.put(_SESSION, [_row(session)])
                return True
            await _succeed(transaction, session_id, session, lingers_until)
            return True

        return await self._store.transact(write)

    async def rotate(self, former: Session, session: Session, *, lingers_until: datetime) -> bool:
        async def write(transaction: Transaction) -> bool:
            row = await _locked(transaction, former.id)
            if row is None or _session(row) != replace(former, touched_at=_session(row).touched_at):
                return False
            await _succeed(transaction, former.id, session, lingers_until)
            return True

        return await self._store.transact(write)

    async def end(self, session_id: str) -> None:
        async def write(transaction: Transaction) -> None:
            row = await _locked(transaction, session_id)
            if row is None:
                return
            same = [] if row["sid"] is None else await _ids(transaction, row["iss"], row["sub"], row["sid"])
            await transaction.delete(_SESSION, sorted({session_id, *same}))

        await self._store.transact(write)

    async def end_by_token(self, token_id: str, *, until: datetime, iss: str, sub: str | None, sid: str | None) -> bool:
        async def write(transaction: Transaction) -> bool:
            if await transaction.lock_all(_SEEN, [token_id], reserve=True):
                return False
            now = instant(datetime.now(UTC))
            row = {"id": token_id, "expires_at": instant(until), "created_at": now, "updated_at": now}
            await transaction.put(_SEEN, [row])
            # Until there is none: one that is renewed meanwhile goes on under another id, seen once the old one is had.
            while ended := await _ids(transaction, iss, sub, sid):
                await transaction.delete(_SESSION, ended)
            return True

        return await self._store.transact(write)

    async def begin_sign_in(self, sign_in: SignIn) -> None:
        begun = instant(sign_in.begun_at)
        row = {
            "id": sign_in.id,
            "browser": sign_in.browser,
            "iss": sign_in.iss,
            "sealed": sign_in.sealed,
            "expires_at": instant(sign_in.expires_at),
            "created_at": begun,
            "updated_at": begun,
        }
        await self._store.transact(lambda transaction: transaction.put(_SIGN_IN, [row]))

    async def take_sign_in(self, sign_in_id: str, *, browser: str) -> SignIn | None:
        async def take(transaction: Transaction) -> SignIn | None:
            if not await transaction.lock_all(_SIGN_IN, [sign_in_id]):
                return None
            row = (await transaction.read(_SIGN_IN, [sign_in_id]))[sign_in_id]
            if row["browser"] != browser:
                return None
            await transaction.delete(_SIGN_IN, [sign_in_id])
            return _sign_in(row)

        return await self._store.transact(take)


async def purge(store: GraphStore, *, limit: int = MAX_BATCH) -> int:
    """How many records went: sessions that are over, sign-ins that nobody finished, tokens that would not work anyway.

    Harmless beside others that purge: what is over stays over.

    Args:
        limit: 1..MAX_BATCH of each kind; that many or more means that there may be more.

    Raises:
        GraphUnavailableError: not all of them went; call again.
    """
    now = await store.now()
    idle = instant(datetime.fromisoformat(now) - IDLE)
    parameters = {"now": now, "idle": idle, "limit": min(max(limit, 1), MAX_BATCH)}
    found = sorted((str(label), str(key)) for label, key in await store.query("sessions_expired", parameters))
    for label, rows in groupby(found, key=lambda row: row[0]):
        await _delete(store, label, [key for _, key in rows])
    return len(found)


async def _delete(store: GraphStore, label: str, keys: list[str]) -> None:
    await store.transact(lambda transaction: transaction.delete(label, keys))


async def _succeed(transaction: Transaction, former_id: str, session: Session, lingers_until: datetime) -> None:
    await _create(transaction, session)
    lingering = _row(session) | {"expires_at": instant(lingers_until), "sealed": "", "refresh_at": None}
    await transaction.put(_SESSION, [lingering | {"id": former_id}])


async def _create(transaction: Transaction, session: Session) -> None:
    moment = instant(session.touched_at)
    await transaction.put(_SESSION, [_row(session) | {"created_at": moment, "updated_at": moment}])


async def _locked(transaction: Transaction, session_id: str) -> dict[str, Any] | None:
    if not await transaction.lock_all(_SESSION, [session_id]):
        return None
    return (await transaction.read(_SESSION, [session_id]))[session_id]


async def _ids(transaction: Transaction, iss: str, sub: str | None, sid: str | None) -> list[str]:
    found = await transaction.query("sessions_of", {"iss": iss, "sub": sub or "", "sid": sid or ""})
    return [str(session_id) for (session_id,) in found]


def _row(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "iss": session.iss,
        "sub": session.sub,
        "sid": session.sid,
        "memberships": sorted(map(str, session.memberships)),
        "invited": sorted(map(str, session.invited)),
        "sealed": session.sealed,
        "touched_at": instant(session.touched_at),
        "expires_at": instant(session.expires_at),
        "refresh_at": None if session.refresh_at is None else instant(session.refresh_at),
    }


def _session(row: dict[str, Any]) -> Session:
    return Session(
        id=row["id"],
        iss=row["iss"],
        sub=row["sub"],
        sid=row["sid"],
        memberships=frozenset(map(Membership.parse, row["memberships"] or ())),
        invited=frozenset(map(Membership.parse, row["invited"] or ())),
        sealed=row["sealed"],
        touched_at=datetime.fromisoformat(row["touched_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        refresh_at=None if row["refresh_at"] is None else datetime.fromisoformat(row["refresh_at"]),
    )


def _sign_in(row: dict[str, Any]) -> SignIn:
    return SignIn(
        id=row["id"],
        browser=row["browser"],
        iss=row["iss"],
        sealed=row["sealed"],
        begun_at=datetime.fromisoformat(row["created_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
    )

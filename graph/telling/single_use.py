"""Single-use links: doors for one decision each, opened by what an e-mail holds and nothing else.

Opening changes nothing; deciding marks the link in the unit that carries the decision out. Used, expired, withdrawn,
overtaken, foreign and malformed links are told apart nowhere.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from auth.sessions import COOKIE as FORM
from auth.sessions import hashed
from graph.actors import Actor, by_link
from graph.errors import NodeNotFoundError
from graph.model import NodeKey
from graph.personal import Letter, SingleUseLink
from graph.port import GraphStore, Transaction
from graph.rows import node_of, row_of
from graph.selection import ByKeys, Selection
from graph.telling import consents, invitations, letters
from graph.telling.matters import Matter, of_task, read_as
from graph.values import Instant, instant
from graph.vocabulary import LinkPurpose
from graph.writing.unit_of_work import Json, Unit, UnitOfWork, record_id

T = TypeVar("T", bound=Json)

DAYS: Final = 14
"""SECURITY §3a. A link that was not used by then is worth nothing any more."""
KEPT_DAYS: Final = 90
"""After it expired: until then the record says to whom a decision by link was sent."""

_READ: Final = Selection(SingleUseLink.__name__, ("id", "purpose", "entity", "house", "email", "expires_at", "used_at"))
_RECORD: Final = Selection("Idempotency", ("id",))

Find = Callable[[Unit, SingleUseLink], Awaitable[Matter | None]]


async def _task(unit: Unit, link: SingleUseLink) -> Matter | None:
    """The task, as long as it is open and asks the house whose contact still is who got the link."""
    if link.house is None:
        return None
    house = NodeKey.parse(link.house)
    matter = await of_task(unit, NodeKey.parse(link.entity).value, house=house)
    is_its_contact = (await letters.address_of(unit, house)) == link.email
    return matter if is_its_contact else None


MATTERS: Final[Mapping[LinkPurpose, Find]] = {
    **dict.fromkeys(letters.PURPOSES.values(), _task),
    LinkPurpose.ACCEPT_INVITATION: invitations.of_link,
    LinkPurpose.CONSENT_EXPERT: consents.of_link,
    LinkPurpose.WITHDRAW_CONSENT: consents.of_link,
}
"""What a link of each purpose is about, read as who decides by it; None once there is nothing left to decide.

A further purpose is one entry here and one in `network.pages.around.link_purposes`.
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is still good for its decision, and what that is about."""

    link: SingleUseLink
    matter: Matter

    @property
    def decider(self) -> Actor:
        """In whose name it is decided: the house to which the link was sent, or whoever holds it."""
        return decider(self.link)


def decider(link: SingleUseLink) -> Actor:
    """Who acts by `link`: with the one membership that its decision needs, in one unit."""
    if link.house is None:
        return by_link(link.id)
    return by_link(link.id, frozenset({letters.membership_of(NodeKey.parse(link.house))}))


async def make(transaction: Transaction, letter: Letter, *, now: Instant) -> str:
    """The secret of a new link for `letter`, which has a purpose; stored as its hash only."""
    secret = secrets.token_urlsafe(32)
    assert letter.purpose is not None
    link = SingleUseLink(
        id=hashed(secret),
        purpose=letter.purpose,
        entity=letter.entity,
        house=letter.house,
        email=letter.email,
        expires_at=instant(datetime.fromisoformat(now) + timedelta(days=DAYS)),
    )
    await transaction.put(SingleUseLink.__name__, [{**row_of(link), "created_at": now, "updated_at": now}])
    return secret


async def look(store: GraphStore, secret: str) -> Opened | None:
    """What the link with this secret is good for; None where that is nothing, for whatever reason. Changes nothing.

    Raises:
        GraphUnavailableError: that cannot be found out now.
    """
    link = await _find(store, secret)
    now = Instant(await store.now())
    if link is None or not _is_open(link, now):
        return None
    find = MATTERS[link.purpose]
    matter = await read_as(store, decider(link), lambda unit: find(unit, link), now=now)
    return None if matter is None else Opened(link, matter)


async def repeated(store: GraphStore, secret: str, key: str, *, member: Actor) -> LinkPurpose | None:
    """The purpose of a link that was used under this idempotency key; None for every other link and key.

    Args:
        member: Who asks, where the purpose is decided by whoever signed in.
    """
    link = await _find(store, secret)
    if link is None or link.used_at is None:
        return None
    records = tuple(record_id(actor, key) for actor in (decider(link), member))
    selected = await store.select(_RECORD, ByKeys(_RECORD.label, "id", records), audiences=())
    return link.purpose if any(row is not None for row in selected.rows) else None


async def spend(unit: Unit, link_id: str) -> SingleUseLink:
    """Marks the link as used, for the decision that this unit goes on to carry out.

    Raises:
        NodeNotFoundError: it is used, expired, or there is nothing left to decide.
    """
    gone = NodeNotFoundError("link: not good for a decision, or not any more")
    key = NodeKey(SingleUseLink.__name__, link_id)
    await unit.lock(key)
    link = await unit.get(SingleUseLink, link_id)
    if link is None or not _is_open(link, unit.now):
        raise gone
    find = MATTERS[link.purpose]
    matter = await find(unit, link)
    if matter is None:
        raise gone
    # Whoever decides otherwise at the same time, signed in, holds this lock before the task is settled.
    await unit.lock(matter.about or NodeKey.parse(link.entity))
    if await find(unit, link) is None:
        raise gone
    await unit.keep(replace(link, used_at=unit.now))
    return link


class Spending(UnitOfWork):
    """Runs a command so that its unit spends a link first: both are written, or neither."""

    def __init__(self, inner: UnitOfWork, link_id: str) -> None:
        super().__init__(inner.store)
        self._inner = inner
        self._link_id = link_id

    async def run(
        self,
        function: Callable[[Unit], Awaitable[T]],
        *,
        actor: Actor,
        idempotency_key: str | None = None,
        timeout_s: float = 30.0,
    ) -> T:
        async def spending(unit: Unit) -> T:
            await spend(unit, self._link_id)
            return await function(unit)

        return await self._inner.run(spending, actor=actor, idempotency_key=idempotency_key, timeout_s=timeout_s)


async def purge(store: GraphStore, *, limit: int = 1_000) -> int:
    """How many links went that were over for `KEPT_DAYS`; as many as `limit` means that there may be more."""
    before = instant(datetime.fromisoformat(await store.now()) - timedelta(days=KEPT_DAYS))
    found = await store.query("links_expired", {"before": before, "limit": limit})
    keys = sorted(str(key) for (key,) in found)
    if keys:
        await store.transact(lambda transaction: transaction.delete(SingleUseLink.__name__, keys))
    return len(keys)


async def _find(store: GraphStore, secret: str) -> SingleUseLink | None:
    if not FORM.fullmatch(secret):
        return None
    # Not in a transaction: anybody may ask, and the embedded database has one writer.
    selected = await store.select(_READ, ByKeys(_READ.label, "id", (hashed(secret),)), audiences=())
    (row,) = selected.rows
    return None if row is None else node_of(SingleUseLink, dict(zip(_READ.properties, row, strict=True)))


def _is_open(link: SingleUseLink, now: Instant) -> bool:
    return link.used_at is None and now < link.expires_at

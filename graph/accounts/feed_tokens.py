"""What a feed address opens: one list, read as its person would read it today.

An address proves nothing of who has it. So it stands for its person no longer than she is known to be somebody: without a
membership, or long not seen, it shows nothing until she comes back, and it never changes anything.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from auth.principal import Principal
from auth.sessions import COOKIE as FORM
from auth.sessions import hashed
from graph.accounts.retention import MAX_BATCH
from graph.errors import GraphError
from graph.personal import FeedToken
from graph.port import GraphStore, Transaction
from graph.selection import ByKeys, Selection
from graph.telling.people import people
from graph.values import Instant, instant
from graph.vocabulary import FeedForm

__all__ = ["MAX_BATCH", "UNSEEN_DAYS", "OpenedFeed", "note_use", "open_feed", "purge"]

UNSEEN_DAYS: Final = 90
"""For so long the memberships last seen count. Who left a house is told to us by nobody: the issuer is asked at a sign-in."""
KEPT_DAYS: Final = 30
"""After it expired: until then its person sees in her list why a sheet gets nothing any more."""
_WRITE_S: Final = 3.0
_READ: Final = Selection(FeedToken.__name__, ("actor", "name", "form", "page", "expires_at", "used_on"))
_SEEN: Final = Selection("Actor", ("seen_at",))


@dataclass(frozen=True, slots=True)
class OpenedFeed:
    """A feed address in force; `owner` as what she is today."""

    id: str
    name: str
    form: FeedForm
    page: str
    owner: Principal
    used_on: str | None


async def open_feed(store: GraphStore, secret: str) -> OpenedFeed | None:
    """What the address with this secret shows; None where that is nothing, for whatever reason.

    Raises:
        GraphUnavailableError: that cannot be found out now.
    """
    if not FORM.fullmatch(secret):
        return None
    key = hashed(secret)
    (row,) = (await store.select(_READ, ByKeys(_READ.label, "id", (key,)), audiences=())).rows
    if row is None:
        return None
    actor, name, form, page, expires_at, used_on = row
    now = Instant(await store.now())
    if now >= str(expires_at) or not await _is_known(store, str(actor), now):
        return None
    owner = (await people(store, {str(actor)})).get(str(actor))
    if owner is None or not policy.may_take_part(owner.caller):
        return None
    return OpenedFeed(
        key, str(name), FeedForm(str(form)), str(page), owner.caller, None if used_on is None else str(used_on)
    )


async def note_use(store: GraphStore, feed: OpenedFeed, *, today: str) -> None:
    """Writes down the day, once a day; where the database takes no writes, nothing happens."""
    if feed.used_on == today:
        return

    async def note(transaction: Transaction) -> None:
        # One that was revoked meanwhile does not come back by this.
        if await transaction.lock_all(FeedToken.__name__, [feed.id]):
            await transaction.put(FeedToken.__name__, [{"id": feed.id, "used_on": today}])

    with suppress(GraphError):
        await store.transact(note, timeout_s=_WRITE_S)


async def purge(store: GraphStore, *, limit: int = MAX_BATCH) -> int:
    """How many addresses went that were over for `KEPT_DAYS`; as many as `limit` means that there may be more.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    before = instant(datetime.fromisoformat(await store.now()) - timedelta(days=KEPT_DAYS))
    found = await store.query("feed_tokens_expired", {"before": before, "limit": min(max(limit, 1), MAX_BATCH)})
    keys = sorted(str(key) for (key,) in found)
    if keys:
        await store.transact(lambda transaction: transaction.delete(FeedToken.__name__, keys))
    return len(keys)


async def _is_known(store: GraphStore, actor: str, now: Instant) -> bool:
    (row,) = (await store.select(_SEEN, ByKeys("Actor", "id", (actor,)), audiences=())).rows
    since = instant(datetime.fromisoformat(now) - timedelta(days=UNSEEN_DAYS))
    return row is not None and str(row[0]) >= since

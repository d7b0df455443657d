"""Who used which part of the schema, day by day: records of a client's name and version and of numbers, nothing of persons."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from graph.port import GraphStore, Transaction
from graph.selection import MAX_PAGE, Compare, Match, Operator, Page, Selection

KEPT_DAYS: Final = 400
"""A yearly report must show before its field goes."""
MAX_CLIENTS_A_DAY: Final = 200
"""Records of one day; later clients count together, so that nobody fills the database by calling himself ever anew."""
MAX_BATCH: Final = 1_000

_LABEL: Final = "FieldUsage"
_READ: Final = Selection(_LABEL, ("id", "day", "client", "version", "counts"))


class Client(NamedTuple):
    """A program that asks, as it calls itself; both empty where it does not."""

    name: str
    version: str


OTHER: Final = Client("other", "")


@dataclass(frozen=True, slots=True)
class Used:
    """How often one client's operations that use `coordinate` ran on one day (UTC)."""

    day: str
    coordinate: str
    client: Client
    count: int


async def note(store: GraphStore, client: Client, counts: Mapping[str, int]) -> None:
    """Adds to what is known of a client today; of several processes at the same time none is lost.

    Raises:
        GraphUnavailableError, StaleWriteError: nothing was added.
        OutcomeUnknownError: it was added, or not.
    """
    now = await store.now()
    if client != OTHER and not await _has_room(store, client, now[:10]):
        client = OTHER
    key = _key(now[:10], client)

    async def add(transaction: Transaction) -> None:
        is_known = key in await transaction.lock_all(_LABEL, [key], reserve=True)
        row = (await transaction.read(_LABEL, [key]))[key] if is_known else {}
        total = Counter(json.loads(row.get("counts") or "{}"))
        total.update(counts)
        changed: dict[str, Any] = {
            "id": key,
            "day": now[:10],
            "client": client.name,
            "version": client.version,
            "counts": json.dumps(total, separators=(",", ":"), sort_keys=True),
            "created_at": row.get("created_at") or now,
            "updated_at": now,
        }
        await transaction.put(_LABEL, [changed])

    await store.transact(add)


async def used(store: GraphStore, *, days: int) -> AsyncIterator[Used]:
    """What was used in the last `days` days, today included, in no order that matters.

    Raises:
        GraphUnavailableError: unreachable, or too slow.
    """
    since = _day_before(await store.now(), days - 1)
    async for row in _records(store, Compare("day", Operator.AT_LEAST, since)):
        for coordinate, count in json.loads(row["counts"]).items():
            yield Used(row["day"], coordinate, Client(row["client"], row["version"]), count)


async def purge(store: GraphStore) -> int:
    """How many records went, those older than KEPT_DAYS, at most MAX_BATCH; as many mean that there may be more.

    Raises:
        GraphUnavailableError: nothing went; call again.
    """
    before = _day_before(await store.now(), KEPT_DAYS)
    start = Match(_LABEL, (Compare("day", Operator.BELOW, before),), page=Page(MAX_PAGE))
    selected = await store.select(Selection(_LABEL, ("id",)), start, audiences=())
    old = sorted(str(row[0]) for row in selected.rows if row is not None)
    if old:
        await store.transact(lambda transaction: transaction.delete(_LABEL, old))
    # A full page stands for a full batch: there may be more.
    return MAX_BATCH if len(old) == MAX_PAGE else len(old)


async def _has_room(store: GraphStore, client: Client, day: str) -> bool:
    """Whether the client has a record of today, or may get one."""
    start = Match(_LABEL, (Compare("day", Operator.EQUALS, day),), page=Page(1), count=True)
    selected = await store.select(Selection(_LABEL, ("id",)), start, audiences=())
    if (selected.total or 0) < MAX_CLIENTS_A_DAY:
        return True
    rows = await store.transact(lambda transaction: transaction.read(_LABEL, [_key(day, client)]))
    return bool(rows)


async def _records(store: GraphStore, where: Compare) -> AsyncIterator[dict[str, Any]]:
    after: tuple[str, ...] | None = None
    while True:
        selected = await store.select(_READ, Match(_LABEL, (where,), page=Page(MAX_PAGE, after)), audiences=())
        rows: list[dict[str, Any]] = [
            dict(zip(_READ.properties, row, strict=True)) for row in selected.rows if row is not None
        ]
        for row in rows:
            yield row
        if len(rows) < MAX_PAGE:
            return
        after = (rows[-1]["id"],)


def _key(day: str, client: Client) -> str:
    # The name may hold any of these signs but no tabulator.
    return "\t".join((day, *client))


def _day_before(now: str, days: int) -> str:
    moment: date = datetime.fromisoformat(now).date() - timedelta(days=days)
    return moment.isoformat()

"""Letters on their way out: taken in hand, sent or given up, each step in a transaction of its own; and digests.

A process that dies between two steps leaves the letter with its id and the secret of its link, and both are the same at
the next attempt: what goes twice can be known by its recipient, and is one letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from auth.sealing import BrokenSealError, Sealer
from auth.sessions import hashed
from graph.model import NodeKey
from graph.personal import Actor, Letter, Notification, SingleUseLink
from graph.port import GraphStore, Transacting, Transaction
from graph.rows import node_of, row_of
from graph.telling import single_use
from graph.telling.letters import is_address, report_missing
from graph.values import NEVER, Instant, instant
from graph.vocabulary import Digest, LetterKind, NewsKind

MAX_BATCH: Final = 50
GIVE_UP: Final = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for four to five days at least."""
KEPT_DAYS: Final = 30
"""After it was sent or given up."""
MAX_LINES: Final = 50
"""Of a digest; more nobody reads, and the inbox has them all."""

_FIRST_RETRY: Final = timedelta(minutes=1)
_LONGEST_RETRY: Final = timedelta(hours=4)
_LETTER: Final = Letter.__name__
_LINK: Final = SingleUseLink.__name__
_SECRET: Final = "secret"  # noqa: S105 - the name of a member
_BERLIN: Final = ZoneInfo("Europe/Berlin")
_HOUR: Final = time(7)
"""When digests are written, in Germany."""
_NAMESPACE: Final = UUID("1c3c1a53-1f6e-5b44-8a0a-5d6b0f6f5d11")


@dataclass(frozen=True, slots=True)
class InHand:
    """A letter that is being sent.

    Attributes:
        secret: Of its single-use link; None where it has none.
        valid_until: Until when that link is good.
    """

    letter: Letter
    secret: str | None = None
    valid_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How many letters wait, since when the first is due and not tried, and how many were given up within `KEPT_DAYS`."""

    waiting: int
    overdue: Instant | None
    given_up: int


class End(StrEnum):
    """What became of one attempt."""

    SENT = "sent"
    PUT_OFF = "put_off"
    GIVEN_UP = "given_up"


async def due(store: GraphStore, *, limit: int = MAX_BATCH) -> list[Letter]:
    """Letters to be tried now, those that wait longest first."""
    found = await store.query("letters_due", {"now": await store.now(), "limit": limit})
    keys = [str(key) for (key,) in found]
    rows = await store.transact(lambda transaction: transaction.read(_LETTER, keys)) if keys else {}
    return [node_of(Letter, rows[key]) for key in keys if key in rows]


async def take(store: GraphStore, fenced: Transacting, letter: str, sealer: Sealer) -> InHand | None:
    """The letter, not to be tried by others for a time; None where it was sent or withdrawn meanwhile.

    Its link is made at the first attempt and stays the same at all others.
    """
    now = Instant(await store.now())

    async def begin(transaction: Transaction) -> InHand | None:
        found = await _locked(transaction, letter)
        if found is None or found.sent_at is not None or found.failed_at is not None or found.due_at > now:
            return None
        taken = replace(found, attempts=found.attempts + 1, due_at=_later(now, found.attempts))
        in_hand = InHand(taken) if found.purpose is None else await _with_link(transaction, taken, sealer, now)
        await transaction.put(_LETTER, [{**row_of(in_hand.letter), "updated_at": now}])
        return in_hand

    return await fenced.transact(begin)


async def finish(store: GraphStore, fenced: Transacting, in_hand: InHand, end: End) -> End:
    """Notes what became of an attempt, also of one that failed before the letter was taken; what is put off for too long
    is given up.

    Of a letter to a house that is given up the hubs of the house hear: its address is wrong.
    """
    now = Instant(await store.now())
    age = datetime.fromisoformat(now) - datetime.fromisoformat(in_hand.letter.created_at)
    is_over = end is End.PUT_OFF and age >= GIVE_UP
    final = End.GIVEN_UP if is_over else end

    async def write(transaction: Transaction) -> None:
        found = await _locked(transaction, in_hand.letter.id)
        if found is None:
            return
        if final is End.PUT_OFF:
            if found.due_at <= now:
                later = {"attempts": found.attempts + 1, "due_at": _later(now, found.attempts)}
                await transaction.put(_LETTER, [{"id": found.id, "updated_at": now, **later}])
            return
        if final is not End.SENT and in_hand.secret is not None:
            await transaction.delete(_LINK, [hashed(in_hand.secret)])
        moment = {"sent_at" if final is End.SENT else "failed_at": now, "due_at": NEVER}
        await transaction.put(_LETTER, [{"id": found.id, "sealed": None, "updated_at": now, **moment}])
        if final is End.GIVEN_UP and found.house is not None:
            await report_missing(transaction, found.id, [NodeKey.parse(found.house)], now=now)

    await fenced.transact(write)
    return final


async def withdraw(fenced: Transacting, letter: str) -> None:
    """Takes a letter away that nobody is to get any more. The link of an earlier attempt opens nothing any more either."""

    async def write(transaction: Transaction) -> None:
        found = await _locked(transaction, letter)
        if found is not None and found.sent_at is None:
            await transaction.delete(_LETTER, [found.id])

    await fenced.transact(write)


async def state(store: GraphStore) -> State:
    """What waits and what was given up."""
    ((waiting, overdue, given_up),) = await store.query("letters_state", {"now": await store.now()})
    return State(int(waiting or 0), overdue or None, int(given_up or 0))


async def purge(store: GraphStore, *, limit: int = 1_000) -> int:
    """How many letters went that were sent or given up `KEPT_DAYS` ago; as many as `limit`: there may be more."""
    before = instant(datetime.fromisoformat(await store.now()) - timedelta(days=KEPT_DAYS))
    keys = sorted(str(key) for (key,) in await store.query("letters_old", {"before": before, "limit": limit}))
    if keys:
        await store.transact(lambda transaction: transaction.delete(_LETTER, keys))
    return len(keys)


def digest_begins(digest: Digest, now: Instant) -> Instant:
    """The last moment at which digests of this kind were due: seven in the morning in Germany, weekly on Mondays."""
    local = datetime.fromisoformat(now).astimezone(_BERLIN)
    day = local.date() if local.time() >= _HOUR else local.date() - timedelta(days=1)
    if digest is Digest.WEEKLY:
        day -= timedelta(days=day.weekday())
    return instant(datetime.combine(day, _HOUR, _BERLIN))


async def write_digests(store: GraphStore, fenced: Transacting, *, limit: int = MAX_BATCH) -> int:
    """How many people were looked at whose digest is due; as many as `limit`: there may be more.

    Each who has news that she has neither read nor been written gets one letter.
    """
    now = Instant(await store.now())
    looked_at = 0
    for digest in (Digest.DAILY, Digest.WEEKLY):
        parameters = {"digest": digest.value, "before": digest_begins(digest, now), "limit": limit}
        for (actor,) in await store.query("digests_due", parameters):
            await fenced.transact(partial(_write_digest, actor=str(actor), now=now))
            looked_at += 1
    return looked_at


async def lines_of(transaction: Transaction, letter: Letter) -> list[Notification]:
    """The news that a digest holds, the newest first."""
    found = await transaction.query("notifications_mailed", {"actor": letter.actor, "at": letter.created_at})
    keys = [str(key) for (key,) in found]
    rows = await transaction.read(Notification.__name__, keys)
    return [node_of(Notification, rows[key]) for key in keys]


async def _write_digest(transaction: Transaction, *, actor: str, now: Instant) -> None:
    if not await transaction.lock_all(Actor.__name__, [actor]):
        return
    person = node_of(Actor, (await transaction.read(Actor.__name__, [actor]))[actor])
    begins = digest_begins(person.digest, now)
    if person.digest is Digest.NEVER or (person.digest_at or person.created_at) >= begins:
        return
    await transaction.put(Actor.__name__, [{"id": actor, "digest_at": now}])
    if not is_address(person.email or ""):
        return
    # Whoever gets mail of tasks got these at once.
    without = NewsKind.TASK_ASKED if person.gets_task_mail else ""
    found = await transaction.query("notifications_to_mail", {"actor": actor, "without": without, "limit": MAX_LINES})
    lines: Sequence[str] = [str(key) for (key,) in found]
    if not lines:
        return
    await transaction.put(Notification.__name__, [{"id": key, "mailed_at": now} for key in lines])
    letter = Letter(
        id=str(uuid5(_NAMESPACE, f"{actor} {now}")),
        kind=LetterKind.DIGEST,
        email=person.email or "",
        actor=actor,
        entity=str(person.key),
        due_at=now,
    )
    await transaction.put(_LETTER, [{**row_of(letter), "created_at": now, "updated_at": now}])


async def _with_link(transaction: Transaction, letter: Letter, sealer: Sealer, now: Instant) -> InHand:
    if letter.sealed is not None:
        try:
            secret = sealer.unseal(letter.sealed, purpose=letter.id)[_SECRET]
        except BrokenSealError:
            # Its key is gone, so nobody can know whether it went; a second link is better than none.
            pass
        else:
            link = (await transaction.read(_LINK, [hashed(secret)])).get(hashed(secret))
            if link is not None:
                return InHand(letter, secret, Instant(link["expires_at"]))
    secret = await single_use.make(transaction, letter, now=now)
    link = (await transaction.read(_LINK, [hashed(secret)]))[hashed(secret)]
    sealed = sealer.seal({_SECRET: secret}, purpose=letter.id)
    return InHand(replace(letter, sealed=sealed), secret, Instant(link["expires_at"]))


async def _locked(transaction: Transaction, letter: str) -> Letter | None:
    if not await transaction.lock_all(_LETTER, [letter]):
        return None
    return node_of(Letter, (await transaction.read(_LETTER, [letter]))[letter])


def _later(now: Instant, attempts: int) -> Instant:
    """When to try again after so many attempts, should this one not come to an end."""
    wait = min(_FIRST_RETRY * 2 ** min(attempts, 10), _LONGEST_RETRY)
    return instant(datetime.fromisoformat(now) + wait)

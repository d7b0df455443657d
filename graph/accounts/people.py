"""People who come in: as what they are known, and the memberships that they hold by invitation.

Reading is one query for each request, of machines, too: no token says for certain that it is a machine's (a service account of
Keycloak has the claims of a person). Writing is rare: at the first time, when something changed, and once a day.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from auth.principal import Membership, Principal
from graph.actors import pseudonym
from graph.errors import GraphError
from graph.personal import Actor
from graph.port import GraphStore, Transaction
from graph.rows import row_of
from graph.values import Instant, instant

_ACTOR: Final = Actor.__name__
_WRITE_S: Final = 3.0
"""A database that is slow to write delays nobody for longer; whoever comes again is noted then."""
_LOG: Final = logging.getLogger("hubnetz.people")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the graph knows of somebody; `seen_at` is "" for a person who was not here before."""

    seen_at: str
    email: str | None
    memberships: frozenset[str]
    invited: frozenset[Membership]


class GraphPeople:
    """`auth.people.People` on a graph database."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    async def arrive(self, principal: Principal) -> Principal:
        known = await _known(self._store, principal)
        whole = replace(principal, memberships=principal.memberships | known.invited)
        await _note(self._store, whole, known, None)
        return whole


async def seen(
    store: GraphStore, principal: Principal, email: str | None = None, *, now: Instant | None = None
) -> None:
    """Notes that somebody is here, with all memberships that `principal` has.

    Written only at the first time, when memberships or address changed, and once a day; harmless beside others that do the
    same. Where the database takes no writes, nothing happens.

    Args:
        email: As for `Principal.email`; None: as `principal` says.

    Raises:
        GraphUnavailableError: unreachable.
    """
    said = principal if email is None else replace(principal, email=email)
    await _note(store, said, await _known(store, principal), now)


async def _known(store: GraphStore, principal: Principal) -> _Known:
    found = _Known("", None, frozenset(), frozenset())
    invited = set()
    actor = pseudonym(principal)
    for seen_at, email, memberships, membership, is_there in await store.query("person_arrives", {"actor": actor}):
        if seen_at:
            found = _Known(str(seen_at), email or None, frozenset(memberships or ()), frozenset())
        elif not is_there:
            _LOG.warning("a membership by invitation is left out: its house is gone", extra={"actor": actor})
        else:
            try:
                invited.add(Membership.parse(str(membership)))
            except ValueError as error:
                _LOG.warning("a membership by invitation is left out: %s", error, extra={"actor": actor})
    return replace(found, invited=frozenset(invited))


async def _note(store: GraphStore, principal: Principal, known: _Known, now: Instant | None) -> None:
    moment = now or instant(datetime.now(UTC))
    memberships = sorted(map(str, principal.memberships))
    email = known.email if principal.email is None else principal.email or None
    is_news = (known.email, known.memberships) != (email, frozenset(memberships))
    if not is_news and known.seen_at[:10] >= moment[:10]:
        return
    actor = Actor(
        id=pseudonym(principal),
        iss=principal.iss,
        sub=principal.sub,
        memberships=tuple(memberships),
        email=principal.email or None,
        seen_at=moment,
    )
    # Whoever may read goes on reading while the database takes no writes.
    with suppress(GraphError):
        await store.transact(lambda transaction: _put(transaction, actor, principal.email), timeout_s=_WRITE_S)


async def _put(transaction: Transaction, actor: Actor, said: str | None) -> None:
    if not await transaction.lock_all(_ACTOR, [actor.id], reserve=True):
        created = {"created_at": actor.seen_at, "updated_at": actor.seen_at, "version": 1}
        await transaction.put(_ACTOR, [row_of(actor) | created])
        return
    # Not a new version: what the person decides about itself is not stale by this.
    row: dict[str, Any] = {
        "id": actor.id,
        "memberships": list(actor.memberships),
        "seen_at": actor.seen_at,
        "updated_at": actor.seen_at,
    }
    await transaction.put(_ACTOR, [row if said is None else row | {"email": actor.email}])

"""The record of whoever acts, held for the unit: what limits somebody's own things is counted under it."""

from auth.errors import ForbiddenError
from auth.principal import Principal
from graph.actors import pseudonym
from graph.model import NodeKey
from graph.personal import Actor
from graph.writing.unit import Unit


async def oneself(unit: Unit) -> Actor:
    """The caller's `Actor`, locked; made where nobody has written it yet.

    Raises:
        ForbiddenError: nobody acts who could have things of one's own.
    """
    caller = unit.actor
    if not isinstance(caller, Principal):
        raise ForbiddenError("sign in: this is kept for people")
    key = NodeKey("Actor", pseudonym(caller))
    await unit.lock(key)
    known = await unit.get(Actor, key.value)
    if known is not None:
        return known
    told = tuple(sorted(map(str, caller.memberships)))
    made = Actor(id=key.value, iss=caller.iss, sub=caller.sub, memberships=told, seen_at=unit.now)
    return await unit.put(made)

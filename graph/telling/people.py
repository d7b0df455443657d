"""People who may be told something, as what they were when last seen."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from auth import policy
from auth.principal import Membership, Principal
from graph.port import GraphStore
from graph.selection import MAX_ROWS, ByKeys, Selection

MAX_MEMBERS: Final = 1_000
"""Most people of the houses concerned who hear of one piece of news; a house has a few dozen."""

_ACTOR: Final = Selection("Actor", ("id", "iss", "sub", "memberships", "email", "gets_task_mail"))
_ADMINISTRATION: Final = "network_admin"


@dataclass(frozen=True, slots=True)
class Person:
    """An `Actor` with the memberships last seen, those by invitation as they are now.

    Good for deciding what somebody is told, never for what somebody does.
    """

    id: str
    caller: Principal
    email: str = ""
    """"" where no issuer vouched for one."""
    gets_task_mail: bool = True

    def may_read(self, readers: Collection[str] | None) -> bool:
        """Whether an entry with these `readers` is for these eyes; None: everybody may read it."""
        return readers is None or not policy.audiences(self.caller).isdisjoint(readers)


async def people(store: GraphStore, ids: Collection[str]) -> dict[str, Person]:
    """The people among `ids` who are known, by id."""
    wanted = sorted(set(ids))
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), MAX_ROWS):
        chunk = wanted[start : start + MAX_ROWS]
        held: dict[str, set[str]] = {}
        revoked: dict[str, set[str]] = {}
        for actor, membership, is_revoked in await store.query("memberships_by_invitation", {"actors": chunk}):
            (revoked if is_revoked else held).setdefault(str(actor), set()).add(str(membership))
        selected = await store.select(_ACTOR, ByKeys("Actor", "id", tuple(chunk)), audiences=())
        for identifier, iss, sub, memberships, email, wants in (row for row in selected.rows if row is not None):
            key = str(identifier)
            # What was last seen may hold one that was revoked since then.
            named = (set(_texts(memberships)) - revoked.get(key, set())) | held.get(key, set())
            caller = Principal(str(iss), str(sub), frozenset(filter(None, map(_membership, named))))
            found[key] = Person(key, caller, str(email or ""), wants is not False)
    return found


async def asked(store: GraphStore, doers: Collection[str]) -> list[Person]:
    """The people whom tokens of `auth.policy.doers` ask, by id; of those last seen as such MAX_MEMBERS at most."""
    memberships = [_ADMINISTRATION if token == policy.ADMIN else token for token in doers if token != policy.REVIEWERS]
    parameters = {
        # No list is empty: a backend could not tell what it is a list of.
        "memberships": sorted(memberships) or [""],
        "reviewing": policy.REVIEWERS in doers,
        "limit": MAX_MEMBERS,
    }
    found = [*await store.query("actors_asked", parameters), *await store.query("invited_asked", parameters)]
    # By all that is known of them: a membership may have been revoked since they were seen.
    persons = await people(store, {str(identifier) for (identifier,) in found})
    return [persons[key] for key in sorted(persons) if not policy.duties(persons[key].caller).isdisjoint(doers)]


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def _membership(text: str) -> Membership | None:
    try:
        return Membership.parse(text)
    except ValueError:
        # A kind that this version does not know lets nobody read anything.
        return None

"""Who a unit of work acts for: a caller, or the system itself."""

import uuid
from dataclasses import dataclass

from auth.principal import Anonymous, Caller, Membership, Principal


@dataclass(frozen=True, slots=True)
class System:
    """Hubnetz itself, at the bidding of an operator or of a timer: policy does not ask it.

    Not a principal: no token ever yields it, so no request can pose as it.
    """

    duty: str
    """What it is doing, as the audit trail says it, e.g. `command line` or `indexer`."""


Actor = Caller | System

_NAMESPACE = uuid.UUID("6f1d3c52-7c1e-5f0a-9b7e-3d7f0c9a4e21")
"""Only keeps our names apart from other uses of UUIDv5; changing it would break the trail of who did what."""


_BY_LINK = "hubnetz:link"
"""In place of an issuer; no address, so no issuer that a file may name has it."""


def by_link(link_id: str, memberships: frozenset[Membership] = frozenset()) -> Principal:
    """Whoever opened a single-use link: acts for the one house that it was sent to, in this one unit of work."""
    return Principal(_BY_LINK, link_id, memberships)


def is_link(principal: Principal) -> bool:
    """Whether this is whoever opened a single-use link, whose id is then `principal.sub`."""
    return principal.iss == _BY_LINK


def pseudonym(principal: Principal) -> str:
    """The id of somebody's `Actor`: always the same, and nothing to whom the issuer's records are closed."""
    # The length keeps ("ab", "c") and ("a", "bc") apart.
    return str(uuid.uuid5(_NAMESPACE, f"{len(principal.iss)}:{principal.iss}{principal.sub}"))


def actor_id(actor: Actor) -> str:
    """`actor` as the audit trail names it."""
    if isinstance(actor, System):
        return f"system:{actor.duty}"
    if isinstance(actor, Anonymous):
        return "anonymous"
    return f"{'link' if is_link(actor) else 'actor'}:{pseudonym(actor)}"


def memberships_of(actor: Actor) -> list[str]:
    """What `actor` acts as, in alphabetical order; the system as nothing."""
    return [] if isinstance(actor, System) else sorted(map(str, actor.memberships))

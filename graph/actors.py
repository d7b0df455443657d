"""Who a unit of work acts for: a caller, or the system itself."""

import uuid
from dataclasses import dataclass

from auth.principal import Anonymous, Caller


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


def actor_id(actor: Actor) -> str:
    """`actor` as the audit trail names it: a pseudonym that says nothing to whom the issuer's records are closed."""
    if isinstance(actor, System):
        return f"system:{actor.duty}"
    if isinstance(actor, Anonymous):
        return "anonymous"
    # The length keeps ("ab", "c") and ("a", "bc") apart.
    return f"actor:{uuid.uuid5(_NAMESPACE, f'{len(actor.iss)}:{actor.iss}{actor.sub}')}"

"""Who is asking: a frozen value, made once per request."""

from dataclasses import dataclass, field
from enum import StrEnum

from auth import keys


class MembershipKind(StrEnum):
    """What a membership lets one act as."""

    HUB_LEAD = "hub_lead"
    HUB_MEMBER = "hub_member"
    REVIEWER = "reviewer"
    MUNICIPALITY = "municipality"
    UNIVERSITY = "university"
    ORGANISATION = "organisation"
    NETWORK_ADMIN = "network_admin"


# None holds a separator of filters or paths: these values become audience tokens, which end up in search filters.
_KEY_PATTERN = {
    MembershipKind.HUB_LEAD: keys.SLUG,
    MembershipKind.HUB_MEMBER: keys.SLUG,
    MembershipKind.REVIEWER: keys.SLUG,
    MembershipKind.MUNICIPALITY: keys.ARS,
    MembershipKind.UNIVERSITY: keys.ROR,
    MembershipKind.ORGANISATION: keys.SLUG,
}


@dataclass(frozen=True, slots=True)
class Membership:
    """One role at one house, written `hub_lead:zeitz`; `network_admin` has no key.

    Raises:
        ValueError: the key does not have the form that the kind asks for.
    """

    kind: MembershipKind
    key: str = ""

    def __post_init__(self) -> None:
        pattern = _KEY_PATTERN.get(self.kind)
        if pattern is None:
            if self.key:
                raise ValueError(f"{self.kind} takes no key, got {self.key!r}")
        elif not pattern.fullmatch(self.key):
            raise ValueError(f"not a key of {self.kind}: {self.key!r}")

    @classmethod
    def parse(cls, text: str) -> "Membership":
        """The membership that `text` names, e.g. `municipality:010615138`.

        Raises:
            ValueError: unknown kind, or a key of the wrong form.
        """
        kind, _, key = text.partition(":")
        return cls(MembershipKind(kind), key)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else str(self.kind)


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller without a token."""

    memberships: frozenset[Membership] = field(default=frozenset(), init=False)


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in caller; the identity is the pair (`iss`, `sub`), never a name or an e-mail."""

    iss: str
    sub: str
    memberships: frozenset[Membership] = frozenset()
    scopes: frozenset[str] = frozenset()
    token_id: str = field(default="", compare=False)
    """`jti` of the token that said so, for the log; "" where there is none. Who somebody is does not depend on it."""
    email: str | None = field(default=None, compare=False, repr=False)
    """As the issuer vouches for it (`email_verified`); "" where it says that it does not, None where it says nothing."""


Caller = Anonymous | Principal

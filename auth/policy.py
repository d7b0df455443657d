"""Who may see what: pure functions, no I/O, the only place that decides.

Two forms of one rule. `may_read` answers for one caller and one entry. `readers` and `audiences` say the same as two
lists of tokens that a database or a search engine can intersect: a caller reads an entry exactly when the two share a
token. A property test holds both forms equal.
"""

from collections.abc import Collection
from typing import Final, Protocol

from auth.keys import ASSOCIATION_DIGITS, MUNICIPALITY_DIGITS
from auth.principal import Anonymous, Caller, Membership, MembershipKind, Principal

PUBLIC: Final = "public"
NETWORK: Final = "network"
ADMIN: Final = "admin"
EVERYTHING: Final = frozenset({PUBLIC, NETWORK, ADMIN})
"""Reads every entry and every network-only field, as network administrators do: for work without a caller, such as
indexing, export and the consistency check. Never for an answer to somebody."""

PUBLISHED_STAGES: Final = frozenset({"PUBLISHED", "ARCHIVED"})
"""Where the visibility of an entry counts; at any other stage it is PRIVATE."""

_HUB_KINDS = frozenset({MembershipKind.HUB_LEAD, MembershipKind.HUB_MEMBER, MembershipKind.REVIEWER})
_REVIEWING = frozenset({MembershipKind.HUB_LEAD, MembershipKind.REVIEWER})


class House(Protocol):
    """A hub, municipality, university or organisation, named by label and key."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> str: ...


class GuardedEntry(Protocol):
    """What the reading rule needs to know of an entry; `graph.audience.Entry` satisfies it."""

    @property
    def stage(self) -> str | None:
        """Life cycle; `None` for kinds without one, which count as published."""
        ...

    @property
    def visibility(self) -> str: ...
    @property
    def insiders(self) -> Collection[House]:
        """Owner, reviewing hub and invited partners: they read the entry while it is PRIVATE."""
        ...


def audiences(caller: Caller) -> frozenset[str]:
    """The tokens that `caller` reads as; always holds `public`."""
    if isinstance(caller, Anonymous) or not caller.memberships:
        return frozenset({PUBLIC})
    return frozenset({PUBLIC, NETWORK, *(_token(membership) for membership in caller.memberships)})


def readers(entry: GuardedEntry) -> tuple[str, ...]:
    """The tokens that may read `entry`, sorted; store them with it."""
    visibility = effective_visibility(entry)
    if visibility == "PUBLIC":
        return (PUBLIC,)
    if visibility == "NETWORK":
        return (NETWORK,)
    return tuple(sorted({ADMIN, *(token for house in entry.insiders for token in _house_tokens(house))}))


def may_read(caller: Caller, entry: GuardedEntry) -> bool:
    """Whether `caller` may see `entry` at all; its network-only fields need `may_read_network_fields`, too."""
    visibility = effective_visibility(entry)
    if visibility == "PUBLIC":
        return True
    if visibility == "NETWORK":
        return may_read_network_fields(caller)
    return isinstance(caller, Principal) and any(
        membership.kind is MembershipKind.NETWORK_ADMIN or any(_acts_for(membership, house) for house in entry.insiders)
        for membership in caller.memberships
    )


def may_read_network_fields(caller: Caller) -> bool:
    """Whether `caller` sees costs, lessons and failures that their authors did not open to the public."""
    return isinstance(caller, Principal) and bool(caller.memberships)


def may_maintain_registers(caller: Caller) -> bool:
    """Whether `caller` may write what belongs to no house alone: administrations, universities, services, topics."""
    return any(membership.kind is MembershipKind.NETWORK_ADMIN for membership in caller.memberships)


def may_register_project(caller: Caller, owner: House | None) -> bool:
    """Whether `caller` may register a project of `owner`: its own house, or as a hub any house, which then confirms.

    Entries without an owner are compiled by hubs.
    """
    return any(
        membership.kind is MembershipKind.NETWORK_ADMIN
        or membership.kind in _HUB_KINDS
        or (owner is not None and _acts_for(membership, owner))
        for membership in caller.memberships
    )


def may_edit_project(caller: Caller, stewards: Collection[House]) -> bool:
    """Whether `caller` may change or withdraw a project: `stewards` are its owner and its reviewing hub, not partners."""
    return any(
        membership.kind is MembershipKind.NETWORK_ADMIN or any(_acts_for(membership, house) for house in stewards)
        for membership in caller.memberships
    )


def may_publish_project(caller: Caller, stewards: Collection[House]) -> bool:
    """Whether `caller` may publish or archive a project: lead or reviewer of a hub that owns or reviews it."""
    return any(
        membership.kind is MembershipKind.NETWORK_ADMIN
        or (membership.kind in _REVIEWING and any(_acts_for(membership, house) for house in stewards))
        for membership in caller.memberships
    )


def effective_visibility(entry: GuardedEntry) -> str:
    """The visibility that counts: an entry that is neither published nor archived is PRIVATE, whatever it asks for."""
    return entry.visibility if entry.stage is None or entry.stage in PUBLISHED_STAGES else "PRIVATE"


def _acts_for(membership: Membership, house: House) -> bool:
    if house.label == "Hub":
        return membership.kind in _HUB_KINDS and membership.key == house.value
    if house.label == "Municipality" and membership.kind is MembershipKind.MUNICIPALITY:
        if membership.key == house.value:
            return True
        is_association = len(membership.key) == ASSOCIATION_DIGITS and membership.key.isdigit()
        is_member = len(house.value) == MUNICIPALITY_DIGITS and house.value.isdigit()
        return is_association and is_member and house.value.startswith(membership.key)
    return membership.kind.value == house.label.lower() and membership.key == house.value


def _token(membership: Membership) -> str:
    if membership.kind is MembershipKind.NETWORK_ADMIN:
        return ADMIN
    if membership.kind in _HUB_KINDS:
        return f"hub:{membership.key}"
    return str(membership)


def _house_tokens(house: House) -> tuple[str, ...]:
    token = f"{house.label.lower()}:{house.value}"
    if house.label == "Municipality" and len(house.value) == MUNICIPALITY_DIGITS and house.value.isdigit():
        return token, f"municipality:{house.value[:ASSOCIATION_DIGITS]}"
    return (token,)

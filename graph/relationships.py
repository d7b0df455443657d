"""The relationships of the knowledge graph and their properties."""

from dataclasses import dataclass

from graph.model import NodeKey
from graph.values import Instant, PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A directed relationship; one of its kind at most between two nodes."""

    start: NodeKey
    end: NodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves(Relationship):
    """Hub -> Municipality. `basis`: letter of intent or contract."""

    since: PartialDate | None = None
    basis: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerOf(Relationship):
    """House -> Hub."""

    role: str | None = None
    since: PartialDate | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Involves(Relationship):
    """Project -> house. `confirmed_at` is `None` until the house confirmed; never shown as a fact before."""

    role: str | None = None
    confirmed_at: Instant | None = None
    asked_at: Instant | None = None
    """When somebody of the network named the house, which it has to confirm; None for what sources say."""
    is_owner_to_be: bool | None = None
    """A hub registered the project for this house: once the house confirms, it owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersOnline(Relationship):
    """Municipality -> Service."""

    url: str | None = None
    since: PartialDate | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributesTo(Relationship):
    """Expert -> Project."""

    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain(Relationship):
    """A relationship without properties, of the type that `type` names."""

    type: str

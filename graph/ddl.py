"""What is stored: labels, property types, relationships, uniqueness and indexes, declared once.

Property types are read from the annotations in `graph.model`; each backend turns this into its own statements and
applies them at start.
"""

import types
import typing
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from graph import model, personal, records, relationships
from graph.model import HOUSES, Guarded, Node
from graph.values import Contact, Source
from graph.vocabulary import Guard

SCHEMA_VERSION: Final = 1


class PropertyType(StrEnum):
    TEXT = "TEXT"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    TEXTS = "TEXTS"
    JSON = "JSON"
    """A value of `graph.values` (or a tuple of them), stored as JSON text, read as dicts and lists."""


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    type: PropertyType
    nullable: bool
    guard: Guard | None = None
    vocabulary: tuple[StrEnum, ...] = ()
    """All values that a TEXT may have, where they are a closed set."""

    @property
    def is_list(self) -> bool:
        """Whether it holds nothing as an empty list. Nobody may write that down: units leave out what did not change."""
        is_plural = self.type is PropertyType.TEXTS or (self.type is PropertyType.JSON and not self.nullable)
        return is_plural and self.guard is None


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of node."""

    name: str
    node: type[Node]
    key: str
    properties: dict[str, Property]

    @property
    def name_property(self) -> str:
        """The German name that lists are sorted by: `name`, `title`, `name_de`."""
        return next(iter(self.node.sort_keys.values()))

    @property
    def is_guarded(self) -> bool:
        return issubclass(self.node, Guarded)

    @property
    def is_record(self) -> bool:
        """Bookkeeping and people's own things, which exports, `node` and the consistency check leave out."""
        return self.node.__module__ in (records.__name__, personal.__name__)


@dataclass(frozen=True, slots=True)
class RelationshipType:
    name: str
    pairs: tuple[tuple[str, str], ...]
    """(start label, end label), in the order in which they are declared."""
    properties: dict[str, Property]


def _property(name: str, hint: object, guard: Guard | None) -> Property:
    nullable = False
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        (hint,) = (member for member in typing.get_args(hint) if member is not types.NoneType)
        nullable = True
    base: object = getattr(hint, "__supertype__", hint)
    if base in (Contact, tuple[Source, ...]):
        kind = PropertyType.JSON
    elif base == tuple[str, ...]:
        kind = PropertyType.TEXTS
    elif isinstance(base, type):
        kind = next(kind for python, kind in _SCALARS if issubclass(base, python))
    else:
        raise TypeError(f"{name}: no property type for {hint!r}")
    vocabulary = tuple(base) if isinstance(base, type) and issubclass(base, StrEnum) else ()
    return Property(name, kind, nullable, guard, vocabulary)


# bool before int, of which it is a subclass.
_SCALARS: Final = (
    (str, PropertyType.TEXT),
    (bool, PropertyType.BOOLEAN),
    (int, PropertyType.INTEGER),
    (float, PropertyType.FLOAT),
)


def _properties(cls: type, *, without: frozenset[str] = frozenset()) -> dict[str, Property]:
    hints = typing.get_type_hints(cls)
    return {
        field.name: _property(field.name, hints[field.name], field.metadata.get("guard"))
        for field in fields(cls)
        if field.name not in without
    }


def _labels(module: types.ModuleType, abstract: frozenset[type] = frozenset()) -> dict[str, Label]:
    nodes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Node) and value.__module__ == module.__name__
    ]
    return {
        node.__name__: Label(node.__name__, node, node.key_property, _properties(node))
        for node in nodes
        if node not in abstract
    }


LABELS: Final[dict[str, Label]] = {
    **_labels(model, frozenset({model.House})),
    **_labels(records),
    **_labels(personal),
}

_ENDS = frozenset({"start", "end", "type"})


def _relationship(name: str, pairs: tuple[tuple[str, str], ...], cls: type = relationships.Plain) -> RelationshipType:
    return RelationshipType(name, pairs, _properties(cls, without=_ENDS))


RELATIONSHIPS: Final[dict[str, RelationshipType]] = {
    declared.name: declared
    for declared in (
        _relationship("OWNS", tuple((house, "Project") for house in HOUSES)),
        _relationship("REVIEWED_BY", (("Project", "Hub"),)),
        _relationship("INVOLVES", tuple(("Project", house) for house in HOUSES), relationships.Involves),
        _relationship("SERVES", (("Hub", "Municipality"),), relationships.Serves),
        _relationship(
            "PARTNER_OF", tuple((house, "Hub") for house in HOUSES if house != "Hub"), relationships.PartnerOf
        ),
        _relationship("FOCUSES_ON", (("Hub", "Topic"),)),
        _relationship("ADDRESSES", (("Project", "Topic"),)),
        _relationship("SUBTOPIC_OF", (("Topic", "Topic"),)),
        _relationship("IMPLEMENTS", (("Project", "Service"),)),
        _relationship("OFFERS_ONLINE", (("Municipality", "Service"),), relationships.OffersOnline),
        _relationship("FUNDED_BY", (("Project", "FundingProgramme"),)),
        _relationship("DERIVED_FROM", (("Project", "Project"),)),
        _relationship("HAS_RESULT", (("Project", "Result"),)),
        _relationship("HAS_DOCUMENT", (("Project", "Document"),)),
        _relationship("WORKS_AT", tuple(("Expert", house) for house in HOUSES)),
        _relationship("KNOWS", (("Expert", "Topic"),)),
        _relationship("CONTRIBUTES_TO", (("Expert", "Project"),), relationships.ContributesTo),
        _relationship("MADE", tuple((house, "Adoption") for house in HOUSES)),
        _relationship("OF", (("Adoption", "Project"),)),
        _relationship(
            "ABOUT",
            (("ExperienceReport", "Adoption"), ("Event", "Topic"), ("Question", "Project"), ("Question", "Topic")),
        ),
        _relationship("REMARKS_ON", (("ReviewComment", "Project"),)),
        _relationship("ASKS", tuple(("Task", house) for house in HOUSES)),
        _relationship(
            "REGARDS",
            (("Task", "Project"), ("Task", "Adoption"), ("Task", "Need"), ("Task", "Expert"), ("Task", "Event")),
        ),
        _relationship("CONCERNS", (("Need", "Topic"), ("Need", "Service"))),
        _relationship("HAS", tuple((house, "Need") for house in HOUSES)),
        _relationship("HOSTS", tuple((house, "Event") for house in HOUSES)),
        _relationship("PART_OF", (("Municipality", "Municipality"),)),
        _relationship("TO", (("Answer", "Question"),)),
        _relationship("ASKED_BY", tuple(("Question", house) for house in HOUSES)),
        _relationship("ANSWERED_BY", tuple(("Answer", house) for house in HOUSES)),
    )
}

UNIQUE: Final[tuple[tuple[str, str], ...]] = (("Project", "slug"),)
"""Unique beside the keys, which always are."""

INDEXES: Final[tuple[tuple[str, str], ...]] = (
    ("Hub", "name_sort"),
    ("Municipality", "name_sort"),
    ("Municipality", "ags"),
    ("Municipality", "state"),
    ("University", "name_sort"),
    ("University", "domain"),
    ("Organisation", "name_sort"),
    ("Topic", "name_sort"),
    ("Service", "name_sort"),
    ("FundingProgramme", "name_sort"),
    ("Expert", "name_sort"),
    ("Expert", "email"),
    ("Expert", "actor"),
    ("Event", "starts_at"),
    ("Event", "ends_at"),
    ("Project", "title_sort"),
    ("Project", "updated_at"),
    ("Project", "stage"),
    ("Task", "is_open"),
    ("Task", "kind"),
    ("Need", "status"),
    ("Question", "asked_by"),
    ("Answer", "answered_by"),
    ("OutboxEvent", "at"),
    ("OutboxEvent", "narrows"),
    ("Idempotency", "at"),
    ("Session", "sub"),
    ("Session", "sid"),
    ("Session", "expires_at"),
    ("Session", "touched_at"),
    ("SignIn", "expires_at"),
    ("SeenToken", "expires_at"),
    ("PopularSearch", "last_used_at"),
    ("FieldUsage", "day"),
    ("News", "due_at"),
    ("Change", "entity"),
    ("Change", "actor"),
    ("Actor", "iss"),
    ("Actor", "email"),
    ("Follow", "actor"),
    ("Follow", "target"),
    ("SavedSearch", "actor"),
    ("Notification", "actor"),
    ("Notification", "entity"),
    ("Notification", "at"),
    ("Notification", "read_at"),
    ("Webhook", "actor"),
    ("FeedToken", "actor"),
    ("FeedToken", "expires_at"),
    ("Invitation", "house"),
    ("InvitedMember", "actor"),
    ("InvitedMember", "house"),
    ("SingleUseLink", "entity"),
    ("SingleUseLink", "expires_at"),
    ("Letter", "due_at"),
    ("Delivery", "due_at"),
    ("Delivery", "webhook"),
)
"""What lists are sorted and looked up by; an order without one sorts the whole label."""

WORD_INDEXES: Final[tuple[tuple[str, str], ...]] = tuple(
    (label, "name_sort")
    for label in ("Hub", "Municipality", "University", "Organisation", "Topic", "Service", "FundingProgramme", "Expert")
)
"""What is looked up by any word in it; without one such a filter reads every name of the label."""

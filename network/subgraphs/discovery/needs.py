"""Needs and offers, with what fits them."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final

import strawberry
from strawberry.federation.schema_directives import Cost

from graph import model
from graph.errors import InvalidInputError
from graph.model import NodeKey
from network.context import Context
from network.execution import NodeRow, attribute, computed, global_id, node, reference, value
from network.execution.fields import at_most, list_size
from network.subgraphs import about
from network.subgraphs.discovery.types import Project
from search.matching import MAX_NAMES, Reason
from search.need_matches import MAX_MATCHES, matches_of

_WEIGHT: Final = 200
"""Ten pages of candidates are read and compared, however many are shown."""


@strawberry.enum(description="In what something fits a need or an offer.")
class NeedMatchAspect(Enum):
    SERVICES = strawberry.enum_value("SERVICES", description="The same administrative service.")
    TOPICS = strawberry.enum_value("TOPICS", description="The same topic.")
    NEAR_TOPICS = strawberry.enum_value("NEAR_TOPICS", description="A topic just above or below.")
    TEXT = strawberry.enum_value("TEXT", description="The same words, in any form or inside a compound.")


@dataclass(frozen=True, slots=True)
class FoundMatch:
    node: NodeKey
    score: float
    reasons: tuple[Reason, ...]


@value(Reason, description="Why something fits.")
class NeedMatchReason:
    aspect: NeedMatchAspect = attribute("What it is.")
    label: str = attribute("What to say, in German.")
    names: list[str] = attribute(
        "What both have: services, topics, or words as the other one spells them.", directives=[at_most(MAX_NAMES)]
    )


@node(model.Expert, description=about.EXPERT)
class Expert:
    id: strawberry.ID = global_id(about.ID)


@node(model.Need, description=about.NEED)
class Need:
    id: strawberry.ID = global_id(about.ID)

    @computed(
        "list[NeedMatch]",
        "What fits it, the best first: published projects, experts who agreed to be shown, and needs of the other kind from "
        "other houses, of those the caller may see. Empty once it is closed.",
        needs=["id"],
        directives=[list_size(), Cost(weight=_WEIGHT)],
    )
    async def matches(
        parent: strawberry.Parent[NodeRow],  # noqa: N805 - Strawberry passes the node, there is no `self`
        info: strawberry.Info[Context, None],
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {MAX_MATCHES}.")] = 10,
    ) -> list[FoundMatch]:
        """Raises InvalidInputError or GraphUnavailableError."""
        if not 1 <= first <= MAX_MATCHES:
            raise InvalidInputError(f"first is 1 to {MAX_MATCHES}, got {first}")
        context = info.context
        found = await matches_of(context.store, str(parent["id"]), audiences=context.audiences, first=first)
        return [FoundMatch(one.key, one.fit.score, one.fit.reasons) for one in found]


MatchedNode = Annotated[
    Project | Expert | Need, strawberry.union("MatchedNode", description="What fits a need or an offer.")
]


@value(FoundMatch, description="Something that fits a need or an offer.")
class NeedMatch:
    node: MatchedNode = reference("What it is.")
    score: float = attribute("How well it fits, above 0 and at most 1.")
    reasons: list[NeedMatchReason] = attribute("Why, what counts most first.")

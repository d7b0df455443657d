"""Whom one knows somewhere, as GraphQL shows it."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final

import strawberry

from auth.principal import Anonymous, Caller
from graph.model import NodeKey
from graph.reading import introducing
from graph.reading.introducing import MAX_HOPS, MAX_INTRODUCTIONS
from network.context import Context
from network.execution import attribute, reference, value
from network.execution.fields import at_most
from network.subgraphs.discovery.nodes import GraphNode
from network.subgraphs.discovery.ties import TieKindName, sentence, step_label
from network.subgraphs.own_houses import own_houses

_TIMEOUT_S: Final = 5.0
_WHY: Final = {
    "NOT_SIGNED_IN": "Melden Sie sich an, um zu sehen, wen Sie dort kennen.",
    "NO_HOUSE": "Ihr Konto gehört zu keinem Haus, von dem aus ein Weg führen könnte.",
    "NOT_FOUND": "Das gibt es nicht, oder es ist für Sie nicht sichtbar.",
    "OWN_HOUSE": "Das ist Ihr eigenes Haus.",
    "NO_WAY": f"Von Ihrem Haus führt kein Weg über höchstens {MAX_HOPS} Verbindungen dorthin.",
}


@strawberry.enum(description="Why nobody can be named who would introduce one.")
class NoIntroduction(Enum):
    NOT_SIGNED_IN = strawberry.enum_value("NOT_SIGNED_IN", description="Nobody is signed in.")
    NO_HOUSE = strawberry.enum_value("NO_HOUSE", description="The caller is a member of no house.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such node, or not for the caller.")
    OWN_HOUSE = strawberry.enum_value("OWN_HOUSE", description="It is one of the caller's own houses.")
    NO_WAY = strawberry.enum_value("NO_WAY", description="Nothing leads there, or only by more steps.")


@dataclass(frozen=True, slots=True)
class StepFound:
    """`relation` names an enum value."""

    node: NodeKey
    name: str
    relation: str | None
    label: str | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class WayFound:
    hops: int
    is_confirmed: bool
    sentence: str
    steps: tuple[StepFound, ...]
    contact: introducing.Reached | None


@dataclass(frozen=True, slots=True)
class WaysFound:
    """`reason` names an enum value."""

    paths: tuple[WayFound, ...]
    reason: str | None = None
    reason_label: str | None = None


async def introduced(
    info: strawberry.Info[Context, None],
    to: Annotated[strawberry.ID, strawberry.argument(description="Id of a house, a project or an expert.")],
    first: Annotated[int, strawberry.argument(description=f"How many ways, 1 to {MAX_INTRODUCTIONS}.")] = 3,
) -> WaysFound:
    """Raises InvalidInputError or GraphUnavailableError."""
    context = info.context
    own = await own_houses(context, timeout_s=context.remaining_s(most=_TIMEOUT_S))
    target = NodeKey.parse(str(to))
    found = await introducing.introductions(
        context.store,
        own,
        target,
        audiences=context.audiences,
        limit=first,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    if found:
        return WaysFound(tuple(map(_way, found)))
    return _none(_reason(context.caller, own, target, is_there=found is not None))


def _reason(caller: Caller, own: list[NodeKey], target: NodeKey, *, is_there: bool) -> str:
    if not is_there:
        return "NOT_FOUND"
    if isinstance(caller, Anonymous):
        return "NOT_SIGNED_IN"
    if not own:
        return "NO_HOUSE"
    return "OWN_HOUSE" if target in own else "NO_WAY"


def _none(reason: str) -> WaysFound:
    return WaysFound((), reason, _WHY[reason])


def _way(way: introducing.Introduction) -> WayFound:
    first, *others = way.nodes
    steps = [StepFound(first.key, first.name, None, None, is_confirmed=True)]
    for tie, near, far in zip(way.ties, way.nodes, others, strict=False):
        label = step_label(tie, is_forward=tie.start.key == near.key)
        steps.append(StepFound(far.key, far.name, tie.kind.name, label, tie.is_confirmed))
    return WayFound(len(way.ties), way.is_confirmed, sentence(way), tuple(steps), way.contact)


@value(StepFound, description="A step of a way: a node, and what relates it to the one before.")
class IntroductionStep:
    node: GraphNode = reference("What the way leads over; first one of the caller's houses, last the target.")
    name: str = attribute("Its name.")
    relation: TieKindName | None = attribute("What ties it to the node before; null for the first.")
    label: str | None = attribute(
        "What stands between the two names, in German, as in „ist beteiligt an“; null for the first."
    )
    is_confirmed: bool = attribute("Whether both sides stand by it.")


@value(introducing.Reached, description="Whom to call at the end of a way.")
class IntroductionContact:
    node: GraphNode = reference(
        "An expert, best one who takes part in a project on the way; else the target itself, whose own contact it is."
    )
    name: str = attribute("Its name.")
    function: str | None = attribute("Function of whoever is reached; null where none is known.")


@value(WayFound, description="A way from one of the caller's houses to a house, project or expert.")
class Introduction:
    hops: int = attribute(f"How many ties it is long, 1 to {MAX_HOPS}.")
    is_confirmed: bool = attribute("Whether both sides stand by every tie of it.")
    sentence: str = attribute("The way in German words.")
    steps: list[IntroductionStep] = attribute(
        "The nodes of the way, one more than there are ties.", directives=[at_most(MAX_HOPS + 1)]
    )
    contact: IntroductionContact | None = attribute(
        "Whom to call there; null where nobody can be reached that the caller may know of."
    )


@value(WaysFound, description="Ways from the caller's houses to somebody, or why there are none.")
class Introductions:
    paths: list[Introduction] = attribute(
        "The shortest first, then what is confirmed by both sides, then what is newer. A way leads over projects and events "
        "that are published and that the caller may see, and over houses."
    )
    reason: NoIntroduction | None = attribute("Why there is none; null where there is one.")
    reason_label: str | None = attribute("The same, in German; null where there is one.")

"""Which callers may read a node, worked out from what surrounds it.

The rule, per kind; *insiders* read an entry while it is PRIVATE, and so does the network's administration:

    Project           insiders: owner, reviewing hub, involved houses (invited ones, too: they are to confirm)
    Result, Document  as their project, and never wider than it
    Adoption          insiders: the house that made it, owner and reviewing hub of its project (they confirm it), not
                      the project's partners; never wider than the project, whose existence it gives away
    ExperienceReport  as its adoption, and never wider than it
    Question          about a project: as the project, and never wider; about a topic: its own visibility, no insiders
    Answer            as its question, and never wider than it
    ReviewComment     insiders: owner and reviewing hub of its project, not the project's partners
    Need, Expert      insiders: the house that has the need, the houses at which the expert works
    Task              insiders: the houses that it asks

An expert who is a natural person is PRIVATE, whatever is stored, while she does not consent.

A project that waited too long for a review, its comments and the task to review it are also read by the leads and
reviewers of all hubs.

"Never wider" takes the narrower of the entry's own visibility and its parent's effective one. An entry that lost its
parent is PRIVATE: a forgotten relationship must hide, not publish. The one reader whom a PRIVATE parent does not shut
out is the maker of an adoption, since the record is its own; the project behind it stays hidden.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from auth.policy import effective_visibility
from graph import links
from graph.ddl import LABELS
from graph.links import Direction, Link
from graph.model import NodeKey
from graph.port import Transaction
from graph.vocabulary import Visibility


@dataclass(frozen=True, slots=True)
class Entry:
    """A guarded node as `auth.policy` asks for it."""

    stage: str | None
    visibility: str
    insiders: frozenset[NodeKey]
    stewards: frozenset[NodeKey] = frozenset()
    """The insiders who may change the entry: owner and reviewing hub, or the house that made it."""
    readers: tuple[str, ...] = ()
    """As stored, perhaps out of date."""
    is_open_to_reviewers: bool = False


STEWARDS: Final[dict[str, tuple[Link, ...]]] = {
    "Project": (links.PROJECT_OWNER, links.PROJECT_REVIEWER),
    "Adoption": (links.ADOPTION_HOUSE,),
    "Need": (links.NEED_HOUSE,),
    "Expert": (links.EXPERT_HOUSES,),
    "Task": (links.TASK_HOUSES,),
}
"""Where the houses stand that answer for an entry."""
_INVITED: Final[dict[str, tuple[Link, ...]]] = {"Project": (links.PROJECT_HOUSES,)}
_PARENT: Final[dict[str, Link]] = {
    "Result": Link("Result", "HAS_RESULT", Direction.IN, ("Project",), is_many=False),
    "Document": Link("Document", "HAS_DOCUMENT", Direction.IN, ("Project",), is_many=False),
    "ReviewComment": Link("ReviewComment", "REMARKS_ON", Direction.OUT, ("Project",), is_many=False),
    "Adoption": links.ADOPTION_PROJECT,
    "ExperienceReport": links.REPORT_ADOPTION,
    "Question": links.QUESTION_ABOUT,
    "Answer": links.ANSWER_QUESTION,
}
_CHILDREN: Final[dict[str, tuple[Link, ...]]] = {
    "Project": (
        links.PROJECT_RESULTS,
        links.PROJECT_DOCUMENTS,
        links.PROJECT_ADOPTIONS,
        links.PROJECT_QUESTIONS,
        links.PROJECT_COMMENTS,
    ),
    "Adoption": (links.ADOPTION_REPORTS,),
    "Question": (links.QUESTION_ANSWERS,),
}
_REVIEWED: Final = frozenset({"Result", "Document", "ReviewComment"})
"""What reviewers of other hubs read with a project that is open to them."""
AUDIENCE_PROPERTIES: Final = frozenset(
    {"stage", "visibility", "opened_to_reviewers_at", "is_person", "consent_given_at"}
)
"""Properties that say who reads the node that has them."""
AUDIENCE_RELATIONSHIPS: Final = frozenset(
    link.relationship for group in (*STEWARDS.values(), *_INVITED.values(), tuple(_PARENT.values())) for link in group
)
"""Relationships that say who reads one of their ends."""

_WIDTH: Final = (Visibility.PRIVATE, Visibility.NETWORK, Visibility.PUBLIC)
_NOTHING: Final = Entry(None, Visibility.PRIVATE, frozenset())
_UNGUARDED: Final = Entry(None, Visibility.PUBLIC, frozenset())


async def entries(transaction: Transaction, label: str, keys: Collection[str]) -> dict[str, Entry]:
    """The entry of each guarded `label` node that exists, as the transaction sees it now."""
    wanted = sorted(keys)
    rows = await transaction.read(label, wanted)
    stewards = await _houses(transaction, STEWARDS.get(label, ()), wanted)
    invited = await _houses(transaction, _INVITED.get(label, ()), wanted)
    parents = await _parents(transaction, label, wanted)
    found = {}
    for key, row in rows.items():
        parent = parents.get(key, _NOTHING) if label in _PARENT else _UNGUARDED
        own = stewards.get(key, frozenset()) | parent.stewards
        # An adoption is its maker's and the project's stewards' business, not the other partners'; so is a review.
        inherited = parent.stewards if label in ("Adoption", "ReviewComment") else parent.insiders
        is_open = bool(row.get("opened_to_reviewers_at")) or (label in _REVIEWED and parent.is_open_to_reviewers)
        own_visibility = Visibility.PRIVATE if _lacks_consent(row) else row["visibility"]
        visibility = min(own_visibility, effective_visibility(parent), key=_WIDTH.index)
        insiders = own | invited.get(key, frozenset()) | inherited
        found[key] = Entry(row.get("stage"), visibility, insiders, own, tuple(row["readers"] or ()), is_open)
    return found


async def dependents(transaction: Transaction, keys: Iterable[NodeKey]) -> set[NodeKey]:
    """The guarded nodes whose audience follows from one of `keys`, at any distance; without `keys` themselves."""
    frontier: dict[str, set[str]] = {}
    for key in keys:
        frontier.setdefault(key.label, set()).add(key.value)
    found: set[NodeKey] = set()
    while frontier:
        following: dict[str, set[str]] = {}
        for label, values in frontier.items():
            for link in _CHILDREN.get(label, ()):
                for neighbours in (await transaction.follow(link, sorted(values))).values():
                    for neighbour, _ in neighbours:
                        found.add(neighbour)
                        following.setdefault(neighbour.label, set()).add(neighbour.value)
        frontier = following
    return found


async def projects_of(transaction: Transaction, label: str, keys: Collection[str]) -> dict[str, NodeKey]:
    """The project that each of the `label` nodes (Result, Document, Adoption) belongs to."""
    followed = await transaction.follow(_PARENT[label], sorted(keys))
    return {key: neighbours[0][0] for key, neighbours in followed.items()}


def is_guarded(label: str) -> bool:
    """Whether nodes of `label` have readers."""
    return LABELS[label].is_guarded


def _lacks_consent(row: Mapping[str, Any]) -> bool:
    return bool(row.get("is_person")) and not row.get("consent_given_at")


async def _houses(transaction: Transaction, along: tuple[Link, ...], keys: list[str]) -> dict[str, frozenset[NodeKey]]:
    houses: dict[str, frozenset[NodeKey]] = {}
    for link in along:
        for key, neighbours in (await transaction.follow(link, keys)).items():
            houses[key] = houses.get(key, frozenset()) | {neighbour for neighbour, _ in neighbours}
    return houses


async def _parents(transaction: Transaction, label: str, keys: list[str]) -> dict[str, Entry]:
    link = _PARENT.get(label)
    if link is None:
        return {}
    followed = await transaction.follow(link, keys)
    by_label: dict[str, set[str]] = {}
    for neighbours in followed.values():
        for neighbour, _ in neighbours:
            by_label.setdefault(neighbour.label, set()).add(neighbour.value)
    known = {
        NodeKey(parent_label, value): entry
        for parent_label, values in by_label.items()
        if is_guarded(parent_label)
        for value, entry in (await entries(transaction, parent_label, values)).items()
    }
    return {
        key: min(
            (known.get(neighbour, _UNGUARDED) for neighbour, _ in neighbours),
            key=lambda entry: _WIDTH.index(Visibility(effective_visibility(entry))),
        )
        for key, neighbours in followed.items()
    }

"""What lies around an entity that news are about: who may read it, and the entries, houses and topics it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from auth.policy import EVERYTHING
from graph import links
from graph.ddl import LABELS
from graph.links import Link
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import ByKeys, LinkRead, Selection

# Topics before houses: of what somebody follows the narrower is the better reason.
_FOLLOWED: Final[dict[str, tuple[Link, ...]]] = {
    "Project": (links.PROJECT_TOPICS, links.PROJECT_SERVICES, links.PROJECT_OWNER, links.PROJECT_REVIEWER),
    "Adoption": (links.ADOPTION_PROJECT, links.ADOPTION_HOUSE),
    "ExperienceReport": (links.REPORT_ADOPTION,),
    "Question": (links.QUESTION_ABOUT,),
    "Answer": (links.ANSWER_QUESTION,),
    "Need": (links.NEED_TOPICS, links.NEED_SERVICES, links.NEED_HOUSE),
    "Event": (links.EVENT_TOPICS, links.EVENT_HOSTS),
    "Expert": (links.EXPERT_TOPICS, links.EXPERT_HOUSES),
}
_NAMED: Final = frozenset({"Hub", "Topic", "Service"})
"""What is named in reasons; these are everybody's to read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node that `link` leads to. `name` is empty where nobody needs it."""

    link: Link
    key: NodeKey
    name: str


@dataclass(frozen=True, slots=True)
class Around:
    """An entity as it is now, whoever asks.

    Attributes:
        readers: None: everybody may read it.
        found: What `_FOLLOWED` leads to, at any distance.
    """

    entity: NodeKey
    readers: tuple[str, ...] | None
    found: tuple[Found, ...]

    def along(self, *followed: Link) -> list[NodeKey]:
        """The nodes that the links lead to."""
        return [one.key for one in self.found if one.link in followed]


async def around(store: GraphStore, entity: NodeKey) -> Around | None:
    """The entity and what lies around it, in one call; None where it is gone."""
    label = entity.label
    if label not in LABELS or LABELS[label].is_record:
        return None
    extra = ("readers",) if LABELS[label].is_guarded else ()
    selection = _selection(label, extra)
    selected = await store.select(selection, ByKeys(label, LABELS[label].key, (entity.value,)), audiences=EVERYTHING)
    (row,) = selected.rows
    if row is None:
        return None
    readers = tuple(str(token) for token in _listed(row[len(selection.properties) - 1])) if extra else None
    return Around(entity, readers, tuple(_walk(selection, row)))


async def task_doers(store: GraphStore, task: NodeKey) -> tuple[str, ...]:
    """Whom an open task asks, as tokens; nobody where it is done or gone."""
    start = ByKeys("Task", "id", (task.value,))
    (row,) = (await store.select(Selection("Task", ("is_open", "doers")), start, audiences=EVERYTHING)).rows
    return tuple(map(str, _listed(row[1]))) if row is not None and row[0] else ()


@lru_cache(maxsize=64)
def _selection(label: str, extra: tuple[str, ...] = ()) -> Selection:
    named = (LABELS[label].name_property,) if label in _NAMED else ()
    reads = tuple(
        LinkRead(link, tuple(_selection(target) for target in link.target)) for link in _FOLLOWED.get(label, ())
    )
    return Selection(label, (LABELS[label].key, *named, *extra), reads)


def _walk(selection: Selection, row: Sequence[Any]) -> Iterator[Found]:
    for read, value in zip(selection.links, row[len(selection.properties) :], strict=True):
        items = value if read.link.is_many else [value]
        for item in items:
            if item is None:
                continue
            has_label = len(read.variants) > 1
            label = item[0] if has_label else read.link.target[0]
            variant = read.variants[read.link.target.index(label)]
            cells = item[1:] if has_label else item
            name = str(cells[1]) if label in _NAMED else ""
            yield Found(read.link, NodeKey(label, str(cells[0])), name)
            yield from _walk(variant, cells)


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()

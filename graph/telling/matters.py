"""What somebody is asked, as far as that somebody may see it: for e-mails and for the pages that single-use links open."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from graph import links
from graph.actors import Actor
from graph.ddl import LABELS
from graph.errors import NodeNotFoundError
from graph.links import Link
from graph.model import Adoption, NodeKey, Project, Task
from graph.port import GraphStore
from graph.values import Instant
from graph.vocabulary import TaskKind
from graph.writing.unit import Unit

T = TypeVar("T")

_BELONGS_TO: Final = {
    "Adoption": (links.ADOPTION_PROJECT,),
    "ExperienceReport": (links.REPORT_ADOPTION,),
    "Question": (links.QUESTION_ABOUT,),
    "Answer": (links.ANSWER_QUESTION,),
}
_LONGEST_WAY: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Titles and names are None where the one who is asked may not read them, or where there are none."""

    task: TaskKind | None = None
    title: str | None = None
    """Of the project, need or event; the name of the expert or of the house that somebody is invited to."""
    summary: str | None = None
    asker: str | None = None
    """Name of the house that asks."""
    house: str | None = None
    """Name of the house that is asked."""
    subject: str | None = None
    """Name of the house that the decision is about."""
    role: str | None = None
    """As what the house is to take part, what the invited person is to be."""
    is_owner_to_be: bool = False
    """The house is to own the project, not just to take part."""
    status: str | None = None
    """Of an adoption, as `AdoptionStatus`."""
    note: str | None = None
    due: str | None = None
    about: NodeKey | None = None
    """What the task is about; its lock is what decisions wait for."""
    project: str | None = None
    """Id of the project that it belongs to."""


async def read_as(store: GraphStore, actor: Actor, read: Callable[[Unit], Awaitable[T]], *, now: Instant) -> T:
    """What `read` finds as `actor`; it writes nothing."""
    return await store.transact(lambda transaction: read(Unit(transaction, actor=actor, now=now)))


async def of_task(unit: Unit, task: str, *, house: NodeKey | None = None) -> Matter | None:
    """What an open task asks the unit's actor; None where it is settled, gone, or does not ask `house`."""
    found = await unit.get(Task, task)
    if found is None or not found.is_open or not await is_readable(unit, found.key):
        return None
    if house is not None and house not in [asked for asked, _ in await unit.neighbours(links.TASK_HOUSES, found.key)]:
        return None
    about = NodeKey.parse(found.entity)
    matter = Matter(
        task=found.kind,
        subject=None if found.subject is None else await name_of(unit, NodeKey.parse(found.subject)),
        house=None if house is None else await name_of(unit, house),
        note=found.note,
        due=found.due,
        about=about,
    )
    if not await is_readable(unit, about):
        return matter
    if about.label == "Adoption":
        return await _of_adoption(unit, about, matter)
    if about.label == "Project":
        return await _of_project(unit, about, matter, house)
    return replace(matter, title=await name_of(unit, about))


async def name_of(unit: Unit, key: NodeKey) -> str | None:
    """Name or title of a node that the unit's actor may read; None where it may not, or there is none."""
    if not await is_readable(unit, key):
        return None
    found = await unit.get(LABELS[key.label].node, key.value)
    name: str | None = next((told for one in ("title", "name", "name_de") if (told := getattr(found, one, None))), None)
    return name


async def headline_of(unit: Unit, key: NodeKey) -> str | None:
    """As `name_of`; of what has no name itself, that of what it belongs to: an adoption's project, an answer's question's."""
    seen = key
    for _ in range(_LONGEST_WAY):
        if not await is_readable(unit, seen):
            return None
        above = [parent for link in _BELONGS_TO.get(seen.label, ()) for parent, _ in await unit.neighbours(link, seen)]
        if not above:
            return await name_of(unit, seen)
        seen = above[0]
    return None


async def is_readable(unit: Unit, key: NodeKey) -> bool:
    """Whether the node is there for the unit's actor."""
    declared = LABELS.get(key.label)
    if declared is None or declared.is_record:
        return False
    if not declared.is_guarded:
        return await unit.get(declared.node, key.value) is not None
    with suppress(NodeNotFoundError):
        await unit.require_readable(key)
        return True
    return False


async def _of_project(unit: Unit, key: NodeKey, matter: Matter, house: NodeKey | None) -> Matter:
    project = await unit.get(Project, key.value)
    if project is None:
        return matter
    edge = {} if house is None else dict(await unit.neighbours(links.PROJECT_HOUSES, key)).get(house, {})
    is_owner_to_be = bool(edge.get("is_owner_to_be"))
    # A hub that registers an entry for a house is its reviewer; otherwise the owner names its partners.
    asking = links.PROJECT_REVIEWER if is_owner_to_be else links.PROJECT_OWNER
    return replace(
        matter,
        title=project.title,
        summary=project.summary or None,
        asker=await _first_name(unit, asking, key, other_than=house),
        role=edge.get("role"),
        is_owner_to_be=is_owner_to_be,
        project=project.id,
    )


async def _of_adoption(unit: Unit, key: NodeKey, matter: Matter) -> Matter:
    adoption = await unit.get(Adoption, key.value)
    projects = [project for project, _ in await unit.neighbours(links.ADOPTION_PROJECT, key)]
    project = await unit.get(Project, projects[0].value) if projects else None
    if adoption is None or project is None or not await is_readable(unit, project.key):
        return matter
    return replace(
        matter,
        title=project.title,
        summary=project.summary or None,
        asker=await _first_name(unit, links.ADOPTION_HOUSE, key),
        status=adoption.status.value,
        project=project.id,
    )


async def _first_name(unit: Unit, along: Link, key: NodeKey, *, other_than: NodeKey | None = None) -> str | None:
    houses = [house for house, _ in await unit.neighbours(along, key) if house != other_than]
    return await name_of(unit, houses[0]) if houses else None

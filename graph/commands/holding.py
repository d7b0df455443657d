"""What handlers of a project have in common: to have and to hold it, and what they answer."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from graph import links
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.model import HOUSES, Edited, NodeKey, Project
from graph.texts import is_visible
from graph.writing.audience import Entry
from graph.writing.unit import Unit

MAX_LIST: Final = 50
"""Most partners, topics, services … of one project: more is a mistake, and each is locked or looked up."""


@dataclass(frozen=True, slots=True)
class Held:
    """A project that this unit has locked and its caller may read."""

    project: Project
    entry: Entry
    owner: NodeKey | None
    reviewer: NodeKey | None
    """The reviewing hub."""

    @property
    def key(self) -> NodeKey:
        return self.project.key

    @property
    def answerable(self) -> list[NodeKey]:
        """Whom one turns to about the project: its owner, or its reviewing hub while nobody owns it."""
        return [house for house in (self.owner or self.reviewer,) if house is not None]


async def hold(unit: Unit, project: str) -> Held:
    """The project, locked.

    Raises:
        NodeNotFoundError: no such project, or the caller may not see it.
    """
    key = NodeKey("Project", project)
    await unit.lock(key)
    entry = await unit.require_readable(key)
    found = await unit.get(Project, project)
    if found is None:
        raise NodeNotFoundError(f"no {key}")
    owners = [house for house, _ in await unit.neighbours(links.PROJECT_OWNER, key)]
    reviewers = [hub for hub, _ in await unit.neighbours(links.PROJECT_REVIEWER, key)]
    return Held(found, entry, owners[0] if owners else None, reviewers[0] if reviewers else None)


def require_version(node: Edited, expected: int | None) -> None:
    """Passes if `node` is at the version that the caller decided on. Asked after policy: versions tell something, too.

    Raises:
        StaleWriteError: it is at another one, which the error carries.
    """
    if expected is not None and node.version != expected:
        raise StaleWriteError(
            f"{node.key} is at version {node.version}, no longer at {expected}: read it again",
            current_version=node.version,
        )


async def require_houses(unit: Unit, houses: list[NodeKey], *, field: str) -> None:
    """Passes if all `houses` exist.

    Raises:
        InvalidInputError: one does not, or is no house.
    """
    if any(house.label not in HOUSES for house in houses):
        raise InvalidInputError(f"{field}: expected hubs, municipalities, universities or organisations", field=field)
    await require_existing(unit, houses, field=field)


async def require_existing(unit: Unit, keys: list[NodeKey], *, field: str) -> None:
    """Passes if there are at most MAX_LIST `keys`, each once, and all exist. Not for guarded nodes.

    Raises:
        InvalidInputError: otherwise.
    """
    require_few(keys, field=field)
    by_label: dict[str, list[str]] = {}
    for key in keys:
        by_label.setdefault(key.label, []).append(key.value)
    unknown = []
    for label, values in by_label.items():
        known = await unit.get_many(LABELS[label].node, values)
        unknown += [str(NodeKey(label, value)) for value in values if value not in known]
    if unknown:
        raise unknown_in(field, unknown)


def require_few(keys: Sequence[NodeKey], *, field: str) -> None:
    """Passes if there are at most MAX_LIST `keys`, each once.

    Raises:
        InvalidInputError: otherwise.
    """
    if len(keys) > MAX_LIST:
        raise InvalidInputError(f"{field}: expected at most {MAX_LIST}, got {len(keys)}", field=field)
    twice = sorted(str(key) for key, count in Counter(keys).items() if count > 1)
    if twice:
        items = {key: f"expected each once, got {key} again" for key in twice}
        raise InvalidInputError(f"{field}: expected each once: {', '.join(twice[:5])}", field=field, items=items)


def unknown_in(field: str, keys: Collection[str]) -> InvalidInputError:
    """What to raise where these of a list are not there, or not for the caller's eyes."""
    items = {key: f"unknown: {key}" for key in sorted(keys)}
    return InvalidInputError(f"{field}: unknown: {', '.join(list(items)[:5])}", field=field, items=items)


def answer(unit: Unit, before: Project) -> dict[str, str | int]:
    """The id and the version that a project has once the unit is written; `before` is the project as it was read."""
    return {"id": before.id, "version": before.version + unit.has_touched(before.key)}


def required(name: str, text: str | None) -> str:
    """The `text` that the field called `name` must have.

    Raises:
        InvalidInputError: nothing can be seen of it.
    """
    if not is_visible(text or ""):
        raise InvalidInputError(f"{name}: expected text", field=name)
    return text or ""

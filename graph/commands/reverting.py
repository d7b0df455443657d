"""Going back to what an entry said before, as a change like any other: nothing of the trail is lost."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import Held, hold, require_version
from graph.commands.moving import next_stage
from graph.commands.review_project import review_again
from graph.ddl import LABELS
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError
from graph.links import Direction, Link
from graph.model import Edited, NodeKey
from graph.reading.history import CONCEALED
from graph.records import PersonalValues
from graph.relationships import Plain
from graph.rows import Row, node_of, row_of
from graph.vocabulary import NewsKind, Stage
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_STEPS: Final = 200
"""Most versions that one goes back at once."""


@dataclass(frozen=True, kw_only=True)
class Revert:
    """`version`: the one whose contents are wanted; `expected_version`: the one that the caller saw."""

    entity: NodeKey
    version: int
    expected_version: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """What goes back of a kind: its own words, and links that are nobody else's decision. `require` asks policy."""

    properties: frozenset[str]
    links: tuple[Link, ...]
    require: Callable[[Unit, NodeKey], Awaitable[Held | None]]


async def revert(
    unit_of_work: UnitOfWork, command: Revert, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `entity`, its bare id under its kind (`project`, `need` …) and the `version` that it has now.

    Stage, owner, partners, that an event is cancelled, a hub's contact and whatever others decided stay as they are; a published entry goes on being published.

    Raises:
        NodeNotFoundError: no such entry, or not for the caller's eyes.
        ForbiddenError: the caller may not change it.
        StaleWriteError: it is at another version than the caller saw.
        MoveNotAllowedError: it is archived.
        InvalidInputError: a kind that does not go back, or no version of it before the present one.
        ConstraintError: an import wrote in between, whose details were not kept.
    """
    rule = _RULES.get(command.entity.label)
    if rule is None:
        raise InvalidInputError(f"entity: expected one of {', '.join(_RULES)}", field="entity")

    async def run(unit: Unit) -> dict[str, str | int]:
        key = command.entity
        await unit.lock(key)
        held = await rule.require(unit, key)
        kind = LABELS[key.label].node
        node = await unit.get(kind, key.value)
        if not isinstance(node, Edited):
            raise NodeNotFoundError(f"no {key}")
        require_version(node, command.expected_version)
        if not 1 <= command.version < node.version or node.version - command.version > MAX_STEPS:
            least = max(1, node.version - MAX_STEPS)
            raise InvalidInputError(f"version: expected {least} to {node.version - 1}", field="version")
        steps = await _steps(unit, key, command.version, node.version)
        unit.record(f"revert_to_{command.version}", key)
        row: Row = row_of(node)
        for before, _ in steps:
            row |= {name: value for name, value in before.items() if name in rule.properties}
        await unit.put(node_of(kind, {**row, "version": node.version}))
        for link in rule.links:
            await _relink(unit, key, link, steps)
        if held is not None:
            await review_again(unit, held)
            if held.project.stage is Stage.PUBLISHED and unit.has_touched(key):
                unit.announce(NewsKind.PROJECT_CHANGED, key)
        version = node.version + unit.has_touched(key)
        return {"entity": str(key), key.label.lower(): key.value, "version": version}

    return await unit_of_work.run(run, actor=actor, idempotency_key=idempotency_key)


async def _steps(unit: Unit, key: NodeKey, version: int, current: int) -> list[tuple[Row, Row]]:
    """What each change beyond `version` replaced and set, the latest first; what was erased since is left out."""
    parameters = {"entity": str(key), "version": version, "limit": 4 * MAX_STEPS}
    rows = await unit.query("changes_after_version", **parameters)
    if {row[1] for row in rows} != set(range(version + 1, current + 1)):
        raise ConstraintError(f"{key} was changed by an import since version {version}: its details were not kept")
    personal = await unit.get_many(PersonalValues, [str(row[0]) for row in rows])
    steps = []
    for identifier, _, before, after in rows:
        kept = personal.get(str(identifier), PersonalValues(id="", entity=""))
        steps.append((_whole(before, kept.before), _whole(after, kept.after)))
    return steps


def _whole(text: str | None, personal: str | None) -> Row:
    values: Row = {name: value for name, value in (json.loads(text) if text else {}).items() if value != CONCEALED}
    return values | (json.loads(personal) if personal else {})


async def _relink(unit: Unit, key: NodeKey, link: Link, steps: Sequence[tuple[Row, Row]]) -> None:
    if not any(link.relationship in values for step in steps for values in step):
        return
    wanted = {str(end) for end, _ in await unit.neighbours(link, key)}
    for before, after in steps:
        wanted -= {end["node"] for end in after.get(link.relationship, ())}
        wanted |= {end["node"] for end in before.get(link.relationship, ())}
    ends = [_key(node) for node in sorted(wanted) if _key(node).label in link.target]
    known = [end for end in ends if await unit.get(LABELS[end.label].node, end.value) is not None]
    if link.direction is not Direction.OUT:
        raise TypeError(f"{link.relationship} does not belong to {link.source}")
    await unit.relink(link, {key.value: [Plain(type=link.relationship, start=key, end=end) for end in known]})


def _key(node: str) -> NodeKey:
    return NodeKey.parse(node)


async def _project(unit: Unit, key: NodeKey) -> Held:
    held = await hold(unit, key.value)
    unit.require(policy.may_edit_project, held.entry.stewards)
    await next_stage(unit, held, Move.EDIT)
    return held


async def _need(unit: Unit, key: NodeKey) -> None:
    await unit.require_readable(key)
    houses = [house for house, _ in await unit.neighbours(links.NEED_HOUSE, key)]
    if not houses:
        raise NodeNotFoundError(f"no {key}")
    unit.require(policy.may_record_reuse, houses[0])


async def _event(unit: Unit, key: NodeKey) -> None:
    unit.require(policy.may_edit_event, [house for house, _ in await unit.neighbours(links.EVENT_HOSTS, key)])


async def _hub(unit: Unit, key: NodeKey) -> None:
    unit.require(policy.may_edit_hub_profile, key)


async def _funding_programme(unit: Unit, _: NodeKey) -> None:
    unit.require(policy.may_edit_funding_programme)


def _words(label: str, *without: str) -> frozenset[str]:
    """The properties that users edit of `label`."""
    kind = LABELS[label]
    kept = {kind.key, "created_at", "updated_at", "version", "readers", "confirmed_at", "origin", "sources", *without}
    return frozenset(kind.properties) - kept - kind.node.sort_keys.keys()


_RULES: Final[dict[str, _Rule]] = {
    "Project": _Rule(
        _words("Project", "slug", "stage", "submitted_at", "approved_at", "opened_to_reviewers_at"),
        (links.PROJECT_TOPICS, links.PROJECT_SERVICES, links.PROJECT_FUNDING),
        _project,
    ),
    "Need": _Rule(_words("Need", "status"), (links.NEED_TOPICS, links.NEED_SERVICES), _need),
    "Event": _Rule(_words("Event", "status", "reason_cancelled"), (links.EVENT_TOPICS,), _event),
    # Whom one reaches decides for the hub by e-mail: no address comes back that somebody took away.
    "Hub": _Rule(_words("Hub", "lat", "lon", "contact", "contact_visibility"), (links.HUB_TOPICS,), _hub),
    "FundingProgramme": _Rule(_words("FundingProgramme"), (), _funding_programme),
}

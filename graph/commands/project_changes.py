"""What can be said of a project when it is entered or changed, and the rules about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final

from graph import links
from graph.commands.dates import require_date
from graph.commands.holding import require_existing, require_few, required, unknown_in
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.links import Link
from graph.model import NodeKey, Project
from graph.relationships import ContributesTo, Plain
from graph.values import Contact, Instant, PartialDate, is_before
from graph.vocabulary import CostBand, Guard, OperatingStatus, Visibility
from graph.writing.unit import Unit


class Unchanged(Enum):
    """The one value that no field can be set to: leave it as it is."""

    UNCHANGED = "UNCHANGED"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A house that is to take part, and as what."""

    house: NodeKey
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """An expert, by id, and what the person or function does in the project."""

    expert: str
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectChanges:
    """Fields to set; None clears one, `UNCHANGED` leaves it. A tuple replaces what is stored; keys are natural ones.

    `opened` names the network-only fields that everybody may read.
    """

    title: str | Unchanged = UNCHANGED
    summary: str | Unchanged = UNCHANGED
    writeup: str | Unchanged = UNCHANGED
    status: OperatingStatus | Unchanged = UNCHANGED
    visibility: Visibility | Unchanged = UNCHANGED
    contact: Contact | Unchanged = UNCHANGED
    contact_visibility: Visibility | Unchanged = UNCHANGED
    licence: str | Unchanged | None = UNCHANGED
    repository_url: str | Unchanged | None = UNCHANGED
    website_url: str | Unchanged | None = UNCHANGED
    started: PartialDate | Unchanged | None = UNCHANGED
    ended: PartialDate | Unchanged | None = UNCHANGED
    cost_band: CostBand | Unchanged | None = UNCHANGED
    one_off_cost: int | Unchanged | None = UNCHANGED
    yearly_cost: int | Unchanged | None = UNCHANGED
    own_share: int | Unchanged | None = UNCHANGED
    lessons_learned: str | Unchanged | None = UNCHANGED
    what_failed: str | Unchanged | None = UNCHANGED
    opened: tuple[str, ...] | Unchanged = UNCHANGED
    effort_days: int | Unchanged | None = UNCHANGED
    legal_basis: str | Unchanged | None = UNCHANGED
    prerequisites: str | Unchanged | None = UNCHANGED
    funding_reference: str | Unchanged | None = UNCHANGED
    publish_from: PartialDate | Unchanged | None = UNCHANGED
    note: str | Unchanged | None = UNCHANGED
    different_because: str | Unchanged | None = UNCHANGED

    topics: tuple[str, ...] | Unchanged = UNCHANGED
    services: tuple[str, ...] | Unchanged = UNCHANGED
    funding: tuple[str, ...] | Unchanged = UNCHANGED
    partners: tuple[Partner, ...] | Unchanged = UNCHANGED
    experts: tuple[Contribution, ...] | Unchanged = UNCHANGED
    reviewer: str | Unchanged | None = UNCHANGED
    """The hub that is to review the project, by slug."""


NO_CHANGES: Final = ProjectChanges()

_SURROUNDINGS: Final = frozenset({"topics", "services", "funding", "partners", "experts", "reviewer"})
_OPENABLE: Final = frozenset(
    name for name, declared in LABELS["Project"].properties.items() if declared.guard is Guard.NETWORK_ONLY
)
_ALONG: Final[Mapping[str, Link]] = {
    "topics": links.PROJECT_TOPICS,
    "services": links.PROJECT_SERVICES,
    "funding": links.PROJECT_FUNDING,
}


def changed(project: Project, changes: ProjectChanges, *, now: Instant) -> Project:
    """`project` as `changes` want it, without its surroundings.

    Raises:
        InvalidInputError: something that a project cannot be.
    """
    given: dict[str, Any] = {
        field.name: value
        for field in fields(changes)
        if field.name not in _SURROUNDINGS and (value := getattr(changes, field.name)) is not UNCHANGED
    }
    target = replace(project, **given)
    for name in ("title", "summary"):
        if name in given:
            required(name, given[name])
    if "contact" in given and not target.contact:
        raise InvalidInputError("contact: expected whom to call", field="contact")
    for name in ("started", "ended", "publish_from"):
        require_date(name, given.get(name), now=now)
    for name in ("one_off_cost", "yearly_cost", "own_share", "effort_days"):
        if (given.get(name) or 0) < 0:
            raise InvalidInputError(f"{name}: expected 0 or more", field=name)
    others = sorted(set(target.opened) - _OPENABLE)
    if others:
        expected = ", ".join(sorted(_OPENABLE))
        raise InvalidInputError(f"opened: expected some of {expected}, got {', '.join(others)}", field="opened")
    if target.started and target.ended and is_before(target.ended, target.started):
        raise InvalidInputError("ended: expected a date that is not before started", field="ended")
    return target


async def surround(unit: Unit, project: Project, changes: ProjectChanges) -> None:
    """Sets topics, services, funding, experts and the reviewing hub as far as `changes` speak of them.

    Raises:
        InvalidInputError: one is unknown, or (an expert) not for the caller's eyes; the two look alike.
    """
    for name, link in _ALONG.items():
        values: tuple[str, ...] | Unchanged = getattr(changes, name)
        if not isinstance(values, Unchanged):
            await _relink(unit, project, link, values, field=name)
    if not isinstance(changes.reviewer, Unchanged):
        hubs = () if changes.reviewer is None else (changes.reviewer,)
        await _relink(unit, project, links.PROJECT_REVIEWER, hubs, field="reviewer")
    if not isinstance(changes.experts, Unchanged):
        await _set_experts(unit, project, changes.experts)


async def review_by(unit: Unit, project: Project, hub: NodeKey | None) -> None:
    """Makes `hub` the reviewing one; None leaves the review to the network's administration."""
    await _relink(unit, project, links.PROJECT_REVIEWER, () if hub is None else (hub.value,), field="reviewer")


async def _relink(unit: Unit, project: Project, link: Link, values: Sequence[str], *, field: str) -> None:
    (label,) = link.target
    ends = [NodeKey(label, value) for value in values]
    await require_existing(unit, ends, field=field)
    wanted = [Plain(type=link.relationship, start=project.key, end=end) for end in ends]
    await unit.relink(link, {project.id: wanted})


async def _set_experts(unit: Unit, project: Project, wanted: Sequence[Contribution]) -> None:
    require_few([NodeKey("Expert", one.expert) for one in wanted], field="experts")
    stored = {key.value for key, _ in await unit.neighbours(links.PROJECT_EXPERTS, project.key)}
    for one in wanted:
        if one.expert not in stored:
            try:
                await unit.require_readable(NodeKey("Expert", one.expert))
            except NodeNotFoundError as error:
                raise unknown_in("experts", [f"Expert:{one.expert}"]) from error
    # Nobody takes away whom they do not see: a person who did not consent (yet).
    gone = [key for key in stored - {one.expert for one in wanted} if await unit.is_readable(NodeKey("Expert", key))]
    # These relationships belong to the experts, who are asked for nothing here: `connect` locks them.
    await unit.disconnect_many(
        [ContributesTo(start=NodeKey("Expert", expert), end=project.key) for expert in sorted(gone)]
    )
    await unit.connect_many(
        [ContributesTo(start=NodeKey("Expert", one.expert), end=project.key, role=one.role) for one in wanted]
    )

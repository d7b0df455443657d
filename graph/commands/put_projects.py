"""Projects, created or updated by slug: for imports and for the seed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from auth import policy
from graph import links, records
from graph.actors import Actor, System
from graph.commands.merging import merged
from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.identifiers import uuid7
from graph.links import Link
from graph.model import HOUSES, NodeKey, Project
from graph.relationships import Involves, Plain, Relationship
from graph.vocabulary import Stage
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

BATCH: Final = 200
"""Projects of one transaction: with write-ups and relationships a few megabytes at most."""


@dataclass(frozen=True, kw_only=True)
class Involvement:
    """A house that takes part, and as what."""

    house: NodeKey
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectEntry:
    """A project with its surroundings.

    `project.id` may be empty: then the id is the stored one of that slug, or a new one. Of the surroundings None leaves
    what is stored, a tuple replaces it; keys are those of the far ends.
    """

    project: Project
    owner: NodeKey | None = None
    reviewer: str | None = None
    involves: tuple[Involvement, ...] | None = None
    topics: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    funding: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PutProjects:
    """Entries with different slugs.

    What an entry leaves empty stays as it is stored, and so do `origin`, a confirmed partnership, and a withdrawal:
    an import does not publish again what somebody withdrew.
    """

    entries: Sequence[ProjectEntry]


Report = dict[str, int | list[dict[str, str]]]


async def put_projects(
    unit_of_work: UnitOfWork,
    command: PutProjects,
    *,
    actor: Actor,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """How many projects were `created`, `changed` and left `unchanged`, and `problems` as `slug` and `reason`.

    An entry with a problem (an unknown house or topic, a slug that a former name of another project blocks) is left
    out as a whole; the others are written in batches.

    Raises:
        ForbiddenError: the caller may not write one of the entries; nothing of its batch was written.
        InvalidInputError: a slug twice; nothing was written.
    """
    entries = command.entries
    if len({entry.project.slug for entry in entries}) != len(entries):
        raise InvalidInputError("one slug twice")
    created = changed = unchanged = 0
    problems: list[dict[str, str]] = []
    for first in range(0, len(entries), BATCH):
        batch = entries[first : first + BATCH]
        # The same ids in each attempt: a batch that runs twice makes no other projects.
        fresh = [str(uuid7()) for _ in batch]
        outcome = await unit_of_work.run(partial(_write, batch=batch, fresh=fresh), actor=actor)
        created += outcome["created"]
        changed += outcome["changed"]
        unchanged += outcome["unchanged"]
        problems += outcome["problems"]
        on_progress(first + len(batch), len(entries))
    return {"created": created, "changed": changed, "unchanged": unchanged, "problems": problems}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the graph knows of a batch before it is written."""

    ids: dict[str, str]
    """Slug of an entry -> id of the project that it means, if there is one."""
    projects: dict[str, Project]
    houses_and_topics: frozenset[NodeKey]


async def _write(unit: Unit, batch: Sequence[ProjectEntry], fresh: Sequence[str]) -> dict[str, Any]:
    stored = await _read(unit, batch)
    problems = []
    targets: dict[str, Project] = {}
    accepted: list[tuple[str, ProjectEntry]] = []
    for entry, new_id in zip(batch, fresh, strict=True):
        slug = entry.project.slug
        identifier = entry.project.id or stored.ids.get(slug, new_id)
        reason = _problem(entry, identifier, stored)
        if reason is None and identifier in targets:
            reason = "another entry means the same project"
        if reason is not None:
            problems.append({"slug": slug, "reason": reason})
            continue
        before = stored.projects.get(identifier)
        target = _target(entry, identifier, before)
        await _ask_policy(unit, entry, before, target)
        targets[identifier] = target
        accepted.append((identifier, entry))
    await unit.put_many(list(targets.values()))
    await _keep_former_slugs(unit, targets, stored.projects)
    await _surround(unit, accepted)
    created = len(targets.keys() - stored.projects.keys())
    touched = sum(unit.has_touched(NodeKey("Project", identifier)) for identifier in targets)
    return {
        "created": created,
        "changed": touched - created,
        "unchanged": len(targets) - touched,
        "problems": problems,
    }


async def _read(unit: Unit, batch: Sequence[ProjectEntry]) -> _Stored:
    slugs = [entry.project.slug for entry in batch]
    ids = await unit.find_keys(Project, "slug", slugs)
    aliases = await unit.get_many(records.SlugAlias, [slug for slug in slugs if slug not in ids])
    ids |= {slug: alias.project for slug, alias in aliases.items()}
    known = [*ids.values(), *(entry.project.id for entry in batch if entry.project.id)]
    await unit.lock_many(Project, known)
    ends: dict[str, set[str]] = {}
    for entry in batch:
        for key in _ends(entry):
            ends.setdefault(key.label, set()).add(key.value)
    existing = [
        NodeKey(label, key) for label, keys in ends.items() for key in await unit.get_many(LABELS[label].node, keys)
    ]
    return _Stored(ids, await unit.get_many(Project, known), frozenset(existing))


def _ends(entry: ProjectEntry) -> list[NodeKey]:
    return [
        *([entry.owner] if entry.owner else []),
        *([NodeKey("Hub", entry.reviewer)] if entry.reviewer else []),
        *(involvement.house for involvement in entry.involves or ()),
        *(NodeKey("Topic", slug) for slug in entry.topics or ()),
        *(NodeKey("Service", key) for key in entry.services or ()),
        *(NodeKey("FundingProgramme", slug) for slug in entry.funding or ()),
    ]


def _problem(entry: ProjectEntry, identifier: str, stored: _Stored) -> str | None:
    named = stored.ids.get(entry.project.slug, identifier)
    if named != identifier:
        return f"the slug is, or was, that of project {named}"
    houses = [*([entry.owner] if entry.owner else []), *(one.house for one in entry.involves or ())]
    if any(house.label not in HOUSES for house in houses):
        return "owner and involved houses are hubs, municipalities, universities or organisations"
    unknown = sorted(str(key) for key in _ends(entry) if key not in stored.houses_and_topics)
    return f"unknown: {', '.join(unknown[:5])}" if unknown else None


def _target(entry: ProjectEntry, identifier: str, before: Project | None) -> Project:
    given = replace(entry.project, id=identifier)
    if before is None:
        return given
    keep = {"origin"}
    if before.stage is Stage.WITHDRAWN:
        keep |= {"stage", "visibility"}
    if not entry.project.id:
        keep.add("slug")  # found by its former slug: the present one stays
    return merged(before, given, keep=keep)


async def _ask_policy(unit: Unit, entry: ProjectEntry, before: Project | None, target: Project) -> None:
    if isinstance(unit.actor, System):
        return
    stewards = {key for key in (entry.owner, NodeKey("Hub", entry.reviewer) if entry.reviewer else None) if key}
    if before is None:
        unit.require(policy.may_register_project, entry.owner)
    else:
        stored = await unit.require_readable(before.key)
        unit.require(policy.may_edit_project, stored.stewards)
        if entry.owner is not None and entry.owner not in stored.stewards:
            # Taking an entry over is a claim, which a reviewer has to consent to.
            unit.require(policy.may_maintain_registers)
        stewards = set(stored.stewards)
    if target.stage in policy.PUBLISHED_STAGES and (before is None or before.stage is not target.stage):
        unit.require(policy.may_publish_project, stewards)


async def _keep_former_slugs(unit: Unit, targets: dict[str, Project], stored: dict[str, Project]) -> None:
    """A former slug goes on meaning its project: who imports under it changes that one, and no other may take it."""
    former = [
        records.SlugAlias(slug=before.slug, project=identifier)
        for identifier, before in stored.items()
        if identifier in targets and targets[identifier].slug != before.slug
    ]
    await unit.put_many(former)


async def _surround(unit: Unit, accepted: Sequence[tuple[str, ProjectEntry]]) -> None:
    owners = {key: _plain("OWNS", entry.owner, key) for key, entry in accepted if entry.owner}
    await unit.relink(links.PROJECT_OWNER, {key: [relationship] for key, relationship in owners.items()})
    reviewers = {key: (entry.reviewer,) if entry.reviewer else None for key, entry in accepted}
    for link, wanted in (
        (links.PROJECT_REVIEWER, reviewers),
        (links.PROJECT_TOPICS, {key: entry.topics for key, entry in accepted}),
        (links.PROJECT_SERVICES, {key: entry.services for key, entry in accepted}),
        (links.PROJECT_FUNDING, {key: entry.funding for key, entry in accepted}),
    ):
        await unit.relink(link, _to_label(link, wanted))
    involved = {key: entry.involves for key, entry in accepted if entry.involves is not None}
    # What houses were asked, and answered, is not the import's business.
    answered = {
        (key, house): {name: edge.get(name) for name in ("confirmed_at", "asked_at", "is_owner_to_be")}
        for key, neighbours in (await unit.follow(links.PROJECT_HOUSES, involved)).items()
        for house, edge in neighbours
    }
    await unit.relink(
        links.PROJECT_HOUSES,
        {
            key: [
                Involves(
                    start=NodeKey("Project", key),
                    end=one.house,
                    role=one.role,
                    **answered.get((key, one.house), {}),
                )
                for one in involvements
            ]
            for key, involvements in involved.items()
        },
    )


def _to_label(link: Link, wanted: Mapping[str, Collection[str] | None]) -> dict[str, list[Relationship]]:
    (label,) = link.target
    return {
        key: [
            Plain(type=link.relationship, start=NodeKey("Project", key), end=NodeKey(label, far))
            for far in dict.fromkeys(ends)
        ]
        for key, ends in wanted.items()
        if ends is not None
    }


def _plain(name: str, house: NodeKey, project: str) -> Relationship:
    return Plain(type=name, start=house, end=NodeKey("Project", project))

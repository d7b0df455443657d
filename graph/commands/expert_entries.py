"""What can be said of an expert, the rules about it, and when it needs the person's consent anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from graph import links
from graph.actors import System
from graph.commands.changing import given_in, relink, require_text
from graph.commands.holding import require_few, unknown_in
from graph.commands.project_changes import UNCHANGED, Unchanged
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import Expert, NodeKey
from graph.orcid import orcid_of
from graph.relationships import ContributesTo
from graph.telling import letters
from graph.texts import is_visible
from graph.values import Source
from graph.vocabulary import LetterKind, LinkPurpose, Visibility
from graph.writing.unit import Unit


@dataclass(frozen=True, kw_only=True)
class ProjectRole:
    """A project, by id, and what the expert does in it."""

    project: str
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExpertChanges:
    """Fields to set; None clears one, `UNCHANGED` leaves it. A tuple replaces what is stored.

    `projects` replaces those that the caller may read: nobody takes away what they do not see.
    """

    name: str | Unchanged = UNCHANGED
    role: str | Unchanged | None = UNCHANGED
    email: str | Unchanged | None = UNCHANGED
    phone: str | Unchanged | None = UNCHANGED
    orcid: str | Unchanged | None = UNCHANGED
    contact_visibility: Visibility | Unchanged = UNCHANGED
    visibility: Visibility | Unchanged = UNCHANGED
    purpose: str | Unchanged | None = UNCHANGED
    sources: tuple[Source, ...] | Unchanged = UNCHANGED
    topics: tuple[str, ...] | Unchanged = UNCHANGED
    projects: tuple[ProjectRole, ...] | Unchanged = UNCHANGED


NO_CHANGES: Final = ExpertChanges()

_SURROUNDINGS: Final = frozenset({"topics", "projects"})
_AGREED: Final = ("name", "email", "phone", "orcid", "purpose")
"""What a person consented to: who she is, how she is reached, and what for. Another value needs her consent anew."""
_WIDTH: Final = (Visibility.PRIVATE, Visibility.NETWORK, Visibility.PUBLIC)


def changed(expert: Expert, changes: ExpertChanges) -> Expert:
    """`expert` as `changes` want it, without its surroundings.

    Raises:
        InvalidInputError: something that an expert cannot be, or a person whom nobody could ask.
    """
    given = given_in(changes, without=_SURROUNDINGS)
    require_text(given, "name")
    target = replace(expert, **given)
    if target.orcid is not None:
        target = replace(target, orcid=orcid_of(target.orcid))
    if target.is_person:
        if target.email is None or not letters.is_address(target.email):
            raise InvalidInputError("email: expected the person's own address: she is asked by e-mail", field="email")
        # As whoever looks for her entries by her address finds it.
        target = replace(target, email=target.email.lower())
        if not is_visible(target.purpose or ""):
            raise InvalidInputError("purpose: expected what for the person's data are kept and shown", field="purpose")
        if not target.sources:
            raise InvalidInputError("sources: expected where the person's data come from", field="sources")
    else:
        for name in ("orcid", "purpose"):
            if getattr(target, name) is not None:
                raise InvalidInputError(f"{name}: only of a person; a function has none", field=name)
    return target


def needs_consent_anew(before: Expert, after: Expert) -> bool:
    """Whether what the person agreed to is not what the entry would say, or more people would see it."""
    return any(getattr(before, name) != getattr(after, name) for name in _AGREED) or any(
        _WIDTH.index(getattr(before, name)) < _WIDTH.index(getattr(after, name))
        for name in ("visibility", "contact_visibility")
    )


async def ask_for_consent(unit: Unit, expert: Expert) -> None:
    """Writes to the person; the link in the letter is good for one answer."""
    assert expert.email is not None
    await letters.write(unit, LetterKind.CONSENT, expert.email, expert.key, purpose=LinkPurpose.CONSENT_EXPERT)


async def surround(unit: Unit, expert: Expert, changes: ExpertChanges, houses: Sequence[NodeKey]) -> None:
    """Sets topics and projects as far as `changes` speak of them.

    Args:
        houses: Where the expert works.

    Raises:
        InvalidInputError: one is unknown or (a project) not for the caller's eyes, which look alike; or none of
            `houses` takes part in the project, and the caller does not answer for it.
    """
    if not isinstance(changes.topics, Unchanged):
        await relink(unit, expert.key, links.EXPERT_TOPICS, changes.topics, field="topics")
    if not isinstance(changes.projects, Unchanged):
        await _set_projects(unit, expert, changes.projects, frozenset(houses))


async def _set_projects(unit: Unit, expert: Expert, wanted: Sequence[ProjectRole], houses: frozenset[NodeKey]) -> None:
    require_few([NodeKey("Project", one.project) for one in wanted], field="projects")
    stored = {key.value for key, _ in await unit.neighbours(links.EXPERT_PROJECTS, expert.key)}
    for one in wanted:
        if one.project not in stored:
            await _require_part(unit, NodeKey("Project", one.project), houses)
    gone = [NodeKey("Project", key) for key in sorted(stored - {one.project for one in wanted})]
    seen = [key for key in gone if await unit.is_readable(key)]
    await unit.disconnect_many([ContributesTo(start=expert.key, end=key) for key in seen])
    await unit.connect_many(
        [ContributesTo(start=expert.key, end=NodeKey("Project", one.project), role=one.role) for one in wanted]
    )


async def _require_part(unit: Unit, project: NodeKey, houses: frozenset[NodeKey]) -> None:
    try:
        entry = await unit.require_readable(project)
    except NodeNotFoundError as error:
        raise unknown_in("projects", [str(project)]) from error
    answers_for_it = isinstance(unit.actor, System) or policy.may_edit_project(unit.actor, entry.stewards)
    if not answers_for_it and houses.isdisjoint(entry.insiders):
        raise InvalidInputError(
            f"projects: the expert's house takes no part in {project}; whoever answers for it may add the expert there",
            field="projects",
        )

"""A new project, as a draft of a house."""

from dataclasses import dataclass, replace

from auth import policy
from graph.actors import Actor, System
from graph.commands.holding import require_houses, required
from graph.commands.partnerships import ask_owner, set_partners
from graph.commands.project_changes import NO_CHANGES, UNCHANGED, ProjectChanges, Unchanged, changed, surround
from graph.commands.slugs import slug_of, veiled_slug
from graph.errors import InvalidInputError
from graph.identifiers import uuid7
from graph.model import NodeKey, Project
from graph.relationships import Plain
from graph.values import Contact
from graph.vocabulary import OperatingStatus, Origin, Stage, Visibility
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CreateProjectDraft:
    """Five things are enough; `more` may hold the rest, and nothing in it counts that is said here.

    `house` is to own the project: one of the caller's own, or any other if the caller is at a hub. Then the hub keeps
    the draft until the house confirms.
    """

    title: str
    summary: str
    """Three sentences."""
    status: OperatingStatus
    house: NodeKey
    contact: Contact
    more: ProjectChanges = NO_CHANGES


async def create_project_draft(
    unit_of_work: UnitOfWork, command: CreateProjectDraft, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id`, `slug` and `version` of the draft. Its visibility is PUBLIC, once it is published, unless `more` says so.

    Raises:
        ForbiddenError: the caller may not register projects of that house.
        InvalidInputError: something is missing, or unknown.
    """
    return await unit_of_work.run(lambda unit: _create(unit, command), actor=actor, idempotency_key=idempotency_key)


async def _create(unit: Unit, command: CreateProjectDraft) -> dict[str, str | int]:
    unit.require(policy.may_register_project, command.house)
    await require_houses(unit, [command.house], field="house")
    identifier = str(uuid7())
    draft = Project(
        id=identifier,
        slug=veiled_slug(slug_of(command.title), identifier),
        title=command.title,
        summary=command.summary,
        stage=Stage.DRAFT,
        status=command.status,
        visibility=Visibility.PUBLIC,
        contact=command.contact,
        origin=Origin.REGISTERED,
        confirmed_at=unit.now,
    )
    for name, text in (("title", draft.title), ("summary", draft.summary), ("contact", command.contact.function)):
        required(name, text)
    unit.record("create_project_draft", draft.key)
    more = replace(command.more, title=UNCHANGED, summary=UNCHANGED, status=UNCHANGED, contact=UNCHANGED)
    is_own = isinstance(unit.actor, System) or policy.may_act_for(unit.actor, command.house)
    if not is_own:
        more = replace(more, reviewer=_keeping_hub(unit.actor, more.reviewer))
    stored = await unit.put(changed(draft, more, now=unit.now), expected_version=0)
    if is_own:
        await unit.connect(Plain(type="OWNS", start=command.house, end=draft.key))
    await surround(unit, stored, more)
    partners = () if isinstance(more.partners, Unchanged) else more.partners
    if is_own:
        await set_partners(unit, stored, partners, owner=command.house)
    else:
        roles = {partner.house: partner.role for partner in partners}
        others = [partner for partner in partners if partner.house != command.house]
        await set_partners(unit, stored, others, owner=None)
        await ask_owner(unit, stored, command.house, role=roles.get(command.house))
    return {"id": identifier, "slug": stored.slug, "version": stored.version}


def _keeping_hub(actor: Actor, chosen: str | Unchanged | None) -> str | None:
    """The hub that answers for a draft until the house for which it was made confirms.

    Raises:
        InvalidInputError: another one was chosen, and the draft would be out of its author's sight.
    """
    hubs = () if isinstance(actor, System) else policy.hubs_of(actor)
    if isinstance(chosen, Unchanged) or chosen is None:
        return hubs[0] if hubs else None
    if hubs and chosen not in hubs:
        raise InvalidInputError(
            "reviewer: the registering hub keeps the draft; choose when handing in", field="reviewer"
        )
    return chosen

"""Programmes that fund projects: they belong to no hub, so any lead or reviewer keeps them true."""

from dataclasses import dataclass, replace

from auth import policy
from graph.actors import Actor
from graph.commands.changing import answer, given_in, require_period, require_text
from graph.commands.holding import require_version, required
from graph.commands.project_changes import UNCHANGED, Unchanged
from graph.commands.slugs import slug_of
from graph.errors import ConstraintError, InvalidInputError, NodeNotFoundError
from graph.model import FundingProgramme, NodeKey
from graph.values import Instant, PartialDate, Source
from graph.vocabulary import Origin
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class FundingProgrammeChanges:
    """Fields to set; None clears one, `UNCHANGED` leaves it. A tuple replaces what is stored."""

    name: str | Unchanged = UNCHANGED
    funder: str | Unchanged | None = UNCHANGED
    eligibility: str | Unchanged | None = UNCHANGED
    region: str | Unchanged | None = UNCHANGED
    quota: str | Unchanged | None = UNCHANGED
    amount_min: int | Unchanged | None = UNCHANGED
    amount_max: int | Unchanged | None = UNCHANGED
    opens: PartialDate | Unchanged | None = UNCHANGED
    deadline: PartialDate | Unchanged | None = UNCHANGED
    url: str | Unchanged | None = UNCHANGED
    sources: tuple[Source, ...] | Unchanged = UNCHANGED


@dataclass(frozen=True, kw_only=True)
class SaveFundingProgramme:
    """`programme`, a slug: None enters a new one, whose slug is made from its name.

    A stored one is changed at `expected_version`.
    """

    programme: str | None = None
    expected_version: int | None = None
    changes: FundingProgrammeChanges


async def save_funding_programme(
    unit_of_work: UnitOfWork, command: SaveFundingProgramme, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` (slug) and `version` of the programme.

    Raises:
        ForbiddenError: the caller is neither lead nor reviewer of a hub.
        NodeNotFoundError: no such programme.
        ConstraintError: a new one by a name that gives the slug of another: change that one.
        StaleWriteError: it is at another version.
        InvalidInputError: no name, no expected version, neither address nor source, amounts or dates in the wrong order.
    """

    async def save(unit: Unit) -> dict[str, str | int]:
        unit.require(policy.may_edit_funding_programme)
        before = await _before(unit, command)
        after = _changed(before, command.changes, now=unit.now)
        unit.record("save_funding_programme", before.key)
        await unit.put(replace(after, confirmed_at=unit.now), expected_version=before.version)
        return answer(unit, before)

    return await unit_of_work.run(save, actor=actor, idempotency_key=idempotency_key)


async def _before(unit: Unit, command: SaveFundingProgramme) -> FundingProgramme:
    """The stored programme, locked; or a new one, without anything but its slug."""
    if command.programme is not None:
        key = NodeKey("FundingProgramme", command.programme)
        await unit.lock(key)
        found = await unit.get(FundingProgramme, command.programme)
        if found is None:
            raise NodeNotFoundError(f"no {key}")
        if command.expected_version is None:
            raise InvalidInputError("expected_version: expected the one that you saw", field="expected_version")
        require_version(found, command.expected_version)
        return found
    given = command.changes.name
    name = required("name", None if isinstance(given, Unchanged) else given)
    slug = slug_of(name)
    if await unit.get(FundingProgramme, slug) is not None:
        raise ConstraintError(f"FundingProgramme:{slug} is there already: change it, or choose another name")
    return FundingProgramme(slug=slug, name=name, origin=Origin.REGISTERED)


def _changed(programme: FundingProgramme, changes: FundingProgrammeChanges, *, now: Instant) -> FundingProgramme:
    given = given_in(changes)
    require_text(given, "name")
    after = replace(programme, **given)
    for name in ("amount_min", "amount_max"):
        if (getattr(after, name) or 0) < 0:
            raise InvalidInputError(f"{name}: expected 0 or more", field=name)
    if after.amount_min is not None and after.amount_max is not None and after.amount_max < after.amount_min:
        raise InvalidInputError("amount_max: expected no less than amount_min", field="amount_max")
    require_period("opens", after.opens, "deadline", after.deadline, now=now)
    if not after.url and not after.sources:
        raise InvalidInputError("url: expected where the programme is described, or a source", field="url")
    return after

"""Taking a project back: at once nobody but its insiders finds or reads it."""

from dataclasses import dataclass, replace

from auth import policy
from graph.actors import Actor
from graph.commands.holding import answer, hold, require_version
from graph.commands.moving import next_stage
from graph.vocabulary import NewsKind
from graph.writing import tasks
from graph.writing.lifecycle import Move
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WithdrawProject:
    """`expected_version`: the version that the caller saw; None withdraws whatever there is."""

    project: str
    expected_version: int | None = None


async def withdraw_project(
    unit_of_work: UnitOfWork, command: WithdrawProject, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` and `version` of the withdrawn project; one that is withdrawn already stays as it is.

    Raises:
        NodeNotFoundError: no such project, or the caller may not even see it.
        ForbiddenError: the caller is neither its owner nor at its reviewing hub.
        StaleWriteError: it is at another version.
    """

    async def withdraw(unit: Unit) -> dict[str, str | int]:
        held = await hold(unit, command.project)
        unit.require(policy.may_edit_project, held.entry.stewards)
        require_version(held.project, command.expected_version)
        stage = await next_stage(unit, held, Move.WITHDRAW)
        unit.record("withdraw_project", held.key)
        unit.announce(NewsKind.PROJECT_WITHDRAWN, held.key)
        await unit.put(
            replace(held.project, stage=stage, submitted_at=None, approved_at=None, opened_to_reviewers_at=None)
        )
        await tasks.settle(unit, held.key)
        return answer(unit, held.project)

    return await unit_of_work.run(withdraw, actor=actor, idempotency_key=idempotency_key)

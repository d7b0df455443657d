"""Taking a project back: at once nobody but its insiders finds or reads it."""

from dataclasses import dataclass, replace

from auth import policy
from graph.actors import Actor
from graph.errors import NodeNotFoundError
from graph.model import NodeKey, Project
from graph.unit import Unit
from graph.unit_of_work import UnitOfWork
from graph.vocabulary import Stage


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
        key = NodeKey("Project", command.project)
        await unit.lock(key)
        entry = await unit.require_readable(key)
        unit.require(policy.may_edit_project, entry.stewards)
        project = await unit.get(Project, command.project)
        if project is None:
            raise NodeNotFoundError(f"no {key}")
        unit.record("withdraw_project", key)
        stored = await unit.put(replace(project, stage=Stage.WITHDRAWN), expected_version=command.expected_version)
        return {"id": stored.id, "version": stored.version}

    return await unit_of_work.run(withdraw, actor=actor, idempotency_key=idempotency_key)

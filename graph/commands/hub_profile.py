"""What a hub says of itself."""

from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from graph import links
from graph.actors import Actor, System
from graph.commands.changing import answer, given_in, relink, require_period
from graph.commands.holding import require_version
from graph.commands.project_changes import UNCHANGED, Unchanged
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import Hub, NodeKey
from graph.values import PartialDate
from graph.vocabulary import HubStatus
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class HubProfile:
    """Fields to set; None clears one, `UNCHANGED` leaves it. A tuple replaces what is stored; topics are slugs.

    Name, town and keys are not here: they belong to the register of the network.
    """

    status: HubStatus | Unchanged = UNCHANGED
    opened: PartialDate | Unchanged | None = UNCHANGED
    premises: str | Unchanged | None = UNCHANGED
    equipment: str | Unchanged | None = UNCHANGED
    workplaces: int | Unchanged | None = UNCHANGED
    consultation_hours: str | Unchanged | None = UNCHANGED
    website: str | Unchanged | None = UNCHANGED
    focus: tuple[str, ...] | Unchanged = UNCHANGED
    topics: tuple[str, ...] | Unchanged = UNCHANGED


@dataclass(frozen=True, kw_only=True)
class SaveHubProfile:
    """`hub`: its slug. Without any changes it confirms that the profile still holds."""

    hub: str
    expected_version: int
    profile: HubProfile


_SURROUNDINGS: Final = frozenset({"topics"})


async def save_hub_profile(
    unit_of_work: UnitOfWork, command: SaveHubProfile, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` (slug) and `version` of the hub, whose profile counts as confirmed now, if somebody of the hub saved it.

    Raises:
        NodeNotFoundError: no such hub.
        ForbiddenError: the caller is neither its lead nor its reviewer.
        StaleWriteError: it is at another version.
        InvalidInputError: a value that cannot be meant, or an unknown topic.
    """

    async def save(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Hub", command.hub)
        await unit.lock(key)
        before = await unit.get(Hub, command.hub)
        if before is None:
            raise NodeNotFoundError(f"no {key}")
        unit.require(policy.may_edit_hub_profile, key)
        require_version(before, command.expected_version)
        after = replace(before, **given_in(command.profile, without=_SURROUNDINGS))
        if (after.workplaces or 0) < 0:
            raise InvalidInputError("workplaces: expected 0 or more", field="workplaces")
        require_period("opened", after.opened, "opened", None, now=unit.now)
        is_own = not isinstance(unit.actor, System) and policy.may_act_for(unit.actor, key)
        unit.record("save_hub_profile", key)
        await unit.put(replace(after, confirmed_at=unit.now if is_own else before.confirmed_at))
        if not isinstance(command.profile.topics, Unchanged):
            await relink(unit, key, links.HUB_TOPICS, command.profile.topics, field="topics")
        return answer(unit, before)

    return await unit_of_work.run(save, actor=actor, idempotency_key=idempotency_key)

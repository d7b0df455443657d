"""Whom one reaches at a house: the address to which its questions go, and by which it decides without an account."""

from dataclasses import dataclass, replace
from typing import Any, Final

from auth import policy
from graph import links
from graph.actors import Actor
from graph.commands.holding import require_version, required
from graph.ddl import LABELS
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.model import HOUSES, NodeKey, Task
from graph.telling import letters
from graph.values import Contact
from graph.vocabulary import NewsKind, Visibility
from graph.writing.belonging import hubs_of_house
from graph.writing.daily import require_rest
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

TOLD_A_DAY: Final = 100
"""Of one caller: for each thing that a house is asked, whatever address is given is written to."""
_TELL: Final = "tell_new_address"


@dataclass(frozen=True, kw_only=True)
class SaveHouseContact:
    """`contact`: None takes it away."""

    house: NodeKey
    contact: Contact | None
    visibility: Visibility
    expected_version: int | None = None


async def save_house_contact(
    unit_of_work: UnitOfWork, command: SaveHouseContact, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` (global) and `version` of the house. With another e-mail address its open tasks are told of once more.

    Raises:
        NodeNotFoundError: no such house.
        ForbiddenError: the caller neither acts for the house nor leads one of its hubs.
        StaleWriteError: it is at another version.
        InvalidInputError: no function, no way to reach it, or an address that cannot be written to.
        TooOftenError: something waits for the house, and the caller had TOLD_A_DAY things told to new addresses.
    """

    async def save(unit: Unit) -> dict[str, str | int]:
        key = command.house
        if key.label not in HOUSES or not await unit.lock(key):
            raise NodeNotFoundError(f"no {key}")
        unit.require(policy.may_save_contact, key, await hubs_of_house(unit, key))
        house: Any = await unit.get(LABELS[key.label].node, key.value)
        require_version(house, command.expected_version)
        if command.contact is not None:
            _check(command.contact)
        unit.record("save_house_contact", key)
        former = await letters.address_of(unit, key)
        stored = await unit.put(
            replace(house, contact=command.contact, contact_visibility=command.visibility, version=0)
        )
        if command.contact is not None and (command.contact.email or former) != former:
            await _tell_again(unit, key)
        return {"id": str(key), "version": stored.version}

    return await unit_of_work.run(save, actor=actor, idempotency_key=idempotency_key)


async def _tell_again(unit: Unit, house: NodeKey) -> None:
    """What waits for this house goes out to the new address; nobody else is written to twice (`graph.telling.letters`)."""
    keys = [key.value for key, _ in await unit.neighbours(links.HOUSE_TASKS[house.label], house)]
    waiting = [task for task in (await unit.get_many(Task, keys)).values() if task.is_open]
    if waiting:
        await require_rest(unit, _TELL, most=TOLD_A_DAY)
    for task in waiting:
        unit.record(_TELL, task.key, None, {"house": str(house)})
        unit.announce(NewsKind.TASK_ASKED, task.key)


def _check(contact: Contact) -> None:
    required("function", contact.function)
    if not (contact.email or contact.phone or contact.url):
        raise InvalidInputError("contact: expected an e-mail address, a telephone number or a page", field="contact")
    if contact.email is not None and not letters.is_address(contact.email):
        raise InvalidInputError("email: expected an address in ASCII, as in rathaus@stadt.example", field="email")

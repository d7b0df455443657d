"""What somebody wants to be written about, and whether others see that this person is there."""

from dataclasses import dataclass, replace

from graph.actors import Actor
from graph.commands.oneself import oneself
from graph.errors import InvalidInputError
from graph.vocabulary import Digest
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SaveMailSettings:
    """None: as it is. An empty `name` takes it away."""

    digest: Digest | None = None
    gets_task_mail: bool | None = None
    name: str | None = None
    is_listed: bool | None = None


async def save_mail_settings(
    unit_of_work: UnitOfWork, command: SaveMailSettings, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str]:
    """The `id` of the caller's record. For everybody who signed in, with a membership or without.

    Raises:
        ForbiddenError: nobody signed in.
        InvalidInputError: to be listed takes a name.
    """

    async def save(unit: Unit) -> dict[str, str]:
        person = await oneself(unit)
        name = person.name if command.name is None else command.name.strip() or None
        changed = replace(
            person,
            digest=command.digest or person.digest,
            gets_task_mail=person.gets_task_mail if command.gets_task_mail is None else command.gets_task_mail,
            name=name,
            is_listed=person.is_listed if command.is_listed is None else command.is_listed,
        )
        if changed.is_listed and not changed.name:
            raise InvalidInputError("name: expected the name under which to be listed", field="name")
        unit.record("save_mail_settings", person.key)
        await unit.put(changed)
        return {"id": person.id}

    return await unit_of_work.run(save, actor=actor, idempotency_key=idempotency_key)

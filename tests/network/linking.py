"""Links of e-mails to one house, opened and pressed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from graph.actors import System
from graph.commands.completing import ask_to_complete
from graph.commands.holding import hold
from graph.personal import Letter
from graph.values import Contact, Instant
from graph.vocabulary import LetterKind, LinkPurpose
from graph.writing.unit_of_work import Unit, UnitOfWork
from network.app import open_ports
from tests.fixtures.builders import plant
from tests.fixtures.mail import link_of, open_task
from tests.network.plain import client
from tests.network.writing import Desk, desk, draft, gemeinde, merseburg, read, stadt

MAYOR = "rathaus@zeitz.example"
ONCE = re.compile(r'name="once" value="([^"]+)"')
TOWN, MERSEBURG = str(stadt.key), str(merseburg.key)
LAST = Instant("2026-01-01T00:00:00.000000Z")


async def invited(office: Desk, title: str = "Smarte Bank am Markt", house: str = str(stadt.key)) -> tuple[Any, str]:
    """A draft of the university that names a town as its partner, and the link that the town gets."""
    partners = [{"house": house, "role": "Erprobung"}]
    entry = await draft(office, title=title, details={"partners": partners})
    return entry, await linked(office, "CONFIRM_PARTNERSHIP", entry["id"], LinkPurpose.DECIDE_PARTNERSHIP, house)


async def linked(office: Desk, kind: str, entity: str, purpose: LinkPurpose, house: str) -> str:
    task = await open_task(office.store, kind, entity)
    letter = Letter(
        id=f"letter of {task.id}",
        kind=LetterKind.TASK,
        email=MAYOR,
        house=house,
        entity=str(task.key),
        purpose=purpose,
        due_at=LAST,
    )
    return await link_of(office.store, letter)


async def get(office: Desk, secret: str, **headers: str) -> httpx.Response:
    async with client(office.app) as http:
        return await http.get(f"/link/{secret}", headers=headers)


async def press(office: Desk, secret: str, decision: str, *, headers: dict[str, str] | None = None, **more: str) -> Any:
    async with client(office.app) as http:
        return await http.post(f"/link/{secret}", data={"decision": decision, **more}, headers=headers or {})


async def state(office: Desk, entry: Any) -> dict[str, bool]:
    """The houses that were named in the project, and whether they are there as a fact."""
    shown = await read(office, entry, "houses { edges { confirmedAt node { ... on Node { id } } } }", "merseburg")
    return {edge["node"]["id"]: edge["confirmedAt"] is not None for edge in shown["houses"]["edges"]}


async def once_of(office: Desk, secret: str) -> str:
    """What the forms of one shown page hold."""
    found = ONCE.search((await get(office, secret)).text)
    assert found is not None
    return found[1]


@asynccontextmanager
async def reachable_desk(folder: Path) -> AsyncIterator[Desk]:
    """A desk whose houses have a mailbox."""
    async with desk(folder, open_ports) as made:
        houses = (replace(house, contact=Contact("Rathaus", email=MAYOR)) for house in (stadt, gemeinde))
        await plant(made.store, *houses)
        yield made


async def questioned(office: Desk, title: str, field: str) -> tuple[Any, str]:
    """A draft that lacks `field`, and the link by which its house is asked for it."""
    await plant(office.store, replace(merseburg, contact=Contact("Transfer", email=MAYOR)))
    entry = await draft(office, title=title)

    async def ask(unit: Unit) -> str:
        return await ask_to_complete(unit, await hold(unit, entry["id"].partition(":")[2]), field)

    await UnitOfWork(office.store).run(ask, actor=System("test"))
    return entry, await linked(office, "COMPLETE_ENTRY", entry["id"], LinkPurpose.COMPLETE_ENTRY, MERSEBURG)

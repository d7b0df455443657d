"""Whoever sends a form about an entry that somebody changed meanwhile loses nothing, reads that it changed, and can send it again."""

import asyncio
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from graphql import GraphQLInputObjectType, build_schema

from graph.ddl import LABELS as DDL
from graph.port import Transaction
from network.operations.operation_files import operations
from network.pages import forms, mine
from network.pages.forms.action import Action
from network.pages.operations.declared import FOLDER
from tests.pages.beginnings import EINBECK, done
from tests.pages.desks import Office
from tests.pages.form_reading import filled
from tests.pages.sendings import FORMS, Sending
from tests.pages.test_sent_again import stored

UNLOCKED: Final = {
    "/events/new": "enters what is not there yet",
    "/projects/{slug}/partners/new": "adds to the list of that moment",
    "/projects/{slug}/partners/remove": "takes out of the list of that moment",
}
"""Forms of a mutation that takes a version, which change nothing that their reader has seen."""
LABELS: Final = {
    "projects": "Project",
    "adoptions": "Adoption",
    "events": "Event",
    "hubs": "Hub",
    "experts": "Expert",
    "needs": "Need",
}
_OF_SENDING: Final = frozenset({"once", "version", "form_token", "shown"})


def _actions() -> dict[str, Action]:
    modules = (
        importlib.import_module(one.name)
        for room in (forms, mine)
        for one in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
    )
    return {action.path: action for module in modules for action in getattr(module, "ACTIONS", ())}


def _takes_version() -> set[str]:
    """Paths of the actions whose mutation takes the version that somebody saw."""
    schema = build_schema((Path(__file__).parents[2] / "docs/schema/gateway.graphql").read_text())
    texts = operations(FOLDER)
    found = set()
    for path, action in _actions().items():
        (name,) = re.findall(r"\$input: (\w+)!", texts[action.mutation(input={}).operation])
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLInputObjectType)
        if "expectedVersion" in kind.fields:
            found.add(path)
    return found


LOCKING: Final = sorted({*_takes_version() - UNLOCKED.keys(), "/projects/{slug}/edit"})


async def _about(office: Office, sending: Sending) -> tuple[str, str]:
    """Label and key of what a form is about."""
    address = urlsplit(sending.path)
    given = parse_qs(address.query)
    named = (given.get("house") or given.get("expert") or [""])[0]
    if named:
        label, _, key = named.partition(":")
        return label, key
    _, section, key, *_ = address.path.split("/")
    if section == "projects":
        read_id = "query ($slug: String) { project(slug: $slug) { id } }"
        key = (await office.ask(sending.person, read_id, slug=key))["project"]["id"].partition(":")[2]
    return LABELS[section], key


async def _change(office: Office, sending: Sending) -> None:
    """Somebody else writes."""
    label, key = await _about(office, sending)
    if sending.path.endswith("/adopt"):
        given = {"project": f"{label}:{key}", "house": EINBECK, "status": "INTERESTED"}
        await done(office, sending.person, "recordAdoption", "clientMutationId", **given)
        return

    async def write(transaction: Transaction) -> None:
        row = (await transaction.read(label, [key]))[key]
        await transaction.put(label, [{DDL[label].key: key, "version": row["version"] + 1}])

    await office.service.graph.transact(write)


async def _begun(office: Office, pattern: str) -> tuple[Sending, dict[str, Any]]:
    sending = await FORMS[pattern](office, f"meanwhile-{uuid4().hex[:8]}")
    page = await sending.person.opened(sending.path)
    return sending, filled(page, sending.path) | sending.typed


def _typed(fields: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: value if isinstance(value, list) else [value] for name, value in fields.items() if name not in _OF_SENDING
    }


async def _sends_again(sending: Sending, late: httpx.Response, given: dict[str, Any]) -> None:
    assert late.status_code == 409, late.text
    assert "Angabe fehlt" not in late.text
    again = filled(late.text, sending.path)
    assert _typed(again) == _typed(given)
    assert "gilt es für den Eintrag, wie er jetzt ist" in late.text
    answer = await sending.person.submit(sending.path, again)
    assert answer.status_code == 303, answer.text


def test_every_action_that_may_locks() -> None:
    takes, locks = _takes_version(), {path for path, action in _actions().items() if action.locks}
    assert locks == takes - UNLOCKED.keys()
    assert UNLOCKED.keys() <= takes


@pytest.mark.parametrize("pattern", LOCKING)
async def test_what_changed_meanwhile_is_said_and_it_is_sent_again(office: Office, pattern: str) -> None:
    sending, given = await _begun(office, pattern)
    await _change(office, sending)
    before = await stored(office.service.graph)
    late = await sending.person.submit(sending.path, given)
    assert await stored(office.service.graph) == before
    assert "Inzwischen hat jemand anderes diesen Eintrag geändert" in late.text
    await _sends_again(sending, late, given)


@pytest.mark.parametrize("pattern", LOCKING)
async def test_a_form_that_lost_its_version_overwrites_nothing(office: Office, pattern: str) -> None:
    sending, given = await _begun(office, pattern)
    del given["version"]
    before = await stored(office.service.graph)
    late = await sending.person.submit(sending.path, given)
    assert await stored(office.service.graph) == before
    assert "von welchem Stand" in late.text
    await _sends_again(sending, late, given)


async def test_of_two_at_the_same_moment_the_second_sends_again(office: Office) -> None:
    sending, given = await _begun(office, "/hubs/{key}/edit")
    other = filled(await sending.person.opened(sending.path), sending.path) | {"profile.premises": "Anders"}
    both = await asyncio.gather(*(sending.person.submit(sending.path, one) for one in (given, other)))
    assert sorted(one.status_code for one in both) == [303, 409]
    late, mine = next((one, typed) for one, typed in zip(both, (given, other), strict=True) if one.status_code == 409)
    await _sends_again(sending, late, mine)


async def test_a_contact_that_changed_meanwhile_is_shown_beside_ones_own(office: Office) -> None:
    sending, given = await _begun(office, "/my/members/contact")
    another = given | {"contact.function": "Ordnungsamt", "once": uuid4().hex}
    assert (await sending.person.submit(sending.path, another)).status_code == 303
    late = await sending.person.submit(sending.path, given)
    assert '<td class="said">Bauamt</td><td class="said">Ordnungsamt</td>' in late.text
    await _sends_again(sending, late, given)

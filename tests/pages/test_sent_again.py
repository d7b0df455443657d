"""A form that is sent twice was done once, and says so, although what it was about is gone by then."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from uuid import uuid4

import pytest

from tests.fixtures.builders import involves, plant
from tests.network.writing import einbeck
from tests.pages.desks import Office, Person, led_to

EINBECK = "Municipality:031550013013"
Case = Callable[[Office, str], Awaitable[tuple[Person, str, dict[str, str]]]]


async def _task(office: Office, person: Person, key: str) -> str:
    ways = re.findall(r'href="(/tasks/[^"]+)"', await person.opened("/my"))
    (found,) = [way for way in ways if key in await person.opened(way)]
    return found


async def decide_partner(office: Office, key: str) -> tuple[Person, str, dict[str, str]]:
    asking, zeitz = await office.person("merseburg"), await office.person("zeitz")
    await asking.fill(f"/projects/{key}/join", house="University:05gqaka33", role="Begleitung")
    return zeitz, await _task(office, zeitz, key), {"isAccepted": "yes"}


async def called(office: Office, key: str) -> tuple[Person, str, dict[str, str]]:
    nobody, zeitz = await office.person(), await office.person("zeitz")
    await nobody.fill(f"/projects/{key}/callback", name="Bauamt", phone="0123 456", text="Bitte")
    return zeitz, await _task(office, zeitz, key), {}


async def remove_partner(office: Office, key: str) -> tuple[Person, str, dict[str, str]]:
    project = await office.project(f"{key}-p", slug=f"{key}-p", title="Partner")
    await plant(office.service.graph, involves(project, einbeck))
    return await office.person("zeitz"), f"/projects/{key}-p/partners/remove?house={EINBECK}", {}


async def delete_search(office: Office, key: str) -> tuple[Person, str, dict[str, str]]:
    person = await office.person("zeitz")
    await person.fill(f"/my/searches/new?q={key}", name=key)
    page = await person.opened("/my/searches")
    return person, unescape(re.findall(r'href="(/my/searches/delete[^"]+)"', page)[-1]), {}


async def withdraw_question(office: Office, key: str) -> tuple[Person, str, dict[str, str]]:
    person = await office.person("einbeck")
    await person.fill(f"/projects/{key}/ask", text="Wie teuer?", house=EINBECK, visibility="PUBLIC")
    page = await person.opened(f"/projects/{key}")
    return person, re.findall(r'href="(/questions/[^"]+/withdraw)"', page)[0], {}


@pytest.mark.parametrize("case", [decide_partner, called, remove_partner, delete_search, withdraw_question])
async def test_the_second_sending_says_that_it_is_done(office: Office, case: Case) -> None:
    key = f"zweimal-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title=key)
    person, path, typed = await case(office, key)
    fields = await person.hidden(path) | typed
    first, second = await person.submit(path, fields), await person.submit(path, fields)
    assert first.status_code == 303, first.text
    assert led_to(second) == "/my?done=already"
    assert "Das ist schon erledigt" in await person.follow_on(second)
    # Whoever was never shown the form there learns nothing by sending it.
    assert (await person.get(path)).status_code == 404
    other = await office.person("wilster")
    stolen = fields | {"form_token": await other.form_token()}
    assert (await other.submit(path, stolen)).status_code == 404
    assert (await person.submit(path, fields | {"once": "x" * 22 + ".ä"})).status_code == 404

"""A hub says of itself what it is; nobody else does."""

import re
from typing import Any

import pytest
import pytest_asyncio

from tests.pages.desks import OURS, Office, Person

EDIT = "/hubs/wilster/edit"
STORED = """{ hub(slug: "wilster") { version status opened premises equipment workplaces consultationHours website focus
  confirmedAt topics { slug } } }"""


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("wilster")


def given(**more: Any) -> dict[str, Any]:
    return {f"profile__{name}": value for name, value in {"status": "OPEN", **more}.items()}


async def stored(office: Office, person: Person) -> Any:
    return (await office.ask(person, STORED))["hub"]


async def test_a_profile_is_written_shown_and_emptied(office: Office, lead: Person) -> None:
    assert EDIT in await lead.opened("/hubs/wilster")
    typed = given(
        opened="04.2025",
        consultationHours="dienstags",
        premises="Alte <b>Post</b>",
        workplaces="12",
        website="https://hub.example/",
        focus="Daten\r\n\r\nBürgerbus\n",
        topics=["mobilitaet"],
    )
    page = await lead.follow_on(await lead.fill(EDIT, **typed))
    assert "Alte &lt;b&gt;Post&lt;/b&gt;" in page
    found = await stored(office, lead)
    assert (found["opened"], found["workplaces"], found["focus"]) == ("2025-04", 12, ["Daten", "Bürgerbus"])
    assert found["topics"] == [{"slug": "mobilitaet"}]
    assert found["confirmedAt"]
    shown = await lead.opened(EDIT)
    assert ">\nDaten\nBürgerbus</textarea>" in shown
    assert 'value="04.2025"' in shown
    await lead.fill(EDIT, **given(status="PLANNED"))
    found = await stored(office, lead)
    assert (found["status"], found["opened"], found["premises"], found["focus"], found["topics"]) == (
        *("PLANNED", None, None),
        *([], []),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("workplaces", "viele"),
        ("workplaces", "-3"),
        ("opened", "bald"),
        ("status", "X"),
        ("topics", "unbekannt"),
    ],
)
async def test_what_is_wrong_is_beside_its_field(lead: Person, field: str, value: str) -> None:
    answer = await lead.fill(EDIT, **given(**{"premises": "Behalten & <i>", field: value}))
    assert answer.status_code == 422
    assert f'id="profile.{field}-error"' in answer.text
    assert "Behalten &amp; &lt;i&gt;</textarea>" in answer.text


async def test_two_who_write_at_once_see_both(office: Office, lead: Person) -> None:
    admin = await office.person("admin")
    fields = {name.replace("__", "."): value for name, value in given(premises="Meine").items()}
    early = await lead.hidden(EDIT) | fields
    assert (await admin.fill(EDIT, **given(premises="Andere"))).status_code == 303
    late = await lead.submit(EDIT, early)
    assert late.status_code == 409
    assert '<td class="said">Meine</td><td class="said">Andere</td>' in late.text
    (version,) = re.findall(r'name="version" value="(\d+)"', late.text)
    (once,) = re.findall(r'name="once" value="([^"]+)"', late.text)
    first, second = [await lead.submit(EDIT, early | {"version": version, "once": once}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert (await stored(office, lead))["premises"] == "Meine"


@pytest.mark.parametrize("role", ["zeitz", "colleague", "einbeck", "merseburg"])
async def test_nobody_else_writes_it(office: Office, role: str) -> None:
    other = await office.person(role)
    assert EDIT not in await other.opened("/hubs/wilster")
    assert (await other.get(EDIT)).status_code == 403
    fields = {"form_token": await other.form_token(), "profile.status": "CLOSED"}
    assert (await other.submit(EDIT, fields)).status_code == 403
    assert (await stored(office, other))["status"] != "CLOSED"


async def test_a_session_that_ran_out_keeps_what_was_typed(office: Office, lead: Person) -> None:
    fields = await lead.hidden(EDIT) | {"profile.status": "OPEN", "profile.premises": "Lange überlegt"}
    lead.cookies.clear()
    over = await lead.submit(EDIT, fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "wilster", ["wilster"]
    await lead.sign_in(office.provider)
    back = await lead.post("/continue", data={"stash": sealed}, headers=OURS)
    assert "Lange überlegt</textarea>" in back.text


async def test_a_hub_that_is_not_there_has_no_form(lead: Person) -> None:
    assert (await lead.get("/hubs/none/edit")).status_code == 404

"""A project is entered in steps, edited by two people at once, and handed in; nobody edits what is another's."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.network.signing_in import Browser
from tests.pages.desks import OURS, Office, Person, led_to

MERSEBURG = "University:05gqaka33"
BEGUN: dict[str, Any] = {
    "summary": "Eine Bank mit Ladestation. Sie misst das Wetter.",
    "status": "PILOT",
    "house": MERSEBURG,
    "contact__function": "Transferstelle",
    "contact__email": "transfer@hochschule.example",
}
PROJECT = """query ($slug: String) { project(slug: $slug) { title stage version summary topics { slug } started oneOffCost
  writeup visibility documents { title kind } results { title kind } } }"""


@pytest_asyncio.fixture
async def author(office: Office) -> Person:
    return await office.person("merseburg")


@pytest_asyncio.fixture
async def page(author: Person) -> str:
    """The page of a draft of the university."""
    answer = await author.fill("/projects/new", title=f"Bank {uuid4().hex[:8]}", **BEGUN)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[0]


async def stored(office: Office, person: Browser, page: str) -> Any:
    return (await office.ask(person, PROJECT, slug=page.rpartition("/")[2]))["project"]  # type: ignore[arg-type] # a Person


async def test_a_project_is_entered_in_steps_and_handed_in(office: Office, author: Person, page: str) -> None:
    edit = f"{page}/edit"
    begun = await author.fill("/projects/new", title=f"Bank {uuid4().hex[:8]}", **BEGUN)
    assert "Nur Ihr Haus und Ihr Hub sehen ihn." in await author.follow_on(begun)
    following = {"basics": "topics", "topics": "partners", "costs": "text", "text": "files"}
    basics = {f"changes__{name}": value for name, value in BEGUN.items() if name != "house"}
    typed: dict[str, dict[str, Any]] = {
        "basics": basics | {"changes__title": "Smarte Bank"},
        "topics": {"changes__topics": ["mobilitaet"], "changes__started": "05.2024"},
        "costs": {"changes__oneOffCost": "12.000"},
        "text": {"changes__writeup": "## Wie\n\n**gut** <script>alert(1)</script>"},
    }
    for step, after in following.items():
        answer = await author.fill(f"{edit}?step={step}", **typed[step])
        assert led_to(answer) == f"{edit}?step={after}&done=saved", step
        assert "Gespeichert." in await author.follow_on(answer)
    shown = await author.opened(f"{edit}?step=text")
    assert "<strong>gut</strong>" in shown
    assert "<script>alert" not in shown

    answer = await author.fill(
        f"{page}/documents/new", kind="DATA_PROTECTION", title="Muster", url="https://x.example/d", visibility="PUBLIC"
    )
    assert "Muster" in await author.follow_on(answer)
    await author.fill(f"{page}/results/new", kind="SOFTWARE", title="Programm", visibility="PUBLIC")
    answer = await author.fill(
        f"{edit}?step=check", changes__visibility="NETWORK", changes__differentBecause="Sie misst."
    )
    assert led_to(answer) == f"{edit}?step=check&done=saved"
    found = await stored(office, author, page)
    assert found["title"] == "Smarte Bank"
    assert (found["started"], found["oneOffCost"], found["topics"]) == ("2024-05", 12_000, [{"slug": "mobilitaet"}])
    assert (found["stage"], found["visibility"]) == ("DRAFT", "NETWORK")
    assert (found["documents"], found["results"]) == (
        [{"title": "Muster", "kind": "data protection"}],
        [{"title": "Programm", "kind": "software"}],
    )
    # Emptied, a field is empty.
    await author.fill(f"{edit}?step=topics", changes__started="")
    found = await stored(office, author, page)
    assert (found["started"], found["topics"]) == (None, [])

    assert f"{page}/submit" in await author.opened(f"{edit}?step=check")
    assert "prüft den Eintrag" in await author.follow_on(await author.fill(f"{page}/submit"))
    assert (await stored(office, author, page))["stage"] == "SUBMITTED"


async def test_what_is_wrong_at_the_beginning_is_beside_its_field(author: Person) -> None:
    answer = await author.fill(
        "/projects/new", **BEGUN | {"title": "Bänke & <b>", "contact__email": "keine", "summary": ""}
    )
    assert answer.status_code == 422
    assert 'id="summary-error"' in answer.text
    assert 'value="Bänke &amp; &lt;b&gt;"' in answer.text
    answer = await author.fill("/projects/new", **BEGUN | {"title": "Bank", "contact__email": "keine"})
    assert answer.status_code == 422
    assert 'id="contact.email-error"' in answer.text


async def test_two_who_edit_at_once_see_both_and_neither_is_lost(office: Office, author: Person, page: str) -> None:
    colleague = await office.person("merseburg")
    edit = f"{page}/edit?step=basics"
    mine = {name.replace("__", "."): value for name, value in BEGUN.items() if name != "house"}
    given = {f"changes.{name}": value for name, value in mine.items()} | {"changes.title": "Mein <i>Titel</i>"}
    early = await author.hidden(edit) | given
    await colleague.submit(edit, await colleague.hidden(edit) | given | {"changes.title": "Ihr <b>Titel</b>"})

    late = await author.submit(edit, early)
    assert late.status_code == 409
    assert "Es wurde nichts überschrieben" in late.text
    (row,) = re.findall(r"<tbody>(.*?)</tbody>", late.text, re.DOTALL)
    assert [unescape(cell) for cell in re.findall(r'<td class="said">(.*?)</td>', row)] == [
        "Mein <i>Titel</i>",
        "Ihr <b>Titel</b>",
    ]
    assert 'value="Mein &lt;i&gt;Titel&lt;/i&gt;"' in late.text
    assert (await stored(office, author, page))["title"] == "Ihr <b>Titel</b>"

    (version,) = re.findall(r'name="version" value="(\d+)"', late.text)
    (once,) = re.findall(r'name="once" value="([^"]+)"', late.text)
    again = await author.submit(edit, early | {"version": version, "once": once})
    assert again.status_code == 303
    assert (await stored(office, author, page))["title"] == "Mein <i>Titel</i>"


async def test_nobody_else_edits_a_draft_or_knows_of_it(office: Office, page: str) -> None:
    other = await office.person("einbeck")
    for path in (f"{page}/edit", f"{page}/submit", f"{page}/withdraw", f"{page}/alike", f"{page}/documents/new"):
        assert (await other.get(path)).status_code == 404, path
        answer = await other.submit(path, {"form_token": await other.form_token(), "changes.title": "X"})
        assert answer.status_code in (404, 405), path


async def test_whoever_reads_an_entry_does_not_edit_it(office: Office) -> None:
    key = f"fremd-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Fremd")
    other = await office.person("einbeck")
    assert f"/projects/{key}/edit" not in await other.opened(f"/projects/{key}")
    assert (await other.get(f"/projects/{key}/edit")).status_code == 403
    token = {"form_token": await other.form_token()}
    assert (await other.submit(f"/projects/{key}/edit?step=basics", token | {"changes.title": "X"})).status_code == 403
    assert (await other.fill(f"/projects/{key}/withdraw")).status_code == 403
    assert (await stored(office, other, f"/projects/{key}"))["title"] == "Fremd"


async def test_a_session_that_ran_out_while_editing_keeps_the_text(office: Office, author: Person, page: str) -> None:
    edit = f"{page}/edit?step=text"
    fields = await author.hidden(edit) | {"changes.writeup": "Viele Stunden Arbeit"}
    author.cookies.clear()
    over = await author.submit(edit, fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "merseburg", ["merseburg"]
    await author.sign_in(office.provider)
    back = await author.post("/continue", data={"stash": sealed}, headers=OURS)
    assert "Viele Stunden Arbeit</textarea>" in back.text
    assert f'action="{edit}"' in back.text
    saved = await author.submit(edit, fields | {"form_token": await author.form_token()})
    assert saved.status_code == 303
    assert (await stored(office, author, page))["writeup"] == "Viele Stunden Arbeit"


@pytest.mark.parametrize("step", ["none", "", "x" * 5_000])
async def test_an_unknown_step_is_the_first(author: Person, page: str, step: str) -> None:
    text = await author.opened(f"{page}/edit?step={step}")
    assert 'name="changes.title"' in text


async def test_without_a_search_engine_nothing_is_told_apart_and_all_goes_on(author: Person, page: str) -> None:
    assert "Kein Eintrag klingt nach derselben Sache." in await author.opened(f"{page}/alike")
    assert (await author.get("/projects/alike?title=Smarte+Bank")).status_code == 200


async def test_a_draft_is_taken_back(office: Office, author: Person, page: str) -> None:
    assert "Zurückgenommen." in await author.follow_on(await author.fill(f"{page}/withdraw"))
    assert (await stored(office, author, page))["stage"] == "WITHDRAWN"

"""Partners and owners are named by name, asked, and taken out; nobody names them in another's entry."""

import re
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.fixtures.faults import Partial
from tests.pages.desks import OURS, Office, Person, led_to
from tests.pages.test_registration_forms import BEGUN

EINBECK = "Municipality:031550013013"
STORED = """query ($slug: String) { project(slug: $slug) { version owner { id } services { leikaId }
  houses { edges { role askedAt confirmedAt node { id } } } } }"""
TASKS = "{ viewer { tasks { kind project { slug } } } }"


@pytest_asyncio.fixture
async def author(office: Office) -> Person:
    return await office.person("merseburg")


@pytest_asyncio.fixture
async def page(author: Person) -> str:
    answer = await author.fill("/projects/new", title=f"Beet {uuid4().hex[:8]}", **BEGUN)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[0]


async def stored(office: Office, person: Person, page: str) -> Any:
    return (await office.ask(person, STORED, slug=page.rpartition("/")[2]))["project"]


def houses(project: Any) -> list[tuple[str, str | None]]:
    return [(edge["node"]["id"], edge["role"]) for edge in project["houses"]["edges"]]


async def test_a_partner_is_named_by_name_and_asked(office: Office, author: Person, page: str) -> None:
    add = f"{page}/partners/new"
    assert "auch ohne eigenes Konto" in await author.opened(f"{page}/edit?step=partners")
    assert '<option value="Pilotkommune">' in await author.opened(add)
    answer = await author.fill(add, changes__partners__find="einbeck", role="Pilotkommune")
    assert led_to(answer) == f"{page}/edit?step=partners&done=partner-asked", answer.text
    shown = await author.follow_on(answer)
    assert "Einbeck" in shown
    assert "angefragt am" in shown
    assert houses(await stored(office, author, page)) == [(EINBECK, "Pilotkommune")]
    other = await office.person("einbeck")
    tasks = (await office.ask(other, TASKS))["viewer"]["tasks"]
    assert {"kind": "CONFIRM_PARTNERSHIP", "project": {"slug": page.rpartition("/")[2]}} in tasks

    # One more leaves the first; named again with another role, it is one still.
    await author.fill(add, changes__partners__find="Dataport", role="Betrieb")
    await author.fill(add, changes__partners=EINBECK, role="Beratung")
    assert sorted(houses(await stored(office, author, page))) == [
        (EINBECK, "Beratung"),
        ("Organisation:dataport", "Betrieb"),
    ]
    remove = f"{page}/partners/remove?house={EINBECK}"
    assert "Einbeck" in await author.opened(remove)
    assert "Gespeichert." in await author.follow_on(await author.fill(remove))
    assert houses(await stored(office, author, page)) == [("Organisation:dataport", "Betrieb")]
    assert (await author.get(remove)).status_code == 404


@pytest.mark.parametrize(
    ("form", "typed", "left"),
    [("take-part", {}, [(EINBECK, None)]), ("take-no-part", {"reason": "Keine <b>Zeit</b>"}, [])],
)
async def test_a_partner_says_yes_or_no_and_no_says_why(
    office: Office, author: Person, page: str, form: str, typed: dict[str, str], left: list[Any]
) -> None:
    await author.fill(f"{page}/partners/new", changes__partners=EINBECK)
    other, slug = await office.person("einbeck"), page.rpartition("/")[2]
    query = "{ viewer { tasks { id kind project { slug } } } }"
    tasks = (await office.ask(other, query))["viewer"]["tasks"]
    (task,) = [one["id"].partition(":")[2] for one in tasks if one["project"] and one["project"]["slug"] == slug]
    path = f"/tasks/{task}/{form}"
    if typed:
        assert 'id="reason-error"' in (await other.fill(path)).text
    assert (await author.get(path)).status_code == 404
    answer = await other.fill(path, **typed)
    assert answer.status_code == 303, answer.text
    assert houses(await stored(office, author, page)) == left
    assert (await other.get(path)).status_code == 404


async def test_what_is_called_alike_is_offered_to_choose(office: Office, author: Person, page: str) -> None:
    add = f"{page}/partners/new"
    answer = await author.fill(add, changes__partners__find="DigitalHub", role="<b>Rolle</b>")
    assert answer.status_code == 422
    assert 'id="changes.partners-error"' in answer.text
    offered = re.findall(r'type="radio" name="changes.partners" value="([^"]+)"( checked)?', answer.text)
    assert [value for value, _ in offered] == ["Hub:wilster", "Hub:zeitz"]
    assert 'value="&lt;b&gt;Rolle&lt;/b&gt;"' in answer.text
    assert 'name="changes.partners.seen" value="DigitalHub"' in answer.text
    assert houses(await stored(office, author, page)) == []
    chosen = {"changes.partners": "Hub:wilster", "changes.partners.find": "DigitalHub", "role": "Rolle"}
    fields = await author.hidden(add) | chosen | {"changes.partners.seen": "DigitalHub"}
    first, second = [await author.submit(add, fields) for _ in range(2)]
    assert led_to(first) == led_to(second)
    assert houses(await stored(office, author, page)) == [("Hub:wilster", "Rolle")]

    nobody = await author.fill(add, changes__partners__find="Gibt es <i>nicht")
    assert nobody.status_code == 422
    assert "Unter diesem Namen ist nichts eingetragen" in nobody.text
    assert 'value="Gibt es &lt;i&gt;nicht"' in nobody.text
    missing = await author.fill(add)
    assert 'id="changes.partners-error"' in missing.text


@pytest.mark.parametrize("value", ["Municipality:999999999999", "Project:x", "x" * 3_000, "'"])
async def test_what_is_no_house_is_no_partner(office: Office, author: Person, page: str, value: str) -> None:
    answer = await author.fill(f"{page}/partners/new", changes__partners=value)
    assert answer.status_code == 422
    assert houses(await stored(office, author, page)) == []


async def test_nobody_names_partners_in_an_entry_of_others(office: Office, author: Person, page: str) -> None:
    other = await office.person("einbeck")
    for path in (f"{page}/partners/new", f"{page}/partners/remove?house={EINBECK}"):
        assert (await other.get(path)).status_code == 404
        fields = {"form_token": await other.form_token(), "changes.partners": EINBECK}
        assert (await other.submit(path, fields)).status_code == 404
    key = f"fremd-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Fremd")
    answer = await other.fill(f"/projects/{key}/partners/new", changes__partners=EINBECK)
    assert answer.status_code == 403
    assert houses(await stored(office, author, f"/projects/{key}")) == []


async def test_a_hub_enters_for_another_house_which_is_asked(office: Office) -> None:
    hub = await office.person("zeitz")
    given = BEGUN | {"title": f"Für andere {uuid4().hex[:8]}", "house": ""}
    answer = await hub.fill("/projects/new", **given, house__find="Einbeck")
    assert led_to(answer).endswith("done=drafted-asks-house"), answer.text
    page = answer.headers["location"].partition("?")[0].rpartition("/")[0]
    found = await stored(office, hub, page)
    assert (found["owner"], houses(found)) == (None, [(EINBECK, None)])
    # Only the house itself says that it is not its project.
    remove = f"{page}/partners/remove?house={EINBECK}"
    assert "bleibt allerdings gefragt" in await hub.opened(remove)
    await hub.fill(remove)
    assert houses(await stored(office, hub, page)) == [(EINBECK, None)]
    own = await hub.fill("/projects/new", **given | {"title": f"Eigenes {uuid4().hex[:8]}", "house": "Hub:zeitz"})
    assert led_to(own).endswith("done=drafted")


async def test_who_is_no_hub_enters_for_own_houses_alone(office: Office, author: Person) -> None:
    shown = await author.opened("/projects/new")
    assert "house.find" not in shown
    assert '<option value="University:05gqaka33" selected>Hochschule Merseburg</option>' in shown
    given = BEGUN | {"title": "Fremd", "house": EINBECK}
    assert (await author.fill("/projects/new", **given)).status_code == 403
    amt = await office.person("amt")
    assert re.findall(r'<option value="(Municipality:[^"]+)"[^>]*>([^<]+)<', await amt.opened("/projects/new")) == [
        ("Municipality:010615169", "Amt Wilstermarsch"),
        ("Municipality:010615169134", "Wewelsfleth"),
    ]


@pytest.mark.parametrize(
    ("role", "house", "told", "confirmed"),
    [
        # Whoever only works at a hub does not say for it that it takes part; its lead does.
        ("colleague", "Hub:zeitz", "partner-asked", False),
        ("zeitz", "Hub:zeitz", "saved", True),
        ("amt", "Municipality:010615169134", "saved", True),
        ("amt", "Municipality:150840590590", "partner-asked", False),
    ],
)
async def test_what_is_said_of_a_partner_is_what_became_of_it(
    office: Office, role: str, house: str, told: str, confirmed: bool
) -> None:
    person = await office.person(role)
    owner = {"house": "Municipality:031550013013" if role != "amt" else "Municipality:010615169"}
    begun = await person.fill("/projects/new", **BEGUN | owner | {"title": f"Steg {uuid4().hex[:8]}"})
    page = begun.headers["location"].partition("?")[0].rpartition("/")[0]

    answer = await person.fill(f"{page}/partners/new", changes__partners=house)

    assert led_to(answer).endswith(f"done={told}"), answer.text
    edges = (await stored(office, person, page))["houses"]["edges"]
    assert {edge["node"]["id"]: edge["confirmedAt"] is not None for edge in edges}[house] is confirmed


@pytest.mark.parametrize("house", ["Municipality:010615169", "Municipality:010615169134"])
async def test_an_amt_is_asked_nothing_for_what_it_enters_itself(office: Office, house: str) -> None:
    person = await office.person("amt")
    answer = await person.fill("/projects/new", **BEGUN | {"title": f"Rad {uuid4().hex[:8]}", "house": house})
    assert led_to(answer).endswith("done=drafted"), answer.text


async def test_services_are_chosen_by_name(office: Office, author: Person, page: str) -> None:
    edit = f"{page}/edit?step=topics"
    answer = await author.fill(edit, changes__services__find="Wohnsitz anmelden")
    assert answer.status_code == 303, answer.text
    assert (await stored(office, author, page))["services"] == [{"leikaId": "99115005000000"}]
    shown = await author.opened(edit)
    assert 'value="99115005000000" checked> Wohnsitz anmelden' in shown
    offered = await author.fill(edit, changes__services__find="wohn")
    assert offered.status_code == 422
    assert 'value="99115005000000" checked> Wohnsitz anmelden' in offered.text
    # Its key is a name, too; unticked it is taken out.
    await author.fill(edit)
    assert (await stored(office, author, page))["services"] == []
    await author.fill(edit, changes__services__find="99115005000000")
    assert (await stored(office, author, page))["services"] == [{"leikaId": "99115005000000"}]


async def test_names_are_found_as_one_types(office: Office) -> None:
    nobody = await office.person()
    shown = await nobody.opened("/find/houses?q=einb")
    assert f'<li data-value="{EINBECK}">Einbeck (Stadt, Niedersachsen)</li>' in shown
    assert "<li" not in await nobody.opened("/find/houses?q=e")
    assert "<li" not in await nobody.opened(f"/find/houses?q={'x' * 2_000}")
    assert "Wohnsitz anmelden" in await nobody.opened("/find/services?q=Wohn")
    assert "Dataport" not in await nobody.opened("/find/municipalities?q=data")
    assert (await nobody.get("/find/nothing?q=xx")).status_code == 404


async def test_names_that_nobody_can_look_up_are_not_called_unknown(office: Office, page: str) -> None:
    graph = Partial(office.service.graph)
    author = await Office(office.service, office.provider, office.service.app(graph=graph)).person("merseburg")
    add, edit = f"{page}/partners/new", f"{page}/edit?step=topics"
    partner, services = await author.hidden(add), await author.hidden(edit)
    # What is found by name alone: the rest of the page is there.
    graph.lost = frozenset({"Organisation", "Service"})
    for path, given in (
        (add, partner | {"changes.partners.find": "Hochschule Mer", "role": "Viel überlegt"}),
        (edit, services | {"changes.services.find": "Wohnsitz"}),
    ):
        away = await author.submit(path, given)
        assert away.status_code == 503, path
        assert "Namen lassen sich gerade nicht nachschlagen" in away.text
        assert "Bitte prüfen Sie die Schreibweise" not in away.text
        assert 'value="Hochschule Mer"' in away.text or 'value="Wohnsitz"' in away.text
    for what in ("houses", "services"):
        assert (await author.get(f"/find/{what}?q=Wohn")).status_code == 503


async def test_a_session_that_ran_out_keeps_whom_one_named(office: Office, author: Person, page: str) -> None:
    add = f"{page}/partners/new"
    fields = await author.hidden(add) | {"changes.partners": EINBECK, "role": "Viel überlegt"}
    author.cookies.clear()
    over = await author.submit(add, fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "merseburg", ["merseburg"]
    await author.sign_in(office.provider)
    back = await author.post("/continue", data={"stash": sealed}, headers=OURS)
    assert 'value="Viel überlegt"' in back.text
    assert f'value="{EINBECK}" checked> Einbeck (Stadt, Niedersachsen)' in back.text

"""Events are entered, changed and cancelled by those who host them."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from graph.values import Instant, PartialDate
from network.pages.frame.formats import BERLIN
from tests.fixtures.builders import make_event, plant, relate
from tests.network.writing import einbeck, wilster, zeitz
from tests.pages.desks import OURS, Office, Person, hidden_of, led_to

STORED = """query ($id: ID!) { node(id: $id) { ... on Event { version title kind status startsAt endsAt dateNote place
  onlineUrl outcome reasonCancelled hosts { id } topics { slug } } } }"""


def day(days: int) -> str:
    """The day so many from today, in Germany, as one types it."""
    return (datetime.now(BERLIN).date() + timedelta(days=days)).strftime("%d.%m.%Y")


def given(**more: Any) -> dict[str, Any]:
    typed = {"title": f"Werkstatt {uuid4().hex[:8]}", "hosts": "Hub:zeitz", "startsAt": day(30), "place": "Bahnhof"}
    typed |= {"status": "PLANNED", **more}
    return {f"changes__{name}": value for name, value in typed.items()}


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("zeitz")


@pytest_asyncio.fixture
async def page(lead: Person) -> str:
    answer = await lead.fill("/events/new", **given())
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].partition("?")[0])


async def stored(office: Office, person: Person, page: str) -> Any:
    return (await office.ask(person, STORED, id=f"Event:{page.rpartition('/')[2]}"))["node"]


async def test_an_event_is_entered_changed_and_cancelled(office: Office, lead: Person) -> None:
    assert 'href="/events/new"' in await lead.opened("/events")
    shown = await lead.opened("/events/new")
    assert 'name="changes.hosts" value="Hub:zeitz" checked> DigitalHub Zeitz' in shown
    typed = given(kind="Workshop", dateNote="9 bis 12 Uhr", onlineUrl="https://x.example/raum", topics=["mobilitaet"])
    answer = await lead.fill("/events/new", **typed)
    page = answer.headers["location"].partition("?")[0]
    assert "9 bis 12 Uhr" in await lead.follow_on(answer)
    found = await stored(office, lead, page)
    assert (found["hosts"], found["topics"], found["status"]) == (
        [{"id": "Hub:zeitz"}],
        [{"slug": "mobilitaet"}],
        "PLANNED",
    )

    assert f"{page}/edit" in await lead.opened(page)
    typed |= given(title="Neuer Titel", place="", startsAt=day(0), topics=[])
    answer = await lead.fill(f"{page}/edit", **typed | {"changes__onlineUrl": "https://x.example/raum"})
    assert "Gespeichert." in await lead.follow_on(answer)
    found = await stored(office, lead, page)
    assert (found["title"], found["place"], found["topics"]) == ("Neuer Titel", None, [])

    answer = await lead.fill(f"{page}/cancel", reason="Zu <b>wenige</b> Anmeldungen")
    after = await lead.follow_on(answer)
    assert "Zu &lt;b&gt;wenige&lt;/b&gt; Anmeldungen" in after
    assert f"{page}/cancel" not in after
    assert (await stored(office, lead, page))["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"startsAt": day(-1)}, "startsAt"),
        ({"startsAt": "2020"}, "startsAt"),
        ({"startsAt": "31.12.9999"}, "startsAt"),
        ({"startsAt": day(-3), "endsAt": day(-1)}, "endsAt"),
        ({"startsAt": day(5), "endsAt": day(4)}, "endsAt"),
        ({"startsAt": "morgen"}, "startsAt"),
        ({"place": ""}, "place"),
        ({"onlineUrl": "javascript:alert(1)"}, "onlineUrl"),
        ({"registrationUrl": "kein Link"}, "registrationUrl"),
        ({"hosts": []}, "hosts"),
        ({"title": ""}, "title"),
    ],
)
async def test_what_is_wrong_is_beside_its_field(
    office: Office, lead: Person, typed: dict[str, Any], field: str
) -> None:
    mark = uuid4().hex
    answer = await lead.fill("/events/new", **given(**{"description": f"<i>{mark}", **typed}))
    assert answer.status_code == 422
    assert f'id="changes.{field}-error"' in answer.text
    assert f"&lt;i&gt;{mark}</textarea>" in answer.text


async def test_nothing_is_cancelled_by_the_way(lead: Person) -> None:
    answer = await lead.fill("/events/new?past=1", **given(status="CANCELLED"))
    assert answer.status_code == 422
    assert 'id="changes.status-error"' in answer.text


async def test_a_cancelled_event_stays_so_unless_somebody_says_otherwise(
    office: Office, lead: Person, page: str
) -> None:
    refused = await lead.fill(f"{page}/edit", **given(status="CANCELLED"))
    assert 'id="changes.status-error"' in refused.text
    await lead.fill(f"{page}/cancel", reason="Sturm")
    assert '<option value="CANCELLED" selected>' in await lead.opened(f"{page}/edit")
    await lead.fill(f"{page}/edit", **given(status="CANCELLED", title="Später"))
    found = await stored(office, lead, page)
    assert (found["title"], found["status"], found["reasonCancelled"]) == ("Später", "CANCELLED", "Sturm")
    await lead.fill(f"{page}/edit", **given())
    assert (await stored(office, lead, page))["status"] == "PLANNED"


@pytest.mark.parametrize("typed", [{"startsAt": day(0)}, {"startsAt": day(-2), "endsAt": day(0)}, {"startsAt": ""}])
async def test_what_is_not_over_can_be_entered(lead: Person, typed: dict[str, str]) -> None:
    assert (await lead.fill("/events/new", **given(**typed))).status_code == 303


async def test_what_was_can_be_entered_as_having_been(office: Office, lead: Person) -> None:
    answer = await lead.fill(
        "/events/new?past=1", **given(startsAt="03.2024", status="HELD", outcome="Drei Beschlüsse")
    )
    assert (await stored(office, lead, answer.headers["location"].partition("?")[0]))["outcome"] == "Drei Beschlüsse"


async def test_sent_twice_it_is_one(office: Office, lead: Person) -> None:
    typed = {name.replace("__", "."): value for name, value in given().items()}
    fields = await lead.hidden("/events/new") | typed
    first, second = [await lead.submit("/events/new", fields) for _ in range(2)]
    assert led_to(first) == led_to(second)


async def test_nobody_else_changes_or_cancels_it(office: Office, page: str) -> None:
    for role in ("wilster", "einbeck", "merseburg"):
        other = await office.person(role)
        assert f"{page}/edit" not in await other.opened(page)
        token = {"form_token": await other.form_token()}
        for form in ("edit", "cancel"):
            assert (await other.get(f"{page}/{form}")).status_code == 403
            fields = token | {"changes.title": "X", "reason": "X"}
            assert (await other.submit(f"{page}/{form}", fields)).status_code == 403
    answer = await other.fill("/events/new", **given(hosts="Hub:zeitz"))
    assert answer.status_code == 403
    assert (await stored(office, other, page))["status"] == "PLANNED"


async def test_hosts_of_others_stay(office: Office, lead: Person) -> None:
    event = make_event(f"mit-{uuid4().hex[:8]}", title="Gemeinsam", version=1, place="Rathaus")
    await plant(office.service.graph, event, relate("HOSTS", zeitz, event), relate("HOSTS", einbeck, event))
    page = f"/events/{event.id}"
    answer = await lead.fill(f"{page}/edit", **given(title="Zu zweit", hosts=[]))
    assert answer.status_code == 303, answer.text
    assert (await stored(office, lead, page))["hosts"] == [{"id": "Municipality:031550013013"}]
    assert (await lead.get(f"{page}/edit")).status_code == 403


async def test_two_who_change_it_at_once_see_both(office: Office, lead: Person, page: str) -> None:
    colleague = await office.person("colleague")
    typed = {name.replace("__", "."): value for name, value in given(title="Meiner <i>").items()}
    early = await lead.hidden(f"{page}/edit") | typed
    assert (await colleague.fill(f"{page}/edit", **given(title="Ihrer <b>"))).status_code == 303
    late = await lead.submit(f"{page}/edit", early)
    assert late.status_code == 409
    assert 'Meiner &lt;i&gt;</td><td class="said">Ihrer &lt;b&gt;</td>' in late.text
    (version,) = re.findall(r'name="version" value="(\d+)"', late.text)
    (once,) = re.findall(r'name="once" value="([^"]+)"', late.text)
    again = await lead.submit(f"{page}/edit", early | {"version": version, "once": once})
    assert again.status_code == 303
    assert (await stored(office, lead, page))["title"] == "Meiner <i>"


async def test_a_session_that_ran_out_keeps_what_was_typed(office: Office, lead: Person) -> None:
    typed = {name.replace("__", "."): value for name, value in given(place="Weit draußen").items()}
    fields = await lead.hidden("/events/new") | typed
    lead.cookies.clear()
    over = await lead.submit("/events/new", fields)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "zeitz", ["zeitz"]
    await lead.sign_in(office.provider)
    back = await lead.post("/continue", data={"stash": sealed}, headers=OURS)
    assert 'value="Weit draußen"' in back.text
    assert 'action="/events/new"' in back.text


@pytest.mark.parametrize("path", ["/events/none/edit", "/events/none/cancel", f"/events/{'x' * 2_000}/edit"])
async def test_an_event_that_is_not_there_has_no_form(lead: Person, path: str) -> None:
    assert (await lead.get(path)).status_code == 404


@pytest.mark.parametrize("title", ["Erst\u2028dann", "ab\u202ecd", "A\x07"])
async def test_a_character_that_no_text_has_is_named_as_such(office: Office, title: str) -> None:
    person = await office.person("zeitz")
    answer = await person.fill(
        "/events/new",
        changes__title=title,
        changes__hosts="Hub:zeitz",
        changes__place="Zeitz",
        changes__status="PLANNED",
    )
    assert answer.status_code == 422
    error = answer.text.partition('id="changes.title-error"')[2].partition("</p>")[0]
    assert "enthält ein unsichtbares oder unerlaubtes Zeichen" in error


async def test_an_address_with_a_quotation_mark_is_told_what_is_wrong(office: Office) -> None:
    person = await office.person("zeitz")
    answer = await person.fill(
        "/events/new",
        changes__title="Sprechtag",
        changes__hosts="Hub:zeitz",
        changes__onlineUrl='https://treffen.example/"raum',
        changes__status="PLANNED",
    )
    assert answer.status_code == 422
    error = answer.text.partition('id="changes.onlineUrl-error"')[2].partition("</p>")[0]
    assert "enthält ein unsichtbares oder unerlaubtes Zeichen" in error


async def test_a_new_event_is_not_asked_how_it_was(office: Office, lead: Person) -> None:
    text = await lead.opened("/events/new")
    assert 'name="changes.outcome"' not in text
    assert 'name="changes.status"' not in text
    answer = await lead.fill("/events/new", **given(status="HELD"))
    assert (await stored(office, lead, answer.headers["location"].partition("?")[0]))["status"] == "PLANNED"
    refused = await lead.fill("/events/new", **given(startsAt=day(-3)))
    assert refused.status_code == 422
    assert "Liste der vergangenen Veranstaltungen" in refused.text
    past = await lead.opened("/events?past=1")
    assert 'href="/events/new?past=1"' in past
    assert 'name="changes.outcome"' in await lead.opened("/events/new?past=1")


async def test_one_thing_that_is_missing_is_said_once_with_all_else(lead: Person) -> None:
    refused = await lead.fill("/events/new", **given(place="", startTime="12:00", endTime="10:00"))
    assert refused.status_code == 422
    assert "2 Angaben fehlen noch oder passen nicht" in refused.text
    assert 'id="changes.place-error"' in refused.text
    assert 'id="changes.endTime-error"' in refused.text
    assert 'id="changes.onlineUrl-error"' not in refused.text
    # Neither is voluntary alone, and both say so.
    assert refused.text.count("Nötig ist eins von beiden") == 2
    for name in ("place", "onlineUrl"):
        (label,) = re.findall(rf'<label for="changes.{name}">(.*?)</label>', refused.text)
        assert "freiwillig" not in label


async def test_what_is_entered_already_is_told_and_hinders_nobody(office: Office, lead: Person) -> None:
    typed = given()
    title, starts = typed["changes__title"], datetime.now(BERLIN).date() + timedelta(days=30)
    there = make_event(
        f"da-{uuid4().hex[:8]}",
        title=title.upper(),
        starts_at=PartialDate(starts.isoformat()),
        place="Bahnhof",
        updated_at=Instant("2026-01-01T09:00:00.000000Z"),
    )
    await plant(office.service.graph, there, relate("HOSTS", wilster, there))

    answer = await lead.fill("/events/new", **typed)
    assert answer.status_code == 422
    assert "Gibt es schon:" in answer.text
    assert f'<a href="/events/{there.id}">{title.upper()}</a>' in answer.text
    assert "DigitalHub Wilster" in answer.text
    assert "Diese Veranstaltung gibt es vielleicht schon." in answer.text
    kept = {name.replace("__", "."): value for name, value in typed.items()} | {"anyway": "1"}
    again = await lead.submit("/events/new", hidden_of(answer.text, "/events/new") | kept)
    assert again.status_code == 303

    # Another day, or another place and house, is another event; nor does anybody have to say so before.
    for other in ({"startsAt": day(31)}, {"place": "Rathaus"}):
        answer = await lead.fill("/events/new", **typed | given(title=title, **other))
        assert answer.status_code == 303, other
    assert 'name="anyway"' not in await lead.opened("/events/new")
    town = await office.person("einbeck")
    elsewhere = given(title=title, place="Rathaus", hosts="Municipality:031550013013")
    assert (await town.fill("/events/new", **elsewhere)).status_code == 303

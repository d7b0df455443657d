"""Whoever asks to be called back reads before who will get it, and who else helps where nobody is entered there."""

from typing import Any
from uuid import uuid4

import pytest

from graph.model import NodeKey
from graph.values import Contact
from graph.vocabulary import Visibility
from tests.fixtures.builders import (
    involves,
    make_event,
    make_expert,
    make_hub,
    make_municipality,
    plant,
    relate,
    serves,
)
from tests.network.writing import einbeck, gemeinde, wilster, zeitz
from tests.pages.desks import Office

CONTACT = Contact(function="Amt für <b>Bänke</b>", phone="03441 83", email="baenke@zeitz.example")


async def box(office: Office, path: str, *roles: str) -> str:
    """What stands between heading and form."""
    page = await (await office.person(*roles)).opened(path)
    return page.partition("<main")[2].partition("<form")[0]


async def planted(office: Office, *more: Any, **properties: Any) -> str:
    """The address of the form of a new project."""
    key = f"ruf-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Ruf", **properties)
    await plant(office.service.graph, *more)
    return f"/projects/{key}/callback"


async def test_the_contact_of_the_project_stands_with_its_owner(office: Office) -> None:
    form = await planted(office, contact=CONTACT, contact_visibility=Visibility.PUBLIC)
    shown = await box(office, form)
    assert "Ihre Bitte bekommt:" in shown
    assert '<a href="/hubs/zeitz">DigitalHub Zeitz</a>, Amt für &lt;b&gt;Bänke&lt;/b&gt;' in shown
    assert 'href="tel:' in shown


async def test_a_contact_for_members_stays_among_them(office: Office) -> None:
    form = await planted(office, contact=CONTACT, contact_visibility=Visibility.NETWORK)
    assert "Bänke" not in await box(office, form)
    assert "baenke@" not in await box(office, form)
    assert "Bänke" in await box(office, form, "einbeck")


async def test_where_no_contact_is_entered_experts_and_the_hub_help(office: Office) -> None:
    mark = uuid4().hex[:8]
    hub = make_hub(f"hub-{mark}", name="Hub am Fluss", contact=CONTACT, contact_visibility=Visibility.PUBLIC)
    town = make_municipality(f"99{int(mark, 16) % 10**10:010d}", name="Ohnewort")
    expert = make_expert(f"fach-{mark}", name="IT-Leitung", is_person=False, readers=("public",), visibility="PUBLIC")
    hidden = make_expert(f"geheim-{mark}", name="Geheim", is_person=True, readers=(f"hub:hub-{mark}",))
    await plant(office.service.graph, hub, town, expert, hidden, serves(hub, town))
    await plant(office.service.graph, *(relate("WORKS_AT", one, hub) for one in (expert, hidden)))
    form = await planted(office, owner=town)
    shown = await box(office, form)
    assert ">Ohnewort</a>" in shown
    assert "Ihre Bitte kommt trotzdem an." in shown
    assert f'<a href="/experts/{expert.id}">IT-Leitung</a>' in shown
    assert "Geheim" not in shown
    assert ">Hub am Fluss</a>" in shown
    assert 'href="mailto:baenke@zeitz.example"' in shown


async def test_without_an_owner_hub_or_administration_get_it(office: Office) -> None:
    nobody_s = await box(office, await planted(office, owner=None))
    assert "die Verwaltung des Netzwerks" in nobody_s
    # This service has no imprint: a page of blanks tells nobody how to reach anybody.
    assert 'href="/imprint"' not in nobody_s
    key = f"ruf-{uuid4().hex[:8]}"
    project = await office.project(key, slug=key, title="Ruf", owner=None)
    # A house that was asked and has not answered does not take part.
    asked = involves(project, einbeck, asked_at="2026-05-04T08:00:00.000000Z")
    await plant(office.service.graph, asked, involves(project, gemeinde))
    path = f"/projects/{key}/callback"
    assert '<a href="/hubs/wilster">DigitalHub Wilster</a>' in await box(office, path)
    answer = await (await office.person()).fill(path, name="Bauamt", phone="0123", text="Bitte")
    assert answer.status_code == 303
    assert wilster.name in await box(office, f"/en{path}")


async def test_every_house_that_gets_the_request_is_named(office: Office) -> None:
    """What the page names and whom the request reaches are the same houses."""
    event = make_event(f"ruf-{uuid4().hex[:8]}", title="Zwei laden ein", version=1)
    expert = make_expert(f"ruf-{uuid4().hex[:8]}", name="Zwei Häuser", is_person=False, readers=("public",))
    await plant(office.service.graph, event, expert)
    for house in (zeitz, einbeck):
        await plant(office.service.graph, relate("HOSTS", house, event), relate("WORKS_AT", expert, house))
    for path in (f"/events/{event.id}/callback", f"/experts/{expert.id}/callback"):
        shown = await box(office, path)
        assert "Ihre Bitte bekommen alle diese Häuser:" in shown
        assert ">DigitalHub Zeitz</a>" in shown
        assert ">Einbeck</a>" in shown
        name = f"Bauamt {uuid4().hex}"
        answer = await (await office.person()).fill(path, name=name, phone="0123", text="Bitte")
        assert answer.status_code == 303
        for role, is_asked in (("zeitz", True), ("einbeck", True), ("wilster", False)):
            assert (name in await (await office.person(role)).opened("/my")) is is_asked


async def test_the_contact_of_an_entry_is_nobody_at_the_hub_that_stands_in(office: Office) -> None:
    form = await planted(office, owner=None, contact=CONTACT, contact_visibility=Visibility.PUBLIC)
    key = form.split("/")[2]
    await plant(office.service.graph, relate("REVIEWED_BY", NodeKey("Project", key), wilster))
    shown = await box(office, form)
    assert ">DigitalHub Wilster</a>" in shown
    assert "Bänke" not in shown
    assert "baenke@" not in shown


async def test_events_say_who_is_asked_and_nothing_else_has_a_form(office: Office) -> None:
    event = make_event(f"ruf-{uuid4().hex[:8]}", title="Treffen", version=1)
    await plant(office.service.graph, event, relate("HOSTS", einbeck, event))
    assert ">Einbeck</a>" in await box(office, f"/events/{event.id}/callback")
    nobody = await office.person()
    for path in (
        "/events/none/callback",
        "/needs/none/callback",
        f"/needs/{event.id}/callback",
        "/projects/x/callback",
    ):
        assert (await nobody.get(path)).status_code == 404


@pytest.mark.parametrize("role", [(), ("einbeck",)])
async def test_a_project_that_is_hidden_has_no_form(office: Office, role: tuple[str, ...]) -> None:
    form = await planted(office, visibility="PRIVATE", readers=("hub:zeitz",))
    assert (await (await office.person(*role)).get(form)).status_code == 404

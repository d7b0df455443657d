"""What somebody's houses have begun: however many entries there are, none that is unfinished is out of sight."""

import re
from uuid import uuid4

from graph.vocabulary import Stage
from tests.fixtures.builders import plant, relate
from tests.network.writing import gemeinde, wilster
from tests.pages.desks import Office
from tests.pages.test_registration_forms import BEGUN


async def test_drafts_are_found_behind_any_number_of_entries(office: Office) -> None:
    person, stranger = await office.person("wilster"), await office.person("einbeck")
    mark = uuid4().hex[:8]
    for n in range(31):
        await office.project(f"aaa-{mark}-{n}", owner=wilster, title=f"Aaa {mark} {n}")
    draft = {"readers": ("hub:wilster", "admin"), "stage": Stage.DRAFT}
    await office.project(f"zzz-{mark}", owner=wilster, title=f"Zzz {mark}", **draft)

    page = await person.opened("/my")

    assert f'href="/projects/zzz-{mark}/edit"' in page
    assert f'href="/projects/aaa-{mark}-0"' in page
    assert "alle 31 Projekte" in page
    assert f"zzz-{mark}" not in await stranger.opened("/my")


async def test_drafts_for_other_houses_are_found_and_every_page_leads_on(office: Office) -> None:
    person = await office.person("wilster")
    mark = uuid4().hex[:8]
    draft = {"readers": ("hub:wilster", "admin"), "stage": Stage.DRAFT}
    for n in range(35):
        kept = await office.project(f"kept-{mark}-{n}", owner=None, **draft)
        await plant(office.service.graph, relate("REVIEWED_BY", kept, wilster))
    path, seen = "/my", set[str]()

    while path:
        page = await person.opened(path)
        assert "wartet auf sein Haus" in page
        seen |= {*re.findall(rf'href="/projects/(kept-{mark}-\d+)/edit"', page)}
        path = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "")

    assert len(seen) == 35


async def test_an_amt_finds_the_drafts_of_its_municipalities(office: Office) -> None:
    person, stranger = await office.person("amt"), await office.person("stadt")
    title = f"Badestelle {uuid4().hex[:8]}"
    begun = BEGUN | {"title": title, "house": "Municipality:010615169134"}
    answer = await person.fill("/projects/new", **begun)
    edit = answer.headers["location"].partition("?")[0]

    page = await person.opened("/my")

    assert f'href="{edit}"' in page
    assert "Wewelsfleth" in page.split(edit)[1].split("</li>")[0]
    assert title not in await stranger.opened("/my")


async def test_an_amt_finds_what_its_municipalities_published(office: Office) -> None:
    amt, other = await office.person("amt"), await office.person("stadt")
    key = f"badestelle-{uuid4().hex[:8]}"
    await office.project(key, owner=gemeinde, slug=key, title="Badestelle")
    mine = (await amt.opened("/my")).split('id="house-1"')[1]
    assert "Wewelsfleth" in mine.split(f'href="/projects/{key}"')[1].split("</li>")[0]
    assert key not in (await other.opened("/my")).split('id="house-1"')[1]

"""A hub lead uploads a table, sees what would happen, and takes it over: in parts, once, and never over what others changed."""

import re
from typing import Any

import pytest_asyncio

from graph.tally import tallied
from graph.vocabulary import Stage
from network.pages.upload.reading import read_table
from network.pages.upload.template import csv_table
from search.indexer import Indexer
from tests.fixtures.builders import involves, make_project, plant, relate
from tests.fixtures.provider import SigningProvider
from tests.network.signing_in import Service
from tests.network.writing import einbeck, zeitz
from tests.pages.desks import OURS, Office, Person, hidden_of, office_of
from tests.pages.uploading import bank, card, form_of, previewed, slug_of, stored, taken, titles, unique, upload


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("zeitz")


async def test_a_table_is_looked_at_and_taken_over(office: Office, lead: Person) -> None:
    new, doubtful, wrong = unique("Bank"), unique("Laterne"), unique("Ampel")
    page = await previewed(
        lead,
        bank(new, topics="Mobilität", started="05.2024", oneOffCost="12.000", contact__email="hof@stadt.example"),
        bank(doubtful, topics="Mobilitaet; Unfug", status="fast fertig"),
        bank(wrong, contact__email="keine", started="31.02.2024"),
    )
    assert card(page, 2).startswith(f"Zeile 2: {new} neu DigitalHub Zeitz Zusammenfassung: Eine Bank mit Ladestation.")
    assert "Themen: Mobilität · Beginn: 05.2024 · Kosten einmalig: 12000" in card(page, 2)
    assert "zweifelhaft" in card(page, 3)
    assert "Themen: „Unfug“ kennt Hubnetz nicht. Erlaubt ist: Mobilität." in card(page, 3)
    assert "Stand: „fast fertig“ kennt Hubnetz hier nicht. Erlaubt ist: Idee, geplant, im Test" in card(page, 3)
    assert "E-Mail: „keine“ ist keine E-Mail-Adresse." in card(page, 4)
    assert "Beginn: „31.02.2024“ ist kein Datum" in card(page, 4)
    assert form_of(page)["row"] == ["2"]
    assert new not in await titles(office, lead)

    answer = await taken(lead, page, row=["2", "3", "4"])
    assert "<h1>2 Zeilen übernommen</h1>" in answer.text
    first = await stored(office, lead, slug_of(answer, new))
    assert (first["stage"], first["status"], first["started"], first["oneOffCost"]) == (
        "DRAFT",
        "PILOT",
        "2024-05",
        12_000,
    )
    assert first["contact"] == {"function": "Bauhof", "email": "hof@stadt.example", "phone": None}
    assert (first["topics"], first["owner"]["id"]) == ([{"slug": "mobilitaet"}], "Hub:zeitz")
    assert (await stored(office, lead, slug_of(answer, doubtful)))["status"] == "UNKNOWN"
    assert wrong not in await titles(office, lead)


async def test_a_column_that_the_table_lacks_is_said_once_and_not_in_each_row(lead: Person) -> None:
    whole = bank(unique("Bank"))
    without = {name: text for name, text in whole.items() if name not in ("summary", "contact.function")}
    page = await previewed(lead, without, without | {"title": unique("Laterne"), "started": "31.02.2024"})
    told = "2 Spalten fehlen in Ihrer Tabelle, oder sie sind ganz leer, und neue Einträge brauchen sie:"
    assert page.count(told) == 1
    assert "Zusammenfassung, Ansprechstelle</strong>" in page
    assert "falsch" in card(page, 2)
    assert "falsch" in card(page, 3)
    assert "braucht diese Angabe" not in page
    assert "ist kein Datum" in card(page, 3)
    assert form_of(page)["row"] == []

    page = await previewed(lead, whole, without | {"title": unique("Ampel")})
    assert told not in page
    assert "Ansprechstelle: fehlt, und ein neuer Eintrag braucht diese Angabe." in card(page, 3)


async def test_a_csv_file_says_the_same(lead: Person) -> None:
    rows = [bank(unique("Bänke"))]
    for content in (csv_table(rows), csv_table(rows).decode("utf-8-sig").encode("cp1252")):
        answer = await upload(lead, content, name="tabelle.csv")
        assert rows[0]["title"] in card(answer.text, 2)


async def test_entries_are_known_by_key_or_by_title_and_only_differences_are_told(office: Office, lead: Person) -> None:
    title = unique("Parkplatz")
    answer = await taken(lead, await previewed(lead, bank(title, contact__phone="03441 83-0")))
    slug = slug_of(answer, title)

    again = await previewed(lead, bank(title))
    assert "unverändert" in card(again, 2)
    assert form_of(again)["row"] == []
    page = await previewed(
        lead, {"slug": slug, "title": f"{title} neu", "contact.email": "neu@stadt.example", "status": "läuft"}
    )
    assert "geändert" in card(page, 2)
    assert (
        f"Titel Bisher: {title} Neu: {title} neu Stand Bisher: im Test Neu: läuft E-Mail Bisher: – Neu: neu@stadt.example"
        in card(page, 2)
    )
    assert "Zusammenfassung" not in card(page, 2)
    assert "1 Zeile übernommen" in (await taken(lead, page)).text
    found = await stored(office, lead, slug)
    assert (found["title"], found["status"], found["version"]) == (f"{title} neu", "RUNNING", 2)
    assert found["contact"] == {"function": "Bauhof", "email": "neu@stadt.example", "phone": "03441 83-0"}


async def test_a_house_is_asked_and_its_draft_is_known_again(office: Office, lead: Person) -> None:
    title = unique("Radweg")
    page = await previewed(lead, bank(title, house="Einbeck"), bank(title, house="31550013013"))
    assert "Einbeck" in card(page, 2)
    found = await stored(office, lead, slug_of(await taken(lead, page, row=["2"]), title))
    assert found["owner"] is None
    assert [(edge["node"]["id"], edge["askedAt"] is None) for edge in found["houses"]["edges"]] == [
        ("Municipality:031550013013", False)
    ]
    assert "unverändert" in card(await previewed(lead, bank(title, house="Einbeck")), 2)
    assert "unverändert" in card(await previewed(lead, bank(title, house="31550013013")), 2)


async def test_an_unknown_house_is_in_doubt_and_not_taken_over(office: Office, lead: Person) -> None:
    title = unique("Hafen")
    page = await previewed(lead, bank(title, house="Atlantis"))
    assert "zweifelhaft" in card(page, 2)
    assert "Haus: „Atlantis“ ist keinem Haus des Netzwerks zuzuordnen." in card(page, 2)
    assert "In diesen Zeilen ist nichts zu übernehmen." in page
    assert "checkbox" not in page


async def test_sent_twice_it_is_written_once(office: Office, lead: Person) -> None:
    title = unique("Zaun")
    page = await previewed(lead, bank(title))
    first, second = [await taken(lead, page) for _ in range(2)]
    assert slug_of(first, title) == slug_of(second, title)
    # Uploaded twice in two windows before either was taken over, too.
    other = unique("Tor")
    windows = [await previewed(lead, bank(other)) for _ in range(2)]
    one, two = [await taken(lead, window) for window in windows]
    assert slug_of(one, other) == slug_of(two, other)
    found = await titles(office, lead)
    assert (found.count(title), found.count(other)) == (1, 1)


async def test_what_somebody_changed_since_is_a_conflict_and_stays(office: Office, lead: Person) -> None:
    title, kept = unique("Brücke"), unique("Steg")
    slug = slug_of(await taken(lead, await previewed(lead, bank(title))), title)
    page = await previewed(lead, bank(title, status="läuft"), bank(kept))
    colleague = await office.person("colleague")
    await taken(colleague, await previewed(colleague, {"slug": slug, "summary": "Ganz anders."}))

    answer = await taken(lead, page)
    assert "Jemand hat den Eintrag inzwischen geändert." in answer.text
    assert "1 Zeile übernommen" in answer.text
    found = await stored(office, lead, slug)
    assert (found["status"], found["summary"]) == ("PILOT", "Ganz anders.")
    # Looked at again it is a change of what stands there now.
    again = await lead.submit("/upload/rows", hidden_of(answer.text, "/upload/rows"))
    assert "Stand Bisher: im Test Neu: läuft" in card(again.text, 2)
    assert "Zusammenfassung Bisher: Ganz anders. Neu: Eine Bank" in card(again.text, 2)
    assert "unverändert" in card(again.text, 3)
    assert (await taken(lead, again.text)).status_code == 200
    assert (await stored(office, lead, slug))["status"] == "RUNNING"


async def test_a_long_table_is_taken_over_in_parts(office: Office, lead: Person) -> None:
    word = unique("Reihe")
    page = await previewed(lead, *(bank(f"{word} {number:03}") for number in range(53)))
    assert "Projekte 1 bis 50 von 53 in Ihrer Tabelle." in page
    assert f"{word} 050" not in page
    ahead = await lead.submit("/upload/rows", hidden_of(page, "/upload/rows"))
    assert "Projekte 51 bis 53 von 53 in Ihrer Tabelle." in ahead.text
    assert "3 Zeilen übernommen" in (await taken(lead, ahead.text)).text
    done = await taken(lead, page, row=["2", "3"])
    assert "2 Zeilen übernommen" in done.text
    following = await lead.submit("/upload/rows", hidden_of(done.text, "/upload/rows"))
    assert "3 unverändert" in following.text
    assert sum(title.startswith(word) for title in await titles(office, lead)) == 5


async def test_nothing_ticked_writes_nothing_and_says_so(office: Office, lead: Person) -> None:
    title = unique("Leer")
    page = await previewed(lead, bank(title))
    for row in ([], ["99"], ["x"]):
        answer = await taken(lead, page, row=row)
        assert answer.status_code == 422
        assert "Kreuzen Sie mindestens eine Zeile an." in answer.text
        assert title in card(answer.text, 2)
    assert title not in await titles(office, lead)


async def test_a_session_that_ran_out_brings_the_rows_back(office: Office, lead: Person) -> None:
    title = unique("Abend")
    form = form_of(await previewed(lead, bank(title)))
    lead.cookies.clear()
    over = await lead.submit("/upload/take-over", form)
    assert over.status_code == 401
    sealed = re.findall(r'name="stash" value="([^"]+)"', over.text)[0]
    office.provider.subject, office.provider.roles = "zeitz", ["zeitz"]
    await lead.sign_in(office.provider)
    back = await lead.post("/continue", data={"stash": sealed}, headers=OURS)
    assert title in card(back.text, 2)
    assert title not in await titles(office, lead)
    assert "1 Zeile übernommen" in (await taken(lead, back.text)).text


async def test_opened_without_a_table_the_other_pages_lead_to_the_first(lead: Person) -> None:
    for path in ("/upload/rows", "/upload/take-over"):
        assert (await lead.get(path)).headers["location"] == "/upload"
    assert (await lead.get("/en/upload/rows")).headers["location"] == "/en/upload"


async def test_the_template_is_a_file_of_its_kind(lead: Person) -> None:
    for ending, start in (("csv", "\ufeffKennung;Titel".encode()), ("xlsx", b"PK\x03\x04")):
        answer = await lead.get(f"/upload/template.{ending}")
        assert answer.headers["content-disposition"] == f'attachment; filename="hubnetz-vorlage.{ending}"'
        assert answer.content.startswith(start)
        assert (await upload(lead, answer.content, name=f"a.{ending}")).status_code == 422


async def test_the_way_there_is_shown_to_those_who_may_go_it(office: Office, lead: Person) -> None:
    assert 'href="/upload"' in await lead.opened("/my")
    assert 'href="/upload"' not in await (await office.person("stadt")).opened("/my")
    assert "Upload a table" in await lead.opened("/en/upload")


async def test_too_often_stops_between_rows_and_goes_on_later(tmp_path: Any, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider, RATE_MUTATIONS="2") as office:
        lead = await office.person("zeitz")
        page = await previewed(lead, *(bank(f"Pfosten {number}") for number in range(4)))
        answer = await taken(lead, page)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "2 Zeilen übernommen" in answer.text
        assert "2 Zeilen sind noch nicht fertig." in answer.text
        assert len(await titles(office, lead)) == 2
        rest = hidden_of(answer.text, "/upload/take-over")
        assert rest["row"] == "5"


async def test_what_may_be_done_already_is_named(tmp_path: Any, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider) as office:
        taxi = make_project(
            "ruftaxi",
            title="Ruftaxi für alle Ortsteile",
            summary="Ein Taxi fährt auf Anruf durch alle Ortsteile und ersetzt den Bus am Abend.",
            version=1,
        )
        await plant(office.service.graph, taxi, relate("OWNS", einbeck, taxi))
        await indexed(office.service)
        lead = await office.person("zeitz")
        same = {"summary": "Ein Taxi fährt auf Anruf durch alle Ortsteile und ersetzt den Bus am Abend."}
        page = await previewed(
            lead,
            bank("Ruftaxi für alle Ortsteile") | same,
            bank("Ruftaxi für die Ortsteile", differentBecause="Es fährt auch nachts.") | same,
        )
        assert "zweifelhaft" in card(page, 2)
        assert "Vielleicht doppelte Arbeit. Es gibt schon: Ruftaxi für alle Ortsteile" in card(page, 2)
        assert 'href="/projects/ruftaxi"' in page
        assert "Sie haben den Unterschied genannt" in card(page, 3)
        assert form_of(page)["row"] == ["3"]
        assert "1 Zeile übernommen" in (await taken(lead, page, row=["2"])).text


async def test_an_entry_is_known_however_many_its_house_has(tmp_path: Any, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider) as office:
        asked = make_project("zaun", slug="zaun", title="Zäune am Weg", title_sort="zaune am weg", version=1)
        drafts = [make_project(f"a-{number}", title=f"A {number}", title_sort=f"a {number}") for number in range(101)]
        links = [involves(one, einbeck, asked_at=asked.created_at) for one in (*drafts, asked)]
        await plant(office.service.graph, *drafts, asked, *links, relate("REVIEWED_BY", asked, zeitz))
        page = await previewed(
            await office.person("zeitz"), bank("zäune  am Weg", house="Einbeck"), bank("Zaune am Weg", house="Einbeck")
        )
        assert "geändert" in card(page, 2)
        assert "neu" in card(page, 3)
        assert "Nicht alle sind verglichen" not in page


async def test_more_of_one_title_than_can_be_compared_are_told(tmp_path: Any, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider) as office:
        same = [make_project(f"a-{number}", title="Ladesäule", title_sort="ladesaule") for number in range(501)]
        await plant(office.service.graph, *same)
        page = await previewed(await office.person("zeitz"), bank("Ladesäule"))
        assert "neu" in card(page, 2)
        assert "Nicht alle sind verglichen" in page


async def test_how_often_the_database_is_asked_does_not_grow_with_what_it_holds(
    tmp_path: Any, provider: SigningProvider
) -> None:
    async with office_of(tmp_path, provider) as office:
        lead = await office.person("zeitz")
        await office.project("laube", slug="laube", title="Laube")
        rows = [bank("Neu"), bank("Laube"), {"slug": "laube", "title": "Lauben"}, bank("Anderswo", house="Einbeck")]
        await previewed(lead, *rows)
        calls = []
        for more in (0, 40):
            for number in range(more):
                await office.project(f"mehr-{number}", title=f"Mehr {number}")
            await indexed(office.service)
            with tallied() as asked:
                await previewed(lead, *rows)
            calls.append(asked.calls)
        assert calls[0] == calls[1] <= 60


async def test_what_is_archived_is_not_read_to_find_the_rest(tmp_path: Any, provider: SigningProvider) -> None:
    async with office_of(tmp_path, provider) as office:
        lead = await office.person("zeitz")
        await office.project("laube", slug="laube", title="Laube")
        await lead.get("/upload")
        calls = []
        for archived in (0, 101):
            old = [make_project(f"alt-{number}", title="Alt", stage=Stage.ARCHIVED) for number in range(archived)]
            await plant(office.service.graph, *old, *(relate("OWNS", zeitz, one) for one in old))
            with tallied() as asked:
                answer = await lead.get("/upload/template.csv?entries=1")
            calls.append(asked.calls)
            assert [row.cells["title"] for row in read_table(answer.content).rows] == ["Laube"]
        assert calls[0] == calls[1]


async def indexed(service: Service) -> None:
    assert service._opened is not None
    await Indexer(service.graph, service._opened.search, holder="tests").full_rebuild()


async def test_the_entries_of_ones_hub_come_as_a_table_that_changes_nothing(office: Office, lead: Person) -> None:
    title = unique("=Laube; +1")
    await taken(lead, await previewed(lead, bank(title, topics="Mobilität", contact__email="hof@stadt.example")))
    for ending in ("csv", "xlsx"):
        answer = await lead.get(f"/upload/template.{ending}?entries=1")
        assert answer.headers["content-disposition"] == f'attachment; filename="hubnetz-eintraege.{ending}"'
        rows = read_table(answer.content).rows
        (place,) = [at for at, row in enumerate(rows) if row.cells["title"] == title]
        assert rows[place].cells["topics"] == "Mobilität"
        assert not any(name.startswith("contact.") for row in rows for name in row.cells)
        first = await upload(lead, answer.content, name=f"a.{ending}")
        form = hidden_of(first.text, "/upload/rows" if place >= 50 else "/upload/take-over")
        page = await lead.submit("/upload/rows", form | {"from": str(place - place % 50)})
        assert "unverändert" in card(page.text, rows[place].number)
    other = await office.person("wilster")
    assert "Laube" not in (await other.get("/upload/template.csv?entries=1")).text

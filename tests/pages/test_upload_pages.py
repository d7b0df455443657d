"""A hub lead uploads a table, sees what would happen, and takes it over; nobody else can, and nothing happens twice or unseen."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from network.pages.upload_reading import read_table
from network.pages.upload_template import csv_table, workbook
from network.uploads import MAX_BYTES
from search.indexer import Indexer
from tests.fixtures.builders import make_project, plant, relate
from tests.fixtures.provider import SigningProvider
from tests.network.signing_in import Service
from tests.network.writing import einbeck
from tests.pages.desks import OURS, Office, Person, hidden_of, office_of

Row = Mapping[str, str]
PROJECT = """query ($slug: String) { project(slug: $slug) { title summary stage status version started oneOffCost
  topics { slug } contact { function email phone } owner { ... on House { id } } houses(first: 5) { edges { askedAt node { ... on House { id } } } } } }"""
OF_HUB = '{ projects(filter: { house: "Hub:zeitz" }, first: 100) { edges { node { slug title } } } }'


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("zeitz")


def bank(title: str, **more: str) -> dict[str, str]:
    """A row with everything that a new entry needs."""
    return {
        "title": title,
        "summary": "Eine Bank mit Ladestation.",
        "status": "im Test",
        "contact.function": "Bauhof",
        **{name.replace("__", "."): text for name, text in more.items()},
    }


def unique(word: str) -> str:
    return f"{word} {uuid4().hex[:8]}"


async def upload(person: Person, content: bytes, *, name: str = "tabelle.xlsx", **fields: str) -> httpx.Response:
    given = {"form_token": await person.form_token()} | fields
    return await person.post("/upload", data=given, files={"table": (name, content)}, headers=OURS)


async def previewed(person: Person, *rows: Row) -> str:
    answer = await upload(person, workbook([], rows))
    assert answer.status_code == 200, answer.text
    return answer.text


def card(page: str, number: int) -> str:
    """What the preview says of one row, as people read it."""
    found = re.findall(rf'<article class="card" id="row-{number}">(.*?)</article>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def form_of(page: str) -> dict[str, Any]:
    """The form that takes over, as it is sent when nothing is ticked or unticked."""
    ticked = re.findall(r'name="row" value="(\d+)" checked', page)
    return hidden_of(page, "/upload/take-over") | {"row": ticked}


async def taken(person: Person, page: str, **changed: Any) -> httpx.Response:
    return await person.submit("/upload/take-over", form_of(page) | changed)


def slug_of(answer: httpx.Response, title: str) -> str:
    found = re.findall(rf'<a href="/projects/([^"/]+)(?:/edit)?">{re.escape(title)}</a>', answer.text)
    assert found, answer.text
    return str(found[0])


async def stored(office: Office, person: Person, slug: str) -> Any:
    return (await office.ask(person, PROJECT, slug=slug))["project"]


async def titles(office: Office, person: Person) -> list[str]:
    return [edge["node"]["title"] for edge in (await office.ask(person, OF_HUB))["projects"]["edges"]]


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
    assert f"Titel {title} {title} neu Stand im Test läuft E-Mail – neu@stadt.example" in card(page, 2)
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
    assert "Stand im Test läuft" in card(again.text, 2)
    assert "Zusammenfassung Ganz anders. Eine Bank" in card(again.text, 2)
    assert "unverändert" in card(again.text, 3)
    assert (await taken(lead, again.text)).status_code == 200
    assert (await stored(office, lead, slug))["status"] == "RUNNING"


async def test_entries_of_others_are_not_changed(office: Office, lead: Person) -> None:
    key = f"fremd-{uuid4().hex[:8]}"
    await office.project(key, slug=key, title="Fremd", owner=einbeck)
    page = await previewed(lead, {"slug": key, "title": "Meins"})
    assert "Diesen Eintrag darf Ihr Konto nicht ändern." in card(page, 2)
    assert 'name="row"' not in page
    answer = await taken(lead, page, row=["2"])
    assert answer.status_code == 422
    assert (await stored(office, lead, key))["title"] == "Fremd"
    draft = f"entwurf-{uuid4().hex[:8]}"
    await office.project(
        draft, slug=draft, title="Geheim", owner=einbeck, stage="DRAFT", readers=("municipality:031550013013",)
    )
    hidden, absent = (
        card(await previewed(lead, {"slug": draft}), 2),
        card(await previewed(lead, {"slug": "gibt-es-nicht"}), 2),
    )
    assert hidden.replace(draft, "") == absent.replace("gibt-es-nicht", "")
    assert "Geheim" not in hidden


@pytest.mark.parametrize("role", ["stadt", "amt", "merseburg"])
async def test_who_is_at_no_hub_reads_whom_to_ask(office: Office, role: str) -> None:
    person = await office.person(role)
    for method, path in (("GET", "/upload"), ("GET", "/upload/template.xlsx"), ("GET", "/upload/rows")):
        answer = await person.request(method, path)
        assert answer.status_code == 403
        assert "Tabellen lädt Ihr Hub hoch" in answer.text
    assert ("DigitalHub Zeitz" in (await person.get("/upload")).text) == (role == "stadt")
    assert (await upload(person, workbook([], [bank("Nie")]))).status_code == 403
    token = {"form_token": await person.form_token(), "table": "x", "plans": "x", "row": "2"}
    for path in ("/upload/rows", "/upload/take-over"):
        assert (await person.submit(path, token)).status_code == 403


@pytest.mark.parametrize("role", ["colleague", "admin"])
async def test_who_may_register_for_houses_may_upload(office: Office, role: str) -> None:
    person = await office.person(role)
    assert "Tabelle hochladen" in await person.opened("/upload")
    page = await previewed(person, bank(unique("Turm")))
    # A reader without a hub says whose it is.
    assert ("Schreiben Sie dazu, welchem Haus" in page) == (role == "admin")


async def test_nobody_is_led_to_sign_in(office: Office) -> None:
    nobody = await office.person()
    answer = await nobody.get("/upload")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=%2Fupload")
    sent = await nobody.post("/upload", files={"table": ("a.csv", b"Titel\nA\n")}, headers=OURS)
    assert sent.status_code == 401


async def test_another_person_cannot_take_over_what_somebody_uploaded(office: Office, lead: Person) -> None:
    title = unique("Mauer")
    form = form_of(await previewed(lead, bank(title)))
    other = await office.person("colleague")
    stolen = form | {"form_token": await other.form_token()}
    for path in ("/upload/take-over", "/upload/rows"):
        answer = await other.submit(path, stolen)
        assert answer.status_code == 409
        assert "jemand anders hat sie hochgeladen" in answer.text
    for changed in (
        {"table": form["plans"]},
        {"plans": form["table"]},
        {"plans": form["plans"][:-4] + "AAAA"},
        {"plans": ""},
    ):
        assert (await lead.submit("/upload/take-over", form | changed)).status_code == 409
    assert title not in await titles(office, lead)


async def test_a_form_of_another_page_is_refused(office: Office, lead: Person) -> None:
    files = {"table": ("a.xlsx", workbook([], [bank(unique("Falle"))]))}
    token = {"form_token": await lead.form_token()}
    for headers in (
        {"origin": "https://boese.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://boese.example"},
        {"sec-fetch-site": "same-site"},
        {},
    ):
        assert (await lead.post("/upload", data=token, files=files, headers=headers)).status_code == 403, headers
    for data in ({}, {"form_token": "x" * 43}, {"form_token": [token["form_token"]] * 2}):
        assert (await lead.post("/upload", data=data, files=files, headers=OURS)).status_code == 403, data
    # Nowhere else is such a form taken.
    for path in ("/upload/rows", "/upload/take-over", "/projects/new", "/graphql", "/my/settings"):
        assert (await lead.post(path, data=token, files=files, headers=OURS)).status_code == 403, path


async def test_what_is_too_large_is_refused_before_it_is_read(lead: Person) -> None:
    answer = await upload(lead, b"x" * MAX_BYTES, name="gross.xlsx")
    assert answer.status_code == 413
    assert "Teilen Sie die Tabelle auf" in answer.text
    announced = {"content-length": str(MAX_BYTES + 1), "content-type": "multipart/form-data; boundary=x", **OURS}
    assert (await lead.post("/upload", content=b"", headers=announced)).status_code == 413
    # Other addresses take no more than before.
    assert (await lead.submit("/projects/new", {"title": "x" * 300_000})).status_code == 413


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "leer.xlsx", "Wählen Sie zuerst eine Datei aus."),
        (b"\x89PNG\r\n\x1a\n\0", "bild.xlsx", "keine Tabelle"),
        (b"PK\x03\x04" + b"\0" * 200, "kaputt.xlsx", "lässt sich nicht lesen"),
        (b"Name;Ort\nBank;Zeitz\n", "tabelle.xlsx", "Überschriften der Vorlage"),
        (b'Titel\n"<script>alert(1)</script>\n', "boese.csv", "Anführungszeichen"),
    ],
)
async def test_a_file_that_is_none_says_what_to_do(lead: Person, content: bytes, name: str, told: str) -> None:
    answer = await upload(lead, content, name=name)
    assert answer.status_code == 422
    assert told in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"y" * 9_000 + b"\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (
            b"".join(b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" for _ in range(50)) + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (
            b"--x\r\nContent-Disposition: form-data; name=t; filename=a\r\n\r\n1\r\n" * 3 + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"\xff\xfe\0", "multipart/form-data; boundary=\xc3\xa4"),
    ],
)
async def test_a_form_that_is_broken_is_refused(lead: Person, body: bytes, kind: str) -> None:
    answer = await lead.post("/upload", content=body, headers={"content-type": kind.encode("latin-1"), **OURS})  # type: ignore[dict-item] # bytes will do
    assert answer.status_code in (400, 403)


async def test_hostile_cells_are_text(office: Office, lead: Person) -> None:
    title = unique("<script>alert(1)</script> {{ 7*7 }} %(word)s %s")
    page = await previewed(
        lead,
        bank(title, topics="<img src=x onerror=alert(1)>%(known)s", house='"><b>'),
        bank(title + "2", websiteUrl="javascript:alert(1)", summary="a\u202eb"),
    )
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} %(word)s %s" in page
    assert "„javascript:alert(1)“ ist keine Adresse" in card(page, 3)
    assert "Zeichen, die man nicht sieht" in card(page, 3)


async def test_a_formula_is_not_taken_over(lead: Person) -> None:
    answer = await upload(lead, b"Titel;Zusammenfassung;Stand;Ansprechstelle\nBank;=1+1;Idee;Hof\n", name="a.csv")
    assert "falsch" in card(answer.text, 2)
    assert "Zusammenfassung: Hier steht eine Formel" in card(answer.text, 2)


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
            before = office.service.graph.calls  # type: ignore[attr-defined] # of the embedded store
            await previewed(lead, *rows)
            calls.append(office.service.graph.calls - before)  # type: ignore[attr-defined] # as above
        assert calls[0] == calls[1] <= 60


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

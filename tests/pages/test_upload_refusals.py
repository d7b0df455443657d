"""Who may not upload, what is no table, and what somebody else uploaded: refused, with a word on what to do."""

import random
from uuid import uuid4

import pytest
import pytest_asyncio

from auth.principal import Principal
from auth.sealing import Sealer
from network.edge.uploads import MAX_BYTES
from network.pages.frame.table_desk import TableDesk
from network.pages.upload.parcel import ParcelError, Parcels, ParcelTooLargeError
from network.pages.upload.reading import Row, Table
from network.pages.upload.template import workbook
from tests.network.signing_in import KEY
from tests.network.writing import einbeck
from tests.pages.desks import OURS, Office, Person
from tests.pages.uploading import bank, card, form_of, previewed, stored, taken, titles, unique, upload


@pytest_asyncio.fixture
async def lead(office: Office) -> Person:
    return await office.person("zeitz")


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


async def test_who_comes_when_too_many_tables_wait_is_told_to_come_again(office: Office) -> None:
    full = Office(office.service, office.provider, office.service.app(tables=TableDesk(places=0)))
    answer = await upload(await full.person("zeitz"), b"Titel\nBank\n", name="tabelle.csv")
    assert answer.status_code == 503
    assert "Versuchen Sie es gleich noch einmal." in answer.text
    assert int(answer.headers["retry-after"]) > 0


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
    sent = {b"content-type": kind.encode("latin-1")} | {name.encode(): value.encode() for name, value in OURS.items()}
    answer = await lead.post("/upload", content=body, headers=sent)
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


def test_what_travels_with_the_form_is_for_one_person_and_half_a_day() -> None:
    sealer, who, other = Sealer([KEY]), Principal("https://a.example", "1"), Principal("https://a.example", "2")
    table = Table((Row(2, {"title": "Bänke"}, ("title",)),), ("Farbe",))
    sealed = Parcels(sealer, who, now_s=0).of_table(table)
    assert Parcels(sealer, who, now_s=43_000).table(sealed) == table
    for stranger in (
        Parcels(sealer, who, now_s=44_000),
        Parcels(sealer, other, now_s=0),
        Parcels(Sealer(["x" * 43]), who),
    ):
        with pytest.raises(ParcelError):
            stranger.table(sealed)
    with pytest.raises(ParcelError):
        Parcels(sealer, who, now_s=0).plans(sealed)
    noise = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=1_000_000)))
    with pytest.raises(ParcelTooLargeError):
        Parcels(sealer, who).of_table(Table((Row(2, {"writeup": noise}),)))

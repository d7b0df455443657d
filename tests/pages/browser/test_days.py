"""The days of the people that Hubnetz is made for, from their first page to their last, by what they see and read."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect

from network.development import keys
from network.development.issuer import PATH
from tests.fixtures.process import START_S, Server, free_port, hubnetz
from tests.fixtures.smtp import Post, text_of
from tests.pages.browser.visiting import Visitor, visiting

PARKING: Final = "Beispiel: Freie Parkplätze in der Innenstadt"
TITLE: Final = "Quittenkataster der Saaleauen"
TOWN: Final = "Zeitz, Stadt"
CLERK: Final = "rathaus@zeitz.example"
PATIENCE_S: Final = 60
"""For what happens beside the requests: telling, mail, indexing."""


@pytest.fixture(scope="module")
def exemplified_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `make run` fills it, to copy."""
    folder = tmp_path_factory.mktemp("exemplified") / "var"
    folder.mkdir()
    done = hubnetz(folder, "seed", "--examples", DATA_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    """The post office that mail leaves through, in a thread of its own."""
    office = Post(port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture(scope="module")
def server(exemplified_folder: Path, post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("days") / "var"
    shutil.copytree(exemplified_folder, folder)
    served = Server(folder, LOG_LEVEL="error", SMTP_URL=f"smtp://127.0.0.1:{post.port}")
    yield served
    served.stop()


@pytest.fixture
def arrive(chromium: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Lets somebody in, each with a browser of their own, signed in as a sample account."""
    with ExitStack() as present:

        def somebody(account: str | None = None) -> Visitor:
            visitor = present.enter_context(visiting(chromium, server.url))
            if account is not None:
                visitor.sign_in(account)
            return visitor

        yield somebody


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Says how long the machine took; nobody is held to it."""
    begun = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - begun:.1f} s")


def until(found: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < give_up, found


def search(page: Page, words: str) -> None:
    page.get_by_role("link", name="Hubnetz", exact=True).click()
    page.get_by_role("combobox", name="Wonach suchen Sie?").fill(words)
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Projekte suchen")


def follow_task(page: Page, about: str, house: str) -> None:
    """From one's own page to what waits there."""
    page.get_by_role("link", name="Mein Bereich").first.click()
    waiting = page.get_by_role("region", name="Was auf Sie wartet").get_by_role("listitem")
    waiting.filter(has_text=about).filter(has_text=house).get_by_role("link").click()


def post_need(page: Page, title: str, for_whom: str) -> None:
    page.get_by_role("link", name="Mein Bereich").first.click()
    page.get_by_role("link", name="Gesuch oder Angebot einstellen").click()
    page.get_by_label("Worum geht es?").fill(title)
    page.get_by_label("Was genau?").fill("Mit Karte und ohne, für zwei Plätze.")
    page.get_by_label("Wer es sieht").select_option(label=for_whom)
    page.get_by_role("button", name="Einstellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_hub_lead_finds_what_another_has_done_and_records_its_reuse(arrive: Callable[..., Visitor]) -> None:
    lead = arrive("hub_lead:wilster")
    page = lead.page
    with timed("found, and whom to call"):
        search(page, "Inenstadtparkplätze")
        card = page.get_by_role("article").filter(has_text=PARKING)
        expect(card).to_contain_text("1 Haus nutzt es nach")
        card.get_by_role("link", name=PARKING).click()
        expect(page.get_by_role("region", name="Wer es nachnutzt")).to_contain_text("Vom Betreiber bestätigt")
        call = page.get_by_role("region", name="Wen Sie anrufen")
        expect(call.get_by_role("link", name="+49 30 23125 000")).to_have_attribute("href", "tel:+493023125000")
        expect(page.get_by_role("heading", name="Was schiefging")).to_be_visible()
    with timed("a paper for the council"):
        page.get_by_role("link", name="Ratsvorlage entwerfen").click()
        with page.expect_download() as paper:
            page.get_by_role("link", name="Als Word-Datei (DOCX)").click()
        assert paper.value.suggested_filename.endswith(".docx")
        page.get_by_role("link", name="Zurück zum Steckbrief").click()
    with timed("reuse recorded"):
        page.get_by_role("link", name="Wir nutzen das nach").click()
        page.get_by_label("Wie weit sind Sie?").select_option(label="im Einsatz")
        page.get_by_label("Seit wann?").fill("05.2026")
        page.get_by_label("Was haben Sie angepasst?").fill("Die Karte zeigt auch Behindertenparkplätze.")
        page.get_by_role("button", name="Eintragen").click()
        expect(page.get_by_role("status").first).to_contain_text("wird gebeten, es zu bestätigen")
    expect(page.get_by_role("region", name="Wer es nachnutzt")).to_contain_text("DigitalHub Wilster")

    owner = arrive("municipality:local:musterstadt").page
    follow_task(owner, f"Nachnutzung bestätigen: {PARKING}", "DigitalHub Wilster")
    owner.get_by_role("button", name="Ja, das stimmt").click()
    expect(owner.get_by_role("status").first).to_contain_text("Bestätigt")

    anybody = arrive()
    anybody.open(page.url.partition("?")[0])
    expect(anybody.page.get_by_role("link", name="2 Häuser nutzen es nach")).to_be_visible()
    reuse = anybody.page.get_by_role("region", name="Wer es nachnutzt")
    expect(reuse).to_contain_text("DigitalHub Wilster")
    # What went wrong stays inside the network.
    assert anybody.page.get_by_role("heading", name="Was schiefging").count() == 0


def test_a_hub_lead_reviews_what_waits_and_invites_to_an_event(arrive: Callable[..., Visitor]) -> None:
    page = arrive("hub_lead:wilster").page
    anybody = arrive()
    with timed("reviewed"):
        page.get_by_role("link", name="Mein Bereich").first.click()
        page.get_by_role("link", name="Prüfen", exact=True).click()
        page.get_by_role("link", name=re.compile("^Veröffentlichen")).first.click()
        title = page.locator(".kind a").first.inner_text()
        page.get_by_role("link", name=title).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        anybody.open(page.url)
        assert anybody.page.get_by_role("heading", name=title).count() == 0
        page.go_back()
        page.get_by_role("button", name="Veröffentlichen").click()
        expect(page.get_by_role("status").first).to_contain_text("Veröffentlicht")
    anybody.open(page.url.partition("?")[0])
    expect(anybody.page.get_by_role("heading", level=1)).to_have_text(title)
    with timed("an event entered"):
        page.get_by_role("link", name="Veranstaltungen").first.click()
        page.get_by_role("link", name="Veranstaltung eintragen").click()
        page.get_by_label("Titel").fill("Sensoren zum Anfassen")
        page.get_by_label(re.compile(r"^Tag\b")).fill("04.05.2050")
        page.get_by_label(re.compile(r"^Ort\b")).fill("Wilster, Markt 1")
        page.get_by_role("button", name="Eintragen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sensoren zum Anfassen")
    anybody.open("/events")
    anybody.page.get_by_role("link", name="Sensoren zum Anfassen").first.click()
    expect(anybody.page.get_by_role("main")).to_contain_text("DigitalHub Wilster")
    calendar = httpx.get(f"{anybody.url}/events.ics", timeout=START_S).text
    assert "SUMMARY:Sensoren zum Anfassen" in calendar


def test_an_amt_gives_excel_an_address_of_its_own_that_shows_the_list_as_it_is_then(
    arrive: Callable[..., Visitor],
) -> None:
    page = arrive("municipality:010515169").page
    with timed("an address for Excel"):
        page.get_by_role("link", name="Gesuche und Angebote").first.click()
        page.get_by_role("link", name="Eigene Adresse für Excel").click()
        page.get_by_role("button", name="Anlegen").click()
        address = page.locator("#address").input_value()

    def table() -> str:
        answer = httpx.get(address, timeout=START_S, trust_env=False)
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return answer.content.decode("utf-8-sig")

    title = "Bauhof teilt seinen Hubsteiger"
    assert title not in table()
    post_need(page, title, "nur im Netzwerk")
    # Nobody is signed in there: the address is who asks.
    assert title in table()
    assert title not in httpx.get(f"{page.url.partition('/needs')[0]}/needs.csv", timeout=START_S).text
    page.goto("/my/feeds")
    page.get_by_role("link", name=re.compile("^Widerrufen")).first.click()
    page.get_by_role("button", name="Widerrufen").click()
    assert httpx.get(address, timeout=START_S, trust_env=False).status_code == 410


def test_an_amt_asks_from_its_own_tools_with_a_token_of_its_own_issuer(
    arrive: Callable[..., Visitor], server: Server
) -> None:
    clerk = arrive("municipality:010515169")
    page = clerk.page
    with timed("first query"):
        page.get_by_role("contentinfo").get_by_role("link", name="Für Entwickler").click()
        endpoint = page.get_by_role("region", name="Adresse und Schema").locator("dd code").inner_text()
        page.get_by_role("button", name="Abfrage ausführen").click()
        answer = json.loads(page.locator("body").inner_text())
        assert any(edge["node"]["slug"] == "zeitz" for edge in answer["data"]["hubs"]["edges"])
        page.go_back()
    expect(page.get_by_role("region", name="Woher ein Zugangstoken kommt")).to_contain_text("client credentials")
    token = _token_of_a_machine(server)
    query = {"query": "{ viewer { memberships tasks { kind } } }"}
    held = httpx.post(endpoint, json=query, headers={"authorization": f"Bearer {token}"}, timeout=START_S).json()
    assert held["data"]["viewer"]["memberships"] == ["municipality:010515169"]
    assert httpx.post(endpoint, json=query, timeout=START_S).json()["data"]["viewer"] is None

    with timed("a need posted"):
        post_need(page, "Ladesäule mit Abrechnung gesucht", "nur im Netzwerk")
    needs = {"query": "{ needs(first: 50) { edges { node { title } } } }"}
    found = httpx.post(endpoint, json=needs, headers={"authorization": f"Bearer {token}"}, timeout=START_S).json()
    assert "Ladesäule mit Abrechnung gesucht" in {edge["node"]["title"] for edge in found["data"]["needs"]["edges"]}

    with timed("a table for Excel"):
        search(page, "parken")
        with page.expect_download() as table:
            page.get_by_role("link", name=re.compile("Als Tabelle")).first.click()
        content = Path(table.value.path()).read_bytes()
        # Excel knows by its first three bytes that a table is UTF-8.
        assert content.startswith(b"\xef\xbb\xbf")
        assert PARKING in content.decode("utf-8-sig")


def _token_of_a_machine(server: Server) -> str:
    """As a program of the Amt gets one at the Amt's issuer: by its own secret."""
    issuer = f"{server.url}{PATH}"
    where = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=START_S).json()["token_endpoint"]
    given = {"grant_type": "client_credentials", "scope": "hubnetz"}
    secret = keys.keys(server.data_dir).client_secret
    answer = httpx.post(where, data=given, auth=("machine-eider", secret), timeout=START_S)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_a_university_registers_and_its_partner_confirms_by_a_link(
    arrive: Callable[..., Visitor], post: Post, server: Server
) -> None:
    lead = arrive("hub_lead:zeitz").page
    _reachable(lead)
    professor = arrive("university:05gqaka33").page
    with timed("registered"):
        _registered(professor)
    _confirmed_by_mail(arrive(), post, server)
    follow = professor.get_by_role("link", name="Mein Bereich").first
    follow.click()
    professor.get_by_role("link", name=re.compile("Mitteilungen")).first.click()
    expect(professor.get_by_role("main")).to_contain_text(TITLE)

    # No hub serves the university: the administration of the network reviews what it registers.
    reviewer = arrive("network_admin").page
    with timed("reviewed"):
        reviewer.get_by_role("link", name="Mein Bereich").first.click()
        reviewer.get_by_role("link", name="Prüfen", exact=True).click()
        reviewer.get_by_role("link", name=re.compile(f"Veröffentlichen.*{TITLE}")).click()
        reviewer.get_by_role("button", name="Veröffentlichen").click()
        expect(reviewer.get_by_role("heading", level=1)).to_have_text(TITLE)
    anybody = arrive().page

    def is_found() -> bool:
        anybody.goto("/search?q=Quitenkataster")
        return anybody.get_by_role("link", name=TITLE).count() > 0

    until(is_found)
    anybody.get_by_role("link", name=TITLE).first.click()
    expect(anybody.get_by_role("region", name="Wer es betreibt")).to_contain_text(TOWN)


def _reachable(lead: Page) -> None:
    """The hub knows whom to write to at the town."""
    lead.get_by_role("link", name="Mein Bereich").first.click()
    lead.get_by_role("link", name="Mitglieder und Kontakt").click()
    lead.get_by_role("link", name=TOWN).click()
    lead.get_by_role("link", name="Kontakt ändern").click()
    lead.get_by_label("Stelle oder Funktion").fill("Bürgermeisteramt")
    lead.get_by_label("E-Mail").fill(CLERK)
    lead.get_by_label("Wer es sieht").select_option(label="nur im Netzwerk")
    lead.get_by_role("button", name="Speichern").click()
    expect(lead.get_by_role("main")).to_contain_text(CLERK)


def _registered(page: Page) -> None:
    """Five things, whom it is done with, and handed in."""
    page.get_by_role("link", name="Mein Bereich").first.click()
    page.get_by_role("link", name="Projekt eintragen").click()
    page.get_by_label("Titel").fill(TITLE)
    page.get_by_label("Worum geht es, in drei Sätzen?").fill(
        "Quitten finden und ernten. Jeder Baum steht in einer Karte. Die Schulen pflegen sie."
    )
    page.get_by_label("Stand").select_option(label="im Test")
    page.get_by_label("Wen man anruft").fill("Transferstelle")
    page.get_by_label("E-Mail").fill("transfer@hochschule.example")
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("status").first).to_contain_text("Entwurf ist gespeichert")
    page.get_by_role("link", name="Wer macht mit?").click()
    _named_partner(page)
    page.get_by_role("link", name="Prüfen und einreichen").click()
    page.get_by_label("Wer den Eintrag sieht").select_option(label="öffentlich")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("link", name="Zur Prüfung einreichen").click()
    page.get_by_role("button", name="Einreichen").click()
    expect(page.get_by_role("status").first).to_contain_text("Eingereicht")


def _named_partner(page: Page) -> None:
    """Found by the beginning of its name, as one types."""
    page.get_by_role("link", name="Ein Haus nennen").click()
    page.get_by_label("Name oder sein Anfang").press_sequentially("Zeitz")
    page.get_by_role("radio", name=TOWN).check()
    page.get_by_label("Als was?").fill("Standort")
    page.get_by_role("button", name="Nennen und anfragen").click()
    expect(page.get_by_role("main")).to_contain_text(f"{TOWN}")
    expect(page.get_by_role("main")).to_contain_text("angefragt am")


def _confirmed_by_mail(clerk: Visitor, post: Post, server: Server) -> None:
    """The town's clerk gets an e-mail and says yes, without an account; the link counts once."""

    def letters() -> list[str]:
        taken = zip(list(post.envelopes), list(post.taken), strict=False)
        return [text_of(message) for (_, to), message in taken if CLERK in to and TITLE in text_of(message)]

    until(lambda: bool(letters()))
    (link,) = re.findall(rf"{re.escape(server.url)}/link/[A-Za-z0-9_-]+", letters()[0])
    with timed("confirmed from the e-mail"):
        clerk.page.goto(link)
        clerk.page.get_by_role("button", name="Ja, wir sind dabei").click()
        expect(clerk.page.get_by_role("main")).to_contain_text("Vielen Dank")
    clerk.page.goto(link)
    assert clerk.page.get_by_role("button", name="Ja, wir sind dabei").count() == 0


def test_an_operator_tries_backs_up_and_comes_back(chromium: Browser, exemplified_folder: Path, tmp_path: Path) -> None:
    """Comes back as of the same version; what a newer one does to older data, `test_graph_migrations` holds."""
    folder = tmp_path / "var"
    shutil.copytree(exemplified_folder, folder)
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "imprint.de.md").write_text("# Impressum\n\nStadt Zeitz, Altmarkt 1", encoding="utf-8")
    seeded = hubnetz(folder, "seed")
    assert "0 new" in seeded.stdout, seeded.stdout
    with timed("started"):
        first = Server(folder, LOG_LEVEL="error", LEGAL_DIR=str(texts))
    try:
        assert json.loads(httpx.get(f"{first.url}/readyz").text)["status"] == "ready"
        assert "hubnetz_" in httpx.get(f"{first.url}/metrics").text
        with visiting(chromium, first.url) as operator:
            operator.sign_in("network_admin")
            page = operator.page
            page.get_by_role("link", name="Impressum").click()
            expect(page.get_by_role("main")).to_contain_text("Stadt Zeitz, Altmarkt 1")
            page.get_by_role("link", name="Datenschutz").click()
            expect(page.get_by_role("main")).to_contain_text("Vorlage")
        with visiting(chromium, first.url) as lead:
            lead.sign_in("hub_lead:zeitz")
            post_need(lead.page, "Sicherung probiert", "öffentlich")
        said = hubnetz(folder, "doctor", PORT=str(first.port))
        assert said.returncode == 0, said.stdout + said.stderr
    finally:
        first.stop()
    backup = tmp_path / "backup"
    shutil.copytree(folder, backup)
    second = Server(backup, LOG_LEVEL="error")
    try:
        with visiting(chromium, second.url) as anybody:
            anybody.open("/needs")
            expect(anybody.page.get_by_role("main")).to_contain_text("Sicherung probiert")
    finally:
        second.stop()

"""With the examples each panel of the pages has something to show to the sample account that it is for."""

import re
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from network.configuration.settings import load
from network.development.accounts import WITHOUT, accounts
from network.development.examples import cast
from network.development.issuer import COMMAND_LINE, DevelopmentIssuer
from tests.fixtures.process import START_S, Server, hubnetz
from tests.pages.browser.addresses import SAMPLES, First

PARKING: Final = "/projects/beispiel-freie-parkplaetze-in-der-innenstadt"
ORPHAN: Final = "/projects/beispiel-maengelmelder"
HUB: Final = "/hubs/musterstadt"
NOBODY: Final = ""
AT: Final = {"PUBLIC_URL": "http://127.0.0.1:8000"}
"""The address that the sample accounts are known by; where the server listens is another matter."""
PANELS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    # Everybody
    (NOBODY, "/search?q=Beispiel+Parkplatz", ("Beispiel: Freie Parkplätze in der Innenstadt",)),
    (NOBODY, "/search?q=LoRaWAN&sort=REUSE", ("Beispiel: Messkoffer zum Ausleihen",)),
    (NOBODY, PARKING, ("1 Haus nutzt es nach", "Begleitforschung (Beispiel)", "Genannt, aber noch nicht bestätigt")),
    (NOBODY, PARKING, ("45 Arbeitstage", "25.000 bis 100.000 €", "Rechtsgrundlage", "Voraussetzungen", "EUPL-1.2")),
    (NOBODY, PARKING, ("Beispiel: Leistungsbeschreibung der Sensoren", "https://example.org/parken/leistung.pdf")),
    (NOBODY, PARKING, ("Darauf bauen", "Darauf wiederum", "Beispiel: Freie Ladesäulen auf der Karte")),
    (NOBODY, PARKING, ("Beispiel: Bisher drei Jahre.", "Beantwortet die Frage", "Noch keine Antwort")),
    (NOBODY, PARKING, ("Beispiel: Smarte Orte Musterland", "Beispiel: Bewohnerparkausweis beantragen")),
    (NOBODY, PARKING, ("Beispiel: Leitung Bauhof", "Ähnliche Projekte", "Wen Sie anrufen", "Beispiel, kein Fakt")),
    (NOBODY, PARKING, ("Wer es nicht mehr nutzt", "Nutzung bestätigt am", "Warum beendet:")),
    (NOBODY, f"{PARKING}/print", ("Wer es nicht mehr nutzt", "Beispiel: Der Kundenparkplatz wurde verkauft")),
    (NOBODY, f"{PARKING}/print", ("Beispiel: Freie Parkplätze in der Innenstadt",)),
    (NOBODY, ORPHAN, ("Das ist unser Projekt", "Beispiel, kein Fakt")),
    (NOBODY, HUB, ("Welche Leistungen hier noch nicht online sind", "Beispiel: Baumfällung anzeigen", "2 von 3")),
    (NOBODY, HUB, ("Räume", "Sprechzeiten", "Beispiel: Musterhausen", "Beispiel: Hochschule Musterstadt")),
    (NOBODY, HUB, ("Beispiel: Werkstatt Sensorik", "Beispiel: Ein LoRaWAN-Gateway zum Ausleihen", "Fachleute")),
    (NOBODY, "/municipalities/local:musterdorf", ("Kommunen wie diese", "Leistungen, die online sind")),
    (NOBODY, "/municipalities/local:musterdorf", ("Nutzt von anderen nach", "Beteiligt an", "Sucht und bietet")),
    (NOBODY, "/universities/local:hochschule-musterstadt", ("Beispiel: Fachperson für Sensorik", "Partner")),
    (NOBODY, "/organisations/stadtwerke-musterstadt", ("Beispiel: Freie Ladesäulen auf der Karte",)),
    (
        NOBODY,
        "/organisations/stadtwerke-musterstadt",
        ("Nutzt nicht mehr", "Beispiel: Freie Parkplätze in der Innenstadt"),
    ),
    (NOBODY, "/services/99999000000001", ("Beispiel: Musterstadt", "Beispiel: Freie Parkplätze", "Gesuch")),
    (NOBODY, "/funding/beispiel-smarte-orte-musterland", ("Land Musterland (erfunden)",)),
    (NOBODY, "/topics/lorawan", ("Beispiel: Welche Gateways vertragen Frost?", "Beispiel: Werkstatt Sensorik")),
    (NOBODY, "/experts", ("Beispiel: Fachperson für Sensorik", "Beispiel: Beratung zu Fördermitteln")),
    (NOBODY, "/events", ("Beispiel: Werkstatt Sensorik", "Beispiel: Sprechstunde im Netz")),
    (NOBODY, "/events?past=1", ("Beispiel: Rundgang durch die Parkplätze",)),
    (NOBODY, "/needs", ("Beispiel: Sensoren für den Dorfparkplatz", "Beispiel: Platz auf dem Funkmast")),
    (NOBODY, "/hubs", ("Beispiel: DigitalHub Musterstadt",)),
    (NOBODY, f"{PARKING}/council-paper", ("Beispiel: Freie Parkplätze in der Innenstadt",)),
    # Members
    ("hub_member:rostock", PARKING, ("68.000", "Was gelernt wurde", "Was schiefging")),
    ("hub_member:rostock", PARKING, ("Beispiel: Der Empfang in der Tiefgarage reichte nicht.",)),
    ("hub_member:rostock", "/my", ("Was Sie verfolgen", "Beispiel: Freie Parkplätze in der Innenstadt")),
    ("hub_member:rostock", "/my/inbox", ("ungelesen", "Neue Frage")),
    ("hub_lead:zeitz", "/review", ("Beispiel: Bürgerterminal, zur Prüfung beim DigitalHub Zeitz", "Veröffentlichen")),
    ("reviewer:wilster", "/review", ("Beispiel: Bürgerterminal, zur Prüfung beim DigitalHub Wilster",)),
    ("hub_lead:zeitz", "/my/searches", ("Beispiel: Sensoren",)),
    ("municipality:150840590590", "/my", ("Noch nicht veröffentlicht", "Beispiel: Ein angefangener Eintrag")),
    ("university:05gqaka33", "/my", ("Beispiel: Ein angefangener Eintrag",)),
    ("organisation:dataport", "/my", ("Beispiel: Ein angefangener Eintrag",)),
    ("network_admin", "/review", ("Beispiel: Verbrauch am Hausanschluss",)),
    # The made-up network
    (cast.LEAD, "/review", ("Beispiel: Zählstellen für Radwege", "Über die Übernahme eines Eintrags entscheiden")),
    (cast.LEAD, "/my", ("Messkoffer zum Ausleihen", "Beispiel: Ein LoRaWAN-Gateway", "interessiert")),
    (cast.LEAD, "/my/members?house=Municipality:local:musterdorf", ("beispiel-none@example.org",)),
    (cast.LEAD, HUB, ("Wer hier mitarbeitet",)),
    (cast.OF_TOWN, "/my", ("Sagen, ob Ihr Haus mitmacht: Beispiel: Zählstellen für Radwege", "Zurückrufen")),
    (cast.OF_TOWN, "/my", ("Nachnutzung bestätigen", "Beispiel: Baumkataster, noch im Entwurf")),
    (cast.OF_TOWN, "/my/inbox", ("Die Frage betrifft ein Projekt Ihres Hauses",)),
    (
        cast.OF_TOWN,
        f"{PARKING}/history",
        ("Beteiligung bestätigt", "Dokument ergänzt", "Ergebnis ergänzt", "Sie selbst"),
    ),
    (cast.OF_VILLAGE, "/my", ("Beispiel: Digitales Schwarzes Brett", "Beispiel: Freie Fahrradboxen am Bahnhof")),
    (cast.OF_VILLAGE, "/my", ("Sagen, ob Sie es noch nutzen", "Was Ihr Haus nachnutzt")),
    (cast.OF_UNIVERSITY, "/my", ("Beispiel: Zählstellen für Radwege", "noch nicht bestätigt")),
    (cast.OF_WORKS, "/my", ("Sagen, ob Ihr Haus mitmacht: Beispiel: Freie Parkplätze in der Innenstadt",)),
    (cast.OF_WORKS, "/my", ("Sagen, ob der Eintrag noch stimmt: Beispiel: Freie Ladesäulen auf der Karte",)),
    (cast.OF_WORKS, "/my", ("Was Ihr Haus nicht mehr nutzt",)),
    (cast.OF_TOWN, PARKING, ("Für Ihr Haus zu tun", "Bestätigen: noch aktuell")),
    (cast.OF_VILLAGE, "/introductions?to=Organisation:stadtwerke-musterstadt", ("Beispiel: Stadtwerke Musterstadt",)),
)
"""Who looks, where, and what stands there."""

ANSWERS: Final = {
    "/neighbourhood": 404,
    "/my/feeds/revoke?feed=none": 404,
    "/my/members?house=Municipality:150840590590": 403,
    "/my/members/end?house=Hub:zeitz": 404,
    "/tasks/none/decide-claim": 404,
    "/tasks/none/complete": 404,
    "/hubs/zeitz/edit": 403,
    "/experts/{}/edit": 403,
    "/experts/{}/remove": 403,
    "/my/listings/consent?expert=none": 404,
    "/my/listings/withdraw?expert=none": 404,
    "/my/webhooks/edit?webhook=none": 404,
    "/my/webhooks/secret?webhook=none": 404,
    "/my/webhooks/test?webhook=none": 404,
    "/my/webhooks/enable?webhook=none": 404,
    "/my/webhooks/remove?webhook=none": 404,
    "/link/none": 410,
    "/unsubscribe/none": 410,
    "/feeds/none/hubnetz-hubs.csv": 410,
    "/nowhere": 404,
}
"""Addresses of nothing, or of what is not for the lead of the made-up hub."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("examples") / "var"
    folder.mkdir()
    done = hubnetz(folder, "seed", "--if-empty", "--examples", **AT)
    assert done.returncode == 0, done.stderr
    served = Server(folder, LOG_LEVEL="error", **AT)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def issuer(server: Server) -> DevelopmentIssuer:
    given = {"HUBNETZ_DATA_DIR": str(server.data_dir), **{f"HUBNETZ_{name}": text for name, text in AT.items()}}
    return DevelopmentIssuer(load(given, env_file=server.data_dir / "none"))


def look(server: Server, issuer: DevelopmentIssuer, account: str, path: str) -> httpx.Response:
    """The answer to a browser with that account's token; nobody's where there is no account."""
    headers = {"accept": "text/html"}
    if account:
        token = issuer.access_token(accounts()[account], client_id=COMMAND_LINE, scope="openid hubnetz")
        headers["authorization"] = f"Bearer {token}"
    return httpx.get(f"{server.url}{path}", headers=headers, timeout=START_S, trust_env=False)


@pytest.mark.parametrize(("account", "path", "texts"), PANELS, ids=lambda value: str(value)[:60])
def test_a_panel_has_something_to_show(
    account: str, path: str, texts: tuple[str, ...], server: Server, issuer: DevelopmentIssuer
) -> None:
    answer = look(server, issuer, account, path)
    assert answer.status_code == 200
    assert [text for text in texts if text not in answer.text] == []


def own(samples: tuple[str | First, ...]) -> list[str | First]:
    """Those that lead to something here: the others are filled in with what the tests of the browser write."""
    return [one for one in samples if isinstance(one, First) or "{" not in one]


@pytest.mark.parametrize("pattern", [pattern for pattern, samples in SAMPLES.items() if own(samples)])
def test_every_page_is_there_and_about_something(pattern: str, server: Server, issuer: DevelopmentIssuer) -> None:
    def ask(query: str) -> Any:
        answer = httpx.post(f"{server.url}/graphql", json={"query": query}, timeout=START_S, trust_env=False)
        return answer.json()["data"]

    for sample in own(SAMPLES[pattern]):
        path, known = (sample.of(ask), sample.path) if isinstance(sample, First) else (sample, sample)
        assert look(server, issuer, cast.LEAD, path).status_code == ANSWERS.get(known, 200), path


@pytest.mark.parametrize("account", [NOBODY, WITHOUT, "hub_lead:zeitz"])
def test_a_draft_is_there_for_its_house_and_for_nobody_else(
    account: str, server: Server, issuer: DevelopmentIssuer
) -> None:
    slug = re.search(r'/projects/(beispiel-baumkataster[^"/]*)/', look(server, issuer, cast.OF_TOWN, "/my").text)
    assert slug is not None
    draft = f"/projects/{slug[1]}"
    assert look(server, issuer, cast.OF_TOWN, draft).status_code == 200
    assert look(server, issuer, account, draft).status_code == 404
    assert "Baumkataster, noch im" not in look(server, issuer, account, "/search?q=Baumkataster").text

"""Imprint, privacy and accessibility: templates that say so, the operator's own texts, and reports that reach it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from network.configuration.settings import SettingsError, load
from network.jobs import checking
from network.pages.frame.legal_texts import LegalTexts
from tests.fixtures.production import MAIL
from tests.fixtures.smtp import post_office
from tests.network.signing_in import KEY, Browser, Service
from tests.pages.desks import OURS, hidden_of, led_to

PATHS = ("/imprint", "/privacy", "/accessibility")
OWN = "# Stadt Beispiel\n\n<script>alert(1)</script>\n\n[Auskunft](javascript:alert(1)) und [mehr](https://www.example.org/)\n"
REPORT = {"page": "/map", "text": "Die Karte ist zu klein.", "reply": "jemand@example.org"}

KEPT = {
    "Account": "Konto",
    "Sessions": "Anmeldung",
    "Follows": "Gefolgtes",
    "Feed": "Adressen",
    "Invitations": "Einladungen",
    "Letters": "E-Mails",
    "Experts": "Fachleute",
    "Contacts": "Ansprechstellen",
    "Requests": "Bitten",
    "Audit": "Wer",
    "Popular": "Häufige",
}
"""How rows begin: in the document for operators, and on the page for everybody."""


@pytest_asyncio.fixture
async def written(tmp_path: Path) -> AsyncIterator[Browser]:
    """A service whose operator wrote one page, in German, and takes no reports."""
    folder = tmp_path / "legal"
    folder.mkdir()
    (folder / "imprint.de.md").write_text(OWN, encoding="utf-8")
    (folder / "privacy.de.md").write_text("  \n", encoding="utf-8")
    url = "https://hubnetz.example"
    given = {
        "PUBLIC_URL": url,
        **MAIL,
        "SECRET_KEYS": KEY,
        "DATA_DIR": str(tmp_path / "written"),
        "LEGAL_DIR": str(folder),
    }
    async with Service(tmp_path, **given) as service, Browser(service.app(), url) as browser:
        yield browser


@pytest.mark.parametrize("path", PATHS)
async def test_what_nobody_filled_says_that_it_is_a_template(browser: Browser, path: str) -> None:
    assert "Vorlage:" in (await browser.get(path)).text
    assert "Template:" in (await browser.get(f"/en{path}")).text


async def test_the_operators_own_text_takes_the_place_of_the_template_and_runs_nothing(written: Browser) -> None:
    german, english = await written.get("/imprint"), await written.get("/en/imprint")
    for page in (german, english):
        assert "Stadt Beispiel" in page.text
        assert "Vorlage:" not in page.text
        assert "<script" not in page.text
        assert 'href="javascript' not in page.text
        assert page.text.count("<h1") == 1
    # Nobody translated it, and a screen reader shall know.
    assert 'lang="de">' in english.text.partition("<main")[2]
    assert "Vorlage:" in (await written.get("/privacy")).text


async def test_what_the_software_keeps_is_said_beside_either(browser: Browser, written: Browser) -> None:
    for page in (await browser.get("/privacy"), await written.get("/privacy")):
        assert "Wer nur liest, bekommt kein Cookie" in page.text
        assert "180 Tage" in page.text
        assert "400 Tage" in page.text


async def test_the_page_and_the_document_for_operators_name_the_same(browser: Browser) -> None:
    document = (Path(__file__).parents[2] / "docs" / "personal-data.md").read_text(encoding="utf-8")
    told = [line.strip("| ").split(" | ") for line in document.splitlines() if re.match(r"\| [A-Z]", line)][1:]
    shown = re.findall(
        r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', (await browser.get("/privacy")).text
    )
    assert [what.split()[0].strip(":,") for what, _, _ in told] == list(KEPT)
    assert [what.split()[0].strip(":,") for what, _, _ in shown] == list(KEPT.values())
    for (what, _, until), (_, _, until_there) in zip(told, shown, strict=True):
        assert re.findall(r"\d+", until) == re.findall(r"\d+", until_there), what


async def test_a_report_reaches_the_operator_and_nobody_writes_its_headers(tmp_path: Path) -> None:
    async with post_office() as post:
        given = {"SMTP_URL": f"smtp://127.0.0.1:{post.port}", "FEEDBACK_TO": "betrieb@example.org"}
        folder = {"DATA_DIR": str(tmp_path / "var")}
        async with Service(tmp_path, **folder, **given) as service, Browser(service.app()) as browser:
            hostile = REPORT | {"page": "/map\r\nBcc: other@example.org", "reply": "x\r\nSubject: Werbung"}
            once = hidden_of((await browser.get("/accessibility")).text, "/accessibility")
            first, sent = await asyncio.gather(
                *(browser.post("/accessibility", data=hostile | once, headers=OURS) for _ in range(2))
            )
            for answer in (first, sent, await browser.post("/accessibility", data=hostile | once, headers=OURS)):
                assert (answer.status_code, led_to(answer)) == (303, "/accessibility?done=barrier-reported")
            assert "Vielen Dank" in (await browser.get(sent.headers["location"])).text
            assert "Vielen Dank" not in (await browser.get("/accessibility?done=barrier-reported")).text
            (letter,) = post.taken
            assert post.envelopes[0][1] == ["betrieb@example.org"]
            assert letter["Bcc"] is None
            assert letter["Subject"] == "Hubnetz: Barriere gemeldet"
            assert "Die Karte ist zu klein." in letter.get_content()

            # Something else is something else, though the form is the same.
            await browser.post("/accessibility", data=REPORT | once)
            assert len(post.taken) == 2

            post.to_message = "451 later"
            refused = await browser.post("/en/accessibility", data=REPORT)
            assert refused.status_code == 503
            assert "Die Karte ist zu klein.</textarea>" in refused.text
            assert "jemand@example.org" in refused.text
            post.to_message = None
            again = REPORT | hidden_of(refused.text, "/en/accessibility")
            assert (await browser.post("/en/accessibility", data=again)).status_code == 303
            assert len(post.taken) == 3


async def test_an_empty_report_is_told_beside_the_field(browser: Browser) -> None:
    page = await browser.post("/accessibility", data={"page": '"><script>', "text": " "})
    assert page.status_code == 422
    assert 'id="text-error"' in page.text
    assert "<script>" not in page.text


async def test_without_an_address_there_is_no_form(written: Browser) -> None:
    assert '<form method="post" action="/accessibility">' not in (await written.get("/accessibility")).text
    assert (await written.post("/accessibility", data=REPORT)).status_code == 422


def test_doctor_names_what_is_not_filled(tmp_path: Path) -> None:
    assert LegalTexts.read(None).missing == ("imprint", "privacy", "accessibility")
    (tmp_path / "imprint.de.md").write_text("Stadt", encoding="utf-8")
    (finding,) = checking.legal(tmp_path)
    assert not finding.is_wrong
    assert finding.examples == ["privacy.de.md", "accessibility.de.md"]
    for name in ("privacy", "accessibility"):
        (tmp_path / f"{name}.de.md").write_text("Stadt", encoding="utf-8")
    assert checking.legal(tmp_path) == []


def test_a_folder_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HUBNETZ_LEGAL_DIR: expected a folder"):
        load({"HUBNETZ_LEGAL_DIR": str(tmp_path / "none")}, env_file=tmp_path / "none")

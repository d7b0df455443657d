"""The page of a project: what stands on it, for whom, and that nothing else does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.pages.frame.addresses import external, mailbox, telephone
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_hub,
    make_municipality,
    make_project,
    relate,
    serves,
)
from tests.network.plain import client
from tests.network.walking.place import Place
from tests.network.walking.world import CALLERS, SECRET, WHEN
from tests.pages.finding import HTML, MEMBERS, SCRIPT, Pages, pages_of

EVERYBODY = ("anonymous", *MEMBERS)
INSIDE = ("81.234 €", "4.567 €", "9.876 €", "Früh mit dem Bauhof reden.", "Die Funkabdeckung im Keller.")
WALKERS = ("anonymous", "no-membership", "member-own", "town-partner", "university-invited", "lead-other", "admin")
"""Each of another reach."""
PAPERS = ("", "/print", "/council-paper", "/council-paper.docx")


@pytest.mark.parametrize("name", EVERYBODY)
async def test_the_page_of_a_project_tells_everybody_what_is_public(found: Pages, name: str) -> None:
    text = await found.text("/projects/parkplatzsuche", name)
    for said in (
        *("Sensoren zeigen freie Parkplätze.", "<strong>LoRaWAN</strong>", "§ 12 StVO", "Ein LoRaWAN-Netz.", "läuft"),
        *("Mai 2022", "30 Arbeitstage", "FKZ 0815", "EUPL-1.2", "Mustervertrag", "Vertrag", "Belegung", "Regio"),
        *(
            "Hochschule Merseburg",
            "Begleitforschung",
            "Wohnsitz anmelden",
            "Leitung Bauhof",
            "Einbau",
            "Nur die Karte.",
        ),
        *("Welche Sensoren?", "Die mit Solarzelle.", "Beantwortet die Frage.", "Parkplatzsuche für Räder"),
        *("Stadtrat Zeitz", "(rat.example)", "zuletzt bestätigt am 4. Mai 2026", "seit März 2024"),
    ):
        assert said in text, said
    assert 'href="https://code.example/parken"' in text


@pytest.mark.parametrize("name", EVERYBODY)
async def test_sums_and_experience_are_for_members(found: Pages, name: str) -> None:
    text = await found.text("/projects/parkplatzsuche", name)
    is_member = name != "anonymous"
    for said in (*INSIDE, "5.432 €", "Läuft seit dem ersten Tag.", "Die Schulung kam zu spät.", "Würde es wieder tun."):
        assert (said in text) is is_member, said
    # Whether there is anything behind it is not said: the same words stand on every page of a stranger.
    hint = "Genaue Kosten, Erfahrungen und was schiefging"
    assert (hint in text) is not is_member
    assert (hint in await found.text("/projects/verwaist", name)) is not is_member
    assert ("25.000 bis 100.000" in text) is not is_member


async def test_confirmed_reuse_stands_apart_from_what_is_only_declared(found: Pages) -> None:
    text = await found.text("/projects/parkplatzsuche", "other")
    confirmed, declared = (
        text.index("Vom Betreiber bestätigt"),
        text.index("Angegeben, vom Betreiber noch nicht bestätigt"),
    )
    assert confirmed < text.index("Ähren", confirmed) < declared
    assert text.index("im Test", declared) > declared
    assert "im Test" not in await found.text("/projects/parkplatzsuche")
    asked = text.index("Genannt, aber noch nicht bestätigt")
    assert text.index("Stadtwerke Zeitz") > asked


async def test_the_page_says_whose_contact_it_shows(found: Pages) -> None:
    text = await found.text("/projects/parkplatzsuche")
    assert "Ansprechstelle des Hubs: DigitalHub Zeitz" in text
    assert 'href="tel:+493441830"' in text
    assert 'href="mailto:hub@zeitz.example"' in text
    assert "Ansprechstelle des Projekts" in await found.text("/projects/boese")
    assert "Ansprechstelle von DigitalHub Zeitz" in await found.text("/projects/im-netz", "other")


async def test_without_a_contact_the_page_names_who_gets_a_request_to_be_called_back(found: Pages) -> None:
    for path in ("/projects/fern", "/compare?project=fern&project=boese"):
        text = await found.text(path)
        called = text[text.index("Wen Sie anrufen") :]
        assert re.search(r"„Rückruf erbitten“ erreicht trotzdem: <a [^>]*>DigitalHub Wilster</a>", called), path
        assert "Verwaltung des Netzwerks" not in called
        assert "So erreichen Sie das Netzwerk" not in called
    assert "DigitalHub Wilster" in await found.text("/projects/fern/callback")


async def test_what_ended_is_no_reuse_and_still_told(tmp_path: Path) -> None:
    project, other = make_project("eins", title="Eins"), make_project("zwei", title="Zwei")
    towns = [make_municipality(f"01061513800{number}", name=f"Ort {number}") for number in range(3)]
    reason = {"reason_ended": "Die Wartung war zu teuer.", "opened": ("reason_ended",)}
    retired = {"status": "RETIRED", "since": "2021", "ended": "2024-05"}
    adoptions = [
        make_adoption("a0", confirmed_by_owner_at=WHEN),
        make_adoption("a1", confirmed_by_owner_at=WHEN, **retired, **reason),
        make_adoption("a2", **retired, reason_ended="Nur für das Netz."),
    ]
    ties = [relate("MADE", town, one) for town, one in zip(towns, adoptions, strict=True)]
    ties += [relate("OF", one, project) for one in adoptions]
    going_on = make_adoption("a3", status="PILOT", since="2025")
    ties += [relate("MADE", towns[1], going_on), relate("OF", going_on, other)]
    async with pages_of(tmp_path, project, other, *towns, *adoptions, going_on, *ties) as pages:
        page, printed, paper = [
            await pages.text(f"/projects/eins{suffix}") for suffix in ("", "/print", "/council-paper")
        ]
        compared = await pages.text("/compare?project=eins&project=zwei")
        house = await pages.text("/municipalities/010615138001")

    for text in (page, compared):
        assert "1 Haus" in text
        assert "2 Häuser nutzen" not in text.replace("2 Häuser nutzen es nicht mehr", "")
    assert "2 Häuser nutzen es nicht mehr" in compared
    assert page.index("Vom Betreiber bestätigt") < page.index("Ort 0") < page.index("Wer es nicht mehr nutzt")
    assert "Angegeben, vom Betreiber noch nicht bestätigt" not in page
    for text, heading in (
        (page, "Wer es nicht mehr nutzt"),
        (printed, "Wer es nicht mehr nutzt"),
        (paper, "Nicht mehr genutzt von:"),
    ):
        told = text[text.index(heading) :]
        for said in ("Ort 1", "Ort 2", "genutzt von 2021 bis Mai 2024", "Die Wartung war zu teuer."):
            assert said in told, said
        assert "Nur für das Netz." not in text
    # That it ended, nobody confirmed.
    assert "Nutzung bestätigt am" in page[page.index("Wer es nicht mehr nutzt") :]
    reuses, _, over = house.partition("Nutzt von anderen nach")[2].partition("Nutzt nicht mehr")
    assert "im Test, seit 2025" in reuses
    assert "Eins" not in reuses
    assert "genutzt von 2021 bis Mai 2024" in over
    assert "Nutzung bestätigt" in over


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("slug", ["entwurf", "zurueckgezogen", "gibt-es-nicht"])
async def test_drafts_and_withdrawn_entries_are_nowhere_for_others(found: Pages, name: str, slug: str) -> None:
    may_read = {"entwurf": {"owner", "reviewer", "admin"}, "zurueckgezogen": {"reviewer", "admin"}}.get(slug, set())
    for suffix in PAPERS:
        answer = await found.get(f"/projects/{slug}{suffix}", name)
        assert answer.status_code == (200 if name in may_read else 404), suffix
        if name not in may_read:
            assert "Ampel" not in answer.text
            assert "Diese Seite gibt es nicht" in answer.text


async def test_insiders_of_a_draft_see_where_it_stands_and_search_engines_do_not(found: Pages) -> None:
    text = await found.text("/projects/entwurf", "owner")
    assert "Änderungen erbeten." in text
    assert "Bitte die Kosten nachtragen." in text
    assert 'name="robots" content="noindex"' in text
    assert "ld+json" not in text
    assert "og:title" not in text
    assert "Nur Mitglieder des Netzwerks sehen diese Seite." in await found.text("/projects/im-netz", "other")


async def test_a_former_name_leads_to_the_present_one_in_either_language(found: Pages) -> None:
    for prefix in ("", "/en"):
        for suffix in PAPERS:
            answer = await found.get(f"{prefix}/projects/parkhaus{suffix}?a=b%26c")
            assert answer.status_code == 301
            assert answer.headers["location"] == f"{prefix}/projects/parkplatzsuche{suffix}?a=b%26c"
    assert '<link rel="canonical" href="http://127.0.0.1:8000/projects/parkplatzsuche">' in await found.text(
        "/projects/parkplatzsuche"
    )


async def test_linked_data_and_open_graph_say_what_the_page_says(found: Pages) -> None:
    text = await found.text("/projects/parkplatzsuche")
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told = json.loads(block)
    assert told["name"] == "Parkplatzsuche"
    assert told["url"] == "http://127.0.0.1:8000/projects/parkplatzsuche"
    assert told["license"] == "https://spdx.org/licenses/EUPL-1.2.html"
    assert [one["name"] for one in told["contributor"]] == ["Hochschule Merseburg"]
    assert told["citation"] == ["https://rat.example/v/1"]
    assert '<meta property="og:title" content="Parkplatzsuche">' in text
    assert "<title>Parkplatzsuche · Hubnetz</title>" in text


@pytest.mark.parametrize("suffix", PAPERS[:3])
async def test_what_others_wrote_to_do_harm_is_shown_as_text(found: Pages, suffix: str) -> None:
    text = await found.text(f"/projects/boese{suffix}", "admin")
    assert SCRIPT not in text
    assert not re.search(r"<(?:img|iframe|object|svg)\b", text)
    assert not re.search(r"""(?:href|src|action)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", text, re.IGNORECASE)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", text)
    assert "bank.example@" not in re.sub(r">[^<]*<", "><", text)
    assert "mailto:a@b.example?bcc" not in text
    assert "Zeile zwei {{ 7*7 }}" in text
    for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
        assert json.loads(block)["name"].startswith(SCRIPT)


async def test_data_for_programs_runs_under_the_policy_for_content(found: Pages) -> None:
    answer = await found.get("/projects/parkplatzsuche")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    # Nothing but data stands inside a script element: what runs comes from files.
    for attributes, content in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL):
        assert "application/ld+json" in attributes or (not content and "src=" in attributes)


async def test_a_page_asks_the_database_as_often_however_much_there_is(tmp_path: Path) -> None:
    calls = []
    for count in (2, 25):
        folder = tmp_path / str(count)
        folder.mkdir()
        async with pages_of(folder, *_crowd(count)) as pages:
            calls.append([await pages.calls(f"/projects/mitte{suffix}") for suffix in PAPERS])
    assert calls[0] == calls[1]
    assert max(calls[0]) <= 60


def _crowd(count: int) -> list[Any]:
    """A project in the middle of `count` of everything."""
    middle = make_project("mitte", title="Mitte der Vielen")
    towns = [make_municipality(f"0106100001{number:02}") for number in range(count)]
    hubs = [make_hub(f"hub-{number}") for number in range(count)]
    adoptions = [make_adoption(f"a{number}", confirmed_by_owner_at=WHEN) for number in range(count)]
    others = [make_project(f"o{number}", title=f"Mitte der Wenigen {number}") for number in range(count)]
    things: list[Any] = [middle, *towns, *hubs, *adoptions, *others, relate("OWNS", towns[0], middle)]
    for town, hub, adoption, other in zip(towns, hubs, adoptions, others, strict=True):
        things += [involves(middle, town), serves(hub, town), relate("OWNS", town, other)]
        things += [
            relate("MADE", town, adoption),
            relate("OF", adoption, middle),
            relate("DERIVED_FROM", other, middle),
        ]
    return things


async def test_a_page_is_small(found: Pages) -> None:
    for path in ("/projects/parkplatzsuche", "/projects/boese", "/projects/parkplatzsuche/print"):
        assert len((await found.get(path, "admin")).content) < 100_000


async def test_english_pages_speak_english_and_keep_to_their_language(found: Pages) -> None:
    text = await found.text("/en/projects/parkplatzsuche")
    assert '<html lang="en">' in text
    assert 'href="/en/topics/parken">Parking</a>' in text
    assert "30 working days" in text
    assert not re.search(r'href="/(?!en/|en"|static/|projects/parkplatzsuche"|"|sign-in)[a-z]', text.split("<main")[1])


@pytest.mark.parametrize("name", WALKERS)
async def test_no_page_of_a_project_says_a_word_that_is_not_for_its_reader(walked: Place, name: str) -> None:
    caller, world = CALLERS[name], walked.world
    headers = {**HTML, **({} if name == "anonymous" else {"authorization": f"Bearer {name}"})}
    projects = [(key, node) for key, node in world.nodes.items() if key.label == "Project"]
    async with client(walked.app) as http:
        for place, (key, node) in enumerate(projects):
            slug = node.slug  # type: ignore[attr-defined] # of a project
            # Each kind of paper for some of them: together they take long.
            for suffix in PAPERS[: 3 if place % 4 == 0 else 1]:
                answer = await http.get(f"/projects/{slug}{suffix}", headers=headers, timeout=60)
                assert answer.status_code == (200 if world.may_read(caller, key) else 404), (key, suffix)
                given = SECRET.findall(slug)
                assert world.leaks(caller, answer.text, given=given) == [], (key, suffix)
                if not suffix and world.may_read(caller, key):
                    for property_ in ("title", "summary", "writeup", "lessons_learned", "what_failed", "legal_basis"):
                        words = SECRET.findall(str(getattr(node, property_)))
                        shown = all(word in answer.text for word in words)
                        assert shown is world.may_see(caller, key, property_), (key, property_)


@given(st.text() | st.sampled_from(["https://a.example", "http://a.example:99999", "https://[", "//a", "https:///x"]))
def test_an_address_leads_to_the_web_or_nowhere(address: str) -> None:
    checked = external(address)
    assert checked is None or re.match(r"https?://[^\s/@]+", checked)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:x",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "https://a@b.example",
        "https://a b",
        "https:\\\\a.example",
        "ftp://a.example",
        "/search",
        "",
        None,
        "https://a.example/\n",
        f"https://a/{'x' * 2_000}",
    ],
)
def test_whatever_else_an_address_says_is_no_link(address: str | None) -> None:
    assert external(address) is None


def test_numbers_and_mailboxes() -> None:
    assert telephone("+49 (0) 3441 / 83-0") == "tel:+493441830"
    assert telephone("03441 83 0") == "tel:03441830"
    assert telephone("Zimmer 3") is None
    assert mailbox("a@b.example") == "mailto:a@b.example"
    assert mailbox("a@b.example?bcc=c@d.example") is None
    assert mailbox("a") is None

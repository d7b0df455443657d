"""Pages of houses, experts, topics, services, funding programmes and needs: what stands on them, and for whom."""

from pathlib import Path
from typing import Any

import pytest

from network.pages.reading.entry_pages import ENTRIES
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_event,
    make_expert,
    make_hub,
    make_municipality,
    make_project,
    relate,
    serves,
)
from tests.network.plain import client
from tests.network.walking.place import Place
from tests.network.walking.world import CALLERS, SECRET
from tests.pages.finding import HTML, MEMBERS, SCRIPT, Pages, pages_of

EVERYBODY = ("anonymous", *MEMBERS)
WALKERS = ("anonymous", "no-membership", "member-own", "town-partner", "university-invited", "lead-other", "admin")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/hubs/zeitz",
            (
                *("DigitalHub Zeitz", "Drei Räume im Bahnhof", "dienstags 10 bis 12 Uhr", "27.000", "Forschung"),
                *("Messe der Hubs", "4. Mai 2099", "<s>Tag der Akten</s>", "abgesagt", "Mobilität"),
                *('href="https://blatt.example/1"', "Januar 2023", "noch nicht bestätigt", "Hochschule Merseburg"),
            ),
        ),
        ("/municipalities/150840590590", ("Zeitz, Stadt", "27.000", "Sensoren für Parkplätze", "Parkplatzsuche")),
        ("/municipalities/010610000001", ("Amt Wilstermarsch", "Strandkorb frei", "seit März 2024", "Wohnsitz")),
        ("/municipalities/010615169", ("Ähren",)),
        ("/universities/03sft3r75", ("Begleitforschung", "https://hs-merseburg.example", "https://ror.org/03sft3r75")),
        ("/universities/local:akademie", ("Akademie am Deich", "noch kein Projekt")),
        ("/organisations/stadtwerke", ("Stadtwerk", "Seit 1900")),
        ("/experts/bauhof", ("Leitung Bauhof", "Zeitz, Stadt")),
        ("/topics/parken", ("Mobilität", "Parkplatzsuche", "Welche Sensoren?", "Noch keine Antwort.", "Bauhof")),
        ("/topics/mobilitaet", ("Parken", "Messe der Hubs", "DigitalHub Zeitz")),
        ("/services/99115005000000", ("Parkplatzsuche", "Ähren", "https://aehren.example/wohnsitz", "Bürger")),
        ("/funding/regio", ("1.800.000 €", "Parkplatzsuche")),
        ("/needs/suche", ("<strong>Sensoren</strong>", "Parkplatzsuche", "4. Mai 2026", "offen")),
        ("/events/abgesagt", ("Abgesagt.", "Der Saal ist überflutet.", "17. November 2026", "DigitalHub Zeitz")),
    ],
)
async def test_a_page_tells_everybody_what_is_public(placed: Pages, path: str, said: tuple[str, ...]) -> None:
    for name in ("anonymous", "other"):
        text = await placed.text(path, name)
        for one in said:
            assert one in text, (name, one)


@pytest.mark.parametrize("name", EVERYBODY)
async def test_a_contact_of_the_network_is_for_its_members(placed: Pages, name: str) -> None:
    hub, expert = await placed.text("/hubs/zeitz", name), await placed.text("/experts/bauhof", name)
    for said, text in (("leitung@zeitz.example", hub), ("tel:+4934411", hub), ("bauhof@zeitz.example", expert)):
        assert (said in text) is (name != "anonymous"), said
    assert ("kein Kontakt eingetragen, der für alle sichtbar ist" in hub) is (name == "anonymous")


async def test_a_municipality_without_a_contact_says_whose_it_gives(placed: Pages) -> None:
    text = await placed.text("/municipalities/010610000001")
    assert "Ihr Hub hilft weiter: DigitalHub Wilster" in text
    assert 'href="tel:048232"' in text
    # The hub of Zeitz tells strangers nothing, so that its municipality does not, either.
    stranger, member = [await placed.text("/municipalities/150840590590", name) for name in ("anonymous", "other")]
    assert "leitung@zeitz.example" not in stranger
    assert 'Vielleicht hilft: <a href="/experts/bauhof">Leitung Bauhof</a>' in stranger
    assert "leitung@zeitz.example" in member


async def test_what_is_not_public_is_on_no_page_for_strangers(placed: Pages) -> None:
    for path in ("/hubs/zeitz", "/topics/parken", "/needs", "/needs?status=all", "/neighbourhood?of=Hub:zeitz"):
        stranger, member = await placed.text(path), await placed.text(path, "other")
        secret = "Gateway abzugeben" if "needs" in path or "topics" in path else "Stilles Vorhaben"
        assert secret not in stranger, path
        assert secret in member, path
    assert (await placed.get("/needs/angebot")).status_code == 404
    assert (await placed.get("/needs/angebot", "other")).status_code == 200


async def test_what_others_say_of_a_house_stands_on_its_own_page_once_it_agreed(placed: Pages) -> None:
    asked = (await placed.text("/organisations/stadtwerke")).split('id="involved"')[1].split("</section>")[0]
    assert "Deichwacht" in asked
    assert "noch nicht bestätigt" in asked
    assert "Zahlmeister" not in asked
    assert "Begleitforschung" in (await placed.text("/universities/03sft3r75")).split('id="involved"')[1]


async def test_municipalities_like_one_come_with_their_reasons(placed: Pages) -> None:
    text = await placed.text("/municipalities/010610000001")
    assert "Kommunen wie diese" in text
    panel = text.split('id="similar"')[1].split("</section>")[0]
    for said in ("Zeitz, Stadt", "2 gemeinsame Projekte", "Deichwacht", "Strandkorb frei"):
        assert said in panel
    assert "Kommunen wie diese" not in await placed.text("/municipalities/010615169")


async def test_a_gap_names_who_lacks_a_service_and_who_can_show_it(placed: Pages) -> None:
    text = await placed.text("/hubs/zeitz")
    panel = text.split('id="gaps"')[1].split("</section>")[0]
    for said in ("Wohnsitz anmelden", "0 von 1 Kommunen", "Zeitz, Stadt", "Parkplatzsuche", "DigitalHub Wilster"):
        assert said in panel
    # Without data there is no panel.
    assert 'id="gaps"' not in await placed.text("/hubs/kahl")


async def test_ways_to_a_house_are_for_members_and_start_at_their_own(placed: Pages) -> None:
    heading = "Wen kenne ich dort?</h2>"
    assert heading not in await placed.text("/universities/03sft3r75")
    # The town runs a project with the university.
    text = await placed.text("/universities/03sft3r75", "owner")
    assert heading in text
    assert "„Parkplatzsuche“" in text
    # One's own house, and one that no way leads to, have no panel; the page of ways says why.
    for path, to in (("/municipalities/150840590590", "Municipality:150840590590"), ("/hubs/kahl", "Hub:kahl")):
        assert heading not in await placed.text(path, "owner")
        assert '<ul class="lines">' not in (await placed.text(f"/introductions?to={to}", "owner")).split("<main")[1]
    assert "Das ist Ihr eigenes Haus" in await placed.text("/introductions?to=Municipality:150840590590", "owner")
    assert "hängt davon ab, zu welchem Haus" in await placed.text("/introductions?to=Hub:zeitz")
    assert "„Parkplatzsuche“" in await placed.text("/introductions?to=Project:parken", "other")


@pytest.mark.parametrize(
    "path",
    [
        *("/hubs/nirgends", "/municipalities/000", "/universities/x", "/organisations/x", "/experts/x", "/topics/x"),
        *("/services/x", "/funding/x", "/needs/x", "/events/x", "/hubs/' OR 1=1", f"/hubs/{'x' * 3000}"),
        *("/topics/%00", "/experts/%0a", "/hubs/zeitz/x", "/topics/Hub:zeitz", "/hubs/%F0%9F%92%A9", "/hubs/%ff"),
        *("/introductions", "/introductions?to=", "/introductions?to=Hub:x", "/introductions?to=Topic:parken"),
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(placed: Pages, path: str) -> None:
    for language in ("", "/en"):
        answer = await placed.get(f"{language}{path}", "owner")
        assert answer.status_code == 404, answer.text
        assert answer.text.count("<h1>") == 1


@pytest.mark.parametrize("cursor", ["junk", "%00", "x" * 5000, "eyJ4IjoxfQ", "' OR 1=1"])
async def test_a_cursor_that_is_none_is_refused_in_words(placed: Pages, cursor: str) -> None:
    for path in ("/hubs/zeitz?adoptions=", "/services/99115005000000?municipalities="):
        answer = await placed.get(f"{path}{cursor}")
        assert answer.status_code == 400, path
        assert "Damit können wir nichts anfangen" in answer.text


async def test_what_somebody_wrote_to_do_harm_is_text(placed: Pages) -> None:
    for path in ("/organisations/stadtwerke", "/needs/suche", "/events/boese", "/events", "/needs"):
        text = await placed.text(path)
        assert SCRIPT not in text, path
        assert "alert(1)" not in "".join(part.split(">")[0] for part in text.split("<a ")[1:]), path
        assert 'href="data:' not in text


async def test_english_pages_speak_english_and_keep_to_their_language(placed: Pages) -> None:
    text = await placed.text("/en/hubs/zeitz", "other")
    for said in ("Municipalities served by the hub", "Opening hours", "Whom to call", "27,000", "4 May 2099"):
        assert said in text
    assert 'href="/en/topics/mobilitaet">Mobility</a>' in text
    assert "Mobility" in await placed.text("/en/topics/mobilitaet")


async def test_a_page_asks_the_database_as_often_however_much_there_is(tmp_path: Path) -> None:
    calls = []
    for count in (2, 25):
        folder = tmp_path / str(count)
        folder.mkdir()
        async with pages_of(folder, *_crowd(count)) as pages:
            paths = ("/hubs/mitte", "/municipalities/010610000000", "/experts/e0", "/events/v0", "/hubs", "/events")
            calls.append([await pages.calls(path) for path in paths])
    assert calls[0] == calls[1]
    assert max(calls[0]) <= 70


def _crowd(count: int) -> list[Any]:
    """A hub and a municipality with `count` of everything."""
    middle, town = make_hub("mitte"), make_municipality("010610000000")
    things: list[Any] = [middle, town, serves(middle, town)]
    for number in range(count):
        place, hub = make_municipality(f"0106200000{number:02}"), make_hub(f"hub-{number}")
        project, other = make_project(f"p{number}"), make_project(f"o{number}")
        expert, event = make_expert(f"e{number}"), make_event(f"v{number}")
        adoption, of_town = make_adoption(f"a{number}"), make_adoption(f"t{number}")
        things += [place, hub, project, other, expert, event, adoption, of_town]
        things += [serves(middle, place), serves(hub, town), relate("OWNS", middle, project), involves(other, town)]
        things += [relate("WORKS_AT", expert, middle), relate("HOSTS", middle, event), relate("PART_OF", place, town)]
        things += [relate("MADE", place, adoption), relate("OF", adoption, project)]
        things += [relate("MADE", town, of_town), relate("OF", of_town, project), relate("OWNS", hub, other)]
    return things


async def test_a_page_is_small(placed: Pages) -> None:
    for path in ("/hubs/zeitz", "/municipalities/150840590590", "/topics/parken", "/municipalities", "/map", "/events"):
        assert len((await placed.text(path)).encode()) < 100_000, path


@pytest.mark.parametrize("name", WALKERS)
async def test_no_page_says_a_word_that_is_not_for_its_reader(walked: Place, name: str) -> None:
    caller, world = CALLERS[name], walked.world
    headers = {**HTML, **({} if name == "anonymous" else {"authorization": f"Bearer {name}"})}
    paths = {entry.label: entry.path for entry in ENTRIES}
    async with client(walked.app) as http:
        for key in world.nodes:
            if key.label not in paths:
                continue
            answer = await http.get(paths[key.label].format(key=key.value), headers=headers, timeout=60)
            assert answer.status_code == (200 if world.may_read(caller, key) else 404), key
            assert world.leaks(caller, answer.text, given=SECRET.findall(key.value)) == [], key
        for path in ("/experts", "/needs?status=all", "/events", "/events?past=1", "/hubs", "/map", "/organisations"):
            answer = await http.get(path, headers=headers, timeout=60)
            assert answer.status_code == 200
            assert world.leaks(caller, answer.text) == [], path

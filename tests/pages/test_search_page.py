"""The search page: what its address says, what it finds for whom, and what it does where nothing is found."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from graph.values import sort_key
from network.app import create_app
from network.configuration.settings import load
from network.pages.reading.search_state import SearchState
from network.ports import Ports
from search.errors import SearchUnavailableError
from search.port import MAX_QUERY_LENGTH, SearchIndex
from tests.fixtures.builders import make_hub, make_project, make_topic, relate
from tests.network.plain import client
from tests.network.walking.place import Place
from tests.network.walking.world import CALLERS, COMMON
from tests.pages.finding import HTML, SCRIPT, Pages, pages_of


def chips(text: str) -> dict[str, str]:
    """Each chip with the address that takes it away."""
    block = re.search(r'<ul class="chips".*?</ul>', text, re.DOTALL)
    found = re.findall(r'<a href="([^"]*)"><span class="hidden">[^<]*</span>\s*([^<]*)</a>', block[0] if block else "")
    return {unescape(name): unescape(address) for address, name in found}


def titles(text: str) -> list[str]:
    """The titles of the hits, in order."""
    return [re.sub("<[^>]*>", "", title) for title in re.findall(r"<h3><a[^>]*>(.*?)</a></h3>", text)]


async def test_what_is_found_depends_on_the_reader(found: Pages) -> None:
    assert "Nur im Netz" not in titles(await found.text("/search?q=Netz"))
    assert "Nur im Netz" in titles(await found.text("/search?q=Netz", "other"))
    for name in ("anonymous", "other"):
        assert "Ampel" not in await found.text("/search?q=Entwurf", name)


async def test_a_chip_takes_one_filter_away_and_leaves_the_rest(found: Pages) -> None:
    text = await found.text("/search?q=Parkplatz&topic=parken&state=Sachsen-Anhalt&from=2020&to=2024&project=fern")
    shown = chips(text)
    assert set(shown) == {"Parken", "Sachsen-Anhalt", "begonnen 2020 bis 2024"}
    for name, address in shown.items():
        left = parse_qsl(urlsplit(address).query)
        assert ("q", "Parkplatz") in left
        assert ("project", "fern") in left
        assert len(left) == 6 - (2 if name.startswith("begonnen") else 1), name
    assert titles(text) == ["Parkplatzsuche"]
    assert 'name="from" type="number" min="1950" max="2100" value="2020"' in text


async def test_a_chosen_value_that_no_hit_has_keeps_its_name(found: Pages) -> None:
    text = await found.text(
        "/search?q=qwertz&topic=mobilitaet&hub=wilster&house=Organisation:stadtwerke&service=99115005000000"
    )
    assert set(chips(text)) == {"Mobilität", "DigitalHub Wilster", "Stadtwerke Zeitz", "Wohnsitz anmelden"}
    unknown = await found.text("/search?q=Parkplatz&topic=gibt-es-nicht&house=unsinn")
    assert {"gibt-es-nicht", "unsinn"} == set(chips(unknown))


async def test_houses_are_offered_once(found: Pages) -> None:
    text = await found.text("/search")
    assert "Beteiligtes Haus" in text
    assert 'name="municipality"' not in text
    assert "Zeitz, Stadt" in chips(await found.text("/search?municipality=150840590590"))


async def test_a_place_by_name_becomes_a_place_in_the_address(found: Pages) -> None:
    answer = await found.get("/search?q=Parkplatz&place=zeitz&km=30")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/search?q=Parkplatz&near=150840590590&km=30"
    text = await found.text(answer.headers["location"])
    assert "30 km um Zeitz, Stadt" in chips(text)
    assert titles(text) == ["Parkplatzsuche"]
    assert "kennt das Verzeichnis nicht" in await found.text("/search?place=Nirgendwo")
    assert "nicht bekannt, wo er liegt" in await found.text("/search?near=12")


async def test_every_order_is_kept_and_an_unknown_one_is_the_usual(found: Pages) -> None:
    shown = [unescape(title) for title in titles(await found.text("/search?sort=title"))]
    assert shown == sorted(shown, key=sort_key)
    for order in ("relevance", "reuse", "newest", "title"):
        assert f'<option value="{order}" selected>' in await found.text(f"/search?sort={order}")
    assert '<option value="relevance" selected>' in await found.text("/search?sort=drop%20table")


async def test_a_choice_for_a_comparison_goes_along(found: Pages) -> None:
    text = await found.text("/search?q=Parkplatz&project=fern&project=verwaist")
    assert re.search(r'value="fern" form="compare" checked', text)
    # Chosen and not among the hits: carried along unseen.
    form = re.search(r'<form id="compare".*?</form>', text, re.DOTALL)
    assert form is not None
    assert re.findall(r'name="project" value="([^"]*)"', form[0]) == ["verwaist"]
    assert 'action="/compare"' in form[0]


async def test_where_nothing_is_found_the_page_helps(found: Pages) -> None:
    text = await found.text("/search?q=Parkplatzsuhce")
    assert "Parkplatzsuche" in text
    nothing = await found.text("/search?q=Quantenteleportation&topic=parken")
    for help_ in ("Das Netz fragen", "Gesuch einstellen", "Anderswo suchen", "/needs/new?title="):
        assert help_ in nothing, help_
    assert "Ohne Filter: " in await found.text("/search?q=Sensoren&topic=mobilitaet&status=IDEA")


@pytest.mark.parametrize(
    "query",
    [
        SCRIPT,
        '"><img src=x onerror=alert(1)>',
        "' OR 1=1 --",
        "\x00\x1b",
        "{{7*7}}",
        "a" * 2_000,
        "%",
        "*" * 400,
        "\u202e" * 50,
    ],
)
async def test_hostile_queries_are_words_like_any_other(found: Pages, query: str) -> None:
    async with client(found.app) as http:
        answer = await http.get("/search", params={"q": query, "topic": query, "near": query}, headers=HTML)
        other = await http.get("/search", params={"q": query, "house": query, "place": query}, headers=HTML)
    for page in (answer, other):
        assert page.status_code == 200
        assert "<img" not in page.text
        assert SCRIPT not in page.text
        assert "49" not in re.findall(r'id="q"[^>]*value="([^"]*)"', page.text)[0]


async def test_a_query_that_is_too_long_is_cut_and_said_to_be(found: Pages) -> None:
    text = await found.text(f"/search?q=Parkplatz+{'x' * MAX_QUERY_LENGTH}")
    assert "Gesucht wurde nach den ersten 500 Zeichen." in text
    assert "Gesucht wurde nach" not in await found.text("/search?q=Parkplatz")


async def test_a_cursor_of_another_search_leads_to_the_first_page(found: Pages) -> None:
    text = await found.text("/search?q=Parkplatz&after=unsinn")
    assert "Diese Seite der Suche gibt es nicht mehr." in text
    assert 'href="/search?q=Parkplatz"' in text


@pytest.mark.parametrize("name", ["anonymous", "no-membership", "member-other", "university-invited", "town-partner"])
async def test_no_search_says_a_word_that_is_not_for_its_reader(walked: Place, name: str) -> None:
    token = {} if name == "anonymous" else {"authorization": f"Bearer {name}"}
    async with client(walked.app) as http:
        for path in (
            f"/search?q={COMMON}",
            "/search?sort=title",
            f"/search?q={COMMON}&topic=thema",
            "/projects",
            "/projects?hub=zeitz",
        ):
            answer = await http.get(path, headers={**HTML, **token}, timeout=60)
            assert answer.status_code == 200
            assert walked.world.leaks(CALLERS[name], answer.text) == [], path


async def test_a_search_asks_as_often_however_much_it_finds(tmp_path: Path) -> None:
    calls = []
    for count in (3, 40):
        folder = tmp_path / str(count)
        folder.mkdir()
        topic, hub = make_topic("thema", name_de="Thema"), make_hub("zeitz")
        projects = [make_project(f"p{number}", title=f"Parkplatz {number}") for number in range(count)]
        ties = [tie for one in projects for tie in (relate("ADDRESSES", one, topic), relate("OWNS", hub, one))]
        async with pages_of(folder, topic, hub, *projects, *ties) as pages:
            await pages.text("/search?q=Parkplatz")
            paths = ("/search?q=Parkplatz", "/search", "/search?q=Parkplatz&topic=thema", "/projects")
            calls.append([await pages.calls(path) for path in paths])
            assert len((await pages.get("/search")).content) < 100_000
    assert calls[0] == calls[1]


class _Dead:
    """A search engine that does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: Any, **__: Any) -> Any:
            raise SearchUnavailableError("down")

        async def close() -> None:
            return None

        return close if name == "close" else fail


@pytest.fixture
async def dead(found: Pages, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The pages, over the same graph, while the engine is down."""
    settings = load({"HUBNETZ_DATA_DIR": str(tmp_path)}, env_file=tmp_path / "none")
    ports = Ports(graph=found.store, search=cast("SearchIndex", _Dead()))
    async with client(create_app(settings, ports)) as http:
        yield http


async def test_without_the_search_engine_the_rest_goes_on(dead: httpx.AsyncClient) -> None:
    answer = await dead.get("/search?q=Parkplatz&topic=parken", headers=HTML)
    assert answer.status_code == 503
    assert "Die Suche antwortet gerade nicht." in answer.text
    assert 'value="Parkplatz"' in answer.text
    listed = await dead.get("/projects?topic=parken", headers=HTML)
    assert listed.status_code == 200
    assert titles(listed.text) == ["Parkplatzsuche", "Parkplatzsuche am Deich", "Parkplatzsuche für Räder"]
    page = await dead.get("/projects/parkplatzsuche", headers=HTML)
    assert page.status_code == 200
    assert "lassen sich gerade nicht ermitteln" in page.text
    paper = await dead.get("/projects/parkplatzsuche/council-paper", headers=HTML)
    assert paper.status_code == 200


async def test_the_list_goes_on_page_by_page_to_its_end(tmp_path: Path) -> None:
    projects = [
        make_project(f"p{number:02}", title=f"Titel {number:02}", title_sort=f"titel {number:02}")
        for number in range(65)
    ]
    async with pages_of(tmp_path, *projects) as pages:
        path, seen = "/projects", []
        while path:
            text = await pages.text(path)
            seen += titles(text)
            more = re.search(r'rel="next" href="([^"]*)"', text)
            path = unescape(more[1]) if more else ""
    assert seen == [one.title for one in projects]


async def test_a_card_names_a_house_even_where_nobody_owns_the_project(found: Pages) -> None:
    text = await found.text("/projects")
    cards = {titles(card)[0]: card for card in re.findall('<article class="card">.*?</article>', text, re.DOTALL)}
    for title, house in (
        ("Parkplatzsuche", "Zeitz, Stadt"),
        ("Parkplatzsuche am Deich", "DigitalHub Wilster"),
        ("Ohne Haus", "Zeitz, Stadt"),
    ):
        assert f"<span>{house}</span>" in cards[title], title


async def test_the_list_narrows_and_forgives(found: Pages) -> None:
    assert titles(await found.text("/projects?hub=wilster")) == ["Parkplatzsuche am Deich"]
    assert "Hier ist noch kein Projekt eingetragen." in await found.text("/projects?topic=gibt-es-nicht")
    assert "Diese Seite der Liste gibt es nicht mehr." in await found.text("/projects?after=unsinn")
    assert "Nur im Netz" not in await found.text("/projects")
    assert "Nur im Netz" in await found.text("/projects", "other")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["q", "topic", "hub", "size", "status", "year", "from", "to", "near", "km", "sort", "project", "after"]
            ),
            st.text(max_size=30) | st.sampled_from(["2021", "RUNNING", "UNDER_2000", "title", "zeitz", "150840590590"]),
        ),
        max_size=12,
    )
)
def test_the_address_of_a_search_is_the_search(pairs: list[tuple[str, str]]) -> None:
    state = SearchState.of(QueryParams(pairs))
    again = SearchState.of(QueryParams(parse_qsl(urlsplit(state.address()).query)))
    assert again.filter == state.filter
    assert (again.query, again.order, again.compared) == (state.query, state.order, state.compared)
    assert state.without_filters().filter is None


async def test_sizes_stand_in_their_own_order(found: Pages) -> None:
    text = await found.text("/search?size=ABOVE&size=UNDER_2000&size=UNDER_20000")
    values = re.findall(r'type="checkbox" name="size" value="([A-Z_0-9]+)"', text)
    order = ["UNDER_2000", "UNDER_5000", "UNDER_20000", "UNDER_100000", "ABOVE"]
    assert {"UNDER_2000", "UNDER_20000", "ABOVE"} <= set(values)
    assert values == [value for value in order if value in values]


async def test_near_projects_are_those_that_show_what_is_near_in_them(found: Pages) -> None:
    far = "Mondrakete Walfang Quantencomputer Kometenschweif Urknall Vulkan"
    shown = await found.text(f"/search?q=Sensoren+{far.replace(' ', '+')}")
    near = shown.partition("Am nächsten kommt</h2>")[2]
    assert "<mark>Sensoren</mark>" in near
    # Only the name of its hub has the word, which no passage shows.
    assert "Am nächsten kommt" not in await found.text(f"/search?q=Zeitz+{far.replace(' ', '+')}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wide(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pages]:
    """Few projects, two of them about what one registers, and one that only mentions the way to it."""
    verwaltung = make_topic("verwaltung", name_de="Verwaltung", name_en="Public administration")
    ozg = make_topic("ozg", name_de="Onlinedienste (OZG)", name_en="Online services")
    pilze = make_topic("pilze", name_de="Pilzkunde", name_en="Mushrooms")
    kita = make_project("kita", title="Anmeldung für die Kita", summary="Anmeldung für Eltern.")
    hort = make_project("hort", title="Anmeldung für den Hort", summary="Ein Platz am Nachmittag.")
    kasse = make_project("kasse", title="Neue Kasse", summary="Wie abgerechnet wird.")
    filler = " ".join(f"Wort{number}" for number in range(900))
    far = make_project("far", title="Im Tal", writeup=f"{filler} Kasse {filler}")
    things = (
        *(relate("ADDRESSES", project, ozg) for project in (kita, hort)),
        relate("ADDRESSES", kasse, verwaltung),
        relate("SUBTOPIC_OF", pilze, verwaltung),
    )
    others = [make_project(f"other-{number}", title=f"Sache {number}") for number in range(6)]
    folder = tmp_path_factory.mktemp("wide")
    async with pages_of(folder, verwaltung, ozg, pilze, kita, hort, kasse, far, *others, *things) as made:
        yield made


def wider(text: str) -> str:
    """What the page offers instead, or beside, in one line."""
    block = re.search(r'<ul class="wider">(.*?)</ul>', text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", block[1].replace("<li>", " ") if block else "")).split())


async def test_where_nothing_is_found_parts_and_topics_are_links_with_reasons(wide: Pages) -> None:
    text = await wide.text("/search?q=Hundesteueranmeldung&status=IDEA&project=far")
    assert "Ohne Treffer für „Hundesteueranmeldung“" in text
    assert wider(text) == (
        "Teile Ihrer Wörter: Anmeldung (2 Projekte) "
        "Thema: Onlinedienste (OZG) (2 Projekte), dazu gehört „Anmeldung“ "
        "Thema: Verwaltung (1 Projekt), dazu gehört „Steuer“"
    )
    assert 'href="/search?q=Anmeldung&amp;project=far"' in text
    assert 'href="/topics/ozg"' in text
    assert titles(await wide.text("/search?q=Anmeldung")) == ["Anmeldung für die Kita", "Anmeldung für den Hort"]


async def test_in_english_topics_have_their_english_names_and_german_words_are_marked(wide: Pages) -> None:
    text = await wide.text("/en/search?q=Hundesteueranmeldung")
    assert wider(text) == (
        "Parts of your words: Anmeldung (2 projects) "
        "Topic: Online services (2 projects), which “Anmeldung” belongs to "
        "Topic: Public administration (1 project), which “Steuer” belongs to"
    )
    assert '<span lang="de">Anmeldung</span>' in text
    above = await wide.text("/en/search?q=Pilzkunde")
    assert wider(above) == "Topic: Public administration (1 project), above: Pilzkunde"


async def test_where_little_is_found_the_same_stands_below_it(wide: Pages) -> None:
    text = await wide.text("/search?q=Kasse")
    assert text.index("Neue Kasse") < text.index("Nicht dabei?") < text.index("Thema:")
    assert '<ul class="wider">' not in await wide.text("/search?q=Sache")
    assert '<ul class="wider">' not in await wide.text("/search?q=Xylophon")


async def test_what_only_touches_the_query_has_a_heading_of_its_own(wide: Pages) -> None:
    text = await wide.text("/search?q=Kasse")
    near, _, aside = text.partition("<h2>Nur am Rande</h2>")
    assert (titles(near), titles(aside)) == (["Neue Kasse"], ["Im Tal"])
    assert "Nur am Rande" not in await wide.text("/search?q=Kasse&sort=title")


@pytest.mark.parametrize("query", [f"{SCRIPT} Hundesteueranmeldung", '"><img src=x>Hundesteueranmeldung'])
async def test_parts_of_a_hostile_query_are_text(wide: Pages, query: str) -> None:
    async with client(wide.app) as http:
        answer = await http.get("/search", params={"q": query}, headers=HTML)
    assert "Teile Ihrer Wörter" in answer.text
    assert "<img" not in answer.text
    assert SCRIPT not in answer.text

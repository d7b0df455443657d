"""The contract of SearchIndex: tantivy always, Meilisearch where MEILI_URL and MEILI_KEY name a real one.

MEILI_RECORD=1 writes what went over the wire to tests/recordings/meilisearch/ (tests/unit/test_meilisearch_wire.py).
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from search.errors import IndexingFailedError, InvalidSearchRequestError, SearchUnavailableError
from search.meilisearch_index import MeilisearchSearchIndex
from search.port import MAX_QUERY_LENGTH, MAX_WINDOW, SearchDocument, SearchIndex, SearchRequest, SearchSort
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_hub, make_municipality, make_university
from tests.fixtures.recording import Recorder, Recording
from tests.fixtures.search import EVERYBODY, MEMBER, build_empty, counts, empty, find, ids, make_document

MEILI_URL = os.environ.get("MEILI_URL")
MEILI_KEY = os.environ.get("MEILI_KEY")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "built_index" in metafunc.fixturenames:
        backends = ["tantivy", "meilisearch"] if MEILI_URL and MEILI_KEY else ["tantivy"]
        metafunc.parametrize("built_index", backends, indirect=True, scope="session")


@pytest.fixture(scope="session")
def recording() -> Iterator[Recording | None]:
    """What goes over the wire to Meilisearch, written down at the end of the run that asks for it."""
    if not os.environ.get("MEILI_RECORD"):
        yield None
        return
    recording = Recording()
    yield recording
    recording.write()


@pytest_asyncio.fixture(scope="session")
async def built_index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, recording: Recording | None
) -> AsyncIterator[SearchIndex]:
    index: SearchIndex
    if request.param == "tantivy":
        index = await TantivySearchIndex.open(tmp_path_factory.mktemp("tantivy"))
    else:
        index = meilisearch(recording)
    await build_empty(index)
    yield index
    await index.close()


def meilisearch(
    recording: Recording | None, *, name: str = "hubnetz_test", key: str = MEILI_KEY or ""
) -> MeilisearchSearchIndex:
    transport = Recorder(recording) if recording is not None else None
    return MeilisearchSearchIndex(MEILI_URL or "", key, name=name, transport=transport)


class Filling:
    """What the index holds; a task of Meilisearch takes a second, so tests that only read share their documents."""

    def __init__(self) -> None:
        self.content: tuple[SearchIndex, str] | None = None

    async def fill(self, index: SearchIndex, name: str, documents: Sequence[SearchDocument]) -> SearchIndex:
        if self.content != (index, name):
            await empty(index)
            await index.put(documents)
        self.content = (index, name)
        return index


@pytest.fixture(scope="session")
def filling() -> Filling:
    return Filling()


@pytest_asyncio.fixture
async def index(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    """An empty index to write to."""
    filling.content = None
    await empty(built_index)
    return built_index


def test_the_meilisearch_suite_runs() -> None:
    if not (MEILI_URL and MEILI_KEY):
        pytest.skip("MEILI_URL and MEILI_KEY are not set: the suite of Meilisearch DID NOT RUN")


# Finding


@pytest_asyncio.fixture
async def parking(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    return await filling.fill(
        built_index,
        "parking",
        [
            make_document(
                "zeitz",
                "Intelligente Parkplatzsuche in Zeitz",
                summary="Ein digitales Parkleitsystem zeigt freie Plätze.",
                owner=make_hub("zeitz", name="DigitalHub Zeitz"),
            ),
            make_document(
                "hort",
                "Online-Anmeldung für den Hort",
                summary="Eltern suchen einen Platz.",
                involved=[make_municipality("146250200200", name="Großröhrsdorf")],
            ),
            make_document("beteiligung", "Bürgerbeteiligung mit Umfragen", writeup="Über die Straßenbäume."),
        ],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parkpltz suche", "zeitz"),
        ("Parkplatzsuche", "zeitz"),
        ("parkplatz suche", "zeitz"),
        ("parkleits", "zeitz"),
        ("pARKLEITSYSTEM", "zeitz"),
        ("parkleitsystme", "zeitz"),
        ("digitalhub zeitz", "zeitz"),
        ("zeitz", "zeitz"),
        ("Großröhrsdorf", "hort"),
        ("grossroehrsdorf", "hort"),
        ("grossrohrsdorf", "hort"),
        ("Großro\u0308hrsdorf", "hort"),
        ("GROSSRÖHRSDORF", "hort"),
        ("grosröhrsdorf", "hort"),
        ("online anmeldung", "hort"),
        ("onlineanmeldung", "hort"),
        ("Online-Anmeldungen", "hort"),
        ("burgerbeteiligung", "beteiligung"),
        ("buergerbeteiligung", "beteiligung"),
        ("Bürgerbeteiligung", "beteiligung"),
        ("bürgerb", "beteiligung"),
        ("umfrage", "beteiligung"),
        ("strassenbaum", "beteiligung"),
        ("Straßenbäume", "beteiligung"),
        ("bürgerbetieligung", "beteiligung"),
    ],
)
async def test_words_as_people_type_them_find(parking: SearchIndex, text: str, expected: str) -> None:
    assert (await ids(parking, text))[:1] == [expected]


@pytest.mark.parametrize("text", ["hirt", "zei tung", "wasserwirtschaft", "17", "x" * 60])
async def test_what_is_not_there_is_not_found(parking: SearchIndex, text: str) -> None:
    results = await find(parking, text)
    assert (results.hits, results.total_estimate) == ((), 0)


async def test_short_words_are_exact(index: SearchIndex) -> None:
    await index.put([make_document("kita", "Kita und Hort"), make_document("rat", "Rat und Amt")])
    assert await ids(index, "rad") == []
    assert await ids(index, "rat hier") == ["rat"]
    assert await ids(index, "kito") == []


async def test_only_the_last_word_is_a_prefix(index: SearchIndex) -> None:
    await index.put([make_document("lampe", "Straßenlaternen schalten"), make_document("amt", "Amtsblatt lesen")])
    assert await ids(index, "amtsb") == ["amt"]
    assert await ids(index, "amtsb xylophon") == []


async def test_empty_text_finds_everything_by_id(parking: SearchIndex) -> None:
    results = await find(parking, "")
    assert [hit.id for hit in results.hits] == ["beteiligung", "hort", "zeitz"]
    assert results.total_estimate == 3


async def test_a_match_in_the_title_comes_before_one_in_the_text(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("a", "Anderes", writeup="Ein Radweg wird gezählt."),
            make_document("b", "Anderes Wort", summary="Der Radweg."),
            make_document("c", "Radweg"),
        ]
    )
    assert await ids(index, "radweg ") == ["c", "b", "a"]


async def test_more_words_come_before_fewer(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("a", "Sensoren am Radweg"),
            make_document("b", "Sensoren"),
            make_document("c", "Sensoren im Wald"),
        ]
    )
    assert (await ids(index, "sensoren radweg"))[0] == "a"


async def test_scores_fall_and_lie_between_0_and_1(parking: SearchIndex) -> None:
    scores = [hit.score for hit in (await find(parking, "platz suchen bürger")).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert scores


async def test_ties_are_ordered_by_id_on_every_page(index: SearchIndex) -> None:
    names = [f"p{number:03}" for number in range(60)]
    await index.put([make_document(name, "Gleich") for name in reversed(names)])
    pages = [await ids(index, "gleich", offset=offset, limit=7) for offset in range(0, 63, 7)]
    assert [name for page in pages for name in page] == names
    assert await ids(index, "gleich", offset=60, limit=7) == []
    assert await ids(index, "gleich", limit=0) == []


async def test_words_that_nobody_wrote_do_not_hide_those_that_somebody_did(parking: SearchIndex) -> None:
    assert await ids(parking, "xylophon zeitz") == ["zeitz"]
    assert await ids(parking, "zeitz xylophon") == ["zeitz"]
    assert await ids(parking, "xylophon quastenflosser") == []


async def test_a_filter_that_leaves_nothing_still_lets_its_facet_count(catalogue: SearchIndex) -> None:
    results = await find(catalogue, "bunte apfel", filters={"topics": ["verkehr"]}, facets=["topics", "hub"])
    assert (results.hits, results.total_estimate) == ((), 0)
    assert counts(results, "topics") == {"natur": 1, "sensorik": 1}
    assert counts(results, "hub") == {}


# Permissions


async def test_a_document_counts_only_for_its_readers(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("open", "Haushalt", topics=["finanzen"]),
            make_document("inside", "Haushalt", topics=["finanzen"], readers=("network",)),
            make_document("draft", "Haushalt", topics=["finanzen"], readers=("admin", "hub:zeitz")),
            make_document("other", "Haushalt", topics=["geheim"], readers=("admin", "hub:bohmte")),
        ]
    )
    for text in ("haushalt", ""):
        for audiences, expected in (
            (EVERYBODY, ["open"]),
            ({"public", "network"}, ["inside", "open"]),
            (MEMBER, ["draft", "inside", "open"]),
            ((), []),
        ):
            results = await find(index, text, audiences=audiences, facets=["topics"])
            assert [hit.id for hit in results.hits] == expected
            assert results.total_estimate == len(expected)
            assert counts(results, "topics") == ({"finanzen": len(expected)} if expected else {})


async def test_network_only_texts_are_searched_for_the_network_alone(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("closed", "Eins", what_failed="Der Lieferant ging pleite.", one_off_cost=48_211),
            make_document("opened", "Zwei", what_failed="Der Lieferant ging pleite.", opened=("what_failed",)),
        ]
    )
    assert await ids(index, "lieferant") == ["opened"]
    assert set(await ids(index, "lieferant", audiences=MEMBER)) == {"closed", "opened"}
    assert await ids(index, "48211") == []
    assert await ids(index, "48211", audiences=MEMBER) == ["closed"]


async def test_hidden_documents_change_no_order_and_no_score(index: SearchIndex) -> None:
    visible = [
        make_document("a", "Radweg am Wald"),
        make_document("b", "Sensor am Radweg", summary="Wald"),
        make_document("c", "Sensor", writeup="Radweg im Wald, ein Sensor"),
    ]
    await index.put(visible)
    before = await find(index, "radweg sensor wald", facets=["status"])
    await index.put([make_document(f"x{n}", "Radweg Radweg", readers=("hub:zeitz",)) for n in range(40)])
    after = await find(index, "radweg sensor wald", facets=["status"])
    assert [hit.id for hit in after.hits] == [hit.id for hit in before.hits]
    assert after.facets == before.facets
    assert after.total_estimate == before.total_estimate


async def test_excluded_ids_are_in_no_hit_and_no_count(index: SearchIndex) -> None:
    await index.put([make_document(name, "Wald", topics=["natur"]) for name in ("a", "b", "c")])
    for text in ("wald", ""):
        results = await find(index, text, excluded={"b", "unknown", 'q"uote'}, facets=["topics"])
        assert [hit.id for hit in results.hits] == ["a", "c"]
        assert results.total_estimate == 2
        assert counts(results, "topics") == {"natur": 2}


# Filters, facets, orders


@pytest_asyncio.fixture
async def catalogue(built_index: SearchIndex, filling: Filling) -> SearchIndex:
    zeitz = make_hub("zeitz", state="Sachsen-Anhalt")
    return await filling.fill(
        built_index,
        "catalogue",
        [
            make_document("a", "Äpfel zählen", topics=["natur", "sensorik"], owner=zeitz, population=1_999),
            make_document("b", "Zebrastreifen", topics=["sensorik"], population=2_000, started="2021-05"),
            make_document("c", "Bäume", topics=["natur"], population=19_999, licence="EUPL-1.2"),
            make_document(
                "d", "Schule", involved=[make_university("03sft3r75", name="Uni", state="Bremen")], started="2021"
            ),
        ],
    )


async def test_a_facet_is_counted_without_its_own_filter(catalogue: SearchIndex) -> None:
    results = await find(
        catalogue, "", filters={"topics": ["natur"]}, facets=["topics", "size_class", "states", "year", "hub"]
    )
    assert [hit.id for hit in results.hits] == ["a", "c"]
    assert counts(results, "topics") == {"natur": 2, "sensorik": 2}
    assert counts(results, "size_class") == {"UNDER_2000": 1, "UNDER_20000": 1}
    assert counts(results, "states") == {"Sachsen-Anhalt": 2}
    assert counts(results, "year") == {}
    assert counts(results, "hub") == {"zeitz": 1}
    assert list(results.facets) == ["topics", "size_class", "states", "year", "hub"]


async def test_two_filters_hold_together_and_count_crosswise(catalogue: SearchIndex) -> None:
    filters = {"topics": ["sensorik"], "size_class": ["UNDER_2000", "UNDER_20000"]}
    results = await find(catalogue, "", filters=filters, facets=["topics", "size_class"])
    assert [hit.id for hit in results.hits] == ["a"]
    assert counts(results, "topics") == {"natur": 2, "sensorik": 1}
    assert counts(results, "size_class") == {"UNDER_2000": 1, "UNDER_5000": 1}


async def test_facet_values_come_most_frequent_first_then_by_name(index: SearchIndex) -> None:
    await index.put([make_document("a", topics=["z", "b", "a"]), make_document("b", topics=["z"])])
    results = await find(index, "", facets=["topics"])
    assert [row.value for row in results.facets["topics"]] == ["z", "a", "b"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": ["2021"]}, ["b", "d"]),
        ({"licence": ["EUPL-1.2"]}, ["c"]),
        ({"houses": ["University:03sft3r75"]}, ["d"]),
        ({"hub": ["zeitz"]}, ["a"]),
        ({"states": ["Bremen", "Hamburg"]}, ["d"]),
        ({"status": ["RUNNING"]}, ["a", "b", "c", "d"]),
        ({"topics": []}, []),
        ({"topics": ["nat", "nature", "na*"]}, []),
    ],
)
async def test_filters(catalogue: SearchIndex, filters: dict[str, list[str]], expected: list[str]) -> None:
    assert await ids(catalogue, "", filters=filters) == expected


async def test_filters_work_together_with_words(catalogue: SearchIndex) -> None:
    assert await ids(catalogue, "apfel", filters={"topics": ["sensorik"]}) == ["a"]
    assert await ids(catalogue, "apfel", filters={"topics": ["verkehr"]}) == []


HOSTILE_VALUES = (
    'x"] OR readers IN ["network',
    "x' OR 1 = 1 --",
    "\\",
    '\\"',
    '"] OR id EXISTS OR topics IN ["',
    "a\nb",
    "tab\there",
    "\x00\x1f",
    "名前",
    "🙂",
    "AND",
    "*",
    "[]",
    "readers",
    " ",
    "x" * 200,
)


@pytest.mark.parametrize("value", HOSTILE_VALUES)
async def test_filter_values_are_only_values(built_index: SearchIndex, filling: Filling, value: str) -> None:
    await filling.fill(
        built_index,
        "hostile values",
        [
            make_document("secret", topics=["secret"], readers=("network",)),
            *(make_document(f"v{place}", topics=[text]) for place, text in enumerate(HOSTILE_VALUES)),
        ],
    )
    hit = f"v{HOSTILE_VALUES.index(value)}"
    results = await find(built_index, "", filters={"topics": [value]}, facets=["topics", "status"])
    assert [found.id for found in results.hits] == [hit]
    assert counts(results, "status") == {"RUNNING": 1}
    assert counts(results, "topics") == dict.fromkeys(HOSTILE_VALUES, 1)
    assert set(await ids(built_index, "", excluded={value})) == {f"v{n}" for n in range(len(HOSTILE_VALUES))}
    assert await ids(built_index, "", audiences={value}) == []


async def test_orders(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("z", "Ähren", updated_at="2026-03-01"),
            make_document("a", "Zeitz", updated_at="2026-01-01"),
            make_document("m", "Bahn", updated_at="2026-03-01"),
            make_document("b", "Bahn", updated_at="2026-02-01"),
        ]
    )
    assert await ids(index, "", sort=SearchSort.TITLE) == ["z", "b", "m", "a"]
    assert await ids(index, "", sort=SearchSort.NEWEST) == ["m", "z", "b", "a"]
    assert await ids(index, "bahn", sort=SearchSort.NEWEST) == ["m", "b"]
    assert await ids(index, "", sort=SearchSort.TITLE, offset=1, limit=2) == ["b", "m"]


async def test_the_order_by_reuse_counts_what_the_caller_may_see(index: SearchIndex) -> None:
    documents = [make_document("a"), make_document("b")]
    documents[0].attributes.update(reuse=2, network_reuse=2)
    documents[1].attributes.update(reuse=1, network_reuse=9)
    await index.put(documents)
    assert await ids(index, "", sort=SearchSort.REUSE) == ["a", "b"]
    assert await ids(index, "", sort=SearchSort.REUSE, audiences=MEMBER) == ["b", "a"]


# Bad input


@pytest.mark.parametrize(
    "request_",
    [
        {"filters": {"readers": ["public"]}},
        {"filters": {"title": ["x"]}},
        {"filters": {"unknown": ["x"]}},
        {"filters": {"topics": "natur"}},
        {"filters": {"topics": ["x"] * 201}},
        {"filters": {"topics": ["x" * 501]}},
        {"filters": {"topics": ["\ud800"]}},
        {"facets": ["readers"]},
        {"facets": ["title"]},
        {"facets": ["topics; DROP"]},
        {"offset": -1},
        {"limit": -1},
        {"offset": MAX_WINDOW},
        {"limit": MAX_WINDOW + 1},
    ],
)
async def test_what_cannot_be_meant_is_refused(built_index: SearchIndex, request_: dict[str, object]) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await find(built_index, "", **request_)


@pytest.mark.parametrize("length", [MAX_QUERY_LENGTH + 1, 10_000])
async def test_a_text_that_is_too_long_is_refused(built_index: SearchIndex, length: int) -> None:
    with pytest.raises(InvalidSearchRequestError, match=str(MAX_QUERY_LENGTH)):
        await find(built_index, "ä" * length)
    with pytest.raises(InvalidSearchRequestError, match=str(MAX_QUERY_LENGTH)):
        await built_index.suggest("ä" * length, audiences=EVERYBODY)


@pytest.mark.parametrize(
    "text",
    [
        "...",
        "\x00\x01\x1b",
        "🙂🙂",
        '"',
        "\ud800",
        "-",
        "\u202e\u200f",
        "_",
    ],
)
async def test_text_without_a_word_finds_nothing(parking: SearchIndex, text: str) -> None:
    results = await find(parking, text, facets=["topics"])
    assert (results.hits, results.total_estimate, counts(results, "topics")) == ((), 0, {})


@pytest.mark.parametrize(
    "text",
    [
        '"unclosed zeitz',
        "title:zeitz",
        "zeitz AND",
        "zeitz*",
        "-zeitz",
        "+zeitz",
        "(zeitz",
        "zeitz~2^9",
        "\x00zeitz\x00",
        "\u202ezeitz",
        "zeitz 🙂",
        "zeitz\n\t",
        "' OR zeitz --",
    ],
)
async def test_the_syntax_of_engines_is_just_text(parking: SearchIndex, text: str) -> None:
    assert (await ids(parking, text))[:1] == ["zeitz"]


async def test_long_texts_of_many_words_are_answered(parking: SearchIndex) -> None:
    assert await ids(parking, "zeitz " + "a " * 247) == ["zeitz"]
    assert await ids(parking, "b" * MAX_QUERY_LENGTH) == []


# Suggestions


async def test_suggestions_complete_titles(parking: SearchIndex) -> None:
    async def suggested(prefix: str, **options: object) -> list[str]:
        hits = await parking.suggest(prefix, **{"audiences": EVERYBODY, **options})  # type: ignore[arg-type]
        return [hit.id for hit in hits]

    assert await suggested("parkpl") == ["zeitz"]
    assert await suggested("intelligente parkp") == ["zeitz"]
    assert await suggested("burgerbet") == ["beteiligung"]
    assert await suggested("straßenb") == []
    assert await suggested("") == []
    assert await suggested("?!") == []
    assert await suggested("parkpl", audiences={"network"}) == []
    assert len(await suggested("o", limit=1)) <= 1


# Writing


async def test_a_document_replaces_its_predecessor(index: SearchIndex) -> None:
    await index.put([make_document("a", "Alt", topics=["x"]), make_document("b", "Bleibt")])
    await index.put([make_document("a", "Neu", version=7)])
    assert await ids(index, "alt ") == []
    assert await ids(index, "neu") == ["a"]
    assert await ids(index, "", filters={"topics": ["x"]}) == []
    assert await index.versions() == [("a", 7), ("b", 0)]


async def test_deleting_twice_and_nothing_is_harmless(index: SearchIndex) -> None:
    await index.put([make_document("a"), make_document("b")])
    for _ in range(2):
        await index.delete(["a", "never"])
    await index.delete([])
    await index.put([])
    assert await ids(index, "") == ["b"]


async def test_empty_and_hostile_documents_are_indexed(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("none", " ", title_sort="", updated_at=None),
            make_document("long", writeup="wort " * 20_000 + "y" * 70_000 + " " + "z\x00" * 100 + " ende"),
            make_document("script", '<script>alert("x")</script> \\ \x00 🙂', summary='"{[('),
        ]
    )
    assert await ids(index, "") == ["long", "none", "script"]
    assert await ids(index, "ende") == ["long"]
    assert await ids(index, "alert") == ["script"]


async def test_versions_are_paged_by_id(index: SearchIndex) -> None:
    await index.put([make_document(name, version=number) for number, name in enumerate("dbca")])
    assert await index.versions(limit=2) == [("a", 3), ("b", 1)]
    assert await index.versions(after="b", limit=2) == [("c", 2), ("d", 0)]
    assert await index.versions(after="d") == []
    assert await index.versions(after='"') == [("a", 3), ("b", 1), ("c", 2), ("d", 0)]


# Rebuilding


async def test_a_rebuild_serves_only_after_the_swap(index: SearchIndex) -> None:
    await index.put([make_document("old")])
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("new")])
    await index.put([make_document("meanwhile")])
    assert await ids(index, "") == ["meanwhile", "old"]
    await rebuild.swap()
    assert await ids(index, "") == ["new"]
    assert await index.apply_settings() is False


async def test_a_discarded_and_a_forgotten_rebuild_leave_nothing(index: SearchIndex) -> None:
    await index.put([make_document("old")])
    discarded = await index.begin_rebuild()
    await discarded.put([make_document("never")])
    await discarded.discard()
    forgotten = await index.begin_rebuild()
    await forgotten.put([make_document("forgotten")])
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("new")])
    await rebuild.swap()
    assert await ids(index, "") == ["new"]


async def test_it_answers_pings(built_index: SearchIndex) -> None:
    assert 0 <= await built_index.ping() < 2


async def test_no_time_is_no_answer(parking: SearchIndex) -> None:
    with pytest.raises(SearchUnavailableError):
        await parking.search(SearchRequest("zeitz", EVERYBODY), timeout_s=0.0)


# What only one backend can do wrong


async def test_a_new_index_says_that_it_has_to_be_built(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    assert await index.apply_settings() is True
    with pytest.raises(SearchUnavailableError, match="not been built"):
        await find(index, "zeitz")
    with pytest.raises(SearchUnavailableError, match="not been built"):
        await index.put([make_document("a")])
    await index.close()
    with pytest.raises(SearchUnavailableError, match="closed"):
        await find(index, "zeitz")


async def test_documents_survive_closing(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    await build_empty(index)
    await index.put([make_document("a")])
    await index.close()
    await index.close()
    again = await TantivySearchIndex.open(tmp_path)
    assert await again.apply_settings() is False
    assert await ids(again, "") == ["a"]
    await again.close()


async def test_a_second_process_is_refused_at_once(tmp_path: Path) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    opening = (
        "import asyncio, pathlib, sys\n"
        "from search.tantivy_index import TantivySearchIndex\n"
        "asyncio.run(TantivySearchIndex.open(pathlib.Path(sys.argv[1])))\n"
    )
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opening, str(tmp_path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await second.communicate()
    assert b"SearchUnavailableError" in said
    with pytest.raises(SearchUnavailableError, match="open elsewhere"):
        await TantivySearchIndex.open(tmp_path)
    await index.close()
    await (await TantivySearchIndex.open(tmp_path)).close()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"generation": "../..", "settings": "x"}'])
async def test_a_damaged_pointer_asks_for_a_rebuild(tmp_path: Path, damage: str) -> None:
    index = await TantivySearchIndex.open(tmp_path)
    await build_empty(index)
    await index.close()
    (tmp_path / "current.json").write_text(damage)
    again = await TantivySearchIndex.open(tmp_path)
    assert await again.apply_settings() is True
    await build_empty(again)
    assert await ids(again, "") == []
    await again.close()


needs_meilisearch = pytest.mark.skipif(not (MEILI_URL and MEILI_KEY), reason="needs MEILI_URL and MEILI_KEY")


@needs_meilisearch
async def test_a_wrong_key_is_named(recording: Recording | None) -> None:
    index = meilisearch(recording, key="wrong")
    for call in (find(index, "zeitz"), index.ping(), index.put([make_document("a")]), index.apply_settings()):
        with pytest.raises(SearchUnavailableError, match="HUBNETZ_SEARCH_KEY"):
            await call
    await index.close()


@needs_meilisearch
async def test_an_absent_index_is_no_empty_answer(recording: Recording | None) -> None:
    index = meilisearch(recording, name="hubnetz_absent")
    for call in (find(index, "zeitz"), index.put([make_document("a")]), index.delete(["a"]), index.versions()):
        with pytest.raises(SearchUnavailableError, match="not been built"):
            await call
    assert await index.apply_settings() is True
    await index.close()


@needs_meilisearch
async def test_a_failed_task_is_an_error(recording: Recording | None) -> None:
    index = meilisearch(recording)
    await build_empty(index)
    with pytest.raises(IndexingFailedError, match="invalid_document_id"):
        await index.put([make_document("no id of ours!")])
    assert await index.versions() == []
    await index.close()


@needs_meilisearch
async def test_settings_changed_by_hand_ask_for_a_rebuild(recording: Recording | None) -> None:
    index = meilisearch(recording)
    await build_empty(index)
    await index._client.run("PUT", "/indexes/hubnetz_test/settings/filterable-attributes", ["id"])
    assert await index.apply_settings() is True
    with pytest.raises(SearchUnavailableError, match="another version"):
        await find(index, "", filters={"topics": ["x"]})
    await build_empty(index)
    assert await index.apply_settings() is False
    await index.close()

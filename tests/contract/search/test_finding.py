"""What a search finds, in which order, and for whom: words as people type them, alike on both engines."""

from collections.abc import Collection
from typing import Any

import pytest

from search.errors import InvalidSearchRequestError
from search.finder import Finder, Ranking, SearchRequest
from search.lexicons import Lexicons
from search.port import SearchIndex, SearchSort
from search.thesauri import Thesauri
from tests.fixtures.builders import make_hub
from tests.fixtures.search import EVERYBODY, MEMBER, NETWORK, Filling, make_document


async def find(index: SearchIndex, text: str, *, audiences: Collection[str] = EVERYBODY, **request: Any) -> Ranking:
    lexicons = Lexicons(index, Thesauri())
    ranking = await Finder(index, lexicons, Thesauri()).find(SearchRequest(text=text, audiences=audiences, **request))
    await lexicons.close()
    return ranking


async def ids(index: SearchIndex, text: str, **request: Any) -> list[str]:
    return [hit.id for hit in (await find(index, text, **request)).hits]


def counts(ranking: Ranking, facet: str) -> dict[str, int]:
    return {row.value: row.count for row in ranking.facets[facet]}


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
        ("146250200200", "hort"),
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
    ranking = await find(parking, text, facets=["status"])
    assert (ranking.hits, ranking.total, counts(ranking, "status")) == ((), 0, {})


@pytest.mark.parametrize(
    ("text", "hits", "relaxed"),
    [
        ("hund anmelden", [], ["hort"]),
        ("hundesteuer Anmeldung", [], ["hort"]),
        ("antrag auf einen hund", [], ["antrag"]),
        ("standesamt termin", [], ["termin"]),
        ("software für hunde", [], ["software"]),
        # Typed as one word, too.
        ("hundeanmeldung", [], []),
        # What says what about carries, and so do these where there is nothing else.
        ("hort anmelden", ["hort"], []),
        ("anmelden", ["hort"], []),
        ("termin bestellen", ["termin"], []),
        ("amt für kinder", ["hort"], []),
    ],
)
async def test_what_one_wants_to_do_carries_no_hit(
    index: SearchIndex, text: str, hits: list[str], relaxed: list[str]
) -> None:
    """Whoever looks for dogs is told that there are none, and sees apart what else can be registered."""
    await index.put(
        [
            make_document("hort", "Anmeldung für den Hort", summary="Ein Platz für Kinder."),
            make_document("antrag", "Anträge ohne Papier"),
            make_document("termin", "Termine und mehr"),
            make_document("software", "Software für alles"),
            make_document("amt", "Das Amt Heide"),
        ]
    )
    ranking = await find(index, text, facets=["status"])
    assert sorted(hit.id for hit in ranking.hits) == hits
    assert (ranking.total, bool(counts(ranking, "status"))) == (len(hits), bool(hits))
    assert sorted(hit.id for hit in ranking.relaxed) == relaxed


async def test_what_only_touches_the_query_stands_aside_and_keeps_its_place(index: SearchIndex) -> None:
    """Behind the last hit that comes near the best; an order of one's own has no such end."""
    filler = " ".join(f"Wort{number}" for number in range(400))
    documents = [
        make_document("best", "Radweg und Brücke", summary="Radweg und Brücke"),
        make_document("near", "Radweg und Brücke", summary="Im Tal"),
        make_document("far", "Im Tal", writeup=f"{filler} {filler} Radweg {filler} {filler}"),
        make_document("further", "Am Hang", writeup=f"{filler} {filler} {filler} Radweg {filler} {filler}"),
    ]
    await index.put(documents)

    hits = (await find(index, "Radweg ")).hits
    assert [(hit.id, hit.is_aside) for hit in hits] == [
        ("best", False),
        ("near", False),
        ("far", True),
        ("further", True),
    ]
    page = await find(index, "Radweg ", after=hits[1].position)
    assert [(hit.id, hit.is_aside) for hit in page.hits] == [("far", True), ("further", True)]
    for sort in (SearchSort.TITLE, SearchSort.NEWEST, SearchSort.REUSE):
        assert not any(hit.is_aside for hit in (await find(index, "Radweg ", sort=sort)).hits)
    assert not any(hit.is_aside for hit in (await find(index, "", sort=SearchSort.RELEVANCE)).hits)


async def test_what_is_related_to_half_a_word_alone_is_near_nothing(index: SearchIndex) -> None:
    """A register of trees is not near to managing what stands empty, though there are registers of that."""
    await index.put([make_document("leer", "Leerstandsmanagement"), make_document("hort", "Anmeldung für den Hort")])
    ranking = await find(index, "Baumkataster ")
    assert (ranking.hits, ranking.relaxed) == ((), ())


async def test_a_key_is_a_hit_whatever_its_words(index: SearchIndex) -> None:
    await index.put([make_document("stadt", "Ganz anderes", slug="stadt-app"), make_document("wald", "Im Wald")])
    assert await ids(index, "stadt-app") == ["stadt"]


async def test_short_words_are_exact(index: SearchIndex) -> None:
    await index.put([make_document("kita", "Kita und Hort"), make_document("rat", "Rat und Amt")])
    assert await ids(index, "rad") == []
    assert await ids(index, "rat hier") == ["rat"]
    assert await ids(index, "kito") == []


async def test_only_the_last_word_is_a_prefix(index: SearchIndex) -> None:
    await index.put([make_document("lampe", "Straßenlaternen schalten"), make_document("amt", "Amtsblatt lesen")])
    assert await ids(index, "amtsb") == ["amt"]
    assert await ids(index, "amtsb xylophon") == []


async def test_empty_text_finds_everything(parking: SearchIndex) -> None:
    ranking = await find(parking, "")
    assert [hit.id for hit in ranking.hits] == ["beteiligung", "hort", "zeitz"]
    assert ranking.total == 3


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


@pytest.mark.parametrize("text", ["parkplatz suche", "parkpltz suche"])
async def test_a_compound_typed_apart_comes_before_its_parts_elsewhere(index: SearchIndex, text: str) -> None:
    await index.put(
        [
            make_document("archiv", "Suche im Archiv"),
            make_document("markt", "Parkplatz am Markt"),
            make_document("wald", "Parkplatz am Wald"),
            make_document("zeitz", "Intelligente Parkplatzsuche"),
        ]
    )
    assert (await ids(index, text))[:1] == ["zeitz"]


async def test_scores_fall_and_lie_between_0_and_1(parking: SearchIndex) -> None:
    scores = [hit.score for hit in (await find(parking, "platz suchen bürger")).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert scores


async def test_ties_are_ordered_by_id_on_every_page(index: SearchIndex) -> None:
    names = [f"p{number:03}" for number in range(60)]
    await index.put([make_document(name, "Gleich") for name in reversed(names)])
    seen: list[str] = []
    after = None
    for _ in range(9):
        ranking = await find(index, "gleich", after=after, limit=7)
        seen += [hit.id for hit in ranking.hits]
        after = ranking.hits[-1].position
    assert seen == names
    assert not ranking.has_more
    assert await ids(index, "gleich", after=after, limit=7) == []
    assert await ids(index, "gleich", limit=0) == []


async def test_words_that_nobody_wrote_do_not_hide_those_that_somebody_did(parking: SearchIndex) -> None:
    assert await ids(parking, "xylophon zeitz") == ["zeitz"]
    assert await ids(parking, "zeitz xylophon") == ["zeitz"]
    assert await ids(parking, "xylophon quastenflosser") == []


async def test_a_filter_that_leaves_nothing_still_lets_its_facet_count(catalogue: SearchIndex) -> None:
    ranking = await find(catalogue, "bunte apfel", filters={"topics": ["verkehr"]}, facets=["topics", "hub"])
    assert (ranking.hits, ranking.total) == ((), 0)
    assert counts(ranking, "topics") == {"natur": 1, "sensorik": 1}
    assert counts(ranking, "hub") == {}


async def test_filters_work_together_with_words(catalogue: SearchIndex) -> None:
    assert await ids(catalogue, "apfel", filters={"topics": ["sensorik"]}) == ["a"]
    assert await ids(catalogue, "apfel", filters={"topics": ["verkehr"]}) == []


# Permissions


async def test_a_document_counts_only_for_its_readers(built_index: SearchIndex, filling: Filling) -> None:
    rows = {"open": ("public",), "inside": ("network",), "draft": ("hub:zeitz",), "other": ("hub:bohmte",)}
    await filling.fill(
        built_index,
        "budgets",
        [make_document(name, "Haushalt", topics=["finanzen"], readers=readers) for name, readers in rows.items()],
    )
    for text in ("haushalt", "hausha", "hauhsalt", ""):
        for audiences, expected in ((EVERYBODY, {"open"}), (NETWORK, {"inside", "open"}), ((), set())):
            ranking = await find(built_index, text, audiences=audiences, facets=["topics"])
            assert {hit.id for hit in ranking.hits} == expected
            assert ranking.total == len(expected)
            assert counts(ranking, "topics") == ({"finanzen": len(expected)} if expected else {})
    assert set(await ids(built_index, "haushalt", audiences=MEMBER)) == {"draft", "inside", "open"}


async def test_network_only_texts_are_searched_for_the_network_alone(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("closed", "Eins", what_failed="Der Lieferant ging pleite.", one_off_cost=48_211),
            make_document("opened", "Zwei", what_failed="Der Lieferant ging pleite.", opened=("what_failed",)),
        ]
    )
    assert await ids(index, "lieferant") == ["opened"]
    assert set(await ids(index, "lieferant", audiences=NETWORK)) == {"closed", "opened"}
    assert await ids(index, "48211") == []
    assert await ids(index, "48211", audiences=NETWORK) == ["closed"]


async def test_hidden_documents_change_no_order_no_score_and_no_correction(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("a", "Radweg am Wald", owner=make_hub("zeitz")),
            make_document("b", "Sensor am Radweg", summary="Wald"),
            make_document("c", "Sensor", writeup="Radweg im Wald, ein Sensor"),
        ]
    )
    texts = ("radweg sensor wald", "radwge", "wal", "radwegsensor", "sensorwald am radwgen")
    before = [await find(index, text, facets=["status"]) for text in texts]
    hidden = [make_document(f"x{n}", "Radweg Radwege Radwge Waldweg", readers=("hub:zeitz",)) for n in range(20)]
    await index.put(hidden)
    after = [await find(index, text, facets=["status"]) for text in texts]
    assert after == before


# Bad input


@pytest.mark.parametrize("text", ["...", "\x00\x01\x1b", "🙂🙂", '"', "-", "\u202e\u200f", "_"])
async def test_text_without_a_word_finds_nothing(parking: SearchIndex, text: str) -> None:
    ranking = await find(parking, text, facets=["topics"])
    assert (ranking.hits, ranking.total, counts(ranking, "topics")) == ((), 0, {})


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
        'zeitz"] OR readers IN ["network',
    ],
)
async def test_the_syntax_of_engines_is_just_text(parking: SearchIndex, text: str) -> None:
    assert (await ids(parking, text))[:1] == ["zeitz"]


async def test_long_texts_of_many_words_are_answered(parking: SearchIndex) -> None:
    assert await ids(parking, "zeitz " + "a " * 247) == ["zeitz"]
    assert await ids(parking, "b" * 500) == []


@pytest.mark.parametrize("text", ["ä" * 501, "a" * 10_000, "\ud800", "zeitz \udfff"])
async def test_texts_that_cannot_be_meant_are_refused(parking: SearchIndex, text: str) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await find(parking, text)

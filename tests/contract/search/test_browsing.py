"""What is there where nothing is searched for: order, pages, facets; and the words that there are."""

import asyncio
from typing import Any

import pytest

from search.errors import InvalidSearchRequestError
from search.port import MAX_FACET_VALUES, MAX_WINDOW, SearchIndex, SearchSort
from tests.fixtures.search import (
    EVERYBODY,
    MEMBER,
    NETWORK,
    Filling,
    build,
    counts,
    make_document,
    names,
    scope,
    with_attributes,
)


async def browsed(index: SearchIndex, sort: SearchSort = SearchSort.RELEVANCE, **options: Any) -> list[str]:
    audiences = options.pop("audiences", EVERYBODY)
    return names(await index.browse(scope(audiences), sort=sort, **options))


async def test_orders(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("z", "Ähren", updated_at="2026-03-01"),
            make_document("a", "Zeitz", updated_at="2026-01-01"),
            make_document("m", "Bahn", updated_at="2026-03-01"),
            make_document("b", "Bahn", updated_at="2026-02-01"),
            make_document("k", "Aal", title_sort="", updated_at=None),
        ]
    )
    assert await browsed(index) == ["a", "b", "k", "m", "z"]
    assert await browsed(index, SearchSort.TITLE) == ["z", "b", "m", "a", "k"]
    assert await browsed(index, SearchSort.NEWEST) == ["m", "z", "b", "a", "k"]
    assert await browsed(index, SearchSort.TITLE, offset=1, limit=2) == ["b", "m"]


async def test_the_order_by_reuse_counts_what_the_caller_may_see(index: SearchIndex) -> None:
    documents = [
        with_attributes(make_document("a"), reuse=2, network_reuse=2),
        with_attributes(make_document("b"), reuse=1, network_reuse=9),
    ]
    await index.put(documents)
    assert await browsed(index, SearchSort.REUSE) == ["a", "b"]
    assert await browsed(index, SearchSort.REUSE, audiences=NETWORK) == ["b", "a"]


@pytest.mark.parametrize("size", [1, 4, 7, 60])
@pytest.mark.parametrize("sort", list(SearchSort))
async def test_ties_are_ordered_by_id_on_every_page(
    built_index: SearchIndex, filling: Filling, sort: SearchSort, size: int
) -> None:
    ids = [f"p{number:02}" for number in range(60)]
    dates = {name: f"2026-01-0{place % 4 + 1}" for place, name in enumerate(ids)}
    titles = {name: "Gleich" if place % 5 else f"Anders {place % 2}" for place, name in enumerate(ids)}
    documents = [
        with_attributes(make_document(name, titles[name], updated_at=dates[name]), reuse=place % 3)
        for place, name in enumerate(reversed(ids))
    ]
    # In several writes, as files hold some each.
    if filling.content != (built_index, "ties"):
        await filling.fill(built_index, "ties", documents[:20])
        await built_index.put(documents[20:40])
        await built_index.put(documents[40:])
    reuse = {document.id: place % 3 for place, document in enumerate(documents)}
    expected = {
        SearchSort.RELEVANCE: ids,
        SearchSort.NEWEST: sorted(sorted(ids), key=lambda name: dates[name], reverse=True),
        SearchSort.TITLE: sorted(sorted(ids), key=lambda name: titles[name]),
        SearchSort.REUSE: sorted(sorted(ids), key=lambda name: -reuse[name]),
    }
    pages = [await browsed(built_index, sort, offset=offset, limit=size) for offset in range(0, 60, size)]
    assert [name for page in pages for name in page] == expected[sort]
    assert await browsed(built_index, sort, offset=60, limit=size) == []
    assert await browsed(built_index, sort, limit=0) == []


async def test_facets_are_counted_without_their_own_filter(catalogue: SearchIndex) -> None:
    facets = ["topics", "size_class", "states", "year", "hub", "funding"]
    answer = await catalogue.browse(scope(filters={"topics": ["natur"]}), sort=SearchSort.TITLE, facets=facets, limit=1)
    assert (names(answer), answer.total, answer.is_total_exact) == (["a"], 2, True)
    assert counts(answer, "topics") == {"natur": 2, "sensorik": 2}
    assert counts(answer, "size_class") == {"UNDER_2000": 1, "UNDER_20000": 1}
    assert counts(answer, "states") == {"Sachsen-Anhalt": 2}
    assert counts(answer, "year") == {}
    assert counts(answer, "hub") == {"zeitz": 1}
    assert counts(answer, "funding") == {}
    assert list(answer.facets) == facets


async def test_two_filters_hold_together_and_count_crosswise(catalogue: SearchIndex) -> None:
    filters = {"topics": ["sensorik"], "size_class": ["UNDER_2000", "UNDER_20000"]}
    answer = await catalogue.browse(scope(filters=filters), facets=["topics", "size_class"])
    assert names(answer) == ["a"]
    assert counts(answer, "topics") == {"natur": 2, "sensorik": 1}
    assert counts(answer, "size_class") == {"UNDER_2000": 1, "UNDER_5000": 1}


async def test_a_filter_that_leaves_nothing_still_lets_its_facet_count(catalogue: SearchIndex) -> None:
    answer = await catalogue.browse(scope(filters={"topics": ["verkehr"]}), facets=["topics", "hub"])
    assert (answer.documents, answer.total) == ((), 0)
    assert counts(answer, "topics") == {"natur": 2, "sensorik": 2}
    assert counts(answer, "hub") == {}


async def test_facet_values_come_most_frequent_first_then_by_name(index: SearchIndex) -> None:
    await index.put([make_document("a", topics=["z", "b", "a"]), make_document("b", topics=["z"])])
    answer = await index.browse(scope(), facets=["topics"])
    assert [row.value for row in answer.facets["topics"]] == ["z", "a", "b"]


async def test_of_more_values_than_anybody_reads_the_most_frequent_are_counted(index: SearchIndex) -> None:
    values = [f"{n:04}" for n in range(MAX_FACET_VALUES + 5)]
    await index.put([make_document("a", topics=values), make_document("b", topics=values[-1:])])
    answer = await index.browse(scope(), facets=["topics"])
    assert [row.value for row in answer.facets["topics"]] == [values[-1], *values[: MAX_FACET_VALUES - 1]]


async def test_pages_and_counts_are_of_what_the_caller_may_read(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("open", topics=["finanzen"]),
            make_document("inside", topics=["finanzen"], readers=("network",)),
            make_document("draft", topics=["geheim"], readers=("hub:zeitz",)),
        ]
    )
    for audiences, expected in (
        (EVERYBODY, {"finanzen": 1}),
        (NETWORK, {"finanzen": 2}),
        (MEMBER, {"finanzen": 2, "geheim": 1}),
        ((), {}),
    ):
        answer = await index.browse(scope(audiences), facets=["topics"])
        assert answer.total == len(answer.documents) == sum(expected.values())
        assert counts(answer, "topics") == expected
        assert all(("network_reuse" in one.attributes) is ("network" in audiences) for one in answer.documents)
    assert names(await index.browse(scope(MEMBER, excluded=["open"]), sort=SearchSort.TITLE)) == ["draft", "inside"]


@pytest.mark.parametrize(
    "options",
    [
        {"facets": ["readers"]},
        {"facets": ["title"]},
        {"facets": ["words"]},
        {"facets": ["topics; DROP"]},
        {"offset": -1},
        {"limit": -1},
        {"offset": MAX_WINDOW},
        {"limit": MAX_WINDOW + 1},
    ],
)
async def test_what_cannot_be_meant_is_refused(built_index: SearchIndex, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await built_index.browse(scope(), **options)


# Vocabulary


async def test_each_word_is_counted_once_a_document(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("a", "Wald Wald", summary="Wald und Wiese"),
            make_document("b", "Wald"),
            make_document("c", "Wiese", readers=("network",), what_failed="Der Wald, der Wald."),
            make_document("d", "Geheim", readers=("hub:zeitz",)),
        ]
    )
    everybody = await index.vocabulary(scope(), limit=100)
    assert (everybody.documents, everybody.words) == (2, {"wald": 2, "und": 1, "wiese": 1})
    network = await index.vocabulary(scope(NETWORK), limit=100)
    assert (network.documents, network.words) == (3, {"wald": 3, "und": 1, "wiese": 2, "der": 1})
    nobody = await index.vocabulary(scope(()), limit=100)
    assert (nobody.documents, nobody.words) == (0, {})


async def test_words_of_network_only_texts_are_counted_for_the_network_alone(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("a", "Eins", what_failed="Lieferant pleite"),
            make_document("b", "Lieferant", what_failed="Lieferant"),
        ]
    )
    assert (await index.vocabulary(scope(), limit=9)).words == {"eins": 1, "lieferant": 1}
    assert (await index.vocabulary(scope(NETWORK), limit=9)).words == {"eins": 1, "lieferant": 2, "pleite": 1}


async def test_where_there_are_more_the_most_frequent_words_are_given(index: SearchIndex) -> None:
    await index.put([make_document(f"{n}", " ".join(["eins", "zwei", "drei", "vier"][: n + 1])) for n in range(4)])
    words = {"eins": 4, "zwei": 3, "drei": 2, "vier": 1}
    for limit in (0, 1, 3, 4, 5):
        assert (await index.vocabulary(scope(), limit=limit)).words == dict(list(words.items())[:limit])
    await index.put([make_document("5", "vier")])
    assert (await index.vocabulary(scope(), limit=3)).words == {"eins": 4, "zwei": 3, "drei": 2}, "ties: by word"


async def test_the_vocabulary_is_of_what_is_there_now(index: SearchIndex) -> None:
    await index.put([make_document("a", "Alt"), make_document("b", "Bleibt"), make_document("c", "Alt")])
    await index.put([make_document("a", "Neu")])
    await index.delete(["c"])
    vocabulary = await index.vocabulary(scope(), limit=9)
    assert (vocabulary.documents, vocabulary.words) == (2, {"bleibt": 1, "neu": 1})
    filtered = await index.vocabulary(scope(filters={"status": ["RUNNING"]}, excluded=["b"]), limit=9)
    assert (filtered.documents, filtered.words) == (1, {"neu": 1})


# Revision


async def test_the_revision_changes_with_the_documents_alone(index: SearchIndex) -> None:
    seen = [await index.revision()]

    async def is_new() -> bool:
        seen.append(await index.revision())
        return seen[-1] not in seen[:-1]

    await index.put([make_document("a")])
    assert await is_new()
    await index.vocabulary(scope(), limit=9)
    await index.browse(scope())
    await index.versions()
    await index.apply_settings()
    rebuild = await index.begin_rebuild()
    await rebuild.put([make_document("b")])
    assert await index.revision() == seen[-1]
    await rebuild.swap()
    assert await is_new()
    await index.delete(["b"])
    assert await is_new()
    await build(index)
    assert await is_new()
    await asyncio.gather(index.put([make_document("c")]), index.put([make_document("d")]))
    assert await is_new()
    assert await index.revision() == seen[-1]

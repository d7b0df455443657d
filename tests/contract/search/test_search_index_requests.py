"""Filters, facets, orders, and what cannot be meant."""

import pytest

from search.errors import InvalidSearchRequestError
from search.port import MAX_QUERY_LENGTH, MAX_WINDOW, SearchIndex, SearchSort
from tests.fixtures.search import EVERYBODY, MEMBER, Filling, counts, find, ids, make_document


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

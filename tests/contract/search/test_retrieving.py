"""Which documents are retrieved, for whom, and with what they come."""

from typing import Any

import pytest

from search.errors import InvalidSearchRequestError, SearchUnavailableError
from search.port import MAX_CANDIDATES, MAX_CLAUSE_WORDS, Clause, SearchIndex, Tier
from search.stored import lot
from tests.fixtures.meilisearch import MEILI_KEY, MEILI_URL
from tests.fixtures.search import (
    EVERYBODY,
    MEMBER,
    NETWORK,
    Filling,
    everything,
    found,
    having,
    make_document,
    names,
    retrieve,
    scope,
    with_attributes,
)


def test_the_meilisearch_suite_runs() -> None:
    if not (MEILI_URL and MEILI_KEY):
        pytest.skip("MEILI_URL and MEILI_KEY are not set: the suite of Meilisearch DID NOT RUN")


async def test_words_are_compared_as_they_are(parking: SearchIndex) -> None:
    assert await found(parking, "parkplatzsuche") == ["zeitz"]
    assert await found(parking, "parkplatzsuche", "burgerbeteiligung", "nie") == ["beteiligung", "zeitz"]
    for word in ("parkplatz", "parkplatzsuch", "parkplatzsuchen", "", "*", "park*"):
        assert await found(parking, word) == []


async def test_attributes_of_a_clause_are_alternatives(parking: SearchIndex) -> None:
    assert await found(parking, "strassenbaume", of="head_words") == []
    assert await found(parking, "strassenbaume", "zeitz", of=("head_words", "words")) == ["beteiligung", "zeitz"]
    assert await found(parking, "146250200200", "zeitz", of=("keys", "hub")) == ["hort", "zeitz"]


async def test_clauses_of_a_tier_hold_together(parking: SearchIndex) -> None:
    assert names(await retrieve(parking, (having("digitales"), having("platze", "nie")))) == ["zeitz"]
    assert names(await retrieve(parking, (having("digitales"), having("platz")))) == []
    assert names(await retrieve(parking, (having("hort"), having("146250200200", of="keys")))) == ["hort"]


async def test_tiers_are_alternatives(parking: SearchIndex) -> None:
    tiers: list[Tier] = [(having("digitales"), having("platze")), (having("umfragen"),), (having("nie"),)]
    answer = await retrieve(parking, *tiers)
    assert (names(answer), answer.is_complete) == (["beteiligung", "zeitz"], True)


async def test_no_clause_is_everything_and_no_value_nothing(parking: SearchIndex) -> None:
    assert await everything(parking) == ["beteiligung", "hort", "zeitz"]
    assert await found(parking) == []
    assert names(await retrieve(parking, (having("zeitz"), having()))) == []
    answer = await retrieve(parking)
    assert (answer.documents, answer.is_complete) == ((), True)


async def test_candidates_come_with_what_they_are_ranked_by(index: SearchIndex) -> None:
    await index.put(
        [make_document("a", "Äpfel zählen", summary="Im Wald.", topics=["natur"], started="2021", licence="EUPL-1.2")]
    )
    (candidate,) = (await retrieve(index, ())).documents
    assert candidate.id == "a"
    assert candidate.attributes["title"] == "apfel zahlen"
    assert candidate.attributes["summary"] == "im wald"
    assert candidate.attributes["topics"] == ["natur"]
    assert candidate.attributes["year"] == ["2021"]
    assert candidate.attributes["updated_at"] == "2026-01-01"
    assert candidate.attributes["reuse"] == 0
    assert "eupl-1.2" in candidate.attributes["keys"]
    assert candidate.attributes.keys().isdisjoint({"writeup", "hub", "confirmed_at"}), "what it lacks"
    assert candidate.attributes.keys().isdisjoint({"words", "readers", "id", "version"}), "what nobody ranks by"


async def test_a_candidate_is_as_it_was_written_last(index: SearchIndex) -> None:
    await index.put([make_document("a", "Alt", topics=["x"])])
    assert (await retrieve(index, ())).documents[0].attributes["title"] == "alt"
    # The same version: what stands beside a project may change without it.
    await index.put([make_document("a", "Neu")])
    (candidate,) = (await retrieve(index, ())).documents
    assert candidate.attributes["title"] == "neu"
    assert "topics" not in candidate.attributes


# More than there is room for


async def crowd(index: SearchIndex, filling: Filling) -> list[str]:
    """Ids of sixty documents in the order they are drawn; every third has `drei`, every sixth `drei` and `sechs`."""
    ids = [f"p{number:02}" for number in range(60)]
    titles = {name: ["Alle", "Drei" * (place % 3 == 0), "Sechs" * (place % 6 == 0)] for place, name in enumerate(ids)}
    await filling.fill(index, "crowd", [make_document(name, " ".join(words)) for name, words in titles.items()])
    return sorted(ids, key=lot)


ALL, THREE, SIX = ((having(word),) for word in ("alle", "drei", "sechs"))


async def test_where_there_are_too_many_a_fixed_draw_decides(built_index: SearchIndex, filling: Filling) -> None:
    drawn = await crowd(built_index, filling)
    for limit in (1, 7, 59):
        answer = await retrieve(built_index, ALL, limit=limit)
        assert (names(answer), answer.is_complete) == (sorted(drawn[:limit]), False)
    answer = await retrieve(built_index, ALL, limit=60)
    assert (names(answer), answer.is_complete) == (sorted(drawn), True)


@pytest.mark.parametrize("limit", [5, 10, 15, 20, 33, 59, 60])
async def test_earlier_tiers_are_taken_first(built_index: SearchIndex, filling: Filling, limit: int) -> None:
    drawn = await crowd(built_index, filling)
    sixes = [name for name in drawn if int(name[1:]) % 6 == 0]
    threes = [name for name in drawn if int(name[1:]) % 3 == 0 and name not in sixes]
    rest = [name for name in drawn if int(name[1:]) % 3]
    answer = await retrieve(built_index, SIX, THREE, ALL, limit=limit)
    assert names(answer) == sorted([*sixes, *threes, *rest][:limit])
    assert answer.is_complete is (limit == 60)


async def test_tiers_need_not_hold_each_other(built_index: SearchIndex, filling: Filling) -> None:
    await crowd(built_index, filling)
    answer = await retrieve(built_index, ALL, THREE, limit=60)
    assert (len(answer.documents), answer.is_complete) == (60, True)
    pair = ((having("p07", of="keys"),), (having("p08", "p07", of="keys"),))
    assert names(await retrieve(built_index, *pair, limit=1)) == ["p07"]
    assert names(await retrieve(built_index, *pair[::-1], limit=1)) == [min("p07", "p08", key=lot)]
    answer = await retrieve(built_index, THREE, (having("p01", of="keys"),), limit=20)
    assert names(answer) == [f"p{number:02}" for number in range(0, 60, 3)]
    assert answer.is_complete is False


async def test_clauses_may_have_very_many_values(built_index: SearchIndex, filling: Filling) -> None:
    await crowd(built_index, filling)
    many = having(*(f"{'wort' * 10}{number}" for number in range(MAX_CLAUSE_WORDS - 1)), "sechs")
    answer = await retrieve(built_index, *[(many, ALL[0])] * 7, (many,))
    assert len(answer.documents) == 10


# Permissions


async def test_a_document_counts_only_for_its_readers(built_index: SearchIndex, filling: Filling) -> None:
    await filling.fill(
        built_index,
        "readers",
        [
            make_document("open", "Haushalt"),
            make_document("inside", "Haushalt", readers=("network",)),
            make_document("draft", "Haushalt", readers=("admin", "hub:zeitz")),
            make_document("other", "Haushalt", readers=("admin", "hub:bohmte")),
            make_document("nobody", "Haushalt", readers=()),
        ],
    )
    for audiences, expected in (
        (EVERYBODY, ["open"]),
        (NETWORK, ["inside", "open"]),
        (MEMBER, ["draft", "inside", "open"]),
        ({"network"}, ["inside"]),
        ((), []),
        ({""}, []),
        ({"pub", "publicc"}, []),
    ):
        assert await found(built_index, "haushalt", audiences=audiences) == expected
        assert await everything(built_index, audiences=audiences) == expected


async def test_network_only_words_find_for_the_network_alone(index: SearchIndex) -> None:
    await index.put(
        [
            make_document("closed", "Eins", what_failed="Der Lieferant ging pleite.", one_off_cost=48_211),
            make_document("opened", "Zwei", what_failed="Der Lieferant ging pleite.", opened=("what_failed",)),
        ]
    )
    both = ("words", "network_words")
    assert await found(index, "lieferant", of=both) == ["opened"]
    assert await found(index, "lieferant", "48211", of="network_words") == []
    assert await found(index, "lieferant", of=both, audiences=NETWORK) == ["closed", "opened"]
    assert await found(index, "48211", of="network_words", audiences=NETWORK) == ["closed"]


async def test_network_only_attributes_come_for_the_network_alone(index: SearchIndex) -> None:
    closed = make_document("a", what_failed="Der Lieferant ging pleite.")
    await index.put([closed])
    # Whoever asked first, each is given his own.
    for audiences in (NETWORK, EVERYBODY, NETWORK, EVERYBODY):
        (candidate,) = (await retrieve(index, (), audiences=audiences)).documents
        reads_all = audiences == NETWORK
        assert ("lieferant" in candidate.attributes.get("network_notes", "")) is reads_all
        assert ("network_reuse" in candidate.attributes) is reads_all


async def test_hidden_documents_change_nothing(index: SearchIndex) -> None:
    await index.put([make_document(f"p{number}", "Radweg") for number in range(10)])
    limits = (3, 10)
    before = [await retrieve(index, (having("wald"),), (having("radweg"),), limit=limit) for limit in limits]
    await index.put([make_document(f"x{n}", "Radweg Wald", readers=("hub:zeitz",)) for n in range(40)])
    after = [await retrieve(index, (having("wald"),), (having("radweg"),), limit=limit) for limit in limits]
    assert after == before
    assert [answer.is_complete for answer in after] == [False, True]


async def test_excluded_ids_are_left_out(index: SearchIndex) -> None:
    await index.put([make_document(name, "Wald") for name in ("a", "b", "c")])
    answer = await retrieve(index, (having("wald"),), limit=2, excluded={"b", "unknown", 'q"uote'})
    assert (names(answer), answer.is_complete) == (["a", "c"], True)
    assert await everything(index, excluded=("a", "b", "c")) == []


# Filters


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": ["2021"]}, ["b", "d"]),
        ({"licence": ["EUPL-1.2"]}, ["c"]),
        ({"houses": ["University:03sft3r75"]}, ["d"]),
        ({"hub": ["zeitz"]}, ["a"]),
        ({"states": ["Bremen", "Hamburg"]}, ["d"]),
        ({"status": ["RUNNING"]}, ["a", "b", "c", "d"]),
        ({"topics": ["sensorik"], "size_class": ["UNDER_2000", "UNDER_20000"]}, ["a"]),
        ({"topics": []}, []),
        ({"topics": ["nat", "nature", "na*", ""]}, []),
    ],
)
async def test_filters(catalogue: SearchIndex, filters: dict[str, list[str]], expected: list[str]) -> None:
    assert await everything(catalogue, filters=filters) == expected


async def test_filters_work_together_with_words(catalogue: SearchIndex) -> None:
    assert await found(catalogue, "apfel", "schule", filters={"topics": ["sensorik"]}) == ["a"]
    assert await found(catalogue, "apfel", filters={"topics": ["verkehr"]}) == []


# Bad input

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
    "\u202eאב",
    "🙂",
    "AND",
    "*",
    "[]",
    "readers",
    "_hubnetz_built",
    " ",
    "x" * 200,
)


@pytest.mark.parametrize("value", HOSTILE_VALUES)
async def test_values_are_only_values(built_index: SearchIndex, filling: Filling, value: str) -> None:
    secret = make_document("secret", topics=["secret"], readers=("network",))
    rows = [
        with_attributes(make_document(f"v{place}", topics=[text]), words=[text])
        for place, text in enumerate(HOSTILE_VALUES)
    ]
    await filling.fill(built_index, "hostile values", [secret, *rows])
    hit = f"v{HOSTILE_VALUES.index(value)}"
    assert await everything(built_index, filters={"topics": [value]}) == [hit]
    assert await found(built_index, value) == [hit]
    assert await found(built_index, value, of="topics") == [hit]
    assert set(await everything(built_index, excluded={value})) == {f"v{n}" for n in range(len(HOSTILE_VALUES))}
    assert await everything(built_index, audiences={value}) == []
    vocabulary = await built_index.vocabulary(scope(), limit=1_000)
    assert (vocabulary.documents, vocabulary.words) == (len(rows), dict.fromkeys(HOSTILE_VALUES, 1))


@pytest.mark.parametrize(
    "tiers",
    [
        [(Clause(("readers",), frozenset({"public"})),)],
        [(Clause(("title",), frozenset({"x"})),)],
        [(Clause(("network_notes",), frozenset({"x"})),)],
        [(Clause(("words", "id"), frozenset({"x"})),)],
        [(Clause((), frozenset({"x"})),)],
        [(Clause(('words IN ["x"] OR readers',), frozenset({"x"})),)],
        [(having("x" * 501),)],
        [(having("\ud800"),)],
        [(having(*map(str, range(MAX_CLAUSE_WORDS + 1))),)],
        [(having("x"),)] * 9,
        [(having("x"),) * 65],
    ],
)
async def test_tiers_that_cannot_be_meant_are_refused(built_index: SearchIndex, tiers: list[Tier]) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await retrieve(built_index, *tiers)


@pytest.mark.parametrize(
    "limits",
    [
        {"filters": {"readers": ["public"]}},
        {"filters": {"title": ["x"]}},
        {"filters": {"words": ["x"]}},
        {"filters": {"unknown": ["x"]}},
        {"filters": {"topics": "natur"}},
        {"filters": {"topics": ["x"] * 201}},
        {"filters": {"topics": ["x" * 501]}},
        {"filters": {"topics": ["\ud800"]}},
        {"excluded": ["\ud800"]},
        {"audiences": ["\ud800"]},
        {"limit": 0},
        {"limit": -1},
        {"limit": MAX_CANDIDATES + 1},
    ],
)
async def test_limits_that_cannot_be_meant_are_refused(built_index: SearchIndex, limits: dict[str, Any]) -> None:
    with pytest.raises(InvalidSearchRequestError):
        await retrieve(built_index, (), **limits)


async def test_no_time_is_no_answer(parking: SearchIndex) -> None:
    with pytest.raises(SearchUnavailableError, match="did not answer"):
        await parking.retrieve([(having("zeitz"),)], scope(), timeout_s=0.0)
    with pytest.raises(SearchUnavailableError, match="did not answer"):
        await parking.browse(scope(), timeout_s=0.0)
    with pytest.raises(SearchUnavailableError, match="did not answer"):
        await parking.vocabulary(scope(), limit=10, timeout_s=0.0)
    with pytest.raises(SearchUnavailableError, match="did not answer"):
        await parking.revision(timeout_s=0.0)

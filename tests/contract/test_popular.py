"""What is remembered of searches, on each graph database: popular from five people on, and nobody can be traced by it."""

import asyncio
import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.ddl import LABELS
from graph.port import GraphStore
from graph.reading.popular import FORGOTTEN_DAYS, POPULAR_FROM, begun, forget, note
from graph.values import instant

ISS = "https://id.example"


async def search(store: GraphStore, text: str, people: Iterable[int], display: str = "") -> None:
    for person in people:
        await note(store, text, display or text.title(), iss=ISS, sub=f"person-{person}")


async def record(store: GraphStore, text: str) -> dict[str, Any]:
    rows = await store.transact(lambda transaction: transaction.read("PopularSearch", [text]))
    return rows.get(text, {})


async def age(store: GraphStore, text: str, days: float) -> None:
    """Makes the last use of `text` older."""
    moment = instant(datetime.fromisoformat(await store.now()) - timedelta(days=days))
    row = {"text": text, "last_used_at": moment}
    await store.transact(lambda transaction: transaction.put("PopularSearch", [row]))


async def shown(store: GraphStore, prefix: str, most: int = 10) -> list[str]:
    return [found.display for found in await begun(store, prefix, most=most)]


async def test_it_takes_five_people(store: GraphStore) -> None:
    await search(store, "freie parkplatze", range(POPULAR_FROM - 1), "freie Parkplätze")
    await search(store, "freie parkplatze", [0, 0, 1, 2, 3], "freie Parkplätze")
    assert await shown(store, "freie") == []

    await search(store, "freie parkplatze", [POPULAR_FROM - 1], "freie Parkplätze")
    assert await shown(store, "freie") == ["freie Parkplätze"]


async def test_nothing_of_who_searched_remains_once_it_is_popular(store: GraphStore) -> None:
    await search(store, "parken", range(POPULAR_FROM - 1))
    before = await record(store, "parken")
    await search(store, "parken", range(POPULAR_FROM + 3))
    after = await record(store, "parken")

    assert (len(before["people"]), before["is_popular"]) == (POPULAR_FROM - 1, False)
    assert before["hash_key"]
    assert (after["people"], after["hash_key"], after["is_popular"]) == ([], None, True)


async def test_two_searches_of_one_person_have_nothing_in_common(store: GraphStore) -> None:
    await search(store, "parken", [1])
    await search(store, "laden", [1])
    records = [await record(store, text) for text in ("parken", "laden")]

    assert records[0]["hash_key"] != records[1]["hash_key"]
    assert set(records[0]["people"]).isdisjoint(records[1]["people"])
    for row in records:
        assert "person" not in str(row)
        assert ISS not in str(row)


async def test_issuer_and_subject_together_are_a_person(store: GraphStore) -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", ""), ("1:a", "b"), ("a", "1:b")]
    for iss, sub in pairs[:4]:
        await note(store, "parken", "Parken", iss=iss, sub=sub)

    assert len((await record(store, "parken"))["people"]) == 4
    assert len(set(pairs)) == 6


async def test_beginnings_of_the_text_and_of_its_words_find_it(store: GraphStore) -> None:
    await search(store, "freie parkplatze", range(POPULAR_FROM))

    assert [
        await shown(store, prefix) for prefix in ("f", "freie park", "park", "arkplatz", "freieparkplatze", "x")
    ] == [
        *[["Freie Parkplatze"]] * 3,
        *[[]] * 3,
    ]


@pytest.mark.parametrize("prefix", ["'", '"', "%", "*", "\\", "' OR true //", "ö"])
async def test_prefixes_are_only_text(store: GraphStore, prefix: str) -> None:
    await search(store, "parken", range(POPULAR_FROM))

    assert await shown(store, prefix) == []


async def test_those_used_last_come_first_and_no_more_than_asked_for(store: GraphStore) -> None:
    for number in range(4):
        await search(store, f"wort{number}", range(POPULAR_FROM))
        await age(store, f"wort{number}", days=number)

    assert await shown(store, "wort", most=3) == ["Wort0", "Wort1", "Wort2"]


async def test_what_nobody_uses_is_forgotten(store: GraphStore) -> None:
    for text in ("old", "young", "started"):
        await search(store, text, range(1 if text == "started" else POPULAR_FROM))
    await age(store, "old", FORGOTTEN_DAYS + 0.01)
    await age(store, "started", FORGOTTEN_DAYS + 0.01)
    await age(store, "young", FORGOTTEN_DAYS - 0.01)

    assert await shown(store, "old") == []
    assert await forget(store) == 2
    assert (await record(store, "old"), await record(store, "started")) == ({}, {})
    assert await shown(store, "young") == ["Young"]
    assert await forget(store) == 0


async def test_what_was_forgotten_starts_anew_though_nobody_purged_it(store: GraphStore) -> None:
    await search(store, "parken", range(POPULAR_FROM))
    await age(store, "parken", FORGOTTEN_DAYS + 1)
    await search(store, "parken", [1])

    assert await shown(store, "parken") == []
    assert len((await record(store, "parken"))["people"]) == 1


async def test_being_used_keeps_it(store: GraphStore) -> None:
    await search(store, "parken", range(POPULAR_FROM))
    await age(store, "parken", FORGOTTEN_DAYS - 1)
    await search(store, "parken", [1])

    assert (await record(store, "parken"))["last_used_at"][:10] == (await store.now())[:10]


async def test_a_popular_search_of_today_is_not_written_again(store: GraphStore) -> None:
    await search(store, "parken", range(POPULAR_FROM))
    before = await record(store, "parken")
    await search(store, "parken", range(20, 25))

    assert await record(store, "parken") == before


async def test_only_so_many_are_kept(store: GraphStore) -> None:
    for number in range(6):
        await search(store, f"wort{number}", [1])
        await age(store, f"wort{number}", days=number)

    assert await forget(store, kept=6) == 0
    assert await forget(store, kept=4, limit=1) == 1
    assert await forget(store, kept=4) == 1
    assert [bool(await record(store, f"wort{number}")) for number in range(6)] == [True] * 4 + [False] * 2


async def test_people_who_search_at_the_same_time_are_all_counted(store: GraphStore) -> None:
    for round_, count in itertools.product(range(3), (POPULAR_FROM - 1, POPULAR_FROM)):
        text = f"zugleich {round_} {count}"
        await asyncio.gather(*(search(store, text, [person]) for person in range(count)))
        found = await record(store, text)
        assert found["is_popular"] is (count == POPULAR_FROM)
        assert len(found["people"]) == (0 if count == POPULAR_FROM else count)


async def test_searching_and_forgetting_at_the_same_time_lose_nothing_that_is_used(store: GraphStore) -> None:
    await search(store, "parken", range(POPULAR_FROM - 1))
    await asyncio.gather(search(store, "parken", [9]), *(forget(store) for _ in range(5)))

    assert await shown(store, "parken") == ["Parken"]


def test_it_is_bookkeeping() -> None:
    assert LABELS["PopularSearch"].is_record

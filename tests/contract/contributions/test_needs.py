"""What houses seek and offer, on each graph database."""

from dataclasses import replace
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph.commands.needs import CloseNeed, PostNeed, close_need, post_need
from graph.errors import InvalidInputError, NodeNotFoundError, StaleWriteError
from graph.port import GraphStore
from graph.vocabulary import NeedKind
from graph.writing.lifecycle import MoveNotAllowedError
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    FIRM,
    OTHER_CLERK,
    OTHER_TOWN,
    TOWN_CLERK,
    VISITOR,
    ZEITZ_LEAD,
    at,
    count_kills,
    found_network,
)
from tests.fixtures.units import all_changes, readers, stored

SEEKS = PostNeed(house=OTHER_TOWN, kind=NeedKind.SEEKS, title="Partner für Parken", topics=("parken",))


async def test_a_need_is_posted_and_closed_by_its_house(store: GraphStore) -> None:
    await found_network(store)

    answer = await post_need(at(store), SEEKS, actor=OTHER_CLERK)

    need = str(answer["id"])
    assert await readers(store, f"Need:{need}") == ("network",)
    command = CloseNeed(need=need, is_matched=True)
    for actor in (TOWN_CLERK, ZEITZ_LEAD, ADMIN):
        with pytest.raises(ForbiddenError):
            await close_need(at(store), command, actor=actor)
    for outsider in (ANYBODY, VISITOR):
        with pytest.raises(NodeNotFoundError):
            await close_need(at(store), command, actor=outsider)
    with pytest.raises(StaleWriteError) as stale:
        await close_need(at(store), replace(command, expected_version=9), actor=OTHER_CLERK)
    assert stale.value.current_version == 1
    assert await close_need(at(store), command, actor=OTHER_CLERK) == {"id": need, "version": 2}
    assert await close_need(at(store), command, actor=OTHER_CLERK) == {"id": need, "version": 2}
    with pytest.raises(MoveNotAllowedError):
        await close_need(at(store), replace(command, is_matched=False), actor=OTHER_CLERK)
    row = await stored(store, f"Need:{need}")
    assert row is not None
    assert row["status"] == "MATCHED"


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, TOWN_CLERK, ZEITZ_LEAD, ADMIN])
async def test_nobody_posts_for_another_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)

    with pytest.raises(ForbiddenError):
        await post_need(at(store), SEEKS, actor=actor)


@pytest.mark.parametrize("given", [{"title": " "}, {"topics": ("nie",)}, {"services": ("99",)}, {"house": FIRM}])
async def test_needs_that_cannot_be_meant(store: GraphStore, given: dict[str, Any]) -> None:
    await found_network(store)
    before = await all_changes(store)

    with pytest.raises((InvalidInputError, ForbiddenError)):
        await post_need(at(store), replace(SEEKS, **given), actor=OTHER_CLERK)
    assert await all_changes(store) == before


async def test_a_need_is_posted_whole_and_once(store: GraphStore) -> None:
    await found_network(store)

    assert await count_kills(store, lambda work: post_need(work, SEEKS, actor=OTHER_CLERK), lambda: all_changes(store))
    answers = [await post_need(at(store), SEEKS, actor=OTHER_CLERK, idempotency_key="k") for _ in range(2)]

    assert answers[0] == answers[1]
    assert [line["action"] for line in await all_changes(store)].count("post_need") == 2

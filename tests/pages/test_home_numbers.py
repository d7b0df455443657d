"""How much there is, on the start page: of what its reader may see, counted once a minute for all who see the same."""

import re
from typing import Any

from starlette.requests import Request

from auth.principal import Anonymous, Caller, Membership, Principal
from network.edge.request import CALLER
from network.pages.frame.asking import Answer
from network.pages.reading.home import KEPT_S, MOST_KEPT, Numbers
from tests.pages.finding import Pages


class Counting:
    """Answers what there is, and how often it was asked; `answer` may be changed meanwhile."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 0.0
        self.answer: dict[str, Any] = {"networkCounts": {"projects": 1, "confirmedAdoptions": 0}}
        self.numbers = Numbers(self.ask, clock=lambda: self.now)

    async def ask(self, _: Request) -> Answer:
        self.asked += 1
        return Answer(self.answer)

    async def of(self, caller: Caller) -> Any:
        return await self.numbers.of(Request({"type": "http", CALLER: caller}))


def member(house: str, name: str = "one") -> Principal:
    return Principal("issuer", name, frozenset({Membership.parse(house)}))


async def test_who_sees_the_same_is_told_the_same_for_a_minute() -> None:
    counting = Counting()
    first = await counting.of(Anonymous())
    counting.answer = {"networkCounts": {"projects": 2, "confirmedAdoptions": 1}}
    assert await counting.of(Anonymous()) == first
    # Whoever sees more is counted for apart, and people of one house together.
    assert (await counting.of(member("hub_lead:zeitz")))["projects"] == 2
    await counting.of(member("hub_lead:zeitz", "two"))
    assert counting.asked == 2
    counting.now += KEPT_S
    assert (await counting.of(Anonymous()))["projects"] == 2


async def test_what_cannot_be_known_is_asked_for_again() -> None:
    counting = Counting()
    counting.answer = {}
    assert await counting.of(Anonymous()) == {}
    counting.answer = {"networkCounts": {"projects": 2, "confirmedAdoptions": 1}}
    assert (await counting.of(Anonymous()))["projects"] == 2


async def test_no_number_of_houses_makes_a_process_grow() -> None:
    counting = Counting()
    for number in range(MOST_KEPT + 1):
        await counting.of(member(f"organisation:o{number}"))
    await counting.of(member(f"organisation:o{MOST_KEPT}"))
    assert counting.asked == MOST_KEPT + 1
    await counting.of(member("organisation:o0"))
    assert counting.asked == MOST_KEPT + 2


async def test_the_page_says_how_many_there_are_for_its_reader(found: Pages) -> None:
    shown = await found.text("/")
    (projects,) = re.findall(r">Alle (\d+) Projekte</a>", shown)
    assert int(projects) > 0
    assert re.search(r">All \d+ projects</a>", await found.text("/en"))

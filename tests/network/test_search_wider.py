"""Where nothing or little is found: parts of the words and topics that lead to something, for whoever asks."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from auth.principal import Caller
from graph.commands import COMMAND_LINE
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.vocabulary import Stage, Visibility
from graph.writing.unit_of_work import UnitOfWork
from network.context import Context
from network.execution import execute
from search.finder import SearchRequest
from tests.fixtures.builders import make_hub, make_project, make_topic, relate
from tests.network.searching import Place, network_of, slugs
from tests.network.world import ANONYMOUS, ZEITZ

hub = make_hub("zeitz", name="DigitalHub Zeitz", town="Zeitz")
verwaltung = make_topic("verwaltung", name_de="Verwaltung", name_en="Public administration")
ozg = make_topic("ozg", name_de="Onlinedienste (OZG)", name_en="Online services")
umwelt = make_topic("umwelt", name_de="Umwelt", name_en="Environment")
pilze = make_topic("pilze", name_de="Pilzberatung", name_en="Mushrooms")
morcheln = make_topic("morcheln", name_de="Morchelkunde", name_en="Morels")

kita = make_project("kita", title="Anmeldung für die Kita", summary="Eltern melden an.")
hort = make_project("hort", title="Anmeldung für den Hort", summary="Ein Platz am Nachmittag.")
kasse = make_project("kasse", title="Neue Kasse", summary="Wie das Amt abrechnet.")
pilz = make_project("pilz", title="Pilzkarte", summary="Wo sie stehen.")
fest = make_project("fest", title="Fest am See", summary="Mit Musik.")
entwurf = make_project(
    "entwurf", title="Steuerformular", stage=Stage.DRAFT, visibility=Visibility.PRIVATE, readers=("admin", "hub:zeitz")
)
baum = make_project(
    "baum", title="Bäume zählen", stage=Stage.DRAFT, visibility=Visibility.PRIVATE, readers=("admin", "hub:zeitz")
)
others = [make_project(f"other-{number}", title=f"Sache {number}") for number in range(6)]
NODES = (hub, verwaltung, ozg, umwelt, pilze, morcheln, kita, hort, kasse, pilz, fest, entwurf, baum, *others)
LINKS = (
    *(relate("OWNS", hub, project) for project in (kita, entwurf, baum)),
    relate("SUBTOPIC_OF", ozg, verwaltung),
    relate("SUBTOPIC_OF", morcheln, pilze),
    relate("ADDRESSES", kita, ozg),
    relate("ADDRESSES", kasse, verwaltung),
    relate("ADDRESSES", pilz, pilze),
    relate("ADDRESSES", baum, umwelt),
)


@pytest_asyncio.fixture
async def place(gateway: GraphQLSchema, tmp_path: Path) -> AsyncIterator[Place]:
    async with network_of(gateway, tmp_path, *NODES, *LINKS) as found:
        yield found


def parts(page: Any) -> dict[str, int]:
    return {part["text"]: part["totalCount"] for part in page["wider"]["parts"]}


def topics(page: Any) -> dict[str, tuple[int, str, str, str]]:
    return {
        one["topic"]["slug"]: (one["totalCount"], one["reason"], one["typed"], one["found"])
        for one in page["wider"]["topics"]
    }


async def test_a_compound_that_finds_nothing_offers_its_parts_and_topics_around_them(place: Place) -> None:
    found = await place.search("Hundesteueranmeldung")

    assert found["totalCount"] == 0
    assert parts(found) == {"Anmeldung": 2}
    assert topics(found) == {
        "ozg": (1, "VOCABULARY", "Anmeldung", "Anmeldung"),
        "verwaltung": (1, "VOCABULARY", "Steuer", "Steuer"),
    }


async def test_neighbouring_parts_are_tried_together_and_written_as_typed(place: Place) -> None:
    assert parts(await place.search("Wasserpilzkartenverzeichnis")) == {"Pilzkarte": 1}
    assert parts(await place.search("wasserpilzkartenverzeichnis")) == {"pilzkarte": 1}


async def test_of_several_words_each_is_tried(place: Place) -> None:
    found = await place.search("Hundesteuer anmelden")
    assert (found["totalCount"], parts(found)) == (0, {"anmelden": 2})


@pytest.mark.parametrize("text", ["Hundesteueranmeldung", "Baumkataster", "Pilzfest", "Steuerfest", "Käsekasse"])
@pytest.mark.parametrize("caller", [ANONYMOUS, ZEITZ])
async def test_whatever_is_offered_finds_as_many_as_it_says(place: Place, text: str, caller: Caller) -> None:
    found = await place.search(text, caller)
    for part, count in parts(found).items():
        assert (await place.search(part + " ", caller))["totalCount"] == count > 0
    for slug, (count, *_) in topics(found).items():
        assert (await place.search("", caller, filter={"topic": [slug]}))["totalCount"] == count > 0


async def test_what_the_caller_may_not_read_is_neither_part_nor_topic(place: Place) -> None:
    outside, inside = await place.search("Baumkataster"), await place.search("Baumkataster", ZEITZ)
    assert outside["totalCount"] == 0
    assert "umwelt" not in topics(outside)
    assert "Baum" not in parts(outside)
    assert topics(inside)["umwelt"] == (1, "VOCABULARY", "Baum", "Baum")


async def test_a_topic_without_projects_leads_to_the_one_above_it(place: Place) -> None:
    found = await place.search("Morchelkunde")
    assert topics(found) == {"pilze": (1, "BROADER", "Morchelkunde", "Morchelkunde")}


async def test_what_was_withdrawn_is_no_part_and_counts_in_no_topic(place: Place) -> None:
    await withdraw_project(UnitOfWork(place.store), WithdrawProject(project="kita"), actor=COMMAND_LINE)
    found = await place.search("Hundesteueranmeldung")
    assert parts(found) == {"Anmeldung": 1}
    assert set(topics(found)) == {"verwaltung"}


async def test_what_the_graph_no_longer_has_is_not_counted(place: Place) -> None:
    await place.index.put([])
    asked = SearchRequest(text="Hundesteueranmeldung", audiences=frozenset({"public"}))
    select = place.store.select

    async def without_kita(selection: Any, start: Any, **given: Any) -> Any:
        selected = await select(selection, start, **given)
        return replace(selected, rows=[row for row in selected.rows if row is None or row[0] != "kita"])

    with patch.object(place.store, "select", without_kita):
        found = await place.service.search(asked, widens=True)
    assert found.wider is not None
    assert [(part.text, part.total) for part in found.wider.parts] == [("Anmeldung", 1)]


async def test_little_is_widened_and_enough_is_not(place: Place) -> None:
    little = await place.search("Pilzkarte Anmeldung")
    assert 0 < little["totalCount"] < 4
    enough = await place.search("Sache")
    assert (enough["totalCount"], enough["wider"]) == (6, None)
    assert (await place.search("Fest"))["wider"] is not None
    assert (await place.search(""))["wider"] is None
    assert (await place.search("?!"))["wider"] is None


async def test_what_is_shown_already_is_not_offered_again(place: Place) -> None:
    found = await place.search("Pilzkarte Xylophon")
    assert slugs(found) == ["pilz"]
    assert parts(found) == {}


async def test_where_the_filter_alone_leaves_nothing_that_is_said_and_no_more(place: Place) -> None:
    found = await place.search("Sache", filter={"topic": ["umwelt"]})
    assert (found["totalCount"], found["withoutFilters"], found["wider"]) == (0, 6, None)


async def test_later_pages_are_not_widened(place: Place) -> None:
    first = await place.search("Anmeldung", first=1)
    assert first["totalCount"] == 2
    later = await place.search("Anmeldung", first=1, after=first["pageInfo"]["endCursor"])
    assert (len(later["edges"]), later["wider"]) == (1, None)


@pytest.mark.parametrize("text", ["Xylophon", "\u202eqwertz", "a" * 400, "<script>alert(1)</script>"])
async def test_where_no_part_finds_anything_nothing_is_offered(place: Place, text: str) -> None:
    found = await place.search(text)
    assert found["wider"] == {"parts": [], "topics": []}


class Counting:
    """Counts calls of engine and graph."""

    def __init__(self, place: Place) -> None:
        self.calls: Counter[str] = Counter()
        self._place = place

    def _counted(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*given: Any, **named: Any) -> Any:
            self.calls[name] += 1
            return await call(*given, **named)

        return counted

    async def search(self, text: str, fields: str) -> Any:
        place = self._place
        context = Context(store=place.store, search=place.service, caller=ANONYMOUS)
        with (
            patch.object(place.index, "retrieve", self._counted("retrieve", place.index.retrieve)),
            patch.object(place.index, "browse", self._counted("browse", place.index.browse)),
            patch.object(place.store, "select", self._counted("select", place.store.select)),
        ):
            result = await execute(
                place.gateway,
                parse(f"query ($text: String!) {{ search(query: $text) {{ totalCount {fields} }} }}"),
                context=context,
                variables={"text": text},
            )
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data["search"]


WIDER = "wider { parts { text totalCount } topics { totalCount typed } }"


async def test_calls_are_the_same_however_much_is_offered(place: Place) -> None:
    # Topics, what parts find, nearest hits or hits, and names for a correction.
    most = Counter(retrieve=2, browse=1, select=4)
    for text in (
        "Hundesteueranmeldung",
        "Xylophon",
        "Käse Quark Butter Sahne Molke Xylophon Pfanne Kessel Löffel Gabel",
        "Baumkatasterpilzkartenhundesteueranmeldungsverzeichnis",
        "Pilzkarte Kassenfest",
    ):
        counting = Counting(place)
        await counting.search(text, WIDER)
        assert counting.calls <= most, text
    # The first of them needs all but the last.
    counting = Counting(place)
    await counting.search("Hundesteueranmeldung", WIDER)
    assert counting.calls == most - Counter(select=1)


async def test_who_does_not_ask_for_it_pays_nothing(place: Place) -> None:
    counting = Counting(place)
    await counting.search("Hundesteueranmeldung", "")
    assert (counting.calls["retrieve"], counting.calls["browse"]) == (1, 0)

"""What was withdrawn is nowhere from the answer of the mutation on, though the index has not heard of it.

The graph has the last word on every hit anyhow; but counts, facets, what is alike and what is popular come from the
index, and would go on speaking of it.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from auth.principal import Principal
from graph.commands import COMMAND_LINE
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.reading.popular import POPULAR_FROM
from graph.writing.unit_of_work import UnitOfWork
from network.context import Context
from network.execution import execute
from tests.fixtures.builders import make_hub, make_project, make_topic, relate
from tests.network.searching import Place, network_of, slugs
from tests.network.world import ANONYMOUS

hub = make_hub("zeitz", name="DigitalHub Zeitz", town="Zeitz")
wasser = make_topic("wasser", name_de="Wasser")
gone = make_project(
    "gone",
    title="Pegelsensoren, Sensoren am Wehr",
    summary="Sensoren melden Biber und zeigen sie, sagt die Verwaltung.",
    licence="EUPL-1.2",
)
stays = make_project("stays", title="Pegelkarte", summary="Sensoren zeigen Pegel.", licence="MIT")
other = make_project("other", title="Pegelarchiv", summary="Sensoren von früher.")
BESIDE = """
query ($prefix: String!) {
  suggestions(prefix: $prefix, first: 20) { kind text node { ... on Project { slug } } }
  similarProjects(slug: "stays", first: 20) { project { slug } }
}
"""


@pytest_asyncio.fixture
async def place(gateway: GraphQLSchema, tmp_path: Path) -> AsyncIterator[Place]:
    owned = (relate("OWNS", hub, project) for project in (gone, stays, other))
    about = (relate("ADDRESSES", project, wasser) for project in (gone, stays))
    async with network_of(gateway, tmp_path, hub, wasser, gone, stays, other, *owned, *about) as found:
        for text in ("Biber", "Sensoren"):
            for number in range(POPULAR_FROM):
                found.service.popular.note(text, Principal("https://id.example", f"person-{number}"))
        await found.service.popular.settled()
        yield found


async def withdraw(place: Place) -> None:
    await withdraw_project(UnitOfWork(place.store), WithdrawProject(project="gone"), actor=COMMAND_LINE)


async def beside(place: Place, prefix: str) -> Any:
    context = Context(store=place.store, search=place.service, caller=ANONYMOUS)
    result = await execute(place.gateway, parse(BESIDE), context=context, variables={"prefix": prefix})
    assert result.errors is None, result.errors
    return result.data


@pytest.mark.parametrize("query", ["", "Sensoren"])
async def test_hits_counts_and_facets_are_without_it(place: Place, query: str) -> None:
    before = await place.search(query)
    assert (set(slugs(before)), before["totalCount"]) == ({"gone", "stays", "other"}, 3)
    assert "LICENCE" in {facet["name"] for facet in before["facets"]}

    await withdraw(place)
    after = await place.search(query)
    assert set(slugs(after)) == {"stays", "other"}
    assert (after["totalCount"], after["isTotalExact"]) == (2, True)
    # One licence is left, which narrows nothing.
    assert "LICENCE" not in {facet["name"] for facet in after["facets"]}


@pytest.mark.parametrize("query", ["", "Biber"])
async def test_a_filter_that_it_alone_met_leaves_nothing(place: Place, query: str) -> None:
    chosen = {"licence": ["EUPL-1.2"]}
    assert slugs(await place.search(query, filter=chosen)) == ["gone"]

    await withdraw(place)
    after = await place.search(query, filter=chosen)
    assert (after["totalCount"], after["withoutFilters"]) == (0, 0 if query else 2)


async def test_it_is_not_near_what_nothing_answers_either(place: Place) -> None:
    words = "Verwaltung Nordpol Venus Komet Saturn"
    assert slugs((await place.search(words))["relaxed"]) == ["gone"]

    await withdraw(place)
    assert slugs((await place.search(words))["relaxed"]) == []


async def test_neither_is_it_suggested_nor_similar(place: Place) -> None:
    before = await beside(place, "pegel")
    assert "gone" in {one["node"]["slug"] for one in before["suggestions"]}
    assert "gone" in {one["project"]["slug"] for one in before["similarProjects"]}

    await withdraw(place)
    after = await beside(place, "pegel")
    assert {one["node"]["slug"] for one in after["suggestions"]} == {"stays", "other"}
    assert {one["project"]["slug"] for one in after["similarProjects"]} == {"other"}


async def test_a_popular_search_that_it_alone_answered_is_not_offered(place: Place) -> None:
    before = [*(await beside(place, "bib"))["suggestions"], *(await beside(place, "sens"))["suggestions"]]
    assert [one["text"] for one in before if one["kind"] == "SEARCH"] == ["Biber", "Sensoren"]

    await withdraw(place)
    after = [*(await beside(place, "bib"))["suggestions"], *(await beside(place, "sens"))["suggestions"]]
    assert [(one["text"], one["node"]["slug"] != "gone") for one in after] == [("Sensoren", True)]


async def test_neither_is_one_with_a_word_that_it_alone_had(place: Place) -> None:
    for number in range(POPULAR_FROM):
        place.service.popular.note("zeigen Biber", Principal("https://id.example", f"person-{number}"))
    await place.service.popular.settled()
    before = (await beside(place, "zeigen b"))["suggestions"]
    assert "zeigen Biber" in [one["text"] for one in before if one["kind"] == "SEARCH"]

    await withdraw(place)
    assert "Biber" not in str((await beside(place, "zeigen b"))["suggestions"])


async def test_what_finds_nothing_but_it_becomes_popular_no_more(place: Place) -> None:
    await withdraw(place)
    for number in range(POPULAR_FROM):
        place.service.popular.note("Wehr", Principal("https://id.example", f"late-{number}"))
    await place.service.popular.settled()

    rows = await place.store.query("popular_forgotten", {"before": "~", "limit": 100})
    assert len(rows) == 2

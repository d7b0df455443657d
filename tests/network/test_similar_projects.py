"""Similar projects over GraphQL."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from network.limits import LimitExceededError, Limits
from network.operations.documents import Documents
from search.errors import SearchUnavailableError
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.builders import make_adoption, make_hub, make_project, plant, relate
from tests.network.world import ANONYMOUS, STRANGER, WILSTER, ZEITZ, ask, data

SIMILAR = """
query ($slug: String! = "parkplatzsuche", $first: Int! = 5) {
  project(slug: $slug) { similar(first: $first) { project { slug title } similarity reasons why { aspect label names } } }
}
"""


async def similar(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, caller: Caller, **given: Any
) -> dict[str, Any]:
    found = await data(gateway, network, SIMILAR, caller, search=index, **given)
    return {row["project"]["slug"]: row for row in found["project"]["similar"]}


@pytest.mark.parametrize("caller", [ANONYMOUS, STRANGER])
async def test_outsiders_are_told_what_public_entries_share(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex, caller: Caller
) -> None:
    found = await similar(gateway, network, index, caller)

    assert found.keys() == {"offen"}
    assert found["offen"]["project"]["title"] == "Offene Kosten"
    assert 0 < found["offen"]["similarity"] <= 1
    assert set(found["offen"]["reasons"]) == {
        "Aus diesem Projekt hervorgegangen",
        "Beide genutzt von Ähren",
        "Beide mit Zeitz",
    }
    assert [one["label"] for one in found["offen"]["why"]] == found["offen"]["reasons"]
    assert {one["aspect"]: one["names"] for one in found["offen"]["why"]} == {
        "DERIVATION": [],
        "ADOPTION": ["Ähren"],
        "HOUSES": ["Zeitz"],
    }


async def test_who_is_only_interested_or_stopped_uses_nothing(gateway: GraphQLSchema, tmp_path: Path) -> None:
    one, two = (make_project(key, title="Pegelstand am Bach") for key in ("eins", "zwei"))
    houses = [make_hub(status, name=f"Hub {status}") for status in ("interested", "pilot", "retired")]
    both = [(house, project) for house in houses for project in (one, two)]
    adoptions = [make_adoption(f"{house.slug}-{project.id}", status=house.slug.upper()) for house, project in both]
    ties = [
        tie
        for (house, project), made in zip(both, adoptions, strict=True)
        for tie in (relate("MADE", house, made), relate("OF", made, project))
    ]
    store = await LadybugGraphStore.open(tmp_path / "graph", readers=1)
    index = await TantivySearchIndex.open(tmp_path / "index")
    try:
        await store.apply_schema()
        await plant(store, one, two, *houses, *adoptions, *ties)
        await Indexer(store, index, holder="tests").full_rebuild()
        found = await similar(gateway, store, index, ANONYMOUS, slug="eins")
    finally:
        await index.close()
        await store.close()

    assert [reason for reason in found["zwei"]["reasons"] if "genutzt" in reason] == ["Beide genutzt von Hub pilot"]


async def test_members_are_told_more_and_insiders_all(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    member = await similar(gateway, network, index, ZEITZ)
    insider = await similar(gateway, network, index, WILSTER)

    assert "netz" in member
    assert "geheim" not in member
    assert {"Gemeinsames Thema: Parken", "Gleiche Förderung: Regio"} <= set(insider["geheim"]["reasons"])


async def test_how_many_is_bounded_and_refused_beyond(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    assert len(await similar(gateway, network, index, WILSTER, first=1)) == 1
    for first in (0, -1, 21):
        result = await ask(gateway, network, SIMILAR, search=index, first=first)
        assert result.data == {"project": {"similar": None}}
        (error,) = result.errors or []
        assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"
        assert f"first is 1 to 20, got {first}" in error.message


async def test_without_an_engine_it_is_an_error_and_the_rest_answers(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    text = '{ project(slug: "parkplatzsuche") { title similar { similarity } } }'
    result = await ask(gateway, network, text)

    assert result.data == {"project": {"title": "Parkplatzsuche", "similar": None}}
    assert [type(error.original_error) for error in result.errors or []] == [SearchUnavailableError]


async def test_an_entry_that_is_not_for_the_caller_is_like_an_absent_one(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    secret = await data(gateway, network, SIMILAR, search=index, slug="geheim")
    absent = await data(gateway, network, SIMILAR, search=index, slug="gibt-es-nicht")

    assert secret == absent == {"project": None}


async def test_the_field_of_the_root_says_the_same(
    gateway: GraphQLSchema, network: LadybugGraphStore, index: TantivySearchIndex
) -> None:
    text = '{ similarProjects(slug: "%s") { project { slug title } similarity reasons why { aspect label names } } }'
    rows = (await data(gateway, network, text % "parkplatzsuche", WILSTER, search=index))["similarProjects"]
    others = [await data(gateway, network, text % slug, search=index) for slug in ("geheim", "gibt-es-nicht", "")]

    assert {row["project"]["slug"]: row for row in rows} == await similar(gateway, network, index, WILSTER)
    assert others == [{"similarProjects": []}] * 3


def test_many_at_once_cost_too_much(gateway: GraphQLSchema) -> None:
    text = "{ projects(first: 100) { edges { node { similar(first: 20) { similarity } } } } }"
    operation = Documents(gateway, Limits(), has_suggestions=True).get(text).operation(None)

    with pytest.raises(LimitExceededError):
        operation.cost.check({}, Limits())

"""Projects and what hangs on them, as each kind of caller sees them."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from tests.network.world import ADMIN, ANONYMOUS, STRANGER, WILSTER, ZEITZ, ask, data

LIST = """
query ($filter: ProjectFilter, $orderBy: ProjectOrder! = TITLE) {
  projects(filter: $filter, orderBy: $orderBy, first: 100) { totalCount edges { node { slug } } }
}
"""


async def slugs(gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, **given: Any) -> list[str]:
    found = (await data(gateway, network, LIST, caller, **given))["projects"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["slug"] for edge in found["edges"]]


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        (ANONYMOUS, ["offen", "parkplatzsuche"]),
        (STRANGER, ["offen", "parkplatzsuche"]),
        (WILSTER, ["geheim", "netz", "offen", "parkplatzsuche"]),
        (ZEITZ, ["entwurf", "netz", "offen", "parkplatzsuche"]),
        (ADMIN, ["entwurf", "geheim", "netz", "offen", "parkplatzsuche"]),
    ],
)
async def test_lists_and_their_counts_are_those_of_the_caller(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, seen: list[str]
) -> None:
    assert await slugs(gateway, network, caller) == seen


@pytest.mark.parametrize(
    ("where", "outside", "wilster"),
    [
        ({"titles": ["PARKPLATZSUCHE!", "Geheimes  Parkhaus", "?"]}, ["parkplatzsuche"], ["geheim", "parkplatzsuche"]),
        ({"titles": []}, [], []),
        ({"topic": "parken"}, ["parkplatzsuche"], ["geheim", "parkplatzsuche"]),
        ({"hub": "wilster"}, [], ["geheim"]),
        ({"hub": "zeitz"}, ["parkplatzsuche"], ["netz", "parkplatzsuche"]),
        ({"house": "Municipality:010610000001"}, [], ["geheim"]),
        ({"house": "Municipality:150840590590"}, ["offen", "parkplatzsuche"], ["offen", "parkplatzsuche"]),
        ({"house": "University:03sft3r75"}, ["parkplatzsuche"], ["parkplatzsuche"]),
        ({"owner": "Hub:zeitz"}, ["parkplatzsuche"], ["netz", "parkplatzsuche"]),
        ({"owner": "University:03sft3r75"}, [], []),
        (
            {"stewards": ["Hub:wilster", "Hub:zeitz"]},
            ["offen", "parkplatzsuche"],
            ["geheim", "netz", "offen", "parkplatzsuche"],
        ),
        ({"stewards": ["Municipality:150840590590"]}, ["offen"], ["offen"]),
        ({"stewards": ["Municipality:150840590"]}, ["offen"], ["offen"]),
        ({"stewards": ["Municipality:15084"]}, [], []),
        ({"stewards": []}, [], []),
        ({"stages": ["DRAFT", "SUBMITTED"]}, [], []),
        ({"stages": ["PUBLISHED"], "hub": "zeitz"}, ["parkplatzsuche"], ["netz", "parkplatzsuche"]),
        ({"stages": []}, [], []),
        ({"state": "Schleswig-Holstein"}, [], ["geheim"]),
        ({"state": "Sachsen-Anhalt"}, ["offen", "parkplatzsuche"], ["netz", "offen", "parkplatzsuche"]),
        ({"sizeClass": "UNDER_2000"}, [], ["geheim"]),
        ({"sizeClass": "UNDER_100000"}, ["offen", "parkplatzsuche"], ["offen", "parkplatzsuche"]),
        ({"sizeClass": "ABOVE"}, [], []),
        ({"status": "PILOT"}, ["offen"], ["offen"]),
        ({"service": "99115005000000"}, ["offen"], ["offen"]),
        ({"funding": "regio"}, ["parkplatzsuche"], ["geheim", "parkplatzsuche"]),
        ({"year": 2022}, ["parkplatzsuche"], ["parkplatzsuche"]),
        ({"year": 202}, [], []),
        ({"licence": "EUPL-1.2"}, ["parkplatzsuche"], ["parkplatzsuche"]),
        ({"updatedSince": "2026-04-01T02:00:00+02:00"}, ["offen"], ["offen"]),
        ({"updatedSince": "2026-04-01T00:00:00.000001Z"}, [], []),
        ({"topic": "parken", "year": 2022, "hub": "zeitz"}, ["parkplatzsuche"], ["parkplatzsuche"]),
        ({}, ["offen", "parkplatzsuche"], ["geheim", "netz", "offen", "parkplatzsuche"]),
    ],
)
async def test_filters_find_only_what_the_caller_may_see(
    gateway: GraphQLSchema,
    network: LadybugGraphStore,
    where: dict[str, object],
    outside: list[str],
    wilster: list[str],
) -> None:
    assert await slugs(gateway, network, ANONYMOUS, filter=where) == outside
    assert await slugs(gateway, network, WILSTER, filter=where) == wilster


async def test_orders(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    assert await slugs(gateway, network, ANONYMOUS, orderBy="UPDATED_DESC") == ["offen", "parkplatzsuche"]
    assert await slugs(gateway, network, ANONYMOUS, orderBy="UPDATED_ASC") == ["parkplatzsuche", "offen"]
    assert await slugs(gateway, network, ANONYMOUS, orderBy="STARTED_DESC") == ["parkplatzsuche", "offen"]


ONE = """
query ($slug: String, $id: ID) {
  project(slug: $slug, id: $id) {
    id title oneOffCost yearlyCost ownShare lessonsLearned whatFailed costBand provenanceLabel
  }
}
"""


@pytest.mark.parametrize(
    ("caller", "cost", "lessons"),
    [(ANONYMOUS, None, None), (STRANGER, None, None), (WILSTER, 12_000, "Früh mit dem Bauhof reden.")],
)
async def test_network_only_fields_are_null_for_outsiders(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, cost: object, lessons: object
) -> None:
    found = (await data(gateway, network, ONE, caller, slug="parkplatzsuche"))["project"]

    assert found["oneOffCost"] == cost
    assert found["lessonsLearned"] == lessons
    assert (
        (found["yearlyCost"] is None) is (found["ownShare"] is None) is (found["whatFailed"] is None) is (cost is None)
    )
    assert found["costBand"] == "UNDER_25_000"


async def test_a_field_that_its_author_opened_is_for_everybody_and_only_that_one(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    found = (await data(gateway, network, ONE, id="Project:offen"))["project"]

    assert found["oneOffCost"] == 12_000
    assert found["whatFailed"] is None


async def test_an_entry_says_in_german_where_it_comes_from(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    compiled = (await data(gateway, network, ONE, slug="parkplatzsuche"))["project"]["provenanceLabel"]
    confirmed = (await data(gateway, network, ONE, slug="offen"))["project"]["provenanceLabel"]

    assert compiled == "aus öffentlichen Quellen zusammengestellt, noch von niemandem bestätigt"
    # Half past ten in the evening in UTC is the next day in Germany.
    assert confirmed == "von einem Haus des Netzwerks eingetragen, zuletzt bestätigt am 4. Mai 2026"


@pytest.mark.parametrize(
    ("keys", "calls"),
    [
        ([{"id": "Project:geheim"}, {"id": "Project:absent"}], 1),
        # By its slug, its former slug, and the project of that.
        ([{"slug": "geheim"}, {"slug": "geheim-frueher"}, {"slug": "absent"}, {"slug": ""}], 3),
    ],
)
async def test_secret_and_absent_projects_are_the_same_null_in_as_many_graph_calls(
    gateway: GraphQLSchema, network: LadybugGraphStore, keys: list[dict[str, str]], calls: int
) -> None:
    for key in keys:
        before = network.calls

        assert await data(gateway, network, ONE, ZEITZ, **key) == {"project": None}
        assert network.calls - before == calls


async def test_a_former_slug_leads_those_to_the_project_who_may_see_it(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    found = await data(gateway, network, '{ project(slug: "geheim-frueher") { slug } }', WILSTER)

    assert found == {"project": {"slug": "geheim"}}


async def test_a_project_that_is_there_is_read_in_one_graph_call(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    before = network.calls

    assert await data(gateway, network, '{ project(slug: "parkplatzsuche") { slug } }') != {"project": None}
    assert network.calls - before == 1


@pytest.mark.parametrize("given", [{}, {"slug": "a", "id": "Project:a"}, {"id": "Hub:zeitz"}, {"id": "Project:"}])
async def test_a_project_is_asked_for_by_exactly_one_key(
    gateway: GraphQLSchema, network: LadybugGraphStore, given: dict[str, Any]
) -> None:
    result = await ask(gateway, network, ONE, **given)

    assert getattr((result.errors or [])[0].original_error, "code", None) == "BAD_USER_INPUT"


ALL = """
{ project(slug: "parkplatzsuche") {
    owner { __typename id name ... on Hub { town } }
    hub { slug } reviewer { slug }
    houses { edges { role confirmedAt node { name } } }
    municipalities { totalCount edges { role node { name population } } }
    universities { name }
    topics { slug nameDe }
    fundingProgrammes { name }
    derivedFrom { slug } derivatives { edges { node { slug } } }
    results { kind title } documents { title }
    adoptions { totalCount edges { node { status since cost reasonEnded house { name } reports { text } } } }
    experts { edges { role node { name } } }
    questions { edges { node { text answers { text } } } }
} }
"""


async def test_a_project_with_all_its_links(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, ALL))["project"]

    assert found == {
        "owner": {"__typename": "Hub", "id": "Hub:zeitz", "name": "DigitalHub Zeitz", "town": "Zeitz"},
        "hub": {"slug": "zeitz"},
        "reviewer": None,
        "houses": {
            "edges": [
                {"role": None, "confirmedAt": None, "node": {"name": "Hochschule Merseburg"}},
                {"role": "Anwenderin", "confirmedAt": None, "node": {"name": "Zeitz"}},
            ]
        },
        "municipalities": {
            "totalCount": 1,
            "edges": [{"role": "Anwenderin", "node": {"name": "Zeitz", "population": 27_000}}],
        },
        "universities": [{"name": "Hochschule Merseburg"}],
        "topics": [{"slug": "mobilitaet", "nameDe": "Mobilität"}, {"slug": "parken", "nameDe": "Parken"}],
        "fundingProgrammes": [{"name": "Regio"}],
        "derivedFrom": [],
        "derivatives": {"edges": [{"node": {"slug": "offen"}}]},
        "results": [{"kind": "data", "title": "Belegung"}],
        "documents": [],
        "adoptions": {
            "totalCount": 1,
            "edges": [
                {
                    "node": {
                        "status": "IN_USE",
                        "since": "2024",
                        "cost": None,
                        "reasonEnded": None,
                        "house": {"name": "Ähren"},
                        "reports": [],
                    }
                }
            ],
        },
        "experts": {"edges": [{"role": "Einbau", "node": {"name": "Leitung Bauhof"}}]},
        "questions": {"edges": [{"node": {"text": "Welche Sensoren?", "answers": []}}]},
    }


async def test_members_see_reports_and_reasons(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = (await data(gateway, network, ALL, ZEITZ))["project"]["adoptions"]["edges"][0]["node"]

    assert (found["cost"], found["reasonEnded"], found["reports"]) == (5_000, "zu teuer", [{"text": "Läuft."}])


AROUND = """
{ hub(slug: "wilster") { projects { totalCount edges { node { slug } } } }
  municipality(ars: "010610000001") { involvedIn { totalCount edges { node { slug } } } }
  topics(filter: { namePrefix: "Parken" }) { edges { node { projects { totalCount edges { node { slug } } } } } }
  fundingProgrammes { edges { node { projects { totalCount } } } }
  experts(first: 1, filter: { topic: "parken" }) { edges { node { projects { totalCount } } } }
  amt: municipality(ars: "010615169") { adoptions { totalCount edges { node { project { slug } } } } }
  needs { totalCount edges { node { title house { name } topics { slug } } } } }
"""


async def test_no_link_leads_outsiders_to_a_secret_entry(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    nothing: dict[str, Any] = {"totalCount": 0, "edges": []}
    for outsider in (ANONYMOUS, STRANGER):
        assert await data(gateway, network, AROUND, outsider) == {
            "hub": {"projects": nothing},
            "municipality": {"involvedIn": nothing},
            "topics": {
                "edges": [{"node": {"projects": {"totalCount": 1, "edges": [{"node": {"slug": "parkplatzsuche"}}]}}}]
            },
            "fundingProgrammes": {"edges": [{"node": {"projects": {"totalCount": 1}}}]},
            "experts": {"edges": [{"node": {"projects": {"totalCount": 1}}}]},
            "amt": {"adoptions": nothing},
            "needs": nothing,
        }


async def test_an_adoption_that_members_see_hides_the_project_that_they_do_not(
    gateway: GraphQLSchema, network: LadybugGraphStore
) -> None:
    zeitz = (await data(gateway, network, AROUND, ZEITZ))["amt"]["adoptions"]
    wilster = (await data(gateway, network, AROUND, WILSTER))["amt"]["adoptions"]

    assert zeitz["totalCount"] == wilster["totalCount"] == 2
    assert {"node": {"project": None}} in zeitz["edges"]
    assert {"node": {"project": {"slug": "geheim"}}} in wilster["edges"]


async def test_needs_are_filtered(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = "query ($filter: NeedFilter) { needs(filter: $filter) { totalCount } }"
    hits = [{"kind": "SEEKS"}, {"topic": "parken"}, {"house": "Municipality:150840590590"}, {"status": "OPEN"}]
    misses = [{"kind": "OFFERS"}, {"topic": "mobilitaet"}, {"house": "Hub:zeitz"}, {"service": "1"}]

    for where in hits:
        assert (await data(gateway, network, text, WILSTER, filter=where))["needs"]["totalCount"] == 1
        assert (await data(gateway, network, text, ANONYMOUS, filter=where))["needs"]["totalCount"] == 0
    for where in misses:
        assert (await data(gateway, network, text, WILSTER, filter=where))["needs"]["totalCount"] == 0


@pytest.mark.parametrize(
    "where",
    [{"year": 0}, {"year": 10_000}, {"house": "Project:parken"}, {"house": "Hub:"}, {"topic": "t" * 201}],
)
async def test_impossible_filters_are_refused(
    gateway: GraphQLSchema, network: LadybugGraphStore, where: dict[str, object]
) -> None:
    result = await ask(gateway, network, LIST, filter=where)

    assert getattr((result.errors or [])[0].original_error, "code", None) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "moment", ["2026-01-01", "2026-01-01T00:00:00", "yesterday", "", 5, "9999-12-31T23:59:59-12:00"]
)
async def test_a_moment_needs_its_time_zone(gateway: GraphQLSchema, network: LadybugGraphStore, moment: object) -> None:
    result = await ask(gateway, network, LIST, filter={"updatedSince": moment})

    assert result.data is None
    assert result.errors

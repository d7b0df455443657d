"""The directory as each kind of caller sees it."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from auth.principal import Caller
from graph.backends.ladybug.store import LadybugGraphStore
from tests.network.world import ADMIN, ANONYMOUS, STRANGER, ZEITZ, ask, data


def nodes(connection: Any, name: str) -> list[Any]:
    return [edge["node"][name] for edge in connection["edges"]]


async def test_a_hub_with_all_its_links(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = """
    { hub(slug: "zeitz") {
        id name town status opened originLabel confirmationLabel
        sources { publisher url published }
        municipalities { totalCount edges { since basis node { name areaKm2 } } }
        partners { edges { role node { __typename name ... on University { domain } } } }
        topics { nameDe nameEn }
        events { edges { node { title startsAt hosts { name } } } }
    } }
    """
    hub = (await data(gateway, network, text))["hub"]

    assert hub == {
        "id": "Hub:zeitz",
        "name": "DigitalHub Zeitz",
        "town": "Zeitz",
        "status": "OPEN",
        "opened": "2023-01-25",
        "originLabel": "aus öffentlichen Quellen zusammengestellt",
        "confirmationLabel": "noch von niemandem bestätigt",
        "sources": [{"publisher": "MDR", "url": None, "published": "2023-01-26"}],
        "municipalities": {
            "totalCount": 1,
            "edges": [
                {"since": "2023", "basis": "Absichtserklärung", "node": {"name": "Zeitz", "areaKm2": 87.2}},
            ],
        },
        "partners": {
            "edges": [
                {"role": "Betrieb", "node": {"__typename": "Organisation", "name": "Dataport"}},
                {
                    "role": "Forschung",
                    "node": {
                        "__typename": "University",
                        "name": "Hochschule Merseburg",
                        "domain": "hs-merseburg.de",
                    },
                },
            ]
        },
        "topics": [{"nameDe": "Mobilität", "nameEn": "Mobility"}],
        "events": {
            "edges": [
                {
                    "node": {
                        "title": "Auftakt",
                        "startsAt": "2023-01-25",
                        "hosts": [{"name": "DigitalHub Zeitz"}, {"name": "Zeitz"}],
                    }
                }
            ]
        },
    }


async def test_lists_go_by_german_order(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    found = await data(gateway, network, "{ municipalities { edges { node { name } } } }")

    assert nodes(found["municipalities"], "name") == ["Ähren", "Amt Wilstermarsch", "Sachsen-Anhalt", "Zeitz"]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ('{ namePrefix: "ah" }', ["Ähren"]),
        ('{ namePrefix: "ÄH" }', ["Ähren"]),
        ('{ namePrefix: "wilster" }', ["Amt Wilstermarsch"]),
        ('{ namePrefix: "Amt  WILSTER" }', ["Amt Wilstermarsch"]),
        ('{ namePrefix: "marsch" }', []),
        ('{ namePrefix: "anhalt" }', ["Sachsen-Anhalt"]),
        ('{ namePrefix: "!" }', []),
        ('{ namePrefix: "" , hub: "wilster" }', ["Ähren", "Amt Wilstermarsch"]),
        ('{ hub: "zeitz" }', ["Zeitz"]),
        ('{ ars: ["15", "010615169", "15", "nope"] }', ["Amt Wilstermarsch", "Sachsen-Anhalt"]),
        ("{ ars: [] }", []),
        ('{ ags: "15084590" }', ["Zeitz"]),
        ("{ kind: AMT }", ["Amt Wilstermarsch"]),
        ('{ state: "Schleswig-Holstein" }', ["Ähren"]),
        ('{ partOf: "15" }', ["Zeitz"]),
        ('{ state: "Atlantis" }', []),
    ],
)
async def test_municipalities_are_filtered(
    gateway: GraphQLSchema, network: LadybugGraphStore, where: str, names: list[str]
) -> None:
    found = await data(
        gateway, network, f"{{ municipalities(filter: {where}) {{ totalCount edges {{ node {{ name }} }} }} }}"
    )

    assert nodes(found["municipalities"], "name") == names
    assert found["municipalities"]["totalCount"] == len(names)


async def test_municipalities_by_population_page_by_page(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = """
    query ($after: String) {
      municipalities(orderBy: POPULATION_DESC, first: 3, after: $after) {
        edges { node { name } } pageInfo { hasNextPage endCursor }
      }
    }
    """
    first = (await data(gateway, network, text))["municipalities"]
    second = (await data(gateway, network, text, after=first["pageInfo"]["endCursor"]))["municipalities"]

    assert nodes(first, "name") == ["Sachsen-Anhalt", "Zeitz", "Amt Wilstermarsch"]
    assert nodes(second, "name") == ["Ähren"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]


@pytest.mark.parametrize(
    ("caller", "contact", "email"),
    [
        (ANONYMOUS, None, None),
        (STRANGER, None, None),
        (ZEITZ, {"email": "hub@zeitz.example"}, "bauhof@zeitz.example"),
    ],
)
async def test_contacts_follow_their_own_visibility(
    gateway: GraphQLSchema, network: LadybugGraphStore, caller: Caller, contact: object, email: object
) -> None:
    text = '{ hub(slug: "zeitz") { contact { email } } experts { edges { node { name email } } } }'
    found = await data(gateway, network, text, caller)

    assert found["hub"]["contact"] == contact
    assert found["experts"]["edges"] == [{"node": {"name": "Leitung Bauhof", "email": email}}]


async def test_a_private_expert_is_nowhere_for_outsiders(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = """
    { experts { totalCount edges { node { name } } }
      municipality(ars: "150840590590") { experts { totalCount edges { node { name } } } }
      house: experts(filter: { house: "Municipality:150840590590" }) { totalCount }
      node(id: "Expert:expert-2") { id } }
    """
    for outsider in (ANONYMOUS, STRANGER, ZEITZ):
        found = await data(gateway, network, text, outsider)
        assert found["experts"]["totalCount"] == found["house"]["totalCount"] == 1
        assert found["municipality"]["experts"] == {"totalCount": 1, "edges": [{"node": {"name": "Leitung Bauhof"}}]}
        assert found["node"] is None
    found = await data(gateway, network, text, ADMIN)
    assert nodes(found["experts"], "name") == ["Beraterin", "Leitung Bauhof"]
    assert found["node"] == {"id": "Expert:expert-2"}


async def test_lists_of_every_kind(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    text = """
    { universities(filter: { namePrefix: "hoch" }) { edges { node { ror partnerOf { edges { role node { slug } } } } } }
      university(ror: "03sft3r75") { name }
      organisations { edges { node { slug kind } } }
      topics(filter: { broader: "mobilitaet" }) { edges { node { slug broader { slug } experts { totalCount } } } }
      services(filter: { leikaIds: ["99115005000000"] }) { edges { node { name municipalities { edges { url node { name } } } } } }
      fundingProgrammes { edges { node { slug amountMax } } }
      events(filter: { topic: "mobilitaet", startsFrom: "2023", startsBefore: "2024", host: "Hub:zeitz" }) { totalCount }
      never: events(filter: { startsFrom: "2024" }) { totalCount }
      hubs(filter: { topic: "mobilitaet", status: OPEN, state: "Sachsen-Anhalt" }) { edges { node { slug } } } }
    """
    found = await data(gateway, network, text)

    assert found == {
        "universities": {
            "edges": [
                {
                    "node": {
                        "ror": "03sft3r75",
                        "partnerOf": {"edges": [{"role": "Forschung", "node": {"slug": "zeitz"}}]},
                    }
                }
            ]
        },
        "university": {"name": "Hochschule Merseburg"},
        "organisations": {"edges": [{"node": {"slug": "dataport", "kind": "Anstalt des öffentlichen Rechts"}}]},
        "topics": {
            "edges": [{"node": {"slug": "parken", "broader": {"slug": "mobilitaet"}, "experts": {"totalCount": 1}}}]
        },
        "services": {
            "edges": [
                {
                    "node": {
                        "name": "Wohnsitz anmelden",
                        "municipalities": {
                            "edges": [{"url": "https://zeitz.example/wohnsitz", "node": {"name": "Zeitz"}}]
                        },
                    }
                }
            ]
        },
        "fundingProgrammes": {"edges": [{"node": {"slug": "regio", "amountMax": 1_800_000}}]},
        "events": {"totalCount": 1},
        "never": {"totalCount": 0},
        "hubs": {"edges": [{"node": {"slug": "zeitz"}}]},
    }


NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on House { name } ... on Project { title } } }"

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on House { name } ... on Project { title } } }"


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("Hub:zeitz", {"__typename": "Hub", "id": "Hub:zeitz", "name": "DigitalHub Zeitz"}),
        ("Project:parken", {"__typename": "Project", "id": "Project:parken", "title": "Parkplatzsuche"}),
        ("Topic:parken", {"__typename": "Topic", "id": "Topic:parken"}),
        ("Project:geheim", None),
        ("Project:netz", None),
        ("Project:entwurf", None),
        ("Need:suche", None),
        ("Adoption:stille", None),
        ("Hub:nowhere", None),
        ("Project:", "BAD_USER_INPUT"),
        ("zeitz", "BAD_USER_INPUT"),
        ("", "BAD_USER_INPUT"),
        ("Nothing:zeitz", "BAD_USER_INPUT"),
        ("Lease:indexer", "BAD_USER_INPUT"),
        ("OutboxEvent:1", "BAD_USER_INPUT"),
        ("SchemaState:schema", "BAD_USER_INPUT"),
    ],
)
async def test_node_by_global_id(gateway: GraphQLSchema, network: LadybugGraphStore, key: str, found: object) -> None:
    result = await ask(gateway, network, NODE, id=key)

    if found == "BAD_USER_INPUT":
        assert getattr((result.errors or [])[0].original_error, "code", None) == found
    else:
        assert result.errors is None
        assert result.data == {"node": found}

    several = await ask(gateway, network, NODES, ids=[key, "Hub:zeitz", key])
    hub = {"__typename": "Hub", "id": "Hub:zeitz", "name": "DigitalHub Zeitz"}
    is_wrong = found == "BAD_USER_INPUT"
    assert several.data == {"nodes": [None, hub, None] if is_wrong else [found, hub, found]}
    assert [error.path for error in several.errors or ()] == ([["nodes", 0], ["nodes", 2]] if is_wrong else [])


async def test_at_most_twenty_nodes_are_asked_for(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    calls = network.calls
    assert (await data(gateway, network, NODES, ids=["Hub:zeitz"] * 20))["nodes"][19]["id"] == "Hub:zeitz"
    assert network.calls == calls + 1
    result = await ask(gateway, network, NODES, ids=["Hub:zeitz"] * 21)
    assert getattr((result.errors or [])[0].original_error, "code", None) == "LIMIT_EXCEEDED"


async def test_node_finds_for_members_what_outsiders_do_not(gateway: GraphQLSchema, network: LadybugGraphStore) -> None:
    for key, title in (("Project:netz", "Nur im Netz"), ("Project:entwurf", "Entwurf")):
        assert (await data(gateway, network, NODE, ZEITZ, id=key))["node"]["title"] == title
    assert (await data(gateway, network, NODE, ZEITZ, id="Project:geheim"))["node"] is None


@pytest.mark.parametrize(
    "field",
    [
        "hubs(first: 101) { totalCount }",
        "hubs(first: -1) { totalCount }",
        'hubs(after: "x") { totalCount }',
        f'hubs(filter: {{ state: "{"s" * 201}" }}) {{ totalCount }}',
        f"municipalities(filter: {{ ars: [{', '.join([chr(34) + '1' + chr(34)] * 1_001)}] }}) {{ totalCount }}",
        'experts(filter: { house: "zeitz" }) { totalCount }',
        'events(filter: { host: "Topic:parken" }) { totalCount }',
    ],
)
async def test_what_cannot_be_meant_is_refused(gateway: GraphQLSchema, network: LadybugGraphStore, field: str) -> None:
    result = await ask(gateway, network, f"{{ {field} }}")

    (error,) = result.errors or []
    assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"

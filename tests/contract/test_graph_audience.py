"""What a caller may not see is neither there, nor counted, nor does it change an order."""

import pytest

from auth.policy import EVERYTHING
from graph.links import (
    HOUSE_PROJECTS,
    HUB_TOPICS,
    PROJECT_DERIVED_FROM,
    PROJECT_HUB,
    TOPIC_HUBS,
    TOPIC_PROJECTS,
    Order,
)
from graph.port import GraphStore
from graph.relationships import Relationship
from graph.selection import ByKeys, Compare, Linked, LinkRead, Match, Operator, Page, Selection
from graph.values import Contact
from graph.vocabulary import Visibility
from tests.fixtures.builders import make_adoption, make_expert, make_hub, make_project, make_topic, plant, relate

PUBLIC = frozenset({"public"})
MEMBER = frozenset({"public", "network", "hub:zeitz"})
ID = Selection("Project", ("id",))


async def plant_projects(store: GraphStore) -> None:
    """One project for everybody, one for the network, one for Zeitz, one for nobody, all of one hub and topic."""
    hub, topic = make_hub("zeitz"), make_topic("parken")
    readers = {"open": ("public",), "network": ("network",), "zeitz": ("admin", "hub:zeitz"), "nobody": ()}
    projects = [make_project(key, readers=tokens) for key, tokens in readers.items()]
    edges = [edge for one in projects for edge in (relate("OWNS", hub, one), relate("ADDRESSES", one, topic))]
    await plant(store, hub, topic, *projects, *edges, relate("DERIVED_FROM", projects[0], projects[2]))


@pytest.mark.parametrize(
    ("audiences", "seen"),
    [
        (PUBLIC, ["open"]),
        (MEMBER, ["network", "open", "zeitz"]),
        (EVERYTHING, ["network", "open", "zeitz"]),
        (frozenset({"hub:zeit", "hub:zeitz2", "hub:"}), []),
        (frozenset(), []),
    ],
    ids=["anonymous", "member", "admin", "similar tokens", "none"],
)
async def test_the_audience_reaches_starts_links_and_counts(
    store: GraphStore, audiences: frozenset[str], seen: list[str]
) -> None:
    await plant_projects(store)
    match = Match("Project", count=True)
    found = await store.select(ID, match, audiences=audiences)
    assert (found.rows, found.total) == ([[key] for key in seen], len(seen))
    keys = ("open", "network", "zeitz", "nobody")
    found = await store.select(ID, ByKeys("Project", "id", keys), audiences=audiences)
    assert found.rows == [[key] if key in seen else None for key in keys]
    for link, start in ((HOUSE_PROJECTS["Hub"], "zeitz"), (TOPIC_PROJECTS, "parken")):
        read = LinkRead(link, (ID,), page=0, count=True)
        source = Selection(link.source, (), (read,))
        found = await store.select(source, ByKeys(link.source, "slug", (start,)), audiences=audiences, pages=(Page(9),))
        assert found.rows == [[[len(seen), [[key] for key in seen]]]]


async def test_the_page_is_cut_after_the_audience_test(store: GraphStore) -> None:
    hidden = [make_project(f"a{number}", readers=("hub:zeitz",)) for number in range(5)]
    await plant(store, *hidden, make_project("b"))
    assert (await store.select(ID, Match("Project", page=Page(1)), audiences=PUBLIC)).rows == [["b"]]


async def test_a_hidden_node_is_no_step_on_the_way(store: GraphStore) -> None:
    await plant_projects(store)
    hub = LinkRead(PROJECT_HUB, (Selection("Hub", ("slug",)),))
    origin = LinkRead(PROJECT_DERIVED_FROM, (Selection("Project", ("id",), (hub,)),))
    selection = Selection("Project", (), (origin,))
    start = ByKeys("Project", "id", ("open",))
    assert (await store.select(selection, start, audiences=PUBLIC)).rows == [[[]]]
    assert (await store.select(selection, start, audiences=MEMBER)).rows == [[[["zeitz", ["zeitz"]]]]]


async def test_a_hidden_node_meets_no_condition(store: GraphStore) -> None:
    await plant(store, make_topic("parken"), make_project("p", readers=("network",)))
    await plant(store, make_hub("zeitz"), *_edges())
    through_project = Linked(TOPIC_PROJECTS, (Compare("id", Operator.EQUALS, "p"),))
    topics = Match("Topic", where=(through_project,), count=True)
    slug = Selection("Topic", ("slug",))
    found = await store.select(slug, topics, audiences=PUBLIC)
    assert (found.rows, found.total) == ([], 0)
    assert (await store.select(slug, topics, audiences=MEMBER)).rows == [["parken"]]
    nested = Match("Hub", where=(Linked(HUB_TOPICS, (through_project, Linked(TOPIC_HUBS))),))
    assert (await store.select(Selection("Hub", ("slug",)), nested, audiences=PUBLIC)).rows == []
    assert (await store.select(Selection("Hub", ("slug",)), nested, audiences=MEMBER)).rows == [["zeitz"]]


def _edges() -> list[Relationship]:
    hub, topic, project = make_hub("zeitz").key, make_topic("parken").key, make_project("p").key
    return [relate("ADDRESSES", project, topic), relate("FOCUSES_ON", hub, topic)]


async def test_network_only_properties_open_one_by_one(store: GraphStore) -> None:
    secret = {"lessons_learned": "Früher fragen", "one_off_cost": 5000}
    await plant(store, make_project("a", **secret), make_project("b", **secret, opened=("lessons_learned",)))
    selection = Selection("Project", ("lessons_learned", "one_off_cost", "what_failed"))
    start = ByKeys("Project", "id", ("a", "b"))
    found = await store.select(selection, start, audiences=PUBLIC)
    assert found.rows == [[None, None, None], ["Früher fragen", None, None]]
    found = await store.select(selection, start, audiences=MEMBER)
    assert found.rows == [["Früher fragen", 5000, None]] * 2


async def test_network_only_properties_neither_match_nor_sort_for_strangers(store: GraphStore) -> None:
    await plant(
        store,
        make_project("a", one_off_cost=3),
        make_project("b", one_off_cost=2),
        make_project("c", one_off_cost=1, opened=("one_off_cost",)),
    )
    dearest = Match("Project", order=(Order("one_off_cost", is_descending=True),))
    assert (await store.select(ID, dearest, audiences=PUBLIC)).rows == [["c"], ["a"], ["b"]]
    assert (await store.select(ID, dearest, audiences=MEMBER)).rows == [["a"], ["b"], ["c"]]
    costly = Match("Project", where=(Compare("one_off_cost", Operator.AT_LEAST, 1),), count=True)
    assert (await store.select(ID, costly, audiences=PUBLIC)).total == 1
    assert (await store.select(ID, costly, audiences=MEMBER)).total == 3


@pytest.mark.parametrize(
    ("visibility", "seen_by"), [("PUBLIC", "public network admin"), ("NETWORK", "network admin"), ("PRIVATE", "admin")]
)
async def test_contacts_follow_a_visibility_of_their_own(store: GraphStore, visibility: str, seen_by: str) -> None:
    chosen = Visibility(visibility)
    hub = make_hub("zeitz", contact=Contact(function="Leitung"), contact_visibility=chosen)
    project = make_project("p", contact=Contact(function="Leitung"), contact_visibility=chosen)
    await plant(store, hub, project, relate("OWNS", hub, project))
    await plant(store, make_expert("e", email="e@example.org", contact_visibility=chosen))
    linked = Selection("Hub", ("contact",), (LinkRead(HOUSE_PROJECTS["Hub"], (Selection("Project", ("contact",)),)),))
    callers = {"public": PUBLIC, "network": MEMBER, "admin": EVERYTHING}
    for name, audiences in callers.items():
        contact = {"function": "Leitung", "email": None, "phone": None, "url": None}
        is_seen = name in seen_by.split()
        (row,) = (await store.select(linked, ByKeys("Hub", "slug", ("zeitz",)), audiences=audiences)).rows
        assert row == ([contact, [[contact]]] if is_seen else [None, [[None]]])
        (row,) = (
            await store.select(Selection("Expert", ("email",)), ByKeys("Expert", "id", ("e",)), audiences=audiences)
        ).rows
        assert row == (["e@example.org"] if is_seen else [None])


async def test_guards_hold_for_adoptions(store: GraphStore) -> None:
    await plant(store, make_adoption("a", cost=7, reason_ended="teuer", opened=("reason_ended",)))
    selection = Selection("Adoption", ("cost", "reason_ended"))
    found = await store.select(selection, ByKeys("Adoption", "id", ("a",)), audiences=PUBLIC)
    assert found.rows == [[None, "teuer"]]

"""Links of a selection: pages per parent, positions, several labels, edges, counts, sharing, bounds."""

from dataclasses import replace
from typing import Any

import pytest

from graph.errors import InvalidInputError
from graph.links import (
    HOUSE_PROJECTS,
    HUB_MUNICIPALITIES,
    HUB_PARTNERS,
    MUNICIPALITY_PART_OF,
    MUNICIPALITY_PARTS,
    PROJECT_ADOPTIONS,
    PROJECT_CONFIRMED_ADOPTIONS,
    PROJECT_DECLARED_ADOPTIONS,
    PROJECT_DERIVATIVES,
    PROJECT_ENDED_ADOPTIONS,
    PROJECT_HOUSES,
    PROJECT_HUB,
    PROJECT_OWNER,
    TOPIC_PROJECTS,
    Absent,
    Having,
    Link,
    OneOf,
    Present,
)
from graph.port import GraphStore
from graph.relationships import Relationship
from graph.selection import (
    MAX_PAGE,
    MAX_ROWS,
    ByKeys,
    Compare,
    Linked,
    LinkRead,
    Match,
    Operator,
    Page,
    Row,
    Selection,
)
from graph.values import Instant
from graph.vocabulary import AdoptionStatus, Stage
from tests.fixtures.builders import (
    involves,
    make_adoption,
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_topic,
    make_university,
    partner_of,
    plant,
    relate,
    serves,
)

PUBLIC = frozenset({"public"})
MUNICIPALITY = Selection("Municipality", ("ars",))


def selection_of(read: LinkRead) -> Selection:
    return Selection(read.link.source, (), (read,))


def houses(link: Link, **properties: tuple[str, ...]) -> tuple[Selection, ...]:
    return tuple(Selection(label, properties.get(label, ())) for label in link.target)


async def linked(
    store: GraphStore, read: LinkRead, *keys: str, pages: tuple[Page, ...] = (), audiences: frozenset[str] = PUBLIC
) -> list[Any]:
    """What `read` shows for each of `keys`."""
    label = read.link.source
    key = {"Hub": "slug", "Municipality": "ars", "Topic": "slug"}.get(label, "id")
    found = await store.select(selection_of(read), ByKeys(label, key, keys), audiences=audiences, pages=pages)
    return [row[0] for row in found.rows if row is not None]


async def plant_served(store: GraphStore, **counts: int) -> None:
    for slug, count in counts.items():
        hub = make_hub(slug)
        served = [make_municipality(f"{slug}-{number:02}", population=100 - number) for number in range(count)]
        await plant(store, hub, *served, *(serves(hub, one) for one in served))


async def test_each_parent_has_a_page_of_its_own(store: GraphStore) -> None:
    await plant_served(store, a=5, b=1, c=0, d=3)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), page=0)
    assert await linked(store, read, "a", "b", "c", "d", pages=(Page(3),)) == [
        [["a-00"], ["a-01"], ["a-02"]],
        [["b-00"]],
        [],
        [["d-00"], ["d-01"], ["d-02"]],
    ]


async def test_one_more_than_the_page_tells_whether_there_is_more(store: GraphStore) -> None:
    await plant_served(store, a=4, b=3)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), page=0, has_lookahead=True)
    assert [len(items) for items in await linked(store, read, "a", "b", pages=(Page(3),))] == [4, 3]
    assert [len(items) for items in await linked(store, read, "a", "b", pages=(Page(0),))] == [1, 1]


async def test_counts_are_of_all_items_whatever_the_page(store: GraphStore) -> None:
    await plant_served(store, a=5, b=0)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), page=0, count=True)
    assert await linked(store, read, "a", "b", pages=(Page(1),)) == [[5, [["a-00"]]], [0, []]]
    assert await linked(store, read, "a", "b", pages=(Page(0),)) == [[5, []], [0, []]]
    assert await linked(store, read, "a", pages=(Page(2, (97, "a-03")),)) == [[5, [["a-04"]]]]


async def test_a_link_may_lead_to_those_alone_that_meet_what_it_asks(store: GraphStore) -> None:
    projects = [make_project("a"), make_project("b")]
    confirmed = Instant("2026-01-01T00:00:00.000000Z")
    adoptions = [
        make_adoption("1", confirmed_by_owner_at=confirmed),
        make_adoption("2", confirmed_by_owner_at=confirmed, visibility="PRIVATE", readers=("admin",)),
        make_adoption("3"),
        make_adoption("4", status="INTERESTED"),
        make_adoption("5", confirmed_by_owner_at=confirmed, status="PILOT"),
        make_adoption("6", confirmed_by_owner_at=confirmed, status="RETIRED"),
        make_adoption("7", status="RETIRED"),
    ]
    await plant(store, *projects, *adoptions, *(relate("OF", one, projects[0]) for one in adoptions))
    row = Selection("Adoption", ("id",))
    parted = (
        (PROJECT_CONFIRMED_ADOPTIONS, ["1", "5"]),
        (PROJECT_DECLARED_ADOPTIONS, ["3", "4"]),
        (PROJECT_ENDED_ADOPTIONS, ["6", "7"]),
    )

    for link, keys in parted:
        whole = LinkRead(link, (row,))
        page = LinkRead(link, (row,), page=0, count=True)
        assert await linked(store, whole, "a", "b") == [[[key] for key in keys], []]
        assert await linked(store, page, "a", "b", pages=(Page(1),)) == [[len(keys), [[keys[0]]]], [0, []]]
        for one in adoptions:
            found = await store.select(
                Selection("Project", ("id",)),
                Match("Project", (Linked(link, (Compare("id", Operator.EQUALS, one.id),)),)),
                audiences=PUBLIC,
            )
            assert found.rows == ([["a"]] if one.id in keys else [])


@pytest.mark.parametrize(
    "asked",
    [
        Present("colour"),
        Absent("cost"),
        OneOf("status", ()),
        OneOf("status", (Stage.PUBLISHED,)),
        OneOf("adapted", (AdoptionStatus.PILOT,)),
    ],
)
def test_a_link_asks_for_nothing_that_its_far_end_cannot_be_or_may_hide(asked: Having) -> None:
    with pytest.raises(ValueError, match=asked.property):
        replace(PROJECT_ADOPTIONS, having=(asked,))


async def test_positions_count_for_every_parent(store: GraphStore) -> None:
    await plant_served(store, a=4, b=2)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), page=0)
    after_second = Page(MAX_PAGE, (99, "a-01"))
    assert await linked(store, read, "a", "b", pages=(after_second,)) == [[["a-02"], ["a-03"]], [["b-01"]]]
    assert await linked(store, read, "a", "b", pages=(Page(5, (0, "z")),)) == [[], []]


async def test_ties_and_nulls_in_the_order_of_a_link_are_passed_once(store: GraphStore) -> None:
    hub = make_hub("a")
    served = [make_municipality(str(number), population=p) for number, p in enumerate([0, None, 7, 7, None])]
    await plant(store, hub, *served, *(serves(hub, one) for one in served))
    read = LinkRead(HUB_MUNICIPALITIES, (Selection("Municipality", ("ars", "population")),), page=0)
    seen: list[str] = []
    after = None
    for _ in range(len(served)):
        ((((key, population),),),) = [await linked(store, read, "a", pages=(Page(1, after),))]
        seen.append(key)
        after = (population or 0, key)
    assert seen == ["2", "3", "0", "1", "4"]
    assert await linked(store, read, "a", pages=(Page(1, after),)) == [[]]


async def test_levels_have_pages_of_their_own(store: GraphStore) -> None:
    topic = make_topic("parken")
    hubs = [make_hub("a"), make_hub("b")]
    projects = [make_project(f"p{number}", title_sort=f"p{number}") for number in range(4)]
    owned = [relate("OWNS", hubs[number % 2], project) for number, project in enumerate(projects)]
    addressed = [relate("ADDRESSES", project, topic) for project in projects]
    await plant(store, topic, *hubs, *projects, *owned, *addressed)
    again = LinkRead(HOUSE_PROJECTS["Hub"], (Selection("Project", ("id",)),), page=1)
    hub = LinkRead(PROJECT_HUB, (Selection("Hub", ("slug",), (again,)),))
    read = LinkRead(TOPIC_PROJECTS, (Selection("Project", ("id",), (hub,)),), page=0)
    assert await linked(store, read, "parken", pages=(Page(3), Page(1, ("p0", "p0")))) == [
        [["p0", ["a", [["p2"]]]], ["p1", ["b", [["p1"]]]], ["p2", ["a", [["p2"]]]]]
    ]


async def test_a_link_to_at_most_one(store: GraphStore) -> None:
    amt, town, lonely = (make_municipality(ars) for ars in ("150840550", "150840550550", "x"))
    await plant(store, amt, town, lonely, relate("PART_OF", town, amt))
    read = LinkRead(MUNICIPALITY_PART_OF, (MUNICIPALITY,))
    assert await linked(store, read, "150840550550", "150840550", "x") == [["150840550"], None, None]
    back = LinkRead(MUNICIPALITY_PARTS, (MUNICIPALITY,))
    assert await linked(store, back, "150840550550", "150840550", "x") == [[], [["150840550550"]], []]


async def test_a_relationship_of_a_node_to_itself(store: GraphStore) -> None:
    project = make_project("p")
    await plant(store, project, relate("DERIVED_FROM", project, project))
    read = LinkRead(PROJECT_DERIVATIVES, (Selection("Project", ("id",)),))
    assert await linked(store, read, "p") == [[["p"]]]


async def test_a_target_of_several_labels_names_each(store: GraphStore) -> None:
    hub = make_hub("zeitz")
    partners = [
        make_university("03x", name="Anhalt", name_sort="anhalt", domain="hs-anhalt.de"),
        make_municipality("150", name="Elsteraue", name_sort="elsteraue", population=8000),
        make_organisation("verein", name="Verein", name_sort="verein"),
    ]
    await plant(store, hub, *partners, *(partner_of(one, hub, role=f"Rolle {one.name}") for one in partners))
    variants = houses(HUB_PARTNERS, Municipality=("population", "ars"), University=("domain",), Organisation=("slug",))
    read = LinkRead(HUB_PARTNERS, variants, edge=("role", "since"))
    assert await linked(store, read, "zeitz") == [
        [
            ["University", "Rolle Anhalt", None, "hs-anhalt.de"],
            ["Municipality", "Rolle Elsteraue", None, 8000, "150"],
            ["Organisation", "Rolle Verein", None, "verein"],
        ]
    ]


async def test_one_of_several_labels(store: GraphStore) -> None:
    hub, town = make_hub("zeitz"), make_municipality("150", name="Elsteraue")
    owned, other, free = make_project("a"), make_project("b"), make_project("c")
    await plant(store, hub, town, owned, other, free, relate("OWNS", hub, owned), relate("OWNS", town, other))
    variants = houses(PROJECT_OWNER, Hub=("slug",), Municipality=("name", "contact"))
    assert await linked(store, LinkRead(PROJECT_OWNER, variants), "a", "b", "c") == [
        ["Hub", "zeitz"],
        ["Municipality", "Elsteraue", None],
        None,
    ]


async def test_equal_keys_of_several_labels_are_told_apart_by_label(store: GraphStore) -> None:
    project = make_project("p")
    same = {"name": "Zeitz", "name_sort": "zeitz"}
    ends = [make_organisation("zeitz", **same), make_hub("zeitz", **same), make_university("zeitz", **same)]
    await plant(store, project, *ends, *(involves(project, end) for end in ends))
    read = LinkRead(PROJECT_HOUSES, houses(PROJECT_HOUSES), page=0)
    pages = [Page(1), *(Page(1, ("zeitz", f"{label}:zeitz")) for label in ("Hub", "Organisation", "University"))]
    assert [await linked(store, read, "p", pages=(page,)) for page in pages] == [
        [[["Hub"]]],
        [[["Organisation"]]],
        [[["University"]]],
        [[]],
    ]


async def test_links_below_a_target_of_several_labels(store: GraphStore) -> None:
    hub, town = make_hub("zeitz"), make_municipality("150")
    first, second = make_project("a", title_sort="a"), make_project("b", title_sort="b")
    await plant(store, hub, town, first, second, relate("OWNS", hub, first), relate("OWNS", town, second))
    variants = tuple(
        Selection(label, (), (LinkRead(HOUSE_PROJECTS[label], (Selection("Project", ("id",)),)),))
        for label in PROJECT_OWNER.target
    )
    assert await linked(store, LinkRead(PROJECT_OWNER, variants), "a", "b") == [
        ["Hub", [["a"]]],
        ["Municipality", [["b"]]],
    ]


async def test_edge_properties_belong_to_the_pair(store: GraphStore) -> None:
    hubs, town = [make_hub("a"), make_hub("b")], make_municipality("150")
    edges = [serves(hubs[0], town, since="2021-05", basis="Vertrag"), serves(hubs[1], town)]
    await plant(store, *hubs, town, *edges)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), edge=("basis", "since"))
    assert await linked(store, read, "a", "b") == [[["Vertrag", "2021-05", "150"]], [[None, None, "150"]]]


async def test_a_list_read_whole_ends_at_its_bound(store: GraphStore) -> None:
    hub = make_hub("a")
    served = [make_municipality(f"{number:04}") for number in range(MAX_ROWS + 5)]
    await plant(store, hub, *served, *(serves(hub, one) for one in served))
    ((total, items),) = await linked(store, LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), count=True), "a")
    assert total == MAX_ROWS + 5
    assert [item[0] for item in items] == [f"{number:04}" for number in range(MAX_ROWS)]


@pytest.mark.parametrize("page", [Page(-1), Page(MAX_PAGE + 1), Page(1, ("x",)), Page(1, (1, 2)), Page(1, (True, "x"))])
async def test_pages_that_cannot_be_meant_are_refused_even_where_nothing_is_linked(
    store: GraphStore, page: Page
) -> None:
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,), page=0)
    with pytest.raises(InvalidInputError):
        await linked(store, read, "nowhere", pages=(page,))


async def test_a_selection_of_several_levels_costs_a_statement_each_at_most(store: GraphStore) -> None:
    hubs = [make_hub(f"h{number}") for number in range(10)]
    towns = [make_municipality(f"{number}") for number in range(10)]
    projects = [make_project(f"p{number}") for number in range(20)]
    edges: list[Relationship] = [serves(hub, town) for hub in hubs for town in towns]
    edges += [relate("OWNS", hubs[number % 10], project) for number, project in enumerate(projects)]
    await plant(store, *hubs, *towns, *projects, *edges)
    project = LinkRead(HOUSE_PROJECTS["Hub"], (Selection("Project", ("title",)),))
    town = LinkRead(HUB_MUNICIPALITIES, (Selection("Municipality", ("name",)),))
    before = store.calls
    found = await store.select(Selection("Hub", ("name",), (town, project)), Match("Hub"), audiences=PUBLIC)
    assert store.calls - before <= 3

    def size(row: Row | None) -> tuple[int, int]:
        assert row is not None
        _, served, owned = row
        assert isinstance(served, list)
        assert isinstance(owned, list)
        return len(served), len(owned)

    assert [size(row) for row in found.rows] == [(10, 2)] * 10


async def test_relationships_are_removed_one_by_one_or_all_of_a_start(store: GraphStore) -> None:
    await plant_served(store, a=3, b=2)
    read = LinkRead(HUB_MUNICIPALITIES, (MUNICIPALITY,))
    rows = [{"start": "a", "end": "a-01"}, {"start": "a", "end": "b-00"}, {"start": "nowhere", "end": "a-00"}]
    await store.transact(lambda transaction: transaction.disconnect("SERVES", "Hub", "Municipality", rows))
    assert await linked(store, read, "a", "b") == [[["a-00"], ["a-02"]], [["b-00"], ["b-01"]]]
    await store.transact(lambda transaction: transaction.disconnect("SERVES", "Hub", "Municipality", [{"start": "b"}]))
    assert await linked(store, read, "a", "b") == [[["a-00"], ["a-02"]], []]

"""Where a selection starts: keys and matches, their orders, pages and bounds."""

import pytest

from graph import links
from graph.backends.neo4j.render import render
from graph.backends.neo4j.store import Neo4jGraphStore
from graph.errors import InvalidInputError
from graph.links import Order
from graph.port import GraphStore, Transaction
from graph.selection import MAX_PAGE, MAX_ROWS, ByKeys, LinkRead, Match, Page, Selection
from graph.values import Contact, PartialDate, Source
from tests.fixtures.builders import make_hub, make_municipality, make_project, plant

PUBLIC = frozenset({"public"})
NAMES = Selection("Municipality", ("name",))
BY_NAME = (Order("name_sort"),)
BY_POPULATION = (Order("population", is_descending=True),)


async def municipalities(store: GraphStore, *order: Order) -> list[object]:
    start = Match("Municipality", order=order, page=Page(MAX_PAGE))
    return [row[0] for row in (await store.select(NAMES, start, audiences=PUBLIC)).rows if row is not None]


async def test_keys_keep_their_order_duplicates_and_gaps(store: GraphStore) -> None:
    await plant(store, make_hub("zeitz"), make_hub("apolda"))
    start = ByKeys("Hub", "slug", ("zeitz", "nowhere", "apolda", "zeitz"))
    found = await store.select(Selection("Hub", ("slug", "name")), start, audiences=PUBLIC)
    assert found.rows == [["zeitz", "Zeitz"], None, ["apolda", "Apolda"], ["zeitz", "Zeitz"]]
    assert found.total is None


async def test_no_keys_are_no_rows(store: GraphStore) -> None:
    assert (await store.select(NAMES, ByKeys("Municipality", "ars", ()), audiences=PUBLIC)).rows == []


async def test_a_start_by_another_unique_or_indexed_property(store: GraphStore) -> None:
    await plant(store, make_project("p1", slug="parken"), make_municipality("150840550550", ags="15084055"))
    projects = ByKeys("Project", "slug", ("nothing", "parken"))
    assert (await store.select(Selection("Project", ("id",)), projects, audiences=PUBLIC)).rows == [None, ["p1"]]
    towns = ByKeys("Municipality", "ags", ("15084055",))
    assert (await store.select(Selection("Municipality", ("ars",)), towns, audiences=PUBLIC)).rows == [["150840550550"]]


async def test_more_keys_than_a_start_takes_are_refused(store: GraphStore) -> None:
    keys = tuple(str(number) for number in range(MAX_ROWS))
    assert len((await store.select(NAMES, ByKeys("Municipality", "ars", keys), audiences=PUBLIC)).rows) == MAX_ROWS
    with pytest.raises(InvalidInputError, match="1000"):
        await store.select(NAMES, ByKeys("Municipality", "ars", (*keys, "one more")), audiences=PUBLIC)


@pytest.mark.parametrize(
    "key", ["", "'", '"', "\\", "`", "$values", "a\x00b", "Zeitz\n}) DETACH DELETE n //", "ö" * 5000]
)
async def test_hostile_keys_are_only_text(store: GraphStore, key: str) -> None:
    await plant(store, make_hub("zeitz"))
    start = ByKeys("Hub", "slug", (key, "zeitz"))
    assert (await store.select(Selection("Hub", ("slug",)), start, audiences=PUBLIC)).rows == [None, ["zeitz"]]


async def test_half_a_surrogate_pair_is_bad_input(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError):
        await store.select(NAMES, ByKeys("Municipality", "ars", ("\ud83d",)), audiences=PUBLIC)


async def test_values_arrive_as_declared(store: GraphStore) -> None:
    contact = Contact(function="Bauamt", email="bauamt@example.org")
    sources = (
        Source(publisher="Stadt Zeitz", url="https://example.org", published=PartialDate("2021-05")),
        Source(publisher="Land"),
    )
    hub = make_hub(
        "zeitz", workplaces=12, lat=51.0473, lon=12.0, focus=("Parken", "Wasser"), contact=contact, sources=sources
    )
    await plant(store, hub)
    names = ("workplaces", "lat", "lon", "focus", "contact", "sources", "website", "version")
    (row,) = (await store.select(Selection("Hub", names), ByKeys("Hub", "slug", ("zeitz",)), audiences=PUBLIC)).rows
    assert row == [
        12,
        51.0473,
        12.0,
        ["Parken", "Wasser"],
        {"function": "Bauamt", "email": "bauamt@example.org", "phone": None, "url": None},
        [
            {"publisher": "Stadt Zeitz", "url": "https://example.org", "published": "2021-05"},
            {"publisher": "Land", "url": None, "published": None},
        ],
        None,
        0,
    ]
    assert isinstance(row[2], float)


async def test_a_list_that_nobody_wrote_is_empty(store: GraphStore) -> None:
    required = {"name": "Zeitz", "name_sort": "zeitz", "status": "OPEN", "origin": "REGISTERED"}

    async def work(transaction: Transaction) -> None:
        await transaction.put("Hub", [{"slug": "zeitz", **required}])
        await transaction.put("Topic", [{"slug": "thema", "name_de": "Thema", "name_en": "T", "name_sort": "thema"}])
        await transaction.connect("FOCUSES_ON", "Hub", "Topic", [{"start": "zeitz", "end": "thema"}])

    await store.transact(work)
    lists = Selection("Hub", ("focus", "sources", "contact"))
    hubs = Selection("Topic", ("slug",), (LinkRead(links.TOPIC_HUBS, (lists,)),))

    started = await store.select(lists, ByKeys("Hub", "slug", ("zeitz",)), audiences=PUBLIC)
    linked = await store.select(hubs, ByKeys("Topic", "slug", ("thema",)), audiences=PUBLIC)

    assert started.rows == [[[], [], None]]
    assert linked.rows == [["thema", [[[], [], None]]]]


async def test_dates_keep_their_precision_and_sort_the_coarser_first(store: GraphStore) -> None:
    for number, opened in enumerate(["2021-05-04", "2020-12-31", "2021", None, "2021-05"]):
        await plant(store, make_hub(f"h{number}", opened=opened))
    start = Match("Hub", order=(Order("opened"),))
    found = await store.select(Selection("Hub", ("opened",)), start, audiences=PUBLIC)
    assert [row and row[0] for row in found.rows] == [None, "2020-12-31", "2021", "2021-05", "2021-05-04"]


async def test_german_names_sort_as_germans_expect(store: GraphStore) -> None:
    names = ["Zeitz", "Öhringen", "Ähren", "Aachen", "oelsnitz", "Straße", "Strassen", "Bad Düben", "Bad-Berka"]
    await plant(store, *(make_municipality(name=name) for name in names))
    assert await municipalities(store, *BY_NAME) == [
        "Aachen", "Ähren", "Bad-Berka", "Bad Düben", "oelsnitz", "Öhringen", "Straße", "Strassen", "Zeitz",
    ]  # fmt: skip


async def test_equal_columns_are_told_apart_by_key(store: GraphStore) -> None:
    await plant(store, *(make_municipality(ars, name="Neustadt", population=5) for ars in ("3", "1", "2")))
    start = Match("Municipality", order=(*BY_POPULATION, *BY_NAME))
    found = await store.select(Selection("Municipality", ("ars",)), start, audiences=PUBLIC)
    assert found.rows == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize(
    "order", [(Order("ars", is_descending=True),), (Order("population"), Order("ars", is_descending=True), *BY_NAME)]
)
async def test_an_order_that_names_the_key_ends_with_it(store: GraphStore, order: tuple[Order, ...]) -> None:
    await plant(store, *(make_municipality(str(number), population=1) for number in range(4)))
    after = ("2",) if len(order) == 1 else (1, "2")
    start = Match("Municipality", order=order, page=Page(5, after))
    found = await store.select(Selection("Municipality", ("ars",)), start, audiences=PUBLIC)
    assert found.rows == [["1"], ["0"]]


@pytest.mark.parametrize("is_descending", [False, True])
async def test_positions_lead_through_nulls_and_ties_once(store: GraphStore, is_descending: bool) -> None:
    populations = [None, 0, 5, 5, None, 7, 5, -3, 0]
    await plant(store, *(make_municipality(str(number), population=p) for number, p in enumerate(populations)))
    order = (Order("population", is_descending),)
    sign = -1 if is_descending else 1
    wanted = [str(n) for n, _ in sorted(enumerate(populations), key=lambda pair: (sign * (pair[1] or 0), pair[0]))]
    for size in (1, 2, 4, 9):
        seen: list[object] = []
        after: tuple[int | str, ...] | None = None
        while True:
            start = Match("Municipality", order=order, page=Page(size, after), has_lookahead=True)
            rows = (await store.select(Selection("Municipality", ("ars", "population")), start, audiences=PUBLIC)).rows
            seen += [row[0] for row in rows[:size] if row is not None]
            if len(rows) <= size:
                break
            last = rows[size - 1]
            assert last is not None
            ars, population = last
            assert isinstance(population, int | None)
            after = (population or 0, str(ars))
        assert seen == wanted


async def test_a_page_of_nothing(store: GraphStore) -> None:
    await plant(store, make_municipality(), make_municipality())
    start = Match("Municipality", page=Page(0), count=True)
    found = await store.select(NAMES, start, audiences=PUBLIC)
    assert (found.rows, found.total) == ([], 2)
    peek = Match("Municipality", page=Page(0), has_lookahead=True)
    assert len((await store.select(NAMES, peek, audiences=PUBLIC)).rows) == 1


async def test_counting_ignores_the_page(store: GraphStore) -> None:
    await plant(store, *(make_municipality(str(number)) for number in range(7)))
    start = Match("Municipality", page=Page(2, ("4",)), count=True)
    found = await store.select(Selection("Municipality", ("ars",)), start, audiences=PUBLIC)
    assert (found.rows, found.total) == ([["5"], ["6"]], 7)


@pytest.mark.parametrize(
    "page",
    [
        Page(-1),
        Page(MAX_PAGE + 1),
        Page(5, ()),
        Page(5, ("a",)),
        Page(5, ("a", 1, "x")),
        Page(5, (1, "x")),
        Page(5, ("a", 1)),
        Page(5, ("a", True)),
        Page(5, ("\udc00", "x")),
        Page(True),
    ],
    ids=repr,
)
async def test_pages_that_cannot_be_meant(store: GraphStore, page: Page) -> None:
    with pytest.raises(InvalidInputError):
        await store.select(NAMES, Match("Municipality", order=BY_NAME, page=page), audiences=PUBLIC)


@pytest.mark.parametrize("value", ["5", 5.5, True, 2**63, -(2**63) - 1])
async def test_a_position_of_the_wrong_type(store: GraphStore, value: str | float | bool) -> None:
    start = Match("Municipality", order=BY_POPULATION, page=Page(5, (value, "x")))
    with pytest.raises(InvalidInputError):
        await store.select(NAMES, start, audiences=PUBLIC)


async def test_the_largest_integers_are_positions(store: GraphStore) -> None:
    await plant(store, make_municipality("a", population=2**63 - 1), make_municipality("b", population=-(2**63)))
    start = Match("Municipality", order=(Order("population"),), page=Page(5, (2**63 - 2, "")))
    found = await store.select(Selection("Municipality", ("population",)), start, audiences=PUBLIC)
    assert found.rows == [[2**63 - 1]]


@pytest.mark.parametrize("name", ["updated_at", "title_sort"])
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_in_an_order_that_an_index_serves(store: GraphStore, name: str, is_descending: bool) -> None:
    values = ["3", "1", "", "3", "2", "1"]
    await plant(
        store, *(make_project(str(number), title=value, updated_at=value) for number, value in enumerate(values))
    )
    order, sign = (Order(name, is_descending),), -1 if is_descending else 1
    wanted = sorted(enumerate(values), key=lambda pair: (int(pair[1] or 0) * sign, pair[0]))
    seen: list[tuple[object, object]] = []
    while len(seen) < len(values):
        after = (str(seen[-1][1]), str(seen[-1][0])) if seen else None
        start = Match("Project", order=order, page=Page(2, after))
        rows = (await store.select(Selection("Project", ("id", name)), start, audiences=PUBLIC)).rows
        seen += [(row[0], row[1]) for row in rows if row is not None]
        assert len(rows) == 2
        # Later pages of so small a graph are planned by other considerations than those of a large one.
        if isinstance(store, Neo4jGraphStore) and after is None:
            assert not {"Sort", "Top"} & set(await operators(store, start)), "the index does not serve this order"
    assert seen == [(str(number), value) for number, value in wanted]


async def operators(store: Neo4jGraphStore, start: Match) -> list[str]:
    """The operators of the plan; `PartialTop` sorts only what is equal in the index."""
    statement = render(Selection("Project", ("id",)), start, PUBLIC, ())
    async with store._driver.session(database=store._database) as session:
        result = await session.run("EXPLAIN " + statement.text, statement.parameters)
        plan = (await result.consume()).plan
    found, waiting = [], [plan]
    while waiting:
        step = waiting.pop()
        assert step is not None
        found.append(step["operatorType"].partition("@")[0])
        waiting += step.get("children", [])
    return found

"""Conditions of a match: each operator, links, alternatives, and what is refused."""

from typing import Any

import pytest

from graph.errors import InvalidInputError
from graph.links import (
    HOUSE_PARTNERS,
    HOUSE_PROJECTS,
    HUB_MUNICIPALITIES,
    HUB_PARTNERS,
    PROJECT_HUB,
    PROJECT_OWNER,
    PROJECT_TOPICS,
    TOPIC_NARROWER,
    Absent,
)
from graph.port import GraphStore
from graph.selection import Compare, Condition, Either, Every, Linked, Match, Operator, Selection
from graph.values import Instant
from tests.fixtures.builders import (
    involves,
    make_hub,
    make_municipality,
    make_project,
    make_topic,
    make_university,
    partner_of,
    plant,
    relate,
    serves,
)

PUBLIC = frozenset({"public"})


async def found(store: GraphStore, label: str, *where: Condition) -> list[object]:
    key = {"Hub": "slug", "Municipality": "ars", "Topic": "slug"}.get(label, "id")
    answer = await store.select(Selection(label, (key,)), Match(label, where=where, count=True), audiences=PUBLIC)
    assert answer.total == len(answer.rows)
    return [row[0] for row in answer.rows if row is not None]


TOWNS: dict[str, dict[str, Any]] = {
    "1": {"name": "Zeitz", "population": 28000, "area_km2": 87.5, "district": "Burgenlandkreis"},
    "2": {"name": "Zeithain", "population": 5000, "area_km2": 92.0, "district": None},
    "3": {"name": "zeitz", "population": 0, "area_km2": None, "district": ""},
    "4": {"name": "Ähren", "population": None, "area_km2": 0.5, "district": "%"},
}


@pytest.mark.parametrize(
    ("name", "operator", "value", "keys"),
    [
        ("name", Operator.EQUALS, "Zeitz", "1"),
        ("name", Operator.EQUALS, "Ze", ""),
        ("name", Operator.ONE_OF, ("Zeitz", "Ähren", "Zeitz"), "14"),
        ("name", Operator.ONE_OF, (), ""),
        ("name", Operator.STARTS_WITH, "Zeit", "12"),
        ("name", Operator.STARTS_WITH, "", "1234"),
        ("name", Operator.STARTS_WITH, "Z%", ""),
        ("name", Operator.STARTS_WITH, "Ä", "4"),
        ("name", Operator.WORD_STARTS_WITH, "Zeit", "12"),
        ("name", Operator.WORD_STARTS_WITH, "eitz", ""),
        ("name", Operator.WORD_STARTS_WITH, "", "1234"),
        ("name", Operator.WORD_STARTS_WITH, "Z%", ""),
        ("name", Operator.AT_LEAST, "Zeitz", "134"),
        ("name", Operator.BELOW, "Zeitz", "2"),
        ("district", Operator.EQUALS, "", "3"),
        ("district", Operator.STARTS_WITH, "", "134"),
        ("district", Operator.BELOW, "Z", "134"),
        ("population", Operator.EQUALS, 0, "3"),
        ("population", Operator.AT_LEAST, 5000, "12"),
        ("population", Operator.BELOW, 5000, "3"),
        ("population", Operator.ONE_OF, (0, 28000, 2**62), "13"),
        ("area_km2", Operator.AT_LEAST, 87.5, "12"),
        ("area_km2", Operator.AT_LEAST, 88, "2"),
        ("area_km2", Operator.EQUALS, 92, "2"),
        ("area_km2", Operator.ONE_OF, (1, 0.5), "4"),
        ("area_km2", Operator.BELOW, -1e300, ""),
    ],
)
async def test_operators(store: GraphStore, name: str, operator: Operator, value: Any, keys: str) -> None:
    await plant(store, *(make_municipality(ars, **properties) for ars, properties in TOWNS.items()))
    assert await found(store, "Municipality", Compare(name, operator, value)) == list(keys)


@pytest.mark.parametrize(
    ("beginning", "keys"),
    [
        ("zei", "12"),
        ("stadt", "14"),
        ("forst", "23"),
        ("zeitzer f", "2"),
        ("droyssiger zei", "2"),
        ("eitz", ""),
        ("zeitzer  f", ""),
        (" stadt", ""),
        ("stadt zeitz und mehr", ""),
        ("amt .*", ""),
    ],
)
async def test_any_word_of_a_text_may_begin_so(store: GraphStore, beginning: str, keys: str) -> None:
    names = ("Stadt Zeitz", "Verbandsgemeinde Droyßiger-Zeitzer Forst", "Amt Forst", "Stadt")
    await plant(store, *(make_municipality(str(number), name=name) for number, name in enumerate(names, 1)))
    condition = Compare("name_sort", Operator.WORD_STARTS_WITH, beginning)
    assert await found(store, "Municipality", condition) == list(keys)
    either = Either((condition, Compare("name", Operator.EQUALS, "Amt Forst")))
    assert await found(store, "Municipality", either) == sorted({*keys, "3"})


@pytest.mark.parametrize("value", ["' OR true //", "\\", "\x00", "$c0", "x" * 10_000, "\n"])
async def test_hostile_values_are_only_text(store: GraphStore, value: str) -> None:
    await plant(store, make_municipality("1", name="Zeitz"), make_municipality("2", name=value))
    for operator in (Operator.EQUALS, Operator.STARTS_WITH, Operator.WORD_STARTS_WITH):
        assert await found(store, "Municipality", Compare("name", operator, value)) == ["2"]


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("nothing", Operator.EQUALS, "x"),
        ("name", Operator.EQUALS, 5),
        ("name", Operator.EQUALS, ("x",)),
        ("name", Operator.ONE_OF, "x"),
        ("name", Operator.ONE_OF, ("x", 5)),
        ("name", Operator.ONE_OF, tuple(map(str, range(1001)))),
        ("name", Operator.EQUALS, "\ud800"),
        ("population", Operator.EQUALS, "5"),
        ("population", Operator.EQUALS, 5.0),
        ("population", Operator.AT_LEAST, True),
        ("population", Operator.AT_LEAST, 2**63),
        ("population", Operator.STARTS_WITH, 5),
        ("population", Operator.WORD_STARTS_WITH, 5),
        ("area_km2", Operator.BELOW, float("nan")),
        ("area_km2", Operator.BELOW, float("inf")),
        ("area_km2", Operator.BELOW, 10**400),
        ("contact", Operator.EQUALS, "x"),
        ("sources", Operator.EQUALS, "x"),
    ],
)
async def test_comparisons_that_cannot_be_meant(store: GraphStore, name: str, operator: Operator, value: Any) -> None:
    with pytest.raises(InvalidInputError):
        await found(store, "Municipality", Compare(name, operator, value))


async def plant_network(store: GraphStore) -> None:
    zeitz, apolda = make_hub("zeitz", state="Sachsen-Anhalt"), make_hub("apolda", state="Thüringen")
    town, university = make_municipality("150", name="Elsteraue"), make_university("03x", name="Elsteraue")
    parking, water = make_topic("parken"), make_topic("wasser")
    projects = {key: make_project(key) for key in ("p1", "p2", "p3")}
    await plant(
        store,
        *(zeitz, apolda, town, university, parking, water),
        *projects.values(),
        relate("OWNS", zeitz, projects["p1"]),
        relate("OWNS", apolda, projects["p2"]),
        relate("OWNS", town, projects["p3"]),
        relate("ADDRESSES", projects["p1"], parking),
        relate("ADDRESSES", projects["p1"], water),
        relate("ADDRESSES", projects["p2"], water),
        relate("SUBTOPIC_OF", parking, water),
        serves(zeitz, town),
        partner_of(university, apolda),
    )


def is_named(value: str, name: str = "slug") -> Compare:
    return Compare(name, Operator.EQUALS, value)


async def test_links_as_conditions(store: GraphStore) -> None:
    await plant_network(store)
    assert await found(store, "Project", Linked(PROJECT_TOPICS, (is_named("wasser"),))) == ["p1", "p2"]
    assert await found(store, "Project", Linked(PROJECT_TOPICS)) == ["p1", "p2"]
    assert await found(store, "Project", Linked(PROJECT_HUB, (is_named("zeitz"),))) == ["p1"]
    assert await found(store, "Topic", Linked(TOPIC_NARROWER)) == ["wasser"]
    assert await found(store, "Project", Linked(PROJECT_TOPICS, (is_named("nothing"),))) == []


async def test_all_conditions_of_a_link_are_of_one_node(store: GraphStore) -> None:
    await plant_network(store)
    both = (is_named("parken"), is_named("Wasser", "name_de"))
    assert await found(store, "Project", Linked(PROJECT_TOPICS, both)) == []
    each = (Linked(PROJECT_TOPICS, both[:1]), Linked(PROJECT_TOPICS, both[1:]))
    assert await found(store, "Project", *each) == ["p1"]


async def test_links_behind_links(store: GraphStore) -> None:
    await plant_network(store)
    topic_of_hub = Linked(HOUSE_PROJECTS["Hub"], (Linked(PROJECT_TOPICS, (is_named("wasser"),)),))
    assert await found(store, "Hub", topic_of_hub) == ["apolda", "zeitz"]
    assert await found(store, "Hub", topic_of_hub, Linked(HUB_MUNICIPALITIES)) == ["zeitz"]
    far = Linked(PROJECT_HUB, (Linked(HUB_MUNICIPALITIES, (is_named("Elsteraue", "name"),)),))
    assert await found(store, "Project", far) == ["p1"]


async def test_conditions_on_targets_of_several_labels(store: GraphStore) -> None:
    await plant_network(store)
    owner = Linked(PROJECT_OWNER, (is_named("Elsteraue", "name"),))
    assert await found(store, "Project", owner) == ["p3"]
    # Only hubs lead on to partners, and only hubs and organisations have a slug: the other labels do not match.
    assert await found(store, "Project", Linked(PROJECT_OWNER, (Linked(HUB_PARTNERS),))) == ["p2"]
    assert await found(store, "Project", Linked(PROJECT_OWNER, (is_named("zeitz"),))) == ["p1"]
    either = Either((is_named("zeitz"), is_named("150", "ars")))
    assert await found(store, "Project", Linked(PROJECT_OWNER, (either,))) == ["p1", "p3"]


async def test_alternatives(store: GraphStore) -> None:
    await plant_network(store)
    of_zeitz, on_water = Linked(PROJECT_HUB, (is_named("zeitz"),)), Linked(PROJECT_TOPICS, (is_named("wasser"),))
    assert await found(store, "Project", Either((of_zeitz, on_water))) == ["p1", "p2"]
    assert await found(store, "Project", Either((is_named("p3", "id"), Either((of_zeitz,))))) == ["p1", "p3"]
    assert await found(store, "Project", Either(())) == []
    assert await found(store, "Project", Either((is_named("nothing", "licence"), on_water))) == ["p1", "p2"]
    assert await found(store, "Project", is_named("p2", "id"), Either((of_zeitz, on_water))) == ["p2"]


async def test_what_has_no_value_and_what_holds_together(store: GraphStore) -> None:
    await plant(store, *(make_municipality(ars, **properties) for ars, properties in TOWNS.items()))
    small = Compare("population", Operator.BELOW, 5000)
    assert await found(store, "Municipality", Absent("district")) == ["2"]
    assert await found(store, "Municipality", Absent("population")) == ["4"]
    assert await found(store, "Municipality", Every((small, Absent("area_km2")))) == ["3"]
    assert await found(store, "Municipality", Either((Every((small, Absent("district"))), Absent("population")))) == [
        "4"
    ]
    assert await found(store, "Municipality", Every(())) == ["1", "2", "3", "4"]
    assert await found(store, "Municipality", Absent("name"), Every(())) == []
    for name in ("nothing", "sources", "contact"):
        with pytest.raises(InvalidInputError):
            await found(store, "Municipality", Absent(name))


async def test_labels_of_a_target_that_lack_a_property_are_not_without_its_value(store: GraphStore) -> None:
    await plant_network(store)
    owners = (make_municipality("7", name="Ohne Land"), make_university("u7", name="Ohne Domain"))
    projects = [make_project(key) for key in ("p7", "p8")]
    owns = (relate("OWNS", owner, project) for owner, project in zip(owners, projects, strict=True))
    await plant(store, *owners, *projects, *owns)
    of_town = Every((is_named("7", "ars"), Absent("district")))
    assert await found(store, "Project", Linked(PROJECT_OWNER, (of_town,))) == ["p7"]
    assert await found(store, "Project", Linked(PROJECT_OWNER, (Absent("founded_by_nobody"),))) == []


async def test_a_link_of_another_label_is_refused(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError):
        await found(store, "Hub", Linked(PROJECT_TOPICS))


async def test_a_house_that_has_yet_to_confirm_is_no_fact(store: GraphStore) -> None:
    hub = make_hub("zeitz")
    projects = {name: make_project(name) for name in ("asked", "confirmed", "by sources")}
    await plant(
        store,
        hub,
        *projects.values(),
        involves(projects["asked"], hub, asked_at=Instant("2026-01-01T00:00:00.000000Z")),
        involves(
            projects["confirmed"],
            hub,
            asked_at=Instant("2026-01-01T00:00:00.000000Z"),
            confirmed_at=Instant("2026-01-02T00:00:00.000000Z"),
        ),
        involves(projects["by sources"], hub),
    )
    link = HOUSE_PARTNERS["Hub"]
    for where in ((), (Compare("slug", Operator.EQUALS, "zeitz"),), (Compare("name", Operator.EQUALS, hub.name),)):
        assert len(await found(store, "Project", Linked(link, where))) == 3
        settled = await found(store, "Project", Linked(link, where, is_settled=True))
        assert sorted(map(str, settled)) == ["by sources", "confirmed"]

    with pytest.raises(InvalidInputError):
        await found(store, "Project", Linked(PROJECT_TOPICS, (), is_settled=True))

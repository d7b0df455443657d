"""Wrong seed files are told apart by file and line, and loading is safe to repeat."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from graph import links
from graph.actors import System
from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import Event, Expert, Hub, Municipality, NodeKey, Organisation, Project, Topic, University
from graph.relationships import Plain
from graph.writing.unit_of_work import Json, Unit, UnitOfWork
from seed_data.catalogue import Catalogue, read_catalogue
from seed_data.load import LoadReport, SeedError, is_loaded, load, unresolved

SOMEBODY = System("test")
Seeded = tuple[LadybugGraphStore, LoadReport]
"""A store with the seed, and what loading it said."""
T = TypeVar("T", bound=Json)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


def projects(catalogue: Catalogue) -> dict[str, Project]:
    return {node.slug: node for node in catalogue.nodes["projects"] if isinstance(node, Project)}


def seed_with(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        folder, _, stem = name.partition("__")
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


TOPIC = "slug: a\nname_de: A\nname_en: A\n"
ORGANISATION = "slug: o\nname: O\nsources:\n  - publisher: P\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"topics__t": "slug: a\nname_de: A\n"}, "topics/t.yaml:1: name_en is missing"),
        ({"topics__t": f"{TOPIC}colour: red\n"}, "topics/t.yaml:4: unknown name colour"),
        ({"topics__t": f"{TOPIC}slug: b\n"}, "topics/t.yaml:4: slug is given twice"),
        ({"topics__t": f"{TOPIC}broader: b\n"}, "topics/t.yaml:4: Topic:b is in no file"),
        ({"topics__t": TOPIC, "topics__u": TOPIC}, "topics/u.yaml:1: Topic:a is already in topics/t.yaml:1"),
        ({"topics__t": "slug: A b\nname_de: A\nname_en: A\n"}, "topics/t.yaml:1: not a key"),
        ({"topics__t": "- just text\n"}, "topics/t.yaml:1: expected a record"),
        ({"topics__t": ""}, "topics/t.yaml:1: empty file"),
        ({"topics__t": "slug: [a\n"}, "topics/t.yaml:2: not YAML"),
        ({"topics__t": "slug: a\0\n"}, "topics/t.yaml:1: not YAML"),
        ({"topics__t": "slug: &x a\nname_de: *x\nname_en: A\n"}, "topics/t.yaml:2: aliases"),
        ({"topics__t": "slug: &x [*x]\nname_de: A\nname_en: A\n"}, "topics/t.yaml:1: aliases"),
        ({"topics__t": "[" * 100_000}, "topics/t.yaml:1: nested too deeply"),
        ({"topic__t": TOPIC}, "topic/t.yaml:1: in no folder of the seed"),
        ({"topics__t": f"{TOPIC}---\n{TOPIC}"}, "topics/t.yaml:4: a second document"),
        ({"topics__t": "x: '" + "a" * 1_000_001 + "'"}, "topics/t.yaml:1: larger than"),
        ({"topics__t": "slug: !!python/object/apply:os.system [true]\n"}, "topics/t.yaml:1: slug: expected text"),
        ({"topics__t": "? [a, b]\n: c\n"}, "topics/t.yaml:1: a name has to be plain text"),
        ({"organisations__o": "slug: o\nname: O\n"}, "organisations/o.yaml:1: sources is missing"),
        ({"organisations__o": "slug: o\nname: O\nsources: P\n"}, "organisations/o.yaml:3: sources: expected a list"),
        (
            {"organisations__o": f"{ORGANISATION}    url: ftp://x\n"},
            "organisations/o.yaml:5: sources: not a web address",
        ),
        (
            {"organisations__o": f"{ORGANISATION}    published: 2021-13\n"},
            "organisations/o.yaml:5: sources: not a date",
        ),
        ({"organisations__o": f"{ORGANISATION}    author: X\n"}, "organisations/o.yaml:4: sources: expected publisher"),
        ({"organisations__o": f"{ORGANISATION}contact: Somebody\n"}, "organisations/o.yaml:5: unknown name contact"),
        ({"organisations__o": f"{ORGANISATION}name_sort: a\n"}, "organisations/o.yaml:5: unknown name name_sort"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    problems = [str(problem) for problem in unresolved(seed_with(tmp_path, **files))]
    assert any(problem.startswith(expected) for problem in problems), problems


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("status: DONE", "status: expected one of IDEA"),
        ("started: yesterday", "started: expected a date"),
        ("owner: zeitz", "owner: expected kind:key"),
        ("owner: topic:a", "owner: expected kind:key"),
        ("owner: hub:nowhere", "Hub:nowhere is in no file"),
        ("involves: [organisation:o]", "involves: expected a record with house"),
        ("involves: [{house: organisation:o}, {house: organisation:o}]", "involves names Organisation:o twice"),
        ("involves: [{house: organisation:o, confirmed_at: now}]", "involves: unknown name confirmed_at"),
        ("effort_days: many", "effort_days: expected a whole number"),
        ("origin: REGISTERED", "unknown name origin"),
        ("confirmed_at: 2021-01-01", "unknown name confirmed_at"),
        ("readers: [public]", "unknown name readers"),
    ],
)
def test_a_wrong_line_of_a_project_is_named(tmp_path: Path, line: str, expected: str) -> None:
    head = "id: 019b798e-804c-73c3-8d16-f755a765391d\nslug: p\ntitle: P\nsources:\n  - publisher: P\n"
    folder = seed_with(tmp_path, projects__p=head + line + "\n", organisations__o=ORGANISATION, topics__t=TOPIC)
    assert [str(problem) for problem in unresolved(folder)] == [
        next(
            str(problem) for problem in unresolved(folder) if str(problem).startswith(f"projects/p.yaml:6: {expected}")
        )
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("starts_at: 2027-05-15\nstart_time: 10:00\nend_time: 12:00", None),
        ("start_time: 10:00", "events/e.yaml:5: start_time: expected a whole day in starts_at"),
        ("starts_at: 2027-05\nstart_time: 10:00", "events/e.yaml:6: start_time: expected a whole day"),
        ("starts_at: 2027-05-15\nstart_time: 9:5", "events/e.yaml:6: start_time: expected a time as 09:30, got '9:5'"),
        ("starts_at: 2027-05-15\nstart_time: 25:00", "events/e.yaml:6: start_time: expected a time as 09:30"),
        ("is_recurring: true", ""),
        ("is_recurring: often", "events/e.yaml:5: is_recurring: expected true or false, got 'often'"),
        ("starts_at: 2027-03-28\nstart_time: 02:30", "events/e.yaml:6: start_time: clocks in Germany are set forward"),
        ("starts_at: 2027-05-15\nend_time: 12:00", "events/e.yaml:6: end_time: expected none without start_time"),
        (
            "starts_at: 2027-05-15\nstart_time: 12:00\nend_time: 10:00",
            "events/e.yaml:7: end_time: expected a time after",
        ),
    ],
)
def test_times_of_events_are_of_whole_days_and_in_order(tmp_path: Path, lines: str, expected: str) -> None:
    head = "id: 019b798e-804c-73c3-8d16-f755a765391d\ntitle: T\nsources:\n  - publisher: P\n"
    problems = [str(problem) for problem in unresolved(seed_with(tmp_path, events__e=f"{head}{lines}\n"))]
    assert [problem.startswith(expected or "-") for problem in problems] == ([True] if expected else []), problems


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = seed_with(tmp_path, topics__t="slug: a\n", topics__u="{", organisations__o="slug: o\n")
    assert {problem.path for problem in unresolved(folder)} == {
        "topics/t.yaml",
        "topics/u.yaml",
        "organisations/o.yaml",
    }


def test_keys_and_dates_need_no_quotes(tmp_path: Path) -> None:
    text = "ars: 010610046046\nname: I\nkind: STADT\nstate: S\nvalid_from: 2021\nsources: [{publisher: P, published: 2021-05-04}]\n"
    found = read_catalogue(seed_with(tmp_path, municipalities__m=text))
    (node,) = found.nodes["municipalities"]
    assert found.problems == []
    assert isinstance(node, Municipality)
    assert (node.ars, node.valid_from, node.sources[0].published) == ("010610046046", "2021", "2021-05-04")


@pytest.fixture(scope="module")
async def seeded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Seeded]:
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("seeded"))
    await store.apply_schema()
    first = await load(UnitOfWork(store))
    yield store, first
    await store.close()


class Killed(BaseException):
    pass


async def test_a_seed_that_was_killed_half_way_does_not_count_as_loaded(tmp_path: Path) -> None:
    def kill(kind: str, done: int, _total: int) -> None:
        if kind == "events" and done:
            raise Killed

    store = await LadybugGraphStore.open(tmp_path)
    try:
        await store.apply_schema()
        with pytest.raises(Killed):
            await load(UnitOfWork(store), on_progress=kill)
        assert not await is_loaded(store)
        await load(UnitOfWork(store))
        assert await is_loaded(store)
    finally:
        await store.close()


async def read(store: LadybugGraphStore, function: Callable[[Unit], Awaitable[T]]) -> T:
    return await UnitOfWork(store).run(function, actor=SOMEBODY)


async def test_loading_writes_every_node(seeded: Seeded, catalogue: Catalogue) -> None:
    store, first = seeded
    expected = {node.key for found in catalogue.nodes.values() for node in found}
    assert first.created == len(expected)

    async def count(unit: Unit) -> int:
        found = 0
        for kind in (Hub, Municipality, University, Organisation, Expert, Project, Topic, Event):
            keys = [key.value for key in expected if key.label == kind.__name__]
            found += len(await unit.get_many(kind, keys))
        return found

    assert await read(store, count) == len(expected) - 4  # the funding programmes


async def test_loading_writes_every_link(seeded: Seeded, catalogue: Catalogue) -> None:
    store, _ = seeded
    hub = "zeitz"

    async def follow(unit: Unit) -> list[list[str]]:
        return [
            sorted(key.value for key, _ in await unit.neighbours(link, NodeKey("Hub", hub)))
            for link in (links.HUB_MUNICIPALITIES, links.HUB_PARTNERS, links.HUB_TOPICS, links.HOUSE_PROJECTS["Hub"])
        ]

    municipalities, partners, topics, owned = await read(store, follow)
    assert municipalities == ["150840590590"]
    assert partners == ["dataport-kommunal", "dzz", "saleg", "world-of-work-zeitz"]
    assert topics == ["ozg", "strukturwandel", "verwaltung"]
    assert len(owned) == 4


async def test_everybody_may_read_the_seed(seeded: Seeded, catalogue: Catalogue) -> None:
    store, _ = seeded
    key = projects(catalogue)["zeitz-parkleitsystem"].id

    async def readers(unit: Unit) -> list[str]:
        project = await unit.get(Project, key)
        return list(project.readers) if project else []

    assert await read(store, readers) == ["public"]


async def test_an_administration_is_part_of_the_one_above(seeded: Seeded) -> None:
    store, _ = seeded

    async def above(unit: Unit) -> list[str]:
        key = NodeKey("Municipality", "010610046046")
        found = []
        while neighbours := await unit.neighbours(links.MUNICIPALITY_PART_OF, key):
            key = neighbours[0][0]
            found.append(key.value)
        return found

    assert await read(store, above) == ["01061", "01"]


async def test_loading_again_writes_nothing(seeded: Seeded) -> None:
    store, first = seeded
    before = await store.query("outbox_lag", {})
    again = await load(UnitOfWork(store))
    assert (again.created, again.changed, again.connected) == (0, 0, 0)
    assert again.unchanged + again.left_alone == first.created
    assert await store.query("outbox_lag", {}) == before


async def test_what_somebody_changed_is_left_alone(tmp_path: Path, catalogue: Catalogue) -> None:
    store = await LadybugGraphStore.open(tmp_path)
    await store.apply_schema()
    unit_of_work = UnitOfWork(store)
    await load(unit_of_work)
    project = projects(catalogue)["zeitz-parkleitsystem"]

    async def edit(unit: Unit) -> None:
        hub = await unit.get(Hub, "wilster")
        assert hub is not None
        await unit.put(type(hub)(**{**vars(hub), "premises": "Rathaus"}))
        owner = Plain(type="OWNS", start=NodeKey("Municipality", "150840590590"), end=project.key)
        await unit.relink(links.PROJECT_OWNER, {project.id: [owner]})

    await unit_of_work.run(edit, actor=SOMEBODY)
    report = await load(unit_of_work)

    async def state(unit: Unit) -> list[str]:
        hub = await unit.get(Hub, "wilster")
        owners = await unit.neighbours(links.PROJECT_OWNER, project.key)
        return [str(hub and hub.premises), *(str(key) for key, _ in owners)]

    assert await read(store, state) == ["Rathaus", "Municipality:150840590590"]
    assert (report.created, report.changed, report.connected) == (0, 0, 0)
    await store.close()


async def test_a_wrong_seed_writes_nothing(tmp_path: Path) -> None:
    folder = seed_with(tmp_path, topics__t=TOPIC, topics__u="slug: b\n")
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    with pytest.raises(SeedError) as caught:
        await load(UnitOfWork(store), folder=folder)
    assert caught.value.problems == (
        "topics/u.yaml:1: name_de is missing",
        "topics/u.yaml:1: name_en is missing",
    )

    async def topic(unit: Unit) -> bool:
        return await unit.get(Topic, "a") is None

    assert await read(store, topic)
    await store.close()

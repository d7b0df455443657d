"""Projects as NDJSON: what is taken over, what is refused and where, and that an export reads back as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import links
from graph.actors import System
from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import Hub, NodeKey, Organisation, Project, Topic
from graph.relationships import Involves
from graph.values import Instant
from graph.vocabulary import OperatingStatus, Origin, Stage, Visibility
from graph.writing.unit_of_work import Unit, UnitOfWork
from network.importers import ImportReport, export_projects, import_municipalities, import_projects
from network.importers.projects import parse_projects, project_json
from tests.fixtures.importing import ALTDORF, MUNICIPALITIES, NEUDORF, File, put, reasons, run

FULL: dict[str, object] = {
    "slug": "parken",
    "title": "Parken",
    "summary": "Kurz",
    "writeup": "Erster Absatz\n\nZweiter\u2028Absatz",
    "owner": "hub:zeitz",
    "topics": ["mobilitaet"],
    "municipalities": ["010515163001"],
    "status": "PILOT",
    "stage": "PUBLISHED",
    "visibility": "PUBLIC",
    "licence": "EUPL-1.2",
    "repository_url": "https://code.example/parken",
    "website_url": "https://parken.example",
    "started": "2021-05",
}


def ndjson(*records: object) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.fixture
async def network(unit_of_work: UnitOfWork, file: File) -> UnitOfWork:
    """A hub, a topic, an organisation and two municipalities for projects to refer to."""
    await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF + NEUDORF))
    await put(
        unit_of_work,
        Hub(slug="zeitz", name="Zeitz"),
        Topic(slug="mobilitaet", name_de="Mobilität", name_en="Mobility"),
        Organisation(slug="werke", name="Werke"),
    )
    return unit_of_work


async def find(unit_of_work: UnitOfWork, slug: str) -> Project | None:
    found = []

    async def read(unit: Unit) -> None:
        found.append(await unit.find(Project, "slug", slug))

    await unit_of_work.run(read, actor=System("test"))
    return found[-1]


async def project(unit_of_work: UnitOfWork, slug: str) -> Project:
    found = await find(unit_of_work, slug)
    assert found is not None
    return found


async def around(unit_of_work: UnitOfWork, slug: str) -> list[list[str]]:
    """Owner, topics and involved houses."""

    async def read(unit: Unit) -> list[list[str]]:
        node = await unit.find(Project, "slug", slug)
        assert node is not None
        return [
            [str(key) for key, _ in await unit.neighbours(link, node.key)]
            for link in (links.PROJECT_OWNER, links.PROJECT_TOPICS, links.PROJECT_HOUSES)
        ]

    return await unit_of_work.run(read, actor=System("test"))


async def test_a_full_project(network: UnitOfWork, file: File) -> None:
    report = await run(import_projects, network, file("p.ndjson", ndjson(FULL)))
    assert (report.created, report.errors) == (1, [])
    found = await project(network, "parken")
    assert (found.title, found.summary, found.writeup) == (FULL["title"], FULL["summary"], FULL["writeup"])
    assert (found.status, found.licence, found.started) == (OperatingStatus.PILOT, "EUPL-1.2", "2021-05")
    assert (found.origin, found.readers) == (Origin.IMPORTED, ("public",))
    assert await around(network, "parken") == [["Hub:zeitz"], ["Topic:mobilitaet"], ["Municipality:010515163001"]]


async def test_defaults(network: UnitOfWork, file: File) -> None:
    await run(import_projects, network, file("p.ndjson", '{"slug": "a", "title": "A"}'))
    found = await project(network, "a")
    assert (found.stage, found.visibility, found.status) == (
        Stage.PUBLISHED,
        Visibility.PUBLIC,
        OperatingStatus.UNKNOWN,
    )
    assert await around(network, "a") == [[], [], []]


async def test_municipalities_by_key_or_by_name(network: UnitOfWork, file: File) -> None:
    places: list[object] = [
        "010515163001",
        "Altdorf",
        "Altdorf, Schleswig-Holstein",
        "Altdorf, Stadt",
        "Stadt Altdorf, Schleswig-Holstein",
        {"name": "Altdorf", "state": "Schleswig-Holstein"},
        {"name": "Altdorf"},
    ]
    records = {f"p{number}": {"title": "P", "municipalities": [place]} for number, place in enumerate(places)}
    report = await run(
        import_projects,
        network,
        file("p.ndjson", ndjson(*({"slug": slug, **record} for slug, record in records.items()))),
    )
    assert report.errors == []
    for slug in records:
        assert (await around(network, slug))[2] == ["Municipality:010515163001"]


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"colour": "red"}, "colour", "unknown field"),
        ({"id": "1"}, "id", "unknown field"),
        ({"slug": "A b"}, "slug", "expected lower-case"),
        ({"slug": None}, "slug", "expected lower-case"),
        ({"slug": "a" * 101}, "slug", "has 101 characters"),
        ({"title": " "}, "title", "is missing"),
        ({"title": 5}, "title", "expected text"),
        ({"title": "a\x1bb"}, "title", "holds the character U+001B"),
        ({"title": "a\nb"}, "title", "holds the character U+000A"),
        ({"title": "a\x85b"}, "title", "holds the character U+0085"),
        ({"title": "a\u202eb"}, "title", "holds the character U+202E"),
        ({"writeup": "a\n\u2066b"}, "writeup", "holds the character U+2066"),
        ({"summary": "a\ud800"}, "summary", "holds the character U+D800"),
        ({"summary": "a" * 5_001}, "summary", "has 5001 characters"),
        ({"writeup": "a" * 50_001}, "writeup", "has 50001 characters"),
        ({"status": "pilot"}, "status", "expected one of IDEA"),
        ({"stage": "DONE"}, "stage", "expected one of DRAFT"),
        ({"visibility": "SECRET"}, "visibility", "expected one of PRIVATE"),
        ({"licence": "free for all"}, "licence", "expected an SPDX"),
        ({"licence": "Quatsch"}, "licence", "expected an SPDX expression, as in EUPL-1.2 (Unknown license: 'quatsch')"),
        ({"licence": "EUPL-1.2 OR ("}, "licence", "expected an SPDX"),
        ({"licence": "MIT\u200b"}, "licence", "expected an SPDX"),
        ({"title": "\u200b"}, "title", "is missing"),
        ({"title": "a\U000e0041"}, "title", "holds the character U+E0041"),
        ({"website_url": "javascript:alert(1)"}, "website_url", "expected an address"),
        ({"website_url": "https://mayor:secret@a.example/"}, "website_url", "expected an address"),
        ({"website_url": "https://"}, "website_url", "expected an address"),
        ({"repository_url": "https://a.example:99999/"}, "repository_url", "expected an address"),
        ({"started": "2021-02-30"}, "started", "not a date"),
        ({"started": 2021}, "started", "expected text"),
        ({"owner": "zeitz"}, "owner", "expected one of hub:<slug>"),
        ({"topics": "mobilitaet"}, "topics", "expected a list"),
        ({"topics": ["mobilitaet", "mobilitaet"]}, "topics", "names one of its entries twice"),
        ({"municipalities": ["1234"]}, "municipalities", "neither key nor name"),
        ({"municipalities": [{"name": "A", "state": "Atlantis"}]}, "municipalities", "no state is called"),
        ({"municipalities": [{"ars": "01"}]}, "municipalities", "expected a key, a name, or a record"),
        ({"municipalities": ["a"] * 1_001}, "municipalities", "expected a list of at most"),
    ],
)
def test_a_wrong_project_is_left_out_and_the_others_are_taken(
    change: dict[str, object], column: str, reason: str
) -> None:
    report = ImportReport("projects")
    text = json.dumps({**FULL, **change}) + "\n\n" + ndjson({"slug": "gut", "title": "Gut"})
    assert [line.project.slug for line in parse_projects("p.ndjson", text, report)] == ["gut"]
    assert [(error.line, error.column) for error in report.errors] == [(1, column)], reasons(report)
    assert report.errors[0].reason.startswith(reason)


async def test_a_project_that_names_what_is_not_there_is_left_out(network: UnitOfWork, file: File) -> None:
    wrong: list[tuple[dict[str, object], str, str]] = [
        ({"owner": "municipality:01099"}, "owner", "unknown: Municipality:01099"),
        ({"owner": "hub:nowhere"}, "owner", "unknown: Hub:nowhere"),
        ({"topics": ["nothing"]}, "topics", "unknown: Topic:nothing"),
        ({"municipalities": ["999999999999"]}, "municipalities", "unknown: Municipality:999999999999"),
        ({"municipalities": ["12345"]}, "municipalities", "unknown: Municipality:12345"),
        ({"municipalities": ["Nirgends"]}, "municipalities", "no administration is called 'Nirgends'"),
        (
            {"municipalities": ["Altdorf", "010515163001"]},
            "municipalities",
            "010515163001 is named twice, once by name",
        ),
    ]
    records = [{**FULL, "slug": f"p{number}", **change} for number, (change, _, _) in enumerate(wrong)]
    report = await run(import_projects, network, file("p.ndjson", ndjson({"slug": "gut", "title": "Gut"}, *records)))
    assert [(error.line, error.column, error.reason) for error in sorted(report.errors)] == [
        (line, column, reason) for line, (_, column, reason) in enumerate(wrong, start=2)
    ]
    assert report.created == 1
    assert await find(network, "gut") is not None
    assert await find(network, "p0") is None


async def test_an_ambiguous_name_is_a_row_error(network: UnitOfWork, file: File) -> None:
    twin = NEUDORF.replace("01051002", "01051003").replace("163002", "163003").replace("Neudorf", "Altdorf")
    await run(import_municipalities, network, file("g2.csv", MUNICIPALITIES + twin))
    record = {**FULL, "municipalities": ["Altdorf, Schleswig-Holstein"]}
    report = await run(import_projects, network, file("p.ndjson", ndjson(record)))
    (error,) = report.errors
    assert (error.line, error.column) == (1, "municipalities")
    assert "ambiguous" in error.reason
    assert "010515163001" in error.reason
    assert "010515163003" in error.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"slug": "a", "tit', "not JSON at character"),
        ('{"slug": "a", "title": "A"} {}', "not JSON at character"),
        ('{"slug": "a", "slug": "b", "title": "A"}', "a name is given twice"),
        ('{"slug": "a", "title": NaN}', "NaN is not JSON"),
        ("[]", "expected a JSON object"),
        ('"a"', "expected a JSON object"),
        ("[" * 100_000, "not JSON"),
        ("slug,title", "not JSON at character 1"),
    ],
)
def test_a_line_that_is_no_object_is_a_row_error(line: str, reason: str) -> None:
    report = ImportReport("projects")
    found = list(parse_projects("p.ndjson", f'{{"slug": "x", "title": "X"}}\n{line}', report))
    assert [error.line for error in report.errors] == [2]
    assert reason in report.errors[0].reason
    assert [one.line for one in found] == [1]


async def test_a_slug_twice_counts_once(network: UnitOfWork, file: File) -> None:
    report = await run(
        import_projects,
        network,
        file("p.ndjson", ndjson({"slug": "a", "title": "Erstes"})),
        file("q.ndjson", ndjson({"slug": "a", "title": "Zweites"})),
    )
    assert reasons(report) == ["q.ndjson:1, slug: a is already in p.ndjson:1"]
    assert (await project(network, "a")).title == "Erstes"


async def test_houses_that_the_format_cannot_name_stay(network: UnitOfWork, file: File) -> None:
    path = file("p.ndjson", ndjson(FULL))
    await run(import_projects, network, path)
    key = (await project(network, "parken")).key
    await put(
        network,
        Involves(start=key, end=NodeKey("Organisation", "werke"), role="Träger"),
        Involves(start=key, end=NodeKey("Municipality", "010515163001"), role="Pilot"),
    )
    again = await run(import_projects, network, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    assert (await around(network, "parken"))[2] == ["Municipality:010515163001", "Organisation:werke"]


async def test_a_partner_that_has_not_answered_is_no_fact_in_an_export_and_stays_asked(
    network: UnitOfWork, store: LadybugGraphStore, file: File
) -> None:
    await run(import_projects, network, file("p.ndjson", ndjson(FULL)))
    key = (await project(network, "parken")).key
    asked = Instant("2026-11-02T09:00:00.000000Z")
    await put(network, Involves(start=key, end=NodeKey("Municipality", "010515163002"), asked_at=asked))

    lines = [json.loads(line) async for line in export_projects(store)]
    assert lines == [FULL]
    await run(import_projects, network, file("out.ndjson", ndjson(*lines)))
    assert (await around(network, "parken"))[2] == ["Municipality:010515163001", "Municipality:010515163002"]

    confirmed = Involves(start=key, end=NodeKey("Municipality", "010515163002"), asked_at=asked, confirmed_at=asked)
    await put(network, confirmed)
    (line,) = [json.loads(line) async for line in export_projects(store)]
    assert line["municipalities"] == ["010515163001", "010515163002"]


async def test_what_a_line_does_not_say_stays(network: UnitOfWork, file: File) -> None:
    await run(import_projects, network, file("p.ndjson", ndjson(FULL)))
    await run(import_projects, network, file("p.ndjson", ndjson({"slug": "parken", "title": "Neu", "status": "PILOT"})))
    found = await project(network, "parken")
    assert (found.title, found.summary, found.licence) == ("Neu", "Kurz", "EUPL-1.2")
    assert (await around(network, "parken"))[1] == ["Topic:mobilitaet"]
    await run(import_projects, network, file("p.ndjson", ndjson({"slug": "parken", "title": "Neu", "topics": []})))
    assert (await around(network, "parken"))[1] == []


async def test_export_and_import_change_nothing(network: UnitOfWork, store: LadybugGraphStore, file: File) -> None:
    others = [{"slug": f"p-{number:03}", "title": f"P {number}", "topics": ["mobilitaet"]} for number in range(120)]
    await run(import_projects, network, file("p.ndjson", ndjson(FULL, *others)))
    first = "".join([line async for line in export_projects(store)])
    assert first.count("\n") == 121
    assert [json.loads(line)["slug"] for line in first.split("\n")[:2]] == ["p-000", "p-001"]
    report = await run(import_projects, network, file("out.ndjson", first))
    assert (report.created, report.changed, report.unchanged, report.errors) == (0, 0, 121, [])
    assert "".join([line async for line in export_projects(store)]) == first


async def test_export_shows_what_anonymous_may_see(network: UnitOfWork, store: LadybugGraphStore, file: File) -> None:
    records = [
        FULL,
        {"slug": "intern", "title": "Intern", "visibility": "NETWORK"},
        {"slug": "entwurf", "title": "Entwurf", "stage": "DRAFT"},
    ]
    await run(import_projects, network, file("p.ndjson", ndjson(*records)))
    lines = [json.loads(line) async for line in export_projects(store)]
    assert lines == [FULL]


async def test_an_empty_graph_exports_nothing(store: LadybugGraphStore) -> None:
    assert [line async for line in export_projects(store)] == []


STEERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TAGS = "".join(map(chr, range(0xE0000, 0xE0080)))
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], exclude_characters=STEERING + TAGS), max_size=60
)
RECORDS = st.fixed_dictionaries(
    {
        "slug": st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True),
        "title": TEXTS.map(lambda text: f"{text}1"),
        "topics": st.lists(st.sampled_from(["mobilitaet", "ozg", "daten"]), unique=True),
        "municipalities": st.lists(st.sampled_from(["01", "01051", "010515163", "010515163001"]), unique=True),
    },
    optional={
        "summary": TEXTS.filter(bool),
        "writeup": TEXTS.map(lambda text: f"{text}\r\n\n\t\u2028{text}!"),
        "owner": st.sampled_from(["hub:zeitz", "municipality:01051", "university:032xqbj11", "organisation:werke"]),
        "status": st.sampled_from([status.value for status in OperatingStatus]),
        "stage": st.sampled_from([stage.value for stage in Stage]),
        "visibility": st.sampled_from([visibility.value for visibility in Visibility]),
        "licence": st.sampled_from(["EUPL-1.2", "MIT OR Apache-2.0", "(MIT AND BSD-3-Clause) OR GPL-2.0+"]),
        "repository_url": st.just("https://code.example/a?b=c#d"),
        "started": st.sampled_from(["2021", "2021-05", "2021-05-04"]),
    },
)


@given(st.lists(RECORDS, max_size=4))
def test_every_line_that_is_written_reads_as_the_same_project(records: list[dict[str, Any]]) -> None:
    text = "".join(
        project_json(record, record.get("owner"), record["topics"], record["municipalities"]) + "\n"
        for record in records
    )
    report = ImportReport("projects")
    lines = list(parse_projects("p", text, report))
    assert report.errors == []
    assert len(lines) == len(records)
    for line, record in zip(lines, records, strict=True):
        values = {name: getattr(line.project, name) for name in record.keys() - {"owner", "topics", "municipalities"}}
        assert values == {name: record[name] for name in values}
        owner = line.owner and f"{line.owner.label.lower()}:{line.owner.value}"
        assert owner == record.get("owner")
        assert (list(line.topics or ()), list(line.municipalities or ())) == (
            record["topics"],
            record["municipalities"],
        )


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    report = ImportReport("projects")
    lines = list(parse_projects("p", text, report))
    assert len(lines) + len(report.errors) == report.rows == sum(bool(line.strip()) for line in text.split("\n"))

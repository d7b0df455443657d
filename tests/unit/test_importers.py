"""Imports of registers and projects: what is taken over, what is refused and where, and that a second run changes nothing.

The files are made up here; keys are of real form, names are not of real places.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import links
from graph.actors import System
from graph.ladybug_store import LadybugGraphStore
from graph.model import Hub, Municipality, NodeKey, Organisation, Project, Service, Topic, University
from graph.relationships import Involves
from graph.unit_of_work import Unit, UnitOfWork
from graph.values import Contact
from graph.vocabulary import MunicipalityKind, OperatingStatus, Origin, Stage, Visibility
from network.importers import (
    ImportFileError,
    ImportReport,
    export_projects,
    import_municipalities,
    import_projects,
    import_services,
    import_universities,
)
from network.importers.gv100ad import parse_gv100ad
from network.importers.names import Administration, AdministrationNames, UnknownNameError
from network.importers.projects import parse_projects, project_json
from network.importers.ror import parse_ror
from network.importers.tables import parse_table
from network.importers.universities import parse_university_table

MUNICIPALITIES = "ags,ars,name,kind,district,state,population,area_km2,lat,lon\n"
ASSOCIATIONS = "ars,name,kind,seat,district,state\n"
DISTRICTS = "ars,name,kind,seat,state\n"
UNIVERSITIES = "ror,name,town,state,domain,lat,lon\n"
SERVICES = "leika_id,name,ozg_topic\n"
ALTDORF = '01051001,010515163001,"Altdorf, Stadt",Stadt,Seekreis,Schleswig-Holstein,4200,12.5,54.1,9.1\n'
NEUDORF = "01051002,010515163002,Neudorf,Kreisangehörige Gemeinde,Seekreis,Schleswig-Holstein,900,7.0,54.2,9.2\n"
AMT = "010515163,Alt  und Neu,Amt,Altdorf,Seekreis,Schleswig-Holstein\n"
KREIS = "01051,See,Kreis,Altdorf,Schleswig-Holstein\n"


@pytest.fixture
async def store(tmp_path):
    store = await LadybugGraphStore.open(tmp_path / "graph")
    await store.apply_schema()
    yield store
    await store.close()


@pytest.fixture(scope="module")
async def untouched(tmp_path_factory):
    """For files that stop an import: whatever they are, nothing may ever be in here."""
    store = await LadybugGraphStore.open(tmp_path_factory.mktemp("untouched"))
    await store.apply_schema()
    yield UnitOfWork(store)
    await store.close()


@pytest.fixture
def unit_of_work(store):
    return UnitOfWork(store)


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


async def run(importer, unit_of_work, *paths, **options) -> ImportReport:
    report = ImportReport(importer.__name__)
    await importer(paths, unit_of_work, report, **options)
    return report


async def get(unit_of_work, kind, key):
    found = []

    async def read(unit: Unit) -> None:
        found.append(await unit.get(kind, key))

    await unit_of_work.run(read, actor=System("test"))
    return found[-1]


async def put(unit_of_work, *items):
    async def write(unit: Unit) -> None:
        for item in items:
            await (unit.connect(item) if hasattr(item, "start") else unit.put(item))

    await unit_of_work.run(write, actor=System("test"))


async def chain(unit_of_work, key) -> list[str]:
    """Keys of the administrations above, the nearest first."""

    async def follow(unit: Unit) -> list[str]:
        found, at = [], NodeKey("Municipality", key)
        while neighbours := await unit.neighbours(links.MUNICIPALITY_PART_OF, at):
            assert len(neighbours) == 1
            at = neighbours[0][0]
            found.append(at.value)
        return found

    return await unit_of_work.run(follow, actor=System("test"))


def reasons(report: ImportReport) -> list[str]:
    return [str(error) for error in report.errors]


# --- municipalities


async def test_three_tables_build_the_chain_whatever_their_order(unit_of_work, file):
    paths = [
        file("g.csv", MUNICIPALITIES + ALTDORF),
        file("k.csv", DISTRICTS + KREIS),
        file("a.csv", ASSOCIATIONS + AMT),
    ]
    report = await run(import_municipalities, unit_of_work, *paths)
    assert report.errors == []
    assert (report.rows, report.created, report.files) == (3, 3 + 16, ["g.csv", "k.csv", "a.csv"])
    assert await chain(unit_of_work, "010515163001") == ["010515163", "01051", "01"]
    town = await get(unit_of_work, Municipality, "010515163001")
    assert (town.name, town.kind, town.ags, town.population) == (
        "Altdorf, Stadt",
        MunicipalityKind.STADT,
        "01051001",
        4200,
    )
    assert (town.district, town.state, town.lat, town.lon) == ("Seekreis", "Schleswig-Holstein", 54.1, 9.1)
    amt = await get(unit_of_work, Municipality, "010515163")
    assert (amt.name, amt.kind, amt.population) == ("Amt Alt und Neu", MunicipalityKind.AMT, None)
    assert (await get(unit_of_work, Municipality, "01051")).name == "Kreis See"
    assert (await get(unit_of_work, Municipality, "16")).name == "Thüringen"


async def test_a_second_run_changes_nothing(unit_of_work, file):
    path = file("g.csv", MUNICIPALITIES + ALTDORF)
    await run(import_municipalities, unit_of_work, path)
    again = await run(import_municipalities, unit_of_work, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 17)


async def test_a_later_file_moves_a_municipality_below_its_association(unit_of_work, file):
    await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF))
    assert await chain(unit_of_work, "010515163001") == ["01"]
    await run(import_municipalities, unit_of_work, file("k.csv", DISTRICTS + KREIS))
    await run(import_municipalities, unit_of_work, file("a.csv", ASSOCIATIONS + AMT))
    assert await chain(unit_of_work, "010515163001") == ["010515163", "01051", "01"]


async def test_what_people_entered_survives_the_register(unit_of_work, file):
    contact = Contact("Bürgerbüro", phone="04821 0")
    await put(
        unit_of_work,
        Municipality(ars="010515163001", name="Alt", kind=MunicipalityKind.STADT, state="S", contact=contact),
    )
    report = await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF))
    town = await get(unit_of_work, Municipality, "010515163001")
    assert (report.changed, town.name, town.contact) == (1, "Altdorf, Stadt", contact)


async def test_progress_ends_at_the_total(unit_of_work, file):
    seen = []
    await run(
        import_municipalities,
        unit_of_work,
        file("g.csv", MUNICIPALITIES + ALTDORF + NEUDORF),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (18, 18)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (ALTDORF.replace("010515163001", "10515163001", 1), "g.csv:3, ars: expected 12 digits"),
        (ALTDORF.replace("01051", "99051"), "g.csv:3, ars: no state has the key 99"),
        (ALTDORF.replace("01051001,", "01051009,"), "g.csv:3, ags: does not fit the key"),
        (ALTDORF.replace("Stadt,Seekreis", "Dorf,Seekreis"), "g.csv:3, kind: expected one of"),
        (ALTDORF.replace("Schleswig-Holstein", "Bayern"), "g.csv:3, state: the key 01 is that of Schleswig-Holstein"),
        (ALTDORF.replace("4200", "viele"), "g.csv:3, population: expected a number"),
        (ALTDORF.replace("4200", "-1"), "g.csv:3, population: expected a number"),
        (ALTDORF.replace("54.1", "NaN"), "g.csv:3, lat: expected a number"),
        (ALTDORF.replace("54.1", "5.1"), "g.csv:3, lat: expected a number"),
        (ALTDORF.replace("54.1", ""), "g.csv:3, lat: is empty while the other"),
        (ALTDORF.replace('"Altdorf, Stadt"', ""), "g.csv:3, name: is empty"),
        (ALTDORF.replace('"Altdorf, Stadt"', "A" * 301), "g.csv:3, name: longer than 300"),
        (ALTDORF[:40], "g.csv:3: 4 values where the header has 10 columns"),
    ],
)
def test_a_wrong_row_is_left_out_and_the_others_are_taken(row, expected):
    report = ImportReport("municipalities")
    found = parse_table("g.csv", MUNICIPALITIES + NEUDORF + row, report)
    assert len(report.errors) == 1
    assert reasons(report)[0].startswith(expected), reasons(report)
    assert not report.is_complete
    assert [(line, node.name) for line, node in found] == [(2, "Neudorf")]


async def test_a_key_twice_counts_once(unit_of_work, file):
    wrong = ALTDORF.replace("4200", "viele")
    paths = [
        file("g.csv", MUNICIPALITIES + NEUDORF + wrong),
        file("h.csv", MUNICIPALITIES + NEUDORF.replace("900", "1")),
    ]
    report = await run(import_municipalities, unit_of_work, *paths)
    assert [reason.split(":")[:3] for reason in reasons(report)] == [
        ["g.csv", "3, population", " expected a number from 0 to 10000000, got 'viele'"],
        ["h.csv", "2, ars", " 010515163002 is already in g.csv"],
    ]
    assert (await get(unit_of_work, Municipality, "010515163002")).population == 900
    assert await get(unit_of_work, Municipality, "010515163001") is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ((MUNICIPALITIES + ALTDORF + NEUDORF.replace("Neudorf", "Neudörf")).encode("latin-1"), "g.csv:3: not UTF-8"),
        ((MUNICIPALITIES + ALTDORF).encode("utf-16"), "g.csv:1: not UTF-8"),
        (MUNICIPALITIES.replace("population,", "") + ALTDORF, "g.csv:1: column population is missing"),
        (MUNICIPALITIES.replace("ags,", "ags,ags,") + ALTDORF, "g.csv:1: column ags is there twice"),
        (MUNICIPALITIES + ALTDORF + "x\0y\n", "g.csv:3: holds a NUL character"),
        (MUNICIPALITIES + ALTDORF.replace('Stadt"', "Stadt"), "g.csv:2: not CSV"),
        (MUNICIPALITIES + ALTDORF + "a" * 100_001, "g.csv:3: not CSV"),
        ("", "g.csv:1: empty file"),
        (" \n\n", "g.csv:1: empty file"),
        ("a,b,c\n1,2,3\n", "g.csv:1: not a register that is known"),
        ('{"ars": "01"}', "g.csv:1: not a register that is known"),
    ],
)
async def test_a_file_that_cannot_be_read_stops_before_anything_is_written(untouched, file, content, expected):
    good = file("k.csv", DISTRICTS + KREIS)
    with pytest.raises(ImportFileError) as caught:
        await run(import_municipalities, untouched, good, file("g.csv", content))
    assert str(caught.value).startswith(expected), str(caught.value)
    assert await get(untouched, Municipality, "01051") is None


async def test_an_absent_file_is_named(untouched, tmp_path):
    with pytest.raises(ImportFileError, match=r"^none\.csv:1: cannot be read"):
        await run(import_municipalities, untouched, tmp_path / "none.csv")


async def test_byte_order_mark_line_ends_of_windows_and_strange_separators_are_read(unit_of_work, file):
    name = "Neu\u2028dorf"
    content = "\ufeff" + (MUNICIPALITIES + NEUDORF.replace("Neudorf", f'"{name}"')).replace("\n", "\r\n")
    report = await run(import_municipalities, unit_of_work, file("g.csv", content))
    assert report.errors == []
    assert (await get(unit_of_work, Municipality, "010515163002")).name == "Neu dorf"


def record(kind: str, key: str, name: str, code: str = "", rest: str = "", date: str = "20231130") -> str:
    """A line of GV100AD; `key` in the order of the file: Land to Kreis, Gemeinde, Verband."""
    return f"{kind}{date}{key:<12}{name:<50}{'':<50}{code:<6}{rest:<92}\n"


def area_and_people(area: int, people: int) -> str:
    return f"{area:011}{people:011}"


GV100AD = (
    record("10", "01", "Schleswig-Holstein")
    + record("40", "01051", "See", "43")
    + record("50", "01051   5163", "Alt und Neu", "51")
    + record("50", "01051   0003", "Einzeldorf", "50")
    + record("60", "010510015163", "Altdorf, Stadt", "63", area_and_people(1250, 4200))
    + record("60", "010510995163", "Wald", "66", area_and_people(9000, 0))
)


async def test_the_fixed_width_register(unit_of_work, file):
    report = await run(import_municipalities, unit_of_work, file("GV100AD.txt", GV100AD))
    assert report.errors == []
    assert (report.rows, report.passed_over) == (6, 2)
    assert await chain(unit_of_work, "010515163001") == ["010515163", "01051", "01"]
    town = await get(unit_of_work, Municipality, "010515163001")
    assert (town.ags, town.kind, town.area_km2, town.population) == ("01051001", MunicipalityKind.STADT, 12.5, 4200)
    assert (town.district, town.sources[0].published) == ("See", "2023-11-30")
    assert (await get(unit_of_work, Municipality, "010515163")).name == "Amt Alt und Neu"


async def test_both_forms_of_the_register_agree(unit_of_work, file):
    table = MUNICIPALITIES + ALTDORF.replace("Seekreis", "See")
    await run(import_municipalities, unit_of_work, file("g.csv", table), file("k.csv", DISTRICTS + KREIS))
    before = await get(unit_of_work, Municipality, "010515163001")
    await run(import_municipalities, unit_of_work, file("GV100AD.txt", GV100AD))
    after = await get(unit_of_work, Municipality, "010515163001")
    assert (after.name, after.kind, after.area_km2, after.lat) == (
        before.name,
        before.kind,
        before.area_km2,
        before.lat,
    )
    assert len(after.sources) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (record("60", "010510025163", "Neudorf", "64", area_and_people(1, 2))[:140], "line: ends after 140 characters"),
        (record("60", "010510025163", "Neudorf", "99", area_and_people(1, 2)), "kind: unknown code '99'"),
        (record("60", "010510025163", "Neudorf", "64", "x" * 22), "area: expected digits"),
        (record("60", "01051 025163", "Neudorf", "64", area_and_people(1, 2)), "key: expected digits"),
        (record("60", "770510025163", "Neudorf", "64", area_and_people(1, 2)), "key: no state has the key 77"),
        (record("60", "010510025163", "", "64", area_and_people(1, 2)), "name: is empty"),
        (record("60", "010510025163", "Neudorf", "64", area_and_people(1, 2), "20231131"), "date: no such day"),
        (record("70", "010510025163", "Neudorf"), "record type: expected 10, 20, 30"),
        ("half", "record type: expected 10, 20, 30"),
    ],
)
def test_a_wrong_record_is_left_out(line, expected):
    report = ImportReport("municipalities")
    found = parse_gv100ad("GV.txt", GV100AD + line, report)
    assert [f"{error.column}: {error.reason}"[: len(expected)] for error in report.errors][:1] == [expected]
    assert {error.line for error in report.errors} == {7}
    assert [number for number, _ in found] == [1, 2, 3, 5]


# --- universities, services


def ror_record(**changes) -> dict:
    return {
        "id": "https://ror.org/032xqbj11",
        "status": "active",
        "types": ["education"],
        "domains": ["hs-see.example"],
        "names": [
            {"value": "Lake University", "types": ["ror_display", "label"], "lang": "en"},
            {"value": "Hochschule am See", "types": ["label"], "lang": "de"},
        ],
        "locations": [
            {
                "geonames_id": 1,
                "geonames_details": {
                    "country_code": "DE",
                    "country_subdivision_name": "Bavaria",
                    "lat": 48.1,
                    "lng": 11.5,
                    "name": "Munich",
                },
            }
        ],
        **changes,
    }


async def test_universities_from_a_table(unit_of_work, file):
    text = UNIVERSITIES + (
        "https://ror.org/032xqbj11,Hochschule am See,Altdorf,Schleswig-Holstein,hs-see.example,54.1,9.1\n"
        ",Hochschule für Grünes,,,,,\n"
    )
    report = await run(import_universities, unit_of_work, file("u.csv", text))
    assert (report.created, report.errors) == (2, [])
    assert (await get(unit_of_work, University, "032xqbj11")).town == "Altdorf"
    assert (await get(unit_of_work, University, "local:hochschule-fuer-gruenes")).name == "Hochschule für Grünes"


@pytest.mark.parametrize("as_array", [True, False])
async def test_universities_from_ror(unit_of_work, file, as_array):
    content = json.dumps([ror_record()] if as_array else ror_record(), indent=2)
    report = await run(import_universities, unit_of_work, file("ror.json", content))
    found = await get(unit_of_work, University, "032xqbj11")
    assert (report.created, report.errors) == (1, [])
    assert (found.name, found.town, found.state) == ("Hochschule am See", "München", "Bayern")
    assert (found.domain, found.lat, found.lon) == ("hs-see.example", 48.1, 11.5)


def test_of_ror_only_active_german_universities_are_taken():
    abroad = ror_record(locations=[{"geonames_details": {"country_code": "DK", "name": "Sønderborg"}}])
    records = [abroad, ror_record(status="withdrawn"), ror_record(types=["company"])]
    report = ImportReport("universities")
    assert parse_ror("ror.json", json.dumps(records), report) == []
    assert (report.rows, report.passed_over, report.errors) == (3, 3, [])


def test_a_wrong_ror_record_is_named_with_its_line():
    records = [ror_record(names=[]), ror_record(id="x"), ror_record(locations="DE"), 5, ror_record(domains=[1])]
    content = "[\n" + ",\n".join(json.dumps(one) for one in records) + "\n]"
    report = ImportReport("universities")
    assert parse_ror("ror.json", content, report) == []
    assert [(error.line, error.column) for error in report.errors] == [
        (2, "names"),
        (3, "id"),
        (4, "locations"),
        (5, None),
        (6, "domains"),
    ]


@pytest.mark.parametrize(
    "content", ['[{"id": "x"}', "[1,]", "[1 2]", "[1] 2", "{", "[NaN]", "[" * 100_000, '{"id": "x"} {}', "[,1]"]
)
async def test_what_is_not_json_is_a_file_error(untouched, file, content):
    with pytest.raises(ImportFileError, match=r"^ror\.json:1: not JSON"):
        await run(import_universities, untouched, file("ror.json", content))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("https://example.org/1,A,,,,,", "ror"),
        (",,,,,,", "name"),
        (",大学,,,,,", "name"),
        (",A,,Atlantis,,,", "state"),
        (",A,,,no domain,,", "domain"),
        (",A,,,,91,", "lat"),
        (",A,,,,,inf", "lon"),
    ],
)
def test_a_wrong_university_is_left_out(row, column):
    report = ImportReport("universities")
    assert parse_university_table("u.csv", f"{UNIVERSITIES}{row}\n", report) == []
    assert [(error.line, error.column) for error in report.errors] == [(2, column)]


async def test_services(unit_of_work, file):
    text = (
        SERVICES + "99001001000000,Abfallgebühr,Bauen & Wohnen\n9900,Kurz,\n99001001000001,,\n99001001000000,Doppelt,\n"
    )
    report = await run(import_services, unit_of_work, file("s.csv", text))
    assert [(error.line, error.column) for error in report.errors] == [(3, "leika_id"), (4, "name"), (5, "leika_id")]
    assert (await get(unit_of_work, Service, "99001001000000")).ozg_topic == "Bauen & Wohnen"
    assert (report.created, report.rows) == (1, 4)


def test_the_report_reads_as_text_and_as_json():
    report = ImportReport("services", files=["s.csv"], rows=3, created=1)
    report.refuse("s.csv", 9, None, "broken")
    report.refuse("s.csv", 3, "name", "is empty")
    assert report.to_text(most_errors=1).splitlines() == [
        "services: 3 rows read from s.csv",
        "  created 1, changed 0, unchanged 0",
        "  left out 2 because of errors:",
        "    s.csv:3, name: is empty",
        "    and 1 more",
    ]
    data = json.loads(report.to_json())
    assert data["errors"][0] == {"file": "s.csv", "line": 9, "column": None, "reason": "broken"}
    assert data["is_complete"] is False


# --- names

NAMES = AdministrationNames(
    [
        Administration("010585864117", "Nordorf, Stadt", "STADT", "Seekreis", "Schleswig-Holstein"),
        Administration("010615179077", "Nordorf", "GEMEINDE", "Bergkreis", "Schleswig-Holstein"),
        Administration("031510000001", "Nordorf", "GEMEINDE", "Harz", "Niedersachsen"),
        Administration("010020000000", "Kuhlstadt, Landeshauptstadt", "KREISFREIE_STADT", None, "Schleswig-Holstein"),
        Administration("01002", "Kuhlstadt, Landeshauptstadt", "KREISFREIE_STADT", None, "Schleswig-Holstein"),
        Administration("146250250250", "Kamm / Kamjec, Stadt", "STADT", "B", "Sachsen"),
        Administration("150880235235", "Müchel (Tal), Stadt", "STADT", "S", "Sachsen-Anhalt"),
        Administration("010615104", "Amt Breitburg", "AMT", "Bergkreis", "Schleswig-Holstein"),
        Administration("010615104001", "Breitburg", "GEMEINDE", "Bergkreis", "Schleswig-Holstein"),
    ]
)


@pytest.mark.parametrize(
    ("name", "state", "key"),
    [
        ("Nordorf", "Niedersachsen", "031510000001"),
        ("Stadt Nordorf", "Schleswig-Holstein", "010585864117"),
        ("Nordorf, Stadt", None, "010585864117"),
        ("Kuhlstadt", None, "010020000000"),
        ("kamjec", None, "146250250250"),
        ("Kamm", "Sachsen", "146250250250"),
        ("Müchel", None, "150880235235"),
        ("MUCHEL (Tal)", None, "150880235235"),
        ("Amt Breitburg", None, "010615104"),
        ("Breitburg", None, "010615104001"),
    ],
)
def test_a_name_finds_its_administration(name, state, key):
    assert NAMES.key(name, state) == key


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("Nordorf", "Schleswig-Holstein", "ambiguous: 010585864117 .*Seekreis.*, 010615179077"),
        ("Nordorf", None, "ambiguous"),
        ("Nirgends", None, "no administration is called"),
        ("Kamm", "Bayern", "no administration is called 'Kamm' in Bayern"),
        ("", None, "no administration"),
    ],
)
def test_a_name_that_means_none_or_several_is_refused(name, state, expected):
    with pytest.raises(UnknownNameError, match=expected):
        NAMES.key(name, state)


# --- projects

FULL = {
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
async def network(unit_of_work, file):
    """A hub, a topic, an organisation and two municipalities for projects to refer to."""
    await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF + NEUDORF))
    await put(
        unit_of_work,
        Hub(slug="zeitz", name="Zeitz"),
        Topic(slug="mobilitaet", name_de="Mobilität", name_en="Mobility"),
        Organisation(slug="werke", name="Werke"),
    )
    return unit_of_work


async def project(unit_of_work, slug) -> Project | None:
    found = []

    async def read(unit: Unit) -> None:
        found.append(await unit.find(Project, "slug", slug))

    await unit_of_work.run(read, actor=System("test"))
    return found[-1]


async def around(unit_of_work, slug) -> list[list[str]]:
    """Owner, topics and involved houses."""

    async def read(unit: Unit) -> list[list[str]]:
        node = await unit.find(Project, "slug", slug)
        assert node is not None
        return [
            [str(key) for key, _ in await unit.neighbours(link, node.key)]
            for link in (links.PROJECT_OWNER, links.PROJECT_TOPICS, links.PROJECT_HOUSES)
        ]

    return await unit_of_work.run(read, actor=System("test"))


async def test_a_full_project(network, file):
    report = await run(import_projects, network, file("p.ndjson", ndjson(FULL)))
    assert (report.created, report.errors) == (1, [])
    found = await project(network, "parken")
    assert (found.title, found.summary, found.writeup) == (FULL["title"], FULL["summary"], FULL["writeup"])
    assert (found.status, found.licence, found.started) == (OperatingStatus.PILOT, "EUPL-1.2", "2021-05")
    assert (found.origin, found.readers) == (Origin.IMPORTED, ("public",))
    assert await around(network, "parken") == [["Hub:zeitz"], ["Topic:mobilitaet"], ["Municipality:010515163001"]]


async def test_defaults(network, file):
    await run(import_projects, network, file("p.ndjson", '{"slug": "a", "title": "A"}'))
    found = await project(network, "a")
    assert (found.stage, found.visibility, found.status) == (
        Stage.PUBLISHED,
        Visibility.PUBLIC,
        OperatingStatus.UNKNOWN,
    )
    assert await around(network, "a") == [[], [], []]


async def test_municipalities_by_key_or_by_name(network, file):
    places = [
        "010515163001",
        "Altdorf",
        "Altdorf, Schleswig-Holstein",
        "Altdorf, Stadt",
        "Stadt Altdorf, Schleswig-Holstein",
        {"name": "Altdorf", "state": "Schleswig-Holstein"},
        {"name": "Altdorf"},
    ]
    records = [{"slug": f"p{number}", "title": "P", "municipalities": [place]} for number, place in enumerate(places)]
    report = await run(import_projects, network, file("p.ndjson", ndjson(*records)))
    assert report.errors == []
    for record in records:
        assert (await around(network, record["slug"]))[2] == ["Municipality:010515163001"]


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
        ({"title": "a\x1bb"}, "title", "holds control characters"),
        ({"summary": "a\ud800"}, "summary", "holds half of a character"),
        ({"summary": "a" * 5_001}, "summary", "has 5001 characters"),
        ({"status": "pilot"}, "status", "expected one of IDEA"),
        ({"stage": "DONE"}, "stage", "expected one of DRAFT"),
        ({"visibility": "SECRET"}, "visibility", "expected one of PRIVATE"),
        ({"licence": "free for all"}, "licence", "expected an SPDX"),
        ({"website_url": "javascript:alert(1)"}, "website_url", "expected an address"),
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
def test_a_wrong_project_is_left_out_and_the_others_are_taken(change, column, reason):
    report = ImportReport("projects")
    text = json.dumps({**FULL, **change}) + "\n\n" + ndjson({"slug": "gut", "title": "Gut"})
    assert [line.project.slug for line in parse_projects("p.ndjson", text, report)] == ["gut"]
    assert [(error.line, error.column) for error in report.errors] == [(1, column)], reasons(report)
    assert report.errors[0].reason.startswith(reason)


async def test_a_project_that_names_what_is_not_there_is_left_out(network, file):
    wrong = [
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
    assert await project(network, "gut") is not None
    assert await project(network, "p0") is None


async def test_an_ambiguous_name_is_a_row_error(network, file):
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
def test_a_line_that_is_no_object_is_a_row_error(line, reason):
    report = ImportReport("projects")
    found = list(parse_projects("p.ndjson", f'{{"slug": "x", "title": "X"}}\n{line}', report))
    assert [error.line for error in report.errors] == [2]
    assert reason in report.errors[0].reason
    assert [one.line for one in found] == [1]


async def test_a_slug_twice_counts_once(network, file):
    report = await run(
        import_projects,
        network,
        file("p.ndjson", ndjson({"slug": "a", "title": "Erstes"})),
        file("q.ndjson", ndjson({"slug": "a", "title": "Zweites"})),
    )
    assert reasons(report) == ["q.ndjson:1, slug: a is already in p.ndjson:1"]
    assert (await project(network, "a")).title == "Erstes"


async def test_houses_that_the_format_cannot_name_stay(network, file):
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


async def test_what_a_line_does_not_say_stays(network, file):
    await run(import_projects, network, file("p.ndjson", ndjson(FULL)))
    await run(import_projects, network, file("p.ndjson", ndjson({"slug": "parken", "title": "Neu", "status": "PILOT"})))
    found = await project(network, "parken")
    assert (found.title, found.summary, found.licence) == ("Neu", "Kurz", "EUPL-1.2")
    assert (await around(network, "parken"))[1] == ["Topic:mobilitaet"]
    await run(import_projects, network, file("p.ndjson", ndjson({"slug": "parken", "title": "Neu", "topics": []})))
    assert (await around(network, "parken"))[1] == []


async def test_export_and_import_change_nothing(network, store, file):
    others = [{"slug": f"p-{number:03}", "title": f"P {number}", "topics": ["mobilitaet"]} for number in range(120)]
    await run(import_projects, network, file("p.ndjson", ndjson(FULL, *others)))
    first = "".join([line async for line in export_projects(store)])
    assert first.count("\n") == 121
    assert [json.loads(line)["slug"] for line in first.split("\n")[:2]] == ["p-000", "p-001"]
    report = await run(import_projects, network, file("out.ndjson", first))
    assert (report.created, report.changed, report.unchanged, report.errors) == (0, 0, 121, [])
    assert "".join([line async for line in export_projects(store)]) == first


async def test_export_shows_what_anonymous_may_see(network, store, file):
    records = [
        FULL,
        {"slug": "intern", "title": "Intern", "visibility": "NETWORK"},
        {"slug": "entwurf", "title": "Entwurf", "stage": "DRAFT"},
    ]
    await run(import_projects, network, file("p.ndjson", ndjson(*records)))
    lines = [json.loads(line) async for line in export_projects(store)]
    assert lines == [FULL]


async def test_an_empty_graph_exports_nothing(store):
    assert [line async for line in export_projects(store)] == []


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[chr(code) for code in range(32)] + ["\x7f"]),
    max_size=60,
)
RECORDS = st.fixed_dictionaries(
    {
        "slug": st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True),
        "title": TEXTS.filter(lambda text: text.strip() != ""),
        "topics": st.lists(st.sampled_from(["mobilitaet", "ozg", "daten"]), unique=True),
        "municipalities": st.lists(st.sampled_from(["01", "01051", "010515163", "010515163001"]), unique=True),
    },
    optional={
        "summary": TEXTS.filter(bool),
        "writeup": TEXTS.map(lambda text: f"{text}\n\n\t{text}!"),
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
def test_every_line_that_is_written_reads_as_the_same_project(records):
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
def test_no_text_makes_the_parser_fail(text):
    report = ImportReport("projects")
    lines = list(parse_projects("p", text, report))
    assert len(lines) + len(report.errors) == report.rows == sum(bool(line.strip()) for line in text.split("\n"))

"""Universities and services from files, the report, and administrations by name."""

import json

import pytest

from graph.model import Service, University
from graph.writing.unit_of_work import UnitOfWork
from network.importers import ImportFileError, ImportReport, import_services, import_universities
from network.importers.names import Administration, AdministrationNames, UnknownNameError
from network.importers.ror import parse_ror
from network.importers.universities import parse_university_table
from tests.fixtures.importing import SERVICES, UNIVERSITIES, File, get, run


def ror_record(**changes: object) -> dict[str, object]:
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


async def test_universities_from_a_table(unit_of_work: UnitOfWork, file: File) -> None:
    text = UNIVERSITIES + (
        "https://ror.org/032xqbj11,Hochschule am See,Altdorf,Schleswig-Holstein,hs-see.example,54.1,9.1\n"
        ",Hochschule für Grünes,,,,,\n"
    )
    report = await run(import_universities, unit_of_work, file("u.csv", text))
    assert (report.created, report.errors) == (2, [])
    assert (await get(unit_of_work, University, "032xqbj11")).town == "Altdorf"
    assert (await get(unit_of_work, University, "local:hochschule-fuer-gruenes")).name == "Hochschule für Grünes"


@pytest.mark.parametrize("as_array", [True, False])
async def test_universities_from_ror(unit_of_work: UnitOfWork, file: File, as_array: bool) -> None:
    content = json.dumps([ror_record()] if as_array else ror_record(), indent=2)
    report = await run(import_universities, unit_of_work, file("ror.json", content))
    found = await get(unit_of_work, University, "032xqbj11")
    assert (report.created, report.errors) == (1, [])
    assert (found.name, found.town, found.state) == ("Hochschule am See", "München", "Bayern")
    assert (found.domain, found.lat, found.lon) == ("hs-see.example", 48.1, 11.5)


def test_of_ror_only_active_german_universities_are_taken() -> None:
    abroad = ror_record(locations=[{"geonames_details": {"country_code": "DK", "name": "Sønderborg"}}])
    records = [abroad, ror_record(status="withdrawn"), ror_record(types=["company"])]
    report = ImportReport("universities")
    assert parse_ror("ror.json", json.dumps(records), report) == []
    assert (report.rows, report.passed_over, report.errors) == (3, 3, [])


def test_a_wrong_ror_record_is_named_with_its_line() -> None:
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
async def test_what_is_not_json_is_a_file_error(untouched: UnitOfWork, file: File, content: str | bytes) -> None:
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
def test_a_wrong_university_is_left_out(row: str, column: str) -> None:
    report = ImportReport("universities")
    assert parse_university_table("u.csv", f"{UNIVERSITIES}{row}\n", report) == []
    assert [(error.line, error.column) for error in report.errors] == [(2, column)]


async def test_services(unit_of_work: UnitOfWork, file: File) -> None:
    text = (
        SERVICES + "99001001000000,Abfallgebühr,Bauen & Wohnen\n9900,Kurz,\n99001001000001,,\n99001001000000,Doppelt,\n"
    )
    report = await run(import_services, unit_of_work, file("s.csv", text))
    assert [(error.line, error.column) for error in report.errors] == [(3, "leika_id"), (4, "name"), (5, "leika_id")]
    assert (await get(unit_of_work, Service, "99001001000000")).ozg_topic == "Bauen & Wohnen"
    assert (report.created, report.rows) == (1, 4)


def test_the_report_reads_as_text_and_as_json() -> None:
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
def test_a_name_finds_its_administration(name: str, state: str | None, key: str) -> None:
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
def test_a_name_that_means_none_or_several_is_refused(name: str, state: str | None, expected: str) -> None:
    with pytest.raises(UnknownNameError, match=expected):
        NAMES.key(name, state)

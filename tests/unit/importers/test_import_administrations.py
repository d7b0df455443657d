"""Municipalities, associations and districts: what is taken over, what is refused and where."""

from pathlib import Path

import pytest

from graph.model import Municipality
from graph.values import Contact
from graph.vocabulary import MunicipalityKind
from graph.writing.unit_of_work import UnitOfWork
from network.importers import ImportFileError, ImportReport, import_municipalities
from network.importers.gv100ad import parse_gv100ad
from network.importers.tables import parse_table
from tests.fixtures.importing import (
    ALTDORF,
    AMT,
    ASSOCIATIONS,
    DISTRICTS,
    KREIS,
    MUNICIPALITIES,
    NEUDORF,
    File,
    chain,
    find,
    get,
    put,
    reasons,
    run,
)


async def test_three_tables_build_the_chain_whatever_their_order(unit_of_work: UnitOfWork, file: File) -> None:
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


async def test_a_second_run_changes_nothing(unit_of_work: UnitOfWork, file: File) -> None:
    path = file("g.csv", MUNICIPALITIES + ALTDORF)
    await run(import_municipalities, unit_of_work, path)
    again = await run(import_municipalities, unit_of_work, path)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 17)


async def test_a_later_file_moves_a_municipality_below_its_association(unit_of_work: UnitOfWork, file: File) -> None:
    await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF))
    assert await chain(unit_of_work, "010515163001") == ["01"]
    await run(import_municipalities, unit_of_work, file("k.csv", DISTRICTS + KREIS))
    await run(import_municipalities, unit_of_work, file("a.csv", ASSOCIATIONS + AMT))
    assert await chain(unit_of_work, "010515163001") == ["010515163", "01051", "01"]


async def test_what_people_entered_survives_the_register(unit_of_work: UnitOfWork, file: File) -> None:
    contact = Contact("Bürgerbüro", phone="04821 0")
    await put(
        unit_of_work,
        Municipality(ars="010515163001", name="Alt", kind=MunicipalityKind.STADT, state="S", contact=contact),
    )
    report = await run(import_municipalities, unit_of_work, file("g.csv", MUNICIPALITIES + ALTDORF))
    town = await get(unit_of_work, Municipality, "010515163001")
    assert (report.changed, town.name, town.contact) == (1, "Altdorf, Stadt", contact)


async def test_progress_ends_at_the_total(unit_of_work: UnitOfWork, file: File) -> None:
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
def test_a_wrong_row_is_left_out_and_the_others_are_taken(row: str, expected: str) -> None:
    report = ImportReport("municipalities")
    found = parse_table("g.csv", MUNICIPALITIES + NEUDORF + row, report)
    assert len(report.errors) == 1
    assert reasons(report)[0].startswith(expected), reasons(report)
    assert not report.is_complete
    assert [(line, node.name) for line, node in found] == [(2, "Neudorf")]


async def test_a_key_twice_counts_once(unit_of_work: UnitOfWork, file: File) -> None:
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
    assert await find(unit_of_work, Municipality, "010515163001") is None


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
async def test_a_file_that_cannot_be_read_stops_before_anything_is_written(
    untouched: UnitOfWork, file: File, content: str | bytes, expected: str
) -> None:
    good = file("k.csv", DISTRICTS + KREIS)
    with pytest.raises(ImportFileError) as caught:
        await run(import_municipalities, untouched, good, file("g.csv", content))
    assert str(caught.value).startswith(expected), str(caught.value)
    assert await find(untouched, Municipality, "01051") is None


async def test_an_absent_file_is_named(untouched: UnitOfWork, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"^none\.csv:1: cannot be read"):
        await run(import_municipalities, untouched, tmp_path / "none.csv")


async def test_byte_order_mark_line_ends_of_windows_and_strange_separators_are_read(
    unit_of_work: UnitOfWork, file: File
) -> None:
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


async def test_the_fixed_width_register(unit_of_work: UnitOfWork, file: File) -> None:
    report = await run(import_municipalities, unit_of_work, file("GV100AD.txt", GV100AD))
    assert report.errors == []
    assert (report.rows, report.passed_over) == (6, 2)
    assert await chain(unit_of_work, "010515163001") == ["010515163", "01051", "01"]
    town = await get(unit_of_work, Municipality, "010515163001")
    assert (town.ags, town.kind, town.area_km2, town.population) == ("01051001", MunicipalityKind.STADT, 12.5, 4200)
    assert (town.district, town.sources[0].published) == ("See", "2023-11-30")
    assert (await get(unit_of_work, Municipality, "010515163")).name == "Amt Alt und Neu"


async def test_both_forms_of_the_register_agree(unit_of_work: UnitOfWork, file: File) -> None:
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
def test_a_wrong_record_is_left_out(line: str, expected: str) -> None:
    report = ImportReport("municipalities")
    found = parse_gv100ad("GV.txt", GV100AD + line, report)
    assert [f"{error.column}: {error.reason}"[: len(expected)] for error in report.errors][:1] == [expected]
    assert {error.line for error in report.errors} == {7}
    assert [number for number, _ in found] == [1, 2, 3, 5]

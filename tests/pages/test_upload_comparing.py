"""What a row would do, for every row there is: nothing is planned that was not asked for, and what an entry says changes nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.pages.upload.columns import COLUMNS, CellKind, words_of
from network.pages.upload.comparing import CREATE, UPDATE, Difference, Judged, Known, Verdict, as_cells, judge
from network.pages.upload.names import House, house_of, topics_of
from network.pages.upload.reading import Row
from network.pages.upload.rows import Remark, read_row

TOPICS = (
    {"slug": "mobilitaet", "nameDe": "Mobilität", "nameEn": "Mobility"},
    {"slug": "bildung", "nameDe": "Bildung, Kultur", "nameEn": None},
)
HUB = House("Hub:zeitz", "DigitalHub Zeitz")
CITY = {"id": "Municipality:150840590590", "ars": "150840590590", "name": "Zeitz, Stadt", "state": "Sachsen-Anhalt"}
_TEXT = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)
_DAY = st.sampled_from(["2024", "2024-05", "2024-05-04"])
_WHOLE = st.integers(0, 2_000_000) | st.none()
_OPTIONAL = st.none() | _TEXT


def _word(vocabulary: str) -> Any:
    return st.sampled_from(sorted(words_of(vocabulary).values()))


def _slug(topic: Any) -> str:
    return str(topic["slug"])


ENTRIES = st.fixed_dictionaries(
    {
        "id": st.just("Project:1"),
        "slug": st.just("bank"),
        "version": st.integers(1, 99),
        "stage": st.sampled_from(["DRAFT", "PUBLISHED"]),
        "owner": st.just({"id": HUB.id, "name": HUB.name}) | st.none(),
        "contact": st.none()
        | st.fixed_dictionaries(
            {
                "function": _TEXT,
                "email": st.sampled_from([None, "a@b.example"]),
                "phone": st.sampled_from([None, "+49 3441 83-0"]),
                "url": st.sampled_from([None, "https://a.example/k"]),
            }
        ),
        "topics": st.lists(st.sampled_from(TOPICS), unique_by=_slug),
        "services": st.lists(
            st.sampled_from([{"leikaId": "99115005000000"}, {"leikaId": "99001001000000"}]), max_size=1
        ),
        "started": st.none() | st.just("2020"),
        "ended": st.none() | _DAY,
        "websiteUrl": st.sampled_from([None, "https://a.example/"]),
        "repositoryUrl": st.sampled_from([None, "https://a.example/code"]),
        "licence": st.sampled_from([None, "EUPL-1.2"]),
        "costBand": st.none() | _word("CostBand"),
        "status": _word("OperatingStatus"),
        "visibility": _word("Visibility"),
        "effortDays": st.none() | st.integers(0, 1_000),
        **dict.fromkeys(("oneOffCost", "yearlyCost", "ownShare"), _WHOLE),
        **dict.fromkeys(("title", "summary"), _TEXT),
        **dict.fromkeys(
            (
                "fundingReference",
                "legalBasis",
                "prerequisites",
                "lessonsLearned",
                "whatFailed",
                "writeup",
                "differentBecause",
            ),
            _OPTIONAL,
        ),
    }
)
CELLS = st.dictionaries(
    st.sampled_from([one.name for one in COLUMNS]),
    st.text(max_size=60)
    | _TEXT
    | st.sampled_from(
        [
            "läuft",
            "2024",
            "05.2024",
            "12.000",
            "-1",
            "1e9",
            "9,9E+13",
            "Mobilität; Bildung, Kultur",
            "https://a.example",
            "a@b.example",
            "EUPL-1.2",
        ]
    ),
)


def judged(known: Known | None = None, /, **cells: str) -> Judged:
    row = Row(7, {name.replace("__", "."): text for name, text in cells.items()})
    return judge(read_row(row), known or Known(house=HUB, topics=TOPICS))


FIVE = {"title": "Bank", "summary": "Eine Bank.", "status": "läuft", "contact__function": "Bauhof"}


@settings(max_examples=60)
@given(ENTRIES)
def test_an_entry_as_a_row_is_unchanged(entry: dict[str, Any]) -> None:
    cells = {name: text for name, text in as_cells(entry).items() if text}
    found = judge(read_row(Row(2, cells)), Known(house=HUB, topics=TOPICS, entry=entry))
    assert (found.verdict, found.remarks, found.differences, found.plan) == (Verdict.UNCHANGED, (), (), None)


@settings(max_examples=60)
@given(ENTRIES, ENTRIES)
def test_another_entrys_cells_change_exactly_what_differs(entry: dict[str, Any], other: dict[str, Any]) -> None:
    cells = {name: text for name, text in as_cells(other).items() if text and name not in ("slug", "house")}
    found = judge(read_row(Row(2, cells)), Known(house=HUB, topics=TOPICS, entry=entry))
    before = as_cells(entry)
    differing = {name for name, text in cells.items() if text != before[name]}
    assert {one.column.name for one in found.differences} == differing
    assert all((one.old, one.new) == (before[one.column.name], cells[one.column.name]) for one in found.differences)
    if found.plan is not None:
        assert (found.plan.operation, found.plan.input["expectedVersion"]) == (UPDATE, entry["version"])
        planned = {name.partition(".")[0] for name in differing}
        assert found.plan.input["changes"].keys() == planned
        contact = found.plan.input["changes"].get("contact", {})
        stored = entry["contact"] or {}
        assert all(
            contact[name] == stored[name]
            for name in stored
            if contact and stored[name] and f"contact.{name}" not in differing
        )


@settings(max_examples=120)
@given(CELLS, st.none() | ENTRIES, st.booleans(), st.none() | st.just(3))
def test_whatever_stands_in_a_row_is_judged_and_what_is_wrong_is_never_planned(
    cells: dict[str, str], entry: dict[str, Any] | None, may_edit: bool, first: int | None
) -> None:
    kept = {name: text.strip() for name, text in cells.items() if text.strip()}
    known = Known(house=HUB, topics=TOPICS, entry=entry, may_edit=may_edit, first=first)
    found = judge(read_row(Row(2, kept, tuple(kept)[:1] if first else ())), known)
    if found.plan is not None:
        assert first is None
        assert entry is None or may_edit
        assert found.verdict in (Verdict.NEW, Verdict.CHANGED, Verdict.DOUBTFUL)
        assert found.plan.operation == (CREATE if entry is None else UPDATE)
    else:
        assert found.verdict in (Verdict.WRONG, Verdict.UNCHANGED, Verdict.DOUBTFUL)
    for one in found.remarks:
        assert one.said.text % one.said.values


def test_a_new_row_becomes_a_draft_with_everything_in_it() -> None:
    found = judged(
        **FIVE,
        topics="Mobility, mobilitaet; Bildung, Kultur",
        oneOffCost="12.000 €",
        ended="5.2024",
        contact__phone="03441 83",
    )
    assert found.verdict is Verdict.NEW
    assert [(one.column.header, one.old, one.new) for one in found.differences][-1] == ("Kosten einmalig", "", "12000")
    assert found.plan is not None
    assert found.plan.input == {
        "title": "Bank",
        "summary": "Eine Bank.",
        "status": "RUNNING",
        "house": "Hub:zeitz",
        "contact": {"function": "Bauhof", "phone": "03441 83"},
        "details": {"topics": ["mobilitaet", "bildung"], "oneOffCost": 12_000, "ended": "2024-05"},
    }


@pytest.mark.parametrize("missing", FIVE)
def test_what_a_new_entry_needs_is_asked_for(missing: str) -> None:
    found = judged(**{name: text for name, text in FIVE.items() if name != missing})
    assert found.verdict is Verdict.WRONG
    assert [one.column for one in found.remarks] == [missing.replace("__", ".")]


def test_the_same_is_planned_under_the_same_name_and_other_things_under_others() -> None:
    plans = [judged(**FIVE | more).plan for more in ({}, {}, {"title": "Tor"}, {"oneOffCost": "1"})]
    keys = [plan.key for plan in plans if plan is not None]
    assert (len(keys), len(set(keys)), keys[0]) == (4, 3, keys[1])


def test_what_may_be_the_same_work_is_in_doubt_until_it_is_told_apart() -> None:
    alike = tuple({"band": band, "project": {"slug": band.lower(), "title": band}} for band in ("LIKELY", "POSSIBLE"))
    known = Known(house=HUB, alike=alike)
    doubtful, settled = judged(known, **FIVE), judged(known, **FIVE, differentBecause="Sie misst.")
    assert (doubtful.verdict, settled.verdict) == (Verdict.DOUBTFUL, Verdict.NEW)
    for found in (doubtful, settled):
        assert [one.link for one in found.remarks] == [
            ("/projects/likely", "LIKELY"),
            ("/projects/possible", "POSSIBLE"),
        ]
        assert found.plan is not None
    assert judged(Known(house=HUB, alike=alike[1:]), **FIVE).verdict is Verdict.NEW


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("started", "32.01.2024", "ist kein Datum"),
        ("oneOffCost", "12,50", "keine ganze Zahl"),
        ("oneOffCost", "3000000000", "zu groß"),
        ("effortDays", "100001", "zu groß"),
        ("contact.email", "a b@c", "keine E-Mail-Adresse"),
        ("contact.phone", "Zimmer", "keine Telefonnummer"),
        ("websiteUrl", "javascript:alert(1)", "https://"),
        ("licence", "meine", "SPDX"),
        ("services", "9,9001E+13", "gekürzt"),
        ("services", "123", "14 Ziffern"),
        ("slug", "Groß & klein", "keine Kennung"),
        ("title", "x" * 301, "Höchstens 300"),
        ("summary", "a\u202eb", "die man nicht sieht"),
        ("ended", "2019", "vor dem Beginn"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_column(name: str, text: str, told: str) -> None:
    given = {name.replace(".", "__"): text for name, text in [("started", "2020"), (name, text)]}
    found = judged(**FIVE | given)
    assert found.verdict is Verdict.WRONG
    assert [one.column for one in found.remarks] == [name]
    assert told in found.remarks[0].said.text % found.remarks[0].said.values


@pytest.mark.parametrize(
    "text",
    ["bank", "/projects/bank", "https://hubnetz.example/projects/bank", "https://hubnetz.example/en/projects/bank/"],
)
def test_a_key_may_be_an_address(text: str) -> None:
    assert read_row(Row(2, {"slug": text})).values == {"slug": "bank"}


@pytest.mark.parametrize(
    "word",
    [
        "Zeitz",
        "zeitz,  stadt",
        "150840590590",
        "15 0 84 0590 590",
        "Municipality:150840590590",
        "Zeitz, Sachsen-Anhalt",
    ],
)
def test_a_house_is_known_by_name_key_and_id(word: str) -> None:
    assert house_of(word, [CITY]) == House(CITY["id"], CITY["name"])


def test_a_house_that_is_several_or_none_is_told() -> None:
    twins = [
        {**CITY, "id": f"Municipality:{key}", "ars": key, "district": place, "name": "Berg"}
        for key, place in (("1", "A"), ("2", "B"))
    ]
    for word, told in (
        ("Berg", "1 (Berg, A, Sachsen-Anhalt), 2 (Berg, B, Sachsen-Anhalt)"),
        ("Tal", "keinem Haus"),
        ("Berg, Hessen", "keinem Haus"),
    ):
        found = house_of(word, twins)
        assert isinstance(found, Remark)
        assert told in found.said.text % found.said.values
    small = {**CITY, "id": "Municipality:010615169134", "ars": "010615169134", "name": "Wewelsfleth"}
    # A cell of numbers has no leading zero.
    assert house_of("10615169134", [small]) == House("Municipality:010615169134", "Wewelsfleth")


def test_topics_are_known_by_either_name_and_by_slug() -> None:
    assert topics_of(["bildung, kultur", "MOBILITY", "mobilitaet"], TOPICS) == (["bildung", "mobilitaet"], [])
    slugs, (told,) = topics_of(["Mobilität, Unfug", "Quatsch"], TOPICS)
    assert (slugs, told.said.values["word"]) == (["mobilitaet"], "Unfug“, „Quatsch")
    assert told.said.values["known"] == "Bildung, Kultur, Mobilität"


def test_long_texts_are_shown_from_where_they_differ() -> None:
    same = "gleich " * 100
    column = COLUMNS[2]
    old, new = Difference(column, f"{same}alt", f"{same}neu {same}").excerpt
    assert old == f"…{same[-60:]}alt"
    assert new.startswith(f"…{same[-60:]}neu gleich")
    assert (len(new), new[-1]) == (302, "…")
    assert Difference(column, "kurz", "kürzer").excerpt == ("kurz", "kürzer")


def test_every_kind_of_column_is_there() -> None:
    assert {one.kind for one in COLUMNS} == set(CellKind)

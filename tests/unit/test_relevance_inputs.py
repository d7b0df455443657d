"""Judged queries and documents are read strictly: what is wrong is told with its file and line."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.relevance.__main__ import main
from bench.relevance.collection import collect, times
from bench.relevance.inputs import InputError, Query, Source, check_judged_documents, read_judged, read_texts

Write = Callable[[str, str | bytes], Path]
"""Writes a file of this name and content."""
QUERY = {"id": "q1", "query": "parkplatz", "kind": "plain"}


def lines(*records: object) -> str:
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_queries_come_in_the_order_of_their_file_with_their_grades(write: Write) -> None:
    queries = write("queries.jsonl", "\ufeff" + lines({**QUERY, "id": "q2", "intent": "more"}, "", QUERY))
    qrels = write("qrels.tsv", "query_id\tdocument\tgrade\nq1\ta\t3\nq2\tb\t2\nq1\tc\t1\n")
    assert read_judged(queries, qrels) == [
        Query("q2", "parkplatz", "plain", {"b": 2}),
        Query("q1", "parkplatz", "plain", {"a": 3, "c": 1}),
    ]


def test_a_query_may_be_judged_to_have_no_answer(write: Write) -> None:
    queries = write("queries.jsonl", lines({**QUERY, "kind": "nothing"}, {**QUERY, "id": "q2", "kind": "nothing"}))
    found = read_judged(queries, write("qrels.tsv", "q1\ta\t1\n"))
    assert [query.wanted for query in found] == [[], []]


def test_wanted_are_the_documents_that_answer_best_first() -> None:
    assert Query("q", "t", "plain", {"b": 2, "c": 1, "d": 3, "a": 2}).wanted == ["d", "a", "b"]


def test_the_half_of_a_query_is_the_last_byte_of_its_digest() -> None:
    queries = [Query(f"q{number}", "", "", {}) for number in range(200)]
    for query in queries:
        assert query.is_tuned_on is (int(hashlib.sha256(query.id.encode()).hexdigest()[-2:], 16) % 2 == 0)
    assert 60 < sum(query.is_tuned_on for query in queries) < 140


@pytest.mark.parametrize(
    ("queries", "qrels", "expected"),
    [
        ("{\n", "q1\ta\t3\n", "queries.jsonl:1: not JSON"),
        (lines(QUERY, "[" * 100_000), "q1\ta\t3\n", "queries.jsonl:2: not JSON"),
        (lines(QUERY, [1]), "q1\ta\t3\n", "queries.jsonl:2: expected a JSON object"),
        (lines({"id": "q1", "kind": "plain"}), "q1\ta\t3\n", "queries.jsonl:1: query is missing or no text"),
        (lines({**QUERY, "query": " "}), "q1\ta\t3\n", "queries.jsonl:1: query is missing or no text"),
        (lines({**QUERY, "kind": 3}), "q1\ta\t3\n", "queries.jsonl:1: kind is missing or no text"),
        (lines(QUERY, "", QUERY), "q1\ta\t3\n", "queries.jsonl:3: query q1 is given twice"),
        ("\n", "q1\ta\t3\n", "queries.jsonl: holds no queries"),
        (b"\xff\xfe", "q1\ta\t3\n", "queries.jsonl: is not UTF-8 at byte 0"),
        (lines(QUERY), "q1\ta\t3\nq9\ta\t3\n", "qrels.tsv:2: unknown query q9"),
        (lines(QUERY), "q1\ta\t3\nq1\ta\t2\n", "qrels.tsv:2: a is judged twice for q1"),
        (lines(QUERY), "q1\ta\t0\n", "qrels.tsv:1: grade '0' is none of 1, 2, 3"),
        (lines(QUERY), "q1\ta\t4\n", "qrels.tsv:1: grade '4' is none of 1, 2, 3"),
        (lines(QUERY), "q1\ta\t2.0\n", "qrels.tsv:1: grade '2.0' is none of 1, 2, 3"),
        (lines(QUERY), "q1 a 3\n", "qrels.tsv:1: expected query, document and grade, separated by tabs"),
        (lines(QUERY), "q1\t\t3\n", "qrels.tsv:1: expected query, document and grade, separated by tabs"),
        (lines({**QUERY, "kind": "nothing"}), "q1\ta\t2\n", "queries.jsonl:1: q1 is said to have no answer"),
        (lines(QUERY), "q1\ta\t1\n", "queries.jsonl:1: no document of grade 2 or 3 is judged for q1"),
    ],
)
def test_wrong_judgements_are_named_with_file_and_line(
    write: Write, queries: str | bytes, qrels: str, expected: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_judged(write("queries.jsonl", queries), write("qrels.tsv", qrels))
    assert expected in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read: No such file"):
        read_judged(tmp_path / "none.jsonl", tmp_path / "none.tsv")


def test_a_judged_document_that_is_nowhere_is_named(write: Write) -> None:
    qrels = write("qrels.tsv", "q1\ta\t3\nq1\tb\t3\n")
    with pytest.raises(InputError, match=r"qrels\.tsv:2: document b is in no file of documents"):
        check_judged_documents(qrels, {"a": None})


def test_texts_are_read_under_either_name(write: Write) -> None:
    path = write(
        "documents.ndjson",
        lines(
            {"slug": "a", "title": "A", "summary": "short", "writeup": "long", "names": ["Zeitz"], "kind": "project"},
            # A Unicode line separator ends no line.
            '{"id": "b", "title": "B", "text": "one\u2028two"}',
        ),
    )
    first, second = (text for _, text in read_texts(Source(path, "hub:")))
    assert (first.id, first.summary, first.writeup, first.names) == ("hub:a", "short", "long", ("Zeitz",))
    assert (second.id, second.summary, second.writeup) == ("hub:b", "one\u2028two", "")
    second = list(read_texts(Source(path, text_is="writeup")))[1][1]
    assert (second.summary, second.writeup) == ("", "one\u2028two")


def test_projects_of_one_json_document_carry_the_names_of_their_surroundings(write: Write) -> None:
    hub = {"slug": "zeitz", "name": "DigitalHub Zeitz", "town": "Zeitz"}
    project = {
        "slug": "a",
        "title": "A",
        "summary_de": "s",
        "hub": "zeitz",
        "partners": ["Stadtwerke"],
        "topics": ["ozg"],
    }
    path = write(
        "facts.json", json.dumps({"hubs": [hub], "projects": [project, {**project, "slug": "b", "hub": None}]})
    )
    first, second = (text for _, text in read_texts(Source(path)))
    assert (first.summary, first.topics, first.names) == ("s", ("ozg",), ("DigitalHub Zeitz", "Zeitz", "Stadtwerke"))
    assert second.names == ("Stadtwerke",)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("d.ndjson", lines({"title": "A"}), "d.ndjson:1: has neither slug nor id"),
        ("d.ndjson", lines({"id": "a"}), "d.ndjson:1: title is missing or no text"),
        ("d.ndjson", lines({"id": "a", "title": "A", "text": 3}), "d.ndjson:1: text is missing or no text"),
        ("d.ndjson", lines({"id": "a", "title": "A", "names": "Z"}), "d.ndjson:1: names is no list of texts"),
        (
            "d.ndjson",
            lines({"id": "a", "title": "A"}, {"id": "a", "title": "B"}),
            "d.ndjson:2: document a is given twice",
        ),
        ("d.json", "[]", "d.json: expected a JSON object with a list `projects`"),
        ("d.json", '{"projects": [1]}', "d.json:1: expected a JSON object"),
        ("d.json", '{"projects":\n oops}', "d.json:2: not JSON"),
    ],
)
async def test_wrong_documents_are_named_with_file_and_line(write: Write, name: str, text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        await collect([Source(write(name, text))])
    assert expected in str(caught.value)


async def test_more_documents_are_the_same_ones_with_ids_and_titles_of_their_own(write: Write) -> None:
    path = write("d.ndjson", lines({"id": "a", "title": "A", "text": "t"}, {"id": "b", "title": "B"}))
    documents = list((await collect([Source(path, "hub:")])).values())
    found = list(times(documents, 5))
    assert [document.id for document in found] == ["hub:a", "hub:b", "hub:a-2", "hub:b-2", "hub:a-3"]
    assert [document.title for document in found] == ["A", "B", "A 2", "B 2", "A 3"]
    assert len({document.key for document in found}) == len({document.indexed.id for document in found}) == 5
    assert found[2].texts["summary"] == "t"


def test_wrong_input_ends_with_its_reason_and_status_2(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    queries, qrels = write("queries.jsonl", lines(QUERY)), write("qrels.tsv", "q1\ta\t9\n")
    assert main(["--queries", str(queries), "--qrels", str(qrels), "--engines", "tantivy"]) == 2
    out, err = capsys.readouterr()
    assert f"{qrels}:1: grade '9' is none of 1, 2, 3" in err
    assert not out

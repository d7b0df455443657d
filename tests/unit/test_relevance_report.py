"""What is told of a run: figures by kind, the worst queries with their reason, and the whole command over an engine."""

import json
from pathlib import Path

import pytest

from bench.relevance import report, speed
from bench.relevance.__main__ import HERE, main
from bench.relevance.collection import Document, collect
from bench.relevance.inputs import Query, Source, read_judged
from bench.relevance.report import Run
from bench.relevance.systems import unlike_any

Documents = dict[str, Document]
DOCUMENTS = [
    {"id": "park", "title": "Parkleitsystem", "text": "Zeigt Umfragen und freie Stellplätze."},
    {"id": "baum", "title": "Baumkataster", "text": "Alle Bäume der Stadt."},
    {"id": "hort", "title": "Anmeldung für den Hort", "text": "Eltern suchen einen Platz."},
]
QUERIES = [
    Query("q1", "baumkataster", "plain", {"baum": 3}),
    Query("q2", "leitsystem für die umfrage", "compound", {"park": 3, "baum": 1}),
    Query("q3", "schaukasten", "synonym", {"hort": 2, "park": 2}),
]
ANSWERS = {"q1": ["baum"], "q2": ["hort", "park"], "q3": []}
RUN = Run("tantivy", "ours", ANSWERS, {("q3", "hort"): ["schaukasten"], ("q3", "park"): ["schaukasten"]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "documents.ndjson"
    path.write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS), encoding="utf-8")
    return path


@pytest.fixture
async def documents(path: Path) -> Documents:
    return await collect([Source(path)])


def test_figures_are_those_of_all_and_of_each_kind() -> None:
    found = RUN.figures(QUERIES)
    assert list(found) == ["all", "plain", "compound", "synonym"]
    assert (found["all"].queries, found["plain"].queries) == (3, 1)
    assert found["all"].zero == pytest.approx(1 / 3)
    assert found["all"].mrr == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert (found["plain"].ndcg, found["synonym"].recall) == (1, 0)


def test_of_queries_that_nothing_answers_it_is_told_which_get_hits_all_the_same() -> None:
    asked = [Query(f"n{number}", text, "nothing", {"hort": 1}) for number, text in enumerate(("x", "hort", "park"))]
    run = Run("tantivy", "ours", {**ANSWERS, "n0": [], "n1": ["hort"], "n2": ["hort", "baum"]})
    assert report.silence([run], [*QUERIES, *asked]).splitlines()[-1] == "| tantivy | ours | 3 | 1 | 1 | park |"
    assert report.silence([run], QUERIES) == ""
    assert run.figures([*QUERIES, *asked]) == RUN.figures(QUERIES)
    assert report.worst(run, asked, 10) == []


def test_a_run_is_written_as_evaluation_tools_read_it() -> None:
    assert list(RUN.lines()) == ["q1\tbaum\t1\n", "q2\thort\t1\n", "q2\tpark\t2\n"]


def test_the_worst_queries_come_first_and_right_ones_not_at_all() -> None:
    first, second = report.worst(RUN, QUERIES, 10)
    assert (first.query.id, first.first, first.wanted, first.rank) == ("q3", None, "hort", None)
    assert first.reason == "2 of 2 wanted not among the first ten; no answer to schaukasten (2)"
    assert (second.query.id, second.first, second.wanted, second.rank) == ("q2", "hort", "park", 2)
    assert second.reason == "all wanted are among the first ten, others before them"
    assert [one.query.id for one in report.worst(RUN, QUERIES, 1)] == ["q3"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([f"other-{number}" for number in range(20)], "they answer every word, others answer better"),
        ([*(f"other-{number}" for number in range(10)), "hort"], "they answer every word, others answer better"),
        (["baum"], "they answer too small a part of each word to be hits"),
    ],
)
def test_where_every_word_is_answered_others_or_the_bounds_are_to_blame(answers: list[str], reason: str) -> None:
    (found,) = report.worst(Run("tantivy", "ours", {**ANSWERS, "q3": answers}), QUERIES[2:], 10)
    assert found.reason == f"2 of 2 wanted not among the first ten: {reason}"


async def test_words_count_as_answered_in_any_form(documents: Documents) -> None:
    assert unlike_any("Die Umfrage, Leitsystem", documents["park"]) == ["leitsystem"]


def test_a_step_that_is_left_out_loses_what_it_brings() -> None:
    without = Run("tantivy", "without compounds", {**RUN.answers, "q2": ["hort"]})
    table = report.losses(RUN, [without], QUERIES)
    gone = RUN.of(QUERIES[1]).ndcg
    assert f"| without compounds | {-gone / 3:+.3f} | +0.000 | {-gone:+.3f} | +0.000 |" in table


def test_halves_hold_each_query_once_with_kinds_in_one_order() -> None:
    queries = [Query(f"q{number}", "", "even" if number % 2 else "odd", {}) for number in range(40)]
    parts = report.halves(queries)
    assert sorted(query.id for part in parts.values() for query in part) == sorted(query.id for query in queries)
    for part in parts.values():
        assert list(dict.fromkeys(query.kind for query in part)) == ["odd", "even"]


def test_a_bar_in_a_query_breaks_no_table() -> None:
    assert report.table(["a"], [["x|y"]]).splitlines()[-1] == "| x/y |"


@pytest.fixture
def judged(tmp_path: Path) -> list[str]:
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text('{"id": "q1", "query": "baumkataster", "kind": "plain"}\n', encoding="utf-8")
    qrels.write_text("q1\tx:baum\t3\n", encoding="utf-8")
    return ["--queries", str(queries), "--qrels", str(qrels)]


def test_an_outside_collection_is_measured_on_an_engine(
    path: Path, judged: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.tsv"
    command = [*judged, "--documents", f"x:{path}", "--engines", "tantivy", "--systems", "installed"]
    assert main([*command, "--run", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["figures"][0]["kinds"]["all"] == {"queries": 1, "ndcg": 1, "mrr": 1, "recall": 1, "zero": 0}
    assert run.read_text(encoding="utf-8") == "q1\tx:baum\t1\n"


def test_speed_is_measured_at_each_size_until_the_limit(documents: Documents) -> None:
    def measured(limit_s: float) -> list[speed.Speed | speed.Stopped]:
        systems = [("tantivy", "installed")]
        return list(
            speed.measure(systems, [3, 50], list(documents.values()), ["baumkataster", "hort"], limit_s=limit_s)
        )

    found = measured(300)
    assert [(one.engine, one.system, one.documents) for one in found] == [
        ("tantivy", "installed", size) for size in (3, 50)
    ]
    assert all(isinstance(one, speed.Speed) and one.p50_ms <= one.p95_ms and one.size_mb > 0 for one in found)
    assert {isinstance(one, speed.Stopped) and one.reason for one in measured(0)} == {"not done after 0 s"}


def test_ours_is_measured_and_each_step_left_out(
    path: Path, judged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*judged, "--documents", f"x:{path}", "--engines", "tantivy", "--systems", "ours", "--ablation"]
    assert main([*command, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    found = {run["system"]: run["kinds"]["all"]["ndcg"] for run in figures}
    assert found["ours"] == 1
    assert {f"without {what}" for what in ("compounds", "synonyms", "typos", "names", "nearness")} < found.keys()


def test_without_a_server_it_is_said_that_meilisearch_did_not_run(
    path: Path, judged: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEILI_URL", raising=False)
    assert main([*judged, "--documents", f"x:{path}", "--systems", "installed"]) == 0
    out = capsys.readouterr().out
    assert "Meilisearch did not run" in out
    assert "| tantivy | installed | 1.000 |" in out


def test_documents_without_the_judged_ones_are_refused(
    path: Path, judged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*judged, "--documents", str(path), "--engines", "tantivy"]) == 2
    assert "qrels.tsv:1: document x:baum is in no file of documents" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--engines", "solr"], ["--sizes", "0"], ["--sizes", "many"], ["--systems", ""], ["--text-is", "title"]],
)
def test_unknown_options_end_with_status_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(options)
    assert caught.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--documents hub:seed corpus.jsonl" in capsys.readouterr().out


def test_the_repository_brings_at_least_150_queries_in_two_halves() -> None:
    parts = report.halves(read_judged(HERE / "queries.jsonl", HERE / "qrels.tsv"))
    assert sum(map(len, parts.values())) >= 150
    assert min(map(len, parts.values())) >= 60

"""Measures how well and how fast search finds; bench/relevance/README.md says what each figure means.

    python -m bench.relevance                                     the judged queries over the seed
    python -m bench.relevance --ablation                          and what each step of ours brings
    python -m bench.relevance --sizes 829,10000,100000            and how fast, at several sizes
    MEILI_URL=http://… MEILI_KEY=… python -m bench.relevance      Meilisearch, too
    python -m bench.relevance --queries Q.jsonl --qrels Q.tsv --documents hub:seed corpus.jsonl --run run.tsv

A file of documents holds one JSON object a line: slug or id, title, summary or text, writeup, names. `seed` in place of a
file is the seed of the repository. `hub:FILE` puts `hub:` before each id of FILE.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

import httpx

from bench.relevance import engines, report, speed
from bench.relevance.collection import SEED, Document, collect
from bench.relevance.inputs import InputError, Query, Source, check_judged_documents, read_judged
from bench.relevance.measures import NDCG_DEPTH
from bench.relevance.report import Run
from bench.relevance.systems import System
from search.errors import SearchError

HERE: Final = Path(__file__).parent
NO_MEILISEARCH: Final = (
    "**Meilisearch did not run:** set MEILI_URL and MEILI_KEY to the address and the key of a server "
    "(indexes named relevance_* on it are replaced and removed)."
)


@dataclass(slots=True)
class Measured:
    """All there is to tell."""

    runs: list[Run] = field(default_factory=list)
    without: list[Run] = field(default_factory=list)
    """Ours with one step left out each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 2 for wrong input, 1 for an engine that fails."""
    given = _arguments(arguments)
    try:
        return asyncio.run(_run(given))
    except InputError as error:
        print(f"relevance: {error}", file=sys.stderr)
        return 2
    except (SearchError, httpx.HTTPError) as error:
        print(f"relevance: the search engine failed: {error}", file=sys.stderr)
        return 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.relevance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=Path, default=HERE / "queries.jsonl", help="JSON lines: id, query, kind")
    parser.add_argument("--qrels", type=Path, default=HERE / "qrels.tsv", help="tab-separated: query, document, grade")
    parser.add_argument("--documents", nargs="+", default=[SEED], metavar="[PREFIX:]FILE", help="default: seed")
    parser.add_argument("--text-is", choices=("summary", "writeup"), default="summary", help="what `text` is taken as")
    parser.add_argument("--engines", type=_list(engines.ENGINES), default=list(engines.ENGINES))
    parser.add_argument("--systems", type=_list(engines.SYSTEMS), default=list(engines.SYSTEMS))
    parser.add_argument("--ablation", action="store_true", help="ours with each step switched off, one at a time")
    parser.add_argument("--worst", type=int, default=10, metavar="N", help="queries to list (default 10)")
    parser.add_argument("--sizes", type=_sizes, default=[], help="documents to measure speed at, e.g. 829,10000,100000")
    parser.add_argument("--limit-s", type=float, default=900, help="longest for a system at a size (default 900)")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write query, document, rank; a file for each system")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args(arguments)


def _list(allowed: Mapping[str, str] | Sequence[str]) -> Any:
    def parse(text: str) -> list[str]:
        names = text.split(",")
        for name in names:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(allowed)}")
        return names

    return parse


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(size) for size in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers from 1 on, e.g. 829,10000")
    return sizes


def _source(text: str, text_is: str) -> Source:
    prefix, colon, path = text.rpartition(":")
    return Source(Path(path), prefix + colon, text_is)


async def _run(given: argparse.Namespace) -> int:
    queries = read_judged(given.queries, given.qrels)
    documents = await collect([_source(text, given.text_is) for text in given.documents])
    check_judged_documents(given.qrels, documents)
    measured_engines = [engine for engine in given.engines if engine == "tantivy" or engines.server()]
    if not measured_engines:
        print(NO_MEILISEARCH, file=sys.stderr)
        return 1
    # In JSON, what is printed on the way would be in the way.
    with redirect_stdout(StringIO() if given.json else sys.stdout):
        is_own = given.queries == HERE / "queries.jsonl"
        parts = report.halves(queries) if is_own else {"all": queries}
        print(f"{len(queries)} queries, {len(documents)} documents.")
        if "meilisearch" in given.engines and "meilisearch" not in measured_engines:
            print(f"\n{NO_MEILISEARCH}")
        measured = await _measured(given, measured_engines, queries, documents)
        worsts = _print_all(given, measured, parts, queries, documents)
        speeds = _print_speeds(given, measured_engines, queries, documents)
    if given.run:
        _write_runs(given.run, measured.runs)
    if given.json:
        found = report.as_json([*measured.runs, *measured.without], parts, worsts)
        not_run = sorted(set(given.engines) - set(measured_engines))
        print(json.dumps({**found, "not_run": not_run, "speed": speeds}, ensure_ascii=False, indent=2))
    return 0


async def _measured(
    given: argparse.Namespace, names: Sequence[str], queries: Sequence[Query], documents: Mapping[str, Document]
) -> Measured:
    measured = Measured()
    with tempfile.TemporaryDirectory() as name:
        for engine in names:
            engines.clear(engine)
            for system_name in given.systems:
                system = await engines.opened(engine, system_name, Path(name))
                try:
                    await system.build(documents.values())
                    measured.runs.append(await _asked(system, queries, documents))
                    if given.ablation and system_name == "ours":
                        measured.without += await _ablated(system, queries, documents)
                finally:
                    await system.close()
            engines.clear(engine)
    return measured


async def _asked(system: System, queries: Sequence[Query], documents: Mapping[str, Document]) -> Run:
    ids = {document.key: document.id for document in documents.values()}
    answers = {query.id: [ids[key] for key in await system.search(query.text)] for query in queries}
    unanswered = {
        (query.id, wanted): await system.unanswered(query.text, documents[wanted])
        for query in queries
        for wanted in query.wanted
        if wanted not in answers[query.id][:NDCG_DEPTH]
    }
    return Run(system.engine, system.name, answers, unanswered)


async def _ablated(system: System, queries: Sequence[Query], documents: Mapping[str, Document]) -> list[Run]:
    from bench.relevance.ours import LEFT_OUT, Ours

    assert isinstance(system, Ours)
    ids = {document.key: document.id for document in documents.values()}
    runs = []
    for what in LEFT_OUT:
        answers = {query.id: [ids[key] for key in await system.search_without(what, query.text)] for query in queries}
        runs.append(Run(system.engine, f"without {what}", answers))
    return runs


def _print_all(
    given: argparse.Namespace,
    measured: Measured,
    parts: Mapping[str, Sequence[Query]],
    queries: Sequence[Query],
    documents: Mapping[str, Document],
) -> dict[str, list[report.Worst]]:
    ours = [run for run in measured.runs if run.system == "ours"]
    for part, some in parts.items():
        print(f"\n## Queries: {part} ({len(some)})\n\n{report.comparison(measured.runs, some)}")
        if silence := report.silence(measured.runs, some):
            print(f"\n{silence}")
        told: list[Run] = []
        for run in ours:
            others = [other for other in measured.without if other.engine == run.engine]
            if told and [one.answers for one in (run, *others)] == [one.answers for one in told]:
                print(f"\nThe answers of {run.name} are those of {told[0].name}, in everything.")
                continue
            print(f"\n{report.by_kind(run, some)}")
            if others:
                print(f"\n{report.losses(run, others, some)}")
            told = [run, *others]
    worsts: dict[str, list[report.Worst]] = {}
    # Where ours is not measured, the last system is what somebody is working on.
    for run in ours or measured.runs[-1:]:
        found = report.worst(run, queries, given.worst)
        if given.worst and found in worsts.values():
            print(f"\nThe worst queries of {run.name} are the same.")
        elif found:
            print(f"\n## Worst queries of {run.name}\n\n{report.worst_table(found, documents)}")
        worsts[run.name] = found
    return worsts


def _print_speeds(
    given: argparse.Namespace, names: Sequence[str], queries: Sequence[Query], documents: Mapping[str, Document]
) -> list[dict[str, Any]]:
    if not given.sizes:
        return []
    head = (
        *("engine", "system", "documents", "build s", "of it analysis s", "documents/s", "index MB", "first query s"),
        *("p50 ms", "p95 ms", "memory MB"),
    )
    print(f"\n## Speed, {len(queries)} queries one after another\n\n{report.table(head, [])}")
    systems = [(engine, system) for engine in names for system in given.systems]
    texts = [query.text for query in queries]
    speeds = []
    for one in speed.measure(systems, given.sizes, list(documents.values()), texts, limit_s=given.limit_s):
        speeds.append(asdict(one))
        print(_speed_row(one), flush=True)
    return speeds


def _speed_row(one: speed.Speed | speed.Stopped) -> str:
    where = f"| {one.engine} | {one.system} | {one.documents:,} |"
    if isinstance(one, speed.Stopped):
        return f"{where} {one.reason} | | | | | | | |"
    return (
        f"{where} {one.build_s:.1f} | {one.analysis_s:.1f} | {one.documents / one.build_s:,.0f} | {one.size_mb:.1f} "
        f"| {one.first_s:.2f} | {one.p50_ms:.2f} | {one.p95_ms:.2f} | {one.memory_mb:.0f} |"
    )


def _write_runs(path: Path, runs: Sequence[Run]) -> None:
    for run in runs:
        # One file holds one run: a second system gets a name of its own.
        name = path.name if len(runs) == 1 else f"{path.stem}.{run.engine}-{run.system}{path.suffix}"
        path.with_name(name).write_text("".join(run.lines()), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

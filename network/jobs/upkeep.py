"""Jobs on the whole network: loading the seed, building the index, looking for what is wrong."""

import json
from dataclasses import asdict
from typing import Final

from graph.errors import GraphError
from graph.writing.unit_of_work import UnitOfWork
from network.errors import JobError
from network.jobs.checking import Finding, backups, consistency, documents, examples, legal, synonyms, work
from network.jobs.job import FAILURE, Job, Output, Workplace, catch_up


class ExamplesRefusedError(JobError):
    """Examples would stand among the facts of those who work with them."""

    code: Final = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__(
            f"{self.code}: made-up examples are for development, where HUBNETZ_HOST and HUBNETZ_PUBLIC_URL are loopback. "
            "Nothing was loaded. Without them: hubnetz seed"
        )


async def seed(place: Workplace, output: Output, *, if_empty: bool, as_json: bool, examples: bool = False) -> int:
    # Read only where it is loaded: the seed's reader is of no use to a server.
    from seed_data.load import is_loaded, load

    if examples and place.sample_issuer is None:
        raise ExamplesRefusedError
    report = None
    try:
        if not if_empty or not await is_loaded(place.graph):
            report = await load(UnitOfWork(place.graph), on_progress=output.progress)
        entered = examples and await _enter_examples(place, output)
    except GraphError:
        output.error("Loading broke off. Run it again: what is in stays as it is.")
        raise
    if report is not None or entered:
        await catch_up(place)
    if as_json:
        told = {"skipped": True} if report is None else asdict(report)
        output.line(json.dumps(told | ({"examples": entered} if examples else {})))
        return 0
    output.line(
        "There are hubs already; nothing was loaded."
        if report is None
        else f"Loaded: {report.created} new, {report.changed} changed, {report.unchanged} as they were, "
        f"{report.left_alone} left alone (from a register, or changed by somebody), {report.connected} links."
    )
    if entered:
        output.line('Entered made-up examples, each marked "Beispiel: …"; README says who sees what.')
    elif examples:
        output.line("The examples are there already.")
    return 0


async def _enter_examples(place: Workplace, output: Output) -> bool:
    """Whether any were entered."""
    from network.background import holder
    from network.development.examples.load import load

    issuer = place.sample_issuer
    return issuer is not None and await load(place.graph, issuer=issuer, holder=holder(), on_progress=output.progress)


async def reindex(place: Workplace, output: Output, *, as_json: bool) -> int:
    def progress(done: int, total: int) -> None:
        output.progress("projects", done, total)

    await place.search.apply_settings()
    count = await place.indexer.full_rebuild(progress)
    output.line(json.dumps({"projects": count}) if as_json else f"Index built anew: {count} projects.")
    return 0


async def doctor(place: Workplace, output: Output, *, as_json: bool) -> int:
    """Exit code 1 where something is wrong, so that a monitor can ask."""
    # Its schema takes its time to load.
    from network.jobs.schema import deprecated

    findings = [
        *await consistency(place.graph, place.search, is_served=place.is_served),
        *await work(place.graph, is_served=place.is_served),
        *await synonyms(place.service.thesauri),
        *await deprecated(place.graph),
        *await documents(place.documents_file),
        *await examples(place.graph, is_public=place.has_public),
        *(legal(place.legal_dir) if place.has_public else []),
        *await backups(place.backup_dir),
    ]
    if as_json:
        output.line(json.dumps({"findings": [finding.as_json() for finding in findings]}, ensure_ascii=False))
    else:
        _tell(findings, output)
    return FAILURE if any(finding.is_wrong for finding in findings) else 0


def _tell(findings: list[Finding], output: Output) -> None:
    for finding in findings:
        output.line(f"{'!' if finding.is_wrong else '·'} {finding.text}")
        for example in finding.examples:
            output.line(f"    {example}")
        if finding.advice:
            output.line(f"    → {finding.advice}")
    if not any(finding.is_wrong for finding in findings):
        output.line("All is well: graph and index agree, no record dangles.")


UPKEEP: Final[dict[str, Job]] = {"seed": seed, "reindex": reindex, "doctor": doctor}

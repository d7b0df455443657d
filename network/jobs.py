"""The commands that need the backends, apart from how they were asked for: from a shell, or over the admin socket.

A job takes plain values and speaks through an `Output`, so that it runs the same in the process of the command and in
that of a server.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from auth.principal import Anonymous, Caller, Membership, MembershipKind, Principal
from graph.errors import GraphError, LeaseHeldError
from graph.port import GraphStore
from graph.unit_of_work import UnitOfWork
from network.checking import Finding, consistency, documents, examples, legal, mail, synonyms, webhooks
from search.errors import InvalidSearchRequestError, SearchError
from search.indexer import Indexer
from search.port import SearchIndex

if TYPE_CHECKING:
    # Language and ranking take their time to load, and most commands search nothing.
    from search.service import SearchService

MISUSE: Final = 2
FAILURE: Final = 1
LEAVING_FILES_TO_REWRITE: Final = frozenset({"person_erase"})
"""After these an embedded backend is opened once more, which rewrites its file where nobody else holds it."""
_LEASE_WAIT_S: Final = 20.0
"""Longer than the indexer's lease: whoever still holds it then is alive."""


class JobError(Exception):
    """A command that cannot be carried out; the message says what to do."""


class ExamplesRefusedError(JobError):
    """Examples would stand among the facts of those who work with them."""

    code: Final = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__(
            f"{self.code}: made-up examples are for development, where HUBNETZ_HOST and HUBNETZ_PUBLIC_URL are loopback. "
            "Nothing was loaded. Without them: hubnetz seed"
        )


class Output(Protocol):
    """Where a job speaks."""

    def line(self, text: str) -> None:
        """What was asked for."""
        ...

    def error(self, text: str) -> None:
        """Why it failed."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """How far it is; for eyes only."""
        ...

    async def flush(self) -> None:
        """Waits until what was said is on its way."""
        ...


@dataclass(frozen=True, slots=True)
class Workplace:
    """What jobs work on. `indexer` is the server's own beside one, else one made for the command."""

    graph: GraphStore
    search: SearchIndex
    service: "SearchService"
    indexer: Indexer
    has_server: bool
    documents_file: Path | None = None
    """The manifest of trusted documents."""
    legal_dir: Path | None = None
    has_public: bool = False
    """Whether anybody but this machine reads the pages, which then need legal texts."""
    sample_issuer: str | None = None
    """Of the sample accounts, who enter examples; None in production, where nobody does."""


Job = Callable[..., Awaitable[int]]


async def run(place: Workplace, name: str, arguments: dict[str, Any], output: Output) -> int:
    """The exit code of the job `name`; whatever it foresees is an error line, never a traceback."""
    # Their jobs are made of parts of this module.
    from network.person_jobs import PERSON_JOBS
    from network.schema_jobs import SCHEMA_JOBS
    from network.search_job import search
    from network.transfer_jobs import TRANSFERS

    job: Job | None = {**JOBS, **TRANSFERS, **PERSON_JOBS, **SCHEMA_JOBS, "search": search}.get(name)
    if job is None:
        output.error(f"This server has no command {name!r}: it is of another version.")
        return MISUSE
    try:
        return await job(place, output, **arguments)
    except InvalidSearchRequestError as error:
        output.error(str(error))
        return MISUSE
    except (JobError, GraphError, SearchError) as error:
        output.error(str(error))
        return FAILURE


def caller(as_: str | None) -> Caller:
    """Whoever `as_` names by one membership; Anonymous without.

    Raises:
        JobError: not a membership.
    """
    if as_ is None:
        return Anonymous()
    try:
        membership = Membership.parse(as_)
    except ValueError as error:
        kinds = ", ".join(MembershipKind)
        raise JobError(
            f"{as_!r} is no membership: expected one as hub_lead:zeitz or municipality:010615138; kinds are {kinds}"
        ) from error
    return Principal("urn:hubnetz:command-line", as_, frozenset({membership}))


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
    from network.examples.load import load

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
    from network.schema_jobs import deprecated

    findings = [
        *await consistency(place.graph, place.search),
        *await mail(place.graph),
        *await webhooks(place.graph),
        *await synonyms(place.service.thesauri),
        *await deprecated(place.graph),
        *await documents(place.documents_file),
        *await examples(place.graph, is_public=place.has_public),
        *(legal(place.legal_dir) if place.has_public else []),
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


async def catch_up(place: Workplace) -> None:
    """Lets searches see what a job has written: beside a server by its indexer, else here and now."""
    if place.has_server:
        place.indexer.notify()
        return
    give_up = time.monotonic() + _LEASE_WAIT_S
    while True:
        try:
            await place.indexer.catch_up()
        except LeaseHeldError:
            # Either another process indexes and finds the same events, or it was killed and its lease runs out.
            if time.monotonic() > give_up:
                return
            await asyncio.sleep(0.5)
        else:
            return


JOBS: Final[dict[str, Job]] = {"seed": seed, "reindex": reindex, "doctor": doctor}

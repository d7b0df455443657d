"""The commands that need the backends, apart from how they were asked for: from a shell, or over the admin socket.

A job takes plain values and speaks through an `Output`, so that it runs the same in the process of the command and in
that of a server.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from auth.principal import Anonymous, Caller, Membership, MembershipKind, Principal
from graph.errors import LeaseHeldError
from graph.port import GraphStore
from network.errors import JobError
from search.indexer import Indexer
from search.port import SearchIndex

if TYPE_CHECKING:
    # Language and ranking take their time to load, and most commands search nothing.
    from search.service import SearchService

MISUSE: Final = 2
FAILURE: Final = 1
LEAVING_FILES_TO_REWRITE: Final = frozenset({"person_erase"})
"""After these an embedded backend is opened once more, which rewrites its file where nobody else holds it."""
LEAVING_SCHEMA: Final = frozenset({"backup"})
"""They take the graph as it is: a backup before an upgrade is one of what was there before it."""
_LEASE_WAIT_S: Final = 20.0
"""Longer than the indexer's lease: whoever still holds it then is alive."""


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
    is_served: bool = False
    """Whether a server should be at work on these backends."""
    legal_dir: Path | None = None
    has_public: bool = False
    """Whether anybody but this machine reads the pages, which then need legal texts."""
    backup_dir: Path | None = None
    """Where the daily backups are."""
    sample_issuer: str | None = None
    """Of the sample accounts, who enter examples; None in production, where nobody does."""


Job = Callable[..., Awaitable[int]]


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

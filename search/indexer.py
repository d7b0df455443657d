"""Keeps the search index as the graph is: outbox events in, documents out.

Events have no global order, so their contents do not matter: each names an entity whose projects are read again and
indexed as they are now. An event is done only when the engine has confirmed and the entity has not changed since it
was read; until then it stays in the outbox, so a process that dies anywhere is followed by one that starts over.

One process works at a time, by a lease that is renewed before each batch and while the engine works. A holder that was
stopped for longer than its lease can still send the batch it had in hand; its successor's `mark_done` and the
consistency check are what remains then, since no engine takes a fencing number.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from auth.policy import EVERYTHING
from graph.errors import GraphError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.selection import Match, Page, Selection
from graph.writing import leases
from graph.writing.duties import Duty, Successes
from graph.writing.leases import Held
from graph.writing.outbox import Outbox, PendingEvent
from graph.writing.rounds import Rounds
from search.documents import document
from search.errors import IndexingFailedError, SearchError, SearchUnavailableError
from search.loading import all_ids, load, touched_by
from search.port import IndexRebuild, SearchDocument, SearchIndex

LEASE: Final = Duty.INDEX.lease
_EVENTS: Final = 500
"""Events of one round: how much is read again where the process dies before it marks them done."""
_log: Final = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with (projects done, projects in all) during a rebuild."""


class Indexer:
    """The worker of one process.

    Args:
        holder: Names one process of one start (graph/writing/leases.py).
        batch: Documents per call of the engine.
        lease_ttl_s: Seconds after which others may take over from a process that died.
        poll_s: Longest seconds between two looks at the outbox, for changes that other processes make.
        first_retry_s, longest_retry_s: Wait after a failure, doubled each time.
    """

    def __init__(
        self,
        graph: GraphStore,
        index: SearchIndex,
        *,
        holder: str,
        batch: int = 200,
        lease_ttl_s: float = 15.0,
        poll_s: float = 2.0,
        first_retry_s: float = 0.25,
        longest_retry_s: float = 30.0,
    ) -> None:
        self._graph = graph
        self._index = index
        self._outbox = Outbox(graph)
        self._holder = holder
        self._batch = batch
        self._lease_ttl_s = lease_ttl_s
        self._successes = Successes(graph, Duty.INDEX)
        self._rounds = Rounds(
            self.catch_up,
            what="indexing",
            log=_log,
            every_s=poll_s,
            first_retry_s=first_retry_s,
            longest_retry_s=longest_retry_s,
            known=(GraphError, SearchError),
            went_well=self._successes.note,
        )
        # The lease tells processes apart, not tasks of one: a rebuild that was asked for waits for the running round.
        self._alone = asyncio.Lock()
        self._is_built = False
        # What the engine refuses stays in the outbox; asking again helps only once the entity has changed.
        self._refused: dict[NodeKey, int] = {}

    def notify(self) -> None:
        """Something was written: look at the outbox now. Call it from the event loop's thread."""
        self._rounds.notify()

    async def run(self) -> None:
        """Indexes until cancelled."""
        await self._rounds.run()

    async def catch_up(self) -> int:
        """Indexes until nothing is pending; how many events are done. Builds the index first where there is none.

        Raises:
            LeaseHeldError: there is work, and another process holds the lease.
            SearchUnavailableError, GraphUnavailableError: what was done remains done; call again.
        """
        done = 0
        try:
            await self._build_if_needed()
            while await self._pending():
                async with self._leased() as lease:
                    while events := await self._pending():
                        done += await self._process(events, lease)
                        # Under steady writes a round may never end.
                        await self._successes.note()
        except SearchUnavailableError:
            # Perhaps the index is gone: look again before the next round.
            self._is_built = False
            raise
        return done

    async def full_rebuild(self, progress: Progress | None = None, *, wait_s: float = 60.0) -> int:
        """Builds a new index beside the one that serves, swaps them, and catches up; how many projects it holds.

        What changes meanwhile stays pending and is indexed after the swap; narrowed entries are excluded from every
        search until then. A process that is indexing is waited for: somebody asked for this and is looking on.

        Args:
            wait_s: Longest wait for that process. A dead one's lease runs out sooner.

        Raises:
            LeaseHeldError: another process still holds the lease.
            SearchUnavailableError, GraphUnavailableError, IndexingFailedError: the old index goes on serving.
        """
        async with self._leased(wait_s) as lease:
            count = await self._rebuild(lease, progress)
            while events := await self._pending():
                await self._process(events, lease)
        return count

    async def _build_if_needed(self) -> None:
        if self._is_built:
            return
        if await self._index.apply_settings():
            async with self._leased() as lease:
                # Asked again: whoever held the lease before may have built it.
                if await self._index.apply_settings():
                    await self._rebuild(lease, None)
        self._is_built = True

    async def _rebuild(self, lease: Held, progress: Progress | None) -> int:
        total = await self._count_projects()
        rebuild = await self._index.begin_rebuild()
        try:
            count = await self._fill(rebuild, lease, total, progress)
            await leases.renew(self._graph, lease, ttl_s=self._lease_ttl_s)
            await rebuild.swap()
        except BaseException:
            await _discard(rebuild)
            raise
        return count

    async def _fill(self, rebuild: IndexRebuild, lease: Held, total: int, progress: Progress | None) -> int:
        count = 0
        async for ids in all_ids(self._graph):
            await leases.renew(self._graph, lease, ttl_s=self._lease_ttl_s)
            sources = await load(self._graph, ids)
            refused = await _put(rebuild, [document(source) for source in sources.values()])
            count += len(sources) - len(refused)
            # Of a large network this takes longer than indexing may stand still.
            await self._successes.note()
            if progress is not None:
                progress(count, max(total, count))
        return count

    async def _pending(self) -> list[PendingEvent]:
        """Events to work on, without those whose documents the engine refused as they are."""
        # Those stand in front: what is refused must not hide what came after it.
        events = await self._outbox.pending(limit=_EVENTS + len(self._refused))
        return [event for event in events if self._refused.get(event.entity) != event.fence]

    async def _process(self, events: Sequence[PendingEvent], lease: Held) -> int:
        """Indexes what `events` touch, and marks them done; how many are.

        Raises:
            LeaseLostError: another process took over; nothing was marked.
        """
        # A project that several events touch is indexed once.
        ids: dict[str, None] = {}
        for event in events:
            async for page in touched_by(self._graph, event.entity):
                ids.update(dict.fromkeys(page))
        refused = await self._index_projects(list(ids), lease)
        done = []
        for event in events:
            if refused and await self._touches_any(event, refused):
                self._refused[event.entity] = event.fence
            else:
                self._refused.pop(event.entity, None)
                done.append(event)
        return await self._outbox.mark_done(done, lease=lease)

    async def _index_projects(self, ids: Sequence[str], lease: Held) -> set[str]:
        """Brings the documents of `ids` up to date; those that the engine refuses."""
        refused: set[str] = set()
        for start in range(0, len(ids), self._batch):
            chunk = ids[start : start + self._batch]
            await leases.renew(self._graph, lease, ttl_s=self._lease_ttl_s)
            sources = await load(self._graph, chunk)
            gone = [project_id for project_id in chunk if project_id not in sources]
            if gone:
                await self._index.delete(gone)
            refused |= await _put(self._index, [document(source) for source in sources.values()])
        return refused

    async def _touches_any(self, event: PendingEvent, refused: set[str]) -> bool:
        async for page in touched_by(self._graph, event.entity):
            if refused.intersection(page):
                return True
        return False

    async def _count_projects(self) -> int:
        everything = Match("Project", page=Page(0), count=True)
        return (await self._graph.select(Selection("Project", ("id",)), everything, audiences=EVERYTHING)).total or 0

    @asynccontextmanager
    async def _leased(self, wait_s: float = 0.0) -> AsyncIterator[Held]:
        """Holds the lease for the block, renewed while it runs; losing it ends the block.

        Raises:
            LeaseHeldError: somebody else holds it, or took it.
        """
        async with (
            self._alone,
            leases.held(self._graph, LEASE, holder=self._holder, ttl_s=self._lease_ttl_s, wait_s=wait_s) as fenced,
        ):
            yield fenced.lease


async def _put(target: SearchIndex | IndexRebuild, documents: Sequence[SearchDocument]) -> set[str]:
    """Puts `documents`, halving what the engine refuses until the cause is found; ids of the documents refused.

    One document must not keep all others from being found.
    """
    if not documents:
        return set()
    try:
        await target.put(documents)
    except IndexingFailedError as exc:
        if len(documents) == 1:
            _log.error("the engine refuses the document of project %s: %s", documents[0].id, exc)
            return {documents[0].id}
        middle = len(documents) // 2
        return await _put(target, documents[:middle]) | await _put(target, documents[middle:])
    return set()


async def _discard(rebuild: IndexRebuild) -> None:
    try:
        await rebuild.discard()
    except SearchUnavailableError:
        # The next rebuild begins by discarding this one.
        return

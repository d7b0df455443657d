"""SearchIndex on Meilisearch: indexes `<name>` (serves) and `<name>_next` (being built), swapped in one step.

The engine filters, orders and counts; it is never given a text to search for.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

import httpx

from search import meilisearch_queries as queries
from search import requests
from search.errors import SearchUnavailableError
from search.meilisearch_client import Json, MeilisearchClient, quoted
from search.meilisearch_settings import BUILT_WITH, MAX_COUNTED_WORDS, SETTINGS, changed
from search.port import (
    MAX_CANDIDATES,
    MAX_FACET_VALUES,
    Browsed,
    Candidate,
    Candidates,
    FacetCount,
    Scope,
    SearchDocument,
    SearchSort,
    Tier,
    Vocabulary,
)
from search.stored import FINGERPRINT, MARKER, STAMP, CandidateCache, attributes

_SOMETHING_ELSE: Final = "the search engine answered something else than was asked; see HUBNETZ_SEARCH_URL"
_REBUILD: Final = "run: hubnetz reindex"


class MeilisearchSearchIndex:
    """SearchIndex on a Meilisearch server; `name` is the index, so that installations can share one server."""

    backend = "meilisearch"

    def __init__(
        self, url: str, key: str, *, name: str = "projects", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = MeilisearchClient(url, key, transport=transport)
        self._name = name
        self._cache = CandidateCache()
        # The state of the index that was last looked at closely.
        self._trusted = ""

    async def retrieve(
        self, tiers: Sequence[Tier], scope: Scope, *, limit: int = MAX_CANDIDATES, timeout_s: float = 5.0
    ) -> Candidates:
        requests.check_retrieval(tiers, scope, limit)
        async with _within(timeout_s):
            every = await self._fetch(queries.retrieval(tiers, scope, limit))
            total = int(every["total"])
            # Where all find room, it does not matter which tier they are of.
            strict = tiers[:-1] if total > limit else ()
            results = await asyncio.gather(*(self._fetch(queries.retrieval([tier], scope, limit)) for tier in strict))
            chosen: dict[str, int] = {}
            for result in (*results, every):
                chosen |= {str(row["id"]): int(row[STAMP]) for row in result["results"]}
            wanted = dict(list(chosen.items())[:limit])
            documents = await self._candidates(wanted, scope.audiences)
            await self._trust()
        return Candidates(tuple(sorted(documents, key=lambda document: document.id)), total <= limit)

    async def browse(
        self,
        scope: Scope,
        *,
        sort: SearchSort = SearchSort.NEWEST,
        facets: Sequence[str] = (),
        offset: int = 0,
        limit: int = 20,
        timeout_s: float = 5.0,
    ) -> Browsed:
        requests.check_browsing(scope, facets, offset, limit)
        async with _within(timeout_s):
            page, *counts = await self._ask(queries.browsing(scope, sort, facets, offset, limit))
            wanted = {str(hit["id"]): int(hit[STAMP]) for hit in page["hits"]}
            documents = await self._candidates(wanted, scope.audiences)
            await self._trust()
        distributions: dict[str, Mapping[str, int]] = {}
        for result in (page, *counts):
            distributions |= result.get("facetDistribution", {})
        return Browsed(
            documents=tuple(documents),
            total=int(page["estimatedTotalHits"]),
            is_total_exact=True,
            facets={name: _counts(distributions.get(name, {})) for name in facets},
        )

    async def vocabulary(self, scope: Scope, *, limit: int, timeout_s: float = 30.0) -> Vocabulary:
        requests.check_scope(scope)
        names = requests.vocabulary_attributes(scope.audiences)
        async with _within(timeout_s):
            (result,) = await self._ask([queries.counting(scope, names)])
            await self._trust()
        words: list[Mapping[str, int]] = list(result.get("facetDistribution", {}).values())
        if any(len(distribution) >= MAX_COUNTED_WORDS for distribution in words):
            raise SearchUnavailableError(f"the search engine counts at most {MAX_COUNTED_WORDS} words")
        return Vocabulary(int(result["estimatedTotalHits"]), requests.most_frequent(words, limit))

    async def revision(self, *, timeout_s: float = 2.0) -> str:
        async with _within(timeout_s):
            return await self._trust()

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        if documents:
            # The engine would create a missing index, with settings of its own.
            await self._trust()
            await self._put_into(self._name, documents)

    async def delete(self, ids: Sequence[str]) -> None:
        if ids:
            await self._trust()
            await self._client.run("POST", f"/indexes/{self._name}/documents/delete-batch", list(ids))

    async def versions(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, int]]:
        conditions = [f"id != {quoted(MARKER)}", *([f"id > {quoted(after)}"] if after else [])]
        query = {"fields": ["id", "version"], "sort": ["id:asc"], "limit": limit, "filter": conditions}
        answer = await self._fetch(query)
        await self._trust()
        return [(str(row["id"]), int(row["version"])) for row in answer["results"]]

    async def begin_rebuild(self) -> "MeilisearchRebuild":
        await self._check_owner()
        name = f"{self._name}_next"
        await self._drop(name)
        await self._client.run("POST", "/indexes", {"uid": name, "primaryKey": "id"})
        await self._client.run("PATCH", f"/indexes/{name}/settings", SETTINGS)
        return MeilisearchRebuild(self, name)

    async def apply_settings(self) -> bool:
        if not await self._exists(self._name):
            return True
        return await self._distrust() is not None

    async def ping(self) -> float:
        started = perf_counter()
        # Unlike /health, this needs the key, so a wrong one shows at the start.
        await self._client.call("GET", "/version", timeout_s=2.0)
        return perf_counter() - started

    async def close(self) -> None:
        await self._client.close()

    async def put_next(self, name: str, documents: Sequence[SearchDocument]) -> None:
        """Puts `documents` into the index `name` that is being built."""
        if documents:
            await self._put_into(name, documents)

    async def swap_with(self, name: str) -> None:
        """`name` serves from here on."""
        marker = {"id": MARKER, BUILT_WITH: FINGERPRINT}
        await self._client.run("POST", f"/indexes/{name}/documents", [marker])
        is_first = not await self._exists(self._name)
        swap = [{"indexes": [name, self._name], "rename": is_first}]
        await self._client.run("POST", "/swap-indexes", swap)
        await self._drop(name)

    async def discard(self, name: str) -> None:
        """Removes `name`, which never served."""
        await self._drop(name)

    async def _put_into(self, name: str, documents: Sequence[SearchDocument]) -> None:
        rows = [{**attributes(document), "id": document.id, "version": document.version} for document in documents]
        await self._client.run("POST", f"/indexes/{name}/documents", rows)

    async def _exists(self, name: str) -> bool:
        answer = await self._client.call("GET", "/indexes?limit=1000")
        return any(index["uid"] == name for index in answer["results"])

    async def _drop(self, name: str) -> None:
        if await self._exists(name):
            await self._client.run("DELETE", f"/indexes/{name}")

    async def _check_owner(self) -> None:
        """Refuses to replace what is not ours: a server may have an index of that name for something else.

        Raises:
            SearchUnavailableError: the index has documents that no version of Hubnetz wrote.
        """
        if not await self._exists(self._name):
            return
        sample = await self._client.call("GET", f"/indexes/{self._name}/documents?limit=3")
        rows = [row for row in sample["results"] if row.get("id") != MARKER]
        if any("version" not in row or row.keys().isdisjoint(("readers", STAMP)) for row in rows):
            raise SearchUnavailableError(
                f"the index {self._name!r} of the search engine holds something else than Hubnetz's documents; "
                "give Hubnetz a server of its own, or remove that index"
            )

    # Trust

    async def _trust(self) -> str:
        """The state of the index, once it is known to be what this version built.

        Asked after an answer, so that whatever was changed by hand before is noticed: the engine would answer less, and
        say nothing. Every change of documents or settings is another state; each is looked at closely once.

        Raises:
            SearchUnavailableError: it is not.
        """
        state = await self._state()
        while state != self._trusted:
            reason = await self._distrust()
            if reason is not None:
                raise SearchUnavailableError(reason)
            seen, state = state, await self._state()
            if seen == state:
                self._trusted = state
        return state

    async def _state(self) -> str:
        index = await self._client.call("GET", f"/indexes/{self._name}")
        if not index.keys() >= {"createdAt", "updatedAt"}:
            raise SearchUnavailableError(_SOMETHING_ELSE)
        return f"{index['createdAt']} {index['updatedAt']}"

    async def _distrust(self) -> str | None:
        """What is wrong with the index; `None` if nothing is."""
        settings, marked = await asyncio.gather(
            self._client.call("GET", f"/indexes/{self._name}/settings"),
            self._fetch({"ids": [MARKER]}),
        )
        if names := changed(settings):
            return f"settings of the search index {self._name!r} were changed ({', '.join(names)}); {_REBUILD}"
        rows = marked["results"]
        if not rows:
            return f"the search index {self._name!r} was emptied, or not built to the end; {_REBUILD}"
        if rows[0].get(BUILT_WITH) != FINGERPRINT:
            return f"the search index {self._name!r} was built by another version of Hubnetz; {_REBUILD}"
        return None

    # Asking

    async def _ask(self, asked: Sequence[Json]) -> list[Json]:
        """The results of several queries, in their order."""
        body = {"queries": [{"indexUid": self._name, **query} for query in asked]}
        answer = await self._client.call("POST", "/multi-search", body)
        results = answer.get("results")
        if (
            not isinstance(results, list)
            or len(results) != len(asked)
            or any({"hits", "estimatedTotalHits"} - result.keys() for result in results)
            or any(
                # Of an attribute that no document has, it says nothing.
                result.get("facetDistribution", {}).keys() - set(query.get("facets", ()))
                for query, result in zip(asked, results, strict=True)
            )
        ):
            raise SearchUnavailableError(_SOMETHING_ELSE)
        return results

    async def _fetch(self, query: Json) -> Json:
        """Documents. As a search that filters alone would find them, which takes four times as long."""
        answer = await self._client.call("POST", f"/indexes/{self._name}/documents/fetch", query)
        if not isinstance(answer.get("results"), list) or "total" not in answer:
            raise SearchUnavailableError(_SOMETHING_ELSE)
        return answer

    async def _candidates(self, stamps: Mapping[str, int], audiences: Collection[str]) -> list[Candidate]:
        """The documents named by id and stamp, in their order; those gone meanwhile are missing."""
        found = {name: self._cache.get(stamp, audiences) for name, stamp in stamps.items()}
        unknown = [name for name, candidate in found.items() if candidate is None]
        if unknown:
            answer = await self._fetch(queries.reading(unknown, audiences))
            for row in answer["results"]:
                found[row["id"]] = self._cache.keep(int(row[STAMP]), row["id"], row, audiences)
        return [candidate for candidate in found.values() if candidate is not None]


class MeilisearchRebuild:
    """IndexRebuild in the index `name`."""

    def __init__(self, index: MeilisearchSearchIndex, name: str) -> None:
        self._index = index
        self._name = name

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        await self._index.put_next(self._name, documents)

    async def swap(self) -> None:
        await self._index.swap_with(self._name)

    async def discard(self) -> None:
        await self._index.discard(self._name)


@asynccontextmanager
async def _within(timeout_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as exc:
        raise SearchUnavailableError(f"the search engine did not answer within {timeout_s} s") from exc


def _counts(distribution: Mapping[str, int]) -> tuple[FacetCount, ...]:
    rows = [FacetCount(value, count) for value, count in distribution.items() if count]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.value))[:MAX_FACET_VALUES])

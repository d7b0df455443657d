"""SearchIndex on Meilisearch: indexes `<name>` (serves) and `<name>_next` (being built), swapped in one step."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import httpx

from search import requests
from search.documents import ATTRIBUTES, SEARCHABLE, SETTINGS_FINGERPRINT, STEMS
from search.errors import SearchUnavailableError
from search.german import query_words
from search.meilisearch_client import Json, MeilisearchClient, quoted
from search.port import MAX_WINDOW, FacetCount, SearchDocument, SearchHit, SearchRequest, SearchResults

_BUILT_WITH: Final = "built_with"
"""Attribute of ours that holds the fingerprint of the settings a document was made with."""

SETTINGS: Final[Mapping[str, Any]] = {
    "searchableAttributes": [attribute.name for attribute in SEARCHABLE],
    "filterableAttributes": sorted(
        ["id", _BUILT_WITH, *(attribute.name for attribute in ATTRIBUTES if attribute.is_filterable)]
    ),
    "sortableAttributes": sorted(["id", *(attribute.name for attribute in ATTRIBUTES if attribute.is_sortable)]),
    # An order that is asked for comes before relevance; without one, `sort` says nothing. Ties end by id.
    "rankingRules": ["sort", "words", "typo", "attribute", "proximity", "exactness", "id:asc"],
    "typoTolerance": {
        "enabled": True,
        # As in search.german.allowed_typos.
        "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
        "disableOnNumbers": True,
        "disableOnWords": [],
        "disableOnAttributes": [],
    },
    "faceting": {"maxValuesPerFacet": requests.MAX_FACET_VALUES, "sortFacetValuesBy": {"*": "count"}},
    "pagination": {"maxTotalHits": MAX_WINDOW},
    # Terms come from search.german. With the engine's own German analysis on top, typos miss (measured: nDCG@10 of
    # queries with a typo 0.47 instead of 0.73; compounds 0.58 instead of 0.41; all 0.51 instead of 0.55).
    "localizedAttributes": None,
    # Its own default answers with what it has after 1.5 s, as if that were all. Our time limit raises an error instead.
    "searchCutoffMs": 60_000,
    "stopWords": [],
    "synonyms": {},
    "dictionary": [],
    "separatorTokens": [],
    "nonSeparatorTokens": [],
    "distinctAttribute": None,
}


class MeilisearchSearchIndex:
    """SearchIndex on a Meilisearch server; `name` is the index, so that installations can share one server."""

    backend = "meilisearch"

    def __init__(
        self, url: str, key: str, *, name: str = "projects", transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = MeilisearchClient(url, key, transport=transport)
        self._name = name

    async def search(self, request: SearchRequest, *, timeout_s: float = 5.0) -> SearchResults:
        requests.check(request)
        nothing = SearchResults((), 0, is_total_exact=True, facets=dict.fromkeys(request.facets, ()))
        if requests.finds_nothing(request.text):
            return nothing
        try:
            async with asyncio.timeout(timeout_s):
                words = await self._words_found(request)
                if words is None:
                    return nothing
                hits, *counts = await self._ask(
                    [self._hits_query(request, words), *self._facet_queries(request, words)]
                )
        except TimeoutError as exc:
            raise SearchUnavailableError(f"the search engine did not answer within {timeout_s} s") from exc
        distributions: dict[str, Mapping[str, int]] = {}
        for result in (hits, *counts):
            distributions |= result.get("facetDistribution", {})
        return SearchResults(
            hits=tuple(_hits(hits)),
            total_estimate=int(hits["estimatedTotalHits"]),
            is_total_exact=False,
            facets={name: _counts(distributions[name]) for name in request.facets},
        )

    async def suggest(self, prefix: str, *, audiences: Collection[str], limit: int = 8) -> tuple[SearchHit, ...]:
        requests.check_text(prefix)
        words = query_words(prefix)
        if not words:
            return ()
        query = {
            **self._query(" ".join(word.stem for word in words), ["title", f"title{STEMS}"]),
            "matchingStrategy": "all",
            "filter": _any_of("readers", audiences),
            "limit": limit,
        }
        (result,) = await self._ask([query], timeout_s=5.0)
        return tuple(_hits(result))

    async def put(self, documents: Sequence[SearchDocument]) -> None:
        if documents:
            # The engine would create a missing index, with settings of its own.
            await self._client.call("GET", f"/indexes/{self._name}")
            await self._put_into(self._name, documents)

    async def delete(self, ids: Sequence[str]) -> None:
        if ids:
            await self._client.run("POST", f"/indexes/{self._name}/documents/delete-batch", list(ids))

    async def versions(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, int]]:
        query = {"fields": ["id", "version"], "sort": ["id:asc"], "limit": limit}
        if after:
            query["filter"] = f"id > {quoted(after)}"
        answer = await self._client.call("POST", f"/indexes/{self._name}/documents/fetch", query)
        return [(str(row["id"]), int(row["version"])) for row in answer["results"]]

    async def begin_rebuild(self) -> "MeilisearchRebuild":
        name = f"{self._name}_next"
        await self._drop(name)
        await self._client.run("POST", "/indexes", {"uid": name, "primaryKey": "id"})
        await self._client.run("PATCH", f"/indexes/{name}/settings", SETTINGS)
        return MeilisearchRebuild(self, name)

    async def apply_settings(self) -> bool:
        if not await self._exists(self._name):
            return True
        found = await self._client.call("GET", f"/indexes/{self._name}/settings")
        if any(found.get(name) != value for name, value in SETTINGS.items()):
            return True
        query = {"filter": f"{_BUILT_WITH} != {quoted(SETTINGS_FINGERPRINT)}", "limit": 0}
        answer = await self._client.call("POST", f"/indexes/{self._name}/search", query)
        return bool(answer["estimatedTotalHits"])

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
        is_first = not await self._exists(self._name)
        swap = [{"indexes": [name, self._name], "rename": is_first}]
        await self._client.run("POST", "/swap-indexes", swap)
        await self._drop(name)

    async def discard(self, name: str) -> None:
        """Removes `name`, which never served."""
        await self._drop(name)

    async def _put_into(self, name: str, documents: Sequence[SearchDocument]) -> None:
        rows = [
            {**document.attributes, "id": document.id, "version": document.version, _BUILT_WITH: SETTINGS_FINGERPRINT}
            for document in documents
        ]
        await self._client.run("POST", f"/indexes/{name}/documents", rows)

    async def _exists(self, name: str) -> bool:
        answer = await self._client.call("GET", "/indexes?limit=1000")
        return any(index["uid"] == name for index in answer["results"])

    async def _drop(self, name: str) -> None:
        if await self._exists(name):
            await self._client.run("DELETE", f"/indexes/{name}")

    def _query(self, words: str, attributes: Sequence[str]) -> Json:
        return {
            "indexUid": self._name,
            "q": words,
            "attributesToSearchOn": list(attributes),
            "attributesToRetrieve": ["id"],
            "showRankingScore": True,
        }

    async def _ask(self, queries: Sequence[Json], *, timeout_s: float | None = None) -> list[Json]:
        """The results of several queries, in their order."""
        answer = await self._client.call("POST", "/multi-search", {"queries": queries}, timeout_s=timeout_s)
        results = answer.get("results")
        if (
            not isinstance(results, list)
            or len(results) != len(queries)
            or any({"hits", "estimatedTotalHits"} - result.keys() for result in results)
            or any(
                result.get("facetDistribution", {}).keys() != set(query.get("facets", ()))
                for query, result in zip(queries, results, strict=True)
            )
        ):
            raise SearchUnavailableError("the search engine answered something else than was asked")
        return results

    async def _words_found(self, request: SearchRequest) -> str | None:
        """The words to ask for: those that some readable document has; `None` where none has any.

        The engine gives words up from the last on. A word that nobody wrote would make it give up all that follow, and
        as the first one find nothing. Its other strategy, by frequency, counts documents that the caller may not read.
        """
        # A stem begins the word as typed, and both are indexed: so stems find words, endings and prefixes in one query.
        stems = [word.stem for word in query_words(request.text)]
        if len(stems) < 2:
            return " ".join(stems)
        anywhere = replace(request, filters={})
        # A space at the end says that the word is finished, which only the last one may not be.
        each = [*(f"{stem} " for stem in stems[:-1]), stems[-1]]
        together, *alone = await self._ask(
            [{**self._matching(anywhere, " ".join(stems)), "matchingStrategy": "all", "limit": 0}]
            + [{**self._matching(anywhere, text), "limit": 0} for text in each]
        )
        if together["estimatedTotalHits"]:
            # Perhaps only joined (Parkplatz Suche: Parkplatzsuche), so none is left out.
            return " ".join(stems)
        found = [text for text, result in zip(each, alone, strict=True) if result["estimatedTotalHits"]]
        return "".join(found) or None

    def _hits_query(self, request: SearchRequest, words: str) -> Json:
        # Facets that are not filtered are counted over the hits themselves.
        facets = [name for name in request.facets if name not in request.filters]
        column = requests.order(request.sort, request.audiences)
        return {
            **self._matching(request, words),
            "offset": request.offset,
            "limit": request.limit,
            **({"sort": [f"{column[0]}:{'desc' if column[1] else 'asc'}", "id:asc"]} if column else {}),
            **({"facets": facets} if facets else {}),
        }

    def _facet_queries(self, request: SearchRequest, words: str) -> Iterator[Json]:
        for name in request.facets:
            if name in request.filters:
                filters = _filter(request, but=name)
                yield {**self._matching(request, words), "filter": filters, "limit": 0, "facets": [name]}

    def _matching(self, request: SearchRequest, words: str) -> Json:
        searched = [attribute.name for attribute in requests.searchable(request.audiences)]
        return {**self._query(words, searched), "matchingStrategy": "last", "filter": _filter(request)}


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


def _filter(request: SearchRequest, *, but: str = "") -> list[str]:
    """Conditions that all hold: the audience, the filters except `but`, and nothing that is excluded."""
    conditions = [_any_of("readers", request.audiences)]
    conditions.extend(_any_of(name, values) for name, values in request.filters.items() if name != but)
    if request.excluded:
        conditions.append(f"NOT {_any_of('id', request.excluded)}")
    return conditions


def _any_of(name: str, values: Collection[str]) -> str:
    return f"{name} IN [{', '.join(quoted(value) for value in sorted(values))}]"


def _hits(result: Json) -> Iterator[SearchHit]:
    for hit in result["hits"]:
        yield SearchHit(str(hit["id"]), float(hit["_rankingScore"]))


def _counts(distribution: Mapping[str, int]) -> tuple[FacetCount, ...]:
    rows = [FacetCount(value, count) for value, count in distribution.items() if count]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.value)))

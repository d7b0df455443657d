"""Meilisearch without anything of Hubnetz: as installed, and with its own German settings."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import httpx

from bench.relevance.collection import Document
from bench.relevance.systems import DEPTH, batches, unlike_any

_TIMEOUT_S: Final = 60
_TASK_POLL_S: Final = 0.02

# Meilisearch ships no list; these are the most frequent function words, in the spelling of texts.
_STOP_WORDS: Final = """
aber alle als am an auch auf aus bei bis da damit dann das dass dem den der des die dies diese dieser dieses durch ein
eine einem einen einer eines er es für hat haben ich ihr ihre im in ins ist kann mit nach nicht noch nur oder sein sich
sie sind so über um und uns unter vom von vor war was wenn wer werden wie wir wird wo zu zum zur
"""


class PlainMeilisearch:
    """The engine's defaults: words in the order of attributes, typos, the last word as a prefix."""

    name = "installed"
    engine = "meilisearch"
    settings: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}
    """Of each search."""

    def __init__(self, url: str, key: str) -> None:
        self._index = f"/indexes/relevance_{self.name}"
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
            timeout=_TIMEOUT_S,
            trust_env=False,
        )

    async def build(self, documents: Iterable[Document]) -> None:
        await self._drop()
        await self._run("POST", "/indexes", {"uid": self._index.rpartition("/")[2], "primaryKey": "key"})
        if self.settings:
            await self._run("PATCH", f"{self._index}/settings", self.settings)
        for batch in batches(documents):
            rows = [{"key": document.key, **document.texts} for document in batch]
            await self._run("POST", f"{self._index}/documents", rows)

    async def search(self, text: str) -> Sequence[str]:
        query = {"q": text, "limit": DEPTH, "attributesToRetrieve": ["key"], **self.options}
        answer = await self._call("POST", f"{self._index}/search", query)
        return [str(hit["key"]) for hit in answer["hits"]]

    async def unanswered(self, text: str, document: Document) -> Sequence[str]:
        return unlike_any(text, document)

    async def close(self) -> None:
        await self._http.aclose()

    async def _drop(self) -> None:
        answer = await self._http.delete(self._index)
        await self._finish(answer.raise_for_status().json(), may_fail=True)

    async def _run(self, method: str, path: str, body: object) -> None:
        await self._finish(await self._call(method, path, body))

    async def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = await self._http.request(method, path, json=body)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def _finish(self, task: Mapping[str, Any], *, may_fail: bool = False) -> None:
        path = f"/tasks/{task['taskUid']}"
        now = await self._call("GET", path)
        while now["status"] in ("enqueued", "processing"):
            await asyncio.sleep(_TASK_POLL_S)
            now = await self._call("GET", path)
        if now["status"] != "succeeded" and not may_fail:
            raise SystemExit(f"Meilisearch: {now['error']['message']}")


class GermanMeilisearch(PlainMeilisearch):
    """With the engine's German segmentation (compounds) and stop words."""

    name = "german"
    settings: Mapping[str, Any] = {
        "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["deu"]}],
        "stopWords": _STOP_WORDS.split(),
    }
    options: Mapping[str, Any] = {"locales": ["deu"]}

"""Systems by name, opened: in a folder on tantivy, in indexes of their own on a Meilisearch server."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from bench.relevance.plain_meilisearch import GermanMeilisearch, PlainMeilisearch
from bench.relevance.plain_tantivy import GermanTantivy, PlainTantivy
from bench.relevance.systems import System

ENGINES: Final = ("tantivy", "meilisearch")
SYSTEMS: Final = {
    "installed": "the engine as installed",
    "german": "the engine with its own German settings",
    "ours": "Hubnetz",
}
_OWN_INDEXES: Final = "relevance_"
_TASK_POLL_S: Final = 0.05


def server() -> tuple[str, str] | None:
    """Address and key of the Meilisearch to measure; None where there is none."""
    url, key = os.environ.get("MEILI_URL"), os.environ.get("MEILI_KEY")
    return (url, key) if url and key else None


async def opened(engine: str, name: str, folder: Path) -> System:
    """The system, without documents; `folder` is where an embedded one puts its files."""
    if name == "ours":
        # Here, so that the engines alone are measured without loading Hubnetz.
        from bench.relevance.ours import Ours

        return await Ours.on_tantivy(folder / name) if engine == "tantivy" else Ours.on_meilisearch(*_server())
    if engine == "tantivy":
        embedded: Mapping[str, type[PlainTantivy]] = {"installed": PlainTantivy, "german": GermanTantivy}
        return embedded[name](folder / name)
    served: Mapping[str, type[PlainMeilisearch]] = {"installed": PlainMeilisearch, "german": GermanMeilisearch}
    return served[name](*_server())


def size_bytes(engine: str, folder: Path) -> int:
    """What all indexes take on disk that the engine has in `folder`, or on the server."""
    if engine == "tantivy":
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    with _client() as client:
        return int(client.get("/stats").raise_for_status().json()["usedDatabaseSize"])


def clear(engine: str) -> None:
    """Removes what runs left on the server, also one that was cut off."""
    if engine == "tantivy":
        return
    with _client() as client:
        for index in client.get("/indexes", params={"limit": 1_000}).raise_for_status().json()["results"]:
            if index["uid"].startswith(_OWN_INDEXES):
                task = client.delete(f"/indexes/{index['uid']}").raise_for_status().json()["taskUid"]
                while client.get(f"/tasks/{task}").json()["status"] in ("enqueued", "processing"):
                    time.sleep(_TASK_POLL_S)


def _client() -> httpx.Client:
    url, key = _server()
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False)


def _server() -> tuple[str, str]:
    found = server()
    if found is None:
        raise SystemExit("Meilisearch needs MEILI_URL and MEILI_KEY")
    return found

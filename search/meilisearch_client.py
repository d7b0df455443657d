"""Meilisearch over HTTP: requests, tasks, and its errors as ours.

Not the official client: it is synchronous, sets headers that all its threads share on each call (a read can take the
content type from a write), opens a connection per call, and knows one time limit for searches and rebuilds alike.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Literal

import httpx
import orjson

from search.errors import IndexingFailedError, SearchUnavailableError

_NOT_BUILT: Final = "the search index has not been built yet; run: hubnetz reindex"

Json = dict[str, Any]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

_FIRST_WAIT_S: Final = 0.005
_LONGEST_WAIT_S: Final = 0.5
"""Between two looks at a task: small batches take milliseconds, a rebuild's take seconds."""
_TASK_TIMEOUT_S: Final = 600.0
_REQUEST_TIMEOUT_S: Final = 30.0
_DONE: Final = frozenset({"succeeded", "failed", "canceled"})
# Failures of a task that say nothing about the documents: the disk is full, say.
_PASSING: Final = frozenset({"no_space_left_on_device", "io_error", "too_many_open_files"})


class MeilisearchClient:
    """One server, one key. Every failure is a SearchError."""

    def __init__(self, url: str, key: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        try:
            self._http = httpx.AsyncClient(
                base_url=url,
                # Compressing an answer of 1.5 kB takes the server 40 ms longer than sending it.
                headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
                timeout=_REQUEST_TIMEOUT_S,
                transport=transport,
                # The server is named by the operator; a proxy of the environment would see key and texts.
                trust_env=False,
            )
        except (httpx.InvalidURL, UnicodeError) as exc:
            raise SearchUnavailableError(f"not an address of a search engine: {exc}") from exc

    async def close(self) -> None:
        """Closes all connections."""
        await self._http.aclose()

    async def call(self, method: Method, path: str, body: object = None, *, timeout_s: float | None = None) -> Json:
        """The answer to one request.

        Raises:
            SearchUnavailableError: unreachable, too slow, not a Meilisearch, or it refuses the key or the index.
            IndexingFailedError: it refuses what was sent.
        """
        if self._http.is_closed:
            raise SearchUnavailableError("the search index is closed")
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._http.request(method, path, content=content, headers=headers)
        except TimeoutError as exc:
            raise SearchUnavailableError(f"the search engine did not answer within {timeout_s} s") from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise SearchUnavailableError(
                f"the search engine cannot be reached ({type(exc).__name__}); see that it runs, and HUBNETZ_SEARCH_URL"
            ) from exc
        return _answer(response)

    async def run(self, method: Method, path: str, body: object = None) -> None:
        """Sends a request that becomes a task, and returns once the task has succeeded.

        Raises:
            SearchUnavailableError, IndexingFailedError: as for `call`; also where the task failed.
        """
        task = await self.call(method, path, body)
        wait_s = _FIRST_WAIT_S
        try:
            async with asyncio.timeout(_TASK_TIMEOUT_S):
                while task.get("status") not in _DONE:
                    await asyncio.sleep(wait_s)
                    wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                    task = await self.call("GET", f"/tasks/{task['uid'] if 'uid' in task else task['taskUid']}")
        except TimeoutError as exc:
            raise SearchUnavailableError(f"a task of the search engine took over {_TASK_TIMEOUT_S:.0f} s") from exc
        except KeyError as exc:
            raise SearchUnavailableError("the search engine answered without naming a task") from exc
        if task["status"] != "succeeded":
            raise _task_error(task)


def quoted(value: str) -> str:
    """`value` as a string of the filter language, whatever it contains."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _answer(response: httpx.Response) -> Json:
    try:
        answer = orjson.loads(response.content) if response.content else {}
    except orjson.JSONDecodeError as exc:
        raise SearchUnavailableError(f"no Meilisearch answers there (HTTP {response.status_code})") from exc
    if not isinstance(answer, dict):
        raise SearchUnavailableError(f"no Meilisearch answers there (HTTP {response.status_code})")
    if response.is_success:
        return answer
    code, message = str(answer.get("code", "")), str(answer.get("message", ""))
    if response.status_code in (401, 403):
        raise SearchUnavailableError(f"the search engine refuses the key of HUBNETZ_SEARCH_KEY ({code})")
    if code == "index_not_found":
        raise SearchUnavailableError(_NOT_BUILT)
    if code.startswith("invalid_search") or code in ("invalid_document_filter", "invalid_document_sort"):
        # What callers give is checked before; so the index has other settings than this code.
        reason = message.partition("\n")[0]
        raise SearchUnavailableError(
            f"settings of the search index were changed, or it is of another version ({reason}); run: hubnetz reindex"
        )
    if response.status_code < 500 and code and response.status_code not in (408, 429):
        raise IndexingFailedError(f"the search engine refused: {message} ({code})")
    raise SearchUnavailableError(f"the search engine failed: HTTP {response.status_code} {code}".rstrip())


def _task_error(task: Mapping[str, Any]) -> SearchUnavailableError | IndexingFailedError:
    error = task.get("error") or {}
    code = str(error.get("code", task["status"]))
    if code == "index_not_found":
        return SearchUnavailableError(_NOT_BUILT)
    text = f"task {task.get('uid')} of the search engine: {error.get('message', task['status'])} ({code})"
    if code == "no_space_left_on_device":
        text = f"the disk of the search engine is full; make room: {text}"
    if code in _PASSING or error.get("type") in ("internal", "system") or task["status"] == "canceled":
        return SearchUnavailableError(text)
    return IndexingFailedError(text)

"""A client with one kept-alive connection, as a gateway or a browser holds it."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode

from bench.operations import Operation


class Client:
    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def wait(self, *, timeout_s: float = 300.0) -> float:
        """Seconds until the server says that it is ready."""
        started = time.perf_counter()
        while time.perf_counter() - started < timeout_s:
            try:
                self._connection.request("GET", "/readyz")
                response = self._connection.getresponse()
                response.read()
                if response.status == 200:
                    return time.perf_counter() - started
            except (ConnectionError, http.client.HTTPException):
                pass
            self._connection.close()
            time.sleep(0.01)
        raise SystemExit("The server did not become ready.")

    def get(self, path: str, **query: object) -> Any:
        return json.loads(self._answer("GET", f"{path}?{urlencode(query)}" if query else path))

    def ask(self, operation: Operation) -> Any:
        """The data of a GraphQL answer."""
        return json.loads(self._graphql(operation))["data"]

    def time_graphql(self, operation: Operation) -> float:
        """Milliseconds until the answer of Hubnetz was read."""
        started = time.perf_counter()
        self._graphql(operation)
        return (time.perf_counter() - started) * 1e3

    def time_bare(self, operation: Operation, variant: str) -> float:
        """Milliseconds until the answer of the bare limit was read."""
        started = time.perf_counter()
        self._answer("GET", f"/bare?{operation.name}:{variant}")
        return (time.perf_counter() - started) * 1e3

    def _graphql(self, operation: Operation) -> bytes:
        body = json.dumps({"query": operation.document, "variables": operation.variables})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = self._answer("POST", operation.path, body, headers)
        assert not answer.startswith(b'{"errors"'), answer[:500]
        return answer

    def _answer(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> bytes:
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        answer = response.read()
        assert response.status == 200, (path, answer[:500])
        return answer

    def close(self) -> None:
        self._connection.close()

"""Hive Gateway of `deploy/router` over a subgraph of somebody else, alone or beside ours, and how it is asked."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tests.fixtures.foreign import STATION, Foreign
from tests.fixtures.process import START_S, Running
from tests.fixtures.routers import Subgraphs, compose, hive, subgraphs

GRAPHQL: Final = {"accept": "application/graphql-response+json"}


@dataclass(frozen=True)
class Routed:
    """A running router.

    Attributes:
        parts: Ours behind it; None where there is the foreign one alone.
    """

    router: Running
    foreign: Foreign
    parts: Subgraphs | None = None

    def post(self, query: str, *, headers: dict[str, str] | None = None, **variables: Any) -> httpx.Response:
        return httpx.post(
            f"{self.router.url}/graphql",
            json={"query": query, "variables": variables},
            headers=GRAPHQL | (headers or {}),
            timeout=START_S,
        )

    def ask(self, query: str, *, token: str = "", **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return dict(self.post(query, headers=headers, **variables).json())

    def directly(self, query: str, *, token: str = "", path: str = "/graphql", **variables: Any) -> dict[str, Any]:
        """The same of the gateway of one process, or of one of our subgraphs."""
        assert self.parts is not None
        headers = GRAPHQL | ({"authorization": f"Bearer {token}"} if token else {})
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.parts.gateway.url}{path}", json=body, headers=headers, timeout=START_S)
        return dict(answer.json())


@contextlib.contextmanager
def beside_nobody(folder: Path, **env: str) -> Iterator[Routed]:
    with Foreign().serving() as foreign, hive(compose({"parking": foreign.url}, folder), **env) as router:
        yield Routed(router, foreign)


@contextlib.contextmanager
def beside_ours(
    folder: Path, given: dict[str, str] | None = None, *, promised: str = "", **env: str
) -> Iterator[Routed]:
    """The foreign one beside our three, and in the supergraph a station that is not there.

    Args:
        given: Settings of ours.
        promised: What the foreign one says of itself beyond what it knows.
    """
    with contextlib.ExitStack() as opened:
        foreign = opened.enter_context(Foreign().serving())
        foreign.sdl += promised
        parts = opened.enter_context(subgraphs(folder, **(given or {})))
        with Foreign(STATION).serving() as station:
            supergraph = compose(parts.urls | {"parking": foreign.url, "station": station.url}, folder)
        yield Routed(opened.enter_context(hive(supergraph, **env)), foreign, parts)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]

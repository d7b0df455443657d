"""One process that answers the same question in every way that is compared, so that all of them share its conditions.

`/graphql` and `/subgraphs/*` are Hubnetz as it is served; `/bare` is the bare limit behind the smallest HTTP server;
`/loop` asks within the process, in all ways in turn, and answers with the time of each call in milliseconds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import orjson
import uvicorn
from graphql import parse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.principal import Anonymous
from bench.limits import LadybugLimit, Limit, Neo4jLimit
from bench.operations import Operation, operations
from graph.tally import tallied
from network.app import Role, create_app, open_ports
from network.configuration.settings import Settings, load
from network.context import Context
from network.execution import execute
from network.schema.gateway import compose
from network.subgraphs import schemas

Ask = Callable[[], Awaitable[Any]]


class Ways:
    """The ways of one operation: bare through the driver, and through the engine, compiled or stock."""

    def __init__(self, ports: Any, limit: Limit, projects: int) -> None:
        self._ports = ports
        self._limit = limit
        self._operations = {operation.name: operation for operation in operations(projects)}
        subgraphs = schemas()
        self._schemas = {"/graphql": compose(subgraphs), "/subgraphs/projects": subgraphs["projects"]._schema}
        self._documents = {name: parse(operation.document) for name, operation in self._operations.items()}

    def all(self, name: str) -> dict[str, Ask]:
        """How `name` can be asked, by the name of the way."""
        operation = self._operations[name]
        raw = {f"raw:{variant}": partial(self.bare, operation, variant) for variant in self._limit.variants(name)}
        return {
            **raw,
            "engine": partial(self._engine, operation, True),
            "stock": partial(self._engine, operation, False),
        }

    async def bare(self, operation: Operation, variant: str) -> bytes:
        return orjson.dumps(await self._limit.ask(operation.name, variant, operation.parameters))

    async def _engine(self, operation: Operation, is_compiled: bool) -> bytes:
        context = Context(store=self._ports.graph, search=self._ports.search, caller=Anonymous())
        result = await execute(
            self._schemas[operation.path],
            self._documents[operation.name],
            context=context,
            variables=operation.variables,
            operation_name=None,
            is_fast=is_compiled,
        )
        assert not result.errors, result.errors
        return orjson.dumps(result.data)

    def bare_by_name(self, name: str, variant: str) -> Ask:
        return partial(self.bare, self._operations[name], variant)

    def variants(self, name: str) -> list[str]:
        return self._limit.variants(name)


async def _loop(ways: dict[str, Ask], turns: int) -> dict[str, list[float]]:
    """Milliseconds of each call, by way. In turns, so that what else the machine does meets all of them."""
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(turns):
        for way, ask in ways.items():
            started = time.perf_counter()
            await ask()
            times[way].append((time.perf_counter() - started) * 1e3)
    return times


def _routes(ways: Ways, hubnetz: ASGIApp) -> ASGIApp:
    async def loop(request: Request) -> Response:
        query = request.query_params
        chosen = {way: ask for way, ask in ways.all(query["name"]).items() if way != query.get("without")}
        return Response(orjson.dumps(await _loop(chosen, int(query["turns"]))))

    async def graph_calls(request: Request) -> Response:
        """Statements that one operation takes: compiled and stock."""
        counts = {}
        for way, ask in ways.all(request.query_params["name"]).items():
            with tallied() as asked:
                await ask()
            counts[way] = asked.calls
        return Response(orjson.dumps(counts))

    async def variants(request: Request) -> Response:
        return Response(orjson.dumps(ways.variants(request.query_params["name"])))

    bench = Router([Route("/loop", loop), Route("/variants", variants), Route("/calls", graph_calls)])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/bare":
            # No framework: the least that can be done for a request.
            name, _, variant = scope["query_string"].decode().partition(":")
            body = await ways.bare_by_name(name, variant)()
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": body})
        elif scope["type"] == "http" and scope["path"] in ("/loop", "/variants", "/calls"):
            await bench(scope, receive, send)
        else:
            await hubnetz(scope, receive, send)

    return app


def _limit(settings: Settings, ports: Any) -> Limit:
    if settings.is_graph_embedded:
        return LadybugLimit(ports.graph._database)
    return Neo4jLimit(settings.graph_url)


async def main(projects: int) -> None:
    """Serves until it is told to stop; the network has been generated before."""
    settings = load()
    ports = await open_ports(settings)
    await ports.graph.apply_schema()
    # Without the indexer: nothing but the measured work.
    hubnetz = create_app(settings, ports, role=Role.WEB)
    app = _routes(Ways(ports, _limit(settings, ports), projects), hubnetz)
    config = uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    import sys

    asyncio.run(main(int(sys.argv[1])))

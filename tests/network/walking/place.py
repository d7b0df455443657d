"""The whole application over the network that is walked, and how its callers ask."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from graphql import GraphQLSchema
from starlette.types import ASGIApp

from auth.errors import InvalidTokenError
from auth.principal import Principal
from graph.backends.ladybug.store import LadybugGraphStore
from network.app import create_app
from network.configuration.settings import load
from network.ports import Ports
from search.indexer import Indexer
from search.tantivy_index import TantivySearchIndex
from tests.fixtures.made_once import shared_gateway, shared_schemas
from tests.network.plain import client
from tests.network.walking.checks import Check
from tests.network.walking.making import make
from tests.network.walking.world import CALLERS, World

GATEWAY = "/graphql"
_LIMITS = ("TOKENS", "ALIASES", "ROOT_FIELDS", "FIELDS", "COST", "DIRECTIVES")


class _Tokens:
    """Stands where tokens are verified: the name of a caller is its token."""

    async def authenticate(self, token: str) -> Principal:
        found = CALLERS.get(token)
        if not isinstance(found, Principal):
            raise InvalidTokenError("not a token of ours")
        return found


@dataclass(frozen=True)
class Place:
    app: ASGIApp
    ports: Ports
    world: World
    surfaces: dict[str, GraphQLSchema]
    """Schema by the path at which it is served: the gateway and each subgraph."""

    async def ask(self, name: str, query: str, *, path: str = GATEWAY, **variables: Any) -> httpx.Response:
        headers = {} if name == "anonymous" else {"authorization": f"Bearer {name}"}
        async with client(self.app) as http:
            return await http.post(path, json={"query": query, "variables": variables}, headers=headers, timeout=60)

    async def data(self, name: str, query: str, *, path: str = GATEWAY, **variables: Any) -> tuple[str, Any]:
        """The body and the data of an answer without errors."""
        response = await self.ask(name, query, path=path, **variables)
        body = response.json()
        assert "errors" not in body, body["errors"][:3]
        return response.text, body["data"]

    def check(self, name: str, path: str = GATEWAY) -> Check:
        return Check(self.world, self.surfaces[path], CALLERS[name])


def surfaces() -> dict[str, GraphQLSchema]:
    parts = shared_schemas()
    return {GATEWAY: shared_gateway(parts), **{f"/subgraphs/{name}": part._schema for name, part in parts.items()}}


@contextlib.asynccontextmanager
async def place(folder: Path) -> AsyncIterator[Place]:
    given = {f"HUBNETZ_MAX_{name}": "1000000" for name in _LIMITS}
    given |= {"HUBNETZ_DATA_DIR": str(folder), "HUBNETZ_MAX_BODY_BYTES": "16000000", "HUBNETZ_MAX_DEPTH": "60"}
    given |= {"HUBNETZ_TIMEOUT_S": "120"} | {f"HUBNETZ_RATE_{name}": "0" for name in ("REQUESTS", "OPERATIONS", "COST")}
    settings = load(given, env_file=folder / "none")
    # Each connection keeps the statements that it prepared, and these are many and long.
    store = await LadybugGraphStore.open(folder / "graph", readers=1)
    await store.apply_schema()
    world = make()
    await world.plant(store)
    index = await TantivySearchIndex.open(folder / "index")
    await Indexer(store, index, holder="tests").full_rebuild()
    ports = Ports(graph=store, search=index, authenticator=_Tokens())
    try:
        yield Place(create_app(settings, ports), ports, world, surfaces())
    finally:
        await ports.close()

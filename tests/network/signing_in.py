"""A browser in front of the whole application, and the application over issuers of the test's own."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from graph.port import GraphStore
from network.app import create_app, open_ports
from network.configuration.settings import load
from network.pages.frame.table_desk import TableDesk
from network.ports import Ports
from tests.fixtures.issuer import AUDIENCE
from tests.fixtures.provider import CLIENT, SECRET, SigningProvider

VIEWER = {"query": "{ viewer { subject memberships } }"}
PUBLIC_URL = "http://127.0.0.1:8000"
KEY = "k" * 43


def issuers_file(folder: Path, **providers: SigningProvider) -> Path:
    """The operator's word on `providers`, by slug."""
    (folder / "secret").write_text(SECRET)
    file = folder / "issuers.toml"
    file.write_text(
        "".join(
            f'[[issuer]]\nissuer = "{provider.url}"\nname = "Anmeldung {slug}"\naudience = "{AUDIENCE}"\nslug = "{slug}"\n'
            f'client_id = "{CLIENT}"\nclient_secret_file = "secret"\nalgorithms = ["RS256"]\n'
            '[[issuer.grant]]\nclaim = "realm_access.roles"\nequals = "lead-zeitz"\nmembership = "hub_lead:zeitz"\n'
            '[[issuer.grant]]\nclaim = "realm_access.roles"\nequals = "lead-wilster"\nmembership = "hub_lead:wilster"\n'
            for slug, provider in providers.items()
        )
    )
    return file


class Service:
    """The application; each `app()` is a process of its own on the same data."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.settings = load({f"HUBNETZ_{name}": value for name, value in given.items()}, env_file=folder / "none")
        self._opened: Ports | None = None
        self._made: list[Ports] = []

    async def __aenter__(self) -> Self:
        self._opened = await open_ports(self.settings)
        await self._opened.graph.apply_schema()
        return self

    async def __aexit__(self, *_: object) -> None:
        for ports in self._made:
            await ports.service.close()
        assert self._opened is not None
        await self._opened.close()

    @property
    def graph(self) -> GraphStore:
        assert self._opened is not None
        return self._opened.graph

    def app(
        self, *, graph: Any = None, tables: TableDesk | None = None, clock: Callable[[], float] = time.monotonic
    ) -> Any:
        """Another process; what is given takes the place of what it would stand on."""
        assert self._opened is not None
        made = Ports(
            graph=graph or self._opened.graph, search=self._opened.search, tables=tables or TableDesk(), clock=clock
        )
        self._made.append(made)
        return create_app(self.settings, made)


class Browser(httpx.AsyncClient):
    """Keeps cookies and follows no redirect by itself; says where its requests come from, as browsers do."""

    def __init__(self, app: Any, url: str = PUBLIC_URL) -> None:
        super().__init__(transport=httpx.ASGITransport(app=app), base_url=url)
        self.origin = url
        self.headers["accept"] = "text/html,*/*;q=0.8"

    async def begin(self, slug: str = "hubs") -> str:
        """The issuer's address that the browser is sent to."""
        response = await self.get(f"/sign-in/{slug}")
        assert response.status_code == 303, response.text
        return response.headers["location"]

    async def come_back(self, answer: dict[str, str], slug: str = "hubs") -> httpx.Response:
        return await self.get(f"/sign-in/{slug}/callback?{urlencode(answer)}")

    async def sign_in(self, provider: SigningProvider, slug: str = "hubs") -> None:
        response = await self.come_back(provider.authorize(await self.begin(slug)), slug)
        assert (response.status_code, response.headers["location"]) == (303, "/"), response.text

    async def ask(self, query: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        given = {"origin": self.origin, "sec-fetch-site": "same-origin", "accept": "*/*"} | headers
        return await self.post("/graphql", json=query or VIEWER, headers=given)

    async def memberships(self) -> list[str] | None:
        """Those of the viewer; None for nobody."""
        response = await self.ask()
        if response.status_code == 401:
            return None
        viewer = response.json()["data"]["viewer"]
        return None if viewer is None else list(viewer["memberships"])

    async def form_token(self) -> str:
        return str(re.findall(r'name="form_token" value="([^"]+)"', (await self.get("/")).text)[0])

    async def sign_out(self, **form: str) -> httpx.Response:
        given = {"form_token": await self.form_token()} | form
        return await self.post("/sign-out", data=given, headers={"origin": self.origin})

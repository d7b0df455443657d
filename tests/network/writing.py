"""A small network that can be written to over HTTP: the whole application with its indexer, and callers of several houses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from auth.errors import InvalidTokenError
from auth.principal import Membership, Principal
from graph.model import Project
from graph.port import GraphStore
from graph.vocabulary import Stage
from network.app import create_app
from network.configuration.settings import load
from network.ports import Ports
from tests.fixtures.builders import (
    make_hub,
    make_municipality,
    make_organisation,
    make_project,
    make_service,
    make_topic,
    make_university,
    plant,
    relate,
    serves,
)
from tests.network.plain import client


def _principal(name: str, *memberships: str) -> Principal:
    return Principal("https://id.example", name, frozenset(map(Membership.parse, memberships)))


CALLERS = {
    "zeitz": _principal("zeitz", "hub_lead:zeitz"),
    "zeitz-colleague": _principal("zeitz-colleague", "hub_lead:zeitz"),
    "zeitz-member": _principal("zeitz-member", "hub_member:zeitz"),
    "wilster": _principal("wilster", "hub_lead:wilster"),
    "stadt": _principal("stadt", "municipality:150840590590"),
    "amt": _principal("amt", "municipality:010615169"),
    "einbeck": _principal("einbeck", "municipality:031550013013"),
    "merseburg": _principal("merseburg", "university:05gqaka33"),
    "dataport": _principal("dataport", "organisation:dataport"),
    "admin": _principal("admin", "network_admin"),
    "stranger": _principal("stranger"),
    "kim": _principal("kim"),
}

zeitz = make_hub("zeitz", name="DigitalHub Zeitz", version=1)
wilster = make_hub("wilster", name="DigitalHub Wilster")
stadt = make_municipality("150840590590", name="Zeitz", kind="STADT")
gemeinde = make_municipality("010615169134", name="Wewelsfleth", state="Schleswig-Holstein")
einbeck = make_municipality("031550013013", name="Einbeck", kind="STADT", state="Niedersachsen")
merseburg = make_university("05gqaka33", name="Hochschule Merseburg")
dataport = make_organisation("dataport", name="Dataport")
NETWORK = (
    *(zeitz, wilster, stadt, gemeinde, einbeck, merseburg, dataport),
    make_topic("mobilitaet", name_de="Mobilität", name_en="Mobility"),
    make_service("99115005000000", name="Wohnsitz anmelden"),
    serves(zeitz, stadt),
    serves(wilster, gemeinde),
)


class Tokens:
    """Stands where tokens are verified: the name of a caller is its token."""

    async def authenticate(self, token: str) -> Principal:
        if token not in CALLERS:
            raise InvalidTokenError("not a token of ours")
        return CALLERS[token]


@dataclass(frozen=True)
class Desk:
    """The application, and what stands behind it."""

    app: ASGIApp
    ports: Ports

    @property
    def store(self) -> GraphStore:
        return self.ports.graph

    async def post(self, query: str, caller: str | None = None, *, path: str = "/graphql", **variables: Any) -> Any:
        """The response to one operation, whatever it is."""
        headers = {} if caller is None else {"authorization": f"Bearer {caller}"}
        async with client(self.app) as http:
            return await http.post(path, json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, caller: str | None = None, **variables: Any) -> Any:
        """The data of an answer without errors."""
        response: httpx.Response = await self.post(query, caller, **variables)
        body = response.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def write(self, mutation: str, shows: str, caller: str | None = None, **given: Any) -> Any:
        """What one mutation answers: `shows` of its success, everything of a problem, `__typename` of each."""
        kind = mutation[0].upper() + mutation[1:]
        text = f"""mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{
            __typename
            ... on {kind}Success {{ clientMutationId {shows} }}
            ... on Problem {{ message }}
            ... on Conflict {{ currentVersion allowedMoves }}
            ... on InvalidInput {{ problems {{ path message }} }}
        }} }}"""
        return (await self.ask(text, caller, input=given))[mutation]

    async def project(self, key: str, *, owner: Any = zeitz, **properties: Any) -> Project:
        """A project that was planted as it is, published by default; without an owner where that is None."""
        defaults = {"visibility": "PUBLIC", "readers": ("public",), "stage": Stage.PUBLISHED, "version": 1}
        planted = make_project(key, **{**defaults, **properties})
        await plant(self.store, planted, *([] if owner is None else [relate("OWNS", owner, planted)]))
        return planted


@contextlib.asynccontextmanager
async def desk(folder: Path, open_ports: Any, **given: str) -> AsyncIterator[Desk]:
    """The application over an empty folder with `NETWORK` in it, from start to end of its lifespan.

    Args:
        given: Settings without their prefix.
    """
    named = {f"HUBNETZ_{name}": value for name, value in given.items()}
    settings = load({"HUBNETZ_DATA_DIR": str(folder), **named}, env_file=folder / "no.env")
    opened = await open_ports(settings)
    await opened.graph.apply_schema()
    await plant(opened.graph, *NETWORK)
    ports = Ports(graph=opened.graph, search=opened.search, authenticator=Tokens())
    app = create_app(settings, ports)
    incoming: asyncio.Queue[Any] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    assert (await outgoing.get())["type"] == "lifespan.startup.complete"
    yield Desk(app, ports)
    await incoming.put({"type": "lifespan.shutdown"})
    assert (await outgoing.get())["type"] == "lifespan.shutdown.complete"
    await running


WITHDRAW = """mutation ($id: ID!, $name: String, $version: Int) {
  withdrawProject(input: {project: $id, clientMutationId: $name, expectedVersion: $version}) {
    __typename
    ... on WithdrawProjectSuccess { clientMutationId project { id stage version hub { name } } }
    ... on Problem { message }
    ... on Conflict { currentVersion }
    ... on InvalidInput { problems { path message } }
  }
}"""
STATE = "project { id slug title stage version owner { id } reviewer { slug } }"
FIVE = {
    "title": "Smarte Bank am Markt",
    "summary": "Eine Bank mit Ladestation. Sie misst das Wetter. Sie zeigt Termine an.",
    "status": "PILOT",
    "house": "University:05gqaka33",
    "contact": {"function": "Transferstelle", "email": "transfer@hochschule.example"},
}


async def draft(office: Desk, caller: str = "merseburg", **given: Any) -> Any:
    """A draft of the university, as its author reads it."""
    answer = await office.write("createProjectDraft", STATE, caller, **FIVE | given)
    assert answer["__typename"] == "CreateProjectDraftSuccess", answer
    return answer["project"]


async def published(office: Desk, **given: Any) -> Any:
    """A published project of the university, reviewed by Zeitz."""
    entry = await draft(office, **given)
    handed_in = await office.write("submitProject", STATE, "merseburg", project=entry["id"], reviewer="Hub:zeitz")
    assert handed_in["__typename"] == "SubmitProjectSuccess", handed_in
    answer = await office.write("publishProject", STATE, "zeitz", project=entry["id"])
    assert answer["__typename"] == "PublishProjectSuccess", answer
    return answer["project"]


async def read(office: Desk, entry: Any, shows: str, caller: str | None = None) -> Any:
    """What a caller sees of a project."""
    return (await office.ask(f"query ($id: ID!) {{ project(id: $id) {{ {shows} }} }}", caller, id=entry["id"]))[
        "project"
    ]


def paths(answer: Any) -> set[str]:
    """Where the input cannot be meant."""
    assert answer["__typename"] == "InvalidInput", answer
    return {".".join(problem["path"]) for problem in answer["problems"]}

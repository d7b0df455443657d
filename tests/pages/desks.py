"""People of several houses at browsers in front of the whole application, who fill in forms as browsers send them."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

import httpx

from graph.model import Project
from graph.relationships import Relationship
from graph.telling.teller import Teller
from graph.vocabulary import Stage
from tests.fixtures.builders import make_municipality, make_project, plant, relate
from tests.fixtures.provider import SigningProvider
from tests.network.signing_in import PUBLIC_URL, Browser, Service, issuers_file
from tests.network.writing import NETWORK, gemeinde, zeitz

amt = make_municipality("010615169", name="Amt Wilstermarsch", kind="AMT", state="Schleswig-Holstein")
ROLES: Final = {
    "zeitz": "hub_lead:zeitz",
    "wilster": "hub_lead:wilster",
    "colleague": "hub_member:zeitz",
    "stadt": "municipality:150840590590",
    "einbeck": "municipality:031550013013",
    "amt": "municipality:010615169",
    "merseburg": "university:05gqaka33",
    "admin": "network_admin",
}
"""Name of a role at the provider -> membership that it gives."""
OURS: Final = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Person(Browser):
    """A browser of somebody, which sends forms with the fields that stand in them."""

    async def opened(self, path: str) -> str:
        """The page, which is there."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the form that a page sends to its own address."""
        return hidden_of(await self.opened(path), path)

    async def fill(self, path: str, **typed: Any) -> httpx.Response:
        """Opens the form at `path` and sends it with `typed`; `__` in a name stands for a dot."""
        return await self.submit(
            path, await self.hidden(path) | {name.replace("__", "."): value for name, value in typed.items()}
        )

    async def submit(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        return await self.post(path, data=fields, headers=OURS)

    async def follow_on(self, answer: httpx.Response) -> str:
        """The page that a form led on to."""
        assert answer.status_code == 303, answer.text
        return await self.opened(answer.headers["location"])


def led_to(answer: httpx.Response) -> str:
    """Where a form led on to, with the name of what is said there and without the signature that lets it be said."""
    return re.sub(r"\b(done=[a-z-]+)\.[0-9a-f]+\.[\w-]+", r"\1", answer.headers["location"])


def hidden_of(text: str, path: str) -> dict[str, str]:
    """The hidden fields of the form of a page that is sent to `path`."""
    for form in re.findall(r"<form .*?</form>", text, re.DOTALL):
        if f'action="{path}"' in unescape(form):
            return {name: unescape(value) for name, value in _HIDDEN.findall(form)}
    raise AssertionError(f"no form to {path}")


@dataclass
class Office:
    """The application over `NETWORK`, and whoever comes in."""

    service: Service
    provider: SigningProvider
    app: Any

    async def person(self, *roles: str) -> Person:
        """Somebody of that house, signed in; nobody where no role is named."""
        browser = Person(self.app)
        if roles:
            self.provider.subject, self.provider.roles = "-".join(roles), [*roles]
            await browser.sign_in(self.provider)
        return browser

    async def project(self, key: str, *more: Relationship, owner: Any = zeitz, **properties: Any) -> Project:
        """A project that was planted as it is, published by default."""
        defaults = {"visibility": "PUBLIC", "readers": ("public",), "stage": Stage.PUBLISHED, "version": 1}
        planted = make_project(key, **{**defaults, **properties})
        await plant(self.service.graph, planted, *([] if owner is None else [relate("OWNS", owner, planted)]))
        return planted

    async def tell(self) -> None:
        """Whoever is to hear of what happened so far, has."""
        while await Teller(self.service.graph, holder="desks").tell():
            pass

    async def ask(self, person: Person, query: str, **variables: Any) -> Any:
        """What the API says to somebody."""
        answer = (await person.ask({"query": query, "variables": variables})).json()  # type: ignore[dict-item] # JSON
        assert "errors" not in answer, answer
        return answer["data"]


def _grants(folder: Path) -> None:
    file = folder / "issuers.toml"
    grants = "".join(
        f'[[issuer.grant]]\nclaim = "realm_access.roles"\nequals = "{role}"\nmembership = "{membership}"\n'
        for role, membership in ROLES.items()
    )
    file.write_text(file.read_text() + grants)


@contextlib.asynccontextmanager
async def office_of(folder: Path, provider: SigningProvider, **settings: str) -> AsyncIterator[Office]:
    """An office of its own; `settings` without their prefix."""
    issuers = issuers_file(folder, hubs=provider)
    _grants(folder)
    async with Service(folder, DATA_DIR=str(folder / "var"), ISSUERS=str(issuers), **settings) as service:
        await plant(service.graph, *NETWORK, amt, relate("PART_OF", gemeinde, amt))
        yield Office(service, provider, service.app())

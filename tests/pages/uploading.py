"""Tables as a browser uploads them, and what its pages say of each row."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from uuid import uuid4

import httpx

from network.pages.upload.template import workbook
from tests.pages.desks import OURS, Office, Person, hidden_of

Row = Mapping[str, str]
PROJECT = """query ($slug: String) { project(slug: $slug) { title summary stage status version started oneOffCost
  topics { slug } contact { function email phone } owner { ... on House { id } } houses(first: 5) { edges { askedAt node { ... on House { id } } } } } }"""
OF_HUB = """query ($after: String) { projects(filter: { house: "Hub:zeitz" }, first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { title } } } }"""


def bank(title: str, **more: str) -> dict[str, str]:
    """A row with everything that a new entry needs."""
    return {
        "title": title,
        "summary": "Eine Bank mit Ladestation.",
        "status": "im Test",
        "contact.function": "Bauhof",
        **{name.replace("__", "."): text for name, text in more.items()},
    }


def unique(word: str) -> str:
    return f"{word} {uuid4().hex[:8]}"


async def upload(person: Person, content: bytes, *, name: str = "tabelle.xlsx", **fields: str) -> httpx.Response:
    given = {"form_token": await person.form_token()} | fields
    return await person.post("/upload", data=given, files={"table": (name, content)}, headers=OURS)


async def previewed(person: Person, *rows: Row) -> str:
    answer = await upload(person, workbook([], rows))
    assert answer.status_code == 200, answer.text
    return answer.text


def card(page: str, number: int) -> str:
    """What the preview says of one row, as people read it."""
    found = re.findall(rf'<article class="card" id="row-{number}">(.*?)</article>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def form_of(page: str) -> dict[str, Any]:
    """The form that takes over, as it is sent when nothing is ticked or unticked."""
    ticked = re.findall(r'name="row" value="(\d+)" checked', page)
    return hidden_of(page, "/upload/take-over") | {"row": ticked}


async def taken(person: Person, page: str, **changed: Any) -> httpx.Response:
    return await person.submit("/upload/take-over", form_of(page) | changed)


def slug_of(answer: httpx.Response, title: str) -> str:
    found = re.findall(rf'<a href="/projects/([^"/]+)(?:/edit)?">{re.escape(title)}</a>', answer.text)
    assert found, answer.text
    return str(found[0])


async def stored(office: Office, person: Person, slug: str) -> Any:
    return (await office.ask(person, PROJECT, slug=slug))["project"]


async def titles(office: Office, person: Person) -> list[str]:
    """Of everything that the hub has, drafts with it."""
    found: list[str] = []
    after = None
    while True:
        projects = (await office.ask(person, OF_HUB, after=after))["projects"]
        found += [edge["node"]["title"] for edge in projects["edges"]]
        if not projects["pageInfo"]["hasNextPage"]:
            return found
        after = projects["pageInfo"]["endCursor"]

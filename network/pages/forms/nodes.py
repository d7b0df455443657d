"""What a form is about: one node, found by what its address names."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from network.pages import operations
from network.pages.forms.action import Subject
from network.pages.frame.entry_addresses import PAGES, place_of, project_page
from network.pages.frame.keys import key_in
from network.pages.frame.site import Site

Data = Mapping[str, Any]


async def node_of(site: Site, request: Request, id_: str, labels: frozenset[str]) -> Data:
    """What has that id.

    Raises:
        AskingError: it is not there, or not for the reader.
        HTTPException: it is nothing of the kind: there is no such page.
    """
    node: Data = (await site.asking.ask(request, operations.action_node(id=id_))).need("node")
    if node["__typename"] not in labels:
        raise HTTPException(404)
    return node


def by_path(label: str) -> Callable[[Site, Request], Any]:
    async def load(site: Site, request: Request) -> Subject:
        node = await node_of(site, request, f"{label}:{key_in(request)}", frozenset({label}))
        return _subject(node)

    return load


def _subject(node: Data) -> Subject:
    """What a question, an answer or an adoption stands on: its project or topic."""
    asked = node["question"] if node["__typename"] == "Answer" else node
    about = asked.get("project") or asked.get("topic")
    quoted = {**node, "quoted": node.get("text")}
    if node["__typename"] in PAGES:
        path, title = place_of(node)
    elif about is None:
        return Subject(data=quoted)
    elif "title" in about:
        path, title = project_page(about["slug"]), about["title"]
    else:
        path, title = f"/topics/{about['slug']}", about["nameDe"]
    part = "reuse" if node["__typename"] == "Adoption" else "questions" if asked.get("text") else ""
    return Subject(data=quoted, title=title, address=f"{path}#{part}" if part else path, version=node.get("version"))

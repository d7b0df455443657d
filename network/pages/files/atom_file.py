"""A list of projects as news that feed readers fetch: Atom (RFC 4287). Pure."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from network.pages.files.feed_text import BEGINNING, clean, moment

Data = Mapping[str, Any]
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_YEAR: Final = "2026"
"""Of the tags in ids (RFC 4151): the first year in which the host names them. Ids never change, so neither does it."""
register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A feed before it is written.

    Attributes:
        address: Where it is fetched; without the secret of a personal one, which readers would show and pass on.
        page: Of the same list.
    """

    title: str
    address: str
    page: str
    public_url: str
    projects: list[Data]

    @property
    def updated(self) -> datetime:
        return max((moment(project["updatedAt"]) for project in self.projects), default=BEGINNING)


def atom_file(news: News) -> bytes:
    feed = Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "de"})
    host = urlsplit(news.public_url).hostname or "localhost"
    _text(feed, "id", f"tag:{host},{_YEAR}:{news.address.removeprefix(news.public_url)}")
    _text(feed, "title", clean(news.title))
    _text(feed, "updated", _rfc3339(news.updated))
    _link(feed, "self", news.address, "application/atom+xml")
    _link(feed, "alternate", news.page, "text/html")
    _text(SubElement(feed, f"{{{_ATOM}}}author"), "name", "Hubnetz")
    for project in _latest_first(news.projects):
        _entry(feed, project, host, news.public_url)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Element, project: Data, host: str, public_url: str) -> None:
    entry = SubElement(feed, f"{{{_ATOM}}}entry")
    _text(entry, "id", _id(project["id"], host))
    _text(entry, "title", clean(project["title"]) or project["slug"])
    _text(entry, "updated", _rfc3339(moment(project["updatedAt"])))
    _text(entry, "published", _rfc3339(moment(project["createdAt"])))
    _link(entry, "alternate", f"{public_url}/projects/{project['slug']}", "text/html")
    if project["summary"]:
        _text(entry, "summary", clean(project["summary"]))
    if project["owner"]:
        _text(SubElement(entry, f"{{{_ATOM}}}author"), "name", clean(project["owner"]["name"]))
    for topic in project["topics"]:
        SubElement(entry, f"{{{_ATOM}}}category", {"term": topic["slug"], "label": clean(topic["nameDe"])})


def _id(global_id: str, host: str) -> str:
    """The same wherever the service moves, where the key allows it."""
    try:
        return uuid.UUID(global_id.partition(":")[2]).urn
    except ValueError:
        return f"tag:{host},{_YEAR}:{global_id}"


def _latest_first(projects: Iterable[Data]) -> list[Data]:
    return sorted(projects, key=lambda project: moment(project["updatedAt"]), reverse=True)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _link(parent: Element, relation: str, address: str, media_type: str) -> None:
    SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": address, "type": media_type})


def _rfc3339(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")

"""Topics and services, chosen in a form."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from network.pages import operations
from network.pages.forms.inputs import Input, Widget, find
from network.pages.frame.fields import Field, FieldKind
from network.pages.frame.language import Language, language_of, message
from network.pages.frame.site import Site

TOPICS: Final = Input(
    field=Field(name="topics", kind=FieldKind.MANY, most=5_000), label=message("Themen"), widget=Widget.BOXES
)
SERVICES: Final = find(
    "services",
    message("Leistungen"),
    "services",
    hint=message("Um welche Verwaltungsleistungen geht es? Zum Beispiel: Personalausweis."),
    kind=FieldKind.MANY,
)


async def topic_choices(site: Site, request: Request) -> list[tuple[str, str]]:
    """Slug and name of each topic, in the language of the page."""
    return topics_of(request, (await site.asking.ask(request, operations.topic_choices())).data)


def topics_of(request: Request, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of an answer that has the first topics."""
    is_english = language_of(request.url.path) is Language.ENGLISH
    nodes = [edge["node"] for edge in (data.get("topics") or {"edges": []})["edges"]]
    return [(one["slug"], (one["nameEn"] if is_english else None) or one["nameDe"]) for one in nodes]

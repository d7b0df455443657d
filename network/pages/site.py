"""What every page is made from: its templates, its questions to the API, and the routes in both languages."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from network.authentication import Browsers
from network.pages.asking import Asking
from network.pages.language import ENGLISH_PREFIX
from network.pages.links import Doors
from network.pages.queries import ReadyQuery
from network.pages.rendering import Renderer

EXPLORER: Final = Path(__file__).parent.parent / "explorer_assets" / "dist"
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages show and ask.

    Attributes:
        schema: SDL of the API.
        built: Folder of the explorer that `make explorer` builds; where it is missing a plain page takes its place.
        browsers: What the pages need to know who reads them; None where nobody can sign in.
        doors: What links in e-mails open; None where nobody gets any.
        is_only: Whether most people may run published documents only, which the explorer then says.
        is_development: Whether accounts are samples, and pages for developers are shown.
    """

    asking: Asking
    public_url: str
    schema: str
    queries: tuple[ReadyQuery, ...] = ()
    built: Path = EXPLORER
    browsers: Browsers | None = None
    doors: Doors | None = None
    is_only: bool = False
    is_development: bool = False

    @property
    def renderer(self) -> Renderer:
        return Renderer(public_url=self.public_url, browsers=self.browsers, is_development=self.is_development)


def in_both_languages(path: str, handler: Handler, *, methods: Iterable[str] = ("GET",)) -> list[BaseRoute]:
    """The routes of one page: German at `path`, English below `/en`."""
    english = ENGLISH_PREFIX if path == "/" else f"{ENGLISH_PREFIX}{path}"
    return [Route(path, handler, methods=list(methods)), Route(english, handler, methods=list(methods))]

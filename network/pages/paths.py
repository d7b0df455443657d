"""Addresses of pages: each in both languages."""

from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from network.pages.language import ENGLISH_PREFIX

Handler = Callable[[Request], Awaitable[Response]]


def in_both_languages(path: str, handler: Handler, *, methods: Iterable[str] = ("GET",)) -> list[BaseRoute]:
    """The routes of one page: German at `path`, English below `/en`."""
    english = ENGLISH_PREFIX if path == "/" else f"{ENGLISH_PREFIX}{path}"
    return [Route(path, handler, methods=list(methods)), Route(english, handler, methods=list(methods))]

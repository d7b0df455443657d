"""Addresses of pages: each in both languages."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from network.pages.frame.language import ENGLISH_PREFIX, Language, language_of, without_language

Handler = Callable[[Request], Awaitable[Response]]
_PLAIN_PATH: Final = re.compile(r"/[^/\\].*|/")
_PROOFS: Final = ("/link/", "/unsubscribe/", "/feeds/")
"""Beginnings of addresses which open something to whoever has them."""


def is_plain_path(path: str) -> bool:
    """Whether a browser takes `path` for one of this service: `//host` leads to another."""
    return _PLAIN_PATH.fullmatch(path) is not None


def is_secret(path: str) -> bool:
    """Whether the address at `path` is nobody else's business: what is shown there repeats it nowhere."""
    return without_language(path).startswith(_PROOFS)


def address_in(language: Language, path: str, /, **query: Any) -> str:
    """The address of a page of ours in a language; parameters that are None or empty are left out."""
    if not is_plain_path(path):
        raise ValueError(f"{path!r} is no path of ours")
    given = {name: value for name, value in query.items() if value not in (None, "", [], ())}
    return f"{language.at(path)}{'?' if given else ''}{urlencode(given, doseq=True)}"


def address(request: Request, path: str, /, **query: Any) -> str:
    """The address of a page of ours in the language of the request, as `address_in`."""
    return address_in(language_of(request.url.path), path, **query)


def in_both_languages(path: str, handler: Handler, *, methods: Iterable[str] = ("GET",)) -> list[BaseRoute]:
    """The routes of one page: German at `path`, English below `/en`."""
    english = ENGLISH_PREFIX if path == "/" else f"{ENGLISH_PREFIX}{path}"
    return [Route(path, handler, methods=list(methods)), Route(english, handler, methods=list(methods))]

"""Start page, explorer, schema file and their assets."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from network.authentication import Browsers
from network.middleware import SECURITY_HEADERS
from network.negotiation import prefers_html
from network.pages import links, sign_in
from network.pages.account import account
from network.pages.layout import page, template
from network.pages.links import Doors
from network.pages.queries import ReadyQuery, ready_queries

_HERE: Final = Path(__file__).parent
_BUILT: Final = _HERE.parent / "explorer_assets" / "dist"
FIRST_QUERY: Final = """{
  hubs(first: 50) {
    edges {
      node {
        slug
        name
        municipalities(first: 3) {
          edges { node { name } }
        }
      }
    }
  }
}"""
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SHOWN_PATH: Final = 200
"""Characters of an unknown address that its page repeats."""
_PUBLISHED_ONLY: Final = (
    '<p class="notice" role="note"><strong>Nur veröffentlichte Abfragen:</strong> Dieser Dienst führt für die meisten nur '
    "Abfragen aus, die sein Betrieb vorab veröffentlicht hat. Hub-Leitungen und die Netzverwaltung probieren hier jede Abfrage "
    'aus, sobald sie <a href="/sign-in?to=/explorer">angemeldet</a> sind; alle anderen bitten den Betrieb, ihre Abfrage zu '
    "veröffentlichen.</p>"
)
_CSP: Final = "Content-Security-Policy"


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages show.

    Attributes:
        schema: SDL of the API.
        built: Folder of the explorer that `make explorer` builds; where it is missing a plain page takes its place.
        notice: HTML that stands on every page.
        browsers: What the pages need to know who reads them; None where nobody can sign in.
        doors: What links in e-mails open; None where nobody gets any.
        is_only: Whether most people may run published documents only, which the explorer then says.
    """

    public_url: str
    schema: str
    queries: tuple[ReadyQuery, ...]
    built: Path = _BUILT
    notice: str = ""
    browsers: Browsers | None = None
    doors: Doors | None = None
    is_only: bool = False


def site(
    public_url: str,
    schema: str,
    *,
    notice: str = "",
    browsers: Browsers | None = None,
    doors: Doors | None = None,
    is_only: bool = False,
) -> Site:
    return Site(public_url, schema, ready_queries(), notice=notice, browsers=browsers, doors=doors, is_only=is_only)


def routes(pages: Site) -> list[BaseRoute]:
    is_built = (pages.built / "explorer.js").is_file()
    framed = partial(page, notice=pages.notice)
    told = pages.notice + (_PUBLISHED_ONLY if pages.is_only else "")

    async def start(request: Request) -> Response:
        shown = account(request, pages.browsers)
        content = template("start").substitute(
            account=shown.html,
            first_query=escape(FIRST_QUERY),
            queries=_ready(pages.queries),
            endpoint=escape(f"{pages.public_url}/graphql"),
        )
        response = framed("Hubnetz", content)
        response.headers.update(shown.headers)
        return response

    async def explorer(request: Request) -> Response:
        chosen = _chosen(pages.queries, request.query_params.get("query"))
        if is_built:
            return _built_explorer(pages, chosen, told)
        content = template("explorer_plain").substitute(
            query=escape(chosen.text),
            variables=escape(chosen.variables),
            queries=_ready(pages.queries),
            schema=escape(pages.schema),
        )
        return page("Abfragen · Hubnetz", content, notice=told)

    async def schema(_: Request) -> Response:
        return Response(pages.schema, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "max-age=300"})

    async def nowhere(request: Request) -> Response:
        if not prefers_html(request.headers.getlist("accept")):
            raise HTTPException(404)
        content = template("not_found").substitute(path=escape(request.url.path[:_SHOWN_PATH]))
        return framed("Nicht gefunden · Hubnetz", content, status=404)

    return [
        Route("/", start),
        Route("/explorer", explorer),
        Route("/explorer/assets/{name}", _files(pages.built)),
        Route("/static/{name}", _files(_HERE / "static")),
        Route("/schema.graphql", schema),
        *sign_in.routes(pages.browsers, notice=pages.notice),
        *([] if pages.doors is None else links.routes(pages.doors)),
        # The last one: whatever no other route knows.
        Route("/{path:path}", nowhere, methods=_METHODS),
    ]


def _built_explorer(pages: Site, chosen: ReadyQuery, notice: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    body = template("explorer_built").substitute(
        nonce=nonce,
        notice=notice,
        query=escape(chosen.text),
        variables=escape(chosen.variables),
        options="".join(
            f'<option value="{escape(query.name)}"{" selected" if query is chosen else ""}>{escape(query.title)}</option>'
            for query in pages.queries
        ),
    )
    # The editor makes style elements (admitted by nonce) and positions its lines by style attributes, for which no
    # nonce exists; attributes run no script and load nothing that the other directives do not admit.
    policy = SECURITY_HEADERS[_CSP].replace(
        "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'"
    )
    # Its fonts and icons lie in its style sheet.
    policy = f"{policy}; worker-src 'self'; font-src 'self' data:".replace("img-src 'self'", "img-src 'self' data:")
    return HTMLResponse(body, headers={_CSP: policy, "Cache-Control": "no-store"})


def _chosen(queries: tuple[ReadyQuery, ...], name: str | None) -> ReadyQuery:
    first = ReadyQuery("", "Hubs und ihre Kommunen", FIRST_QUERY, "")
    return next((query for query in queries if query.name == name), first)


def _ready(queries: tuple[ReadyQuery, ...]) -> str:
    """A section of its own; nothing where there are no queries."""
    if not queries:
        return ""
    return f'<section aria-labelledby="ready"><h2 id="ready">Fertige Abfragen</h2>{_listed(queries)}</section>'


def _listed(queries: tuple[ReadyQuery, ...]) -> str:
    """Each query to unfold, with a way to run it that needs no script; mutations run in the explorer only, by POST."""
    return "".join(
        f"<details><summary>{escape(query.title)}</summary><pre tabindex=0><code>{escape(query.text)}</code></pre>"
        f"{_link(query) if query.is_mutation else _form(query)}</details>"
        for query in queries
    )


def _form(query: ReadyQuery) -> str:
    return (
        f'<form action="/graphql" method="get"><input type="hidden" name="query" value="{escape(query.text)}">'
        f'<input type="hidden" name="variables" value="{escape(query.variables)}"><button>Ausführen</button> '
        f"{_link(query)}</form>"
    )


def _link(query: ReadyQuery) -> str:
    return f'<a href="/explorer?query={escape(query.name)}">Im Explorer öffnen</a>'


def _files(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    """Files that lay directly in `folder` at the start; whatever names another place is not there."""
    known = {path.name: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}

    async def file(request: Request) -> Response:
        path = known.get(request.path_params["name"])
        if path is None:
            raise HTTPException(404)
        return FileResponse(path, headers={"Cache-Control": "max-age=300"})

    return file

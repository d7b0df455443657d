"""Start page, explorer, schema file and their assets."""

import secrets
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from network.middleware import SECURITY_HEADERS
from network.pages import compare_page, council_page, entry_pages, events_page, home, links, list_pages, project_page, search_page, sign_in
from network.pages.layout import DEVELOPMENT_NOTICE, page, template
from network.pages.queries import FIRST_QUERY, ReadyQuery
from network.pages.rendering import STATIC
from network.pages.site import Site

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_PUBLISHED_ONLY: Final = (
    '<p class="notice" role="note"><strong>Nur veröffentlichte Abfragen:</strong> Dieser Dienst führt für die meisten nur '
    "Abfragen aus, die sein Betrieb vorab veröffentlicht hat. Hub-Leitungen und die Netzverwaltung probieren hier jede Abfrage "
    'aus, sobald sie <a href="/sign-in?to=/explorer">angemeldet</a> sind; alle anderen bitten den Betrieb, ihre Abfrage zu '
    "veröffentlichen.</p>"
)
_CSP: Final = "Content-Security-Policy"


def routes(site: Site) -> list[BaseRoute]:
    """Every page, the last route of which takes what no other knows."""
    notice = DEVELOPMENT_NOTICE if site.is_development else ""

    async def schema(_: Request) -> Response:
        return Response(site.schema, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "max-age=300"})

    async def nowhere(_: Request) -> Response:
        raise HTTPException(404)

    return [
        *home.routes(site),
        *search_page.routes(site),
        *project_page.routes(site),
        *compare_page.routes(site),
        *council_page.routes(site),
        *list_pages.routes(site),
        *events_page.routes(site),
        *entry_pages.routes(site),
        *_explorer(site, notice),
        Route("/static/{name}", _files(STATIC)),
        Route("/schema.graphql", schema),
        *sign_in.routes(site.browsers, notice=notice),
        *([] if site.doors is None else links.routes(site.doors)),
        Route("/{path:path}", nowhere, methods=_METHODS),
    ]


def _explorer(site: Site, notice: str) -> list[BaseRoute]:
    is_built = (site.built / "explorer.js").is_file()
    told = notice + (_PUBLISHED_ONLY if site.is_only else "")

    async def explorer(request: Request) -> Response:
        chosen = _chosen(site.queries, request.query_params.get("query"))
        if is_built:
            return _built_explorer(site, chosen, told)
        content = template("explorer_plain").substitute(
            query=escape(chosen.text),
            variables=escape(chosen.variables),
            queries=_ready(site.queries),
            schema=escape(site.schema),
        )
        return page("Abfragen · Hubnetz", content, notice=told)

    return [Route("/explorer", explorer), Route("/explorer/assets/{name}", _files(site.built))]


def _built_explorer(site: Site, chosen: ReadyQuery, notice: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    body = template("explorer_built").substitute(
        nonce=nonce,
        notice=notice,
        query=escape(chosen.text),
        variables=escape(chosen.variables),
        options="".join(
            f'<option value="{escape(query.name)}"{" selected" if query is chosen else ""}>{escape(query.title)}</option>'
            for query in site.queries
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

"""The explorer of the API: the built one, or a plain page that needs no script where it was not built."""

import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.edge.middleware import SECURITY_HEADERS
from network.pages.frame.queries import FIRST_QUERY, ReadyQuery
from network.pages.frame.site import Site, in_both_languages

_CSP: Final = "Content-Security-Policy"
_FIRST: Final = ReadyQuery("", "Hubs und ihre Kommunen", FIRST_QUERY, "")


def routes(site: Site) -> list[BaseRoute]:
    is_built = (site.built / "explorer.js").is_file()

    async def explorer(request: Request) -> Response:
        name = request.query_params.get("query")
        chosen = next((query for query in site.queries if query.name == name), _FIRST)
        nonce = secrets.token_urlsafe(16) if is_built else ""
        return site.renderer.page(
            request,
            "explorer_built.html" if is_built else "explorer_plain.html",
            headers={_CSP: _policy(nonce), "Cache-Control": "no-store"} if is_built else {},
            nonce=nonce,
            chosen=chosen,
            queries=site.queries,
            is_published_only=site.is_only,
        )

    return in_both_languages("/explorer", explorer)


def _policy(nonce: str) -> str:
    # The editor makes style elements (admitted by nonce) and positions its lines by style attributes, for which no
    # nonce exists; attributes run no script and load nothing that the other directives do not admit.
    policy = SECURITY_HEADERS[_CSP].replace(
        "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'"
    )
    # Its fonts and icons lie in its style sheet.
    return f"{policy}; worker-src 'self'; font-src 'self' data:".replace("img-src 'self'", "img-src 'self' data:")

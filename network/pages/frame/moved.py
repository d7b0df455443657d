"""The way on from an address that a project had before it was renamed."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from network.pages.frame.entry_addresses import project_page
from network.pages.frame.language import language_of
from network.pages.frame.rendering import UNKEPT


def moved_to(request: Request, slug: str, suffix: str = "") -> Response | None:
    """The way to the page under its present `slug`; None where the request has that."""
    if request.path_params["slug"] == slug:
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    path = f"{language_of(request.url.path).prefix}{project_page(slug)}{suffix}{query}"
    # Kept nowhere: whether there is such an entry is not for everybody.
    return RedirectResponse(path, 301, UNKEPT)

"""Every page and an address of each on the seed. Who adds a page adds its address here, or a test fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import httpx
from starlette.routing import Route

from network.pages import routes
from network.pages.language import ENGLISH_PREFIX, language_of
from network.pages.site import Site
from network.pages.stash import Stash

ORIGIN: Final = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class First:
    """The address of the first thing of a connection: `path` with the value of its `field`."""

    path: str
    connection: str
    field: str

    def of(self, ask: Callable[[str], Any]) -> str | None:
        edges = ask(f"{{ {self.connection}(first: 1) {{ edges {{ node {{ {self.field} }} }} }} }}")[self.connection][
            "edges"
        ]
        return self.path.format(edges[0]["node"][self.field].rpartition(":")[2]) if edges else None


SAMPLES: Final[dict[str, tuple[str | First, ...]]] = {
    "/": ("/",),
    "/search": ("/search", "/search?q=parken", "/search?q=qqqqxx"),
    "/projects/{slug}": (First("/projects/{}", "projects", "slug"),),
    "/projects/{slug}/print": (First("/projects/{}/print", "projects", "slug"),),
    "/projects/{slug}/history": (First("/projects/{}/history", "projects", "slug"),),
    "/projects/{slug}/council-paper": (First("/projects/{}/council-paper", "projects", "slug"),),
    "/compare": ("/compare", First("/compare?project={0}&project={0}", "projects", "slug")),
    "/hubs": ("/hubs",),
    "/hubs/{key}": (First("/hubs/{}", "hubs", "slug"),),
    "/municipalities": ("/municipalities",),
    "/municipalities/{key}": (First("/municipalities/{}", "municipalities", "ars"),),
    "/universities": ("/universities",),
    "/universities/{key}": (First("/universities/local:{}", "universities", "ror"),),
    "/organisations": ("/organisations",),
    "/organisations/{key}": (First("/organisations/{}", "organisations", "slug"),),
    "/experts": ("/experts",),
    "/experts/{key}": (First("/experts/{}", "experts", "id"),),
    "/topics": ("/topics",),
    "/topics/{key}": (First("/topics/{}", "topics", "slug"),),
    "/services": ("/services",),
    "/services/{key}": (First("/services/{}", "services", "leikaId"),),
    "/funding": ("/funding",),
    "/funding/{key}": (First("/funding/{}", "fundingProgrammes", "slug"),),
    "/events": ("/events", "/events?past=1", "/events?month=2022-12"),
    "/events/{key}": (First("/events/{}", "events", "id"),),
    "/needs": ("/needs",),
    "/needs/{key}": (First("/needs/{}", "needs", "id"),),
    "/map": ("/map", First("/map?hub={}", "hubs", "slug")),
    "/neighbourhood": ("/neighbourhood?of=Hub:zeitz", "/neighbourhood"),
    "/introductions": ("/introductions?to=Hub:wilster",),
    "/projects": ("/projects",),
    **{
        f"/projects/{{slug}}/{form}": (First(f"/projects/{{}}/{form}", "projects", "slug"),)
        for form in ("adopt", "ask", "callback", "claim", "join", "current")
    },
    **{f"/questions/{{key}}/{form}": (f"/questions/none/{form}",) for form in ("answer", "withdraw")},
    **{f"/answers/{{key}}/{form}": (f"/answers/none/{form}",) for form in ("accept", "withdraw")},
    **{
        f"/adoptions/{{key}}/{form}": (f"/adoptions/none/{form}",)
        for form in ("confirm", "decline", "reconfirm", "report")
    },
    "/follow": ("/follow?target=Hub:zeitz",),
    "/unfollow": ("/unfollow?target=Hub:zeitz",),
    "/needs/{key}/callback": (First("/needs/{}/callback", "needs", "id"),),
    "/events/{key}/callback": (First("/events/{}/callback", "events", "id"),),
    "/experts/{key}/callback": (First("/experts/{}/callback", "experts", "id"),),
    "/needs/new": ("/needs/new?title=Laterne",),
    "/needs/{key}/close": (First("/needs/{}/close", "needs", "id"),),
    "/my/searches": ("/my/searches",),
    "/my/searches/new": ("/my/searches/new?q=parken",),
    "/my/searches/delete": ("/my/searches/delete?search=none",),
    "/my": ("/my",),
    "/my/inbox": ("/my/inbox",),
    "/my/inbox/read": ("/my/inbox/read",),
    "/my/settings": ("/my/settings",),
    "/my/members": ("/my/members",),
    "/my/members/invite": ("/my/members/invite?house=Hub:zeitz",),
    "/my/members/contact": ("/my/members/contact?house=Hub:zeitz",),
    "/my/members/end": ("/my/members/end?house=Hub:zeitz",),
    "/my/members/revoke-invitation": ("/my/members/revoke-invitation?house=Hub:zeitz",),
    **{
        f"/tasks/{{key}}/{form}": (f"/tasks/none/{form}",)
        for form in ("take-part", "take-no-part", "decide-claim", "decide-partner", "complete", "called")
    },
    "/projects/new": ("/projects/new",),
    **{
        f"/projects/{{slug}}/{form}": (First(f"/projects/{{}}/{form}", "projects", "slug"),)
        for form in ("alike", "edit", "submit", "withdraw", "documents/new", "results/new")
    },
    "/review": ("/review",),
    **{
        f"/projects/{{slug}}/{form}": (First(f"/projects/{{}}/{form}", "projects", "slug"),)
        for form in ("publish", "request-changes")
    },
    "/explorer": ("/explorer",),
    "/developers": ("/developers",),
    "/imprint": ("/imprint",),
    "/privacy": ("/privacy",),
    "/accessibility": ("/accessibility", "/accessibility?sent=1"),
    "/_components": ("/_components",),
    "/sign-in": ("/sign-in",),
    "/link/{secret}": ("/link/none",),
    "/unsubscribe/{token}": ("/unsubscribe/none",),
    "/{path:path}": ("/nowhere",),
}
"""Pattern of a page's route -> addresses to look at."""

NO_PAGES: Final = frozenset(
    {
        "/developers/operations/{name}.graphql",
        "/explorer/assets/{name}",
        "/projects/alike",
        "/projects/{slug}/council-paper.docx",
        "/schema.graphql",
        "/search/suggestions",
        "/sign-in/{issuer}",
        "/sign-in/{issuer}/callback",
        "/static/{name}",
    }
)
"""Files, data, and what leads elsewhere."""


def patterns() -> Iterator[str]:
    """Of every route that a browser opens, in German."""
    browsers: Any = SimpleNamespace(sessions=SimpleNamespace(parties={}), cookies=None, origin=ORIGIN)
    nothing: Any = SimpleNamespace()
    site = Site(
        asking=nothing,
        public_url=ORIGIN,
        schema="",
        browsers=browsers,
        doors=nothing,
        stash=Stash(nothing, nothing, ORIGIN),
        is_development=True,
    )
    for route in routes.routes(site):
        assert isinstance(route, Route)
        if "GET" in (route.methods or ()) and route.path != ENGLISH_PREFIX and language_of(route.path) == "de":
            yield route.path


def addresses(url: str) -> list[str]:
    """German addresses of the pages of the service at `url`; pages of things that it has none of are left out."""

    def ask(query: str) -> Any:
        return httpx.post(f"{url}/graphql", json={"query": query}, trust_env=False).json()["data"]

    found = [one.of(ask) if isinstance(one, First) else one for several in SAMPLES.values() for one in several]
    return [address for address in found if address is not None]


def in_english(address: str) -> str:
    path, mark, query = address.partition("?")
    return f"{ENGLISH_PREFIX}{'' if path == '/' else path}{mark}{query}"

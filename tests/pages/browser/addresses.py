"""Every page and an address of each on the seed. Who adds a page adds its address here, or a test fails."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import httpx
from starlette.routing import Route

from network.pages import routes
from network.pages.files.tables import TABLES
from network.pages.frame.language import ENGLISH_PREFIX, language_of
from network.pages.frame.site import Site

ORIGIN: Final = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class First:
    """The address of the first thing of a connection: `path` with the value of its `field`."""

    path: str
    connection: str
    field: str

    def of(self, ask: Callable[[str], Any]) -> str:
        """The address; fails where there is no such thing."""
        found = ask(f"{{ {self.connection}(first: 1) {{ edges {{ node {{ {self.field} }} }} }} }}")[self.connection]
        return self.path.format(found["edges"][0]["node"][self.field].rpartition(":")[2])


SAMPLES: Final[dict[str, tuple[str | First, ...]]] = {
    "/": ("/",),
    "/search": ("/search", "/search?q=parken", "/search?q=qqqqxx"),
    "/projects/{slug}": ("/projects/zeitz-parkleitsystem", "/projects/{published}", "/projects/{draft}"),
    "/projects/{slug}/print": ("/projects/{published}/print",),
    "/projects/{slug}/history": ("/projects/{published}/history",),
    "/projects/{slug}/council-paper": ("/projects/{published}/council-paper",),
    "/continue": ("/continue",),
    "/compare": ("/compare", "/compare?project=zeitz-parkleitsystem&project={published}&project={theirs}"),
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
    "/topics/{key}/ask": (First("/topics/{}/ask", "topics", "slug"),),
    "/services": ("/services",),
    "/services/{key}": (First("/services/{}", "services", "leikaId"),),
    "/funding": ("/funding",),
    "/funding/{key}": (First("/funding/{}", "fundingProgrammes", "slug"),),
    "/events": ("/events", "/events?past=1", "/events?all=1", "/events?month=2022-12"),
    "/events/{key}": ("/events/{event}",),
    "/needs": ("/needs",),
    "/needs/{key}": ("/needs/{need}",),
    "/map": ("/map", First("/map?hub={}", "hubs", "slug")),
    "/neighbourhood": ("/neighbourhood?of=Hub:zeitz", "/neighbourhood"),
    "/introductions": ("/introductions?to=Hub:wilster",),
    "/projects": ("/projects",),
    "/projects/{slug}/adopt": ("/projects/{theirs}/adopt",),
    "/projects/{slug}/ask": ("/projects/{theirs}/ask",),
    "/projects/{slug}/callback": ("/projects/{theirs}/callback",),
    "/projects/{slug}/claim": ("/projects/lora-park-zeitz/claim",),
    "/projects/{slug}/join": ("/projects/{theirs}/join",),
    "/projects/{slug}/current": ("/projects/{published}/current",),
    "/questions/{key}/answer": ("/questions/{question}/answer",),
    "/questions/{key}/withdraw": ("/questions/{own_question}/withdraw",),
    "/answers/{key}/accept": ("/answers/{answer}/accept",),
    "/answers/{key}/withdraw": ("/answers/{own_answer}/withdraw",),
    "/adoptions/{key}/confirm": ("/adoptions/{waiting}/confirm",),
    "/adoptions/{key}/decline": ("/adoptions/{waiting}/decline",),
    "/adoptions/{key}/reconfirm": ("/adoptions/{adoption}/reconfirm",),
    "/adoptions/{key}/report": ("/adoptions/{adoption}/report",),
    "/follow": ("/follow?target=Hub:wilster",),
    "/unfollow": ("/unfollow?target=Hub:zeitz",),
    "/needs/{key}/callback": ("/needs/{need}/callback",),
    "/events/{key}/callback": ("/events/{event}/callback",),
    "/experts/{key}/callback": (First("/experts/{}/callback", "experts", "id"),),
    "/needs/new": ("/needs/new?title=Laterne",),
    "/needs/{key}/close": ("/needs/{need}/close",),
    "/my/feeds": ("/my/feeds",),
    "/my/feeds/new": ("/my/feeds/new?form=TABLE&page=/needs",),
    "/my/feeds/revoke": ("/my/feeds/revoke?feed={feed}",),
    "/my/searches": ("/my/searches",),
    "/my/searches/new": ("/my/searches/new?q=parken",),
    "/my/searches/delete": ("/my/searches/delete?search={search}",),
    "/my": ("/my",),
    "/my/inbox": ("/my/inbox",),
    "/my/inbox/read": ("/my/inbox/read",),
    "/my/settings": ("/my/settings",),
    "/my/members": ("/my/members?house=Municipality:150840590590",),
    "/my/members/invite": ("/my/members/invite?house=Municipality:150840590590",),
    "/my/members/contact": ("/my/members/contact?house=Hub:zeitz",),
    "/my/members/end": ("/my/members/end?house=Hub:zeitz&id={member}",),
    "/my/members/revoke-invitation": ("/my/members/revoke-invitation?house=Municipality:150840590590&id={invitation}",),
    "/tasks/{key}/take-part": ("/tasks/{partnership}/take-part",),
    "/tasks/{key}/take-no-part": ("/tasks/{partnership}/take-no-part",),
    "/tasks/{key}/decide-claim": ("/tasks/{claim}/decide-claim",),
    "/tasks/{key}/decide-partner": ("/tasks/{partner}/decide-partner",),
    "/tasks/{key}/complete": ("/tasks/{completed}/complete",),
    "/tasks/{key}/called": ("/tasks/{callback}/called",),
    "/projects/new": ("/projects/new",),
    "/projects/{slug}/alike": ("/projects/{draft}/alike",),
    "/projects/{slug}/edit": tuple(
        f"/projects/{{draft}}/edit?step={step}"
        for step in ("basics", "topics", "partners", "costs", "text", "files", "check")
    ),
    "/projects/{slug}/submit": ("/projects/{draft}/submit",),
    "/projects/{slug}/withdraw": ("/projects/{draft}/withdraw",),
    "/projects/{slug}/documents/new": ("/projects/{draft}/documents/new",),
    "/projects/{slug}/results/new": ("/projects/{draft}/results/new",),
    "/projects/{slug}/partners/new": ("/projects/{draft}/partners/new",),
    "/projects/{slug}/partners/remove": ("/projects/{draft}/partners/remove?house=Municipality:150840590590",),
    "/online-services/record": (
        "/online-services/record",
        "/online-services/record?municipality=Municipality:150840590590",
    ),
    "/events/new": ("/events/new",),
    "/events/{key}/edit": ("/events/{event}/edit",),
    "/events/{key}/cancel": ("/events/{event}/cancel",),
    "/hubs/{key}/edit": ("/hubs/zeitz/edit",),
    "/experts/new": ("/experts/new",),
    "/experts/{key}/edit": ("/experts/{expert}/edit",),
    "/experts/{key}/remove": ("/experts/{expert}/remove",),
    "/my/listings": ("/my/listings",),
    "/my/listings/consent": ("/my/listings/consent?expert={listing}",),
    "/my/listings/withdraw": ("/my/listings/withdraw?expert={listing}",),
    "/upload": ("/upload",),
    "/my/webhooks": ("/my/webhooks",),
    "/my/webhooks/new": ("/my/webhooks/new",),
    **{
        f"/my/webhooks/{form}": (f"/my/webhooks/{form}?webhook={{webhook}}",)
        for form in ("edit", "secret", "test", "enable", "remove")
    },
    "/review": ("/review",),
    "/projects/{slug}/publish": ("/projects/{submitted}/publish",),
    "/projects/{slug}/request-changes": ("/projects/{submitted}/request-changes",),
    "/explorer": ("/explorer",),
    "/developers": ("/developers",),
    "/imprint": ("/imprint",),
    "/privacy": ("/privacy",),
    "/accessibility": ("/accessibility",),
    "/_components": ("/_components",),
    "/sign-in": ("/sign-in",),
    "/link/{secret}": ("/link/{link}", "/link/none"),
    "/unsubscribe/{token}": ("/unsubscribe/none",),
    "/feeds/{secret}/{file}": ("/feeds/none/hubnetz-hubs.csv",),
    "/{path:path}": ("/nowhere",),
}
"""Pattern of a page's route -> addresses to look at, with what `filling` enters in braces."""

NOT_THERE: Final = frozenset(
    {"/feeds/none/hubnetz-hubs.csv", "/link/none", "/neighbourhood", "/nowhere", "/unsubscribe/none"}
)
"""Those of them that show what one sees in place of a page; the lead of the hub is shown all others."""
NO_PAGES: Final = frozenset(
    {
        "/developers/operations/{name}.graphql",
        "/developers/queries/{name}.graphql",
        "/explorer/assets/{name}",
        "/find/{what}",
        "/projects/alike",
        "/projects/{slug}/council-paper.docx",
        "/schema.graphql",
        "/search/suggestions",
        "/sign-in/{issuer}",
        "/sign-in/{issuer}/callback",
        "/static/{name}",
        "/upload/rows",
        "/upload/take-over",
        "/upload/template.csv",
        "/upload/template.xlsx",
        "/events.ics",
        "/events/{key}.ics",
        "/projects.atom",
        "/search.atom",
        *(f"{path}.csv" for path in TABLES),
    }
)
"""Files, data, and what leads elsewhere."""


def german_routes() -> Iterator[Route]:
    """Every route of the pages, each in its German form alone."""
    browsers: Any = SimpleNamespace(sessions=SimpleNamespace(parties={}), cookies=None, origin=ORIGIN)
    nothing: Any = SimpleNamespace(houses=None)
    site = Site(
        asking=nothing,
        public_url=ORIGIN,
        schema="",
        browsers=browsers,
        doors=nothing,
        feeds=nothing,
        sealer=nothing,
        is_development=True,
    )
    for route in routes.routes(site):
        assert isinstance(route, Route)
        if route.path != ENGLISH_PREFIX and language_of(route.path) == "de":
            yield route


def patterns() -> Iterator[str]:
    """Of every route that a browser opens."""
    return (route.path for route in german_routes() if "GET" in (route.methods or ()))


def addresses(url: str, filled: Mapping[str, str], pattern: str) -> list[str]:
    """German addresses of the pages at `pattern` of the service at `url`, after `filling`."""

    def ask(query: str) -> Any:
        return httpx.post(f"{url}/graphql", json={"query": query}, trust_env=False).json()["data"]

    return [one.of(ask) if isinstance(one, First) else one.format_map(filled) for one in SAMPLES[pattern]]


def in_english(address: str) -> str:
    path, mark, query = address.partition("?")
    return f"{ENGLISH_PREFIX}{'' if path == '/' else path}{mark}{query}"

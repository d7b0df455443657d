"""Every component with sample data, in both themes: for whoever makes or changes pages. In development only."""

from types import SimpleNamespace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from network.pages.frame.queries import ReadyQuery
from network.pages.frame.site import Site, in_both_languages

_TOPICS: Final = [
    {"slug": "buergerbeteiligung", "nameDe": "Bürgerbeteiligung", "nameEn": "Citizen participation"},
    {"slug": "mobilitaet", "nameDe": "Mobilität", "nameEn": "Mobility"},
]
_HOUSES: Final = [
    {"__typename": "Hub", "slug": "musterstadt", "name": "Beispiel-Hub Musterstadt"},
    {"__typename": "Municipality", "ars": "010615138103", "name": "Beispielgemeinde Kleinwaldhausen-Grünbergsheim"},
    {"__typename": "University", "ror": "03sft3r75", "name": "Beispielhochschule"},
    {"__typename": "Organisation", "slug": "verein", "name": "Beispielverein"},
]
_PROJECT: Final[dict[str, Any]] = {
    "slug": "beispiel",
    "title": "Beispiel: Parkleitsystem mit Bodensensoren für kreisangehörige Gemeinden",
    "summary": "Sensoren melden freie Plätze. Die Anzeige am Ortseingang spart Suchverkehr.",
    "status": "RUNNING",
    "owner": _HOUSES[1],
    "hub": None,
    "houses": {"edges": []},
    "topics": _TOPICS,
    "confirmedAdoptions": {"totalCount": 3},
}
_FOUND: Final = {
    "title": {"parts": [{"text": "Beispiel: ", "isMatch": False}, {"text": "Parkleitsystem", "isMatch": True}]},
    "snippets": [
        {"parts": [{"text": "… freie ", "isMatch": False}, {"text": "Parkplätze", "isMatch": True}]},
    ],
}
_SAMPLES: Final[dict[str, Any]] = {
    "topics": _TOPICS,
    "sample_houses": _HOUSES,
    "project": _PROJECT,
    "found": _FOUND,
    "contact": {
        "function": "Beispielstelle Digitalisierung",
        "phone": "0123 / 456 78",
        "email": "digital@example.org",
        "url": "https://www.example.org/kontakt",
    },
    "page_info": {"hasNextPage": True, "endCursor": "a+b/c="},
    "queries": [
        ReadyQuery("hubs", "Beispiel: eine Abfrage", "{ hubs(first: 10) { totalCount } }", ""),
        ReadyQuery("change", "Beispiel: eine Änderung", "mutation { change }", ""),
    ],
    "sample_form": SimpleNamespace(problems=[("sample-wrong", "Bitte füllen Sie dieses Feld aus.")]),
}


def routes(site: Site) -> list[BaseRoute]:
    async def components(request: Request) -> Response:
        return site.renderer.page(request, "components.html", **_SAMPLES)

    return in_both_languages("/_components", components)

"""Projects and events as schema.org JSON-LD, for search engines and other programs that read pages."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from markupsafe import Markup

from graph.values import WHOLE_DAY, moment_of
from network.pages.frame.addresses import external
from network.pages.reading.whom_to_call import takes_part

_ESCAPED: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""Characters that could end the script element or start another one."""


def linked_data(project: Mapping[str, Any], address: str) -> Markup:
    """The content of a `<script type="application/ld+json">`; `address` is the canonical one of the page."""
    houses = [edge["node"]["name"] for edge in project["houses"]["edges"] if takes_part(edge)]
    owner = None if project["owner"] is None else {"@type": "Organization", "name": project["owner"]["name"]}
    told = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": address,
        "url": address,
        "name": project["title"],
        "abstract": project["summary"],
        "inLanguage": "de",
        "dateCreated": project["createdAt"],
        "dateModified": project["updatedAt"],
        "keywords": [topic["nameDe"] for topic in project["topics"]],
        "license": _licence(project["licence"]),
        "sourceOrganization": owner,
        "contributor": [{"@type": "Organization", "name": name} for name in houses],
        "funder": [{"@type": "Organization", "name": name} for name in _funders(project)],
        "citation": [source["url"] for source in project["sources"] if external(source["url"])],
        "sameAs": [url for name in ("websiteUrl", "repositoryUrl") if (url := external(project[name]))],
        "isPartOf": {"@type": "WebSite", "name": "Hubnetz"},
    }
    return _script(told)


def event_data(event: Mapping[str, Any], address: str) -> Markup | None:
    """As `linked_data`, of an event; None where its first day is not known: programs take no date without one."""
    if len(event["startsAt"] or "") != WHOLE_DAY:
        return None
    starts, ends = event["startsAt"], event["endsAt"] or event["startsAt"]
    begins, over = moment_of(starts, event["startTime"]), moment_of(ends, event["endTime"])
    online = external(event["onlineUrl"])
    places = [
        *([{"@type": "Place", "name": event["place"], "address": event["place"]}] if event["place"] else ()),
        *([{"@type": "VirtualLocation", "url": online}] if online else ()),
    ]
    mode = ("Mixed" if event["place"] else "Online") if online else "Offline" if event["place"] else ""
    last = ends if len(ends) == WHOLE_DAY and ends > starts else None
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "@id": address,
            "url": address,
            "name": event["title"],
            "description": event["description"],
            "inLanguage": "de",
            "startDate": begins.isoformat() if begins else starts,
            "endDate": over.isoformat() if begins and over else last,
            "eventStatus": f"https://schema.org/Event{'Cancelled' if event['status'] == 'CANCELLED' else 'Scheduled'}",
            "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode" if mode else None,
            "location": places[0] if len(places) == 1 else places,
            "organizer": [{"@type": "Organization", "name": house["name"]} for house in event["hosts"]],
            "about": [topic["nameDe"] for topic in event["topics"]],
            "dateModified": event["updatedAt"],
        }
    )


def _script(told: Mapping[str, Any]) -> Markup:
    text = orjson.dumps({key: value for key, value in told.items() if value}).decode()
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - JSON without any character that HTML reads


def _licence(expression: str | None) -> str | None:
    """A page of the licence list for one licence; an expression of several as it is."""
    if not expression or " " in expression:
        return expression
    return f"https://spdx.org/licenses/{expression}.html"


def _funders(project: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(one["funder"] for one in project["fundingProgrammes"] if one["funder"]))

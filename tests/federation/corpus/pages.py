"""What the operations of pages are asked with: variables by the name of the file. Those that are not here need none."""

from collections.abc import Mapping
from typing import Any, Final

from tests.federation.corpus.town import AMT, HUB, SERVICE, TOWN, UNIVERSITY

_HUB_SLUG: Final = HUB.partition(":")[2]
_SLUGS: Final = {"first": "@public-slug", "second": "@network-slug", "third": "@private-slug"}

VARIABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "action_node": {"id": "@public"},
    "action_project": {"slug": "@public-slug"},
    "alike": {"title": "Intelligente Parkplatzsuche mit Sensoren"},
    "browse": {"filter": {"topic": "mobilitaet"}, "order": "UPDATED_DESC", "first": 5},
    "callback_desk": {"entry": "@event"},
    "callback_entry": {"id": "@event"},
    "callback_project": {"slug": "@public-slug"},
    "compare": _SLUGS,
    "council_paper": {"slug": "@public-slug", "first": "@network-slug"},
    "edit_event": {"id": "@event"},
    "edit_expert": {"id": "@expert"},
    "edit_hub": {"slug": _HUB_SLUG},
    "edit_project": {"slug": "@public-slug"},
    "event": {"id": "@event"},
    "events": {
        "filter": {"startsBefore": "2100", "endsFrom": "2023-02"},
        "host": HUB,
        "hasHost": True,
        "undated": {"status": "PLANNED", "hasDate": False},
        "undatedShown": True,
        "unknown": {"status": "UNKNOWN", "hasDate": False},
        "unknownShown": True,
    },
    "expert": {"id": "@expert", "isMember": True},
    "experts": {"house": UNIVERSITY, "hasHouse": True},
    "feed_names": {"house": HUB, "hasHouse": True, "topic": "Topic:mobilitaet", "hasTopic": True},
    "find_houses": {"text": "Zeitz"},
    "found_houses": {"ids": [TOWN, HUB, UNIVERSITY, AMT]},
    "funding_programme": {"id": "@funding"},
    "history": {"entity": "@public"},
    "hub": {"slug": _HUB_SLUG, "house": HUB, "isMember": True},
    "introductions": {"id": "@public"},
    "map": {"hub": _HUB_SLUG, "isOne": True},
    "municipalities": {"hub": _HUB_SLUG},
    "municipality": {"ars": TOWN.partition(":")[2], "house": TOWN, "isMember": True},
    "my": {
        "first": HUB,
        "hasFirst": True,
        "firstEntries": {"owner": HUB, "stages": ["PUBLISHED"]},
        "second": TOWN,
        "hasSecond": True,
        "secondEntries": {"stewards": [TOWN]},
    },
    "my_members": {"house": HUB},
    "names": {"ids": ["@public", "@private", "@event", HUB, "Topic:mobilitaet", f"Service:{SERVICE}"]},
    "news_search": {"query": "Lindenkataster"},
    "need": {"id": "@public-need"},
    "needs": {"house": TOWN, "hasHouse": True},
    "neighbourhood": {"id": "@public", "first": 20},
    "online_service": {"municipality": TOWN, "service": f"Service:{SERVICE}", "isBoth": True},
    "organisation": {"id": "Organisation:dataport"},
    "places": {"name": "Zeitz"},
    "project": {"slug": "@public-slug", "isMember": True},
    "project_id": {"slug": "@public-slug"},
    "search": {"query": "Lindenkatster", "facets": ["TOPIC", "HUB", "STATUS"], "near": "150840590590", "isNear": True},
    "events_alike": {"filter": {"startsFrom": "2026-01-01"}},
    "own_adoptions": {"project": "@public"},
    "service": {"id": f"Service:{SERVICE}", "isMember": True},
    "submission": {"slug": "@public-slug"},
    "suggestions": {"prefix": "zei"},
    "table_compare": _SLUGS,
    "table_search": {"query": "Lindenkataster"},
    "topic": {"id": "Topic:mobilitaet", "isMember": True},
    "upload_entries": {"hub": _HUB_SLUG},
    "upload_entry": {"id": "@public"},
    "upload_house": {"name": "Zeitz", "id": TOWN},
    "upload_refused": {"house": TOWN},
    "upload_titles": {"titles": ["Lindenkataster public", "PARKPLATZSUCHE!"]},
    "university": {"ror": UNIVERSITY.partition(":")[2], "house": UNIVERSITY, "isMember": True},
}

READERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "history",
            "my",
            "my_feeds",
            "my_inbox",
            "my_members",
            "my_searches",
            "my_settings",
            "my_tasks",
            "my_webhooks",
            "own_houses",
            "review",
        ),
        ("lead",),
    ),
    "needs": ("anonymous", "town"),
    "own_adoptions": ("amt",),
    # Whoever asks is an expert by an account of their own, and nobody here is.
    "my_listings": (),
}
"""Who asks, where it is not everybody and a member."""

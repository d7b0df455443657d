"""How an index of Meilisearch has to be set for what `search/meilisearch_index.py` asks of it."""

from collections.abc import Mapping
from typing import Any, Final

from search.documents import ATTRIBUTES, MATCHED
from search.port import MAX_WINDOW
from search.stored import ADDED_WORDS, LOT

BUILT_WITH: Final = "built_with"
"""Attribute of the marker alone: the fingerprint of what built the index."""
MAX_COUNTED_WORDS: Final = 1_000_000
"""Words that are counted at once; 100,000 projects have some 300,000. The engine leaves out what is beyond."""

_FACETS: Final = [attribute.name for attribute in ATTRIBUTES if attribute.is_filterable]
_SORTED: Final = [attribute.name for attribute in ATTRIBUTES if attribute.is_sortable]


def _filterable(*names: str, by_comparison: bool = False) -> dict[str, Any]:
    """`names`, of which values can be compared for order only where that is asked for, since it costs at each write."""
    features = {"facetSearch": False, "filter": {"equality": True, "comparison": by_comparison}}
    return {"attributePatterns": sorted(names), "features": features}


SETTINGS: Final[Mapping[str, Any]] = {
    "displayedAttributes": ["*"],
    # No text is searched for, so none is indexed: an attribute that no document has.
    "searchableAttributes": ["nothing"],
    "filterableAttributes": [
        _filterable(*MATCHED, ADDED_WORDS, *_FACETS),
        _filterable("id", by_comparison=True),
    ],
    "sortableAttributes": sorted(["id", LOT, *_SORTED]),
    "rankingRules": ["sort"],
    "faceting": {"maxValuesPerFacet": MAX_COUNTED_WORDS, "sortFacetValuesBy": {"*": "alpha"}},
    "pagination": {"maxTotalHits": MAX_WINDOW},
    # Its own default answers with what it has after 1.5 s, as if that were all. Our time limit raises an error instead.
    "searchCutoffMs": 60_000,
    "facetSearch": False,
    "prefixSearch": "disabled",
    "proximityPrecision": "byAttribute",
    "distinctAttribute": None,
    "stopWords": [],
    "synonyms": {},
    "localizedAttributes": None,
}


def changed(found: Mapping[str, Any]) -> list[str]:
    """Names of the settings that an index has otherwise."""
    return sorted(name for name, value in SETTINGS.items() if found.get(name) != value)

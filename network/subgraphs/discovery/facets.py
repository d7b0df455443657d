"""Facet values with what to show for them: names from the graph, German words for closed vocabularies."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from graph.ddl import LABELS
from graph.model import NodeKey
from graph.selection import MAX_ROWS, ByKeys, Selection
from network.context import Context
from network.subgraphs.discovery.filters import ATTRIBUTES
from network.subgraphs.discovery.results import Facet, FacetValue
from network.subgraphs.discovery.types import FacetName
from search.port import FacetCount

MAX_SHOWN: Final = 100
"""Values of a facet, the most frequent; a page shows ten."""
_FEWEST: Final = 2
"""A facet with one value narrows nothing."""

_STATUS: Final = {
    "IDEA": "Idee",
    "PLANNED": "geplant",
    "PILOT": "im Test",
    "RUNNING": "läuft",
    "ESTABLISHED": "verstetigt",
    "ENDED": "abgeschlossen",
    "DISCONTINUED": "abgebrochen",
    "UNKNOWN": "unbekannt",
}
_SIZE_CLASS: Final = {
    "UNDER_2000": "unter 2.000 Einwohner",
    "UNDER_5000": "2.000 bis 4.999 Einwohner",
    "UNDER_20000": "5.000 bis 19.999 Einwohner",
    "UNDER_100000": "20.000 bis 99.999 Einwohner",
    "ABOVE": "ab 100.000 Einwohner",
}
_WORDS: Final[Mapping[FacetName, Mapping[str, str]]] = {FacetName.STATUS: _STATUS, FacetName.SIZE_CLASS: _SIZE_CLASS}

_LABELS: Final[Mapping[FacetName, str]] = {
    FacetName.TOPIC: "Topic",
    FacetName.HUB: "Hub",
    FacetName.MUNICIPALITY: "Municipality",
    FacetName.SERVICE: "Service",
    FacetName.FUNDING: "FundingProgramme",
}
"""Label whose keys are the values of a facet; values of HOUSE name their label themselves."""


async def labelled(
    counts: Mapping[str, Sequence[FacetCount]], asked: Sequence[FacetName], context: Context
) -> tuple[Facet, ...]:
    """The facets that are worth showing, in the order asked."""
    shown = {name: _most_frequent(counts.get(ATTRIBUTES[name], ())) for name in asked}
    shown = {name: values for name, values in shown.items() if len(values) >= _FEWEST}
    names = await _names({_key(name, count.value) for name, values in shown.items() for count in values}, context)
    return tuple(
        Facet(
            name.name,
            tuple(FacetValue(count.value, _label(name, count.value, names), count.count) for count in values),
        )
        for name, values in shown.items()
    )


def _most_frequent(counts: Sequence[FacetCount]) -> list[FacetCount]:
    return sorted(counts, key=lambda count: (-count.count, count.value))[:MAX_SHOWN]


def _key(name: FacetName, value: str) -> NodeKey | None:
    if name is FacetName.HOUSE:
        label, _, key = value.partition(":")
        return NodeKey(label, key)
    return NodeKey(_LABELS[name], value) if name in _LABELS else None


def _label(name: FacetName, value: str, names: Mapping[NodeKey | None, str]) -> str:
    """What to show; the value itself where the graph has lost the node since it was indexed."""
    return _WORDS.get(name, {}).get(value) or names.get(_key(name, value)) or value


async def _names(keys: set[NodeKey | None], context: Context) -> dict[NodeKey | None, str]:
    """Names of nodes; one read for each label, side by side."""
    by_label: dict[str, list[str]] = {}
    for key in keys:
        if key is not None:
            by_label.setdefault(key.label, []).append(key.value)
    found = await asyncio.gather(*(_named(label, sorted(values), context) for label, values in by_label.items()))
    return {key: name for names in found for key, name in names.items()}


async def _named(label: str, values: Sequence[str], context: Context) -> dict[NodeKey, str]:
    declared = LABELS[label]
    start = ByKeys(label, declared.key, tuple(values[:MAX_ROWS]))
    selected = await context.store.select(
        Selection(label, (declared.name_property,)), start, audiences=context.audiences, timeout_s=context.remaining_s()
    )
    rows = zip(start.values, selected.rows, strict=True)
    return {NodeKey(label, value): str(row[0]) for value, row in rows if row is not None}

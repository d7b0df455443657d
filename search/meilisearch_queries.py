"""Questions to a SearchIndex as queries of Meilisearch: filters, orders and counts, never a text."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from search import requests
from search.documents import RANKED
from search.meilisearch_client import Json, quoted
from search.port import Clause, Scope, SearchSort, Tier
from search.stored import LOT, STAMP

_BRIEF: Final = ["id", STAMP]

_NOTHING: Final = "id IN []"


def retrieval(tiers: Sequence[Tier], scope: Scope, limit: int) -> Json:
    """The first documents that meet any of `tiers`, by id and stamp."""
    wanted = _any(_tier(tier, scope.audiences) for tier in requests.widest(tiers))
    return {"filter": [*_within(scope), wanted], "sort": [f"{LOT}:asc"], "limit": limit, "fields": _BRIEF}


def browsing(scope: Scope, sort: SearchSort, facets: Sequence[str], offset: int, limit: int) -> list[Json]:
    """The page with the facets that are not filtered, and a query for each of the others, without its own filter."""
    column = requests.order(sort, scope.audiences)
    page = {
        "filter": _within(scope),
        "sort": [*([f"{column[0]}:{'desc' if column[1] else 'asc'}"] if column else []), "id:asc"],
        "offset": offset,
        "limit": limit,
        "attributesToRetrieve": _BRIEF,
    }
    unfiltered = [name for name in dict.fromkeys(facets) if name not in scope.filters]
    filtered = [name for name in dict.fromkeys(facets) if name in scope.filters]
    return [
        {**page, **({"facets": unfiltered} if unfiltered else {})},
        *({"filter": _within(scope, but=name), "limit": 0, "facets": [name]} for name in filtered),
    ]


def counting(scope: Scope, attributes: Sequence[str]) -> Json:
    """How many documents have each value of `attributes`."""
    return {"filter": _within(scope), "limit": 0, "facets": list(attributes)}


def reading(ids: Sequence[str], audiences: Collection[str]) -> Json:
    """The documents `ids` as candidates need them; readable still, though they were so a moment ago."""
    names = [name for name in RANKED if name in requests.readable([name], audiences)]
    fields = ["id", STAMP, *names]
    return {"ids": list(ids), "filter": _any_of("readers", audiences), "limit": len(ids), "fields": fields}


def _within(scope: Scope, *, but: str = "") -> list[str]:
    """Conditions that all hold: the audience, the filters except `but`, and nothing that is excluded."""
    conditions = [_any_of("readers", scope.audiences)]
    conditions.extend(_any_of(name, values) for name, values in scope.filters.items() if name != but)
    conditions.extend(_clause(clause, scope.audiences) for clause in scope.conditions)
    if scope.excluded:
        conditions.append(f"NOT {_any_of('id', scope.excluded)}")
    return conditions


def _tier(tier: Tier, audiences: Collection[str]) -> str:
    return " AND ".join(_clause(clause, audiences) for clause in tier) or "id EXISTS"


def _clause(clause: Clause, audiences: Collection[str]) -> str:
    return _any(_any_of(name, clause.values) for name in requests.readable(clause.attributes, audiences))


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions) or _NOTHING})"


def _any_of(name: str, values: Collection[str]) -> str:
    return f"{name} IN [{', '.join(quoted(value) for value in sorted(values))}]"

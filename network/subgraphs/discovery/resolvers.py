"""Searching and suggesting: the index proposes, the graph has the last word on every node."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

import strawberry
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField

from graph.ddl import LABELS
from graph.errors import InvalidInputError
from graph.links import Order
from graph.model import NodeKey
from graph.selection import Compare, Match, Operator, Page, Selection
from graph.values import sort_key
from network.context import Context
from network.execution.fields import After, First
from network.execution.reads import check_first
from network.subgraphs.discovery import offsets
from network.subgraphs.discovery.facets import labelled
from network.subgraphs.discovery.filters import ATTRIBUTES, SearchFilter
from network.subgraphs.discovery.results import Hit, Passage, SearchPage, Similar, Suggestion
from network.subgraphs.discovery.similar import like
from network.subgraphs.discovery.types import FacetName, SearchOrder, SimilarFirst
from search.errors import SearchUnavailableError
from search.port import MAX_WINDOW, SearchRequest, SearchSort
from search.service import Found, SearchService

Info = strawberry.Info[Context, None]

_SEARCH_TIMEOUT_S: Final = 5.0
_SHORT_LISTS: Final = {"Topic": 2, "Municipality": 3}
"""Most suggestions of a kind beside projects, which are what people look for."""

Text = Annotated[
    str,
    strawberry.argument(description="As typed, up to 500 characters; typos, compounds and word forms are understood."),
]


async def search(
    info: Info,
    query: Text,
    *,
    where: Annotated[
        SearchFilter | None, strawberry.argument(name="filter", description="Narrows the hits; all where left out.")
    ] = None,
    facets: Annotated[
        list[FacetName] | None,
        strawberry.argument(description="Facets to count; all where left out. Only counted where selected."),
    ] = None,
    sort: Annotated[SearchOrder, strawberry.argument(description="Order of the hits.")] = SearchOrder.RELEVANCE,
    first: First = 20,
    after: After = None,
) -> SearchPage:
    """Raises InvalidInputError, InvalidSearchRequestError or SearchUnavailableError; see `SearchService.search`."""
    context = info.context
    filters = {} if where is None else where.values()
    mark = offsets.mark(query, filters, sort.name)
    offset = 0 if after is None else offsets.decode(after, mark)
    counted = _facets(facets) if _selects(info, "facets") else ()
    request = SearchRequest(
        text=query,
        audiences=context.audiences,
        filters=filters,
        facets=[ATTRIBUTES[name] for name in counted],
        sort=SearchSort[sort.name],
        offset=offset,
        limit=min(check_first(first), MAX_WINDOW - offset),
    )
    found = await _service(context).search(request, timeout_s=context.remaining_s(most=_SEARCH_TIMEOUT_S))
    return _page(found, request, mark, await labelled(found.facets, counted, context))


async def suggestions(
    info: Info,
    prefix: Annotated[str, strawberry.argument(description="What was typed so far, up to 500 characters.")],
    first: Annotated[int, strawberry.argument(description="How many, 0 to 20.")] = 8,
) -> list[Suggestion]:
    """Raises InvalidInputError, InvalidSearchRequestError or SearchUnavailableError; see `SearchService.suggest`."""
    if not 0 <= first <= 20:
        raise InvalidInputError(f"first: {first} is not in 0..20")
    context = info.context
    service = _service(context)
    key = sort_key(prefix)
    if not key or not first:
        return []
    projects = await service.suggest(
        prefix, audiences=context.audiences, limit=first, timeout_s=context.remaining_s(most=_SEARCH_TIMEOUT_S)
    )
    topics = await _named(context, "Topic", key, Order("name_sort"))
    municipalities = await _named(context, "Municipality", key, Order("population", is_descending=True))
    beside = [*topics, *municipalities]
    shown = [Suggestion("PROJECT", project.title, NodeKey("Project", project.id)) for project in projects]
    return [*shown[: max(first - len(beside), first // 2)], *beside][:first]


async def similar(
    info: Info,
    ars: Annotated[str, strawberry.argument(description="Official key (ARS) of the municipality.")],
    first: SimilarFirst = 10,
) -> list[Similar]:
    return await like(info.context, ars, first)


async def _named(context: Context, label: str, prefix: str, order: Order) -> list[Suggestion]:
    """Nodes of `label` whose name begins with the sort key `prefix`."""
    declared = LABELS[label]
    start = Match(label, (Compare("name_sort", Operator.STARTS_WITH, prefix),), (order,), Page(_SHORT_LISTS[label]))
    selected = await context.store.select(
        Selection(label, (declared.key, declared.name_property)),
        start,
        audiences=context.audiences,
        timeout_s=context.remaining_s(),
    )
    return [
        Suggestion(label.upper(), str(row[1]), NodeKey(label, str(row[0]))) for row in selected.rows if row is not None
    ]


def _service(context: Context) -> SearchService:
    if context.search is None:
        raise SearchUnavailableError("this process serves no search")
    return SearchService(context.store, context.search)


def _facets(asked: Sequence[FacetName] | None) -> tuple[FacetName, ...]:
    return tuple(FacetName) if asked is None else tuple(dict.fromkeys(asked))


def _page(found: Found, request: SearchRequest, mark: str, facets: Any) -> SearchPage:
    """The page as a connection. Hits that the graph withheld leave gaps, never a page that ends too early."""
    read = len(found.projects) + found.dropped
    end = request.offset + read
    places = [request.offset + rank for rank in range(1, len(found.projects) + 1)]
    if places:
        places[-1] = end
    cursors = [offsets.encode(place, mark) for place in places]
    return SearchPage(
        edges=tuple(
            Hit(
                cursor,
                project.score,
                None if project.marked_title is None else Passage.of(project.marked_title),
                tuple(map(Passage.of, project.snippets)),
                NodeKey("Project", project.id),
            )
            for cursor, project in zip(cursors, found.projects, strict=True)
        ),
        page_info={
            "has_next_page": end < min(found.total_estimate + found.dropped, MAX_WINDOW) and read == request.limit,
            "has_previous_page": request.offset > 0,
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        },
        total_count=found.total_estimate,
        is_total_exact=found.is_total_exact,
        facets=facets,
    )


def _selects(info: Info, name: str) -> bool:
    """Whether the operation shows the field `name` of what this resolver returns, fragments included."""

    def shows(selections: Iterable[SelectedField | FragmentSpread | InlineFragment]) -> bool:
        return any(
            selection.name == name if isinstance(selection, SelectedField) else shows(selection.selections)
            for selection in selections
        )

    return any(shows(field.selections) for field in info.selected_fields)

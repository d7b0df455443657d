"""Searching and suggesting: the index proposes, the graph has the last word on every node."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import strawberry
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField

from graph.selection import ByKeys
from network.context import Context
from network.execution.fields import After, First
from network.execution.reads import check_first
from network.subgraphs.discovery import positions
from network.subgraphs.discovery.facets import labelled
from network.subgraphs.discovery.filters import ATTRIBUTES, SearchFilter
from network.subgraphs.discovery.near import conditions
from network.subgraphs.discovery.pages import page
from network.subgraphs.discovery.results import SearchPage, Similar, SimilarProject, Suggestion
from network.subgraphs.discovery.similar_municipalities import like
from network.subgraphs.discovery.similar_projects import similar_projects
from network.subgraphs.discovery.suggesting import suggested
from network.subgraphs.discovery.types import FacetName, SearchOrder, SimilarFirst, SimilarProjectsFirst
from network.subgraphs.duplicates import SHOWN, FoundDuplicate, duplicates
from search.duplicates import Draft
from search.errors import SearchUnavailableError
from search.finder import SearchRequest
from search.port import SearchSort
from search.service import SearchService

Info = strawberry.Info[Context, None]

_SEARCH_TIMEOUT_S: Final = 5.0

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
    explain: Annotated[
        bool, strawberry.argument(description="Whether edges say why they were found and what moved them.")
    ] = False,
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
    order = SearchSort[sort.name]
    near = None if where is None else where.near
    mark = positions.mark(query, filters if near is None else {**filters, "near": near.mark()}, sort.name)
    position = None if after is None else positions.decode(after, mark, text=query, sort=order)
    counted = _facets(facets) if _selects(info, "facets") else ()
    request = SearchRequest(
        text=query,
        audiences=context.audiences,
        filters=filters,
        conditions=await conditions(context, near),
        facets=[ATTRIBUTES[name] for name in counted],
        sort=order,
        after=position,
        limit=check_first(first),
    )
    service = _service(context)
    found = await service.search(
        request,
        explains=explain,
        widens=_selects(info, "wider"),
        timeout_s=context.remaining_s(most=_SEARCH_TIMEOUT_S),
    )
    if found.projects and after is None:
        service.popular.note(query, context.caller)
    return page(found, mark, await labelled(found.facets, counted, context), after=position)


async def suggestions(
    info: Info,
    prefix: Annotated[str, strawberry.argument(description="What was typed so far, up to 500 characters.")],
    first: Annotated[int, strawberry.argument(description="How many, 0 to 20.")] = 8,
) -> list[Suggestion]:
    """Raises InvalidInputError, InvalidSearchRequestError, SearchUnavailableError or GraphUnavailableError."""
    return await suggested(info.context, _service(info.context), prefix, first)


async def similar(
    info: Info,
    ars: Annotated[str, strawberry.argument(description="Official key (ARS) of the municipality.")],
    first: SimilarFirst = 10,
) -> list[Similar]:
    return await like(info.context, ars, first)


async def like_project(
    info: Info,
    slug: Annotated[str, strawberry.argument(description="Slug of the project.")],
    first: SimilarProjectsFirst = 5,
) -> list[SimilarProject]:
    return await similar_projects(info.context, ByKeys("Project", "slug", (slug,)), first)


async def duplicates_of(
    info: Info,
    title: Annotated[str, strawberry.argument(description="The title so far, up to 500 characters.")],
    *,
    summary: Annotated[
        str, strawberry.argument(description="The summary, if there is one; up to 2,000 characters.")
    ] = "",
    services: Annotated[
        list[str] | None, strawberry.argument(description="Administrative services, by their 14-digit key (LeiKa).")
    ] = None,
    topics: Annotated[list[str] | None, strawberry.argument(description="Topics, by slug.")] = None,
    excluding: Annotated[
        strawberry.ID | None, strawberry.argument(description="Id of the draft itself, where there is one already.")
    ] = None,
    first: Annotated[int, strawberry.argument(description="How many, 1 to 20.")] = SHOWN,
) -> list[FoundDuplicate]:
    """Raises InvalidInputError, InvalidSearchRequestError, SearchUnavailableError or GraphUnavailableError."""
    draft = Draft(title, summary, frozenset(services or ()), frozenset(topics or ()), is_open=True)
    own = () if excluding is None else (str(excluding).removeprefix("Project:"),)
    return await duplicates(info.context, draft, first=first, excluding=own)


def _service(context: Context) -> SearchService:
    if context.search is None:
        raise SearchUnavailableError("this process serves no search")
    return context.search


def _facets(asked: Sequence[FacetName] | None) -> tuple[FacetName, ...]:
    return tuple(FacetName) if asked is None else tuple(dict.fromkeys(asked))


def _selects(info: Info, name: str) -> bool:
    """Whether the operation shows the field `name` of what this resolver returns, fragments included."""

    def shows(selections: Iterable[SelectedField | FragmentSpread | InlineFragment]) -> bool:
        return any(
            selection.name == name if isinstance(selection, SelectedField) else shows(selection.selections)
            for selection in selections
        )

    return any(shows(field.selections) for field in info.selected_fields)

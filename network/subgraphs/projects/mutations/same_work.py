"""What a new draft is told of entries that are probably the same work."""

import types
from typing import Any, Final

import strawberry

from graph import links
from graph.selection import ByKeys, LinkRead, Selection
from network.context import Context
from network.execution import Offered, computed
from network.subgraphs.duplicates import LIST, FoundDuplicate, duplicate_type, duplicates
from network.subgraphs.projects.types import Project, Service, Topic
from search.duplicates import Draft

PossibleDuplicate: Final = duplicate_type(Project, Service, Topic)
_LIST: Final[Any] = types.GenericAlias(list, (PossibleDuplicate,))
_TIMEOUT_S: Final = 5.0
_DRAFT: Final = Selection(
    "Project",
    ("title", "summary"),
    (
        LinkRead(links.PROJECT_SERVICES, (Selection("Service", ("leika_id",)),)),
        LinkRead(links.PROJECT_TOPICS, (Selection("Topic", ("slug",)),)),
    ),
)


async def of_draft(parent: strawberry.Parent[Any], info: strawberry.Info[Context, None]) -> list[FoundDuplicate]:
    """What is probably the same work as the draft that was written; the draft is there whatever becomes of this.

    Raises:
        SearchUnavailableError: the engine does not answer.
        GraphUnavailableError: the graph does not any more.
    """
    context = info.context
    key = parent.project.value
    selected = await context.store.select(
        _DRAFT,
        ByKeys("Project", "id", (key,)),
        audiences=context.audiences,
        timeout_s=context.remaining_s(most=_TIMEOUT_S),
    )
    row: list[Any] | None = selected.rows[0]
    if row is None:
        return []
    title, summary, services, topics = row
    # Cut where a summary may be longer than what is compared.
    draft = Draft(
        str(title),
        str(summary or "")[:2_000],
        frozenset(str(one) for (one,) in services),
        frozenset(str(one) for (one,) in topics),
    )
    return await duplicates(context, draft, excluding=(key,))


POSSIBLE_DUPLICATES: Final = Offered(
    "possible_duplicates",
    computed(
        _LIST | None,
        "Entries that are probably the same work, published or drafts that the caller may read, the likeliest first, at most "
        "five: to be told apart by `differentBecause`, or joined by `joinProject`. Null with an error where the search engine does not answer; the "
        "draft is written all the same.",
        directives=LIST,
    )(of_draft),
)

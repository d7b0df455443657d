"""Types of discovery: hits, facets, suggestions, and what they lead to."""

from enum import Enum
from typing import Annotated, Final

import strawberry
from strawberry.federation.schema_directives import Cost

from graph import model
from network.context import Context
from network.execution import NodeRow, PageInfo, attribute, computed, global_id, node, reference, value
from network.execution.fields import list_size
from network.subgraphs import about
from network.subgraphs.discovery import results
from network.subgraphs.discovery.similar import like
from search.snippets import Part

SIMILAR: Final = "Municipalities like this one: they adopted or take part in the same projects, the most alike first."
SIMILAR_WEIGHT: Final = 20
"""A row takes four hops to find, which is no matter of reading it."""
SimilarFirst = Annotated[int, strawberry.argument(description="How many, 1 to 50.")]


@strawberry.enum(description="What hits can be narrowed by and counted by.")
class FacetName(Enum):
    TOPIC = strawberry.enum_value("TOPIC", description="Topic, by slug.")
    HUB = strawberry.enum_value("HUB", description="Hub that owns the project, by slug.")
    HOUSE = strawberry.enum_value("HOUSE", description="House that owns the project or takes part, by id.")
    MUNICIPALITY = strawberry.enum_value("MUNICIPALITY", description="Municipality that takes part, by official key.")
    STATE = strawberry.enum_value("STATE", description="State of a house that takes part.")
    SIZE_CLASS = strawberry.enum_value("SIZE_CLASS", description="Size of a municipality that takes part.")
    STATUS = strawberry.enum_value("STATUS", description="Operating state of the project.")
    LICENCE = strawberry.enum_value("LICENCE", description="Licence, an SPDX expression.")
    SERVICE = strawberry.enum_value("SERVICE", description="Administrative service, by its 14-digit key (LeiKa).")
    FUNDING = strawberry.enum_value("FUNDING", description="Funding programme, by slug.")
    YEAR = strawberry.enum_value("YEAR", description="Year in which the project began.")


@strawberry.enum(description="Order of hits.")
class SearchOrder(Enum):
    RELEVANCE = strawberry.enum_value("RELEVANCE", description="Best match first.")
    REUSE = strawberry.enum_value("REUSE", description="Most confirmed adoptions first, of those the caller may see.")
    NEWEST = strawberry.enum_value("NEWEST", description="Most recently changed first.")
    TITLE = strawberry.enum_value("TITLE", description="By title, in German order.")


@strawberry.enum(description="The text that a passage is taken from.")
class PassageSource(Enum):
    TITLE = strawberry.enum_value("TITLE", description="The title.")
    SUMMARY = strawberry.enum_value("SUMMARY", description="The summary.")
    WRITEUP = strawberry.enum_value("WRITEUP", description="The write-up.")
    LESSONS_LEARNED = strawberry.enum_value("LESSONS_LEARNED", description="What those who did it learned.")
    WHAT_FAILED = strawberry.enum_value("WHAT_FAILED", description="What failed.")


@strawberry.enum(description="Kind of thing that a suggestion leads to.")
class SuggestionKind(Enum):
    PROJECT = strawberry.enum_value("PROJECT", description="A project.")
    TOPIC = strawberry.enum_value("TOPIC", description="A topic.")
    MUNICIPALITY = strawberry.enum_value("MUNICIPALITY", description="A municipality or association.")


@node(model.Project, keys=["id", "slug"], description=about.PROJECT)
class Project:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.PROJECT_SLUG)


@node(model.Topic, keys=["id", "slug"], description=about.TOPIC)
class Topic:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)


@node(model.Municipality, keys=["id", "ars"], description=about.MUNICIPALITY)
class Municipality:
    id: strawberry.ID = global_id(about.ID)
    ars: str = attribute(about.ARS)

    @computed(
        "list[SimilarMunicipality]", SIMILAR, needs=["ars"], directives=[list_size(), Cost(weight=SIMILAR_WEIGHT)]
    )
    async def similar(
        parent: strawberry.Parent[NodeRow],  # noqa: N805 - Strawberry passes the node, there is no `self`
        info: strawberry.Info[Context, None],
        first: SimilarFirst = 10,
    ) -> list[results.Similar]:
        return await like(info.context, parent["ars"], first)


@value(Part, description="A piece of a passage.")
class PassagePart:
    text: str = attribute("The text.")
    is_match: bool = attribute("Whether it is what was searched for.")


@value(results.Passage, description="A passage of a project's text with the words marked that were searched for.")
class Passage:
    source: PassageSource = attribute("The text that it is taken from.")
    parts: list[PassagePart] = attribute("The passage in pieces, to be marked and escaped by whoever shows it.")
    html: str = attribute("The passage as HTML: matches in `<mark>`, everything else escaped.")


@value(results.Hit, description="A project that was found.")
class SearchEdge:
    cursor: str = attribute("Mark of this place, for `after`.")
    node: Project = reference("The project.")
    score: float = attribute("How well it matches, 0 to 1; comparable within one answer only.")
    title: Passage | None = attribute("The title with matches marked; null where nothing in it matched.")
    snippets: list[Passage] = attribute("Passages where the text matched, at most two.")


@value(results.FacetValue, description="A value of a facet.")
class FacetValue:
    value: str = attribute("What to pass in the filter.")
    label: str = attribute("What to show, in German.")
    count: int = attribute("How many hits have it, of those the caller may see.")


@value(results.Facet, description="What hits can be narrowed by, with numbers.")
class Facet:
    name: FacetName = attribute("Which facet.")
    values: list[FacetValue] = attribute("Its values, the most frequent first; at least two.")


@value(results.SearchPage, description="A page of hits.")
class SearchConnection:
    edges: list[SearchEdge] = attribute("The hits of this page, in order.")
    page_info: PageInfo = attribute("Where this page lies.")
    total_count: int = attribute("How many hits there are for this caller; an estimate where `isTotalExact` is false.")
    is_total_exact: bool = attribute("Whether `totalCount` is exact.")
    facets: list[Facet] = attribute("Facets of all hits; one with fewer than two values is left out.")


SuggestedNode = Annotated[
    Project | Topic | Municipality, strawberry.union("SuggestedNode", description="What a suggestion leads to.")
]


@value(results.Suggestion, description="Something whose name begins as what was typed.")
class Suggestion:
    kind: SuggestionKind = attribute("What kind of thing it is.")
    text: str = attribute("What to show, in German.")
    node: SuggestedNode = reference("What it leads to.")


@value(results.Similar, description="A municipality that shares projects with another one.")
class SimilarMunicipality:
    municipality: Municipality = reference("The municipality.")
    similarity: float = attribute("Shared projects as a part of all projects of the two, above 0 and at most 1.")
    shared: int = attribute("How many projects they share, of those the caller may see.")
    reason_label: str = attribute("Why it is shown, in German.")
    reasons: list[Project] = reference("The projects that they share.")

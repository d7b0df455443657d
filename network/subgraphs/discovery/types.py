"""Types of discovery: hits, facets, suggestions, and what they lead to."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Final

import strawberry
from strawberry.federation.schema_directives import Cost

from graph import model
from graph.reading.gaps import ServiceGap as ServiceGapFound
from graph.selection import ByKeys
from graph.values import Instant
from network.context import Context
from network.execution import NodeRow, PageInfo, attribute, computed, global_id, node, reference, value
from network.execution.fields import at_most, list_size, rows_size
from network.subgraphs import about
from network.subgraphs.discovery import reports, results
from network.subgraphs.discovery.similar_municipalities import like
from network.subgraphs.discovery.similar_projects import similar_projects
from network.subgraphs.duplicates import duplicate_type
from network.subgraphs.vocabulary import NeedKind
from search.catalogues import CatalogueLink
from search.explaining import MAX_WORDS
from search.finder import BAND
from search.service import PASSAGES
from search.similar import MAX_NAMES, Reason
from search.snippets import Part

if TYPE_CHECKING:
    from network.subgraphs.discovery.family import FamilyTree
    from network.subgraphs.discovery.gaps import ServiceGap
    from network.subgraphs.discovery.wider import WiderSearch

SIMILAR: Final = "Municipalities like this one: they adopted or take part in the same projects, the most alike first."
SEARCH_WEIGHT: Final = 1_000
"""Up to 500 candidates are found, read and ranked, whatever the page: an operation cannot ask for many searches at once."""
SIMILAR_WEIGHT: Final = 20
"""A row takes four hops to find, which is no matter of reading it."""
SIMILAR_PROJECTS: Final = (
    "Projects like this one, the most alike first; null with an error where the search engine does not answer."
)
SimilarProjectsFirst = Annotated[int, strawberry.argument(description="How many, 1 to 20.")]
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


@strawberry.enum(description="Why a word of a project answers a word of the query.")
class MatchKind(Enum):
    KEY = strawberry.enum_value("KEY", description="An official key: ARS, LeiKa, OZG, ROR, SPDX, DOI.")
    EXACT = strawberry.enum_value("EXACT", description="The word as typed, in any spelling of its umlauts.")
    FORM = strawberry.enum_value("FORM", description="Another form of the word.")
    JOINED = strawberry.enum_value("JOINED", description="Two words that were typed apart, in one.")
    PREFIX = strawberry.enum_value("PREFIX", description="A word that begins as what was typed last.")
    COMPOUND = strawberry.enum_value("COMPOUND", description="A compound that the word is a part of.")
    TYPO = strawberry.enum_value("TYPO", description="A word that what was typed is probably a slip for.")
    SYNONYM = strawberry.enum_value("SYNONYM", description="A word that means the same.")
    RELATED = strawberry.enum_value("RELATED", description="A word that is close in meaning.")


@strawberry.enum(description="What of a project a query is compared with.")
class MatchSource(Enum):
    KEYS = strawberry.enum_value("KEYS", description="Official keys of the project and of what belongs to it.")
    TITLE = strawberry.enum_value("TITLE", description="The title.")
    NAMES = strawberry.enum_value("NAMES", description="Names of its houses, topics, services and funding programmes.")
    SUMMARY = strawberry.enum_value("SUMMARY", description="The summary.")
    WRITEUP = strawberry.enum_value("WRITEUP", description="The write-up.")
    NOTES = strawberry.enum_value(
        "NOTES", description="Titles of public results, and notes that are open to everybody."
    )
    NETWORK_NOTES = strawberry.enum_value(
        "NETWORK_NOTES", description="What only the network reads: lessons, failures, costs, titles of documents."
    )


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
    SEARCH = strawberry.enum_value("SEARCH", description="A search that several members made.")
    HUB = strawberry.enum_value("HUB", description="A hub.")
    MUNICIPALITY = strawberry.enum_value(
        "MUNICIPALITY", description="A municipality, municipal association, district or state."
    )
    UNIVERSITY = strawberry.enum_value("UNIVERSITY", description="A university.")


@node(model.Project, keys=["id", "slug"], description=about.PROJECT)
class Project:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.PROJECT_SLUG)

    @computed(
        "list[SimilarProject] | None",
        SIMILAR_PROJECTS,
        needs=["id"],
        directives=[list_size(), Cost(weight=SIMILAR_WEIGHT)],
    )
    async def similar(
        parent: strawberry.Parent[NodeRow],  # noqa: N805 - Strawberry passes the node, there is no `self`
        info: strawberry.Info[Context, None],
        first: SimilarProjectsFirst = 5,
    ) -> list[results.SimilarProject]:
        return await similar_projects(info.context, ByKeys("Project", "id", (parent["id"],)), first)

    @computed(
        Annotated["FamilyTree", strawberry.lazy("network.subgraphs.discovery.family")] | None,
        "What it was derived from and what was derived from it, with who adopted each; hidden projects, and what lies behind "
        "them alone, are left out.",
        needs=["id"],
        directives=[rows_size("nodes", "edges"), Cost(weight=reports.FAMILY_WEIGHT)],
    )
    async def family_tree(
        parent: strawberry.Parent[NodeRow],  # noqa: N805 - Strawberry passes the node, there is no `self`
        info: strawberry.Info[Context, None],
        first: reports.FamilyFirst = 60,
    ) -> reports.TreeFound | None:
        return await reports.tree_of(info.context, parent["id"], first)


@node(model.Topic, keys=["id", "slug"], description=about.TOPIC)
class Topic:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)


@node(model.Service, keys=["id", "leikaId"], description=about.SERVICE)
class Service:
    id: strawberry.ID = global_id(about.ID)
    leika_id: str = attribute(about.LEIKA_ID)


PossibleDuplicate: Final = duplicate_type(Project, Service, Topic)


@node(model.Hub, keys=["id", "slug"], description=about.HUB)
class Hub:
    id: strawberry.ID = global_id(about.ID)
    slug: str = attribute(about.SLUG)

    @computed(
        list[Annotated["ServiceGap", strawberry.lazy("network.subgraphs.discovery.gaps")]],
        "Services whose online status is recorded anywhere, by what most of the hub's municipalities lack; of equals what "
        "most administrations offer, then by name. Empty where the hub serves nobody, or nothing is recorded.",
        needs=["slug"],
        directives=[list_size(), Cost(weight=reports.GAPS_WEIGHT)],
    )
    async def service_gaps(
        parent: strawberry.Parent[NodeRow],  # noqa: N805 - Strawberry passes the node, there is no `self`
        info: strawberry.Info[Context, None],
        first: reports.GapsFirst = 20,
        topic: reports.GapsTopic = None,
    ) -> list[ServiceGapFound]:
        return await reports.gaps_of(info.context, parent["slug"], topic, first)


@node(model.University, keys=["id", "ror"], description=about.UNIVERSITY)
class University:
    id: strawberry.ID = global_id(about.ID)
    ror: str = attribute(about.ROR)


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


@value(results.MatchedWord, description="A word of the query and a word of the project that answers it.")
class MatchedWord:
    typed: str = attribute("The word of the query, as typed.")
    part: str | None = attribute("The part of a compound that is answered; null where all of it is.")
    found: str = attribute("The word of the project; in small letters without umlauts where it is a name or a key.")
    source: MatchSource = attribute("Where it stands.")
    kind: MatchKind = attribute("Why it answers.")
    label: str = attribute("Why it answers, in German.")
    quality: float = attribute("How nearly it means what was typed, 0 to 1; parts of a compound share it.")


@value(results.Explanation, description="Why a project was found, and what moved it to its place.")
class SearchExplanation:
    words: list[MatchedWord] = attribute(f"What answers what, the nearest in meaning first; at most {MAX_WORDS}.")
    missing: list[str] = attribute("Words of the query that the project does not answer.")
    text_score: float = attribute(f"How well the text answers, 0 to 1. It counts first, in steps of {BAND:g}.")
    coverage: float = attribute("Share of the query that is answered, 0 to 1, by the weight of its words.")
    confirmed_reuse: int = attribute("Confirmed adoptions, of those the caller may see. They count next.")
    confirmed_at: Instant | None = attribute("When the entry was last confirmed; the fresher, the higher. Null: never.")
    label: str = attribute("What moved it, in German, in the order in which it counts.")


@value(results.Hit, description="A project that was found.")
class SearchEdge:
    cursor: str = attribute("Mark of this place, for `after`.")
    node: Project = reference("The project.")
    score: float = attribute("How well it matches, 0 to 1; comparable within one answer only.")
    title: Passage | None = attribute("The title with matches marked; null where nothing in it matched.")
    snippets: list[Passage] = attribute(
        "Passages where the text matched, the weightiest first, at most two.", directives=[at_most(PASSAGES)]
    )
    explanation: SearchExplanation | None = attribute("Why it was found; null unless asked for by `explain`.")
    is_aside: bool = attribute(
        "Whether it only touches the query: by relevance, neither it nor any hit behind it scores a fifth of the best."
    )


@value(results.FacetValue, description="A value of a facet.")
class FacetValue:
    value: str = attribute("What to pass in the filter.")
    label: str = attribute("What to show, in German.")
    count: int = attribute("How many hits have it, of those the caller may see.")


@value(results.Facet, description="What hits can be narrowed by, with numbers.")
class Facet:
    name: FacetName = attribute("Which facet.")
    values: list[FacetValue] = attribute("Its values, the most frequent first; at least two.")


@value(CatalogueLink, description="Another public catalogue, which Hubnetz itself never asks.")
class Catalogue:
    name: str = attribute("Its name.")
    purpose: str = attribute("What it is good for, in German.")
    url: str = attribute("Address of its answer to the same words.")


@value(results.NeedDraft, description="A need as it might be posted for what was not found.")
class NeedDraft:
    kind: NeedKind = attribute("Always SEEKS.")
    title: str = attribute("The words of the query.")
    topics: list[Topic] = reference("The nearest topics.", directives=[at_most(3)])


@value(results.Relaxed, description="What is near where nothing answers a query, and where to go on.")
class RelaxedSearch:
    label: str = attribute("What to say, in German: Nichts Passendes im Netz.")
    edges: list[SearchEdge] = attribute(
        "The nearest projects, at most five: they answer too little of the query to be hits.",
        directives=[at_most(5)],
    )
    topics: list[Topic] = reference(
        "Topics whose names are near the words, the nearest first, at most three.", directives=[at_most(3)]
    )
    need: NeedDraft = attribute("A need to post, filled in.")
    catalogues: list[Catalogue] = attribute("Links that carry the words to other public catalogues.")


@value(results.SearchPage, description="A page of hits.")
class SearchConnection:
    edges: list[SearchEdge] = attribute("The hits of this page, in order.")
    page_info: PageInfo = attribute("Where this page lies.")
    total_count: int = attribute("How many hits there are for this caller; at least, where `isTotalExact` is false.")
    is_total_exact: bool = attribute(
        "Whether `totalCount` and the counts of facets are exact; false: there are at least as many."
    )
    facets: list[Facet] = attribute("Facets of all hits; one with fewer than two values is left out.")
    did_you_mean: str | None = attribute(
        "The query without its slips, written as the projects found write it; null where there is none to put right."
    )
    missing_words: list[str] = attribute(
        "Words of the query that the caller finds in no project, nor anything like them; the hits answer the others."
    )
    without_filters: int | None = attribute(
        "Where there are no hits: how many there would be, at least, without the filter. Null where there are hits, or "
        "no filter."
    )
    relaxed: RelaxedSearch | None = attribute(
        "What to offer where nothing answers, with the filter or without: it counts nowhere. Null where there are hits, "
        "or no word was searched for."
    )
    wider: Annotated["WiderSearch", strawberry.lazy("network.subgraphs.discovery.wider")] | None = attribute(
        "Where nothing or little answers (fewer than three hits, or none that says clearly what was typed): what finds more. "
        "Null otherwise, and on later pages."
    )


SuggestedNode = Annotated[
    Project | Topic | Hub | Municipality | University,
    strawberry.union("SuggestedNode", description="What a suggestion leads to."),
]


@value(results.Suggestion, description="Something that is called, or nearly called, what is being typed.")
class Suggestion:
    kind: SuggestionKind = attribute("What kind of thing it is.")
    text: str = attribute("What to show, in German.")
    detail: str | None = attribute("What tells it from others of the same name, in German: where it lies.")
    node: SuggestedNode = reference("What it leads to; of a search, the project that it finds first.")


@strawberry.enum(description="In what two projects are alike.")
class SimilarityAspect(Enum):
    TERMS = strawberry.enum_value("TERMS", description="The same terms, in any form or inside a compound.")
    TOPICS = strawberry.enum_value("TOPICS", description="The same topic.")
    SERVICES = strawberry.enum_value("SERVICES", description="The same administrative service.")
    FUNDING = strawberry.enum_value("FUNDING", description="The same funding programme.")
    HOUSES = strawberry.enum_value("HOUSES", description="The same house runs them or takes part.")
    ADOPTION = strawberry.enum_value("ADOPTION", description="The same house adopted both.")
    DERIVATION = strawberry.enum_value("DERIVATION", description="One was made from the other.")


@value(Reason, description="In what a project is like another one.")
class SimilarityReason:
    aspect: SimilarityAspect = attribute("What it is.")
    label: str = attribute("What to say, in German.")
    names: list[str] = attribute(
        "What both have: terms as the other one spells them, or names.", directives=[at_most(MAX_NAMES)]
    )


@value(results.SimilarProject, description="A project that is like another one.")
class SimilarProject:
    project: Project = reference("The project.")
    similarity: float = attribute("How alike they are, above 0 and at most 1.")
    reasons: list[str] = attribute("In what they are alike, in German; what counts most first.")
    why: list[SimilarityReason] = attribute("The same as data.", directives=[at_most(len(SimilarityAspect))])


@value(results.Similar, description="A municipality that shares projects with another one.")
class SimilarMunicipality:
    municipality: Municipality = reference("The municipality.")
    similarity: float = attribute("Shared projects as a part of all projects of the two, above 0 and at most 1.")
    shared: int = attribute("How many projects they share, of those the caller may see.")
    reason_label: str = attribute("Why it is shown, in German.")
    reasons: list[Project] = reference("The projects that they share.")

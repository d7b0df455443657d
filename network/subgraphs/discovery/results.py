"""What searching returns, as values: nodes are named by key and loaded by the engine with whatever is selected."""

from dataclasses import dataclass

from graph.model import NodeKey
from search.catalogues import CatalogueLink
from search.similar import Reason
from search.snippets import Part, Snippet
from search.widening import FoundPart


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a project's text; `source` names the enum value of the text that it is taken from."""

    source: str
    parts: tuple[Part, ...]
    html: str

    @classmethod
    def of(cls, snippet: Snippet) -> "Passage":
        return cls(snippet.attribute.upper(), snippet.parts, snippet.html)


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """`source` and `kind` name enum values."""

    typed: str
    part: str | None
    found: str
    source: str
    kind: str
    label: str
    quality: float


@dataclass(frozen=True, slots=True)
class Explanation:
    words: tuple[MatchedWord, ...]
    missing: tuple[str, ...]
    text_score: float
    coverage: float
    confirmed_reuse: int
    confirmed_at: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """`explanation` is None unless asked for."""

    cursor: str
    score: float
    title: Passage | None
    snippets: tuple[Passage, ...]
    node: NodeKey
    explanation: Explanation | None
    is_aside: bool


@dataclass(frozen=True, slots=True)
class NeedDraft:
    kind: str
    title: str
    topics: tuple[NodeKey, ...]


@dataclass(frozen=True, slots=True)
class Relaxed:
    label: str
    edges: tuple[Hit, ...]
    topics: tuple[NodeKey, ...]
    need: NeedDraft
    catalogues: tuple[CatalogueLink, ...]


@dataclass(frozen=True, slots=True)
class WiderTopic:
    """`reason` names an enum value."""

    topic: NodeKey
    total: int
    reason: str
    typed: str
    found: str


@dataclass(frozen=True, slots=True)
class Wider:
    parts: tuple[FoundPart, ...]
    topics: tuple[WiderTopic, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`page_info` has the members of the GraphQL type, which no class of ours stands behind."""

    edges: tuple[Hit, ...]
    page_info: dict[str, object]
    total_count: int
    is_total_exact: bool
    facets: tuple[Facet, ...]
    did_you_mean: str | None
    missing_words: tuple[str, ...]
    without_filters: int | None
    relaxed: Relaxed | None
    wider: Wider | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` names an enum value."""

    kind: str
    text: str
    detail: str | None
    node: NodeKey


@dataclass(frozen=True, slots=True)
class SimilarProject:
    project: NodeKey
    similarity: float
    reasons: tuple[str, ...]
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    municipality: NodeKey
    similarity: float
    shared: int
    reason_label: str
    reasons: tuple[NodeKey, ...]

"""What searching returns, as values: nodes are named by key and loaded by the engine with whatever is selected."""

from dataclasses import dataclass

from graph.model import NodeKey
from search.snippets import Part, Snippet


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
class Hit:
    cursor: str
    score: float
    title: Passage | None
    snippets: tuple[Passage, ...]
    node: NodeKey


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


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: str
    text: str
    node: NodeKey


@dataclass(frozen=True, slots=True)
class Similar:
    municipality: NodeKey
    similarity: float
    shared: int
    reason_label: str
    reasons: tuple[NodeKey, ...]

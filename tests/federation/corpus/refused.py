"""Written operations that are refused as a whole."""

from collections.abc import Mapping
from typing import Any, Final

REFUSED: Final[dict[str, tuple[str, Mapping[str, Any]]]] = {
    "no-document": ("", {}),
    "no-syntax": ("{ hub(slug: }", {}),
    "unknown-field": ('{ hub(slug: "zeitz") { colour } }', {}),
    "unknown-argument": ('{ hub(slug: "zeitz", colour: 1) { name } }', {}),
    "unknown-fragment": ('{ hub(slug: "zeitz") { ...F } }', {}),
    "argument-missing": ("{ hub { name } }", {}),
    "literal-of-another-type": ("{ hub(slug: 5) { name } }", {}),
    "enum-that-is-none": ("{ projects(orderBy: BY_MOON) { totalCount } }", {}),
    "no-selection": ('{ hub(slug: "zeitz") }', {}),
    "conflicting-aliases": ('{ a: hub(slug: "zeitz") { name } a: hub(slug: "wilster") { name } }', {}),
    "two-operations-and-no-name": ("query A { __typename } query B { __typename }", {}),
    "variable-missing": ("query ($slug: String!) { hub(slug: $slug) { name } }", {}),
    "variable-null": ("query ($slug: String!) { hub(slug: $slug) { name } }", {"slug": None}),
    "variable-of-another-type": ("query ($slug: String!) { hub(slug: $slug) { name } }", {"slug": {"a": 1}}),
    "variable-out-of-the-enum": (
        "query ($o: ProjectOrder!) { projects(orderBy: $o) { totalCount } }",
        {"o": "BY_MOON"},
    ),
    "variable-is-no-date": (
        "query ($d: PartialDate!) { events(filter: {startsFrom: $d}) { totalCount } }",
        {"d": "31. Mai"},
    ),
    "variable-with-an-unknown-field": (
        "query ($f: HubFilter) { hubs(filter: $f) { totalCount } }",
        {"f": {"colour": "red"}},
    ),
    "cost": (
        "{ projects(first: 100) { edges { node { municipalities(first: 100) { edges { node { name } } } } } } }",
        {},
    ),
    "page-too-large": ("{ projects(first: 1000) { totalCount } }", {}),
    "page-too-large-beside-good": (
        '{ hub(slug: "zeitz") { name } search(query: "park", first: 1000) { totalCount } }',
        {},
    ),
    "page-too-large-in-an-entity": ('{ hub(slug: "zeitz") { name projects(first: 1000) { totalCount } } }', {}),
    "too-many-aliases": ("{ " + " ".join(f'a{n}: hub(slug: "zeitz") {{ slug }}' for n in range(16)) + " }", {}),
    "nobody-is-left": ("{ projects(filter: {year: 123456}) { totalCount } }", {}),
    "bad-cursor": ('{ projects(after: "no cursor") { totalCount } }', {}),
}
"""Document and variables by name: no data at all."""

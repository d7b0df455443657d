"""The operations that the gateway of one process and routers have to answer alike: written ones and generated ones.

The same at every start: texts are files, constants, or follow from the schema and a constant seed. What a variable names by `@` is
an entry of `town.Town.facts`, whose ids are new each time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graphql import GraphQLSchema, NonNullTypeNode, OperationType, get_operation_ast, parse

from network.operations.operation_files import operations
from network.pages.frame.queries import FOLDER, ready_queries
from tests.federation.corpus import generating, hidden, pages, special
from tests.federation.corpus.refused import REFUSED
from tests.fixtures.process import ROOT

WITHOUT_RIGHTS: Final = ("anonymous", "none")
EVERYBODY: Final = ("anonymous", "member")
PAGES: Final = ROOT / "network" / "pages" / "operations"
_READERS: Final = {
    **dict.fromkeys(("history", "members", "inbox", "tasks", "webhooks"), ("lead",)),
    **dict.fromkeys(("needs", "need-matches"), ("member", "amt")),
    "viewer": ("none", "admin"),
}
"""Who reads a ready query; others go to everybody and to a member."""


@dataclass(frozen=True)
class Operation:
    """One request: a document of one operation, its variables, and who sends it."""

    name: str
    caller: str
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    hides: bool = False
    """Whether what stands under `hidden` has to be null."""

    @property
    def is_without_rights(self) -> bool:
        return self.caller in WITHOUT_RIGHTS

    def given(self, facts: Mapping[str, str]) -> dict[str, Any]:
        """The variables with ids in place of names."""
        return {name: _resolved(value, facts) for name, value in self.variables.items()}

    def missing(self) -> set[str]:
        """Variables that it must be given, and is not."""
        read = get_operation_ast(parse(self.text))
        asked = (read and read.variable_definitions) or ()
        needed = {
            one.variable.name.value for one in asked if isinstance(one.type, NonNullTypeNode) and not one.default_value
        }
        return needed - self.variables.keys()

    def __str__(self) -> str:
        return f"{self.name}-{self.caller}"


def _resolved(value: Any, facts: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return facts[value[1:]]
    if isinstance(value, list):
        return [_resolved(one, facts) for one in value]
    if isinstance(value, dict):
        return {name: _resolved(one, facts) for name, one in value.items()}
    return value


def corpus(schema: GraphQLSchema) -> tuple[Operation, ...]:
    """All that are answered; `schema` is that of the gateway."""
    found = (*written(FOLDER), *_of_pages(), *_special(), *_generated(schema))
    assert len({str(operation) for operation in found}) == len(found)
    return found


def written(folder: Path) -> Iterator[Operation]:
    """The queries of a folder with their variables; none where there is no such folder."""
    for query in ready_queries(folder):
        if not query.is_mutation:
            variables = json.loads(query.variables) if query.variables else {}
            for caller in _READERS.get(query.name, EVERYBODY):
                yield Operation(f"{folder.name}-{query.name}", caller, query.text, variables)


def _of_pages() -> Iterator[Operation]:
    for name, text in operations(PAGES).items():
        read = get_operation_ast(parse(text))
        if read is not None and read.operation is OperationType.QUERY:
            for caller in pages.READERS.get(name, EVERYBODY):
                yield Operation(f"pages-{name}", caller, text, pages.VARIABLES.get(name, {}))


def _special() -> Iterator[Operation]:
    for name, (callers, text, variables) in (*hidden.ANSWERED.items(), *special.ANSWERED.items()):
        for caller in callers:
            yield Operation(name, caller, text, variables)


def refused() -> Iterator[Operation]:
    """Those that are refused as a whole, by routers and by the gateway."""
    for name, (text, variables) in REFUSED.items():
        yield Operation(name, "member", text, variables)


def _generated(schema: GraphQLSchema) -> Iterator[Operation]:
    for made in generating.operations(schema):
        yield Operation(made.name, made.caller, made.text, made.variables, made.hides)

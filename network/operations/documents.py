"""GraphQL documents: measured, parsed and validated once, and kept within bounds."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import ValidationAbortedError

from network.limits import LimitExceededError, Limits, check
from network.operations.coordinates import Uses, uses
from network.operations.cost import OperationCost, costs

MAX_VALIDATION_ERRORS: Final = 10
"""Enough to mend a document; each may cost a search for similar names."""
CACHED_DOCUMENTS: Final = 1_000
CACHED_BYTES: Final = 64 * 1_024 * 1_024
"""Documents kept at most. Clients send few different ones; whoever makes up new ones only displaces others."""
_BYTES_PER_TOKEN: Final = 600
"""A token with its place and its share of the tree, measured with tracemalloc."""
MAX_COMPLEXITY_BUDGET: Final = 5_000
"""Comparisons of fields that may overlap. The library's 500,000 let 1.2 kB cost 0.28 s; ours need some hundreds."""

overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = MAX_COMPLEXITY_BUDGET

_INTROSPECTION = frozenset({"__schema", "__type"})
_FEDERATION = frozenset({"_service", "_entities"})


class InvalidDocumentError(Exception):
    """The document is refused; `errors` say why, each with its code."""

    def __init__(self, errors: tuple[GraphQLError, ...]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """What must be known of an operation before it runs."""

    type: OperationType
    cost: OperationCost
    mutations: int = 0
    """How many it holds, those included that a directive may leave out."""
    uses: Uses = field(default_factory=Uses)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may run, if cost, caller and method allow."""

    ast: DocumentNode
    operations: Mapping[str | None, Operation]
    asks_introspection: bool
    asks_federation: bool

    def operation(self, name: str | None) -> Operation:
        """The operation called `name`, or the only one.

        Raises:
            InvalidDocumentError: no such operation, or several to choose from.
        """
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise InvalidDocumentError((_bad_input("The document holds several operations: give operationName."),))
        if name not in self.operations:
            raise InvalidDocumentError((_bad_input("The document has no operation of that operationName."),))
        return self.operations[name]


class Documents:
    """Documents of one schema, the least recently used forgotten first."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, has_suggestions: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._has_suggestions = has_suggestions
        self._cache: OrderedDict[str, tuple[Document, int]] = OrderedDict()
        self._size_bytes = 0

    def __len__(self) -> int:
        return len(self._cache)

    def get(self, text: str) -> Document:
        """The document that `text` is.

        Raises:
            InvalidDocumentError: not GraphQL, over a limit, or not valid against the schema. Never kept: a client that
                works does not send it again.
        """
        known = self._cache.get(text)
        if known is not None:
            self._cache.move_to_end(text)
            return known[0]
        document = self._read(text)
        self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        size = len(text) * 4 + document.ast.token_count * _BYTES_PER_TOKEN
        self._cache[text] = document, size
        self._size_bytes += size
        while len(self._cache) > CACHED_DOCUMENTS or self._size_bytes > CACHED_BYTES:
            _, (_, freed) = self._cache.popitem(last=False)
            self._size_bytes -= freed

    def _read(self, text: str) -> Document:
        ast = self._parse(text)
        try:
            check(ast, self._limits)
        except LimitExceededError as error:
            raise InvalidDocumentError((_with_origin(error),)) from error
        errors = validate(
            self._schema, ast, max_errors=MAX_VALIDATION_ERRORS, hide_suggestions=not self._has_suggestions
        )
        if errors:
            raise InvalidDocumentError(tuple(_validation_error(error) for error in errors))
        names = _FieldNames()
        visit(ast, names)
        cost, used = costs(self._schema, ast), uses(self._schema, ast)
        fragments = {one.name.value: one for one in ast.definitions if isinstance(one, FragmentDefinitionNode)}
        operations = {
            name: Operation(
                definition.operation,
                cost[name],
                _fields(definition.selection_set, fragments) if definition.operation is OperationType.MUTATION else 0,
                used[name],
            )
            for definition in ast.definitions
            if isinstance(definition, OperationDefinitionNode)
            for name in [definition.name.value if definition.name else None]
        }
        return Document(
            ast, operations, not names.found.isdisjoint(_INTROSPECTION), not names.found.isdisjoint(_FEDERATION)
        )

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_lexical_tokens=self._limits.max_tokens, max_comments=self._limits.max_tokens)
        except GraphQLSyntaxError as error:
            raise InvalidDocumentError((self._parse_error(error),)) from error

    def _parse_error(self, error: GraphQLSyntaxError) -> GraphQLError:
        """The parser tells its limits apart by text alone; tests pin each of the texts."""
        if error.message.endswith("Parsing aborted."):
            if "nested too deeply" in error.message:
                return _with_origin(LimitExceededError("nesting", 200, "more"))
            return _with_origin(LimitExceededError("max_tokens", self._limits.max_tokens, "more"))
        return _recoded(error, "GRAPHQL_PARSE_FAILED")


def _fields(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """Fields at the root. Few: the document is valid and within the limits, which count them, too."""
    count = 0
    for node in selected.selections:
        if isinstance(node, FragmentSpreadNode):
            count += _fields(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            count += _fields(node.selection_set, fragments)
        else:
            count += 1
    return count


class _FieldNames(Visitor):
    """The names of all fields of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add(node.name.value)


def _validation_error(error: GraphQLError) -> GraphQLError:
    if isinstance(error, ValidationAbortedError) and "error limit" not in error.message:
        return _with_origin(LimitExceededError("validation", MAX_COMPLEXITY_BUDGET, "more"))
    return _recoded(error, "GRAPHQL_VALIDATION_FAILED")


def _recoded(error: GraphQLError, code: str) -> GraphQLError:
    return GraphQLError(
        error.message, error.nodes, error.source, error.positions, extensions={**(error.extensions or {}), "code": code}
    )


def _with_origin(error: LimitExceededError) -> GraphQLError:
    return GraphQLError(str(error), original_error=error)


def _bad_input(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})

"""How large a GraphQL document may be: measured once, before any other rule of validation reads it.

Linear in the document: every definition is walked once, without recursion, and a fragment's counts are kept, so that a
short document of nested fragments, which expands to a long one, is refused without being expanded.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

SATURATED: Final = 1_000_000_000
"""Counts stop here: a fragment bomb of 2^1000 fields must not become an integer of a thousand bits."""
MAX_NESTING: Final = 64
"""Braces within braces, fragments expanded. What reads a document by recursion stays far from Python's own limit."""
INTROSPECTION_DEPTH: Final = 20
"""The standard introspection query needs 15, GraphiQL's 16 with descriptions of arguments' types."""
INTROSPECTION_LISTS: Final = 2
"""Lists of members within each other: `types { fields }` and `__type { fields { type { fields } } }`, no further."""

_INTROSPECTION_ROOTS: Final = frozenset({"__schema", "__type"})
_INTROSPECTION_LIST_FIELDS: Final = frozenset(
    {"types", "fields", "inputFields", "interfaces", "possibleTypes", "enumValues"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The values of GRAPHQL's limits; each is a setting of the same name."""

    timeout_s: float = 10.0
    max_body_bytes: int = 262_144
    max_tokens: int = 2_000
    max_depth: int = 15
    max_aliases: int = 15
    max_root_fields: int = 20
    max_mutations: int = 10
    max_directives: int = 50
    max_directives_per_place: int = 4
    max_fields: int = 1_000
    max_cost: int = 10_000
    max_representations: int = 1_000
    max_page_size: int = 100


_JOINED: Final = 5
"""How much of what clients sent it at one time a router joins into one document. Time and cost hold for it as they are."""


def of_router(limits: Limits) -> Limits:
    """The same for documents that a router makes of those it took: it joins them, names each field anew, spells fragments out."""
    root_fields = limits.max_root_fields * _JOINED
    return replace(
        limits,
        max_tokens=limits.max_tokens * _JOINED,
        max_root_fields=root_fields,
        max_aliases=limits.max_aliases + root_fields,
        max_directives=limits.max_directives * _JOINED,
        max_fields=limits.max_fields * _JOINED,
    )


class LimitExceededError(Exception):
    """More was asked than a limit allows; `limit` is its setting in small letters, or a fixed name."""

    code = "LIMIT_EXCEEDED"
    retryable = False

    def __init__(self, limit: str, value: float, asked: float | str, *, advice: str = "") -> None:
        asked_text = f"at least {SATURATED}" if asked == SATURATED else str(asked)
        super().__init__(f"Limit {limit} is {value:.15g}, asked for {asked_text}.{f' {advice}' if advice else ''}")
        self.limit = limit
        self.value = value
        self.asked = asked_text if asked == SATURATED else asked


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection set amounts to once its fragments are expanded."""

    depth: int = 0
    nesting: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    directives_at_one_place: int = 0
    fields: int = 0
    introspection_depth: int = 0
    introspection_lists: int = 0
    mutations: int = 0


@dataclass(slots=True)
class _Place:
    """A spread, and where it stands in the definition that holds it."""

    name: str
    depth: int
    nesting: int
    lists: int
    is_introspection: bool


@dataclass(slots=True)
class _Local:
    """A definition's own counts, before its spreads are added."""

    depth: int = 0
    nesting: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    directives_at_one_place: int = 0
    fields: int = 0
    introspection_depth: int = 0
    introspection_lists: int = 0
    member_depth: int = 0
    """As `introspection_depth`, should the whole definition be spread within `__schema` or `__type`."""
    member_lists: int = 0
    spreads: list[_Place] = field(default_factory=list)


def check(document: DocumentNode, limits: Limits) -> None:
    """Passes when every operation of the document keeps every limit but cost, which needs types and variables.

    Raises:
        LimitExceededError: names the first limit that was crossed, its value and what was asked.
    """
    for measured in measure(document):
        _compare(measured, limits)


def measure(document: DocumentNode) -> tuple[Measure, ...]:
    """One `Measure` per operation, in order. A fragment that spreads itself counts once: a later rule refuses it."""
    fragments = {
        definition.name.value: _local(definition)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    totals: dict[str, _Local] = {}
    for name in _spread_first(fragments):
        totals[name] = _add(fragments[name], totals)
    return tuple(
        _finished(_add(_local(definition), totals), definition.operation)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )


def _compare(measured: Measure, limits: Limits) -> None:
    for limit, allowed, asked in (
        ("max_root_fields", limits.max_root_fields, measured.root_fields),
        ("max_mutations", limits.max_mutations, measured.mutations),
        ("max_depth", limits.max_depth, measured.depth),
        ("max_aliases", limits.max_aliases, measured.aliases),
        ("max_directives", limits.max_directives, measured.directives),
        ("max_directives_per_place", limits.max_directives_per_place, measured.directives_at_one_place),
        ("max_fields", limits.max_fields, measured.fields),
        ("nesting", MAX_NESTING, measured.nesting),
        ("introspection_depth", INTROSPECTION_DEPTH, measured.introspection_depth),
        ("introspection_lists", INTROSPECTION_LISTS, measured.introspection_lists),
    ):
        if asked > allowed:
            raise LimitExceededError(limit, allowed, asked)


def _spread_first(fragments: Mapping[str, _Local]) -> Iterator[str]:
    """Names of fragments, each after those that it spreads; where a cycle closes, the order is cut."""
    done: set[str] = set()
    for root in fragments:
        path = [(root, iter(fragments[root].spreads))]
        on_path = {root}
        while path and root not in done:
            name, spreads = path[-1]
            for spread in spreads:
                if spread.name in fragments and spread.name not in done and spread.name not in on_path:
                    path.append((spread.name, iter(fragments[spread.name].spreads)))
                    on_path.add(spread.name)
                    break
            else:
                path.pop()
                done.add(name)
                yield name


def _local(definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Local:
    """The counts of one definition; a stack instead of recursion, since nesting is the client's choice."""
    local = _Local()
    _count_directives(local, definition.directives)
    for variable in definition.variable_definitions or ():
        _count_directives(local, variable.directives)
    # (selection set, fields above it, braces above it, lists of members above it, within __schema or __type)
    stack: list[tuple[SelectionSetNode, int, int, int, bool]] = [(definition.selection_set, 0, 1, 0, False)]
    while stack:
        selection_set, depth, nesting, lists, is_introspection = stack.pop()
        local.nesting = max(local.nesting, nesting)
        for selection in selection_set.selections:
            _count_directives(local, selection.directives)
            if isinstance(selection, FragmentSpreadNode):
                local.spreads.append(_Place(selection.name.value, depth, nesting, lists, is_introspection))
            elif isinstance(selection, InlineFragmentNode):
                stack.append((selection.selection_set, depth, nesting + 1, lists, is_introspection))
            elif isinstance(selection, FieldNode):
                below = _count_field(local, selection, depth, lists, is_introspection=is_introspection)
                if selection.selection_set is not None:
                    stack.append((selection.selection_set, depth + 1, nesting + 1, *below))
    return local


def _count_field(local: _Local, node: FieldNode, depth: int, lists: int, *, is_introspection: bool) -> tuple[int, bool]:
    """Counts one field; lists of members and introspection, as they hold below it."""
    name = node.name.value
    local.fields += 1
    local.aliases += node.alias is not None
    local.root_fields += depth == 0
    lists += name in _INTROSPECTION_LIST_FIELDS
    is_introspection = is_introspection or name in _INTROSPECTION_ROOTS
    if is_introspection:
        local.introspection_depth = max(local.introspection_depth, depth + 1)
        local.introspection_lists = max(local.introspection_lists, lists)
    else:
        local.depth = max(local.depth, depth + 1)
    local.member_depth = max(local.member_depth, depth + 1)
    local.member_lists = max(local.member_lists, lists)
    return lists, is_introspection


def _count_directives(local: _Local, directives: tuple[DirectiveNode, ...] | None) -> None:
    count = len(directives or ())
    local.directives += count
    local.directives_at_one_place = max(local.directives_at_one_place, count)


def _add(local: _Local, totals: Mapping[str, _Local]) -> _Local:
    """`local` with everything that its spreads bring; an unknown fragment brings nothing."""
    times = Counter(spread.name for spread in local.spreads)
    for name, count in times.items():
        total = totals.get(name)
        if total is None:
            continue
        local.aliases = min(SATURATED, local.aliases + count * total.aliases)
        local.directives = min(SATURATED, local.directives + count * total.directives)
        local.fields = min(SATURATED, local.fields + count * total.fields)
        local.directives_at_one_place = max(local.directives_at_one_place, total.directives_at_one_place)
    for spread in local.spreads:
        total = totals.get(spread.name)
        if total is None:
            continue
        if spread.depth == 0:
            local.root_fields = min(SATURATED, local.root_fields + total.root_fields)
        local.nesting = max(local.nesting, spread.nesting + total.nesting)
        local.member_depth = max(local.member_depth, spread.depth + total.member_depth)
        local.member_lists = max(local.member_lists, spread.lists + total.member_lists)
        if spread.is_introspection:
            local.introspection_depth = max(local.introspection_depth, spread.depth + total.member_depth)
            local.introspection_lists = max(local.introspection_lists, spread.lists + total.member_lists)
        else:
            local.depth = max(local.depth, spread.depth + total.depth)
            if total.introspection_depth:
                local.introspection_depth = max(local.introspection_depth, spread.depth + total.introspection_depth)
                local.introspection_lists = max(local.introspection_lists, spread.lists + total.introspection_lists)
    return local


def _finished(local: _Local, operation: OperationType) -> Measure:
    return Measure(
        local.depth,
        local.nesting,
        local.aliases,
        local.root_fields,
        local.directives,
        local.directives_at_one_place,
        local.fields,
        local.introspection_depth,
        local.introspection_lists,
        local.root_fields if operation is OperationType.MUTATION else 0,
    )

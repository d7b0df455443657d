"""One Cypher statement for a whole selection, as Neo4j reads it best.

Three things make the difference (bench/README.md): every list is ordered and cut *before* what hangs on it is read, only
what is shown is read, and one record with nested lists comes back. Texts depend on the selection and on the shape of the
start, never on values, so that both our cache and the planner's find them again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graph.backends.neo4j.rows import Decoder, row_decoder
from graph.backends.statements import (
    Column,
    Conditions,
    Dialect,
    after_parameters,
    arrow,
    audience_parameters,
    check_start,
    columns,
    having,
    is_after,
    is_visible,
    order_by,
    read_property,
    settled,
    where,
)
from graph.ddl import INDEXES, LABELS, RELATIONSHIPS, UNIQUE, PropertyType
from graph.errors import InvalidInputError
from graph.links import Direction, Link
from graph.selection import (
    MAX_ROWS,
    ByKeys,
    Compare,
    Condition,
    Linked,
    LinkRead,
    Match,
    Operator,
    Page,
    Selection,
    Start,
)

PUBLIC_LABEL: Final = "Public"
"""On every guarded node whose `readers` hold `public`, and on no other: how this adapter keeps that one token at hand.

A label stands in the node's own record; `readers`, a list of texts, has to be fetched from another store for each node
that is tested. `Neo4jTransaction.put` sets and removes it in the statement that writes `readers`, and nothing else writes
them: named queries never do (a test holds them to it). A node that lacks it is found all the same, by the list.
"""

NEO4J: Final = Dialect(
    shares_reader=(
        f"($is_anyone AND {{node}}:{PUBLIC_LABEL} OR any(reader IN {{node}}.readers WHERE reader IN $audiences))"
    ),
    has_label="{node}:{label}",
    casts={},
)

_ROOT: Final = "n0"


@dataclass(frozen=True, slots=True)
class Statement:
    """What to send, and how to read the one record that comes back: `[rows]` or `[rows, total]`."""

    text: str
    parameters: dict[str, Any]
    decode: Decoder | None


@dataclass(frozen=True, slots=True)
class Projection:
    """The value of a row as an expression over `n0`, and what its pages are ordered by."""

    row: str
    decode: Decoder | None
    pages: tuple[tuple[int, tuple[Column, ...]], ...]
    """Index into the call's pages, and the order of that page."""


def render(selection: Selection, start: Start, audiences: Collection[str], pages: Sequence[Page]) -> Statement:
    """The statement that reads `selection` from `start` on.

    Raises:
        InvalidInputError: a value, a page or a position that cannot be meant.
    """
    if selection.label != start.label:
        raise InvalidInputError(f"a selection of {selection.label} cannot start at {start.label}")
    projection = project(selection, tuple(page.after is not None for page in pages))
    parameters = audience_parameters(audiences)
    for number, page in enumerate(pages):
        parameters[f"first{number}"] = page.first
    for number, order in projection.pages:
        parameters |= after_parameters(order, pages[number], f"after{number}_")
    if isinstance(start, ByKeys):
        parameters["keys"] = check_start(start)
        # collect() drops NULL: false stands for a key without a node.
        item = f"CASE WHEN {_ROOT} IS NULL THEN false ELSE {projection.row} END"
        text = f"{_by_keys(start.label, start.property)} RETURN collect({item})"
    else:
        text = _match(start, parameters) + f" WITH collect({projection.row}) AS rows RETURN rows"
        if start.count:
            text += f", {_count(start)} AS total"
    return Statement(text, parameters, projection.decode)


def _by_keys(label: str, name: str) -> str:
    """One `n0` or NULL for each of `$keys`, in their order."""
    value = read_property((label,), name, _ROOT)
    tests = [f"{value} = key", is_visible(NEO4J, (label,), _ROOT)]
    match = f"OPTIONAL MATCH ({_ROOT}:{label}){where(tests)}"
    if name == LABELS[label].key or (label, name) in UNIQUE:
        return f"UNWIND $keys AS key {match}"
    first = f"{match} RETURN {_ROOT} ORDER BY {_ROOT}.{LABELS[label].key} LIMIT 1"
    return f"UNWIND $keys AS key CALL (key) {{ {first} }}"


def _match(start: Match, parameters: dict[str, Any]) -> str:
    """A page of `n0` in order; adds the parameters of its conditions and position."""
    label = start.label
    order = columns(NEO4J, (label,), start.order, _ROOT)
    conditions = Conditions(NEO4J)
    patterns, tests = _filter(start, conditions)
    tests += _place(start, order)
    parameters |= conditions.parameters
    parameters |= after_parameters(order, start.page, "after_")
    parameters["first"] = start.page.first + start.has_lookahead
    return f"{patterns}{where(tests)} WITH {_ROOT} {order_by(order)} LIMIT $first"


def _count(start: Match) -> str:
    patterns, tests = _filter(start, Conditions(NEO4J))
    return f"COUNT {{ {patterns}{where(tests)} }}"


def _filter(start: Match, conditions: Conditions) -> tuple[str, list[str]]:
    """Patterns that bind `n0`, and the tests on what they bind.

    A condition that names the far end by its key becomes a pattern, so that the planner may begin there instead of
    testing every node. Each has a MATCH of its own: within one MATCH two patterns never share a relationship. At most
    one relationship of a kind lies between two nodes, so a pattern doubles no row.
    """
    label = start.label
    patterns, tests = [f"MATCH ({_ROOT}:{label})"], [is_visible(NEO4J, (label,), _ROOT)]
    for condition in start.where:
        if _is_anchor(condition):
            assert isinstance(condition, Linked)
            (target,) = condition.link.target
            far, edge = f"a{len(patterns)}", f"b{len(patterns)}"
            patterns.append(f"MATCH {arrow(condition.link, _ROOT, edge, f'{far}:{target}')}")
            tests += [
                is_visible(NEO4J, (target,), far),
                *having(condition.link, far),
                settled(condition, edge),
                *conditions.render(target, condition.where, far),
            ]
        else:
            tests += conditions.render(label, (condition,), _ROOT)
    return " ".join(patterns), tests


def _is_anchor(condition: Condition) -> bool:
    if not isinstance(condition, Linked) or len(condition.link.target) != 1:
        return False
    (target,) = condition.link.target
    return any(
        isinstance(nested, Compare) and nested.operator is Operator.EQUALS and nested.property == LABELS[target].key
        for nested in condition.where
    )


def _place(start: Match, order: Sequence[Column]) -> list[str]:
    """Tests for what comes after the position, in a form that lets an index serve the order.

    Without an index 100,000 nodes are sorted for one page. It knows no NULL, so this form is for properties that are
    always there; `Neo4jTransaction.put` sees to that.
    """
    name = start.order[0].property if start.order else LABELS[start.label].key
    is_indexed = name in always_set(start.label)
    if start.page.after is None:
        return [f"{order[0].expression} IS NOT NULL"] if is_indexed else []
    if not is_indexed:
        return [is_after(order, "after_")]
    first, sign = order[0].expression, "<" if order[0].is_descending else ">"
    if len(order) == 1:
        return [f"{first} {sign} $after_0"]
    # `first > $x OR (first = $x AND …)` would be planned as a union of two seeks, which has no order.
    return [f"{first} {sign}= $after_0", f"({first} <> $after_0 OR {is_after(order, 'after_', skip=1)})"]


@lru_cache(maxsize=64)
def always_set(label: str) -> frozenset[str]:
    """The texts of `label` that are indexed and never NULL: its key, sort keys."""
    indexed = [name for owner, name in INDEXES if owner == label]
    properties = LABELS[label].properties
    return frozenset(
        name
        for name in (LABELS[label].key, *indexed)
        if properties[name].type is PropertyType.TEXT and not properties[name].nullable
    )


# As many plans as the edge keeps documents; a text has a few kilobytes.
@lru_cache(maxsize=1_024)
def project(selection: Selection, has_after: tuple[bool, ...]) -> Projection:
    """How to read a row of `selection`; `has_after` says which pages begin after a position."""
    projector = _Projector(has_after)
    row = f"[{', '.join(projector.row(selection, _ROOT))}]"
    return Projection(row, row_decoder(selection), tuple(projector.pages))


class _Projector:
    def __init__(self, has_after: tuple[bool, ...]) -> None:
        self.pages: list[tuple[int, tuple[Column, ...]]] = []
        self._has_after = has_after
        self._nodes = 0

    def row(self, selection: Selection, node: str) -> list[str]:
        properties = [self._property(selection.label, name, node) for name in selection.properties]
        return properties + [self._link(read, node) for read in selection.links]

    def _property(self, label: str, name: str, node: str) -> str:
        value = read_property((label,), name, node)
        declared = LABELS[label].properties[name]
        if not declared.is_list:
            return value
        nothing = "'[]'" if declared.type is PropertyType.JSON else "[]"
        return f"coalesce({value}, {nothing})"

    def _link(self, read: LinkRead, near: str) -> str:
        link = read.link
        self._nodes += 1
        far, edge = f"n{self._nodes}", f"e{self._nodes}" if read.edge else ""
        match = "MATCH " + arrow(link, near, edge, f"{far}:{'|'.join(link.target)}")
        tests = [is_visible(NEO4J, link.target, far), *having(link, far)]
        if not link.is_many:
            # The model allows one; LIMIT keeps a store that has two from reading both.
            return f"head(COLLECT {{ {match}{where(tests)} RETURN {self._item(read, far, edge)} LIMIT 1 }})"
        count = f"COUNT {{ MATCH {_counted(link, near, far)}{where(tests)} }}" if read.count else ""
        order = columns(NEO4J, link.target, link.order, far)
        limit = str(MAX_ROWS)
        if read.page is not None:
            if read.page >= len(self._has_after):
                raise InvalidInputError(f"{link.relationship} reads page {read.page} of {len(self._has_after)}")
            self.pages.append((read.page, tuple(order)))
            limit = f"$first{read.page}{' + 1' if read.has_lookahead else ''}"
            if self._has_after[read.page]:
                tests.append(is_after(order, f"after{read.page}_"))
        bound = f"{far}, {edge}" if edge else far
        item = self._item(read, far, edge)
        items = f"COLLECT {{ {match}{where(tests)} WITH {bound} {order_by(order)} LIMIT {limit} RETURN {item} }}"
        return f"[{count}, {items}]" if read.count else items

    def _item(self, read: LinkRead, far: str, edge: str) -> str:
        """Edge properties and row as one list; the label in front where there are several."""
        edges = [f"{edge}.{name}" for name in read.edge]
        rows = [(variant.label, ", ".join([*edges, *self.row(variant, far)])) for variant in read.variants]
        if len(rows) == 1:
            return f"[{rows[0][1]}]"
        cases = " ".join(f"WHEN {far}:{label} THEN ['{label}'{', ' if row else ''}{row}]" for label, row in rows)
        return f"CASE {cases} END"


def _counted(link: Link, near: str, far: str) -> str:
    """The pattern to count along `link`; without a label where none other can be there, which Neo4j reads off the node."""
    is_out = link.direction is Direction.OUT
    ends = {
        end if is_out else start
        for start, end in RELATIONSHIPS[link.relationship].pairs
        if link.source == (start if is_out else end)
    }
    is_all = ends == set(link.target) and not link.having and not any(LABELS[label].is_guarded for label in ends)
    return arrow(link, near, "", "" if is_all else f"{far}:{'|'.join(link.target)}")

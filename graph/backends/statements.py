"""Texts that both graph backends share: tests, orders, keyset positions and conditions.

Names that reach a text come from `graph.ddl` and are looked up there first; values travel as parameters. What differs
between the databases is a `Dialect`; how a whole selection is read stays in the adapters.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from auth.policy import ADMIN, NETWORK, PUBLIC
from graph.ddl import LABELS, RELATIONSHIPS, Property, PropertyType
from graph.errors import InvalidInputError
from graph.links import Absent, Direction, Having, Link, OneOf, Order, Present
from graph.selection import (
    MAX_PAGE,
    MAX_ROWS,
    ByKeys,
    Compare,
    Condition,
    Either,
    Every,
    Linked,
    Operator,
    Page,
    Scalar,
)
from graph.vocabulary import Guard


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database says what the other says differently; templates for `str.format`."""

    shares_reader: str
    """Whether the list `{node}.readers` and the parameter `$audiences` have an element in common."""
    has_label: str
    """Whether `{node}` has `{label}`."""
    casts: Mapping[PropertyType, str]
    """How `{value}`, a field of an UNWIND row that may be NULL, gets its type; nothing for a type: as it is."""


def audience_parameters(audiences: Collection[str]) -> dict[str, Any]:
    """`audiences`, `is_anyone`, `is_member`, `is_admin`: the parameters of `is_visible` and `read_property`."""
    return {
        # An empty list has no element type on Ladybug; no reader token is empty.
        "audiences": sorted(audiences) or [""],
        "is_anyone": PUBLIC in audiences,
        "is_member": NETWORK in audiences,
        "is_admin": ADMIN in audiences,
    }


def is_visible(dialect: Dialect, labels: Sequence[str], node: str) -> str:
    """The audience test of `node`, which has one of `labels`; empty where none of them is guarded."""
    guarded = [label for label in labels if LABELS[label].is_guarded]
    if not guarded:
        return ""
    test = dialect.shares_reader.format(node=node)
    if len(guarded) == len(labels):
        return test
    others = [label for label in labels if label not in guarded]
    return any_of([*(dialect.has_label.format(node=node, label=label) for label in others), test])


def having(link: Link, node: str) -> list[str]:
    """The tests of `node` at the far end that `link` makes by itself."""
    return [_meets(asked, f"{node}.{asked.property}") for asked in link.having]


def _meets(asked: Having, value: str) -> str:
    match asked:
        case Present():
            return f"{value} IS NOT NULL"
        case Absent():
            return f"{value} IS NULL"
        case OneOf(values=values):
            # Names of ours, in a list as both databases write it; as a parameter each caller would have to bring them.
            return f"{value} IN {[one.value for one in values]}"


def settled(condition: Linked, edge: str) -> str:
    """The test of the relationship `edge` that `condition` makes; empty where it makes none.

    Raises:
        InvalidInputError: nobody confirms relationships of that kind.
    """
    if not condition.is_settled:
        return ""
    relationship = condition.link.relationship
    if not {"asked_at", "confirmed_at"} <= RELATIONSHIPS[relationship].properties.keys():
        raise InvalidInputError(f"{relationship} is confirmed by nobody")
    return f"({edge}.confirmed_at IS NOT NULL OR {edge}.asked_at IS NULL)"


def read_property(labels: Sequence[str], name: str, node: str) -> str:
    """The value of a property as the audience may see it: NULL where its guard says no."""
    declared = property_of(labels, name)
    if declared.guard is None:
        return f"{node}.{name}"
    if declared.guard is Guard.CONTACT:
        visibility = f"{node}.contact_visibility"
        test = f"{visibility} = 'PUBLIC' OR ($is_member AND {visibility} = 'NETWORK') OR $is_admin"
    elif all("opened" in LABELS[label].properties for label in labels):
        test = f"$is_member OR '{name}' IN {node}.opened"
    else:
        test = "$is_member"
    return f"CASE WHEN {test} THEN {node}.{name} END"


def property_of(labels: Sequence[str], name: str) -> Property:
    """The declaration of a property that all of `labels` have.

    Raises:
        InvalidInputError: one of them lacks it, or they declare it differently.
    """
    found = {LABELS[label].properties.get(name) for label in labels}
    kinds = {(declared.type, declared.guard) for declared in found if declared is not None}
    if None in found or len(kinds) != 1:
        raise InvalidInputError(f"no property {name} that {', '.join(labels)} have alike")
    declared = next(iter(found))
    assert declared is not None
    nullable = any(one is not None and one.nullable for one in found)
    return replace(declared, nullable=nullable)


_EMPTY: Final = {
    PropertyType.TEXT: "''",
    PropertyType.INTEGER: "0",
    PropertyType.FLOAT: "0.0",
    PropertyType.BOOLEAN: "false",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an order: what is compared, and what a position in it must look like."""

    expression: str
    type: PropertyType
    is_descending: bool


def columns(dialect: Dialect, labels: Sequence[str], order: Sequence[Order], node: str) -> list[Column]:
    """The columns of `order` with the key last, NULLs as their type's empty value.

    The key of a target with several labels is the global id (`Hub:zeitz`), since two labels may share a key.
    """
    found = []
    for column in order:
        declared = property_of(labels, column.property)
        if declared.type not in _EMPTY:
            raise InvalidInputError(f"{column.property} has no order")
        expression = read_property(labels, column.property, node)
        if declared.nullable or declared.guard is not None:
            expression = f"coalesce({expression}, {_EMPTY[declared.type]})"
        found.append(Column(expression, declared.type, column.is_descending))
        if len(labels) == 1 and column.property == LABELS[labels[0]].key:
            return found
    found.append(Column(key_of(dialect, labels, node), PropertyType.TEXT, is_descending=False))
    return found


def key_of(dialect: Dialect, labels: Sequence[str], node: str) -> str:
    """What tells `node` apart: its key, or its global id where it may have one of several labels."""
    if len(labels) == 1:
        return f"{node}.{LABELS[labels[0]].key}"
    cases = " ".join(
        f"WHEN {dialect.has_label.format(node=node, label=label)} THEN '{label}:' + {node}.{LABELS[label].key}"
        for label in labels
    )
    return f"CASE {cases} END"


def order_by(order: Iterable[Column]) -> str:
    return "ORDER BY " + ", ".join(f"{column.expression}{' DESC' if column.is_descending else ''}" for column in order)


def is_after(order: Sequence[Column], prefix: str, *, skip: int = 0) -> str:
    """Whether a node comes after the position in the parameters `{prefix}0`, `{prefix}1` and so on.

    Spelled out, since neither database compares tuples; nested from the last column to the first. `skip` leaves out
    columns that are known to be equal.
    """
    text = ""
    for number, column in reversed(list(enumerate(order))[skip:]):
        position, sign = f"${prefix}{number}", "<" if column.is_descending else ">"
        beyond = f"{column.expression} {sign} {position}"
        text = f"({beyond} OR ({column.expression} = {position} AND {text}))" if text else beyond
    return text


def after_parameters(order: Sequence[Column], page: Page, prefix: str) -> dict[str, Scalar]:
    """The parameters of `is_after`; empty where the page is the first.

    Raises:
        InvalidInputError: `after` has another length or other types than the order, or `first` is out of bounds.
    """
    if isinstance(page.first, bool) or not 0 <= page.first <= MAX_PAGE:
        raise InvalidInputError(f"a page holds 0 to {MAX_PAGE} items, not {page.first}")
    if page.after is None:
        return {}
    if len(page.after) != len(order):
        raise InvalidInputError(f"a position of {len(order)} values was expected, not of {len(page.after)}")
    return {
        f"{prefix}{number}": scalar(column.type, given)
        for number, (column, given) in enumerate(zip(order, page.after, strict=True))
    }


_COMPARISONS: Final = {
    Operator.EQUALS: "=",
    Operator.ONE_OF: "IN",
    Operator.STARTS_WITH: "STARTS WITH",
    Operator.AT_LEAST: ">=",
    Operator.BELOW: "<",
}


class Conditions:
    """Renders conditions and collects their values as parameters `c0`, `c1` and so on."""

    def __init__(self, dialect: Dialect) -> None:
        self.parameters: dict[str, Any] = {}
        self._dialect = dialect
        self._nodes = 0

    def render(self, label: str, where: Iterable[Condition], node: str) -> list[str]:
        """One test per condition, on `node`, which has `label`."""
        return [self._condition(label, condition, node) for condition in where]

    def _condition(self, label: str, condition: Condition, node: str) -> str:
        if isinstance(condition, Compare):
            return self._compare(label, condition, node)
        if isinstance(condition, Linked):
            return self._linked(label, condition, node)
        if isinstance(condition, Absent):
            return _absent(label, condition, node)
        if isinstance(condition, Every):
            return all_of(self.render(label, condition.conditions, node))
        return any_of([self._condition(label, option, node) for option in condition.options])

    def _compare(self, label: str, condition: Compare, node: str) -> str:
        declared = property_of((label,), condition.property)
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if isinstance(condition.value, tuple) != (condition.operator is Operator.ONE_OF):
            raise InvalidInputError(f"{condition.property}: several values belong to {Operator.ONE_OF}, and only there")
        if len(values) > MAX_ROWS:
            raise InvalidInputError(f"{condition.property}: at most {MAX_ROWS} values, not {len(values)}")
        is_beginning = condition.operator in (Operator.STARTS_WITH, Operator.WORD_STARTS_WITH)
        if is_beginning and declared.type is not PropertyType.TEXT:
            raise InvalidInputError(f"{condition.property} is no text")
        typed: list[Any] = [scalar(declared.type, value) for value in values]
        if not typed:
            return "false"
        name = f"c{len(self.parameters)}"
        self.parameters[name] = typed if condition.operator is Operator.ONE_OF else typed[0]
        left = read_property((label,), condition.property, node)
        if condition.operator is Operator.WORD_STARTS_WITH:
            # Two tests that an index answers each; a blank put before the property would be one that none does.
            further = f"{name}w"
            self.parameters[further] = f" {typed[0]}"
            return f"({left} STARTS WITH ${name} OR {left} CONTAINS ${further})"
        return f"{left} {_COMPARISONS[condition.operator]} ${name}"

    def _linked(self, label: str, condition: Linked, node: str) -> str:
        link = condition.link
        if link.source != label:
            raise InvalidInputError(f"{link.relationship} starts at {link.source}, not at {label}")
        # One subquery per label of the target: each label has conditions of its own.
        return any_of([self._linked_to(target, condition, node) for target in link.target])

    def _linked_to(self, target: str, condition: Linked, node: str) -> str:
        if len(condition.link.target) > 1:
            # What another label of the target has and this one lacks is no mistake: this one does not meet it.
            condition = replace(condition, where=tuple(_fitting(target, nested) for nested in condition.where))
        self._nodes += 1
        far, edge = f"x{self._nodes}", f"y{self._nodes}"
        tests = [
            is_visible(self._dialect, (target,), far),
            *having(condition.link, far),
            settled(condition, edge),
            *self.render(target, condition.where, far),
        ]
        return f"EXISTS {{ MATCH {arrow(condition.link, node, edge, f'{far}:{target}')}{where(tests)} }}"


def _absent(label: str, condition: Absent, node: str) -> str:
    if property_of((label,), condition.property).type not in _EMPTY:
        raise InvalidInputError(
            f"{condition.property} is a list or a value of its own, which is empty rather than absent"
        )
    return f"{read_property((label,), condition.property, node)} IS NULL"


def _fitting(label: str, condition: Condition) -> Condition:
    """`condition` where a node with `label` can meet it: it has the property, or the link starts there."""
    if isinstance(condition, Either):
        return Either(tuple(_fitting(label, option) for option in condition.options))
    if isinstance(condition, Every):
        return Every(tuple(_fitting(label, nested) for nested in condition.conditions))
    if isinstance(condition, Linked):
        return condition if condition.link.source == label else Either(())
    return condition if condition.property in LABELS[label].properties else Either(())


def any_of(tests: Sequence[str]) -> str:
    return f"({' OR '.join(tests)})" if tests else "false"


def all_of(tests: Sequence[str]) -> str:
    return f"({' AND '.join(tests)})" if tests else "true"


def where(tests: Iterable[str]) -> str:
    """` WHERE …` of the tests that are not empty; nothing where all are."""
    text = " AND ".join(test for test in tests if test)
    return f" WHERE {text}" if text else ""


def arrow(link: Link, near: str, edge: str, far: str) -> str:
    """The pattern of one link; `near` and `far` are what stands in the brackets of its ends."""
    step = f"[{edge}:{link.relationship}]"
    return f"({near})-{step}->({far})" if link.direction is Direction.OUT else f"({near})<-{step}-({far})"


def scalar(kind: PropertyType, value: object) -> Scalar:
    """`value` as a property of `kind` is compared with.

    Raises:
        InvalidInputError: another type, a number out of range, or a text that is no Unicode.
    """
    if kind is PropertyType.TEXT and isinstance(value, str):
        return text(value)
    if kind is PropertyType.BOOLEAN and isinstance(value, bool):
        return value
    if kind is PropertyType.INTEGER and isinstance(value, int) and not isinstance(value, bool):
        if -(2**63) <= value < 2**63:
            return value
    elif kind is PropertyType.FLOAT and isinstance(value, int | float) and not isinstance(value, bool):
        # A float of 1e308 and an integer of the same size are different things to both databases.
        number = float(value) if abs(value) <= 2**63 or isinstance(value, float) else math.inf
        if math.isfinite(number):
            return number
    raise InvalidInputError(f"{value!r:.40} is no {kind.lower()} to compare with")


def text(value: str) -> str:
    """`value`, if both databases can hold it.

    Raises:
        InvalidInputError: half a surrogate pair, which has no encoding in UTF-8.
    """
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise InvalidInputError(f"not a text in Unicode: {value!r:.40}") from exc
    return str(value)


def check_start(start: ByKeys) -> list[str]:
    """The values of a start by keys, as a parameter.

    Raises:
        InvalidInputError: more than `MAX_ROWS`, or a property that is no text.
    """
    if len(start.values) > MAX_ROWS:
        raise InvalidInputError(f"at most {MAX_ROWS} keys at a time, not {len(start.values)}")
    kind = property_of((start.label,), start.property).type
    if kind is not PropertyType.TEXT:
        raise InvalidInputError(f"{start.property} of {start.label} is no key")
    return [str(scalar(kind, value)) for value in start.values]

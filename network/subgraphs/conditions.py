"""Input of filters turned into conditions of a selection; what cannot be meant is refused with a reason."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from auth import policy
from graph.ddl import LABELS, RELATIONSHIPS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import HOUSES, NodeKey
from graph.selection import MAX_ROWS, Compare, Condition, Either, Linked, Operator
from graph.values import sort_key

MAX_TEXT: Final = 200
"""Characters of a filter's text; the longest name in the municipal register has 81."""


def equals(name: str, property_name: str, value: str | Enum | None) -> list[Condition]:
    """`property_name` has `value`; no condition where it is absent."""
    if value is None:
        return []
    return [Compare(property_name, Operator.EQUALS, text_of(name, value))]


def one_of(name: str, property_name: str, values: Sequence[str | Enum] | None) -> list[Condition]:
    """`property_name` has one of `values`; nothing has, where the list is empty."""
    if values is None:
        return []
    if len(values) > MAX_ROWS:
        raise InvalidInputError(f"{name} takes at most {MAX_ROWS} values, got {len(values)}")
    if not values:
        return [Either(())]
    return [Compare(property_name, Operator.ONE_OF, tuple(dict.fromkeys(text_of(name, value) for value in values)))]


def name_begins(name: str, prefix: str | None, property_name: str = "name_sort") -> list[Condition]:
    """A word of the German sort key begins as `prefix` does, so that case and umlauts do not matter.

    Any word: official names begin with what a house is ("Stadt Zeitz"), which nobody types.
    """
    if not prefix:
        return []
    key = sort_key(text_of(name, prefix))
    # Text without a letter or digit begins no name; its empty key would begin all of them.
    return [Compare(property_name, Operator.WORD_STARTS_WITH, key) if key else Either(())]


def linked(name: str, link: Link, property_name: str, value: str | Enum | None) -> list[Condition]:
    """A node along `link` has `value`."""
    return [Linked(link, (condition,)) for condition in equals(name, property_name, value)]


def near(link: Link, where: tuple[Condition, ...]) -> Linked:
    """A node along `link` meets all of `where`. A house that somebody named does not take part before it confirms."""
    return Linked(link, where, is_settled="asked_at" in RELATIONSHIPS[link.relationship].properties)


def house(name: str, links: Sequence[Mapping[str, Link]], global_id: str | None) -> list[Condition]:
    """The house with this global id lies along one of `links`, each of which has one link per kind of house."""
    if global_id is None:
        return []
    key = house_key(name, global_id)
    return [
        Either(
            tuple(
                near(by_house[key.label], (Compare(LABELS[key.label].key, Operator.EQUALS, key.value),))
                for by_house in links
            )
        )
    ]


def acted_for(houses: Sequence[NodeKey]) -> dict[str, Condition]:
    """By kind of house, the test that `houses` meet, and with a municipal association its municipalities, for which it acts."""
    options: dict[str, list[Condition]] = {}
    for label in dict.fromkeys(one.label for one in houses):
        keys = tuple(dict.fromkeys(one.value for one in houses if one.label == label))
        options[label] = [Compare(LABELS[label].key, Operator.ONE_OF, keys)]
    for one in dict.fromkeys(houses):
        if policy.is_association(one):
            options[one.label].append(Compare(LABELS[one.label].key, Operator.STARTS_WITH, one.value))
    return {label: Either(tuple(tests)) for label, tests in options.items()}


def house_key(name: str, global_id: str) -> NodeKey:
    """The key of a house from its global id.

    Raises:
        InvalidInputError: not the id of a hub, municipality, university or organisation.
    """
    label, _, value = text_of(name, global_id).partition(":")
    if label not in HOUSES or not value:
        raise InvalidInputError(
            f"{name} is the id of a hub, municipality, university or organisation, as in Hub:zeitz; got {global_id!r}"
        )
    return NodeKey(label, value)


def at_least(property_name: str, value: str | int | None) -> list[Condition]:
    """`property_name` is `value` or above; dates and instants are text whose order is their order in time."""
    return [] if value is None else [Compare(property_name, Operator.AT_LEAST, value)]


def below(property_name: str, value: str | int | None) -> list[Condition]:
    """`property_name` is below `value`."""
    return [] if value is None else [Compare(property_name, Operator.BELOW, value)]


def text_of(name: str, value: str | Enum) -> str:
    """What `value` is stored as.

    Raises:
        InvalidInputError: longer than MAX_TEXT.
    """
    text = str(value.value) if isinstance(value, Enum) else value
    if len(text) > MAX_TEXT:
        raise InvalidInputError(f"{name} takes at most {MAX_TEXT} characters, got {len(text)}")
    return text

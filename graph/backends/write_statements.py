"""Texts of the plain writes and reads by key that both graph backends share, and how values travel with them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson

from graph.backends.statements import Dialect, arrow, scalar, text
from graph.ddl import LABELS, RELATIONSHIPS, Label, Property, PropertyType
from graph.errors import InvalidInputError
from graph.links import Link

# Fields of a row stand in backticks: `end` is a word of its own on Ladybug.


def put(dialect: Dialect, label: str, names: Sequence[str]) -> str:
    """Creates or changes a node for each of `$rows`, which hold the key and `names`."""
    declared = _label(label)
    assignments = _assignments(dialect, declared.properties, names, "n", without=declared.key)
    return f"UNWIND $rows AS r MERGE (n:{label} {{{declared.key}: r.`{declared.key}`}}){assignments}"


def read(label: str) -> str:
    """All properties of the nodes whose keys are `$keys`, as columns in the order of the declaration."""
    declared = _label(label)
    names = ", ".join(f"n.{name}" for name in declared.properties)
    return f"UNWIND $keys AS k MATCH (n:{label} {{{declared.key}: k}}) RETURN {names}"


def find(label: str, name: str) -> str:
    """Each of `$values` that the property `name` of a node has, and the node's key."""
    declared = _label(label)
    if name not in declared.properties:
        raise InvalidInputError(f"no property {name:.40}")
    return f"UNWIND $values AS v MATCH (n:{label} {{{name}: v}}) RETURN v, n.{declared.key}"


def follow(link: Link, target: str) -> str:
    """Neighbours of the label `target`: near key, far key, then the relationship's properties as columns, in key order."""
    edge = "".join(f", e.{name}" for name in RELATIONSHIPS[link.relationship].properties)
    near, far = LABELS[link.source].key, f"n.{LABELS[target].key}"
    pattern = arrow(link, f"p:{link.source} {{{near}: k}}", "e", f"n:{target}")
    return f"UNWIND $keys AS k MATCH {pattern} RETURN k, {far}{edge} ORDER BY k, {far}"


def delete(label: str) -> str:
    """Removes the nodes whose keys are `$keys`, with their relationships."""
    return f"UNWIND $keys AS k MATCH (n:{label} {{{_label(label).key}: k}}) DETACH DELETE n"


def connect(dialect: Dialect, relationship: str, start: str, end: str, names: Sequence[str]) -> str:
    """Creates or changes a relationship for each of `$rows` (`start`, `end`, `names`); returns how many found both ends."""
    declared = _pair(relationship, start, end)
    assignments = _assignments(dialect, declared, names, "e")
    # Two clauses: in one, Ladybug joins the two patterns by scanning both labels, 15 times slower for 10,000 nodes.
    return (
        f"UNWIND $rows AS r MATCH (a:{start} {{{LABELS[start].key}: r.`start`}})"
        f" MATCH (b:{end} {{{LABELS[end].key}: r.`end`}})"
        f" MERGE (a)-[e:{relationship}]->(b){assignments} RETURN count(*)"
    )


def disconnect(relationship: str, start: str, end: str, *, has_end: bool) -> str:
    """Removes the relationship of each of `$rows`, or with `has_end` false all of `start` to nodes of the label `end`."""
    _pair(relationship, start, end)
    far = f" {{{LABELS[end].key}: r.`end`}}" if has_end else ""
    return (
        f"UNWIND $rows AS r MATCH (a:{start} {{{LABELS[start].key}: r.`start`}})"
        f"-[e:{relationship}]->(b:{end}{far}) DELETE e"
    )


def _assignments(
    dialect: Dialect, properties: Mapping[str, Property], names: Sequence[str], target: str, without: str = ""
) -> str:
    parts = []
    for name in names:
        if name == without:
            continue
        if name not in properties:
            raise InvalidInputError(f"no property {name:.40}")
        template = dialect.casts.get(properties[name].type, "{value}")
        parts.append(f"{target}.{name} = " + template.format(value=f"r.`{name}`"))
    return " SET " + ", ".join(parts) if parts else ""


def _label(name: str) -> Label:
    if name not in LABELS:
        raise InvalidInputError(f"no label {name:.40}")
    return LABELS[name]


def _pair(relationship: str, start: str, end: str) -> dict[str, Property]:
    declared = RELATIONSHIPS.get(relationship)
    if declared is None or (start, end) not in declared.pairs:
        raise InvalidInputError(f"no relationship {relationship:.40} from {start:.40} to {end:.40}")
    return declared.properties


def encode_rows(
    properties: Mapping[str, Property], rows: Sequence[Mapping[str, Any]], *, ends: Collection[str] = ()
) -> tuple[list[str], list[dict[str, Any]]]:
    """The names that all `rows` have, without `ends`, and the rows as parameters: JSON as text, tuples as lists.

    Raises:
        InvalidInputError: rows with different names, an unknown name, or a value of another type than declared.
    """
    names = [name for name in rows[0] if name not in ends]
    for name in names:
        if name not in properties:
            raise InvalidInputError(f"no property {name:.40}")
    wanted = {*names, *ends}
    encoded = []
    for row in rows:
        if row.keys() != wanted:
            raise InvalidInputError(f"rows differ: {', '.join(sorted(wanted ^ row.keys()))}")
        fields: dict[str, Any] = {end: text(str(row[end])) for end in ends}
        fields |= {name: encode(properties[name], row[name]) for name in names}
        encoded.append(fields)
    return names, encoded


def encode(declared: Property, value: object) -> object:
    """`value` as both databases store a property of this type; None stays None."""
    if value is None:
        return None
    if declared.type is PropertyType.JSON:
        return orjson.dumps(value).decode()
    if declared.type is PropertyType.TEXTS and isinstance(value, list | tuple):
        return [scalar(PropertyType.TEXT, item) for item in value]
    return scalar(declared.type, value)


def decode(declared: Property, value: Any) -> Any:
    """What `encode` was given, JSON as dicts and lists."""
    return orjson.loads(value) if declared.type is PropertyType.JSON and value is not None else value

"""Selections as statements of the embedded database: one a level, and the rows of all levels put together here.

A level is started by the offsets of its nodes (their positions in the table), which every level returns for the next:
on 10,000 nodes `offset(id(p)) IN $ids` answers in 0.6 ms where keys take 7 ms, and a path behind an `UNWIND` scans both
tables whole. Offsets hold within one transaction, so that a whole selection is read in a single, read-only one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import orjson

from graph import statements
from graph.ddl import LABELS, UNIQUE, PropertyType
from graph.errors import InvalidInputError
from graph.ladybug_connections import Records, Session
from graph.selection import MAX_ROWS, ByKeys, LinkRead, Match, Page, Row, Selected, Selection, Start
from graph.statements import Column, Dialect

DIALECT: Final = Dialect(
    shares_reader="list_has_any({node}.readers, $audiences)",
    has_label="label({node}) = '{label}'",
    # A NULL in an UNWIND row is a STRING there.
    casts={
        PropertyType.TEXT: "CAST({value} AS STRING)",
        PropertyType.INTEGER: "CAST({value} AS INT64)",
        PropertyType.FLOAT: "CAST({value} AS DOUBLE)",
        PropertyType.BOOLEAN: "CAST({value} AS BOOL)",
        PropertyType.TEXTS: "CAST({value} AS STRING[])",
        PropertyType.JSON: "CAST({value} AS STRING)",
    },
)

# An ORDER BY in the middle of a statement is kept only with a LIMIT; this one limits nothing.
_NO_LIMIT: Final = 2**63 - 1
# Most rows of one level over all parents: beyond, the answer would be of no use to anybody and fill the memory.
MAX_LEVEL: Final = 200_000


@dataclass(frozen=True, slots=True)
class Level:
    """What is read of the nodes of one label, and the links to follow from them."""

    label: str
    columns: tuple[str, ...]
    """Expressions on `n`."""
    json: tuple[int, ...]
    """Positions of JSON texts among the columns."""
    links: tuple["Step", ...]

    def row(self, values: Sequence[Any]) -> Row:
        """A row with a place for each link."""
        row: Row = list(values)
        for position in self.json:
            text = values[position]
            if text is not None:
                row[position] = orjson.loads(text)
        row.extend([None] * len(self.links))
        return row


@dataclass(frozen=True, slots=True)
class Step:
    """One link from a level to the next."""

    read: LinkRead
    pattern: str
    tests: tuple[str, ...]
    order: tuple[Column, ...]
    values: tuple[str, ...]
    """Expressions: offset of the far node, its label if there are several, edge properties, node properties, and what
    of the order is not among them."""
    sorting: tuple[tuple[int, bool], ...]
    """The order as places among the values, each with whether it is descending."""
    variants: Mapping[str, tuple[Level, tuple[int, ...]]]
    """By label: the level, and where its columns stand among the values."""


@lru_cache(maxsize=1024)
def plan(selection: Selection) -> Level:
    """The levels of `selection`."""
    declared = LABELS[selection.label]
    return Level(
        selection.label,
        tuple(statements.read_property((selection.label,), name, "n") for name in selection.properties),
        _json(selection),
        tuple(_step(declared.name, read) for read in selection.links),
    )


def _json(selection: Selection) -> tuple[int, ...]:
    properties = LABELS[selection.label].properties
    return tuple(
        number for number, name in enumerate(selection.properties) if properties[name].type is PropertyType.JSON
    )


def _step(source: str, read: LinkRead) -> Step:
    link = read.link
    pattern = f"MATCH {statements.arrow(link, f'p:{source}', 'e', 'n:' + '|'.join(link.target))}"
    values = ["offset(id(n))"]
    if len(link.target) > 1:
        values.append("label(n)")
    values += [f"e.{name}" for name in read.edge]
    variants = {}
    for variant in read.variants:
        places = []
        for name in variant.properties:
            # Labels that have the property share one expression, and so one column.
            labels = [label for label in link.target if name in LABELS[label].properties]
            expression = statements.read_property(labels, name, "n")
            if expression not in values:
                values.append(expression)
            places.append(values.index(expression))
        variants[variant.label] = (plan(variant), tuple(places))
    order = tuple(statements.columns(DIALECT, link.target, link.order, "n"))
    values += [expression for expression in (column.expression for column in order) if expression not in values]
    return Step(
        read,
        pattern,
        (statements.is_visible(DIALECT, link.target, "n"),),
        order,
        tuple(values),
        tuple((values.index(column.expression), column.is_descending) for column in order),
        variants,
    )


def select(
    session: Session, selection: Selection, start: Start, audience: Mapping[str, Any], pages: Sequence[Page]
) -> Selected:
    """Reads `selection` from `start` on, in the transaction that `session` is in."""
    level = plan(selection)
    check_pages(level, pages)
    reader = _Reader(session, audience, pages)
    return reader.by_keys(level, start) if isinstance(start, ByKeys) else reader.match(level, start)


def check_pages(level: Level, pages: Sequence[Page]) -> None:
    """Refuses pages that do not fit, also those of levels that nothing will lead to.

    Raises:
        InvalidInputError: a page that is missing, out of bounds or at a position of another order.
    """
    for step in level.links:
        if step.read.page is not None:
            if not 0 <= step.read.page < len(pages):
                raise InvalidInputError(f"{step.read.link.relationship}: no page {step.read.page}")
            statements.after_parameters(step.order, pages[step.read.page], "a")
        for variant, _ in step.variants.values():
            check_pages(variant, pages)


class _Reader:
    def __init__(self, session: Session, audience: Mapping[str, Any], pages: Sequence[Page]) -> None:
        self._session = session
        self._audience = audience
        self._pages = pages

    def by_keys(self, level: Level, start: ByKeys) -> Selected:
        values = statements.check_start(start)
        if not values:
            return Selected([])
        unique = list(dict.fromkeys(values))
        label = LABELS[start.label]
        visible = statements.is_visible(DIALECT, (start.label,), "n")
        columns = _list(("offset(id(n))", *level.columns))
        if start.property == label.key:
            text = f"UNWIND $values AS k MATCH (n:{label.name} {{{label.key}: k}}){statements.where([visible])} RETURN k, {columns}"
        else:
            tests = statements.where([f"n.{start.property} IN $values", visible])
            text = f"MATCH (n:{label.name}){tests} RETURN n.{start.property}, {columns}"
            if (label.name, start.property) not in UNIQUE:
                text += f" ORDER BY n.{label.key}"
        nodes: dict[int, Row] = {}
        found: dict[str, Row] = {}
        for value, offset, *properties in self._execute(text, {"values": unique}):
            if value not in found:
                found[value] = nodes[offset] = level.row(properties)
        self._follow(level, nodes)
        return Selected([found.get(value) for value in values])

    def match(self, level: Level, start: Match) -> Selected:
        order = statements.columns(DIALECT, (start.label,), start.order, "n")
        after = statements.after_parameters(order, start.page, "a")
        conditions = statements.Conditions(DIALECT)
        tests = [
            statements.is_visible(DIALECT, (start.label,), "n"),
            *conditions.render(start.label, start.where, "n"),
        ]
        total = None
        if start.count:
            text = f"MATCH (n:{start.label}){statements.where(tests)} RETURN count(*)"
            total = self._execute(text, conditions.parameters)[0][0]
        nodes: dict[int, Row] = {}
        take = start.page.first + start.has_lookahead
        if take:
            if after:
                tests.append(statements.is_after(order, "a"))
            text = (
                f"MATCH (n:{start.label}){statements.where(tests)} RETURN "
                f"{_list(('offset(id(n))', *level.columns))} {statements.order_by(order)} LIMIT {take}"
            )
            for offset, *properties in self._execute(text, conditions.parameters | after):
                nodes[offset] = level.row(properties)
        self._follow(level, nodes)
        return Selected(list(nodes.values()), total)

    def _follow(self, level: Level, nodes: Mapping[int, Row]) -> None:
        """Fills the places of the links in `nodes`, rows by offset."""
        if not nodes:
            return
        for number, step in enumerate(level.links):
            place = len(level.columns) + number
            items, totals = self._items(step, list(nodes))
            for offset, row in nodes.items():
                many = items.get(offset, [])
                if not step.read.link.is_many:
                    row[place] = many[0] if many else None
                elif step.read.count:
                    row[place] = [totals.get(offset, 0), many]
                else:
                    row[place] = many

    def _items(self, step: Step, ids: list[int]) -> tuple[dict[int, list[object]], dict[int, int]]:
        """The items of each parent, cut and in order, and how many there are if that is asked for."""
        records, totals = self._neighbours(step, ids)
        if len(records) > MAX_LEVEL:
            raise InvalidInputError(f"{step.read.link.relationship}: more than {MAX_LEVEL} rows at once; ask for pages")
        first_edge = 2 if len(step.variants) > 1 else 1
        first_property = first_edge + len(step.read.edge)
        only = step.read.link.target[0]
        nodes: dict[str, dict[int, Row]] = {label: {} for label in step.variants}
        for record in records:
            values = record[1:]
            label = values[1] if first_edge == 2 else only
            rows = nodes[label]
            if values[0] not in rows:
                level, places = step.variants[label]
                rows[values[0]] = level.row([values[place] for place in places])
        for label, (level, _) in step.variants.items():
            self._follow(level, nodes[label])
        items: dict[int, list[object]] = {}
        for record in records:
            values = record[1:]
            label = values[1] if first_edge == 2 else only
            row = nodes[label][values[0]]
            # A row that stands alone is shared by all its parents.
            item = row if first_property == 1 else [*values[1:first_property], *row]
            many = items.setdefault(record[0], [])
            if len(many) < MAX_ROWS:
                many.append(item)
        return items, totals

    def _neighbours(self, step: Step, ids: list[int]) -> tuple[Records, dict[int, int]]:
        read = step.read
        tests = ["offset(id(p)) IN $ids", *step.tests]
        totals: dict[int, int] = {}
        if read.count:
            text = f"{step.pattern}{statements.where(tests)} RETURN offset(id(p)), count(*)"
            totals = {offset: count for offset, count in self._execute(text, {"ids": ids})}  # noqa: C416 - typed so
        if read.page is None:
            return self._whole(step, tests, ids), totals
        page = self._pages[read.page]
        take = page.first + read.has_lookahead
        if not take:
            return [], totals
        after = statements.after_parameters(step.order, page, "a")
        if after:
            tests.append(statements.is_after(step.order, "a"))
        return self._page(step, tests, {"ids": ids, **after}, take), totals

    def _whole(self, step: Step, tests: list[str], ids: list[int]) -> Records:
        """All items of each parent up to `MAX_ROWS`: sorted here, which takes a third of the time that Ladybug does."""
        text = (
            f"{step.pattern}{statements.where(tests)} RETURN offset(id(p)), {_list(step.values)} LIMIT {MAX_LEVEL + 1}"
        )
        records = self._execute(text, {"ids": ids})
        if len(records) > MAX_LEVEL:
            return self._page(step, tests, {"ids": ids}, MAX_ROWS)
        for place, is_descending in reversed(step.sorting):
            # NULL last, as the databases have it. Stable, so that the last column goes first.
            records.sort(key=partial(_sort_key, place + 1), reverse=is_descending)
        return records

    def _page(self, step: Step, tests: list[str], parameters: Mapping[str, Any], take: int) -> Records:
        """The first `take` items of each parent."""
        if len(parameters["ids"]) > 1:
            return self._execute(_cut(step, statements.where(tests)), {**parameters, "take": take})
        # Without the grouping, half the time. The number stands in the text: with a parameter Ladybug plans each time.
        text = (
            f"{step.pattern}{statements.where(tests)} RETURN offset(id(p)), {_list(step.values)} "
            f"{statements.order_by(step.order)} LIMIT {take}"
        )
        return self._execute(text, parameters)

    def _execute(self, text: str, parameters: Mapping[str, Any]) -> Records:
        return self._session.execute(text, {**self._audience, **parameters})


def _cut(step: Step, tests: str) -> str:
    """The statement that cuts the items of each parent inside the database."""
    order = [f"{column.expression} AS o{number}" for number, column in enumerate(step.order)]
    sorting = ", ".join(
        f"o{number}{' DESC' if column.is_descending else ''}" for number, column in enumerate(step.order)
    )
    values = [f"{expression} AS v{number}" for number, expression in enumerate(step.values)]
    fields = _list([f"v{number}: v{number}" for number in range(len(values))])
    return (
        f"{step.pattern}{tests} WITH offset(id(p)) AS k, {_list(order)}, {_list(values)} "
        f"ORDER BY {sorting} LIMIT {_NO_LIMIT} WITH k, collect({{{fields}}}) AS items "
        f"UNWIND list_slice(items, 1, $take) AS x RETURN k, {_list([f'x.v{number}' for number in range(len(values))])} "
        f"LIMIT {MAX_LEVEL + 1}"
    )


def _sort_key(place: int, record: list[Any]) -> tuple[bool, Any]:
    return record[place] is None, record[place]


def _list(parts: Sequence[str]) -> str:
    return ", ".join(parts)

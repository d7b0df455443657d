"""Selections as statements of the embedded database: one a level, and the rows of all levels put together here.

A level is started by the keys of its nodes, which every level returns for the next. `UNWIND $keys … OPTIONAL MATCH` looks
them up and goes on from there: 0.6 ms for 100 of 100,000 nodes. A plain MATCH in its place joins with a scan of both
tables (30 ms), a test on keys or on offsets scans one (57 and 4 ms), and a test of `readers` the far one. A whole selection
is read in one read-only transaction, so that its levels fit together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import orjson

from graph.backends import statements
from graph.backends.ladybug.connections import Records, Session
from graph.backends.statements import Column, Dialect
from graph.ddl import LABELS, UNIQUE, Property, PropertyType
from graph.errors import InvalidInputError
from graph.selection import MAX_ROWS, ByKeys, LinkRead, Match, Page, Row, Selected, Selection, Start

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
    lists: tuple[int, ...]
    """Positions of lists, which are empty where nothing is stored."""
    links: tuple["Step", ...]

    def row(self, values: Sequence[Any]) -> Row:
        """A row with a place for each link."""
        row: Row = list(values)
        for position in self.json:
            text = values[position]
            if text is not None:
                row[position] = orjson.loads(text)
        for position in self.lists:
            if row[position] is None:
                row[position] = []
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
    """Expressions: the far node's label if there may be several, edge properties, and then without repetition its keys
    (one for each label), its properties, and what it is ordered by."""
    sorting: tuple[tuple[int, bool], ...]
    """The order as places among the values, each with whether it is descending."""
    variants: Mapping[str, tuple[Level, int, tuple[int, ...]]]
    """By label: the level, and where its key and its columns stand among the values."""


@lru_cache(maxsize=1024)
def plan(selection: Selection) -> Level:
    """The levels of `selection`."""
    declared = LABELS[selection.label]
    return Level(
        selection.label,
        tuple(statements.read_property((selection.label,), name, "n") for name in selection.properties),
        _where(selection, lambda declared: declared.type is PropertyType.JSON),
        _where(selection, lambda declared: declared.is_list),
        tuple(_step(declared.name, read) for read in selection.links),
    )


def _where(selection: Selection, test: Callable[[Property], bool]) -> tuple[int, ...]:
    """Positions of the properties that pass."""
    properties = LABELS[selection.label].properties
    return tuple(number for number, name in enumerate(selection.properties) if test(properties[name]))


def _step(source: str, read: LinkRead) -> Step:
    link = read.link
    pattern = (
        f"UNWIND $keys AS k MATCH (p:{source} {{{LABELS[source].key}: k}}) "
        f"OPTIONAL MATCH {statements.arrow(link, 'p', 'e', 'n:' + '|'.join(link.target))}"
    )
    values = ["label(n)"] if len(link.target) > 1 else []
    values += [f"e.{name}" for name in read.edge]
    keys = {label: f"n.{LABELS[label].key}" for label in link.target}
    values += dict.fromkeys(keys.values())
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
        variants[variant.label] = (plan(variant), values.index(keys[variant.label]), tuple(places))
    order = tuple(statements.columns(DIALECT, link.target, link.order, "n"))
    values += [expression for expression in (column.expression for column in order) if expression not in values]
    return Step(
        read,
        pattern,
        (statements.is_visible(DIALECT, link.target, "n"), *statements.having(link, "n")),
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
        for variant, _, _ in step.variants.values():
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
        columns = _list((f"n.{label.key}", *level.columns))
        if start.property == label.key:
            text = f"UNWIND $values AS k MATCH (n:{label.name} {{{label.key}: k}}){statements.where([visible])} RETURN k, {columns}"
        else:
            tests = statements.where([f"n.{start.property} IN $values", visible])
            text = f"MATCH (n:{label.name}){tests} RETURN n.{start.property}, {columns}"
            if (label.name, start.property) not in UNIQUE:
                text += f" ORDER BY n.{label.key}"
        nodes: dict[str, Row] = {}
        found: dict[str, Row] = {}
        for value, key, *properties in self._execute(text, {"values": unique}):
            if value not in found:
                found[value] = nodes[key] = level.row(properties)
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
        nodes: dict[str, Row] = {}
        take = start.page.first + start.has_lookahead
        if take:
            if after:
                tests.append(statements.is_after(order, "a"))
            text = (
                f"MATCH (n:{start.label}){statements.where(tests)} RETURN "
                f"{_list((f'n.{LABELS[start.label].key}', *level.columns))} {statements.order_by(order)} LIMIT {take}"
            )
            for key, *properties in self._execute(text, conditions.parameters | after):
                nodes[key] = level.row(properties)
        self._follow(level, nodes)
        return Selected(list(nodes.values()), total)

    def _follow(self, level: Level, nodes: Mapping[str, Row]) -> None:
        """Fills the places of the links in `nodes`, rows by key."""
        if not nodes:
            return
        for number, step in enumerate(level.links):
            place = len(level.columns) + number
            items, totals = self._items(step, list(nodes))
            for key, row in nodes.items():
                many = items.get(key, [])
                if not step.read.link.is_many:
                    row[place] = many[0] if many else None
                elif step.read.count:
                    row[place] = [totals[key], many]
                else:
                    row[place] = many

    def _items(self, step: Step, keys: list[str]) -> tuple[dict[str, list[object]], dict[str, int]]:
        """The items of each parent, cut and in order, and how many there are if that is asked for."""
        records, totals = self._neighbours(step, keys)
        if len(records) > MAX_LEVEL:
            raise InvalidInputError(f"{step.read.link.relationship}: more than {MAX_LEVEL} rows at once; ask for pages")
        # A record: the parent's key, the label where there are several, edge properties, the rest.
        has_label = len(step.read.link.target) > 1
        own = 1 + has_label + len(step.read.edge)
        nodes: dict[str, dict[str, Row]] = {label: {} for label in step.variants}
        found: list[tuple[list[Any], Row]] = []
        for record in records:
            label = record[1] if has_label else step.read.link.target[0]
            if label is None:
                continue
            level, at, places = step.variants[label]
            key = record[at + 1]
            # OPTIONAL MATCH gives a parent without items a record of NULLs.
            if key is not None:
                rows = nodes[label]
                if key not in rows:
                    rows[key] = level.row([record[place + 1] for place in places])
                found.append((record, rows[key]))
        for label, (level, _, _) in step.variants.items():
            self._follow(level, nodes[label])
        items: dict[str, list[object]] = {}
        for record, row in found:
            many = items.setdefault(record[0], [])
            if len(many) < MAX_ROWS:
                # A row that stands alone is shared by all its parents.
                many.append(row if own == 1 else [*record[1:own], *row])
        return items, totals

    def _neighbours(self, step: Step, keys: list[str]) -> tuple[Records, dict[str, int]]:
        read = step.read
        tests = list(step.tests)
        totals: dict[str, int] = {}
        if read.count:
            text = f"{step.pattern}{statements.where(tests)} RETURN k, count(e)"
            totals = {key: count for key, count in self._execute(text, {"keys": keys})}  # noqa: C416 - typed so
        if read.page is None:
            return self._whole(step, tests, keys), totals
        page = self._pages[read.page]
        take = page.first + read.has_lookahead
        if not take:
            return [], totals
        after = statements.after_parameters(step.order, page, "a")
        if after:
            tests.append(statements.is_after(step.order, "a"))
        return self._page(step, tests, {"keys": keys, **after}, take), totals

    def _whole(self, step: Step, tests: list[str], keys: list[str]) -> Records:
        """All items of each parent up to `MAX_ROWS`: sorted here, which takes a third of the time that Ladybug does."""
        text = f"{step.pattern}{statements.where(tests)} RETURN k, {_list(step.values)} LIMIT {MAX_LEVEL + 1}"
        records = self._execute(text, {"keys": keys})
        if len(records) > MAX_LEVEL:
            return self._page(step, tests, {"keys": keys}, MAX_ROWS)
        for place, is_descending in reversed(step.sorting):
            # NULL last, as the databases have it. Stable, so that the last column goes first.
            records.sort(key=partial(_sort_key, place + 1), reverse=is_descending)
        return records

    def _page(self, step: Step, tests: list[str], parameters: Mapping[str, Any], take: int) -> Records:
        """The first `take` items of each parent."""
        if len(parameters["keys"]) > 1:
            return self._execute(_cut(step, statements.where(tests)), {**parameters, "take": take})
        # Without the grouping, half the time. The number stands in the text: with a parameter Ladybug plans each time.
        text = (
            f"{step.pattern}{statements.where(tests)} RETURN k, {_list(step.values)} "
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
        f"{step.pattern}{tests} WITH k, {_list(order)}, {_list(values)} "
        f"ORDER BY {sorting} LIMIT {_NO_LIMIT} WITH k, collect({{{fields}}}) AS items "
        f"UNWIND list_slice(items, 1, $take) AS x RETURN k, {_list([f'x.v{number}' for number in range(len(values))])} "
        f"LIMIT {MAX_LEVEL + 1}"
    )


def _sort_key(place: int, record: list[Any]) -> tuple[bool, Any]:
    return record[place] is None, record[place]


def _list(parts: Sequence[str]) -> str:
    return ", ".join(parts)

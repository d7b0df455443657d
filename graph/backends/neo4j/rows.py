"""What becomes of a record before it leaves the adapter: JSON properties arrive as texts and leave as dicts and lists."""

from collections.abc import Callable
from typing import Any

import orjson

from graph.ddl import LABELS, PropertyType
from graph.selection import LinkRead, Selection

Decoder = Callable[[list[Any]], None]
"""Changes one row (or item) in place."""


def row_decoder(selection: Selection, offset: int = 0) -> Decoder | None:
    """What decodes a row of `selection` that begins at `offset` of its list; None where it shows no JSON."""
    properties = LABELS[selection.label].properties
    texts = tuple(
        position
        for position, name in enumerate(selection.properties, offset)
        if properties[name].type is PropertyType.JSON
    )
    first = offset + len(selection.properties)
    links = tuple(
        (position, decode)
        for position, read in enumerate(selection.links, first)
        if (decode := _link_decoder(read)) is not None
    )
    if not texts and not links:
        return None

    def decode_row(row: list[Any]) -> None:
        for position in texts:
            if row[position] is not None:
                row[position] = orjson.loads(row[position])
        for position, decode in links:
            decode(row[position])

    return decode_row


def _link_decoder(read: LinkRead) -> Decoder | None:
    item = _item_decoder(read)
    if item is None:
        return None
    if not read.link.is_many:

        def decode_one(value: list[Any] | None) -> None:
            if value is not None:
                item(value)

        return decode_one

    def decode_many(value: list[Any]) -> None:
        for one in value[1] if read.count else value:
            item(one)

    return decode_many


def _item_decoder(read: LinkRead) -> Decoder | None:
    edges = len(read.edge)
    if len(read.variants) == 1:
        return row_decoder(read.variants[0], edges)
    by_label = {
        variant.label: decode for variant in read.variants if (decode := row_decoder(variant, edges + 1)) is not None
    }
    if not by_label:
        return None

    def decode_labelled(item: list[Any]) -> None:
        decode = by_label.get(item[0])
        if decode is not None:
            decode(item)

    return decode_labelled

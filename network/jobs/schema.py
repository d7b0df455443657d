"""The commands of `hubnetz schema` that read from the graph who used what."""

import asyncio
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from graphql import GraphQLError, parse, resolve_schema_coordinate

from graph.port import GraphStore
from graph.reading import field_usage
from graph.reading.field_usage import Used
from network.jobs.checking import Finding
from network.jobs.job import Job, Output, Workplace
from network.schema.changes import Change, Level, breaking, concerns
from network.schema.directives import applied
from network.schema.report import UsedBy, exit_code, lines, report, used_json, used_lines

_EXAMPLES: Final = 5


async def usage(place: Workplace, output: Output, *, days: int, field: str | None, as_json: bool) -> int:
    """Exit code 0 whoever uses what: to be used is nothing wrong."""
    found = [one for one in await gathered(place.graph, days) if field is None or _is_meant(one.coordinate, field)]
    if as_json:
        output.line(json.dumps(used_json(found), ensure_ascii=False))
        return 0
    for line in used_lines(found):
        output.line(line)
    if not found:
        what = "anything" if field is None else field
        output.line(f"Nobody used {what} in the last {days} days, as far as was counted.")
        if field is not None and not await asyncio.to_thread(_is_there, field):
            output.line(f"The schema has no {field}: expected a coordinate, as in Project.title or Query.hubs(first:).")
    return 0


async def diff(place: Workplace, output: Output, *, changes: list[dict[str, Any]], days: int, as_json: bool) -> int:
    """Exit code 1 where something breaks, used or not."""
    found = [_change(given) for given in changes]
    known = await gathered(place.graph, days) if any(breaking(found)) else []
    used = [one for one in known if any(concerns(change, one.coordinate) for change in found)]
    today = datetime.now(UTC).date().isoformat()
    if as_json:
        output.line(json.dumps(report(found, today=today, usage=used), ensure_ascii=False))
    else:
        for line in lines(found, today=today, usage=used):
            output.line(line)
    return exit_code(found)


async def gathered(store: GraphStore, days: int) -> list[UsedBy]:
    """What was used in the last `days` days, by coordinate and client, added up over the days."""
    found: dict[tuple[str, str, str], UsedBy] = {}
    async for one in field_usage.used(store, days=days):
        key = one.coordinate, *one.client
        found[key] = _added(found.get(key), one)
    return [found[key] for key in sorted(found)]


async def deprecated(store: GraphStore, *, days: int = 90) -> list[Finding]:
    """What is to be said of deprecated parts of the schema; nothing where there are none.

    Raises:
        GraphUnavailableError: nothing can be known.
    """
    # Composing takes a second, in which a server answers others.
    parts = await asyncio.to_thread(_deprecated_parts)
    return await in_use(store, parts, days=days) if parts else []


async def in_use(store: GraphStore, parts: Collection[str], *, days: int) -> list[Finding]:
    """Who used these parts of the schema lately, as one finding."""
    used = [one for one in await gathered(store, days) if one.coordinate in parts]
    still = sorted({one.coordinate for one in used})
    text = f"{len(still)} of {len(parts)} deprecated parts of the schema were used in the last {days} days"
    advice = "ask their users to move on: hubnetz schema usage --field …; docs/deprecation.md says when a part may go"
    examples = [f"{one.coordinate}: {one.name}, last on {one.last}" for one in used[:_EXAMPLES]]
    return [
        Finding("deprecated", text, is_wrong=False, count=len(still), advice=advice if still else "", examples=examples)
    ]


def _is_there(coordinate: str) -> bool:
    from network.schema.gateway import compose
    from network.subgraphs import schemas

    schema = compose(schemas())
    try:
        return resolve_schema_coordinate(schema, coordinate) is not None
    # Of the library: no coordinate at all, and one of a type or field that there is not.
    except (GraphQLError, TypeError, ValueError):
        return False


def _deprecated_parts() -> frozenset[str]:
    from network.schema.files import GATEWAY, texts

    found = applied(parse(texts()[GATEWAY], no_location=True))
    return frozenset(path for path, at in found.items() if at.deprecation is not None)


def _added(known: UsedBy | None, one: Used) -> UsedBy:
    count, last = (known.count, known.last) if known else (0, "")
    return UsedBy(one.coordinate, *one.client, count + one.count, max(last, one.day))


def _is_meant(coordinate: str, field: str) -> bool:
    """A field with its arguments, an argument or value by itself, all of a type."""
    return coordinate == field or coordinate.startswith((f"{field}.", f"{field}("))


def _change(given: dict[str, Any]) -> Change:
    return Change(**{**given, "level": Level(given["level"]), "used_as": tuple(given["used_as"])})


SCHEMA_JOBS: Final[dict[str, Job]] = {"schema_usage": usage, "schema_diff": diff}

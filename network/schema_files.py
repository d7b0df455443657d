"""The schemas as text: what `hubnetz schema` prints and `docs/schema/` keeps for review."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphql import BreakingChange, GraphQLSchema, build_schema, find_breaking_changes, print_schema
from strawberry.federation import Schema

from network.gateway import compose
from network.subgraphs import schemas

GATEWAY: Final = "gateway"
DIRECTORY: Final = Path(__file__).parent.parent / "docs" / "schema"
"""The reviewed snapshots; only a checkout has them."""


def texts() -> dict[str, str]:
    """The SDL of the gateway and, with federation's directives, of each subgraph, by name."""
    subgraphs = schemas()
    return {GATEWAY: _ending(print_schema(compose(subgraphs))), **_subgraph_texts(subgraphs)}


def text(subgraph: str | None = None) -> str:
    """One of `texts`: the gateway's where no subgraph is named.

    Raises:
        KeyError: no such subgraph.
    """
    return texts()[subgraph or GATEWAY]


def write(directory: Path = DIRECTORY) -> list[Path]:
    """Writes the snapshots anew; the files that changed."""
    directory.mkdir(parents=True, exist_ok=True)
    changed: list[Path] = []
    for name, sdl in texts().items():
        path = directory / f"{name}.graphql"
        if not path.exists() or path.read_text(encoding="utf-8") != sdl:
            path.write_text(sdl, encoding="utf-8")
            changed.append(path)
    return changed


def breaking_changes(before: str, after: str) -> list[str]:
    """What in the gateway's schema `after` would break clients that were written against `before`."""
    old, new = _parsed(before), _parsed(after)
    return [_line(change) for change in find_breaking_changes(old, new)]


def _line(change: BreakingChange) -> str:
    return f"{change.type.name}: {change.description}"


def _parsed(sdl: str) -> GraphQLSchema:
    return build_schema(sdl)


def _subgraph_texts(subgraphs: Mapping[str, Schema]) -> dict[str, str]:
    return {name: _ending(schema.as_str()) for name, schema in subgraphs.items()}


def _ending(sdl: str) -> str:
    return f"{sdl.rstrip()}\n"

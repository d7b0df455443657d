"""The schemas as text: what `hubnetz schema` prints and `docs/schema/` keeps for review."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from graphql import print_schema

from network.schema import changes as schema_changes
from network.schema.changes import Change, breaking
from network.schema.gateway import compose
from network.subgraphs import schemas

GATEWAY: Final = "gateway"


class BreakingChangesError(Exception):
    """The schema would break clients that the last snapshot promised something to."""

    def __init__(self, changes: Sequence[str]) -> None:
        self.changes = tuple(changes)
        super().__init__(
            "the schema breaks what clients rely on; deprecate first, or remove the snapshot of the gateway to start "
            "anew:\n" + "\n".join(f"  {change}" for change in changes)
        )


def texts() -> dict[str, str]:
    """The SDL of the gateway and, with federation's directives, of each subgraph, by name."""
    subgraphs = schemas()
    return {
        GATEWAY: _ending(print_schema(compose(subgraphs))),
        **{name: _ending(schema.as_str()) for name, schema in subgraphs.items()},
    }


def write(directory: Path) -> list[Path]:
    """Writes the snapshots anew; the files that changed.

    Raises:
        BreakingChangesError: the gateway's schema breaks what its snapshot promised; nothing was written.
    """
    found = texts()
    kept = directory / f"{GATEWAY}.graphql"
    if kept.exists() and (changes := breaking_changes(kept.read_text(encoding="utf-8"), found[GATEWAY])):
        raise BreakingChangesError(changes)
    directory.mkdir(parents=True, exist_ok=True)
    changed: list[Path] = []
    for name, sdl in found.items():
        path = directory / f"{name}.graphql"
        if not path.exists() or path.read_text(encoding="utf-8") != sdl:
            path.write_text(sdl, encoding="utf-8")
            changed.append(path)
    return changed


def breaking_changes(before: str, after: str) -> list[str]:
    """What in the schema `after` would break clients that were written against `before`."""
    return [change.text for change in breaking(schema_changes.changes(before, after))]


def changes(directory: Path) -> dict[str, list[Change]]:
    """What changed since the snapshots in `directory` were written, by schema; those without a change are left out.

    A field that moves from one subgraph to another breaks neither clients nor the gateway, and is breaking in the one.
    So only changes of the gateway keep `write` from writing.
    """
    found: dict[str, list[Change]] = {}
    for name, sdl in texts().items():
        path = directory / f"{name}.graphql"
        kept = path.read_text(encoding="utf-8") if path.exists() else sdl
        if kept != sdl and (changed := schema_changes.changes(kept, sdl)):
            found[name] = changed
    return found


def _ending(sdl: str) -> str:
    return f"{sdl.rstrip()}\n"

"""The subgraphs: types with attributes and links, thin resolvers. A new one is a folder here and its name below."""

from importlib import import_module
from typing import Final

from strawberry.federation import Schema

NAMES: Final = ("directory", "projects", "discovery")
"""In the order in which the gateway merges them."""


def schemas(*, max_representations: int = 1_000) -> dict[str, Schema]:
    """The subgraphs by name: what `schema()` of each `network/subgraphs/<name>/schema.py` makes.

    Args:
        max_representations: Entity references that one `_entities` field takes.
    """
    return {
        name: import_module(f"{__name__}.{name}.schema").schema(max_representations=max_representations)
        for name in NAMES
    }

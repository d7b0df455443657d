"""`graph.ddl` as Neo4j's constraints and indexes. Community Edition has no node keys and no existence constraints."""

from collections.abc import Iterator
from typing import Final

from graph.ddl import INDEXES, LABELS, UNIQUE, WORD_INDEXES
from graph.records import Lease

UNIQUE_PREFIX: Final = "unique_"
READY: Final = """
SHOW INDEXES YIELD name, state, owningConstraint
WHERE state = 'ONLINE' AND (owningConstraint IS NOT NULL OR NOT name STARTS WITH $unique)
RETURN collect(name)
"""
"""Names of what can be relied on: an index that lost its constraint keeps nothing unique, whatever it is called."""
FILLING: Final = """
SHOW INDEXES YIELD name, state, populationPercent
WHERE name = $name AND state = 'POPULATING'
RETURN populationPercent
"""
NAME_TAKEN: Final = "Neo.ClientError.Schema.IndexWithNameAlreadyExists"
UNIQUE_LEASE: Final = f"{UNIQUE_PREFIX}{Lease.__name__}_{Lease.key_property}"
"""The constraint without which a lease has as many holders as ask for it at once."""


def statements() -> Iterator[tuple[str, str]]:
    """(name, statement) of every constraint and index. A name once used keeps its meaning: it is how we know it is there."""
    keys = [(label.name, label.key) for label in LABELS.values()]
    for label, name in (*keys, *UNIQUE):
        constraint = f"{UNIQUE_PREFIX}{label}_{name}"
        yield constraint, f"CREATE CONSTRAINT {constraint} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
    for label, name in INDEXES:
        index = f"index_{label}_{name}"
        yield index, f"CREATE INDEX {index} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"
    for label, name in WORD_INDEXES:
        index = f"words_{label}_{name}"
        yield index, f"CREATE TEXT INDEX {index} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"

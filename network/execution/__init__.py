"""Declared fields and the engine that answers them: document -> Selection -> rows -> response."""

from network.execution.connections import Connection, Edge, EdgeConnection, Names, PageInfo
from network.execution.executor import Counts, execute
from network.execution.fields import (
    attribute,
    computed,
    connection,
    derived,
    global_id,
    interface,
    link,
    node,
    reference,
    value,
)
from network.execution.inputs import Checks
from network.execution.mutations import Offered, OnTerms, Shown, Told, client_mutation_id, mutation
from network.execution.reads import Lookup, Lookups, Read, by_key, many, one, page
from network.execution.scalars import SCALARS
from network.execution.timing import Timings
from network.execution.views import NodeRow

__all__ = [
    "SCALARS",
    "Checks",
    "Connection",
    "Counts",
    "Edge",
    "EdgeConnection",
    "Lookup",
    "Lookups",
    "Names",
    "NodeRow",
    "Offered",
    "OnTerms",
    "PageInfo",
    "Read",
    "Shown",
    "Timings",
    "Told",
    "attribute",
    "by_key",
    "client_mutation_id",
    "computed",
    "connection",
    "derived",
    "execute",
    "global_id",
    "interface",
    "link",
    "many",
    "mutation",
    "node",
    "one",
    "page",
    "reference",
    "value",
]

"""What every kind of node has, and how a node is named; `graph.model` holds the kinds."""

from dataclasses import dataclass
from typing import ClassVar

from graph.values import Instant
from graph.vocabulary import Visibility


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A node, named by label and key; as text (`Project:0190…`) the global id of GraphQL."""

    label: str
    value: str

    def __str__(self) -> str:
        return f"{self.label}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> "NodeKey":
        """The node with this global id; whether there is such a kind or node is not looked at."""
        label, _, value = text.partition(":")
        return cls(label, value)


@dataclass(frozen=True, kw_only=True)
class Node:
    """What every node has. The unit of work sets the times, the sort keys, `version` and `readers`."""

    key_property: ClassVar[str] = "id"
    sort_keys: ClassVar[dict[str, str]] = {}
    """Property that orders German text -> property that it is made from."""

    created_at: Instant = Instant("")
    updated_at: Instant = Instant("")
    """Empty only in a node that was not stored yet. Never NULL in the graph, so that an index serves their order."""

    @property
    def key(self) -> NodeKey:
        return NodeKey(type(self).__name__, getattr(self, self.key_property))


@dataclass(frozen=True, kw_only=True)
class Edited(Node):
    """A node that users edit."""

    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Guarded(Edited):
    """A node that not everybody may see."""

    visibility: Visibility = Visibility.PRIVATE
    readers: tuple[str, ...] = ()

"""Reads that make up one answer: as one caller, all within one time."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.errors import GraphUnavailableError
from graph.port import GraphStore, Record
from graph.selection import Page, Row, Selection, Start


@dataclass(frozen=True, slots=True)
class Bounded:
    store: GraphStore
    audiences: list[str]
    """Never empty: an empty list has no type on Ladybug, and no reader token is empty."""
    deadline: float
    """On the clock of the event loop."""

    @classmethod
    def of(cls, store: GraphStore, audiences: Collection[str], timeout_s: float) -> "Bounded":
        """Reads of `store` as `audiences`; needs a running event loop."""
        return cls(store, sorted(audiences) or [""], asyncio.get_running_loop().time() + timeout_s)

    async def select(self, selection: Selection, start: Start, pages: Sequence[Page] = ()) -> list[Row | None]:
        """As `GraphStore.select`, its rows."""
        selected = await self.store.select(
            selection, start, audiences=self.audiences, pages=pages, timeout_s=self._left_s()
        )
        return selected.rows

    async def query(self, name: str, parameters: Mapping[str, Any]) -> list[Record]:
        """As `GraphStore.query`; `$audiences` is added."""
        return await self.store.query(name, {**parameters, "audiences": self.audiences}, timeout_s=self._left_s())

    def _left_s(self) -> float:
        left_s = self.deadline - asyncio.get_running_loop().time()
        if left_s <= 0:
            raise GraphUnavailableError("the graph database did not answer in time")
        return left_s

"""The census complains of what a kill must not do; otherwise its silence would say nothing."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.backends.ladybug.store import LadybugGraphStore
from graph.model import NodeKey
from graph.port import Transaction
from search.tantivy_index import TantivySearchIndex
from tests.faults.census import Census, census, disagreement
from tests.faults.registering import Told, live, prepare
from tests.fixtures.search import make_document

WHOLE = Census(
    projects={"a": ("one", 1), "b": ("two", 2)},
    counted={"x": 1, "y": 1},
    owned=Counter([("x", "a"), ("y", "b")]),
    actions=Counter([("a", "create"), ("b", "create"), ("b", "change"), ("c", "create"), ("c", "delete")]),
    pending=frozenset({"a", "c"}),
    indexed={"b": 2, "c": 1},
)
TOLD = {"a": Told.REGISTERED, "b": Told.REVISED, "c": Told.REMOVED}


def test_nothing_is_wrong_with_what_is_whole() -> None:
    assert WHOLE.complaints(TOLD) == []
    assert WHOLE.complaints({}) == []


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"projects": {"b": ("two", 2)}, "counted": {}, "owned": Counter([("y", "b")])}, "a: registered, and now lost"),
        ({"projects": {"a": ("one", 1), "b": ("two", 3)}}, "b: revised, and now at version 3"),
        ({"projects": {**WHOLE.projects, "c": ("three", 1)}}, "c: removed, and now at version 1"),
        ({"projects": {"a": ("one", 1), "b": ("one", 2)}}, "twice: one"),
        ({"counted": {"x": 2, "y": 1}}, "x counted 2, owns 1"),
        ({"owned": Counter({("x", "a"): 2, ("y", "b"): 1}), "counted": {}}, "a at version 1: 2 owners"),
        ({"owned": WHOLE.owned + Counter([("y", "c")]), "counted": {}}, "c at version None: 1 owners"),
        ({"actions": WHOLE.actions + Counter([("a", "create")])}, "(2, 0, 0) times in the audit trail"),
        ({"actions": WHOLE.actions - Counter([("b", "change")])}, "(1, 0, 0) times in the audit trail"),
        ({"pending": frozenset({"c"})}, "a at version 1: indexed at None, and not pending"),
        ({"pending": frozenset({"a"})}, "c at version None: indexed at 1, and not pending"),
        ({"indexed": {"b": 1}}, "b at version 2: indexed at 1, and not pending"),
    ],
)
def test_whatever_a_kill_could_do_is_found(changed: dict[str, Any], complaint: str) -> None:
    assert any(complaint in found for found in replace(WHOLE, **changed).complaints(TOLD))


async def test_graph_and_index_are_counted_as_they_are(tmp_path: Path) -> None:
    store = await LadybugGraphStore.open(tmp_path / "graph", buffer_mb=256)
    index = await TantivySearchIndex.open(tmp_path / "index")
    told: dict[str, Told] = {}
    try:
        await store.apply_schema()
        await prepare(store)
        for number in range(8):
            await live(store, number, f"project-{number}", told.__setitem__, lambda unit: unit())
        before = await census(store, index)
        assert (before.complaints(told), before.indexed) == ([], {})
        assert len(before.projects) == 7
        assert before.pending == told.keys()
        assert await disagreement(store, index) == []
        after = await census(store, index)
        assert (after.complaints(told), after.pending) == ([], frozenset())
        assert after.indexed == {identifier: version for identifier, (_, version) in after.projects.items()}
        await index.put([make_document("nobody")])
        (surplus,) = await disagreement(store, index)
        assert "Project:nobody" in surplus
        await index.delete(["nobody"])
        await store.transact(lambda transaction: _remove_silently(transaction, min(after.projects)))
        assert len(await disagreement(store, index)) == 1
        assert f"{min(after.projects)}: registered, and now lost" in (await census(store, index)).complaints(told)
    finally:
        await index.close()
        await store.close()


async def _remove_silently(transaction: Transaction, identifier: str) -> None:
    key = NodeKey("Project", identifier)
    await transaction.delete(key.label, [key.value])

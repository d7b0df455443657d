"""Who changed what of an entry, for those who answer for it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from auth import policy
from auth.principal import Caller
from graph import links
from graph.ddl import LABELS, RELATIONSHIPS
from graph.errors import InvalidInputError
from graph.links import Link
from graph.model import HOUSES, NodeKey
from graph.port import GraphStore
from graph.rows import KEPT_BY_UNIT
from graph.selection import ByKeys, LinkRead, Selection
from graph.writing.audience import STEWARDS

MAX_PAGE: Final = 100
CONCEALED: Final = "***"
"""In place of personal values, in the trail and here."""
_LATEST: Final = ("9", "")

_ANSWERING: Final[dict[str, tuple[Link, ...]]] = {**STEWARDS, "Event": (links.EVENT_HOSTS,)}
"""Whose audit trail it is; the trail of a house is its own, that of anything else the administration's."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A property; `before` and `after` as text (lists and objects as JSON), None where there was nothing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A relationship to `node` that was made, or taken away."""

    relationship: str
    node: str
    """Global id."""
    is_added: bool


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the trail. `version` is that of the entry afterwards, None where it did not change itself."""

    id: str
    at: str
    actor: str
    """Pseudonym: `actor:…`, `link:…` for a single-use link, `system:…`."""
    memberships: tuple[str, ...]
    """What the actor acted as."""
    action: str
    version: int | None
    fields: tuple[FieldChange, ...]
    links: tuple[LinkChange, ...]

    @property
    def position(self) -> tuple[str, str]:
        return self.at, self.id


async def history(
    store: GraphStore,
    caller: Caller,
    entity: NodeKey,
    *,
    first: int = 20,
    after: tuple[str, str] | None = None,
    timeout_s: float = 10.0,
) -> list[HistoryEntry] | None:
    """The trail of `entity`, the latest first; None where it is absent or not the caller's to see, which look alike.

    Args:
        first: 1..MAX_PAGE + 1.
        after: `position` of the line to go on after.

    Raises:
        InvalidInputError: `first` out of range, or no such kind of entity.
        GraphUnavailableError: unreachable, or not done within `timeout_s`.
    """
    if not 1 <= first <= MAX_PAGE + 1:
        raise InvalidInputError(f"first is 1 to {MAX_PAGE}, got {first}", field="first")
    label = LABELS.get(entity.label)
    if label is None or label.is_record or entity.label == "Task":
        raise InvalidInputError("entity: expected the global id of an entry or a house", field="entity")
    if not await _is_granted(store, caller, entity, timeout_s):
        return None
    at, identifier = after or _LATEST
    parameters = {"entity": str(entity), "at": at, "id": identifier, "limit": first}
    rows = await store.query("changes_of", parameters, timeout_s=timeout_s)
    lines = [(row, _loaded(row[5]), _loaded(row[6])) for row in rows]
    far = [link for _, before, after_ in lines for link in _links(before, after_)]
    hidden = await _hidden(store, caller, {link.node for link in far}, timeout_s)
    return [
        HistoryEntry(
            *(row[0], row[1], row[2], tuple(row[7] or ()), row[3], row[4]),
            tuple(_fields(label.name, before, after_)),
            tuple(link for link in _links(before, after_) if link.node not in hidden),
        )
        for row, before, after_ in lines
    ]


async def _is_granted(store: GraphStore, caller: Caller, entity: NodeKey, timeout_s: float) -> bool:
    along = _ANSWERING.get(entity.label, ())
    reads = tuple(
        LinkRead(link, tuple(Selection(target, (LABELS[target].key,)) for target in link.target)) for link in along
    )
    key = LABELS[entity.label].key
    selected = await store.select(
        Selection(entity.label, (key,), reads),
        ByKeys(entity.label, key, (entity.value,)),
        audiences=policy.audiences(caller),
        timeout_s=timeout_s,
    )
    (row,) = selected.rows
    if row is None:
        return False
    stewards = [entity] if entity.label in HOUSES else []
    for link, found in zip(along, row[1:], strict=True):
        stewards += _houses(link, found)
    return policy.may_read_audit_trail(caller, stewards)


def _houses(link: Link, found: Any) -> Iterator[NodeKey]:
    items = found if link.is_many else [found] if found is not None else []
    for item in items:
        yield NodeKey(item[0], item[1]) if len(link.target) > 1 else NodeKey(link.target[0], item[0])


async def _hidden(store: GraphStore, caller: Caller, nodes: set[str], timeout_s: float) -> set[str]:
    """Those of `nodes` that the caller may not see: an id tells something, too."""
    by_label: dict[str, list[str]] = {}
    for node in sorted(nodes):
        label, _, key = node.partition(":")
        if label in LABELS and LABELS[label].is_guarded:
            by_label.setdefault(label, []).append(key)
    hidden = set()
    for label, keys in by_label.items():
        name = LABELS[label].key
        start = ByKeys(label, name, tuple(keys))
        selected = await store.select(
            Selection(label, (name,)), start, audiences=policy.audiences(caller), timeout_s=timeout_s
        )
        hidden |= {f"{label}:{key}" for key, row in zip(keys, selected.rows, strict=True) if row is None}
    return hidden


def _loaded(text: str | None) -> dict[str, Any]:
    return json.loads(text) if text else {}


def _fields(label: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[FieldChange]:
    kind = LABELS[label]
    unseen = KEPT_BY_UNIT | kind.node.sort_keys.keys()
    for name in dict.fromkeys((*before, *after)):
        if name not in RELATIONSHIPS and name not in unseen:
            yield FieldChange(name, _text(before.get(name)), _text(after.get(name)))


def _links(before: dict[str, Any], after: dict[str, Any]) -> Iterator[LinkChange]:
    for values, is_added in ((before, False), (after, True)):
        for name, ends in values.items():
            if name in RELATIONSHIPS:
                yield from (LinkChange(name, end["node"], is_added) for end in _ends(ends))


def _ends(ends: object) -> Sequence[dict[str, Any]]:
    return ends if isinstance(ends, list) else []


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)

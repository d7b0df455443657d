"""What one attempt of a unit of work has touched, and the bookkeeping that follows from it. Pure: no database."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from auth import policy
from graph.ddl import LABELS
from graph.model import HOUSES, NodeKey
from graph.rows import Row
from graph.values import Instant, instant
from graph.vocabulary import Guard

AT_END: Final = frozenset({"OWNS", "MADE", "HAS", "HOSTS", "PARTNER_OF"})
"""Relationships that count as a change of the node they lead to; all others belong to the node they start at."""

SHOWN_WITH_PROJECTS: Final = frozenset({*HOUSES, "Topic", "Service", "FundingProgramme"})
"""Kinds whose names and attributes are part of the search documents of the projects around them."""

SHOWN_CHILDREN: Final = frozenset({"Result", "Document", "Adoption"})
"""Kinds that belong to a project and whose title or number is part of its search document."""

_CONCEALED: Final = "***"
_NOT_SHOWN: Final = frozenset({"contact", "contact_visibility"})


def aggregate(relationship: str, start: NodeKey, end: NodeKey) -> NodeKey:
    """The end of the relationship that it belongs to: whose version, lock and audit trail it shares."""
    return end if relationship in AT_END else start


@dataclass(slots=True)
class Touch:
    """One node that the attempt changed. `base` is the node as it was before, None for a new one."""

    key: NodeKey
    base: Row | None
    before: Row = field(default_factory=dict)
    after: Row = field(default_factory=dict)
    is_deleted: bool = False
    is_stamped: bool = False
    """`version` and `updated_at` are written already."""
    readers: tuple[str, ...] | None = None
    """The new readers, None while they stay."""
    has_lost_readers: bool = False

    def changed(self, before: Row, after: Row) -> None:
        """Notes changed properties; a property changed twice keeps its first old value."""
        self.before = {**before, **self.before}
        self.after = {**self.after, **after}

    def relinked(self, relationship: str, far_end: NodeKey, old: Row | None, new: Row | None) -> None:
        """Notes a relationship that was made (`old` is None), changed, or removed (`new` is None)."""
        if old is not None:
            self.before.setdefault(relationship, []).append({"node": str(far_end), **old})
        if new is not None:
            self.after.setdefault(relationship, []).append({"node": str(far_end), **new})

    def read_by(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Notes that `new` replace the readers that were stored."""
        self.readers = new
        if self.is_new:
            self.after["readers"] = list(new)
        else:
            self.has_lost_readers = _is_narrower(old, new)
            self.changed({"readers": list(old)}, {"readers": list(new)})

    @property
    def is_new(self) -> bool:
        return self.base is None

    @property
    def narrows(self) -> bool:
        """Whether somebody who could see something of the node before cannot any more."""
        closed = set(self.before.get("opened") or ()) - set(self.after.get("opened") or ())
        return self.is_deleted or self.has_lost_readers or ("opened" in self.after and bool(closed))

    @property
    def changes_documents(self) -> bool:
        """Whether documents of projects around this node (a house, topic, service, programme) may read differently.

        A new node has no project yet; connecting one to it touches the project.
        """
        return not self.is_new and any(
            name in LABELS[self.key.label].properties for name in self.after if name not in _NOT_SHOWN
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of the audit trail that the command worded itself. Without values the unit fills in what changed."""

    action: str
    entity: str
    before: Row | None = None
    after: Row | None = None


@dataclass(frozen=True, slots=True)
class AuditRows:
    """Rows for `Change` and `PersonalValues`."""

    changes: list[Row]
    personal: list[Row]


@dataclass(frozen=True, slots=True)
class Batch:
    """One line of the audit trail for all that a unit does, e.g. `put_register` of `Municipality`."""

    action: str
    subject: str


def audit(
    touches: list[Touch],
    recorded: list[Recorded],
    batch: Batch | None,
    *,
    actor: str,
    memberships: Sequence[str] = (),
    at: Instant,
    ids: Callable[[], str],
    is_concealed: bool = False,
) -> AuditRows:
    """The audit trail of a unit: one line per touched node, or one for the whole batch, beside those it was given.

    Args:
        ids: Called for the id of each line.
        is_concealed: Lines say what was done, and no value.
    """
    worded = {line.entity: line for line in recorded}
    gone = {str(touch.key) for touch in touches if touch.is_deleted}
    lines = [line for line in recorded if line.before is not None or line.after is not None]
    own = {line.entity for line in lines}
    if batch is not None and touches:
        lines.append(Recorded(batch.action, batch.subject, None, _summary(touches)))
    elif batch is None:
        for touch in touches:
            entity = str(touch.key)
            if entity not in own:
                action = worded[entity].action if entity in worded else _action(touch)
                lines.append(Recorded(action, entity, touch.before, touch.after))
    versions = {str(touch.key): _version(touch) for touch in touches}
    rows = AuditRows([], [])
    for line in lines:
        identifier = ids()
        base = {"id": identifier, "created_at": at, "updated_at": at, "entity": line.entity}
        told = (None, None) if is_concealed else (line.before, line.after)
        (before, hidden_before), (after, hidden_after) = (_parted(line.entity, values) for values in told)
        rows.changes.append(
            {
                **base,
                "at": at,
                "actor": actor,
                "memberships": list(memberships),
                "action": line.action,
                "version": versions.get(line.entity),
                "before": _json(before),
                "after": _json(after),
            }
        )
        if (hidden_before or hidden_after) and line.entity not in gone:
            rows.personal.append({**base, "before": _json(hidden_before), "after": _json(hidden_after)})
    return rows


def stamp(touch: Touch, now: Instant) -> Row:
    """The times and the version that a changed node gets; the same however often the unit changes it."""
    touch.is_stamped = True
    base = touch.base or {}
    row: Row = {"created_at": base.get("created_at") or now, "updated_at": _after(now, base.get("updated_at"))}
    version = _version(touch)
    if version is not None:
        row["version"] = version
    return row


def _version(touch: Touch) -> int | None:
    """Of the node once the unit is written; None for kinds without versions."""
    if "version" not in LABELS[touch.key.label].properties:
        return None
    return int((touch.base or {}).get("version") or 0) + 1


def _after(now: Instant, last: str | None) -> Instant:
    """`now`, or the moment after `last` where another machine's clock is ahead of ours."""
    if last is None or now > last:
        return now
    return instant(datetime.fromisoformat(last) + timedelta(microseconds=1))


def _is_narrower(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether somebody whom `old` lets read is shut out by `new`: every house is in the network, the network in public."""
    if policy.PUBLIC in new:
        return False
    if policy.NETWORK in new:
        return policy.PUBLIC in old
    return not set(old) <= set(new)


def _action(touch: Touch) -> str:
    if touch.is_deleted:
        return "delete"
    return "create" if touch.is_new else "change"


def _summary(touches: list[Touch]) -> Row:
    keys = sorted(str(touch.key) for touch in touches)
    return {
        "created": sum(touch.is_new and not touch.is_deleted for touch in touches),
        "changed": sum(not touch.is_new and not touch.is_deleted for touch in touches),
        "deleted": sum(touch.is_deleted for touch in touches),
        "first": keys[0],
        "last": keys[-1],
    }


def _parted(entity: str, values: Row | None) -> tuple[Row | None, Row]:
    """`values` with the personal ones concealed, and the personal ones, as far as they are kept."""
    if values is None:
        return None, {}
    label = entity.partition(":")[0]
    hidden = {name: value for name, value in values.items() if value is not None and _is_personal(label, name)}
    return {**values, **dict.fromkeys(hidden, _CONCEALED)}, hidden if keeps_values(label) else {}


def keeps_values(label: str) -> bool:
    """Whether the trail keeps personal values of that kind beside itself, for those who look back.

    Nobody looks back at bookkeeping and at what people keep for themselves: that stands in its record, and goes with it.
    """
    return label in LABELS and not LABELS[label].is_record


SEALED: Final = frozenset({"sealed", "sealed_before"})
"""Properties that hold an encrypted secret: it lives in its record and nowhere else."""
_PERSONAL: Final = {
    "Expert": frozenset({"name", "name_sort", "actor"}),
    "Actor": frozenset({"iss", "sub", "email", "name"}),
    "SavedSearch": frozenset({"name", "query", "filter"}),
    "Webhook": SEALED | {"url"},
    "Invitation": frozenset({"email"}),
    "Task": frozenset({"note", "reason"}),
}
"""What tells who somebody is, beside contact data."""


def _is_personal(label: str, name: str) -> bool:
    if name in _PERSONAL.get(label, ()):
        return True
    declared = LABELS[label].properties.get(name) if label in LABELS else None
    return declared is not None and declared.guard is Guard.CONTACT


def _json(values: Row | None) -> str | None:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else None

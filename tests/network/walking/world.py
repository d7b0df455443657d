"""A network in which every guarded kind exists at every visibility and stage, and every text and number says whose it is.

Each property of each node has a word (or a number) that occurs nowhere else. So an answer tells by itself what it shows,
wherever in it that stands.
"""

import hashlib
import re
import types
import typing
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any, Final

from auth import policy
from auth.principal import Anonymous, Caller, Membership, Principal
from graph import model
from graph.ddl import LABELS
from graph.links import Direction, Link
from graph.model import Node, NodeKey
from graph.port import GraphStore, Transaction
from graph.relationships import Relationship
from graph.rows import relationship_name
from graph.values import Contact, Instant, PartialDate, Source
from graph.vocabulary import (
    Guard,
)
from graph.writing import audience
from graph.writing.audience import Entry
from tests.fixtures.builders import plant
from tests.fixtures.having import meets

SECRET: Final = re.compile(r"zq[b-df-hj-np-tv-xz]{8}x")
NUMBER: Final = re.compile(r"\b17[0-9]{8}\b")
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"
COMMON: Final = "Gemeinschaftswerk"
"""Stands in every title: searching for it finds whatever the caller may find."""
NOBODYS: Final = frozenset({"asked_by", "answered_by", "actor"})
"""Kept for rules and shown to nobody."""
INSIDERS: Final = frozenset({"different_because"})
"""For those who would read the entry if it were PRIVATE."""
_WORDLESS: Final = frozenset({"id", "slug", "ars", "ror", "leika_id", "entity", "subject", "state", "ags", "done_by"})
"""Keys, and what names other things."""
WHEN: Final = Instant("2026-05-04T08:00:00.000000Z")
DAY: Final = PartialDate("2024-05-04")
_T = typing.TypeVar("_T", bound=Node)


def _word(what: str) -> str:
    digest = hashlib.sha256(what.encode()).digest()
    return "zq" + "".join(_CONSONANTS[byte % len(_CONSONANTS)] for byte in digest[:8]) + "x"


@dataclass(frozen=True, slots=True)
class Secret:
    """Who may see a word: readers of the node for whom the property is not guarded."""

    node: NodeKey
    property: str


@dataclass
class World:
    """What was planted, and what the policy says of it."""

    nodes: dict[NodeKey, Node] = field(default_factory=dict)
    relationships: list[Relationship] = field(default_factory=list)
    secrets: dict[str, Secret] = field(default_factory=dict)
    entries: dict[NodeKey, Entry] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_700_000_001))

    # Making

    def add(self, kind: type[_T], name: str, /, **given: Any) -> _T:
        """A node of `kind` with a word in each property that is not given."""
        label = LABELS[kind.__name__]
        spoken = {key: value for key, value in given.items() if value is not None}
        if label.key not in spoken:
            spoken[label.key] = f"{name}-{_word(f'{kind.__name__} {name}')}"
        key = NodeKey(label.name, spoken[label.key])
        if kind is model.Project:
            spoken["slug"] = f"p-{self._say(key, 'slug')}"
        for name_, hint in typing.get_type_hints(kind).items():
            if name_ in spoken or name_ not in label.properties or name_.endswith("_sort"):
                continue
            filled = self._filled(key, name_, hint)
            if filled is not None:
                spoken[name_] = filled
        for word in SECRET.findall(key.value):
            self.secrets[word] = Secret(key, label.key)
        node = kind(**spoken)
        self.nodes[key] = node
        return node

    def tie(self, *relationships: Relationship) -> None:
        self.relationships += relationships

    def _filled(self, key: NodeKey, name: str, hint: Any) -> Any:
        label = LABELS[key.label]
        is_union = typing.get_origin(hint) in (types.UnionType, typing.Union)
        kind = next(one for one in typing.get_args(hint) if one is not type(None)) if is_union else hint
        is_guarded = label.is_guarded or label.properties[name].guard is not None
        if kind is Contact:
            word = self._say(key, name)
            return Contact(function=f"Stelle {word}", email=f"{word}@haus.example", phone=str(self._count(key, name)))
        if not is_guarded:
            return None
        if kind is str and name not in _WORDLESS:
            word = self._say(key, name)
            title = f"{COMMON} {word}" if name == "title" else word
            return f"https://{word}.example" if name.endswith("url") else title
        if kind is int and name != "version":
            return self._count(key, name)
        if kind == tuple[Source, ...]:
            return (Source(publisher=f"Blatt {self._say(key, name)}"),)
        return None

    def _say(self, key: NodeKey, name: str) -> str:
        word = _word(f"{key} {name}")
        assert word not in self.secrets
        self.secrets[word] = Secret(key, name)
        return word

    def _count(self, key: NodeKey, name: str) -> int:
        number = next(self._numbers)
        self.secrets[str(number)] = Secret(key, name)
        return number

    async def plant(self, store: GraphStore) -> None:
        """Writes everything, with the readers that the policy gives each entry."""
        await plant(store, *self.nodes.values(), *self.relationships)

        async def work(transaction: Transaction) -> dict[NodeKey, Entry]:
            found: dict[NodeKey, Entry] = {}
            for label in LABELS.values():
                if label.is_guarded and not label.is_record:
                    keys = [key.value for key in self.nodes if key.label == label.name]
                    entries = await audience.entries(transaction, label.name, keys)
                    found |= {NodeKey(label.name, key): entry for key, entry in entries.items()}
            for key, entry in found.items():
                row = {LABELS[key.label].key: key.value, "readers": list(policy.readers(entry))}
                await transaction.put(key.label, [row])
            return found

        self.entries = await store.transact(work)

    # Asking

    def may_read(self, caller: Caller, key: NodeKey) -> bool:
        entry = self.entries.get(key)
        return entry is None or policy.may_read(caller, entry)

    def may_see(self, caller: Caller, key: NodeKey, name: str) -> bool:
        """Whether a property's value is for the caller, who may or may not read the node."""
        if name in NOBODYS or not self.may_read(caller, key):
            return False
        if name in INSIDERS and not policy.may_read(
            caller, replace(self.entries[key], stage=None, visibility="PRIVATE")
        ):
            return False
        guard, node = LABELS[key.label].properties[name].guard, self.nodes[key]
        if guard is Guard.CONTACT:
            token = {"PUBLIC": policy.PUBLIC, "NETWORK": policy.NETWORK, "PRIVATE": policy.ADMIN}
            return token[node.contact_visibility] in policy.audiences(caller)  # type: ignore[attr-defined] # guarded so
        if guard is Guard.NETWORK_ONLY:
            return policy.may_read_network_fields(caller) or name in node.opened  # type: ignore[attr-defined] # likewise
        return True

    def leaks(self, caller: Caller, text: str, *, given: Collection[str] = ()) -> list[Secret]:
        """What `text` shows that is not for the caller, `given` aside: that the caller said itself."""
        said = (set(SECRET.findall(text)) | set(NUMBER.findall(text))) - set(given)
        found = [self.secrets[word] for word in sorted(said) if word in self.secrets]
        return [secret for secret in found if not self.may_see(caller, secret.node, secret.property)]

    def readable(self, caller: Caller, label: str) -> set[str]:
        """Global ids of all nodes of a label that the caller may read."""
        return {str(key) for key in self.nodes if key.label == label and self.may_read(caller, key)}

    def along(self, caller: Caller, key: NodeKey, link: Link) -> set[str]:
        """Global ids of what the caller reads along a link."""
        found = {key for key in self._ends[link.relationship, link.direction, key] if key.label in link.target}
        asks = link.having
        found = {one for one in found if all(meets(asked, getattr(self.nodes[one], asked.property)) for asked in asks)}
        return {str(one) for one in found if self.may_read(caller, one)}

    @cached_property
    def _ends(self) -> dict[tuple[str, Direction, NodeKey], set[NodeKey]]:
        ends: dict[tuple[str, Direction, NodeKey], set[NodeKey]] = defaultdict(set)
        for one in self.relationships:
            name = relationship_name(one)
            ends[name, Direction.OUT, one.start].add(one.end)
            ends[name, Direction.IN, one.end].add(one.start)
        return ends


def principal(name: str, *memberships: str) -> Principal:
    return Principal("https://id.example", name, frozenset(map(Membership.parse, memberships)))


TOWN, OTHER_TOWN, AMT = "010615138001", "010615139002", "010615138"
CALLERS: Final[dict[str, Caller]] = {
    "anonymous": Anonymous(),
    "no-membership": principal("no-membership"),
    "lead-own": principal("lead-own", "hub_lead:zeitz"),
    "member-own": principal("member-own", "hub_member:zeitz"),
    "reviewer-own": principal("reviewer-own", "reviewer:zeitz"),
    "lead-other": principal("lead-other", "hub_lead:wilster"),
    "member-other": principal("member-other", "hub_member:wilster"),
    "town-partner": principal("town-partner", f"municipality:{TOWN}"),
    "amt": principal("amt", f"municipality:{AMT}"),
    "town-other": principal("town-other", f"municipality:{OTHER_TOWN}"),
    "university-invited": principal("university-invited", "university:03sft3r75"),
    "organisation-maker": principal("organisation-maker", "organisation:stadtwerke"),
    "two-houses": principal("two-houses", "organisation:dritte", "hub_member:wilster"),
    "admin": principal("admin", "network_admin"),
}

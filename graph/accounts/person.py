"""Everything that is kept of one person, found by going through the whole graph.

No list of places is complete for long, so nothing is looked up by what such a list would say: every node of every kind
is read, bookkeeping included. That takes as long as an export; it is asked for a few times a year.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from auth import policy
from auth.principal import Principal
from graph.actors import pseudonym
from graph.ddl import LABELS, PropertyType
from graph.errors import InvalidInputError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.reading import popular
from graph.selection import MAX_PAGE, Match, Page, Selection
from graph.writing.ledger import SEALED

Row = Mapping[str, Any]
Progress = Callable[[str, int, int], None]

LEAST_TEXT: Final = 5
"""Characters of a text to look for: shorter ones are said by everybody."""

_OF_ACTOR: Final = frozenset(
    {"Follow", "SavedSearch", "Notification", "Webhook", "FeedToken", "InvitedMember", "Letter", "Expert", "Delivery"}
)
"""Kinds whose `actor` is the person whose thing it is."""
_BY_EMAIL: Final = frozenset({"Letter", "SingleUseLink", "Invitation", "Expert"})
"""Kinds whose `email` is the address of the person whom they are about."""
_BY_IDENTITY: Final = frozenset({"Session", "Actor"})


@dataclass(frozen=True)
class Person:
    """Somebody, by all names that are known.

    Attributes:
        emails: In small letters.
        identities: Pairs of issuer and subject.
        texts: What else names this person and nobody else, such as the full name; found in any case of letters.
    """

    emails: frozenset[str]
    identities: frozenset[tuple[str, str]]
    texts: frozenset[str] = frozenset()

    @cached_property
    def pseudonyms(self) -> frozenset[str]:
        """As the audit trail names the person."""
        return frozenset(pseudonym(Principal(iss, sub)) for iss, sub in self.identities)

    @cached_property
    def said(self) -> re.Pattern[str]:
        """Where a text speaks of the person."""
        # A longer address that ends alike is somebody else's.
        emails = [rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)" for email in self.emails]
        texts = [rf"(?<!\w){re.escape(text)}(?!\w)" for text in self.texts]
        ids = [rf"(?:(?:actor|link):)?{re.escape(one)}" for one in self.pseudonyms]
        return re.compile("|".join((*emails, *texts, *ids)) or r"(?!)", re.IGNORECASE)

    def owns(self, label: str, row: Row) -> bool:
        """Whether the whole node is this person's, and goes with her."""
        if label in _BY_IDENTITY and (row["iss"], row["sub"]) in self.identities:
            return True
        if label in _OF_ACTOR and row.get("actor") in self.pseudonyms:
            return True
        return label in _BY_EMAIL and (row.get("email") or "").casefold() in self.emails

    def is_in(self, value: object) -> bool:
        """Whether a value speaks of the person."""
        return any(map(self.said.search, _texts(value)))

    def mentioned(self, row: Row) -> tuple[str, ...]:
        """The properties that speak of the person, by name."""
        return tuple(sorted(name for name, value in row.items() if value and self.is_in(value)))


@dataclass(frozen=True, slots=True)
class Found:
    """A node that is the person's (`is_own`), or that speaks of her in some of its properties."""

    key: NodeKey
    row: Row
    is_own: bool
    properties: tuple[str, ...]


async def identify(
    store: GraphStore,
    *,
    email: str | None = None,
    identity: tuple[str, str] | None = None,
    texts: Iterable[str] = (),
) -> Person:
    """The person with this address or account, and what follows from the one for the other by sign-ins so far.

    Raises:
        InvalidInputError: neither is given, or a text that is too short to name anybody.
    """
    if email is None and identity is None:
        raise InvalidInputError("expected an e-mail address, or issuer and subject of an account")
    kept = frozenset(text.strip() for text in texts)
    if any(len(text) < LEAST_TEXT for text in kept):
        raise InvalidInputError(f"a text to look for has {LEAST_TEXT} characters or more: shorter ones name nobody")
    if email is not None and "@" not in email.strip("@"):
        raise InvalidInputError(f"not an e-mail address: {email[:80]!r}")
    emails = {email.strip().casefold()} if email else set[str]()
    identities = {identity} if identity else set[tuple[str, str]]()
    async for row in rows(store, "Actor"):
        account = (str(row["iss"]), str(row["sub"]))
        address = (row["email"] or "").casefold()
        if account in identities or (address and address in emails):
            identities.add(account)
            emails |= {address} - {""}
    return Person(frozenset(emails), frozenset(identities), kept)


async def rows(store: GraphStore, label: str) -> AsyncIterator[dict[str, Any]]:
    """All nodes of a kind with their texts, by key."""
    kind = LABELS[label]
    names = tuple(
        one.name
        for one in kind.properties.values()
        if one.name == kind.key or one.type in (PropertyType.TEXT, PropertyType.TEXTS, PropertyType.JSON)
    )
    selection = Selection(label, names)
    after: tuple[str, ...] | None = None
    while True:
        start = Match(label, page=Page(MAX_PAGE, after))
        selected = await store.select(selection, start, audiences=policy.EVERYTHING)
        for row in selected.rows:
            assert row is not None
            yield dict(zip(names, row, strict=True))
        if len(selected.rows) < MAX_PAGE:
            return
        last = selected.rows[-1]
        assert last is not None
        after = (str(last[names.index(kind.key)]),)


async def find(store: GraphStore, person: Person, *, on_progress: Progress | None = None) -> AsyncIterator[Found]:
    """Every node that is hers or speaks of her, kind by kind."""
    for done, (label, kind) in enumerate(LABELS.items()):
        if on_progress is not None:
            on_progress("kinds of records", done, len(LABELS))
        async for row in rows(store, label):
            is_own, properties = person.owns(label, row), person.mentioned(row)
            if is_own or properties:
                yield Found(NodeKey(label, str(row[kind.key])), row, is_own, properties)


async def export(store: GraphStore, person: Person, *, on_progress: Progress | None = None) -> dict[str, Any]:
    """All of it as JSON: `own` records whole, elsewhere the values that `mention` the person, and `searches` counted."""
    own: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    async for found in find(store, person, on_progress=on_progress):
        if found.is_own:
            values = {name: value for name, value in found.row.items() if value is not None and name not in SEALED}
            own.append({**values, "id": str(found.key)})
        else:
            mentions += [
                {"id": str(found.key), "property": name, "value": found.row[name]} for name in found.properties
            ]
    return {
        "emails": sorted(person.emails),
        "accounts": [{"issuer": iss, "subject": sub} for iss, sub in sorted(person.identities)],
        "pseudonyms": sorted(person.pseudonyms),
        "own": own,
        "mentions": mentions,
        "searches": await popular.searched_by(store, person.identities),
    }


def decoded(value: object) -> object:
    """`value`, and of a text that holds a JSON object or list what it holds: within, a line break is a letter n."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        found: object = json.loads(value)
    except ValueError:
        return value
    return found


def _texts(value: object) -> Iterator[str]:
    inside = decoded(value)
    if isinstance(inside, str):
        yield inside
    elif isinstance(inside, Mapping):
        for name, one in inside.items():
            yield from (name, *_texts(one))
    elif isinstance(inside, Iterable):
        for one in inside:
            yield from _texts(one)

"""Where a router answers otherwise than the gateway of one process: what exactly, and why. Everything else is a failure.

Versions: `deploy/router/package.json` and `tests/federation/compatibility/package.json`. An entry that is not met any more
fails, too: a newer version that has mended it takes the entry with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Error = tuple[str | None, tuple[str | int, ...] | None]
"""Code and path."""


@dataclass(frozen=True)
class Answer:
    data: Any
    errors: tuple[Error, ...]
    messages: tuple[str, ...] = field(default=(), compare=False)
    """For whoever reads of a failure."""

    @staticmethod
    def of(body: Mapping[str, Any]) -> "Answer":
        """What of a body counts: data, and code and path of each error in the order of paths."""
        errors = (
            (error.get("extensions", {}).get("code"), None if error.get("path") is None else tuple(error["path"]))
            for error in body.get("errors", ())
        )
        messages = tuple(str(error["message"]) for error in body.get("errors", ()))
        return Answer(body.get("data"), tuple(sorted(errors, key=repr)), messages)


@dataclass(frozen=True)
class Difference:
    """`errors` in place of the gateway's; `data`, where it is given, likewise."""

    why: str
    errors: tuple[Error, ...]
    data: Any = ...

    def applied(self, ours: Answer) -> Answer:
        return Answer(ours.data if self.data is ... else self.data, self.errors)


HIVE, APOLLO = "hive", "apollo"
_SIMILAR: Final = ("projects", "edges", 0, "node", "similar")
_INDEX: Final = "Hive Gateway 2.15.1 gives every error of a list of entities the place of the first"
_NO_INDEX: Final = "Hive Gateway 2.15.1 leaves out the place in a list where all its entities fail together"
_KEY: Final = "Hive Gateway 2.15.1 does not ask for a key that the client's own operation skips, and then has no entity"
_SHADOWED: Final = (
    "Hive Gateway 2.15.1 adds the key that it needs beside the client's alias of the same name: no valid document, and"
    " directory refuses it"
)
_TAKEN: Final = (
    "Apollo's gateway 2.14.4 takes the key that it needs from the client's alias of the same name, and shows it there"
)
_FIELD: Final = "What a subgraph refuses as a whole, Hive Gateway shows as an error of the field for which it asked"
_PARTS: Final = "The gateway of one process refuses the operation before any of it runs; behind a router each subgraph refuses its part"
_SCALAR: Final = (
    "Routers know nothing of our scalars; the subgraph refuses, and Hive Gateway names the field for which it asked"
)
_OWN_LIMITS: Final = (
    "How long a document may be is for the router to say: Hive Gateway of deploy/router does, Apollo's has no limits"
)
_BESIDE: Final = {"project": {"slug": "zeitz-parkleitsystem"}}
_ALL_AT_ONCE: Final = "GraphQL §6.4.4 asks for one of the errors that make a list null, Apollo's gateway tells them all"

DIFFERENCES: Final[Mapping[tuple[str, str], Difference]] = {
    (HIVE, "bad-in-a-list-of-entities"): Difference(_INDEX, (("BAD_USER_INPUT", _SIMILAR),) * 2),
    (HIVE, "after-in-several-parents"): Difference(_NO_INDEX, (("BAD_USER_INPUT", ("it", "topics", "hubs")),)),
    (APOLLO, "after-in-several-parents"): Difference(
        _ALL_AT_ONCE, tuple(("BAD_USER_INPUT", ("it", "topics", place, "hubs")) for place in (0, 1))
    ),
    (HIVE, "key-that-is-skipped"): Difference(_KEY, (("INTERNAL", ("hub", "projects")),), _BESIDE | {"hub": None}),
    (HIVE, "key-that-is-not-included"): Difference(
        _KEY, (("INTERNAL", ("node", "projects")),), {"hub": {"name": "DigitalHub Zeitz"}, "node": None}
    ),
    (HIVE, "key-under-another-name"): Difference(_SHADOWED, (("UNAVAILABLE", ("hub",)),), _BESIDE | {"hub": None}),
    (APOLLO, "key-under-another-name"): Difference(
        _TAKEN, (), _BESIDE | {"hub": {"id": "Hub:zeitz", "projects": {"pageInfo": {"hasPreviousPage": False}}}}
    ),
    (APOLLO, "too-many-aliases"): Difference(
        _OWN_LIMITS, (), {f"a{number}": {"slug": "zeitz"} for number in range(16)}
    ),
    (APOLLO, "no-document"): Difference("Apollo Server 5.5.1 has a code of its own", (("BAD_REQUEST", None),)),
    (APOLLO, "two-operations-and-no-name"): Difference(
        "Apollo's gateway 2.14.4 has a code of its own", (("INVALID_GRAPHQL", None),)
    ),
    (HIVE, "variable-is-no-date"): Difference(_SCALAR, (("BAD_USER_INPUT", ("events",)),)),
    (HIVE, "cost"): Difference(_FIELD, (("LIMIT_EXCEEDED", ("projects",)),)),
    (HIVE, "page-too-large"): Difference(_FIELD, (("LIMIT_EXCEEDED", ("projects",)),)),
    (HIVE, "page-too-large-beside-good"): Difference(
        _PARTS, (("LIMIT_EXCEEDED", ("search",)),), {"hub": {"name": "DigitalHub Zeitz"}, "search": None}
    ),
    (APOLLO, "page-too-large-beside-good"): Difference(
        _PARTS, (("LIMIT_EXCEEDED", None),), {"hub": {"name": "DigitalHub Zeitz"}, "search": None}
    ),
    (HIVE, "page-too-large-in-an-entity"): Difference(
        _PARTS, (("LIMIT_EXCEEDED", ("hub", "projects")),), {"hub": None}
    ),
    (APOLLO, "page-too-large-in-an-entity"): Difference(_PARTS, (("LIMIT_EXCEEDED", None),), {"hub": None}),
}
"""By router and name of the operation (`corpus/operations.py`)."""

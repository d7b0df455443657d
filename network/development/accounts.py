"""Sample accounts of the development issuer: every role at every hub of the seed, some houses, one without membership.

They are visibly samples: no account is named like a person, and every address is one that nobody can have (RFC 2606).
The houses of some are made up; `network.development.examples` loads these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import seed_data
from auth.principal import Membership, MembershipKind
from seed_data.reading import Text, read_records

WITHOUT: Final = "none"
"""Key of the account that is signed in and belongs to no house."""

_ROLES: Final = {
    MembershipKind.HUB_LEAD: "Hub-Leitung",
    MembershipKind.HUB_MEMBER: "Hub-Mitarbeit",
    MembershipKind.REVIEWER: "Prüfung",
}
_HOUSES: Final = (
    ("municipality:150840590590", "Kommune", "Zeitz, Stadt"),
    ("municipality:031550013013", "Kommune", "Einbeck, Stadt"),
    ("municipality:010515169", "Amt", "Amt Eider"),
    ("university:05gqaka33", "Hochschule", "Martin-Luther-Universität Halle-Wittenberg"),
    ("organisation:dataport", "Organisation", "Dataport AöR"),
)
_MADE_UP_HUB: Final = ("musterstadt", "DigitalHub Musterstadt")
_MADE_UP: Final = (
    ("municipality:local:musterstadt", "Kommune", "Musterstadt"),
    ("municipality:local:musterdorf", "Kommune", "Musterdorf"),
    ("university:local:hochschule-musterstadt", "Hochschule", "Hochschule Musterstadt"),
    ("organisation:stadtwerke-musterstadt", "Organisation", "Stadtwerke Musterstadt"),
)
_MACHINES: Final = (
    ("machine-zeitz", "hub_member:zeitz", "Fachverfahren, DigitalHub Zeitz"),
    ("machine-eider", "municipality:010515169", "Fachverfahren, Amt Eider"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A sample account; `key` is what `hubnetz token --as` takes, and of a machine its client id, too."""

    key: str
    name: str
    memberships: tuple[Membership, ...]
    is_machine: bool = False
    is_made_up: bool = False
    """Its house is in no register: it is there once the examples are."""

    @property
    def subject(self) -> str:
        return f"beispiel-{self.key.replace(':', '-')}"

    @property
    def email(self) -> str:
        return f"{self.subject}@example.org"


@cache
def accounts() -> Mapping[str, Account]:
    """All of them by key, in the order in which people are shown them."""
    return {account.key: account for account in _accounts()}


def _accounts() -> Iterator[Account]:
    for slug, name in _hubs():
        for kind, role in _ROLES.items():
            yield _account(f"{kind}:{slug}", f"Beispiel {role}, {name}")
    for key, house, name in _HOUSES:
        yield _account(key, f"Beispiel {house}, {name}")
    slug, name = _MADE_UP_HUB
    for kind, role in _ROLES.items():
        yield _account(f"{kind}:{slug}", f"Beispiel {role}, {name} (erfunden)", is_made_up=True)
    for key, house, name in _MADE_UP:
        yield _account(key, f"Beispiel {house}, {name} (erfunden)", is_made_up=True)
    yield _account(MembershipKind.NETWORK_ADMIN, "Beispiel Netzverwaltung")
    yield Account(WITHOUT, "Beispiel ohne Mitgliedschaft", ())
    for key, membership, name in _MACHINES:
        yield Account(key, f"Beispiel {name}", (Membership.parse(membership),), is_machine=True)


def _account(key: str, name: str, *, is_made_up: bool = False) -> Account:
    return Account(key, name, (Membership.parse(key),), is_made_up=is_made_up)


def _hubs() -> Iterator[tuple[str, str]]:
    """Slug and name of each hub, from the files that the seed loads."""
    for path in sorted((Path(seed_data.__file__).parent / "hubs").glob("*.yaml")):
        for record in read_records(path, path.name):
            slug, name = record.values["slug"], record.values["name"]
            if isinstance(slug, Text) and isinstance(name, Text) and slug.value and name.value:
                yield slug.value, name.value

"""Administrations by name: files of people say "Nortorf", registers say 010585864117. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from graph.values import sort_key
from graph.vocabulary import MunicipalityKind

_DISTRICT_DIGITS = 5


class UnknownNameError(Exception):
    """No administration, or more than one, has the name; the message says which."""


@dataclass(frozen=True, slots=True)
class Administration:
    ars: str
    name: str
    kind: str
    district: str | None
    state: str

    def __str__(self) -> str:
        return f"{self.ars} ({self.name}{f'; {self.district}' if self.district else ''})"


class AdministrationNames:
    """Finds keys by name and state.

    Found are the register's name, the name before its comma ("Itzehoe" for "Itzehoe, Stadt"), each half of a name in
    two languages, a name without its bracket, and "Stadt" or "Gemeinde" in front. Equally good names are never guessed
    between: "Nortorf" means two municipalities in Schleswig-Holstein.
    """

    def __init__(self, administrations: Iterable[Administration]) -> None:
        self._by_name: dict[str, list[Administration]] = {}
        for administration in administrations:
            for variant in _variants(administration):
                self._by_name.setdefault(variant, []).append(administration)

    def key(self, name: str, state: str | None) -> str:
        """The key of the one administration of that name.

        Raises:
            UnknownNameError: there is none, or several.
        """
        named = self._by_name.get(sort_key(name), [])
        found = [one for one in named if state is None or one.state == state]
        where = "" if state is None else f" in {state}"
        if not found:
            raise UnknownNameError(f"no administration is called {name[:80]!r}{where}")
        if len(found) > 1:
            listed = ", ".join(str(one) for one in found[:5])
            raise UnknownNameError(f"{name[:80]!r}{where} is ambiguous: {listed}; give the key")
        return found[0].ars


def _variants(administration: Administration) -> set[str]:
    # A town without a district is listed as a district, too; meant is the town.
    if administration.kind == MunicipalityKind.KREISFREIE_STADT and len(administration.ars) == _DISTRICT_DIGITS:
        return set()
    names = {administration.name, administration.name.partition(",")[0]}
    names |= {half.strip() for name in list(names) if "/" in name for half in name.split("/")}
    names |= {re.sub(r"\s*\([^()]*\)", "", name) for name in names}
    if administration.kind in (MunicipalityKind.STADT, MunicipalityKind.KREISFREIE_STADT):
        names |= {f"Stadt {name}" for name in names}
    elif administration.kind == MunicipalityKind.GEMEINDE:
        names |= {f"Gemeinde {name}" for name in names}
    return {sort_key(name) for name in names} - {""}

"""What a page of the upload gives its reader to bring back: rows, and what taking them over would write.

Nothing of a table is kept here until it is taken over: it travels with the form, sealed. So nobody can read or change it on its
way, and nobody but the one who uploaded it can bring it back; after half a day it is worthless.
"""

import base64
import json
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from auth.principal import Principal
from auth.sealing import BrokenSealError, Sealer
from network.pages.upload.comparing import Judged, Plan
from network.pages.upload.reading import Row, Table

_PURPOSE: Final = "upload"
_LIFETIME_S: Final = 12 * 60 * 60
_MOST: Final = 1_600_000
"""Characters that are sealed at most: with them go the plans of a part, and all has to fit into a request."""


class ParcelError(Exception):
    """It cannot be brought back: too old, somebody else's, or not made here."""


class ParcelTooLargeError(Exception):
    """More text than comes back in one request."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row that can be taken over."""

    number: int
    title: str
    page: str
    plan: Plan


class Parcels:
    """Seals for one person.

    Args:
        now_s: Seconds since 1970.
    """

    def __init__(self, sealer: Sealer, principal: Principal, *, now_s: float | None = None) -> None:
        self._sealer = sealer
        self._whose = f"{principal.iss} {principal.sub}"
        self._now_s = time.time() if now_s is None else now_s

    def of_table(self, table: Table) -> str:
        """The rows of a table.

        Raises:
            ParcelTooLargeError: too much text.
        """
        rows = [[one.number, one.cells, one.formulas] for one in table.rows]
        return self._sealed("table", [rows, table.unknown])

    def table(self, sealed: str) -> Table:
        """What `of_table` sealed.

        Raises:
            ParcelError: it cannot be had.
        """
        rows, unknown = self._opened("table", sealed)
        return Table(tuple(Row(number, cells, tuple(formulas)) for number, cells, formulas in rows), tuple(unknown))

    def of_plans(self, rows: Sequence[Judged]) -> str:
        """What taking over would write.

        Raises:
            ParcelTooLargeError: too much text.
        """
        found = [(one.number, one.title, one.page, one.plan) for one in rows if one.plan is not None]
        return self._sealed("plans", [[*told, plan.operation, plan.input] for *told, plan in found])

    def plans(self, sealed: str) -> list[Planned]:
        """What `of_plans` sealed.

        Raises:
            ParcelError: it cannot be had.
        """
        return [
            Planned(number, title, page, Plan(operation, given))
            for number, title, page, operation, given in self._opened("plans", sealed)
        ]

    def _sealed(self, kind: str, content: Any) -> str:
        packed = base64.b64encode(zlib.compress(json.dumps(content, ensure_ascii=False).encode())).decode()
        until = str(int(self._now_s) + _LIFETIME_S)
        sealed = self._sealer.seal({"whose": self._whose, "until": until, "content": packed}, purpose=_purpose(kind))
        if len(sealed) > _MOST:
            raise ParcelTooLargeError
        return sealed

    def _opened(self, kind: str, sealed: str) -> Any:
        try:
            opened = self._sealer.unseal(sealed, purpose=_purpose(kind))
        except BrokenSealError as error:
            raise ParcelError("not ours") from error
        if opened["whose"] != self._whose or int(opened["until"]) < self._now_s:
            raise ParcelError("somebody else's, or too old")
        return json.loads(zlib.decompress(base64.b64decode(opened["content"])))


def _purpose(kind: str) -> str:
    return f"{_PURPOSE}-{kind}"

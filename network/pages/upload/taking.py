"""Rows are taken over one by one, and of each is said what became of it: nothing stops halfway without a word.

Each is the mutation that its preview showed, under a name that follows from what it asks: sent again, it is done once.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from starlette.requests import Request

from network.limits import LimitExceededError
from network.pages import operations
from network.pages.frame.asking import AskingError
from network.pages.frame.entry_addresses import project_page
from network.pages.frame.fields import payload_of
from network.pages.frame.site import Site
from network.pages.operations.declared import Mutation
from network.pages.upload.columns import BY_NAME, Column
from network.pages.upload.comparing import CREATE, UPDATE
from network.pages.upload.parcel import Planned
from network.rates import RateLimitedError

_BUDGET_S: Final = 7.0
"""After so long no further row is begun: the request has to end with an answer."""
_AROUND: Final = frozenset({"input", "changes", "details"})


class Fate(StrEnum):
    """What became of a row."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    CONFLICT = "CONFLICT"
    """Somebody changed the entry since the preview."""
    REFUSED = "REFUSED"
    """The API does not take a value; `columns` says which."""
    FORBIDDEN = "FORBIDDEN"
    GONE = "GONE"
    FAILED = "FAILED"
    """It cannot be known; sending it again is safe."""
    WAITING = "WAITING"
    """Not begun yet."""


_MUTATIONS: Final[Mapping[str, Mutation]] = {CREATE: operations.take_over_row, UPDATE: operations.update_project}
DONE: Final = frozenset({Fate.CREATED, Fate.CHANGED})
AGAIN: Final = frozenset({Fate.FAILED, Fate.WAITING})


@dataclass(frozen=True, slots=True)
class Outcome:
    number: int
    title: str
    fate: Fate
    page: str = ""
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of all rows, in their order; `retry_after_s` is how long to wait, where it was too often."""

    outcomes: tuple[Outcome, ...]
    retry_after_s: int | None = None

    @property
    def again(self) -> list[int]:
        """Numbers of the rows that are to be sent once more."""
        return [one.number for one in self.outcomes if one.fate in AGAIN]


async def take_over(site: Site, request: Request, rows: Sequence[Planned]) -> Taken:
    """Writes `rows` as far as time and allowance go."""
    until = time.monotonic() + _BUDGET_S
    outcomes: list[Outcome] = []
    retry_after_s: int | None = None
    is_over = False
    for row in rows:
        if is_over or time.monotonic() > until:
            outcomes.append(Outcome(row.number, row.title, Fate.WAITING, row.page))
            continue
        try:
            outcomes.append(await _taken(site, request, row))
        except (RateLimitedError, AskingError) as error:
            # What follows would fare no better.
            is_over, retry_after_s = True, error.retry_after_s
            is_unbegun = isinstance(error, RateLimitedError) or error.code == "RATE_LIMITED"
            fate = Fate.WAITING if is_unbegun else Fate.FAILED
            outcomes.append(Outcome(row.number, row.title, fate, row.page))
        except LimitExceededError:
            is_over = True
            outcomes.append(Outcome(row.number, row.title, Fate.FAILED, row.page))
    return Taken(tuple(outcomes), retry_after_s)


async def _taken(site: Site, request: Request, row: Planned) -> Outcome:
    given = {**row.plan.input, "clientMutationId": row.plan.key}
    answer = await site.asking.ask(request, _MUTATIONS[row.plan.operation](input=given))
    payload = payload_of(answer)
    if payload is None:
        return Outcome(row.number, row.title, Fate.REFUSED, row.page)
    match payload["__typename"]:
        case "InvalidInput":
            return Outcome(row.number, row.title, Fate.REFUSED, row.page, _columns(payload["problems"]))
        case "Conflict":
            return Outcome(row.number, row.title, Fate.CONFLICT, row.page)
        case "Forbidden":
            return Outcome(row.number, row.title, Fate.FORBIDDEN, row.page)
        case "NotFound":
            return Outcome(row.number, row.title, Fate.GONE, row.page)
    project = payload["project"]
    page = row.page if project is None else project_page(project["slug"])
    return Outcome(row.number, row.title, Fate.CREATED if row.plan.operation == CREATE else Fate.CHANGED, page)


def _columns(problems: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns that the API's problems are about, as far as there are such."""
    found: dict[str, Column] = {}
    for problem in problems:
        parts = [part for part in problem["path"] if part not in _AROUND and not part.isdigit()]
        for name in (".".join(parts), parts[0] if parts else ""):
            if name in BY_NAME:
                found[name] = BY_NAME[name]
                break
    return tuple(found.values())

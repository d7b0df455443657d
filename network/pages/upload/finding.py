"""What the API knows about the rows of a table: the houses and entries that they mean, and what may be the same work.

A part of a table at a time, so that what is asked is bounded by the size of a part and not of what is stored; a few questions
at once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from starlette.requests import Request

from auth import policy
from auth.keys import ROR
from network.edge.request import caller_of
from network.pages import operations
from network.pages.frame.callers import stewards_of
from network.pages.frame.site import Site
from network.pages.upload.columns import BY_NAME, MAX_ROWS, plain
from network.pages.upload.comparing import Judged, Known, as_cells, judge
from network.pages.upload.names import House, house_of, key_of, name_of
from network.pages.upload.reading import Row
from network.pages.upload.rows import Remark, Wanted, read_row

Data = Mapping[str, Any]
PART: Final = 50
"""Rows that are looked at, and taken over, at a time: what one request has time and allowance for."""
_AT_ONCE: Final = 4
_MOST_PAGES: Final = 5
"""Of entries that are called as rows are, with 100 each: whoever of the network they belong to."""
_MOST_NAME: Final = 100
"""Characters of a house's name that are looked up."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Preview:
    """A part of a table as it would be taken over.

    Attributes:
        is_unchecked: The search engine did not say what may be the same work.
        is_unknown: So many entries are called as rows are that not all of them were held against these.
    """

    rows: tuple[Judged, ...]
    is_unchecked: bool = False
    is_unknown: bool = False


async def preview(site: Site, request: Request, rows: Sequence[Row], start: int) -> Preview:
    """The rows from `start` on, `PART` of them at most. Nothing is written."""
    wanted = [read_row(row) for row in rows[start : start + PART]]
    bare = frozenset(BY_NAME.keys() - {name for row in rows for name in row.cells})
    return await _Finding(site, request).preview(wanted, _firsts(rows), bare)


async def own_entries(site: Site, request: Request) -> list[dict[str, str]]:
    """The entries of the reader's hubs as rows, to be changed: `MAX_ROWS` of them at most, and none of the archive.

    Contacts are left out, whose empty cells change nothing: files are passed on.
    """
    found: list[dict[str, str]] = []
    for hub in policy.hubs_of(caller_of(request.scope)):
        after: str | None = None
        while len(found) < MAX_ROWS:
            answer = await site.asking.ask(request, operations.upload_entries(hub=hub, after=after))
            projects = answer.need("projects")
            found += [as_cells(one) for one in _nodes(projects)]
            after = projects["pageInfo"]["endCursor"]
            if not projects["pageInfo"]["hasNextPage"]:
                break
    return [{name: text for name, text in one.items() if not name.startswith("contact.")} for one in found[:MAX_ROWS]]


def _firsts(rows: Iterable[Row]) -> dict[int, int]:
    """Number of a row -> number of an earlier one about the same entry: of one key, or of one title in one house."""
    seen: dict[tuple[str, ...], int] = {}
    found: dict[int, int] = {}
    for row in rows:
        cells = {name: plain(text) for name, text in row.cells.items()}
        key = (cells["slug"],) if "slug" in cells else (cells.get("house", ""), cells.get("title", ""))
        first = seen.setdefault(key, row.number)
        if first != row.number and any(key):
            found[row.number] = first
    return found


class _Finding:
    def __init__(self, site: Site, request: Request) -> None:
        self._asking = site.asking
        self._request = request
        self._caller = caller_of(request.scope)
        self._is_unchecked = False
        self._is_unknown = False

    async def preview(self, wanted: Sequence[Wanted], firsts: Mapping[int, int], bare: frozenset[str]) -> Preview:
        words = await self._asking.ask(self._request, operations.upload_words())
        topics = _nodes(words.need("topics"))
        houses = await self._houses({one.values.get("house", "") for one in wanted}, _nodes(words.need("hubs")))

        def house(one: Wanted) -> House | Remark | None:
            return houses.get(one.values.get("house", ""))

        titles = await self._titles(
            {
                one.values["title"]
                for one in wanted
                if "title" in one.values and "slug" not in one.row.cells and isinstance(house(one), House)
            }
        )
        slugs = {one.row.number: _slug(one, house(one), titles) for one in wanted}
        entries = await _all({slug for slug in slugs.values() if slug}, self._entry)
        new = {one.row.number: one for one in wanted if not slugs[one.row.number] and "title" in one.values}
        alike = await _all(
            {(one.values["title"], one.values.get("summary", "")) for one in new.values() if not one.wrong}, self._alike
        )
        judged = []
        for one in wanted:
            entry = entries.get(slugs[one.row.number])
            known = Known(
                house=house(one),
                topics=topics,
                entry=entry,
                may_edit=entry is not None and policy.may_edit_project(self._caller, stewards_of(entry)),
                alike=alike.get((one.values.get("title", ""), one.values.get("summary", "")), ()),
                first=firsts.get(one.row.number),
                bare=bare,
            )
            judged.append(judge(one, known))
        return Preview(tuple(judged), self._is_unchecked, self._is_unknown)

    async def _houses(self, words: set[str], hubs: Sequence[Data]) -> dict[str, House | Remark | None]:
        """Word -> the house that it means; "" stands for the reader's own hub, where there is one and no other."""
        named = {word: house_of(word, hubs) for word in words if word}
        asked = {word for word, found in named.items() if isinstance(found, Remark)}
        own = policy.hubs_of(self._caller)
        default = next((hub for hub in hubs if [hub["slug"]] == [*own]), None)
        return {
            **named,
            **await _all(asked, self._house),
            "": None if default is None else House(str(default["id"]), str(default["name"])),
        }

    async def _house(self, word: str) -> House | Remark:
        name, state = name_of(word[:_MOST_NAME])
        key = key_of(word)
        identifier = f"Municipality:{key}" if key else f"University:{word}" if ROR.fullmatch(word) else word
        answer = await self._asking.ask(
            self._request,
            operations.upload_house(
                name=name,
                state=state or None,
                id=identifier if ":" in identifier and len(identifier) <= _MOST_NAME else None,
            ),
        )
        node = answer.data.get("node")
        lists = ("municipalities", "universities", "organisations")
        found = [one for name in lists for one in _nodes(answer.need(name))]
        return house_of(word, [*found, *([node] if node else [])])

    async def _titles(self, titles: set[str]) -> dict[str, dict[str, str]]:
        """Id of a house -> title as it is compared -> slug, of entries that it owns, or that nobody does and it has part in."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        after: str | None = None
        for _ in range(_MOST_PAGES if titles else 0):
            answer = await self._asking.ask(self._request, operations.upload_titles(titles=sorted(titles), after=after))
            projects = answer.need("projects")
            for one in _nodes(projects):
                for house in [one["owner"]] if one["owner"] else _nodes(one["houses"]):
                    found[house["id"]].setdefault(plain(one["title"]), str(one["slug"]))
                self._is_unknown |= not one["owner"] and one["houses"]["pageInfo"]["hasNextPage"]
            after = projects["pageInfo"]["endCursor"]
            if not projects["pageInfo"]["hasNextPage"]:
                break
        else:
            self._is_unknown |= bool(titles)
        return found

    async def _entry(self, slug: str) -> Data | None:
        is_id = ":" in slug
        answer = await self._asking.ask(
            self._request, operations.upload_entry(id=slug if is_id else None, slug=None if is_id else slug)
        )
        if answer.errors:
            answer.need("project")
        found: Data | None = answer.data["project"]
        return found

    async def _alike(self, said: tuple[str, str]) -> Sequence[Data]:
        answer = await self._asking.ask(self._request, operations.alike(title=said[0], summary=said[1]))
        found: Sequence[Data] | None = answer.data.get("possibleDuplicates")
        if found is None:
            self._is_unchecked = True
        return found or ()


def _slug(one: Wanted, house: House | Remark | None, titles: Mapping[str, Mapping[str, str]]) -> str:
    """The entry that a row means; "" where that is none."""
    if "slug" in one.row.cells:
        return str(one.values.get("slug", ""))
    known = titles.get(house.id, {}) if isinstance(house, House) else {}
    return known.get(plain(one.values.get("title", "")), "")


def _nodes(connection: Data) -> list[Data]:
    return [edge["node"] for edge in connection["edges"]]


async def _all(keys: Iterable[K], ask: Callable[[K], Awaitable[V]]) -> dict[K, V]:
    """What `ask` answers to each key, a few at once; the first failure ends all."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(key: K) -> tuple[K, V]:
        async with at_once:
            return key, await ask(key)

    running = [asyncio.ensure_future(one(key)) for key in keys]
    try:
        return dict(await asyncio.gather(*running))
    finally:
        for task in running:
            task.cancel()

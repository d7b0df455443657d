"""Lists as feeds: public ones, which are the same for everybody, and personal ones, whose address is the proof.

A personal address shows its list as its person would see it now, and nothing else: no session counts there, nothing is changed
by it, and it holds no contact data. It is in no log (the route's pattern is), in no referrer, and kept by no cache of others.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auth.principal import Anonymous, Caller
from auth.sealing import Sealer
from graph.accounts.feed_tokens import OpenedFeed, note_use, open_feed
from graph.commands.feed_addresses import Terms
from graph.port import GraphStore
from graph.vocabulary import FeedForm
from network.edge.request import allowance_of, request_id_of
from network.operations.running import Asker
from network.pages import operations
from network.pages.files import atom_file, calendar_file, conditions, table_file, tables
from network.pages.files.atom_file import News
from network.pages.files.feed_lists import ENDINGS, FEEDS, LISTS, SEARCH, file_name, list_of, personal_address, said
from network.pages.files.tables import TABLES, Ask
from network.pages.frame.asking import CLIENT, Answer, AskingError
from network.pages.frame.entry_addresses import page_of
from network.pages.frame.keys import key_in
from network.pages.frame.language import Language
from network.pages.frame.rendering import UNKEPT
from network.pages.frame.site import Site, in_both_languages
from network.pages.operations.declared import Question
from network.pages.reading.search_state import SearchState
from network.rates import Kind

PERSONAL: Final = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_PUBLIC: Final = {"Cache-Control": "public, max-age=300"}
_MAX_EVENTS: Final = 1_000
"""Of a calendar, the latest: programs read it whole, again and again."""
_EVENT_FILE: Final = "hubnetz-veranstaltung.ics"


@dataclass(frozen=True, slots=True)
class Made:
    """A file with its list."""

    content: bytes
    media_type: str


def terms(public_url: str, keys: list[str] | tuple[str, ...]) -> Terms:
    """What holds for feed addresses of this service."""
    return Terms(Sealer(keys), list_of, partial(personal_address, public_url))


def routes(site: Site) -> list[BaseRoute]:
    made: list[BaseRoute] = []
    for form in (FeedForm.CALENDAR, FeedForm.NEWS):
        for path in sorted(LISTS[form]):
            made += in_both_languages(f"{path}.{ENDINGS[form]}", _public(site, form, path))
    made += in_both_languages(f"/events/{{key}}.{ENDINGS[FeedForm.CALENDAR]}", _event(site))
    if site.feeds is not None:
        made.append(Route(f"{FEEDS}/{{secret}}/{{file}}", _personal(site, site.feeds), methods=["GET"]))
    return made


def _public(site: Site, form: FeedForm, path: str) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        pairs = said(form, path, request.query_params)
        ask = _asking(site, request, Anonymous())
        page = f"{path}?{urlencode(pairs)}" if pairs else path
        made = await _make(site.public_url, ask, form, page)
        return _answer(request, made, {**_PUBLIC, "Content-Disposition": _disposition(form, page)})

    return show


def _event(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        key = key_in(request)
        answer = await _asking(site, request, Anonymous())(operations.event(id=f"Event:{key}"))
        event = answer.need("node")
        if not calendar_file.has_day(event):
            raise HTTPException(404)
        content = calendar_file.one_event(event, page=f"{site.public_url}{page_of(event)}")
        made = Made(content, calendar_file.MEDIA_TYPE)
        return _answer(request, made, {**_PUBLIC, "Content-Disposition": f'attachment; filename="{_EVENT_FILE}"'})

    return show


def _personal(site: Site, store: GraphStore) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        allowance = allowance_of(request.scope)
        allowance.check(Kind.LINKS)
        feed = await open_feed(store, request.path_params["secret"])
        if feed is None or request.path_params["file"] != file_name(feed.form, feed.page):
            # Not as a wrong token: sheets that go on asking would keep the sessions of their whole town hall out.
            allowance.take(Kind.LINKS)
            return site.renderer.page(request, "feed_gone.html", status=410, headers={**PERSONAL, **UNKEPT})
        allowance.rates.take(Kind.FEEDS, _account(feed))
        ask = _asking(site, request, feed.owner, account=_account(feed))
        made = await _make(site.public_url, ask, feed.form, feed.page)
        await note_use(store, feed, today=datetime.now(UTC).date().isoformat())
        return _answer(request, made, {**PERSONAL, "Content-Disposition": _disposition(feed.form, feed.page)})

    return show


def _account(feed: OpenedFeed) -> str:
    """Whose budget it is: that of the address, so that nobody who found one takes its person's."""
    return f"feed {feed.id}"


def _asking(site: Site, request: Request, caller: Caller, *, account: str | None = None) -> Ask:
    allowance = replace(allowance_of(request.scope), account=account)
    asker = Asker(caller=caller, allowance=allowance, request_id=request_id_of(request.scope), client=CLIENT)

    async def ask(question: Question) -> Answer:
        return await site.asking.run(asker, question)

    return ask


async def _make(public_url: str, ask: Ask, form: FeedForm, page: str) -> Made:
    """The file of a list, as whoever `ask` asks for may see it.

    Raises:
        AskingError: not all of it was answered, or it is narrowed by something that is not there.
    """
    path, _, query = page.partition("?")
    parameters = QueryParams(parse_qsl(query))
    match form:
        case FeedForm.TABLE:
            table = TABLES[path]
            return Made(table.file(await table.read(ask, parameters), public_url), table_file.MEDIA_TYPE)
        case FeedForm.CALENDAR:
            return await _calendar(public_url, ask, page, parameters)
        case FeedForm.NEWS:
            return await _news(public_url, ask, page, parameters)


async def _calendar(public_url: str, ask: Ask, page: str, parameters: QueryParams) -> Made:
    narrowed = {name: value for name in ("topic", "host") if (value := parameters.get(name))}
    names = await _names(ask, ("host", narrowed.get("host")), narrowed.get("topic"))
    found = await tables.paged(ask, partial(operations.table_events, filter=narrowed or None), most=_MAX_EVENTS)
    content = calendar_file.calendar_file(
        found.nodes,
        name=" · ".join(("Hubnetz: Veranstaltungen", *names)),
        page=f"{public_url}{page}",
        page_of=lambda event: f"{public_url}{page_of(event)}",
    )
    return Made(content, calendar_file.MEDIA_TYPE)


async def _news(public_url: str, ask: Ask, page: str, parameters: QueryParams) -> Made:
    path = page.partition("?")[0]
    if path == SEARCH:
        state = SearchState.of(parameters)
        answer = await ask(operations.news_search(query=state.query, filter=state.filter))
        title = f"Hubnetz: Suche „{state.query}“" if state.query else "Hubnetz: Projekte einer Suche"
    else:
        where = {name: value for name, value in parameters.items() if name in ("topic", "hub", "house")}
        hub = f"Hub:{where['hub']}" if "hub" in where else None
        named = ("house", where["house"]) if "house" in where else ("hub", hub)
        names = await _names(ask, named, where.get("topic"))
        answer = await ask(operations.news(filter=where or None))
        title = " · ".join(("Hubnetz: Projekte", *names))
    nodes = [edge["node"] for edge in answer.need("rows")["edges"]]
    if answer.errors:
        raise AskingError.of(answer.errors)
    address = f"{public_url}{path}.{ENDINGS[FeedForm.NEWS]}{page.removeprefix(path)}"
    news = News(title=title, address=address, page=f"{public_url}{page}", public_url=public_url, projects=nodes)
    return Made(atom_file.atom_file(news), atom_file.MEDIA_TYPE)


async def _names(ask: Ask, of_house: tuple[str, str | None], topic: str | None) -> list[str]:
    """What the house and the topic are called that narrow a list; the house with the parameter that names it.

    Raises:
        AskingError: there is none: a feed that stays empty for good would say that nothing happens.
    """
    parameter, house = of_house
    has = {"house": house is not None, "topic": topic is not None}
    if not any(has.values()):
        return []
    named = operations.feed_names(
        house=house,
        hasHouse=has["house"],
        topic=None if topic is None else f"Topic:{topic}",
        hasTopic=has["topic"],
    )
    answer = await ask(named)
    for name, called in (("house", parameter), ("topic", "topic")):
        if has[name] and answer.data.get(name) is None and answer.error(name) is None:
            raise AskingError("NOT_FOUND", f"{called}: there is none of this name, or not for this caller")
    found = [answer.need(name) for name in has if has[name]]
    return [str(node["name"]) for node in found if node.get("name")]


def _answer(request: Request, made: Made, headers: Mapping[str, str]) -> Response:
    """The file, which is German in both languages of the pages, or that it is still the same."""
    tag = f'"{hashlib.sha256(made.content).hexdigest()[:32]}"'
    told = {**headers, "ETag": tag, "Content-Language": Language.GERMAN.value}
    status = conditions.refused(request.headers.items(), tag)
    if status is not None:
        return Response(status_code=status, headers=told)
    return Response(made.content, media_type=made.media_type, headers=told)


def _disposition(form: FeedForm, page: str) -> str:
    kind = "attachment" if form is FeedForm.TABLE else "inline"
    return f'{kind}; filename="{file_name(form, page)}"'

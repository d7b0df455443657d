"""The composition root: settings choose adapters, adapters and schemas become one ASGI application.

Outside tests this is the only module that imports an adapter.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from functools import partial
from pathlib import Path

from graphql import GraphQLSchema, print_schema
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope
from strawberry.federation import Schema

from auth.principal import Caller
from auth.sealing import Sealer
from graph.accounts.people import GraphPeople
from graph.port import GraphStore
from network.background import Bell, counting, couriering, holder, indexing, keeping_house, posting, telling, warming
from network.configuration.own_keys import secret_keys
from network.configuration.settings import Settings
from network.context import Context
from network.edge import health
from network.edge.authentication import AuthenticationMiddleware, Browsers, NoIssuers, RefusalPages
from network.edge.cookies import cookies, origin
from network.edge.metrics import Metrics
from network.edge.middleware import (
    AnsweringMiddleware,
    EdgeMiddleware,
    LimitMiddleware,
    ProblemPage,
    ProxyMiddleware,
    no_page,
)
from network.edge.rate_middleware import RateMiddleware
from network.edge.request import comes_through
from network.execution.executor import Counts, execute
from network.identity import Identity, identity
from network.mail.office import make_feedback, make_postman
from network.mail.postman import Postman
from network.mail.subscriptions import Subscriptions
from network.operations.field_usage import HEADERS as CLIENT_HEADERS
from network.operations.field_usage import Usage
from network.operations.running import Runner
from network.operations.trusted import Admission, TrustedDocuments
from network.operations.view import GraphQLView, Openness
from network.pages import routes as pages
from network.pages.files import feeds
from network.pages.frame.asking import Asking
from network.pages.frame.doors import Doors
from network.pages.frame.legal_texts import LegalTexts
from network.pages.frame.notices import Notes
from network.pages.frame.problem_page import problem_page
from network.pages.frame.queries import ready_queries
from network.pages.frame.site import Site
from network.ports import Ports
from network.rates import Allowance, Rates
from network.schema.gateway import compose
from network.subgraphs import schemas
from network.webhooks.courier import Courier
from network.webhooks.office import make_courier, terms
from search.indexer import Indexer
from search.port import SearchIndex
from search.thesauri import Thesauri


class Role(StrEnum):
    """What one process does; by default everything: answering (`web`) and all that goes on beside it (`worker`)."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


async def open_ports(settings: Settings) -> Ports:
    """The adapters that the settings name, opened; the caller closes them.

    Raises:
        GraphUnavailableError, SearchUnavailableError: another process holds the files, or they cannot be read.
        InvalidInputError: an address that the driver does not understand.
    """
    if settings.holds_data_dir:
        # It holds entries that are not for everybody on this machine. A folder that is there keeps its permissions, and
        # one that cannot be made is told by whoever wants to write in it.
        with contextlib.suppress(OSError):
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    graph = await _open_graph(settings)
    try:
        search = await _open_search(settings)
    except BaseException:
        await graph.close()
        raise
    thesauri = Thesauri(settings.synonyms_file)
    return Ports(graph=graph, search=search, thesauri=thesauri)


async def _open_graph(settings: Settings) -> GraphStore:
    # Imported where chosen: a process on servers loads no embedded database, and the reverse.
    if settings.is_graph_embedded:
        from graph.backends.ladybug.store import LadybugGraphStore

        return await LadybugGraphStore.open(_folder(settings.graph_url))
    from graph.backends.neo4j.store import Neo4jGraphStore

    return Neo4jGraphStore(settings.graph_url, user=settings.graph_user or "", password=settings.graph_password or "")


async def _open_search(settings: Settings) -> SearchIndex:
    if settings.is_search_embedded:
        from search.tantivy_index import TantivySearchIndex

        return await TantivySearchIndex.open(_folder(settings.search_url))
    from search.meilisearch_index import MeilisearchSearchIndex

    return MeilisearchSearchIndex(settings.search_url, settings.search_key or "")


def _folder(url: str) -> Path:
    return Path(url.partition(":")[2])


Beside = Callable[[Indexer], AbstractAsyncContextManager[None]]
"""Something that runs as long as the indexer does and works with it."""


@contextlib.asynccontextmanager
async def _nothing_beside(_: Indexer) -> AsyncIterator[None]:
    yield


def create_app(
    settings: Settings,
    ports: Ports,
    *,
    role: Role = Role.ALL,
    subgraph: str | None = None,
    beside: Beside = _nothing_beside,
) -> ASGIApp:
    """The whole service as an ASGI application.

    Args:
        ports: Open and with their schema applied; the application closes them when its lifespan ends.
        role: WEB leaves indexing to another process, WORKER answers nothing but health.
        subgraph: Serve this one alone, behind a router.
    """
    metrics = Metrics()
    bell = Bell()
    usage = Usage()
    known = _identity(settings, ports, role)
    # A subgraph alone stands behind a router, where no browser comes.
    browsers = (
        Browsers(known.sessions, cookies(settings), origin(settings.public_url))
        if known.sessions and subgraph is None
        else None
    )
    check = health.HealthCheck(ports.graph, ports.search)
    routes: list[BaseRoute] = health.routes(check, metrics, ports.graph, settings.operators)
    site = None
    if role is not Role.WORKER:
        subgraphs = schemas(max_representations=settings.limits.max_representations)
        running = _running(settings, ports, bell, usage, metrics)
        routes += _subgraph_routes(settings, running, subgraphs, subgraph)
        if subgraph is None:
            doors = Doors(ports.graph, Subscriptions(secret_keys(settings)), origin(settings.public_url), bell.ring)
            gateway = compose(subgraphs)
            runner = running(gateway)
            is_development = bool(known.development)
            site = _site(
                settings, ports, runner, gateway, browsers=browsers, doors=doors, is_development=is_development
            )
            routes += [_gateway_route(settings, runner), *pages.routes(site)]
    postman = make_postman(settings, ports.graph, holder=holder(), count=metrics.count_letter)
    courier = make_courier(settings, ports.graph, holder=holder(), count=metrics.count_delivery)
    app: ASGIApp = Router(
        routes,
        redirect_slashes=False,
        lifespan=partial(
            _lifespan,
            ports=ports,
            bell=bell,
            usage=usage,
            metrics=metrics,
            postman=postman,
            courier=courier,
            role=role,
            beside=beside,
        ),
    )
    return _guarded(app, settings, ports, known=known, metrics=metrics, site=site)


def _guarded(
    app: ASGIApp, settings: Settings, ports: Ports, *, known: Identity, metrics: Metrics, site: Site | None
) -> ASGIApp:
    """`app` behind everything that each request passes, the last of which comes first."""
    problem: ProblemPage = no_page if site is None else partial(problem_page, site.renderer)
    refusals = None if site is None else RefusalPages(problem, _over(site))
    browsers = None if site is None else site.browsers
    app = AuthenticationMiddleware(app, known.authenticator, browsers, GraphPeople(ports.graph), refusals)
    if known.development is not None:
        app = known.development.beside(app)
    rates = Rates(settings.rates.rates(is_production=settings.is_production), clock=ports.clock)
    app = RateMiddleware(app, rates, settings.routers)
    if settings.cors_origins:
        # Answered before CORS adds its headers: scripts of others are to read a refusal, too.
        app = _for_other_sites(AnsweringMiddleware(app, problem), settings)
    app = LimitMiddleware(app, settings.limits)
    app = ProxyMiddleware(app, settings.trusted_proxies)
    is_https = settings.public_url.startswith("https:")
    return EdgeMiddleware(app, metrics, is_https=is_https, problem_page=problem)


def _for_other_sites(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Lets pages of the listed others ask."""
    return CORSMiddleware(
        app,
        allow_origins=settings.cors_origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Authorization", "Content-Type", "X-Request-Id", *CLIENT_HEADERS),
        expose_headers=("X-Request-Id", "Retry-After"),
    )


def _identity(settings: Settings, ports: Ports, role: Role) -> Identity:
    if ports.authenticator is not None:
        return Identity(ports.authenticator)
    # The worker answers nobody.
    return identity(settings, ports.graph) if role is not Role.WORKER else Identity(NoIssuers())


def _subgraph_routes(
    settings: Settings,
    running: Callable[[GraphQLSchema], Runner],
    subgraphs: Mapping[str, Schema],
    alone: str | None,
) -> list[BaseRoute]:
    # The manifest is of the gateway's schema. What asks a subgraph is a router, which has its own.
    is_router = partial(comes_through, networks=settings.routers)
    behind = Admission(is_only=settings.takes_trusted_documents_only, is_router=is_router)
    served = {alone: subgraphs[alone]} if alone else subgraphs
    openness = _openness(settings)
    # Strawberry keeps its graphql-core schema to itself; there is no other way to it.
    return [
        Route(f"/subgraphs/{name}", GraphQLView(running(schema._schema), openness=openness, admission=behind))  # noqa: SLF001
        for name, schema in served.items()
    ]


def _gateway_route(settings: Settings, runner: Runner) -> BaseRoute:
    trusted = TrustedDocuments(settings.documents_file)
    trusted.check()
    admission = Admission(trusted, settings.takes_trusted_documents_only)
    view = GraphQLView(runner, openness=_openness(settings), admission=admission, explorer_url="/explorer")
    return Route("/graphql", view)


def _site(
    settings: Settings,
    ports: Ports,
    runner: Runner,
    gateway: GraphQLSchema,
    *,
    browsers: Browsers | None,
    doors: Doors,
    is_development: bool,
) -> Site:
    return Site(
        asking=Asking(runner),
        public_url=settings.public_url,
        schema=print_schema(gateway) + "\n",
        queries=ready_queries(),
        browsers=browsers,
        doors=doors,
        feeds=ports.graph,
        sealer=None if browsers is None else Sealer(secret_keys(settings)),
        tables=ports.tables,
        notes=Notes(secret_keys(settings)),
        legal=LegalTexts.read(settings.legal_dir),
        feedback=make_feedback(settings),
        is_only=settings.takes_trusted_documents_only,
        is_development=is_development,
    )


def _over(site: Site) -> Callable[[Scope, Receive], Awaitable[Response]] | None:
    stash = site.stash
    if stash is None:
        return None

    async def over(scope: Scope, receive: Receive) -> Response:
        return await stash.over(Request(scope, receive))

    return over


def _openness(settings: Settings) -> Openness:
    def is_router(scope: Scope) -> bool:
        return comes_through(scope, settings.routers)

    return Openness(settings.is_introspection_open, is_router, f"{settings.public_url}/schema.graphql")


def _running(
    settings: Settings, ports: Ports, bell: Bell, usage: Usage, metrics: Metrics
) -> Callable[[GraphQLSchema], Runner]:
    """Makes the runner of a schema; their engines count together."""
    known = terms(settings)
    lists = feeds.terms(settings.public_url, secret_keys(settings))

    def make_context(*, caller: Caller, request_id: str, deadline: float, allowance: Allowance) -> Context:
        return Context(
            store=ports.graph,
            search=ports.service,
            caller=caller,
            request_id=request_id,
            deadline=deadline,
            on_commit=bell.ring,
            allowance=allowance,
            webhooks=known,
            feeds=lists,
        )

    is_open = settings.is_introspection_open
    counts = Counts()
    metrics.watch_engine(counts.by)
    return partial(
        Runner,
        execute=partial(execute, hide_suggestions=not is_open, counts=counts),
        make_context=make_context,
        limits=settings.limits,
        usage=usage,
        has_suggestions=is_open,
        count_error=metrics.count_error,
    )


@contextlib.asynccontextmanager
async def _lifespan(
    _: object,
    *,
    ports: Ports,
    bell: Bell,
    usage: Usage,
    metrics: Metrics,
    postman: Postman,
    courier: Courier,
    role: Role,
    beside: Beside,
) -> AsyncIterator[None]:
    """Indexing, telling, sending and housekeeping beside the requests; everything is given back after the last of both."""
    try:
        async with contextlib.AsyncExitStack() as running:
            if role is not Role.WEB:
                indexer = await running.enter_async_context(indexing(ports.graph, ports.search))
                await running.enter_async_context(beside(indexer))
                teller = await running.enter_async_context(telling(ports.service, metrics.count_news))
                running.enter_context(bell.heard_by(indexer.notify))
                running.enter_context(bell.heard_by(teller.notify))
                await running.enter_async_context(posting(postman))
                await running.enter_async_context(couriering(courier))
                await running.enter_async_context(keeping_house(ports.graph))
            running.push_async_callback(ports.tables.close)
            if role is not Role.WORKER:
                await running.enter_async_context(counting(usage, ports.graph))
                await running.enter_async_context(warming(ports.service))
            yield
    finally:
        await ports.close()

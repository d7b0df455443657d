"""`hubnetz serve`: a socket, the backends, the application, and an orderly end."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import typer
import uvicorn

from graph.errors import GraphError
from network.app import Role, create_app, open_ports
from network.configuration.settings import Settings
from network.edge import logs
from network.errors import JobError
from network.jobs import admin_socket, registry
from network.jobs.job import FAILURE, MISUSE, Output, Workplace
from network.pages.frame.legal_texts import LegalTexts
from network.ports import Ports
from search.errors import SearchError
from search.indexer import Indexer

_BACKLOG: Final = 2_048
_IDLE_S: Final = 75
"""Until an idle connection is closed. Longer than routers and proxies keep theirs (60 s is usual): else one of them sends a
request just as we close, and its caller gets an error."""
_LOG: Final = logging.getLogger("hubnetz.serve")
_SAMPLES: Final = """For development there are sample accounts. An access token of one:

  {command} token --as hub_lead:zeitz

"""


def serve(settings: Settings, *, role: Role = Role.ALL, subgraph: str | None = None) -> int:
    """Serves until SIGTERM or SIGINT; the exit code. What keeps it from starting is one line."""
    logs.configure(is_json=settings.logs_json, level=settings.log_level)
    try:
        with listen(settings) as listener:
            asyncio.run(_serve(settings, listener, role, subgraph))
    except (JobError, GraphError, SearchError) as error:
        typer.echo(f"Hubnetz does not start: {error}", err=True)
        return FAILURE
    except KeyboardInterrupt:
        return 0
    return 0


def listen(settings: Settings) -> socket.socket:
    """The listening socket: taken before anything is opened, so that a second server changes nothing."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        # asyncio turns Nagle's algorithm off only where the protocol is named; else each answer waits for 40 ms.
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise JobError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}). "
            "Stop what uses it, or set HUBNETZ_HOST or HUBNETZ_PORT."
        ) from error
    return listener


async def _serve(settings: Settings, listener: socket.socket, role: Role, subgraph: str | None) -> None:
    ports = await open_ports(settings)
    try:
        await ports.graph.apply_schema()
        app = create_app(settings, ports, role=role, subgraph=subgraph, beside=partial(_commands, settings, ports))
    except BaseException:
        await ports.close()
        raise
    if role is not Role.WORKER and not settings.issuers and not settings.has_development_issuer:
        _LOG.warning("no issuer is configured: nobody can sign in, and all that is answered is what is public")
    missing = LegalTexts.read(settings.legal_dir).missing
    if settings.is_production and missing:
        _LOG.warning("legal pages are templates that nobody has filled (HUBNETZ_LEGAL_DIR): %s", ", ".join(missing))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whom to believe about addresses is decided by HUBNETZ_TRUSTED_PROXIES alone.
        proxy_headers=False,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=round(settings.shutdown_s),
        lifespan="on",
    )
    server = _Server(config, partial(_greet, settings, subgraph, role))
    await server.serve(sockets=[listener])
    if not server.started:
        raise JobError("the log says why.")
    _LOG.info("stopped")


class _Server(uvicorn.Server):
    """uvicorn, which greets once it serves, and ends a stop by signal as what it is: an orderly end."""

    def __init__(self, config: uvicorn.Config, greet: Callable[[], None]) -> None:
        super().__init__(config)
        self._greet = greet

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._greet()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The library raises the signal once more at the end, and the exit code would tell of a death.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _commands(settings: Settings, ports: Ports, indexer: Indexer) -> AsyncIterator[None]:
    """Takes commands of this machine's owner where no other process could open the backends."""
    if not settings.holds_data_dir:
        yield
        return
    place = Workplace(
        ports.graph,
        ports.search,
        ports.service,
        indexer,
        has_server=True,
        is_served=True,
        documents_file=settings.documents_file,
        legal_dir=settings.legal_dir,
        has_public=settings.is_production,
        backup_dir=settings.backup_dir,
        sample_issuer=settings.sample_issuer,
    )

    async def run(job: str, arguments: dict[str, Any], output: Output) -> int:
        meant = tuple(arguments.pop("backends", ()))
        if meant != settings.backends:
            output.error(
                f"The server that holds {settings.data_dir} works on {' and '.join(settings.backends)}, this command means "
                f"{' and '.join(meant)}. Give both the same HUBNETZ_GRAPH_URL and HUBNETZ_SEARCH_URL, or stop the server."
            )
            return MISUSE
        return await registry.run(place, job, arguments, output)

    async with admin_socket.listening(settings.data_dir, run):
        yield


def _command() -> str:
    """What a shell finds this command by: an environment that is not entered is named by its path."""
    script = Path(sys.argv[0])
    return "hubnetz" if shutil.which("hubnetz") or script.name != "hubnetz" else os.path.relpath(script)


def _greet(settings: Settings, subgraph: str | None, role: Role) -> None:
    """Where to look, for whoever started this by hand; a log collector gets a line instead."""
    if settings.logs_json or role is Role.WORKER:
        _LOG.info("serving", extra={"url": settings.public_url, "role": str(role), "subgraph": subgraph or "all"})
        return
    if subgraph:
        typer.echo(f"Hubnetz serves the subgraph {subgraph} at {settings.public_url}/subgraphs/{subgraph}")
        return
    url = settings.public_url
    typer.echo(
        f"\nHubnetz is at {url}\n\n"
        f"  Start page  {url}/\n"
        f"  Explorer    {url}/explorer\n"
        f"  Sign in     {url}/sign-in\n"
        f"  GraphQL     {url}/graphql\n"
        f"  Schema      {url}/schema.graphql\n"
        f"  Health      {url}/readyz\n\n"
        "A first query:\n\n"
        f"  curl {url}/graphql -H 'Content-Type: application/json' \\\n"
        '    -d \'{"query": "{ hubs(first: 50) { edges { node { slug name town } } } }"}\'\n\n'
        f"{_SAMPLES.format(command=_command()) if settings.has_development_issuer else ''}"
        "Stop it with Ctrl-C.\n"
    )

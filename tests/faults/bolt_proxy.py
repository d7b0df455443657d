"""A proxy between driver and server that breaks the connection at a chosen message; loopback only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto

# A Bolt message of one chunk: its length, a structure without or with fields and its tag, and the end mark (Bolt 4 and 5).
COMMIT = b"\x00\x02\xb0\x12\x00\x00"
RUN = b"\xb3\x10"


class Cut(Enum):
    """When the connection breaks."""

    BEFORE = auto()
    """The message does not reach the server."""
    AFTER = auto()
    """The server acts on the message, its answer is lost."""


class BoltProxy:
    def __init__(self, target_port: int) -> None:
        self.cuts = 0
        """Connections broken so far."""
        self._target_port = target_port
        self._plan: tuple[bytes, Cut] | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"bolt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut_once(self, message: bytes, when: Cut) -> None:
        """Breaks the next connection that sends `message`."""
        self._plan = (message, when)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["BoltProxy"]:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        answers = asyncio.create_task(_copy(server_reader, writer))
        try:
            while data := await reader.read(65_536):
                if self._plan is not None and self._plan[0] in data:
                    when, self._plan = self._plan[1], None
                    self.cuts += 1
                    if when is Cut.AFTER:
                        answers.cancel()
                        await asyncio.wait({answers})
                        server_writer.write(data)
                        await server_reader.read(1)  # the server has answered, so it has acted
                    break
                server_writer.write(data)
        except ConnectionError:
            pass
        finally:
            answers.cancel()
            for end in (writer, server_writer):
                end.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()
    except ConnectionError:
        pass

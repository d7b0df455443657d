"""How the socket of `hubnetz serve` sends."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from network.configuration.settings import load
from network.serving import listen
from tests.fixtures.process import free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_answer_leaves_at_once(tmp_path: Path, host: str) -> None:
    """Head and body of an answer are two writes: Nagle's algorithm would hold the second back for 40 ms each time."""
    given = {"HUBNETZ_HOST": host, "HUBNETZ_PORT": str(free_port())}
    settings = load(given, env_file=tmp_path / ".env")
    accepted: asyncio.Queue[int] = asyncio.Queue()

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        await accepted.put(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(note, sock=listen(settings)):
        _, writer = await asyncio.open_connection(host, settings.port)
        with contextlib.closing(writer):
            assert await accepted.get() == 1

"""Commands beside a running server: the same events and exit codes, for the owner of the server alone."""

import asyncio
import contextlib
import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from network.errors import JobError
from network.jobs import admin_socket
from network.jobs.admin_socket import Event, NoServerError, ask, listening
from tests.fixtures.patience import PATIENCE_S


async def echo(name: str, arguments: dict[str, Any], output: Any) -> int:
    output.progress("rows", 1, 2)
    output.line(json.dumps({"job": name, **arguments}))
    output.error("ü\n2")
    return 7


async def events(data_dir: Path, name: str = "job", **arguments: Any) -> list[Event]:
    return [event async for event in ask(data_dir, name, arguments)]


async def test_everything_a_job_says_arrives_in_order_and_its_exit_code_last(tmp_path: Path) -> None:
    async with listening(tmp_path, echo):
        assert await events(tmp_path, text="Köln") == [
            Event("progress", ["rows", 1, 2]),
            Event("line", '{"job": "job", "text": "K\\u00f6ln"}'),
            Event("error", "ü\n2"),
            Event("exit", 7),
        ]


async def test_without_a_server_the_caller_learns_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path, tmp_path / "none", tmp_path / ("long" * 40), tmp_path / "file"):
        with pytest.raises(NoServerError):
            await events(folder)


async def test_a_socket_that_a_killed_server_left_behind_is_no_server_and_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / admin_socket.NAME))
    with pytest.raises(NoServerError):
        await events(tmp_path)
    async with listening(tmp_path, echo):
        assert (await events(tmp_path))[-1] == Event("exit", 7)
    assert not (tmp_path / admin_socket.NAME).exists()


async def test_a_second_server_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async with listening(tmp_path, echo):
        with pytest.raises(JobError, match="Another server"):
            async with listening(tmp_path, echo):
                pass
        assert (await events(tmp_path))[-1] == Event("exit", 7)


async def test_only_the_owner_may_connect(tmp_path: Path) -> None:
    async with listening(tmp_path, echo):
        assert stat.S_IMODE((tmp_path / admin_socket.NAME).stat().st_mode) == 0o600


async def test_a_folder_with_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    deep = tmp_path / ("folder" * 20) / ("folder" * 20)
    async with listening(deep, echo):
        assert (await events(deep))[-1] == Event("exit", 7)


async def test_a_defect_of_a_job_is_exit_code_1_and_the_server_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(name: str, arguments: dict[str, Any], output: Any) -> int:
        raise RuntimeError("swordfish")

    async with listening(tmp_path, broken):
        for _ in range(2):
            assert await events(tmp_path) == [Event("exit", 1)]
    assert "swordfish" in caplog.text


async def test_a_job_ends_when_the_one_who_asked_leaves(tmp_path: Path) -> None:
    ended = asyncio.Event()

    async def endless(name: str, arguments: dict[str, Any], output: Any) -> int:
        output.line("started")
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 0

    async with listening(tmp_path, endless):
        async with contextlib.aclosing(ask(tmp_path, "job", {})) as stream:
            assert await anext(stream) == Event("line", "started")
        await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_a_server_that_stops_meanwhile_is_told(tmp_path: Path) -> None:
    async def endless(name: str, arguments: dict[str, Any], output: Any) -> int:
        output.line("started")
        await asyncio.Event().wait()
        return 0

    async with contextlib.aclosing(ask(tmp_path, "job", {})) as stream:
        async with listening(tmp_path, endless):
            await anext(stream)
        with pytest.raises(JobError, match="went away"):
            await anext(stream)


@pytest.mark.parametrize(
    "request_line", [b"\n", b"{}\n", b"[1]\n", b"[[], []]\n", b"\xff\n", b"[" * 3_000 + b"\n", b"x" * 2_000_000]
)
async def test_what_is_not_a_request_ends_nothing_but_itself(tmp_path: Path, request_line: bytes) -> None:
    async with listening(tmp_path, echo):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / admin_socket.NAME))
        with contextlib.suppress(ConnectionError):
            writer.write(request_line)
            await writer.drain()
            writer.write_eof()
            await reader.read()
        writer.close()
        assert (await events(tmp_path))[-1] == Event("exit", 7)

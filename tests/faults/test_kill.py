"""SIGKILL of the writing process on the embedded database: nothing acknowledged is lost, nothing happens twice."""

import os
from pathlib import Path

from tests.faults.kill_rounds import kill_process

ROUNDS = int(os.environ.get("HUBNETZ_KILL_ROUNDS", "2"))


async def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    assert await kill_process("ladybug", str(tmp_path / "data"), ROUNDS) == []

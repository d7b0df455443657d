"""SIGKILL of the writing process on the embedded database: nothing acknowledged is lost, nothing happens twice, and the
index follows."""

import os
from pathlib import Path

from tests.faults.kill_rounds import Place, kill_process

ROUNDS = int(os.environ.get("HUBNETZ_KILL_ROUNDS", "1"))


async def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    assert await kill_process(Place("ladybug", f"{tmp_path}/graph", tmp_path / "index"), ROUNDS) == []

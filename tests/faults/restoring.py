"""Restores that are killed at each line of ours in turn, in children of a process that never opens a database itself.

python -m tests.faults.restoring FOLDER, which holds `old` (a graph), `archive` (a backup of another). Prints what each death left:
the number of lines until then, and the one hub that the store knows afterwards.
"""

import asyncio
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

from graph.backends.ladybug import copies
from graph.backends.ladybug.copies import LadybugFiles
from graph.backends.ladybug.store import LadybugGraphStore
from network.backups import restoring
from tests.fixtures.units import stored

OURS: Final = frozenset({copies.__file__, restoring.__file__})
KNOWN: Final = {10: "old", 11: "new"}
"""What the end of a child says of the one hub that it found."""
INDEX: Final = "index"
"""Stands for what says that the index is built."""


def main(folder: Path) -> int:
    lines = 0
    while True:
        lines += 1
        graph = folder / "graph"
        shutil.rmtree(graph, ignore_errors=True)
        shutil.copytree(folder / "old", graph)
        (folder / INDEX).touch()
        ended = _in_child(partial(_restore, folder, graph, lines))
        has_index = (folder / INDEX).exists()
        known = KNOWN.get(_in_child(partial(_look, graph)), "neither")
        left = ",".join(sorted(path.name for path in graph.iterdir() if path.name.startswith("restor")))
        print(lines, known, "index" if has_index else "-", left or "-", flush=True)
        if ended == 0:
            return 0
        assert ended == -signal.SIGKILL, f"the restore ended with {ended}"


def _in_child(work: Callable[[], None]) -> int:
    """0, or how the child ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - the copy of a process must not go on in its parent's code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _restore(folder: Path, graph: Path, last: int) -> None:
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in OURS:
            return None
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            if len(seen) == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    restoring.restore(
        folder / "archive",
        LadybugFiles(graph),
        replaces=True,
        forget_index=(folder / INDEX).unlink,
        step=lambda done, total: None,
    )
    sys.settrace(None)


def _look(graph: Path) -> None:
    async def found() -> list[int]:
        store = await LadybugGraphStore.open(graph)
        codes = [code for code, hub in KNOWN.items() if await stored(store, f"Hub:{hub}") is not None]
        await store.close()
        return codes

    codes = asyncio.run(found())
    if len(codes) == 1:
        os._exit(codes[0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

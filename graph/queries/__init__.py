"""Named queries: `NAME.cypher` beside this file, or `<backend>/NAME.cypher` where a backend needs its own words.

Each file opens with a `//` comment that says what it is for and which parameters it takes.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from graph.errors import InvalidQueryError

_folders: Final = [Path(__file__).parent]
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


def add_folder(folder: Path) -> None:
    """Looks for queries in `folder`, too, after all others; for tests and extensions."""
    if folder not in _folders:
        _folders.append(folder)


@lru_cache(maxsize=512)
def load(name: str, backend: str) -> str:
    """The text of the query `name` for `backend`, without its opening comment.

    Raises:
        InvalidQueryError: no such file, or one that does not say what it is for.
    """
    if not _NAME.fullmatch(name):
        raise InvalidQueryError(f"not the name of a query: {name!r:.80}")
    for path in (
        path for folder in _folders for path in (folder / backend / f"{name}.cypher", folder / f"{name}.cypher")
    ):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if not text.startswith("//"):
                raise InvalidQueryError(f"{path.name} does not open with its purpose and parameters")
            lines = text.splitlines()
            opening = next((number for number, line in enumerate(lines) if not line.startswith("//")), len(lines))
            return "\n".join(lines[opening:]).strip()
    raise InvalidQueryError(f"no query {name} for {backend}")

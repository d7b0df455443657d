"""A folder of backups, one for each day by its name, of which the newest stay."""

import re
from datetime import date
from pathlib import Path
from typing import Final

ROOM: Final = "hubnetz"
"""Beside this name each day's backup grows."""
_NAME: Final = re.compile(r"hubnetz-([0-9]{4}-[0-9]{2}-[0-9]{2})\.tar\.gz")


def path_of(folder: Path, day: date) -> Path:
    """The backup of that day."""
    return folder / f"hubnetz-{day:%Y-%m-%d}.tar.gz"


def day_of(path: Path) -> date:
    """The day that its name says."""
    return date.fromisoformat(path.name.removeprefix("hubnetz-").removesuffix(".tar.gz"))


def found(folder: Path) -> list[Path]:
    """The backups in `folder`, the newest first; nothing else that is there.

    Raises:
        OSError: it cannot be read.
    """
    paths = [path for path in folder.iterdir() if _is_named(path.name) and path.is_file()]
    return sorted((path for path in paths if not path.is_symlink()), key=lambda path: path.name, reverse=True)


def prune(folder: Path, keep: int, made: Path) -> list[Path]:
    """Removes all but the newest `keep` backups, of which `made` is one whatever the clock said before; those that went.

    Raises:
        OSError: one cannot be removed.
    """
    old = [path for path in found(folder) if path != made][keep - 1 :]
    for path in old:
        path.unlink()
    return old


def _is_named(name: str) -> bool:
    named = _NAME.fullmatch(name)
    try:
        return named is not None and bool(date.fromisoformat(named[1]))
    except ValueError:
        return False

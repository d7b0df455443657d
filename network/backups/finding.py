"""How old the newest backup is, for the doctor."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from network.backups import archive, rotation
from network.backups.errors import BackupError

LATE: Final = timedelta(hours=26)
"""Of the newest backup: one a day, and two hours for the run itself."""


@dataclass(frozen=True, slots=True)
class Newest:
    """`path` is None where there is none; `problem` says what is wrong, None where nothing is."""

    path: Path | None
    count: int
    age: timedelta | None = None
    problem: str | None = None


def newest(folder: Path) -> Newest:
    """What is to be said of the backups in `folder`."""
    try:
        found = rotation.found(folder)
    except OSError as error:
        return Newest(None, 0, problem=f"the folder of backups cannot be read: {folder} ({error.strerror})")
    # One that was made under a wrong clock would be the newest for as long.
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    found = [path for path in found if rotation.day_of(path) <= tomorrow]
    if not found:
        return Newest(None, 0, problem=f"there is no backup in {folder}")
    try:
        manifest = archive.read_manifest(found[0])
    except BackupError as error:
        return Newest(found[0], len(found), problem=str(error))
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.taken)
    problem = f"the newest backup is {age / timedelta(hours=1):.0f} hours old, which is late" if age > LATE else None
    return Newest(found[0], len(found), age, problem)

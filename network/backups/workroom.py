"""Where an archive grows: a folder beside it, for its owner alone, and how the finished one takes its name."""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from graph.durable import fsync
from network.backups.errors import BackupError

_LOCK: Final = "lock"
_GZIP: Final = b"\x1f\x8b"
"""How an archive begins (RFC 1952 §2.3.1); what a full disk cut off may be empty."""
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""Said by file systems without hard links: those of memory sticks, and some in networks."""


@contextmanager
def workroom(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` for the time of the block; what a killed run left there is taken away.

    Raises:
        BackupError: another process works there, or it cannot be made.
    """
    folder = path.with_name(f".{path.name}.part")
    try:
        lock = _locked(folder)
    except OSError as error:
        raise BackupError(f"{path.parent} cannot be written ({error.strerror}).") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def publish(made: Path, path: Path, *, overwrites: bool) -> None:
    """Gives the finished file its name, at once and for good.

    Raises:
        BackupError: there is a file of that name, and it is not to be overwritten.
    """
    if overwrites:
        made.replace(path)
    else:
        refuse_existing(path)
        try:
            os.link(made, path)
        except FileExistsError:
            refuse_existing(path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            made.rename(path)
    fsync(path.parent)


def refuse_existing(path: Path) -> None:
    """Raises BackupError where there is anything of that name."""
    if os.path.lexists(path):
        raise BackupError(f"{path} is there already. Give another name, or --force to overwrite it.")


def refuse_other(path: Path) -> None:
    """Raises BackupError where a file of that name is no archive, broken or whole: `--force` is for backups alone."""
    if path.is_symlink() or not path.exists():
        return
    with path.open("rb") if path.is_file() else contextlib.nullcontext() as file:
        if file is None or file.read(len(_GZIP)) not in (_GZIP, b""):
            raise BackupError(f"{path} is no backup, and stays as it is. Give another name.")


def _locked(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        # In a folder of many users somebody could have put it there to read along.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise BackupError(f"{folder} is in the way, and not ours. Remove it.") from None
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BackupError(f"Another command is at work in {folder}. Wait for its end.") from None
    for left in folder.iterdir():
        if left.name != _LOCK:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return lock

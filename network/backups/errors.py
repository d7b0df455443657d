"""What goes wrong with backups."""

from pathlib import Path


class BackupError(Exception):
    """A backup cannot be written, read or put back; the message says what to do."""


class ArchiveError(BackupError):
    """The file is no backup of Hubnetz, or not whole."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used as a backup: {reason}. Nothing was changed.")

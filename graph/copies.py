"""What a copy of an embedded database is known by, and the port to stores that can be copied."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

ASIDE: Final = "before-restore-"
"""What folders are called in which a restore keeps what was there, before the moment of it."""
Counts = Mapping[str, int]
"""How many nodes of each label and relationships of each type; those of which there are none are left out."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Version of the schema, and how much there is."""

    schema: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Copied:
    """What was in the store, when by its clock (an `Instant`), and for how many seconds writers waited."""

    counts: Counts
    taken: str
    held_s: float


@runtime_checkable
class InFiles(Protocol):
    """A store whose database is files of this machine; a server has means of its own."""

    async def copy_to(self, folder: Path) -> Copied:
        """Copies what is committed into `folder`, which is empty. Readers go on, writers wait.

        The copy is for `settle`; until then it may need more than one file.

        Raises:
            GraphUnavailableError: the store is closed, or its files cannot be read.
            OSError: there is no room in `folder`.
        """
        ...

    def settle(self, folder: Path, copied: Copied) -> Contents:
        """Makes one file of the copy, opened and counted; takes as long as the database is large, beside the store.

        Raises:
            GraphUnavailableError: it does not hold what was copied.
        """
        ...


class StoreFiles(Protocol):
    """The files of a store that nobody has open: what a restore works on."""

    @property
    def folder(self) -> Path:
        """Where they are, or would be."""
        ...

    @property
    def is_there(self) -> bool:
        """Whether there is a database."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """Keeps every store out of the folder for the time of the block.

        Raises:
            GraphUnavailableError: a store has it open, as in a running server.
        """
        ...

    def incoming(self) -> Path:
        """An empty folder on the same disk for the file that is to take the place of what is there."""
        ...

    def discard_incoming(self) -> None:
        """Takes away what did not become the database."""
        ...

    def inspect(self, folder: Path) -> Contents:
        """What is in the one file of a settled copy in `folder`, which stays as it is.

        Raises:
            GraphUnavailableError: it is no database that can be opened, or none of Hubnetz.
        """
        ...

    def replace(self, aside: str) -> Path | None:
        """Puts what is in `incoming` in the place of what is there, which moves into the folder `aside` within.

        May be killed anywhere: until it has taken effect all is as it was, from then on whoever opens the store ends it.

        Returns:
            The folder with what was there; None where nothing was.
        """
        ...

"""Trusted documents: which texts a caller may have run, and the texts that their hashes stand for.

Nothing is ever registered by a request: the manifest alone says what is trusted, and operators alone write it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

from starlette.types import Scope

from auth import policy
from auth.principal import Caller
from network.errors import RequestError, UntrustedDocumentError
from network.operations import manifest
from network.operations.manifest import ManifestError, TrustedDocument, hash_of

CHECK_S: Final = 3.0
"""Between two looks at the manifest."""
_PREFIX: Final = "sha256:"
_LOG: Final = logging.getLogger("hubnetz.documents")

_Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of its document: its text, the SHA-256 that stands for it, or both."""

    text: str | None = None
    id: str | None = None


def asked(parameters: Mapping[str, Any]) -> Asked:
    """The document of a request: `query`, `documentId` (GraphQL over HTTP, Appendix A) or Apollo's `persistedQuery`.

    Raises:
        RequestError: none of them, of a wrong type, or two that contradict each other.
    """
    text, identifier = parameters.get("query"), _identifier(parameters)
    if text is not None and (not isinstance(text, str) or not text.strip()):
        raise RequestError("query: expected a GraphQL document as a string.")
    if text is None and identifier is None:
        raise RequestError("query: expected a GraphQL document as a string, or documentId in its place.")
    if text is not None and identifier is not None and identifier != hash_of(text):
        raise RequestError("query: the document has another SHA-256 than the request says.")
    return Asked(text, identifier)


def _identifier(parameters: Mapping[str, Any]) -> str | None:
    given = parameters.get("documentId")
    if given is not None and (not isinstance(given, str) or not given):
        raise RequestError("documentId: expected a string, as in sha256:… with 64 hexadecimal digits.")
    persisted = (parameters.get("extensions") or {}).get("persistedQuery")
    if persisted is None:
        return None if given is None else str(given).removeprefix(_PREFIX)
    apollo = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if not isinstance(apollo, str):
        raise RequestError("extensions.persistedQuery: expected version 1 and sha256Hash as a string.")
    if given is not None and given.removeprefix(_PREFIX) != apollo:
        raise RequestError("documentId and extensions.persistedQuery name different documents.")
    return apollo


class TrustedDocuments:
    """What the manifest of one process holds, read again when the file changes.

    A manifest that is wrong changes nothing: what was trusted stays so, the log says what is wrong, `problem` until it is
    mended. Where it is wrong from the start nothing is trusted.

    Args:
        path: The manifest; None where there is none.
    """

    def __init__(self, path: Path | None = None, *, clock: Callable[[], float] = monotonic) -> None:
        self.path: Final = path
        self.problem: str | None = None
        self._clock = clock
        self._documents: dict[str, TrustedDocument] = {}
        self._read: _Signature | None = None
        self._checked = float("-inf")
        self._has_looked = False
        self._checking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._documents)

    async def get(self, identifier: str) -> str | None:
        """The text of the document with this hash; None for one that is not trusted."""
        await self._look()
        document = self._documents.get(identifier)
        return None if document is None else document.body

    async def _look(self) -> None:
        """Begins a look at the file where the last is CHECK_S ago; only the first one is waited for."""
        if self.path is None or (self._has_looked and self._clock() - self._checked < CHECK_S):
            return
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(asyncio.to_thread(self.check))
        if not self._has_looked:
            await asyncio.shield(self._checking)

    async def settled(self) -> None:
        """Waits for a look at the file that is under way."""
        if self._checking is not None:
            await self._checking

    def check(self) -> None:
        """Reads the manifest where it is not as it was when it was last read."""
        self._checked = self._clock()
        if self.path is None:
            return
        signature = _signature(self.path)
        if signature is None or signature != self._read:
            self._load(self.path)
        self._read = signature
        self._has_looked = True

    def _load(self, path: Path) -> None:
        try:
            self._documents = manifest.read(path)
        except ManifestError as error:
            if self.problem != str(error):
                _LOG.error("trusted documents stay as they were: %s", error)
            self.problem = str(error)
        else:
            self.problem = None
            _LOG.info("trusted documents in force", extra={"count": len(self._documents)})


def _signature(path: Path) -> _Signature | None:
    """What changes when the file does; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _no_router(_: Scope) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Admitted:
    """A text that may run; one that operators published may cost what it costs."""

    text: str
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """What one address of the service lets pass.

    Attributes:
        is_only: Whether documents that are not trusted are refused.
        is_router: Whether a request comes from a router, which may send any document: what it asks a subgraph is its own.
    """

    documents: TrustedDocuments = field(default_factory=TrustedDocuments)
    is_only: bool = False
    is_router: Callable[[Scope], bool] = _no_router

    async def admit(self, given: Asked, caller: Caller, scope: Scope) -> Admitted:
        """The text to run.

        Raises:
            UntrustedDocumentError: its hash is unknown, or the caller may send trusted documents only.
        """
        if given.text is None:
            return Admitted(await self._stored(given.id or ""), is_trusted=True)
        is_trusted = self.documents.path is not None and await self.documents.get(hash_of(given.text)) is not None
        if self.is_only and not (is_trusted or policy.may_send_any_document(caller) or self.is_router(scope)):
            raise UntrustedDocumentError(
                "QUERY_NOT_IN_SAFELIST",
                "This service runs published documents only, and this is none of them. "
                "Have it published, or sign in as lead of a hub or network administrator to try it out.",
            )
        return Admitted(given.text, is_trusted)

    async def _stored(self, identifier: str) -> str:
        if self.documents.path is None:
            # By this very code clients with automatic persisted queries go over to sending the text.
            raise UntrustedDocumentError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
        text = await self.documents.get(identifier)
        if text is None:
            raise UntrustedDocumentError(
                "PERSISTED_QUERY_NOT_IN_LIST", "No published document has this id. Nothing is published by asking."
            )
        return text

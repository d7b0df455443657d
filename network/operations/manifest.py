"""Manifests of trusted documents: Apollo's `apollo-persisted-query-manifest`, version 1, as its tools and routers read it."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FORMAT: Final = "apollo-persisted-query-manifest"
VERSION: Final = 1
MAX_BYTES: Final = 32 * 1_024 * 1_024
"""Of a manifest: some ten thousand operations. Whoever needs more has a router in front that keeps them."""
TYPES: Final = frozenset({"query", "mutation"})


class ManifestError(Exception):
    """A manifest that cannot be used; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """One operation of a manifest. `id` is the SHA-256 of `body` in UTF-8, in small hexadecimal digits."""

    id: str
    name: str
    type: str
    body: str


def hash_of(text: str) -> str:
    """The id of a document: of the very text that clients send, blanks and all (GraphQL over HTTP, Appendix A)."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(path: Path) -> dict[str, TrustedDocument]:
    """The documents of a manifest by id.

    Raises:
        ManifestError: it cannot be read, is of another format, or holds an id that is not the hash of its body: whoever
            could choose ids could have one document published and another one run.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ManifestError(f"{path}: expected at most {MAX_BYTES} bytes")
        content = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path}: expected JSON in UTF-8") from error
    if not isinstance(content, dict) or (content.get("format"), content.get("version")) != (FORMAT, VERSION):
        raise ManifestError(f"{path}: expected format {FORMAT!r}, version {VERSION}")
    operations = content.get("operations")
    if not isinstance(operations, list):
        raise ManifestError(f"{path}: expected a list of operations")
    documents = [_document(path, number, given) for number, given in enumerate(operations, start=1)]
    return {document.id: document for document in documents}


def write(path: Path, documents: Iterable[TrustedDocument]) -> None:
    """Replaces the manifest in one step, ordered by name: a server that reads it meanwhile sees the old one or the new.

    Raises:
        OSError: it could not be written; what was there stays.
    """
    operations = [
        {"id": one.id, "name": one.name, "type": one.type, "body": one.body}
        for one in sorted(documents, key=lambda one: (one.name, one.id))
    ]
    content = {"format": FORMAT, "version": VERSION, "operations": operations}
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _document(path: Path, number: int, given: Any) -> TrustedDocument:
    fields = [given.get(name) for name in ("id", "name", "type", "body")] if isinstance(given, dict) else []
    texts = [field for field in fields if isinstance(field, str)]
    if len(texts) != 4:
        raise ManifestError(f"{path}, operation {number}: expected id, name, type and body as texts")
    document = TrustedDocument(*texts)
    if document.type not in TYPES:
        raise ManifestError(f"{path}, operation {number} ({document.name}): expected type query or mutation")
    if any("\ud800" <= sign <= "\udfff" for sign in document.body):
        raise ManifestError(f"{path}, operation {number} ({document.name}): the body is no Unicode text")
    if document.id != hash_of(document.body):
        raise ManifestError(f"{path}, operation {number} ({document.name}): the id is not the SHA-256 of the body")
    return document

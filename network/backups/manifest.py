"""What an archive says of itself, in its first file. Read from anywhere, so nothing in it is believed before it is looked at."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeGuard

from graph.copies import Contents

FORMAT: Final = 1
"""Of the archive. A reader takes this one and those before; it goes up with what older readers would misunderstand."""
NAME: Final = "manifest.json"
FILE: Final = "graph.lbug"
"""The one file of format 1, beside the manifest."""
MAX_BYTES: Final = 262_144
_COUNT: Final = 1 << 53
_TEXT: Final = 64


class ManifestError(ValueError):
    """The text is no manifest; the message is half a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`taken` is the instant that the copy shows; `size_bytes` and `sha256` are of its file."""

    taken: str
    hubnetz: str
    ladybug: str
    contents: Contents
    size_bytes: int
    sha256: str

    def text(self) -> str:
        """As it stands in the archive."""
        return json.dumps(
            {
                "format": FORMAT,
                "taken": self.taken,
                "hubnetz": self.hubnetz,
                "ladybug": self.ladybug,
                "schema": self.contents.schema,
                "counts": dict(self.contents.counts),
                "files": {FILE: {"bytes": self.size_bytes, "sha256": self.sha256}},
            },
            indent=2,
        )

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        """The manifest that `text` is.

        Raises:
            ManifestError: it is none, or one of a newer format.
        """
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ManifestError("its manifest is no JSON") from error
        if not isinstance(found, dict):
            raise ManifestError("its manifest is no object")
        number = found.get("format")
        if _is_count(number) and number > FORMAT:
            raise ManifestError(
                f"it has format {number}, this Hubnetz reads up to {FORMAT}: use the version that wrote it"
            )
        if not _is_count(number) or number != FORMAT:
            raise ManifestError("its manifest says no format")
        files = found.get("files")
        if not isinstance(files, dict) or files.keys() != {FILE} or not isinstance(files[FILE], dict):
            raise ManifestError(f"its manifest lists other files than {FILE}")
        return cls(
            taken=_instant(found.get("taken")),
            hubnetz=_word(found.get("hubnetz"), "hubnetz"),
            ladybug=_word(found.get("ladybug"), "ladybug"),
            contents=Contents(_count(found.get("schema"), "schema"), _counts(found.get("counts"))),
            size_bytes=_count(files[FILE].get("bytes"), "bytes"),
            sha256=_digest(files[FILE].get("sha256")),
        )


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < _COUNT


def _count(value: Any, name: str) -> int:
    if not _is_count(value):
        raise ManifestError(f"its manifest has no number of {name}")
    return value


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        raise ManifestError("its manifest has no counts")
    return {_word(name, "counts"): _count(number, "counts") for name, number in value.items()}


def _word(value: object, name: str) -> str:
    # Shown in terminals: nothing that moves a cursor.
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.+-]+", value) or len(value) > _TEXT:
        raise ManifestError(f"its manifest has no {name} that can be shown")
    return value


def _digest(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ManifestError("its manifest has no SHA-256")
    return value


def _instant(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z", value):
        raise ManifestError("its manifest has no moment at which it was taken")
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise ManifestError("its manifest has no moment at which it was taken") from error
    return value

"""GraphQL operations kept as files: one each, and fragments that several share in a folder of their own beside them."""

import re
from pathlib import Path
from typing import Final

FRAGMENTS: Final = "fragments"
"""Folder of shared fragments: one each, in a file of its name."""
_SPREAD: Final = re.compile(r"\.\.\.\s*(?!on\b)([A-Za-z_][A-Za-z_0-9]*)")
_DEFINED: Final = re.compile(r"\bfragment\s+([A-Za-z_][A-Za-z_0-9]*)\s+on\b")


def whole(path: Path) -> str:
    """The text of the file, followed by the shared fragments that it needs, in the order in which they are needed.

    Raises:
        OSError, UnicodeDecodeError: a file cannot be read.
    """
    texts = [path.read_text(encoding="utf-8")]
    known = set(_DEFINED.findall(texts[0]))
    for text in texts:
        for name in dict.fromkeys(_SPREAD.findall(text)):
            shared = path.parent / FRAGMENTS / f"{name}.graphql"
            # Whatever is nowhere, the check against the schema names.
            if name not in known and shared.is_file():
                known.add(name)
                texts.append(shared.read_text(encoding="utf-8"))
    return "\n".join(texts)


def operations(folder: Path) -> dict[str, str]:
    """Name of file -> its whole text, by name."""
    return {path.stem: whole(path) for path in sorted(folder.glob("*.graphql"))}

"""What the operator says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from network.pages.frame.language import Language

NAMES: Final = ("imprint", "privacy", "accessibility")


@dataclass(frozen=True, slots=True)
class LegalTexts:
    """What the operator wrote, in Markdown: by page and language."""

    texts: Mapping[tuple[str, Language], str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path | None) -> "LegalTexts":
        """`imprint.de.md` and so on of `folder`; those that are missing or empty are left out.

        Raises:
            OSError, UnicodeDecodeError: a file is there and cannot be read.
        """
        found = {}
        for name in NAMES if folder is not None else ():
            for language in Language:
                path = folder / f"{name}.{language}.md" if folder is not None else Path()
                if path.is_file() and (text := path.read_text(encoding="utf-8").strip()):
                    found[name, language] = text
        return cls(found)

    def of(self, name: str, language: Language) -> tuple[str, Language] | None:
        """The text and its language: another than asked for, where there is no other; None where there is none."""
        for known in (language, language.other):
            if (name, known) in self.texts:
                return self.texts[name, known], known
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """The pages that are templates still."""
        return tuple(name for name in NAMES if self.of(name, Language.GERMAN) is None)

"""What an import did and what it could not take over, as text for people and JSON for programs."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


def no_progress(_done: int, _total: int) -> None:
    """The progress of an import that nobody watches."""


@dataclass(frozen=True, slots=True, order=True)
class RowError:
    """A row that was left out. `column` is None where the row as a whole is wrong."""

    file: str
    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.reason}"


class ImportFileError(Exception):
    """A file that cannot be read at all: nothing of any file of the call was written."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class ImportReport:
    """Filled while an import runs, so that it says what happened even if the import breaks off."""

    kind: str
    files: list[str] = field(default_factory=list)
    rows: int = 0
    """Rows read, those left out included."""
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    passed_over: int = 0
    """Rows that are in order and of no use here, such as uninhabited areas."""
    errors: list[RowError] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether no row was left out because of an error."""
        return not self.errors

    def refuse(self, file: str, line: int, column: str | None, reason: str) -> None:
        """Notes a row error."""
        self.errors.append(RowError(file, line, column, reason))

    def to_text(self, *, most_errors: int = 50) -> str:
        """Some lines for a terminal, with at most `most_errors` errors."""
        lines = [
            f"{self.kind}: {self.rows} rows read from {', '.join(self.files)}",
            f"  created {self.created}, changed {self.changed}, unchanged {self.unchanged}",
        ]
        if self.passed_over:
            lines.append(f"  passed over {self.passed_over}")
        if self.errors:
            lines.append(f"  left out {len(self.errors)} because of errors:")
            lines += [f"    {error}" for error in sorted(self.errors)[:most_errors]]
        if len(self.errors) > most_errors:
            lines.append(f"    and {len(self.errors) - most_errors} more")
        return "\n".join(lines)

    def to_json(self) -> str:
        """The report as a JSON object, with all errors."""
        return json.dumps({**asdict(self), "is_complete": self.is_complete}, ensure_ascii=False)

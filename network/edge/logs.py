"""Structured logs: one line per event, JSON in production, readable otherwise; no line holds personal data."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final, TextIO

# Attributes that every record has; whatever else it carries came in as `extra`.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """A JSON object per line. JSON escapes control characters, so no value can begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=True, default=str)


class TextFormatter(logging.Formatter):
    """For a terminal; control characters of values are escaped, tracebacks keep their lines."""

    def format(self, record: logging.LogRecord) -> str:
        extra = " ".join(f"{name}={value}" for name, value in _extra(record).items())
        line = f"{_time(record)[11:19]} {record.levelname.lower():7} {record.getMessage()} {extra}".rstrip()
        text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(*, is_json: bool, level: str, stream: TextIO | None = None) -> None:
    """Sends every logger of the process through one handler; the last call counts."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if is_json else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Drivers tell addresses and statements below warning; uvicorn's start is said in our own words.
    for name in ("neo4j", "httpx", "httpcore", "urllib3", "asyncio", "uvicorn"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}

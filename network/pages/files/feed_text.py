"""What feeds of both formats have in common: texts without what a format forbids, and times. Pure."""

import re
from datetime import UTC, datetime
from typing import Final

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""XML 1.0 §2.2 has no way to say them; RFC 5545 §3.1 forbids them in texts."""
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Where nothing is known of a time: always the same, so that the file does not change by itself."""


def clean(text: str | None) -> str:
    return _FORBIDDEN.sub("", text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def moment(text: str | None) -> datetime:
    """An instant of the graph, to the second."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0) if text else BEGINNING

"""JSON in which every reader reads the same: what parsers answer differently is refused."""

import json
from typing import Any


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object that `content` is.

    Raises:
        ValueError: not an object in UTF-8; a name twice (RFC 8725 §2.4, §3.12: the checker and the reader could mean
            different ones), NaN or Infinity, nested too deeply.
    """
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - of the text, which is what callers handle
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")

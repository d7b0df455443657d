"""Media types: what a request holds and what its sender accepts, compared exactly (GraphQL over HTTP, §4 and §6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

RESPONSE_JSON: Final = "application/graphql-response+json"
JSON: Final = "application/json"
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class MediaType:
    """`type` is in small letters without parameters."""

    type: str
    charset: str | None = None
    quality: float = 1.0


def parse(value: str) -> MediaType:
    """One media type with its parameters; whatever is not one has an empty `type`."""
    type_, *parameters = (part.strip() for part in value.split(";"))
    charset, quality = None, 1.0
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = text.strip().strip('"').lower()
        elif name.strip().lower() == "q":
            quality = _quality(text.strip())
    return MediaType(type_.lower() if type_.count("/") == 1 else "", charset, quality)


def choose(accept: Iterable[str]) -> str | None:
    """The form of the answer to these `Accept` lines, None where neither form will do.

    Who names no preference gets `application/json`: clients that know the newer form ask for it.
    """
    ranges = [parse(part) for line in accept for part in line.split(",") if part.strip()]
    if not ranges:
        return JSON
    qualities = {
        RESPONSE_JSON: _quality_of(RESPONSE_JSON, ranges, is_asked_by_name=True),
        JSON: _quality_of(JSON, ranges, is_asked_by_name=False),
    }
    best = max(qualities, key=lambda form: qualities[form])
    return best if qualities[best] > 0 else None


def prefers_html(accept: Iterable[str]) -> bool:
    """Whether the sender is a browser that opens an address, not a program that asks for data."""
    return any(parse(part).type == HTML for line in accept for part in line.split(","))


def _quality_of(form: str, ranges: list[MediaType], *, is_asked_by_name: bool) -> float:
    """The quality of the most specific range that covers `form` (RFC 9110 §12.5.1).

    A wildcard covers the newer form only just: `*/*` comes from clients of either age.
    """
    for pattern, factor in ((form, 1.0), ("application/*", 0.5), ("*/*", 0.5)):
        found = [range_.quality for range_ in ranges if range_.type == pattern]
        if found:
            return max(found) * (factor if is_asked_by_name else 1.0)
    return 0.0


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0

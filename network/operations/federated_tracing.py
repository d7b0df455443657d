"""Federated tracing (`ftv1`): how long each field of a subgraph took, inside the answer to the router that asked.

The format is Apollo's `Trace` (`reports.proto` of npm `@apollo/usage-reporting-protobuf`) in base64. It is one message of
four parts, so it is written here in thirty lines rather than with generated code and a library of its own; the tests read it with
Apollo's decoder. Wire format: Protocol Buffers, "Encoding" (varints, and fields with a length).
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.datastructures import Headers

from network.execution.timing import FieldTiming, Timings

HEADER: Final = "apollo-federation-include-trace"
FORMAT: Final = "ftv1"
"""Value of the header, and key of the trace in `extensions`."""

_NS: Final = 1_000_000_000


def is_asked(headers: Headers) -> bool:
    """Whether a request asks for a trace of this format."""
    return headers.get(HEADER) == FORMAT


def encode(timings: Timings, errors: Iterable[Mapping[str, Any]]) -> str:
    """The trace, in base64.

    Args:
        errors: As they are answered, so that a trace tells no more of them than the answer does.
    """
    duration = timings.now()
    root = _Node()
    for path, timing in timings.fields.items():
        root.at(path).timing = timing
    for error in errors:
        root.at(error.get("path") or ()).errors.append(error)
    message = (
        _bytes(3, _time(timings.began_at + duration))  # end_time
        + _bytes(4, _time(timings.began_at))  # start_time
        + _number(11, duration)  # duration_ns
        + _bytes(14, root.encoded(duration))  # root
        + _number(33, timings.is_incomplete)  # is_incomplete
    )
    return b64encode(message).decode("ascii")


@dataclass(slots=True)
class _Node:
    """A place of the response: a field by its response key, an item by its index, or the root."""

    timing: FieldTiming | None = None
    children: dict[str | int, "_Node"] = field(default_factory=dict)
    errors: list[Mapping[str, Any]] = field(default_factory=list)

    def at(self, path: Sequence[str | int]) -> "_Node":
        """The node at `path`, made with all above it where it is missing."""
        node = self
        for key in path:
            node = node.children.setdefault(key, _Node())
        return node

    def encoded(self, duration: int, key: str | int | None = None) -> bytes:
        """`Trace.Node`; a field that was not over when the operation was ends with it."""
        parts = []
        if isinstance(key, int):
            # The index is one of two alternatives, so that a 0 has to be written, too.
            parts.append(_varint(2 << 3) + _varint(key))
        elif key is not None:
            parts.append(_text(1, key))  # response_name
        timing = self.timing
        if timing is not None:
            ended = duration if timing.ended is None else timing.ended
            name = "" if timing.name == key else timing.name
            parts += [
                _text(3, timing.type),
                _number(8, timing.began),  # start_time
                _number(9, ended),  # end_time
                _text(13, timing.parent_type),
                _text(14, name),  # original_field_name
            ]
        parts += [_bytes(11, _error(error)) for error in self.errors]
        parts += [_bytes(12, child.encoded(duration, child_key)) for child_key, child in self.children.items()]
        return b"".join(parts)


def _error(error: Mapping[str, Any]) -> bytes:
    """`Trace.Error`."""
    places = (_number(1, place["line"]) + _number(2, place["column"]) for place in error.get("locations") or ())
    return b"".join(
        (_text(1, error["message"]), *(_bytes(2, place) for place in places), _bytes(4, orjson.dumps(error)))
    )


def _time(ns: int) -> bytes:
    """`google.protobuf.Timestamp`."""
    return _number(1, ns // _NS) + _number(2, ns % _NS)


def _number(number: int, value: int) -> bytes:
    """A field with a number; nothing for 0, which readers assume."""
    return _varint(number << 3) + _varint(value) if value else b""


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode()) if value else b""


def _bytes(number: int, value: bytes) -> bytes:
    """A field with a length: a text, or a message."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)

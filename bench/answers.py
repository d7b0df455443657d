"""Whether two ways gave the same data, whatever form each of them gives it."""

from collections.abc import Iterator
from typing import Any


def values(answer: Any) -> list[str]:
    """The scalars of `answer`, sorted; forms differ in names, in nesting and in how an id is written."""
    return sorted(_scalars(answer))


def _scalars(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        for value in answer.values():
            yield from _scalars(value)
    elif isinstance(answer, list | tuple):
        for value in answer:
            yield from _scalars(value)
    elif isinstance(answer, float):
        yield f"{answer:.9f}"
    elif answer is not None:
        label, colon, key = str(answer).partition(":")
        yield key if colon and label in ("Project", "Adoption") else str(answer)

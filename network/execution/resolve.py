"""Values of declared fields as graphql-core asks for them: from the row at hand, or by a `select` of their own."""

from typing import Any


def field_value(source: Any, declared: Any, info: Any) -> Any:
    raise NotImplementedError


def link_value(source: Any, declared: Any, info: Any, *, first: int = 0, after: str | None = None) -> Any:
    raise NotImplementedError

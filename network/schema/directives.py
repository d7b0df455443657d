"""Directives on the parts of two schemas, and what their coming and going means to clients and to compositions.

Built schemas keep no directives but `@deprecated`, so they are read from the syntax tree.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import DirectiveNode, DocumentNode, StringValueNode, print_ast

SCHEMA: Final = "schema"
"""Stands for the schema itself, which has no coordinate; no type begins with a small letter here."""
_NO_REASON: Final = "No longer supported"
"""The default of @deprecated."""

Told = tuple[str, str, str, str]
"""Level, code, path, text."""

_RULES: Final[dict[str, tuple[str, str]]] = {
    # What else may resolve or fetch it.
    "key": ("safe", "breaking"),
    "shareable": ("safe", "breaking"),
    "external": ("breaking", "dangerous"),
    "override": ("dangerous", "dangerous"),
    "provides": ("safe", "dangerous"),
    "requires": ("dangerous", "safe"),
    "interfaceObject": ("breaking", "breaking"),
    # Who sees it.
    "inaccessible": ("breaking", "safe"),
    "authenticated": ("breaking", "dangerous"),
    "requiresScopes": ("breaking", "dangerous"),
    "policy": ("breaking", "dangerous"),
    # How it may be asked.
    "oneOf": ("breaking", "safe"),
    "cost": ("dangerous", "dangerous"),
    "listSize": ("dangerous", "dangerous"),
    "specifiedBy": ("safe", "dangerous"),
    "tag": ("safe", "dangerous"),
    "link": ("safe", "dangerous"),
}
"""Directive -> levels of its coming and of its going. Those of somebody else may mean anything: both dangerous."""


@dataclass(slots=True)
class Applied:
    """What stands at one coordinate: directives as text, @deprecated for itself. `deprecation` is None without it."""

    directives: Counter[tuple[str, str]] = field(default_factory=Counter)
    deprecation: str | None = None


def applied(document: DocumentNode) -> dict[str, Applied]:
    """What stands at each coordinate, extensions included."""
    found: dict[str, Applied] = {}
    for definition in document.definitions:
        for path, node in _places(definition):
            at = found.setdefault(path, Applied())
            for directive in node.directives or ():
                if directive.name.value == "deprecated":
                    at.deprecation = _reason(directive)
                else:
                    at.directives[directive.name.value, print_ast(directive)] += 1
    return found


def directive_changes(before: Mapping[str, Applied], after: Mapping[str, Applied]) -> Iterator[Told]:
    """What changed on parts that both have; on others it came or went with them."""
    for path in before.keys() & after.keys():
        old, new = before[path], after[path]
        yield from _deprecation(path, old.deprecation, new.deprecation)
        gone, come = old.directives - new.directives, new.directives - old.directives
        for name, text in gone:
            level = _RULES.get(name, ("dangerous", "dangerous"))[1]
            yield level, f"{_code(name)}_REMOVED", path, f"{text} was removed from {path}."
        for name, text in come:
            level = _RULES.get(name, ("dangerous", "dangerous"))[0]
            yield level, f"{_code(name)}_ADDED", path, f"{text} was added to {path}."


def _deprecation(path: str, old: str | None, new: str | None) -> Iterator[Told]:
    if old is None and new is not None:
        yield "safe", "DEPRECATION_ADDED", path, f"{path} is deprecated: {new}"
    elif old is not None and new is None:
        yield "safe", "DEPRECATION_REMOVED", path, f"{path} is no longer deprecated."
    elif old != new:
        yield "safe", "DEPRECATION_CHANGED", path, f"{path} is deprecated for another reason: {new}"


def _places(definition: Any) -> Iterator[tuple[str, Any]]:
    """Each part of a definition that may carry directives, by coordinate."""
    named = getattr(definition, "name", None)
    if definition.kind.startswith("schema"):
        yield SCHEMA, definition
        return
    if definition.kind == "directive_definition" or named is None:
        return
    yield named.value, definition
    for part in (*(getattr(definition, "fields", None) or ()), *(getattr(definition, "values", None) or ())):
        path = f"{named.value}.{part.name.value}"
        yield path, part
        for argument in getattr(part, "arguments", None) or ():
            yield f"{path}({argument.name.value}:)", argument


def _reason(directive: DirectiveNode) -> str:
    values = (argument.value for argument in directive.arguments or () if argument.name.value == "reason")
    return next((value.value for value in values if isinstance(value, StringValueNode)), _NO_REASON)


def _code(name: str) -> str:
    """`interfaceObject` -> `INTERFACE_OBJECT`."""
    return "".join(f"_{sign}" if sign.isupper() else sign.upper() for sign in name).upper()

"""What changed between two schemas, and whom it may break.

The library finds the changes of GraphQL itself; what it does not look at is added: deprecations, and the directives by
which subgraphs compose. Codes are part of the command's contract: those of the library are its names, pinned by a test.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    TypeSystemDefinitionNode,
    TypeSystemExtensionNode,
    build_ast_schema,
    parse,
)
from graphql.utilities.find_schema_changes import BreakingChange, DangerousChange, SchemaChange, find_schema_changes

from network.schema.directives import Applied, applied, directive_changes


class Level(StrEnum):
    """How a change concerns clients, or those who compose the schema with others."""

    BREAKING = "breaking"
    """Requests that were right are wrong now, or a composition that held does not."""
    DANGEROUS = "dangerous"
    """Every request stays right, and may be answered by something that its client does not expect."""
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        path: Schema coordinate of what changed; of directives as `@name`.
        used_as: Beginnings of the coordinates whose use says whom this concerns; `T.` stands for all fields of T.
        deprecation: The reason that the old schema gave for leaving it; None where it was not deprecated.
    """

    level: Level
    code: str
    path: str
    text: str
    used_as: tuple[str, ...] = ()
    deprecation: str | None = None


class UnreadableSchemaError(Exception):
    """One of the two texts is no schema; `which` is OLD or NEW."""

    def __init__(self, which: str, message: str) -> None:
        super().__init__(message)
        self.which = which


_SAFE_HERE: Final = frozenset({"OPTIONAL_ARG_ADDED", "OPTIONAL_INPUT_FIELD_ADDED"})
"""Dangerous to the library. Ours do nothing where they are not given: that is what makes an addition one."""
_REMOVED: Final = frozenset({"FIELD_REMOVED", "ARG_REMOVED", "VALUE_REMOVED_FROM_ENUM"})
"""What may have been deprecated before."""
_COORDINATE: Final = re.compile(r"@?[_A-Za-z]\w*(?:\.[_A-Za-z]\w*)?(?:\([_A-Za-z]\w*:?\))?")
# Where the text of a change names something else first, its coordinate stands behind these words.
_BEHIND: Final = {
    "TYPE_ADDED_TO_UNION": " union type ",
    "TYPE_REMOVED_FROM_UNION": " union type ",
    "IMPLEMENTED_INTERFACE_ADDED": " implemented by ",
    "DIRECTIVE_LOCATION_REMOVED": " from ",
    "DIRECTIVE_LOCATION_ADDED": " to ",
    "DIRECTIVE_REPEATABLE_REMOVED": " from ",
    "DIRECTIVE_REPEATABLE_ADDED": " to ",
    "DESCRIPTION_CHANGED": "Description of ",
}
_WORDS: Final = re.compile(
    r"^(?:Field|Argument|Directive|Enum value|Standard scalar|An? (?:required|optional) (?:field|argument)|field|argument|"
    r"input-field|enum value) "
)


def changes(old: str, new: str) -> list[Change]:
    """What changed, the gravest first, then by path.

    Raises:
        UnreadableSchemaError: one of the two is no schema.
    """
    (before, before_ast), (after, after_ast) = _read(old, "OLD"), _read(new, "NEW")
    before_applied, after_applied = applied(before_ast), applied(after_ast)
    found = [_change(change, before_applied) for change in find_schema_changes(before, after)]
    found += (
        Change(Level(level), code, path, text, _used_as(code, path, text))
        for level, code, path, text in directive_changes(before_applied, after_applied)
    )
    order = list(Level)
    return sorted(set(found), key=lambda one: (order.index(one.level), one.path, one.code, one.text))


def _read(text: str, which: str) -> tuple[GraphQLSchema, DocumentNode]:
    try:
        document = parse(text, no_location=True)
    except GraphQLError as error:
        place = f" (line {error.locations[0].line})" if error.locations else ""
        raise UnreadableSchemaError(which, f"{error.message}{place}") from error
    except RecursionError as error:
        raise UnreadableSchemaError(which, "nested too deeply") from error
    if not all(isinstance(one, TypeSystemDefinitionNode | TypeSystemExtensionNode) for one in document.definitions):
        raise UnreadableSchemaError(which, "expected definitions of types, got an operation or a fragment")
    try:
        # Of a subgraph's own text: it uses federation's directives and scalars without defining them all.
        return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True), document
    except (GraphQLError, TypeError, KeyError) as error:
        raise UnreadableSchemaError(which, str(error)) from error


def _change(change: SchemaChange, before: Mapping[str, Applied]) -> Change:
    code = change.type.name
    path = _path(code, change.description)
    level = Level.SAFE
    if isinstance(change, BreakingChange):
        level = Level.BREAKING
    elif isinstance(change, DangerousChange) and code not in _SAFE_HERE:
        level = Level.DANGEROUS
    reason = before[path].deprecation if code in _REMOVED and path in before else None
    return Change(level, code, path, change.description, _used_as(code, path, change.description), reason)


def _path(code: str, text: str) -> str:
    """The coordinate that a text of the library speaks of: it gives none of its own."""
    if code in _BEHIND:
        text = text[text.index(_BEHIND[code]) + len(_BEHIND[code]) :]
    match = _COORDINATE.match(_WORDS.sub("", text))
    path = match.group() if match else ""
    # Descriptions of arguments lack the colon of a coordinate.
    return f"{path[:-1]}:)" if path.endswith(")") and not path.endswith(":)") else path


def _used_as(code: str, path: str, text: str) -> tuple[str, ...]:
    """Whose use tells whom a change concerns."""
    if path.startswith("@") or not path:
        return ()
    if code == "REQUIRED_ARG_ADDED":
        return (path.partition("(")[0],)
    if code == "TYPE_REMOVED_FROM_UNION":
        return (f"{text.partition(' ')[0]}.",)
    if code == "REQUIRED_INPUT_FIELD_ADDED" or "." not in path:
        return (f"{path.partition('.')[0]}.",)
    return (path,)


def concerns(change: Change, coordinate: str) -> bool:
    """Whether who used `coordinate` meets `change`."""
    return any(coordinate.startswith(one) if one.endswith(".") else coordinate == one for one in change.used_as)


def breaking(found: list[Change]) -> Iterator[Change]:
    """Those that break clients or compositions."""
    return (change for change in found if change.level is Level.BREAKING)

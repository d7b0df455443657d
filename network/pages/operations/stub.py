"""Writes `__init__.pyi`: what each operation takes, for the type checker (`make operations`)."""

from pathlib import Path
from typing import Final

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode

from network.pages.operations.declared import FOLDER, Operation, declarations, is_needed

STUB: Final = FOLDER / "__init__.pyi"
_HEAD: Final = '''"""What each operation takes, written by `make operations`."""

from collections.abc import Mapping, Sequence
from typing import Any

from network.pages.operations.declared import Question

'''
_TYPES: Final = {"String": "str", "ID": "str", "Int": "int", "Boolean": "bool"}
_OBJECTS: Final = ("Filter", "Input")
"""How the names of input objects end; whatever else has a name is an enum, whose values are text."""


def stub(folder: Path = FOLDER) -> str:
    """The text of the stub."""
    return _HEAD + "".join(f"{_signature(one)}\n" for one in declarations(folder).values())


def _signature(one: Operation) -> str:
    takes = [
        f"{name}: {_type(variable.type)}" + ("" if is_needed(variable) else " | None = ...")
        for name, variable in one.variables.items()
    ]
    return f"def {one.name}({', '.join(['*', *takes]) if takes else ''}) -> Question: ..."


def _type(node: TypeNode) -> str:
    match node:
        case NonNullTypeNode():
            return _type(node.type)
        case ListTypeNode():
            return f"Sequence[{_type(node.type)}]"
        case NamedTypeNode():
            name = node.name.value
            return _TYPES.get(name, "Mapping[str, Any]" if name.endswith(_OBJECTS) else "str")
    raise TypeError(f"expected a type, got {node.kind}")


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")

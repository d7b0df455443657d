"""Which subgraph answers what of an operation: found from their schemas, as a router's planner does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Planner:
    """Args:
    gateway: The union of the subgraphs.
    subgraphs: Schema by name.
    """

    gateway: GraphQLSchema
    subgraphs: Mapping[str, GraphQLSchema]

    def crossings(self, document: DocumentNode) -> set[Path]:
        """Response keys that lead to a field of which no subgraph that has its parent knows anything: those it must be asked
        from another one, as of an entity."""
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        (operation,) = (one for one in document.definitions if isinstance(one, OperationDefinitionNode))
        query = self.gateway.query_type
        assert query is not None
        return set(self._walk(operation.selection_set, query, set(self.subgraphs), (), fragments))

    def _walk(
        self,
        selections: SelectionSetNode,
        parent: GraphQLNamedType,
        where: set[str],
        path: Path,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> Iterator[Path]:
        for one in selections.selections:
            if isinstance(one, FieldNode):
                if one.name.value.startswith("__"):
                    continue
                key = (*path, (one.alias or one.name).value)
                owners = self._owners(parent, one.name.value)
                if not owners & where:
                    yield key
                if one.selection_set is not None:
                    assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
                    named = get_named_type(parent.fields[one.name.value].type)
                    yield from self._walk(one.selection_set, named, owners & where or owners, key, fragments)
                continue
            spread = fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
            assert isinstance(spread, InlineFragmentNode | FragmentDefinitionNode)
            condition = spread.type_condition
            inside = parent if condition is None else self.gateway.type_map[condition.name.value]
            yield from self._walk(spread.selection_set, inside, where, path, fragments)

    def _owners(self, parent: GraphQLNamedType, field: str) -> set[str]:
        """Subgraphs that have the field; of an abstract type those that have it of any type that may stand there."""
        types = [parent, *(self.gateway.get_possible_types(parent) if is_abstract_type(parent) else ())]
        found = {
            name
            for name, schema in self.subgraphs.items()
            for one in types
            if field in getattr(schema.get_type(one.name), "fields", {})
        }
        assert found, f"nobody has {parent}.{field}"
        return found


def is_reached(data: Any, path: Path) -> bool:
    """Whether anything but null stands there, in whichever item of a list."""
    if isinstance(data, list):
        return any(is_reached(one, path) for one in data)
    if not path:
        return data is not None
    return isinstance(data, dict) and is_reached(data.get(path[0]), path[1:])

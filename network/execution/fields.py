"""How a subgraph declares its types: attributes, links and connections in one line each, resolvers where logic is needed.

    @node(model.Hub, keys=["id", "slug"], description="A DigitalHub.")
    class Hub:
        id: strawberry.ID = global_id()
        name: str = attribute("Name as used by the hub itself.")
        topics: list[Topic] = link(links.HUB_TOPICS, "Topics the hub focuses on, by German name.")
        municipalities: EdgeConnection[HubMunicipalityEdge] = connection(links.HUB_MUNICIPALITIES, "Served, largest first.")

The declaration travels as metadata of the Strawberry field; `network.execution.compile` reads it from the schema.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

import strawberry
from strawberry.federation.schema_directives import ListSize

from graph.ddl import LABELS
from graph.links import Link
from graph.model import Node
from network.execution import registry
from network.execution.resolve import field_value, link_value

T = TypeVar("T")

First = Annotated[int, strawberry.argument(description="How many, 0 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the edge after which to go on.")]

DECLARED: Final = "declared"
"""Key of the declaration in a Strawberry field's metadata."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of the node, of the relationship (on an edge), of the JSON object or of the value. None: as the field."""

    property: str | None = None


@dataclass(frozen=True, slots=True)
class GlobalId:
    """`Label:key`."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A pure function of properties; called with their values in the order of `needs`, None where not known."""

    function: Callable[..., Any]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkField:
    """Along a link. `links` by label: one entry, or one for each label that implements the interface."""

    links: Mapping[str, Link]
    is_connection: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """On a value: a node, or several, that the value names by `NodeKey`."""

    property: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a connection or of an edge: edges, pageInfo, totalCount, cursor, node."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A resolver of its own; on a node it receives the node with the properties that it needs."""

    needs: tuple[str, ...] = ()


Declared = Attribute | GlobalId | Derived | LinkField | Reference | Part | Computed


def declared_of(field: object) -> Declared | None:
    """The declaration of a Strawberry field; None for a field that was declared without this module."""
    found = getattr(field, "metadata", {}).get(DECLARED)
    return found if isinstance(found, Declared) else None


def _field(declared: Declared, description: str, resolver: Callable[..., Any], **options: Any) -> Any:
    return strawberry.federation.field(
        resolver=resolver, description=description, metadata={DECLARED: declared}, **options
    )


def attribute(description: str, property: str | None = None, **options: Any) -> Any:  # noqa: A002 - the graph's word
    """The value of a property; null for a caller who may not see it.

    Works on nodes, on edges (properties of the relationship), on values and on objects stored as JSON alike.

    Args:
        property: Its name in the model where it differs from the field's.
        options: Of `strawberry.federation.field`, e.g. `shareable`, `deprecation_reason`, `name`.
    """
    return _field(Attribute(property), description, _attribute_resolver(Attribute(property)), **options)


def global_id(description: str = "Global id, `Label:key`, for `node(id:)`.", **options: Any) -> Any:
    """The id that names the node in the whole network."""
    return _field(GlobalId(), description, _attribute_resolver(GlobalId()), **options)


def derived(function: Callable[..., Any], needs: Sequence[str], description: str, **options: Any) -> Any:
    """A value made from properties by a pure `function`, which gets their values in the order of `needs`."""
    declared = Derived(function, tuple(needs))
    return _field(declared, description, _attribute_resolver(declared), **options)


def link(links: Link | Mapping[str, Link], description: str, *, assumed: int = 10, **options: Any) -> Any:
    """Nodes along a link, whole (a list) or the one there is (an object type), as the annotation says.

    Args:
        links: One link, or one by label for a field of an interface.
        assumed: How many items the cost of an operation counts.
    """
    declared = LinkField(_by_label(links))
    is_many = next(iter(declared.links.values())).is_many
    directives = [_size(assumed_size=assumed)] if is_many else []
    return _field(declared, description, _link_resolver(declared), directives=directives, **options)


def connection(links: Link | Mapping[str, Link], description: str, **options: Any) -> Any:
    """A Relay connection along a link: `Connection[Topic]`, or `EdgeConnection[…]` where edges show properties."""
    declared = LinkField(_by_label(links), is_connection=True)
    return _field(declared, description, _connection_resolver(declared), directives=[connection_size()], **options)


def reference(description: str, property: str | None = None, **options: Any) -> Any:  # noqa: A002
    """On a value: the node that its `NodeKey` names (or list of nodes). One `select` loads all of a position.

    An item of a list whose non-null reference cannot be read by the caller is left out of the list.
    """
    declared = Reference(property)
    return _field(declared, description, _attribute_resolver(declared), **options)


def part(description: str, **options: Any) -> Any:
    """A field of connections and edges."""
    return _field(Part(), description, _attribute_resolver(Part()), **options)


def computed(
    returns: Any, description: str, *, needs: Sequence[str] = (), **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """A resolver with logic of its own: for root fields, mutations, and the rare field of a node.

    The function returns a `Read`, a `NodeKey`, a value (or list of values) of a registered class, or a plain leaf; what
    it reads of nodes is loaded by the engine. On a node it takes `node: strawberry.Parent[NodeRow]` with the properties
    named in `needs` (`node["slug"]`) and `node.key`.

    Args:
        returns: The GraphQL type (a class, `X | None`, `list[X]`, or text evaluated in the function's module).
    """

    def decorate(function: Callable[..., Any]) -> Any:
        return strawberry.federation.field(
            description=description,
            metadata={DECLARED: Computed(tuple(needs))},
            graphql_type=returns,
            resolver=function,
            **options,
        )

    return decorate


def list_size() -> ListSize:
    """What a list costs that takes `first`: as many items."""
    return _size(slicing_arguments=["first"])


def connection_size() -> ListSize:
    """What a connection costs: `first` rows of its edges."""
    return _size(slicing_arguments=["first"], sized_fields=["edges"])


def rows_size(*names: str) -> ListSize:
    """What an object costs whose fields `names` (in GraphQL) list `first` rows."""
    return _size(slicing_arguments=["first"], sized_fields=list(names))


def at_most(most: int) -> ListSize:
    """What a list costs that never has more than `most` items."""
    return _size(assumed_size=most)


def _size(**given: Any) -> ListSize:
    # `null` in this directive crashes Apollo's composition, so what is not given stays unset.
    unset = dict.fromkeys(("assumed_size", "slicing_arguments", "sized_fields"), strawberry.UNSET)
    return ListSize(**{**unset, "require_one_slicing_argument": False, **given})


def node(
    model: type[Node], *, description: str, keys: Sequence[str] = ("id",), name: str | None = None, **options: Any
) -> Callable[[type[T]], type[T]]:
    """Declares an entity that shows nodes of `model`.

    Args:
        keys: `@key` fields, by GraphQL name.
        name: GraphQL name where it differs from the class's.
        options: Of `strawberry.federation.type`.
    """

    def decorate(cls: type[T]) -> type[T]:
        type_name = name or cls.__name__
        registry.register_node(type_name, model)
        _set_is_type_of(cls, type_name)
        declared: type[T] = strawberry.federation.type(name=name, keys=list(keys), description=description, **options)(
            cls
        )
        return declared

    return decorate


def value(
    of: type | None = None, *, description: str | None, name: str | None = None, **options: Any
) -> Callable[[type[T]], type[T]]:
    """Declares an object type that is no node: instances of `of` (frozen dataclasses), or objects stored as JSON (None).

    `description` is None only for `extend=True`: an extension has none (GraphQL §3.6.3). Options are those of `strawberry.federation.type`, e.g. `shareable=True` where several subgraphs declare it.
    """

    def decorate(cls: type[T]) -> type[T]:
        if of is not None:
            type_name = name or cls.__name__
            registry.register_value(type_name, of)
            _set_is_type_of(cls, type_name)
        declared: type[T] = strawberry.federation.type(name=name, description=description, **options)(cls)
        return declared

    return decorate


def interface(*, description: str, name: str | None = None, **options: Any) -> Callable[[type[T]], type[T]]:
    """Declares an interface of nodes or values; their class decides which type an object has."""

    def decorate(cls: type[T]) -> type[T]:
        untyped: Any = cls
        untyped.resolve_type = staticmethod(lambda found, _info, _type: registry.name_of(found))
        declared: type[T] = strawberry.federation.interface(name=name, description=description, **options)(cls)
        return declared

    return decorate


def _set_is_type_of(cls: Any, type_name: str) -> None:
    cls.is_type_of = staticmethod(lambda found, _info: registry.name_of(found) == type_name)


def _by_label(links: Link | Mapping[str, Link]) -> Mapping[str, Link]:
    found = {links.source: links} if isinstance(links, Link) else dict(links)
    for label, declared in found.items():
        if declared.source != label or label not in LABELS:
            raise TypeError(f"the link for {label} starts at {declared.source}")
    return found


def _attribute_resolver(declared: Declared) -> Callable[..., Any]:
    def resolve(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        return field_value(root, declared, info)

    return resolve


def _link_resolver(declared: LinkField) -> Callable[..., Any]:
    def resolve(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        return link_value(root, declared, info)

    return resolve


def _connection_resolver(declared: LinkField) -> Callable[..., Any]:
    def resolve(
        root: strawberry.Parent[Any],
        info: strawberry.Info,
        first: First = 20,
        after: After = None,
    ) -> Any:
        return link_value(root, declared, info, first=first, after=after)

    return resolve

"""The three subgraphs: types with attributes and links, thin resolvers."""

from strawberry.federation import Schema


def schemas(*, max_representations: int = 1_000) -> dict[str, Schema]:
    """The subgraphs by name, in the order in which the gateway merges them.

    Args:
        max_representations: Entity references that one `_entities` field takes.
    """
    # Their modules import siblings of this one.
    from network.subgraphs.directory.schema import schema as directory
    from network.subgraphs.discovery.schema import schema as discovery
    from network.subgraphs.projects.schema import schema as projects

    return {
        "directory": directory(max_representations=max_representations),
        "projects": projects(max_representations=max_representations),
        "discovery": discovery(max_representations=max_representations),
    }

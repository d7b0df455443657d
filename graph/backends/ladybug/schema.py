"""What `graph.ddl` declares, as tables of the embedded database."""

from typing import Final

from graph.backends.ladybug.connections import Session
from graph.ddl import LABELS, RELATIONSHIPS, Label, PropertyType, RelationshipType

TYPES: Final = {
    PropertyType.TEXT: "STRING",
    PropertyType.INTEGER: "INT64",
    PropertyType.FLOAT: "DOUBLE",
    PropertyType.BOOLEAN: "BOOL",
    PropertyType.TEXTS: "STRING[]",
    PropertyType.JSON: "STRING",
}


def declare(session: Session) -> None:
    """Creates the tables that are missing and adds to the others what they lack; nothing is ever taken away."""
    tables = {name for _, name, *_ in session.execute("CALL show_tables() RETURN *")}
    for label in LABELS.values():
        if label.name in tables:
            _extend_nodes(session, label)
        else:
            session.execute(_create_nodes(label))
    for relationship in RELATIONSHIPS.values():
        if relationship.name in tables:
            _extend_relationships(session, relationship)
        else:
            session.execute(_create_relationships(relationship))


def declare_label(session: Session, name: str) -> None:
    """Creates the table of one label unless it is there."""
    if name not in {table for _, table, *_ in session.execute("CALL show_tables() RETURN *")}:
        session.execute(_create_nodes(LABELS[name]))


def _create_nodes(label: Label) -> str:
    columns = ", ".join(f"`{one.name}` {TYPES[one.type]}" for one in label.properties.values())
    return f"CREATE NODE TABLE `{label.name}`({columns}, PRIMARY KEY(`{label.key}`))"


def _extend_nodes(session: Session, label: Label) -> None:
    known = {name for _, name, *_ in session.execute(f"CALL table_info('{label.name}') RETURN *")}
    for one in label.properties.values():
        if one.name not in known:
            session.execute(f"ALTER TABLE `{label.name}` ADD `{one.name}` {TYPES[one.type]}")


def _create_relationships(declared: RelationshipType) -> str:
    pairs = ", ".join(f"FROM `{start}` TO `{end}`" for start, end in declared.pairs)
    columns = "".join(f", `{one.name}` {TYPES[one.type]}" for one in declared.properties.values())
    return f"CREATE REL TABLE `{declared.name}`({pairs}{columns})"


def _extend_relationships(session: Session, declared: RelationshipType) -> None:
    connected = {
        (start, end) for start, end, *_ in session.execute(f"CALL show_connection('{declared.name}') RETURN *")
    }
    for start, end in declared.pairs:
        if (start, end) not in connected:
            session.execute(f"ALTER TABLE `{declared.name}` ADD FROM `{start}` TO `{end}`")
    known = {name for _, name, *_ in session.execute(f"CALL table_info('{declared.name}') RETURN *")}
    for one in declared.properties.values():
        if one.name not in known:
            session.execute(f"ALTER TABLE `{declared.name}` ADD `{one.name}` {TYPES[one.type]}")

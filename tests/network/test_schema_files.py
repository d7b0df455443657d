"""The schema as others rely on it: reviewed snapshots, no breaking change, a description everywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    specified_scalar_types,
)

from graph import vocabulary as stored
from network import subgraphs
from network.schema import files
from network.schema.files import BreakingChangesError, breaking_changes
from network.subgraphs import vocabulary as shown
from search.documents import LARGEST_CLASS, SIZE_CLASSES

SNAPSHOTS = Path(__file__).parents[2] / "docs" / "schema"


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return files.texts()


def test_the_snapshots_are_those_of_this_code(texts: dict[str, str]) -> None:
    kept = {path.stem: path.read_text(encoding="utf-8") for path in SNAPSHOTS.glob("*.graphql")}

    assert kept.keys() == texts.keys()
    for name, sdl in texts.items():
        assert kept[name] == sdl, f"the schema of {name} changed: run `make schema` and review the difference"


def test_nothing_breaks_clients_of_the_snapshot(texts: dict[str, str]) -> None:
    before = (SNAPSHOTS / "gateway.graphql").read_text(encoding="utf-8")

    assert breaking_changes(before, texts["gateway"]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("type Query { a: Int b: Int }", "type Query { a: Int }"),
        ("type Query { a: Int! }", "type Query { a: Int }"),
        ("type Query { a(b: Int): Int }", "type Query { a(b: Int!): Int }"),
        ("type Query { a: E } enum E { A B }", "type Query { a: E } enum E { A }"),
        ("type Query { a(b: I): Int } input I { c: Int }", "type Query { a(b: I): Int } input I { c: Int! }"),
    ],
)
def test_a_breaking_change_is_named(before: str, after: str) -> None:
    assert len(breaking_changes(before, after)) == 1


def test_a_breaking_change_never_becomes_the_snapshot(texts: dict[str, str], tmp_path: Path) -> None:
    promised = texts["gateway"].replace("type Query {", 'type Query {\n  "Gone." gone: Int\n', 1)
    (tmp_path / "gateway.graphql").write_text(promised, encoding="utf-8")

    with pytest.raises(BreakingChangesError, match=r"Query\.gone"):
        files.write(tmp_path)

    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == [promised]


def test_writing_reports_what_changed_and_then_nothing(tmp_path: Path) -> None:
    first = files.write(tmp_path / "schema")

    assert {path.stem for path in first} == {"gateway", *subgraphs.NAMES}
    assert files.write(tmp_path / "schema") == []


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if name.startswith(("__", "link__", "_Any", "_FieldSet")) or kind in specified_scalar_types.values():
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, given in kind.values.items() if not given.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    yield f"{name}.{field_name}"
                for argument_name, argument in getattr(field, "args", {}).items():
                    if not argument.description:
                        yield f"{name}.{field_name}({argument_name})"


def test_everything_is_described(gateway: GraphQLSchema, subgraphs: dict[str, GraphQLSchema]) -> None:
    for schema in (gateway, *subgraphs.values()):
        assert list(undescribed(schema)) == []


def test_the_test_of_descriptions_finds_what_lacks_one() -> None:
    from graphql import build_schema

    schema = build_schema('"q" type Query { a("x" y: Int z: E): Int } "e" enum E { A } "i" input I { b: Int }')

    assert set(undescribed(schema)) == {"Query.a", "Query.a(z)", "E.A", "I.b"}


@pytest.mark.parametrize(
    "name",
    [
        *("HubStatus", "MunicipalityKind", "Stage", "OperatingStatus", "Visibility", "Origin", "CostBand"),
        *("EventStatus", "AdoptionStatus", "NeedKind", "NeedStatus", "TaskKind"),
    ],
)
def test_an_enum_has_the_values_that_are_stored(name: str, gateway: GraphQLSchema) -> None:
    kept = [member.value for member in getattr(stored, name)]

    assert [member.value for member in getattr(shown, name)] == kept
    declared = gateway.type_map[name]
    assert isinstance(declared, GraphQLEnumType)
    assert list(declared.values) == kept


def test_size_classes_are_those_of_the_index() -> None:
    assert [str(member.value) for member in shown.SizeClass] == [*(name for _, name in SIZE_CLASSES), LARGEST_CLASS]


@pytest.mark.parametrize("name", ["ResultKind", "DocumentKind"])
def test_kinds_that_are_given_as_enums_are_those_that_are_stored(name: str) -> None:
    kept = {member.name: member.value for member in getattr(stored, name)}

    assert {member.name: member.value for member in getattr(shown, name)} == kept

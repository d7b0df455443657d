"""Changes of a schema: each found, at its coordinate, in its class, under a code that stays."""

import random
from typing import Any

import pytest
from graphql import build_schema, find_breaking_changes
from graphql.utilities.find_schema_changes import BreakingChangeType, DangerousChangeType, SafeChangeType
from hypothesis import given
from hypothesis import strategies as st

from network.schema.changes import Change, Level, UnreadableSchemaError, changes, concerns
from network.schema.report import UsedBy, exit_code, lines, report

BASE = "type Query { a: Int }"


def only(old: str, new: str) -> Change:
    (change,) = changes(old, new)
    return change


def query(fields: str, rest: str = "") -> str:
    return f"type Query {{ keep: Int {fields} }} {rest}"


@pytest.mark.parametrize(
    ("old", "new", "level", "code", "path"),
    [
        (query("a: Int"), query(""), "breaking", "FIELD_REMOVED", "Query.a"),
        (query("a: Int!"), query("a: Int"), "breaking", "FIELD_CHANGED_KIND", "Query.a"),
        (query("a(b: Int): Int"), query("a: Int"), "breaking", "ARG_REMOVED", "Query.a(b:)"),
        (query("a(b: Int): Int"), query("a(b: Int!): Int"), "breaking", "ARG_CHANGED_KIND", "Query.a(b:)"),
        (query("a: Int"), query("a(b: Int!): Int"), "breaking", "REQUIRED_ARG_ADDED", "Query.a(b:)"),
        (query("", "type T { x: Int }"), query(""), "breaking", "TYPE_REMOVED", "T"),
        (query("", "type T { x: Int }"), query("", "input T { x: Int }"), "breaking", "TYPE_CHANGED_KIND", "T"),
        (query("", "enum E { A B }"), query("", "enum E { A }"), "breaking", "VALUE_REMOVED_FROM_ENUM", "E.B"),
        (query("", "input I { a: Int }"), query("", "input I { a: Int b: Int! }"), "breaking", "REQUIRED_INPUT_FIELD_ADDED", "I.b"),
        (query("", "enum E { A }"), query("", "enum E { A B }"), "dangerous", "VALUE_ADDED_TO_ENUM", "E.B"),
        (query("a(b: Int = 1): Int"), query("a(b: Int = 2): Int"), "dangerous", "ARG_DEFAULT_VALUE_CHANGE", "Query.a(b:)"),
        (query("", "input I { a: Int = 1 }"), query("", "input I { a: Int = 2 }"), "dangerous", "INPUT_FIELD_DEFAULT_VALUE_CHANGE", "I.a"),
        (query("a: Int"), query("a(b: Int): Int"), "safe", "OPTIONAL_ARG_ADDED", "Query.a(b:)"),
        (query("", "input I { a: Int }"), query("", "input I { a: Int b: Int }"), "safe", "OPTIONAL_INPUT_FIELD_ADDED", "I.b"),
        (query(""), query("a: Int"), "safe", "FIELD_ADDED", "Query.a"),
        (query(""), query("", "type T { x: Int }"), "safe", "TYPE_ADDED", "T"),
        (query("a: Int"), query("a: Int!"), "safe", "FIELD_CHANGED_KIND_SAFE", "Query.a"),
        (query("a: Int"), query('"New." a: Int'), "safe", "DESCRIPTION_CHANGED", "Query.a"),
        (query("a(b: Int): Int"), query('a("New." b: Int): Int'), "safe", "DESCRIPTION_CHANGED", "Query.a(b:)"),
        (query("", "input I { a: Int }"), query("", 'input I { "New." a: Int }'), "safe", "DESCRIPTION_CHANGED", "I.a"),
        (query("", "enum E { A }"), query("", 'enum E { "New." A }'), "safe", "DESCRIPTION_CHANGED", "E.A"),
        (query("", "enum E { A }"), query("", '"New." enum E { A }'), "safe", "DESCRIPTION_CHANGED", "E"),
        (query("a: Int"), query("a: Int @deprecated"), "safe", "DEPRECATION_ADDED", "Query.a"),
        (query("a: Int @deprecated"), query("a: Int"), "safe", "DEPRECATION_REMOVED", "Query.a"),
        (query("a(b: Int): Int"), query("a(b: Int @deprecated): Int"), "safe", "DEPRECATION_ADDED", "Query.a(b:)"),
        (query("a: Int @deprecated"), query('a: Int @deprecated(reason: "x")'), "safe", "DEPRECATION_CHANGED", "Query.a"),
    ],
)  # fmt: skip
def test_a_change_has_its_class_its_code_and_its_place(old: str, new: str, level: str, code: str, path: str) -> None:
    change = only(old, new)
    assert (change.level, change.code, change.path) == (level, code, path)


UNION = "type A { x: Int } type B { x: Int }"


@pytest.mark.parametrize(
    ("old", "new", "level", "code", "path"),
    [
        ("union U = A | B", "union U = A", "breaking", "TYPE_REMOVED_FROM_UNION", "U"),
        ("union U = A", "union U = A | B", "dangerous", "TYPE_ADDED_TO_UNION", "U"),
    ],
)
def test_members_of_unions_are_told_at_the_union(old: str, new: str, level: str, code: str, path: str) -> None:
    change = only(query("", f"{UNION} {old}"), query("", f"{UNION} {new}"))
    assert (change.level, change.code, change.path) == (level, code, path)


SUBGRAPH = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"]) type Query { keep: Int }'
)


@pytest.mark.parametrize(
    ("directive", "come", "gone"),
    [
        ('@key(fields: "id")', "safe", "breaking"),
        ("@shareable", "safe", "breaking"),
        ("@external", "breaking", "dangerous"),
        ("@inaccessible", "breaking", "safe"),
        ("@authenticated", "breaking", "dangerous"),
        ('@requiresScopes(scopes: [["a"]])', "breaking", "dangerous"),
        ("@interfaceObject", "breaking", "breaking"),
        ('@override(from: "x")', "dangerous", "dangerous"),
        ('@provides(fields: "x")', "safe", "dangerous"),
        ('@requires(fields: "x")', "dangerous", "safe"),
        ("@cost(weight: 5)", "dangerous", "dangerous"),
        ('@tag(name: "x")', "safe", "dangerous"),
        ("@somebodyElses", "dangerous", "dangerous"),
    ],
)
@pytest.mark.parametrize("place", ["type T {0} {{ id: ID! }}", "type T {{ id: ID! {0} }}"])
def test_directives_of_federation_come_and_go(directive: str, come: str, gone: str, place: str) -> None:
    without, with_it = f"{SUBGRAPH} {place.format('')}", f"{SUBGRAPH} {place.format(directive)}"
    path = "T" if place.startswith("type T {0}") else "T.id"
    added, removed = only(without, with_it), only(with_it, without)

    assert (added.level, added.path, removed.level, removed.path) == (come, path, gone, path)
    assert added.code.removesuffix("_ADDED") == removed.code.removesuffix("_REMOVED") != added.code
    assert directive in added.text


def test_one_key_of_two_goes() -> None:
    old = f'{SUBGRAPH} type T @key(fields: "id") @key(fields: "slug") {{ id: ID! slug: String }}'
    change = only(old, old.replace(' @key(fields: "slug")', ""))
    assert (change.level, change.code) == (Level.BREAKING, "KEY_REMOVED")


def test_codes_of_the_library_are_those_that_programs_know() -> None:
    names = {kind.name for kinds in (BreakingChangeType, DangerousChangeType, SafeChangeType) for kind in kinds}
    assert names == {
        *("TYPE_REMOVED", "TYPE_CHANGED_KIND", "TYPE_REMOVED_FROM_UNION", "VALUE_REMOVED_FROM_ENUM"),
        *("REQUIRED_INPUT_FIELD_ADDED", "IMPLEMENTED_INTERFACE_REMOVED", "FIELD_REMOVED", "FIELD_CHANGED_KIND"),
        *("REQUIRED_ARG_ADDED", "ARG_REMOVED", "ARG_CHANGED_KIND", "DIRECTIVE_REMOVED", "DIRECTIVE_ARG_REMOVED"),
        *("REQUIRED_DIRECTIVE_ARG_ADDED", "DIRECTIVE_REPEATABLE_REMOVED", "DIRECTIVE_LOCATION_REMOVED"),
        *("VALUE_ADDED_TO_ENUM", "TYPE_ADDED_TO_UNION", "OPTIONAL_INPUT_FIELD_ADDED", "OPTIONAL_ARG_ADDED"),
        *("IMPLEMENTED_INTERFACE_ADDED", "ARG_DEFAULT_VALUE_CHANGE", "INPUT_FIELD_DEFAULT_VALUE_CHANGE"),
        *("DESCRIPTION_CHANGED", "TYPE_ADDED", "OPTIONAL_DIRECTIVE_ARG_ADDED", "FIELD_CHANGED_KIND_SAFE"),
        *("ARG_CHANGED_KIND_SAFE", "DIRECTIVE_ADDED", "FIELD_ADDED", "DIRECTIVE_REPEATABLE_ADDED"),
        *("DIRECTIVE_LOCATION_ADDED", "INPUT_FIELD_DEFAULT_VALUE_ADDED", "ARG_DEFAULT_VALUE_ADDED"),
    }


@pytest.mark.parametrize(
    "text", ["", "{ a }", "type", "type Query { a: Nowhere }", "fragment F on T { a }", "{" * 5_000]
)
@pytest.mark.parametrize("which", ["OLD", "NEW"])
def test_what_is_no_schema_is_named(text: str, which: str) -> None:
    pair = (text, BASE) if which == "OLD" else (BASE, text)
    with pytest.raises(UnreadableSchemaError) as caught:
        changes(*pair)
    assert caught.value.which == which


kinds = st.sampled_from(["Int", "Int!", "[Int]", "[Int!]!", "String", "ID"])
inputs = st.sampled_from(["Int", "Int!", "Int = 1", "Int = 2", "E", "I", "[I!]"])
marks = st.sampled_from(["", "@deprecated", '@deprecated(reason: "2026-01-01: other")', "@shareable"])
names = st.sampled_from("abcd")
fields = st.dictionaries(
    names, st.tuples(st.dictionaries(names, inputs, max_size=2), kinds, marks, st.sampled_from(["", '"x" '])), min_size=1, max_size=3
)  # fmt: skip


def _type(name: str, given: dict[str, Any], key: str) -> str:
    parts = []
    for field, (arguments, kind, mark, description) in given.items():
        listed = ", ".join(f"{argument}: {taken}" for argument, taken in arguments.items())
        parts.append(f"{description}{field}{f'({listed})' if listed else ''}: {kind} {mark}")
    return f"type {name} {key} {{ {' '.join(parts)} }}"


schemas = st.builds(
    lambda root, other, key, values, input_fields, members: " ".join(
        [
            _type("Query", root, ""),
            _type("T", other, key),
            "type V { v: Int }",
            f"enum E {{ {' '.join(sorted(values))} }}",
            f"input I {{ {' '.join(f'{name}: {kind}' for name, kind in input_fields.items())} }}",
            f"union U = {' | '.join(sorted(members))}",
        ]
    ),
    fields,
    fields,
    st.sampled_from(["", '@key(fields: "a")', '@key(fields: "b")', '@key(fields: "a") @key(fields: "b")']),
    st.sets(st.sampled_from("ABC"), min_size=1),
    st.dictionaries(names, st.sampled_from(["Int", "Int!", "Int = 1", "E"]), min_size=1, max_size=3),
    st.sets(st.sampled_from("TV"), min_size=1),
)


@given(schemas)
def test_nothing_changed_is_no_change(sdl: str) -> None:
    assert changes(sdl, sdl) == []


@given(schemas, st.randoms())
def test_order_is_no_change(sdl: str, shuffle: random.Random) -> None:
    parts = (
        sdl.replace(" enum", "\nenum")
        .replace(" input", "\ninput")
        .replace(" union", "\nunion")
        .replace(" type", "\ntype")
    )
    definitions = parts.splitlines()
    shuffle.shuffle(definitions)
    assert changes(sdl, " ".join(definitions)) == []


@given(schemas, schemas)
def test_every_breaking_change_of_the_library_is_one_here(old: str, new: str) -> None:
    found = changes(old, new)
    theirs = {
        (change.type.name, change.description)
        for change in find_breaking_changes(*(build_schema(sdl, assume_valid_sdl=True) for sdl in (old, new)))
    }
    ours = {(one.code, one.text) for one in found if one.level is Level.BREAKING}

    assert theirs <= ours
    assert all(code in ("KEY_REMOVED", "SHAREABLE_REMOVED") for code, _ in ours - theirs)


@given(schemas, schemas)
def test_every_change_names_a_part_of_one_of_the_schemas(old: str, new: str) -> None:
    for change in changes(old, new):
        owner, _, member = change.path.partition(".")
        field, _, argument = member.partition("(")
        types = [build_schema(sdl, assume_valid_sdl=True).type_map.get(owner) for sdl in (old, new)]
        parts = [getattr(one, "fields", None) or getattr(one, "values", {}) for one in types]
        assert any(types)
        assert not field or any(field in one for one in parts)
        assert not argument or any(argument.removesuffix(":)") in one[field].args for one in parts if field in one)


@given(schemas, schemas)
def test_what_one_direction_adds_the_other_removes(old: str, new: str) -> None:
    def coded(found: list[Change], *codes: str) -> set[str]:
        return {one.path for one in found if one.code in codes}

    there, back = changes(old, new), changes(new, old)
    assert coded(there, "FIELD_ADDED", "REQUIRED_INPUT_FIELD_ADDED", "OPTIONAL_INPUT_FIELD_ADDED") == coded(
        back, "FIELD_REMOVED"
    )
    assert coded(there, "VALUE_ADDED_TO_ENUM") == coded(back, "VALUE_REMOVED_FROM_ENUM")
    assert coded(there, "DEPRECATION_ADDED") == coded(back, "DEPRECATION_REMOVED")
    assert coded(there, "KEY_ADDED") == coded(back, "KEY_REMOVED")


TODAY = "2026-11-22"


@pytest.mark.parametrize(
    ("reason", "said", "days"),
    [
        ('(reason: "2026-05-01: use `b`.")', "for 205 days: 2026-05-01: use `b`.", 205),
        ('(reason: "2027-01-01: use `b`.")', "for 0 days", 0),
        ('(reason: "Use `b`.")', "since when its reason does not say: Use `b`.", None),
        ('(reason: "2026-99-01: x")', "since when its reason does not say", None),
        ("", "since when its reason does not say: No longer supported", None),
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a: Int {0}", ""),
        ("a(b: Int {0}): Int", "a: Int"),
    ],
)
def test_a_removal_after_a_deprecation_is_breaking_and_says_so(
    old: str, new: str, reason: str, said: str, days: int | None
) -> None:
    found = changes(query(old.format(f"@deprecated{reason}")), query(new))
    (told,) = report(found, today=TODAY)["changes"]

    assert exit_code(found) == 1
    assert said in next(lines(found, today=TODAY))
    assert (told["level"], told["deprecatedDays"]) == ("breaking", days)


def test_a_removal_without_one_says_nothing_of_it() -> None:
    found = changes(query("a: Int"), query(""))
    assert "deprecated" not in next(lines(found, today=TODAY))


@pytest.mark.parametrize(
    ("old", "new", "met", "unmet"),
    [
        (query("a: Int"), query(""), "Query.a", "Query.ab"),
        (query("a(b: Int): Int"), query("a: Int"), "Query.a(b:)", "Query.a"),
        (query("a: Int"), query("a(b: Int!): Int"), "Query.a", "Query.a(b:)"),
        (query("", "type T { x: Int }"), query(""), "T.x", "TX.x"),
        (query("", "input I { a: Int }"), query("", "input I { a: Int b: Int! }"), "I.a", "Query.keep"),
        (query("", f"{UNION} union U = A | B"), query("", f"{UNION} union U = A"), "B.x", "A.x"),
        (query("", "enum E { A B }"), query("", "enum E { A }"), "E.B", "E.A"),
    ],
)
def test_a_change_concerns_who_used_what_it_takes_away(old: str, new: str, met: str, unmet: str) -> None:
    change = only(old, new)
    assert concerns(change, met)
    assert not concerns(change, unmet)


def test_users_stand_below_the_change() -> None:
    found = changes(query("a: Int b: Int", "enum E { A }"), query("", "enum E { A B }"))
    usage = [UsedBy("Query.a", "@town/app", "1.2", 7, "2026-11-20"), UsedBy("Query.keep", "", "", 1, "2026-11-20")]

    assert list(lines(found, today=TODAY, usage=usage)) == [
        "✗ breaking FIELD_REMOVED Query.a: Field Query.a was removed.",
        "    Query.a: @town/app 1.2: 7 times, last on 2026-11-20",
        "✗ breaking FIELD_REMOVED Query.b: Field Query.b was removed.",
        "    used by nobody",
        "! dangerous VALUE_ADDED_TO_ENUM E.B: Enum value E.B was added.",
        "2 breaking, 1 dangerous, 0 safe",
    ]

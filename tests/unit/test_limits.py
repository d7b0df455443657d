"""Limits of documents: each hostile document is refused for its own reason, useful ones pass, work stays small."""

import sys
from collections.abc import Callable

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_introspection_query,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from network.errors import code_of
from network.limits import SATURATED, LimitExceededError, Limits, measure, of_router
from network.operations.documents import CACHED_DOCUMENTS, Document, Documents, InvalidDocumentError

SDL = """
directive @mark repeatable on FIELD | QUERY | FRAGMENT_SPREAD | INLINE_FRAGMENT | VARIABLE_DEFINITION
type Query { n(a: Int): N node(id: ID): N projects(first: Int): ProjectConnection! search(text: String): SearchConnection! plain: String }
type Mutation { count: Int }
type N { x: Int child(a: Int): N children: [N!]! }
type PageInfo { hasNextPage: Boolean! }
type ProjectConnection { edges: [ProjectEdge!]! pageInfo: PageInfo! totalCount: Int! }
type SearchConnection { edges: [ProjectEdge!]! pageInfo: PageInfo! facets: [N!]! }
type ProjectEdge { node: Project! cursor: String! }
type Project { title: String hub: Hub topics: [Topic!]! municipalities(first: Int): MunicipalityConnection! }
type Hub { name: String }
type Topic { name: String }
type MunicipalityConnection { edges: [MunicipalityEdge!]! pageInfo: PageInfo! }
type MunicipalityEdge { node: Municipality! cursor: String! }
type Municipality { name: String }
"""
SCHEMA = build_schema(SDL)


def documents(**limits: int) -> Documents:
    return Documents(SCHEMA, Limits(**limits), has_suggestions=True)


def limit_crossed(text: str, **limits: int) -> LimitExceededError:
    with pytest.raises(InvalidDocumentError) as caught:
        documents(**limits).get(text)
    origin = caught.value.errors[0].original_error
    assert isinstance(origin, LimitExceededError), caught.value
    assert code_of(caught.value.errors[0]) == "LIMIT_EXCEEDED"
    return origin


def bomb(depth: int, *, breadth: int = 2, aliases: bool = True) -> str:
    """`breadth` to the power of `depth` fields in a few hundred bytes."""
    spread = [
        f"fragment F{i} on N {{ "
        + " ".join((f"a{j}: " if aliases else "") + f"child{{...F{i + 1}}}" for j in range(breadth))
        + " }"
        for i in range(depth)
    ]
    return "{n{...F0}} " + " ".join(spread) + f" fragment F{depth} on N {{x}}"


HOSTILE: dict[str, tuple[str, str]] = {
    "250 root fields": ("{" + "n{x} " * 250 + "}", "max_root_fields"),
    "2000 root fields": ("{" + "n{x} " * 2_000 + "}", "max_tokens"),
    "250 aliases at the root": ("{" + "".join(f"a{i}:n{{x}} " for i in range(250)) + "}", "max_root_fields"),
    "11 mutations by a fragment": ("mutation {...F} fragment F on Mutation {" + "count " * 11 + "}", "max_mutations"),
    "250 aliases below": ("{n{" + "".join(f"a{i}:x " for i in range(250)) + "}}", "max_aliases"),
    "1000 aliases": ("{" + "".join(f"a{i}:n{{x}} " for i in range(1_000)) + "}", "max_tokens"),
    "1000 repeated trees": ("{" + "n{child{child{x}}} " * 1_000 + "}", "max_tokens"),
    "depth 20": ("{n" + "{child" * 20 + "{x}" + "}" * 21, "max_depth"),
    "depth 100": ("{n" + "{child" * 100 + "{x}" + "}" * 101, "max_depth"),
    "depth 300": ("{n" + "{child" * 300 + "{x}" + "}" * 301, "nesting"),
    "depth 900": ("{n" + "{child" * 900 + "{x}" + "}" * 901, "nesting"),
    "inline fragments in each other": ("{n" + "{..." * 150 + "{x}" + "}" * 151, "nesting"),
    "2^10 by fragments": (bomb(10), "max_aliases"),
    "2^14 by fragments": (bomb(13), "max_aliases"),
    "2^60 by fragments": (bomb(60), "max_depth"),
    "3^40 without a level": (
        "{n{...F0}} "
        + " ".join(f"fragment F{i} on N {{...F{i + 1} ...F{i + 1} ...F{i + 1}}}" for i in range(40))
        + " fragment F40 on N {x}",
        "max_fields",
    ),
    "a chain of 100 fragments": (
        "{n{...F0}} " + " ".join(f"fragment F{i} on N {{...F{i + 1}}}" for i in range(100)) + " fragment F100 on N {x}",
        "nesting",
    ),
    "100 directives": ("{n{x " + "@include(if:true) " * 100 + "}}", "max_directives"),
    "5 directives at one place": ("{n{x " + "@mark " * 5 + "}}", "max_directives_per_place"),
    "directives by fragments": (
        "{n{" + "...F " * 20 + "}} fragment F on N { x @mark @mark @mark }",
        "max_directives",
    ),
    "5000 directives": ("{n{x " + "@include(if:true) " * 5_000 + "}}", "max_tokens"),
    "1000 undefined fields": ("{" + "".join(f"zz{i} " for i in range(1_000)) + "}", "max_root_fields"),
    "2000 unknown arguments": ("{" + "".join(f"n(b{i}:1){{x}} " for i in range(2_000)) + "}", "max_tokens"),
    "fields that must be compared": ("{n{" + "child{child{x}} " * 150 + "}}", "validation"),
    "inline fragments to be compared": ("{n{" + "...on N{child{x}}" * 190 + "}}", "validation"),
    "comments": ("#\n" * 3_000 + "{n{x}}", "max_tokens"),
    "lists in a value": ("{n(a:" + "[" * 900 + "]" * 900 + "){x}}", "nesting"),
    "introspection in circles": ("{__schema{types{fields{type{fields{name}}}}}}", "introspection_lists"),
    "introspection in circles by fragments": (
        "{__schema{types{...T}}} fragment T on __Type{fields{type{...U}}} fragment U on __Type{fields{name}}",
        "introspection_lists",
    ),
    "introspection without end": (
        '{__type(name:"N"){' + "ofType{" * 30 + "name" + "}" * 32,
        "introspection_depth",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_for_what_it_does(name: str) -> None:
    text, limit = HOSTILE[name]
    error = limit_crossed(text)
    assert error.limit == limit
    assert str(error).startswith(f"Limit {limit} is {error.value:g}, asked for ")


# Python-level calls during the refusal. A useful document of 60 fields takes 12,000; 50 ms of CPU are about 400,000.
MAX_CALLS = 250_000
INVALID = {
    "undefined fields": "{n{" + "".join(f"zz{i} " for i in range(900)) + "}}",
    "unknown arguments": "{n(" + "".join(f"zz{i}:1 " for i in range(600)) + "){x}}",
    "unused variables": "query(" + " ".join(f"$v{i}:Int" for i in range(400)) + "){n{x}}",
    "unused fragments": "{n{x}} " + " ".join(f"fragment F{i} on N{{x}}" for i in range(280)),
    "fragments in a circle": "{n{...A}} fragment A on N{...B} fragment B on N{...A x}",
    "a fragment in itself, often": "{n{" + "...A " * 300 + "}} fragment A on N{" + "...A " * 300 + "x}",
    "unknown fragments": "{n{" + "".join(f"...F{i} " for i in range(600)) + "}}",
}


@pytest.mark.parametrize("name", [*HOSTILE, *INVALID])
def test_refusing_takes_little_work(name: str) -> None:
    text = HOSTILE[name][0] if name in HOSTILE else INVALID[name]

    def refuse() -> None:
        with pytest.raises(InvalidDocumentError):
            documents().get(text)

    assert calls_during(refuse) < MAX_CALLS


def test_work_grows_with_the_document_and_not_with_what_it_expands_to() -> None:
    ten, twenty = (parse(bomb(depth, breadth=3)) for depth in (10, 20))
    assert calls_during(lambda: measure(twenty)) < 2.5 * calls_during(lambda: measure(ten))


def calls_during(function: Callable[[], object]) -> int:
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def test_the_standard_introspection_query_passes() -> None:
    everything = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    document = documents().get(everything)
    assert document.asks_introspection
    assert not document.asks_federation


PAGE = """query($first: Int = 10) { projects(first: 100) { edges { node {
  title hub { name } topics { name } municipalities(first: $first) { edges { node { name } } pageInfo { hasNextPage } }
} } } }"""


def test_a_page_of_100_projects_with_what_belongs_to_them_passes() -> None:
    cost = documents().get(PAGE).operation(None).cost
    # 100 projects, each with a hub, ten topics (assumed) and ten municipalities.
    assert cost.total({}) == 100 * (1 + 1 + 10 + 10)
    cost.check({}, Limits())


def test_page_sizes_in_variables_count_when_the_operation_runs() -> None:
    cost = documents().get(PAGE).operation(None).cost
    assert cost.total({"first": 100}) == 100 * (1 + 1 + 10 + 100)
    with pytest.raises(LimitExceededError, match=r"Limit max_cost is 10000, asked for 11200\."):
        cost.check({"first": 100}, Limits())


@pytest.mark.parametrize("value", [None, "100", 1.5, True, [1], {}, -5])
def test_page_sizes_of_a_wrong_type_do_not_break_the_count(value: object) -> None:
    assert documents().get(PAGE).operation(None).cost.total({"first": value}) in (2_200, 1_200)


@pytest.mark.parametrize("value", [10**30, 2**31])
def test_costs_stop_growing(value: int) -> None:
    cost = documents().get(PAGE).operation(None).cost
    assert cost.total({"first": value}) == SATURATED
    literal = PAGE.replace("$first: Int = 10", "$a: Int").replace("$first", str(value)).replace("($a: Int)", "")
    with pytest.raises(InvalidDocumentError):
        documents().get(literal)


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{plain}", 0),
        ("{__typename}", 0),
        ("{n{x}}", 1),
        ('{node(id: "N:1"){x}}', 1),
        ("{n{child{x}}}", 2),
        ("{n{children{x}}}", 11),
        ("{n{children{children{x}}}}", 111),
        ("{projects{totalCount}}", 20),
        ("{projects(first:5){edges{node{title}}}}", 5),
        ("{projects(first:5){edges{cursor node{hub{name}}} pageInfo{hasNextPage}}}", 10),
        ("{projects(first:0){edges{node{hub{name}}}}}", 0),
        ("{projects(first:5){...A}} fragment A on ProjectConnection{edges{node{hub{name}}}}", 10),
        ("{projects(first:5){... on ProjectConnection{edges{...E}}}} fragment E on ProjectEdge{node{hub{name}}}", 10),
        # Facets are paid once, not for each hit.
        ('{search(text:"x"){edges{node{title}} facets{x}}}', 10 + 10),
    ],
)
def test_a_relation_of_n_rows_costs_n(text: str, cost: int) -> None:
    assert documents().get(text).operation(None).cost.total({}) == cost


def test_the_operation_is_chosen_by_name() -> None:
    document: Document = documents().get("query A {plain} query B {n{x}}")
    assert document.operation("B").cost.total({}) == 1
    for name in (None, "C"):
        with pytest.raises(InvalidDocumentError):
            document.operation(name)


def test_a_document_is_read_once_and_the_cache_stays_small() -> None:
    cache = documents()
    first = cache.get("{plain}")
    assert cache.get("{plain}") is first
    for number in range(CACHED_DOCUMENTS + 50):
        cache.get(f"{{a{number}:plain}}")
    assert len(cache) == CACHED_DOCUMENTS
    assert cache.get("{plain}") is not first


def test_large_documents_displace_each_other_by_size() -> None:
    cache = documents()
    for number in range(40):
        cache.get("{plain} #" + str(number) * 500_000)
    assert 1 <= len(cache) < 40


def test_what_is_refused_is_not_kept() -> None:
    cache = documents()
    for text in ("{", "{nope}", "{" + "n{x} " * 250 + "}"):
        with pytest.raises(InvalidDocumentError):
            cache.get(text)
    assert len(cache) == 0


def test_suggestions_are_left_out_where_outsiders_may_not_look() -> None:
    for has_suggestions in (True, False):
        with pytest.raises(InvalidDocumentError) as caught:
            Documents(SCHEMA, Limits(), has_suggestions=has_suggestions).get("{plane}")
        assert ("plain" in str(caught.value)) is has_suggestions


NAMES = st.sampled_from(["A", "B", "C", "D"])


@st.composite
def selection_sets(draw: st.DrawFn, depth: int = 0) -> str:
    """Selection sets with aliases, directives, and spreads of fragments that may be missing or go in circles."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        mark = draw(st.sampled_from(["", " @mark", " @mark @mark"]))
        kind = draw(
            st.sampled_from(["leaf", "alias", "field", "inline", "spread"] if depth < 4 else ["leaf", "spread"])
        )
        if kind == "leaf":
            parts.append(f"x{mark}")
        elif kind == "alias":
            parts.append(f"y:x{mark}")
        elif kind == "spread":
            parts.append(f"...{draw(NAMES)}{mark}")
        else:
            head = "child" if kind == "field" else "... on N"
            parts.append(f"{head}{mark}{draw(selection_sets(depth + 1))}")
    return "{" + " ".join(parts) + "}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    fragments = "".join(f" fragment {name} on N {draw(selection_sets())}" for name in draw(st.sets(NAMES)))
    return "{n" + draw(selection_sets()) + "}" + fragments


@settings(max_examples=300, deadline=None)
@given(texts())
def test_any_document_is_measured_or_refused_and_never_breaks_the_rule(text: str) -> None:
    codes, total = set(), 0
    try:
        total = documents().get(text).operation(None).cost.total({})
    except InvalidDocumentError as error:
        codes = {code_of(one) for one in error.errors}
    assert codes <= {"LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"}
    assert total <= SATURATED


@settings(max_examples=300, deadline=None)
@given(texts(), selection_sets())
def test_a_document_with_more_in_it_never_measures_less(text: str, more: str) -> None:
    (before,) = measure(parse(text))
    (after,) = measure(parse(text.replace("{n{", "{n{child" + more + " ", 1)))
    for name in before.__slots__:
        assert getattr(after, name) >= getattr(before, name), name


@settings(max_examples=200, deadline=None)
@given(texts())
def test_fragments_count_as_if_they_were_written_out(text: str) -> None:
    document = parse(text)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    def fields(selection_set: SelectionSetNode, seen: tuple[str, ...]) -> int:
        count = 0
        for selection in selection_set.selections:
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in seen:
                    raise RecursionError
                if name in fragments:
                    count += fields(fragments[name].selection_set, (*seen, name))
            elif isinstance(selection, FieldNode | InlineFragmentNode):
                count += isinstance(selection, FieldNode)
                count += fields(selection.selection_set, seen) if selection.selection_set else 0
        return count

    try:
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        expected = fields(operation.selection_set, ())
    except RecursionError:
        return
    (measured,) = measure(document)
    assert measured.fields == expected


def test_a_router_may_join_and_rename_what_clients_may_send() -> None:
    limits = Limits()
    text = "{" + " ".join(f"_{number}: n(a: 1) {{ x }}" for number in range(limits.max_root_fields * 2)) + "}"

    with pytest.raises(InvalidDocumentError):
        Documents(SCHEMA, limits, has_suggestions=True).get(text)
    assert Documents(SCHEMA, of_router(limits), has_suggestions=True).get(text)


def test_time_cost_and_depth_are_a_routers_too() -> None:
    limits, routers = Limits(), of_router(Limits())

    for name in ("timeout_s", "max_cost", "max_depth", "max_mutations", "max_representations", "max_body_bytes"):
        assert getattr(routers, name) == getattr(limits, name)

"""Operations made from the schema: for each way in and each caller some of the fields, chosen by a constant seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    parse,
    validate,
)

from tests.federation.corpus.town import AMT, HIDDEN, SERVICE, TOWN, UNIVERSITY
from tests.network.walking.paths import needs_arguments

_LEAVES, _LINKS, _DEPTH, _ALIASES, _CONDITIONS = 4, 2, 2, 8, 8
_TRIES: Final = 50
_ALWAYS: Final = ("id", "edges", "node")
_KEYS: Final = frozenset({"id", "slug", "ars", "ror", "leikaId"})
"""Skipping one of these is a case by itself (`special`), since a router may need it."""
_NOT_WALKED: Final = frozenset({"viewer"})
"""Root fields of one caller, whose written queries are enough."""

OPEN: Final = {
    "Hub": ("Hub:zeitz", "Hub:wilster"),
    "Municipality": (TOWN, AMT),
    "University": (UNIVERSITY,),
    "Organisation": ("Organisation:dataport",),
    "Topic": ("Topic:mobilitaet", "Topic:ozg"),
    "Service": (f"Service:{SERVICE}",),
    "FundingProgramme": ("@funding",),
    "Event": ("@event",),
    "Project": ("@public",),
    "Expert": ("@expert",),
    "Result": ("@result",),
    "Adoption": ("@adoption",),
    "Need": ("@public-need",),
    "Question": ("@public-question",),
}
"""Entries by type that everybody may read."""
INSIDE: Final = {
    "Project": ("@network",),
    "Expert": ("@internal-expert",),
    "Adoption": ("@unconfirmed",),
    "ExperienceReport": ("@report",),
    "Need": ("@need",),
    "Question": ("@question",),
    "Answer": ("@answer",),
    "Document": ("@tender",),
}
"""Those that members may read."""
OWN: Final = {
    "Project": ("@private", "@submitted", "@changes"),
    "Expert": ("@person",),
    "ReviewComment": ("@comment",),
}
"""Those that few may read: who answers for them, and administrators."""
_HAVE: Final[Mapping[str, tuple[Mapping[str, tuple[str, ...]], ...]]] = {
    "anonymous": (OPEN,),
    "none": (OPEN,),
    "member": (OPEN, INSIDE),
    "lead": (INSIDE, {"Project": OWN["Project"], "Task": ("@task",)}),
    "university": (INSIDE, OWN),
    "admin": (INSIDE, OWN),
}
_LISTERS: Final = ("anonymous", "none", "member", "admin")
_CALLS: Final = {
    "hub": 'slug: "zeitz"',
    "municipality": 'ars: "150840590590"',
    "university": 'ror: "05gqaka33"',
    "search": 'query: "Lindenkataster", facets: [TOPIC, HUB, STATUS], explain: true',
    "suggestions": 'prefix: "zei"',
    "possibleDuplicates": 'title: "Intelligente Parkplatzsuche mit Sensoren", topics: ["mobilitaet"]',
    "similarProjects": 'slug: "zeitz-parkleitsystem"',
    "similarMunicipalities": 'ars: "010580135135"',
    "neighbourhood": f'id: "{UNIVERSITY}"',
    "introductions": f'to: "{TOWN}"',
    "nodes": f'ids: ["{UNIVERSITY}", "Topic:mobilitaet", "{TOWN}"]',
}
"""What to ask of root fields that have to be told something."""


@dataclass(frozen=True)
class Made:
    name: str
    caller: str
    text: str
    variables: Mapping[str, Any]
    hides: bool


def operations(schema: GraphQLSchema) -> Iterator[Made]:
    """All of them, in an order of their own."""
    for number, (name, caller, call, type_name, variables) in enumerate(_ways(schema)):
        yield _made(schema, f"{name}-{number}", caller, call, type_name, dict(variables), HIDDEN[number % len(HIDDEN)])


def _ways(schema: GraphQLSchema) -> Iterator[tuple[str, str, str, str, Mapping[str, Any]]]:
    """Name, caller, root field with arguments, type of what it answers, variables."""
    for caller, groups in _HAVE.items():
        for group in groups:
            for type_name, ids in group.items():
                for one in ids:
                    yield f"node-{type_name}", caller, "node(id: $id)", type_name, {"id": one}
    query = schema.query_type
    assert query is not None
    for name, field_ in query.fields.items():
        if name in _NOT_WALKED or (needs_arguments(field_) and name not in _CALLS) or name == "project":
            continue
        given = [_CALLS[name]] if name in _CALLS else []
        given += ["first: 4"] if "first" in field_.args else []
        call = f"{name}({', '.join(given)})" if given else name
        for caller in _LISTERS:
            yield name, caller, call, get_named_type(field_.type).name, {}


def _made(
    schema: GraphQLSchema, name: str, caller: str, call: str, type_name: str, variables: dict[str, Any], hidden: str
) -> Made:
    """The first valid text of those that the seed gives: some choices put fields of one name and two types side by side."""
    hides = caller in ("anonymous", "none")
    for attempt in range(_TRIES):
        walk = _Walk(schema, random.Random(f"{name} {caller} {attempt}"))
        inside = walk.selection(schema.type_map[type_name], _DEPTH)
        is_node = call.startswith("node(")
        body = f"... on {type_name} {{ {inside} }}" if is_node else inside
        rest = " hidden: node(id: $hidden) { __typename id }" if hides else ""
        declared = (
            [("id", "ID!")] * is_node + [("hidden", "ID!")] * hides + [("yes", "Boolean!")] * bool(walk.conditions)
        )
        head = ", ".join(f"${key}: {kind}" for key, kind in declared)
        text = f"query{f' ({head})' if head else ''} {{ it: {call} {{ __typename {body} }}{rest} }}"
        if not validate(schema, parse(text)):
            given = variables | ({"hidden": f"@{hidden}"} if hides else {}) | ({"yes": True} if walk.conditions else {})
            return Made(name, caller, text, given, hides)
    raise AssertionError(f"no valid selection for {name}")


@dataclass
class _Walk:
    schema: GraphQLSchema
    chance: random.Random
    aliases: int = 0
    conditions: int = 0

    def selection(self, named: GraphQLNamedType, depth: int) -> str:
        if isinstance(named, GraphQLUnionType):
            return self._of_possible(named, depth)
        assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
        chosen = [self._field(name, field_, depth) for name, field_ in self._chosen(named, depth)]
        if isinstance(named, GraphQLInterfaceType):
            chosen.append(self._of_possible(named, depth))
        return " ".join(["__typename", *chosen])

    def _chosen(self, named: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[tuple[str, GraphQLField]]:
        all_ = {name: one for name, one in named.fields.items() if not needs_arguments(one)}
        leaves = [name for name, one in all_.items() if is_leaf_type(get_named_type(one.type))]
        links = [name for name in all_ if name not in leaves and name != "edges" and name != "node"]
        is_plumbing = "edges" in all_ or "node" in all_
        some = set(self.chance.sample(leaves, min(_LEAVES, len(leaves))))
        if depth > 0 or not self._is_node(named):
            some |= set(self.chance.sample(links, min(1 if is_plumbing else _LINKS, len(links))))
        some |= {name for name in _ALWAYS if name in all_}
        return [(name, one) for name, one in all_.items() if name in some]

    def _field(self, name: str, field_: GraphQLField, depth: int) -> str:
        inner = get_named_type(field_.type)
        called = name
        if self.aliases < _ALIASES and name not in _ALWAYS and self.chance.random() < 0.1:
            self.aliases += 1
            called = f"a{self.aliases}: {name}"
        if is_leaf_type(inner):
            return called if name in _KEYS else called + self._condition(0.1)
        given = "(first: 2)" if "first" in field_.args else ""
        below = self.selection(inner, depth - self._is_node(inner))
        return f"{called}{given}{self._condition(0.05)} {{ {below} }}"

    def _condition(self, often: float) -> str:
        if self.conditions == _CONDITIONS or self.chance.random() >= often:
            return ""
        self.conditions += 1
        return self.chance.choice((" @include(if: $yes)", " @skip(if: $yes)"))

    def _of_possible(self, named: GraphQLInterfaceType | GraphQLUnionType, depth: int) -> str:
        possible = sorted(self.schema.get_possible_types(named), key=lambda one: one.name)
        some = self.chance.sample(possible, min(3, len(possible)))
        inside = (f"... on {one.name} {{ {self.selection(one, min(depth, 1))} }}" for one in some)
        return " ".join(["__typename", *inside])

    def _is_node(self, named: GraphQLNamedType) -> bool:
        """What has an id, or stands for such: only these count as a step."""
        return isinstance(named, GraphQLUnionType) or "id" in getattr(named, "fields", {})

"""A field of a project has its place wherever one is shown or set, or a reason why it has none: nothing is forgotten in silence."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import pytest
from graphql import FieldNode, Visitor, parse, visit
from jinja2 import Environment, nodes

from graph.commands.project_changes import ProjectChanges
from graph.model import Project
from network.execution.names import camel_case
from network.pages.forms.editing import STEPS
from network.pages.upload.columns import COLUMNS
from network.subgraphs.projects.mutations.project_fields import _READ, ProjectChangesInput
from network.words import WORDS

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ROOT / "network" / "pages"
SETTABLE: Final = frozenset(camel_case(one.name) for one in fields(ProjectChangesInput))
"""Every field that somebody can set, as GraphQL names it."""

_LINKED: Final = "is a relationship"
_API_ALONE: Final = "set through the API alone"
_OWN_FORM: Final = "has a form of its own"
_INSIDE: Final = "for those who answer for it, on its page"
_IN_FORMS: Final = "for those who answer for it, in their forms"
_LONG: Final = "too long or too much for this view: its page has it"
_SAYS_WHO: Final = "says who sees other fields"
_AS_FUNDING: Final = "shown with the grant, on its page"
_PROGRAMMES: Final = "read as its programmes"
_HOUSES: Final = "read as its houses"


def _of_api(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, _API_ALONE)


@dataclass(frozen=True)
class Place:
    """Where fields stand. `left_out`: those that do not stand here, and why."""

    found: frozenset[str]
    left_out: Mapping[str, str]


def _place(found: Iterable[str], left_out: Mapping[str, str]) -> Place:
    return Place(frozenset(found), left_out)


_BASES: Final = ("project", "one", "column", "called", "profile")
"""What templates call a project, what goes with it, and the macros that are given one."""


def _read_of_template(text: str) -> set[str]:
    read = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(text).find_all(nodes.Getattr)
    return {one.attr for one in read if isinstance(one.node, nodes.Name) and one.node.name in _BASES}


def _read_of_operation(text: str) -> set[str]:
    found: set[str] = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            found.add(node.name.value)

    visit(parse(text), Fields())
    return found


def _read_of_module(text: str) -> set[str]:
    return {
        one.value for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


_READERS: Final = {".html": _read_of_template, ".graphql": _read_of_operation, ".py": _read_of_module}


def _written(left_out: Mapping[str, str], *files: str) -> Place:
    """Fields of a project that `files` read, and those of the parts which these templates are made of."""
    paths = [PAGES / name for name in files]
    found: set[str] = set()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        found |= _READERS[path.suffix](text)
        parts = (PAGES / "templates" / name for name in re.findall(r"\"(components/[\w.]+)\"", text))
        paths += [part for part in parts if part not in paths]
    return _place(SETTABLE & found, left_out)


_NEVER_SHOWN: Final = {
    "opened": _SAYS_WHO,
    "contactVisibility": _SAYS_WHO,
    "publishFrom": _IN_FORMS,
    "reviewer": _IN_FORMS,
}
_FACTS: Final = "operations/fragments/ProjectFacts.graphql"
PLACES: Final[Mapping[str, Place]] = {
    "graph/commands/project_changes.py: ProjectChanges": _place(
        (camel_case(one.name) for one in fields(ProjectChanges)), {}
    ),
    "network/subgraphs/projects/mutations/project_fields.py: _READ": _place(map(camel_case, _READ), {}),
    "graph/model.py: Project": _place(
        (camel_case(one.name) for one in fields(Project)),
        dict.fromkeys(("topics", "services", "funding", "partners", "experts", "reviewer"), _LINKED),
    ),
    "network/pages/forms/editing.py: STEPS": _place(
        (one.field.name.removeprefix("changes.").split(".")[0] for step in STEPS for one in step.inputs),
        {
            **_of_api("contactVisibility", "opened", "publishFrom", "experts", "funding"),
            **dict.fromkeys(("partners", "reviewer"), _OWN_FORM),
        },
    ),
    "network/words.py: WORDS['ProjectField']": _place(
        WORDS["ProjectField"],
        dict.fromkeys(("topics", "services", "funding", "partners", "experts", "reviewer"), _LINKED),
    ),
    "network/pages/upload/columns.py: COLUMNS": _place(
        (one.name.split(".")[0] for one in COLUMNS),
        {
            **_of_api("contactVisibility", "opened", "publishFrom", "experts", "funding"),
            **dict.fromkeys(("partners", "reviewer"), _OWN_FORM),
        },
    ),
    f"network/pages/operations/edit_project.graphql, network/pages/{_FACTS}": _written(
        {**_of_api("contactVisibility", "opened", "experts", "funding"), "partners": _HOUSES},
        "operations/edit_project.graphql",
        _FACTS,
    ),
    "network/pages/templates/project.html": _written(
        {**_NEVER_SHOWN, "funding": _PROGRAMMES}, "templates/project.html"
    ),
    "network/pages/templates/project_print.html": _written(
        {
            **_NEVER_SHOWN,
            "partners": _HOUSES,
            "differentBecause": _INSIDE,
            "fundingReference": _AS_FUNDING,
            **dict.fromkeys(("experts", "funding", "repositoryUrl", "websiteUrl", "writeup"), _LONG),
        },
        "templates/project_print.html",
    ),
    "network/pages/templates/compare.html": _written(
        {
            **_NEVER_SHOWN,
            "funding": _PROGRAMMES,
            "differentBecause": _INSIDE,
            "fundingReference": _AS_FUNDING,
            **dict.fromkeys(("experts", "repositoryUrl", "websiteUrl", "writeup"), _LONG),
        },
        "templates/compare.html",
    ),
    "network/pages/reading/council_paper.py": _written(
        {
            **_NEVER_SHOWN,
            "contact": "read as whom to call",
            "partners": _HOUSES,
            "differentBecause": _INSIDE,
            "visibility": "a paper holds what everybody sees",
            "funding": _PROGRAMMES,
            **dict.fromkeys(("experts", "repositoryUrl", "services", "topics", "websiteUrl", "writeup"), _LONG),
        },
        "reading/council_paper.py",
    ),
    "network/pages/files/table_columns.py": _written(
        {
            **{name: why for name, why in _NEVER_SHOWN.items() if name != "opened"},
            "contact": "a table is passed on and holds no contact",
            "differentBecause": _INSIDE,
            "ownShare": _INSIDE,
            "partners": _HOUSES,
            "fundingReference": _AS_FUNDING,
            "funding": _AS_FUNDING,
            **dict.fromkeys(
                ("experts", "legalBasis", "lessonsLearned", "prerequisites", "whatFailed", "writeup"), _LONG
            ),
        },
        "files/table_columns.py",
    ),
}


@pytest.mark.parametrize("where", PLACES)
def test_a_field_that_one_can_set_has_its_place(where: str) -> None:
    place = PLACES[where]
    forgotten = SETTABLE - place.found - place.left_out.keys()
    assert not forgotten, f"{where} lacks {', '.join(sorted(forgotten))}: add it there, or say here why it has no place"


@pytest.mark.parametrize("where", PLACES)
def test_a_field_that_is_left_out_is_one_that_is_not_there(where: str) -> None:
    place = PLACES[where]
    told = place.left_out.keys()
    assert told <= SETTABLE, f"{where}: nobody sets {', '.join(sorted(told - SETTABLE))}"
    assert not told & place.found, f"{where} has {', '.join(sorted(told & place.found))} by now"

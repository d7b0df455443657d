"""Connections: pages, cursors, counts, and what is refused."""

import base64
import os
import subprocess
import sys

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import links
from graph.errors import InvalidInputError
from graph.links import Order
from graph.selection import Compare, Match, Operator
from network.execution import cursors
from tests.network.execution.asking import Asker

_PAGE = """query ($first: Int!, $after: String) { hub(slug: "zeitz") { municipalities(first: $first, after: $after) {
  edges { cursor node { ars } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }"""
_ROOT = """query ($first: Int!, $after: String) { municipalities(first: $first, after: $after) {
  edges { cursor node { ars } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""


@pytest.mark.parametrize(("text", "total"), [(_PAGE, 7), (_ROOT, 8)])
@pytest.mark.parametrize("first", [1, 3, 7, 20])
async def test_pages_follow_each_other_without_gap_or_overlap(text: str, total: int, first: int) -> None:
    ask, seen, after = Asker(), [], None
    while True:
        data = await ask.data(text, first=first, after=after)
        page = (data.get("hub") or data)["municipalities"]
        cursors_ = [edge["cursor"] for edge in page["edges"]]
        seen += [edge["node"]["ars"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert page["totalCount"] == total
        assert (info["startCursor"], info["endCursor"]) == (cursors_[0], cursors_[-1])
        assert info["hasPreviousPage"] is (after is not None)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert ask.calls == 1
    assert len(seen) == len(set(seen)) == total
    # Largest first; equal ones, and those without a number, by key.
    assert seen[:2] == ["000000000006", "000000000004"]


async def test_only_counting_reads_no_row() -> None:
    ask = Asker()
    data = await ask.data('{ hub(slug: "zeitz") { municipalities { totalCount } } projects { totalCount } }')
    assert data == {"hub": {"municipalities": {"totalCount": 7}}, "projects": {"totalCount": 4}}
    _selection, start = ask.store.selections[-1]
    assert isinstance(start, Match)
    assert start.page.first == 0


async def test_several_connections_along_one_link_keep_their_pages() -> None:
    data = await Asker().data(
        """{ hub(slug: "zeitz") { a: municipalities(first: 1) { edges { node { ars } } }
        b: municipalities(first: 2) { x: edges { node { ars } } y: edges { node { id } } } } }"""
    )
    assert data["hub"]["a"] == {"edges": [{"node": {"ars": "000000000006"}}]}
    assert data["hub"]["b"]["x"] == [{"node": {"ars": "000000000006"}}, {"node": {"ars": "000000000004"}}]
    assert data["hub"]["b"]["y"][1] == {"node": {"id": "Municipality:000000000004"}}


async def test_empty_pages_have_no_cursors() -> None:
    page = (await Asker().data(_ROOT, first=0))["municipalities"]
    assert page["edges"] == []
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


@pytest.mark.parametrize("first", [-1, 101, 2**31 - 1])
@pytest.mark.parametrize("text", [_PAGE, _ROOT])
async def test_first_out_of_range_is_refused(text: str, first: int) -> None:
    ask = Asker()
    result = await ask(text, first=first)
    (error,) = result.errors or []
    assert isinstance(error.original_error, InvalidInputError)
    assert error.message == f"first: {first} is not in 0..100"
    assert error.path in (["hub", "municipalities"], ["municipalities"])


def _other(value: str) -> str:
    mark, *values = orjson.loads(base64.urlsafe_b64decode(value + "=="))
    return base64.urlsafe_b64encode(orjson.dumps([mark, *values, "x"])).decode()


_MINE = cursors.encode(cursors.link_scope(links.HUB_MUNICIPALITIES), (1_000, "000000000002"))


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("", "no cursor"),
        ("x", "no cursor"),
        ("ä", "no cursor"),
        ("W10", "no cursor"),
        ("e30", "no cursor"),
        ("WzFd", "no cursor"),
        ("[" * 3_000, "too long"),
        (base64.urlsafe_b64encode(b"[" * 1_000).decode(), "no cursor"),
        (_other(_MINE), "changed"),
        (cursors.encode(cursors.link_scope(links.MUNICIPALITY_PARTS), ("a", "b")), "another list"),
    ],
)
async def test_cursors_made_by_hand_are_refused(after: str, reason: str) -> None:
    ask = Asker()
    message, path = await ask.error(_PAGE, first=3, after=after)
    assert reason in message
    assert "endCursor" in message
    assert path == ["hub", "municipalities"]


async def test_a_cursor_of_another_filter_is_refused() -> None:
    text = "query ($after: String, $status: OperatingStatus) { projects(after: $after, status: $status, first: 1) { pageInfo { endCursor } } }"
    ask = Asker()
    cursor = (await ask.data(text))["projects"]["pageInfo"]["endCursor"]
    message, _path = await ask.error(text, after=cursor, status="RUNNING")
    assert "another list, filter or order" in message


async def test_after_under_several_parents_is_refused_for_each() -> None:
    text = 'query ($after: String) { hubs(slugs: ["zeitz", "altena"]) { slug municipalities(after: $after) { totalCount } } }'
    result = await Asker()(text, after=_MINE)
    assert result.errors
    assert "several parents" in result.errors[0].message
    assert result.errors[0].path == ["hubs", 0, "municipalities"]


_SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text() | st.lists(st.text())
_SCOPES = (
    cursors.link_scope(links.HUB_MUNICIPALITIES),
    cursors.link_scope(links.HUB_PARTNERS),
    cursors.match_scope(
        "Project", (Compare("slug", Operator.EQUALS, "x"),), (Order("title_sort"), Order("effort_days"))
    ),
)


@given(st.sampled_from(_SCOPES), st.lists(_SCALARS, max_size=4), st.booleans())
def test_a_cursor_is_accepted_exactly_when_its_values_fit(
    scope: cursors.Scope, values: list[object], is_marked: bool
) -> None:
    content = orjson.dumps([scope.mark if is_marked else "0" * 12, *values])
    text = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    kinds = {"TEXT": (str,), "INTEGER": (int,)}
    fits = (
        is_marked
        and len(values) == len(scope.types)
        and all(type(value) in kinds[kind] for value, kind in zip(values, scope.types, strict=True))
    )
    if fits:
        assert cursors.decode(text, scope) == tuple(values)
    else:
        with pytest.raises(InvalidInputError):
            cursors.decode(text, scope)


@given(st.text(max_size=50))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        cursors.decode(text, _SCOPES[0])


@given(st.none() | st.integers(-(2**60), 2**60), st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_encoded_is_decoded(population: int | None, key: str) -> None:
    scope = _SCOPES[0]
    assert cursors.decode(cursors.encode(scope, (population, key)), scope) == (population or 0, key)


def test_a_list_is_called_the_same_in_every_process() -> None:
    """Processes beside each other serve one list page by page, and a text is hashed otherwise in each of them."""
    program = """
from graph import links
from network.execution.cursors import link_scope
declared = {name: value for name, value in vars(links).items() if name.isupper()}
for name, value in declared.items():
    for link in value.values() if isinstance(value, dict) else [value]:
        if isinstance(link, links.Link):
            print(name, link.source, link_scope(link).mark)
"""
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4", "5", "6")
    }
    assert len(said) == 1
    assert "PROJECT_CONFIRMED_ADOPTIONS Project" in said.pop()

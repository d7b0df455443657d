"""Hand-made federation requests at a served subgraph: each gets its documented answer, and none fails otherwise."""

from typing import Any

import pytest

from tests.network.walking.place import Place

PATH = "/subgraphs/directory"
ENTITIES = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Hub { slug } } }"
HUB = {"__typename": "Hub", "slug": "zeitz"}
SHOWN = {"__typename": "Hub", "slug": "zeitz"}


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = dict(HUB)
    inner = found
    for _ in range(levels):
        inner["more"] = {}
        inner = inner["more"]
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([HUB, HUB], [SHOWN, SHOWN]),
        (HUB, [SHOWN]),  # GraphQL §3.11: a single value where a list is expected
        ([], []),
        ([nested(400)], [SHOWN]),
        ([HUB | {"slug": "z" * 100_000}], [None]),
        ([HUB | {"slug": "\0"}, HUB], [None, SHOWN]),
        ([HUB | {"id": "Hub:nowhere"}], [None]),
    ],
)
async def test_what_can_be_answered_is(walked: Place, given: Any, expected: list[Any]) -> None:
    _, data = await walked.data("anonymous", ENTITIES, path=PATH, r=given)

    assert data["_entities"] == expected


@pytest.mark.parametrize(
    ("query", "given", "code"),
    [
        (ENTITIES, {}, "BAD_USER_INPUT"),
        (ENTITIES, {"r": None}, "BAD_USER_INPUT"),
        (ENTITIES, {"r": [HUB, None]}, "BAD_USER_INPUT"),
        (ENTITIES, {"r": [HUB] * 1_001}, "LIMIT_EXCEEDED"),
        ("{ _entities { __typename } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ _entities(representations: [null]) { __typename } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ _entities(representations: [], more: 1) { __typename } }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_list_of_representations_is_refused_as_a_whole(
    walked: Place, query: str, given: dict[str, Any], code: str
) -> None:
    answer = (await walked.ask("anonymous", query, path=PATH, **given)).json()

    assert answer.get("data") is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


@pytest.mark.parametrize(
    "bad",
    [
        *('{__typename: "Hub", slug: $none}', '{__typename: HUB, slug: "zeitz"}', "5", '"Hub"', "[]", "true", "HUB"),
        *('{slug: "zeitz"}', '{__typename: "Hub", slug: 1.5e3}', '{__typename: "Hub", slug: {a: [$none]}}'),
    ],
)
async def test_a_bad_one_written_into_the_document_is_an_error_at_its_place(walked: Place, bad: str) -> None:
    good = '{__typename: "Hub", slug: $slug}'
    query = f"""query ($slug: String!, $none: String) {{
      _entities(representations: [{good}, {bad}]) {{ __typename }}
      unset: _entities(representations: [{{__typename: "Hub", slug: $none}}]) {{ __typename }}
    }}"""
    answer = (await walked.ask("anonymous", query, path=PATH, slug="zeitz")).json()

    assert answer["data"] == {"_entities": [{"__typename": "Hub"}, None], "unset": [None]}
    assert sorted(error["path"] for error in answer["errors"]) == [["_entities", 1], ["unset", 0]]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID_REPRESENTATION"}

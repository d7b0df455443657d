"""What every mutation has: results as unions, problems as types, one write for one name, and nothing shown that a query hides.

Tried with `withdrawProject`, over HTTP and through the whole application.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, GraphQLUnionType, build_schema, parse

from graph.vocabulary import Visibility
from network.app import open_ports
from network.context import Context
from network.execution import execute
from tests.fixtures import units
from tests.network.plain import client
from tests.network.writing import CALLERS, WITHDRAW, Desk, desk, wilster

SNAPSHOTS = Path(__file__).parents[2] / "docs" / "schema"


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("mutations"), open_ports) as made:
        yield made


async def withdraw(office: Desk, key: str, caller: str | None, **given: Any) -> Any:
    return (await office.ask(WITHDRAW, caller, id=f"Project:{key}", **given))["withdrawProject"]


async def stored(office: Desk, key: str) -> tuple[str, int]:
    """Stage and version."""
    row = await units.stored(office.store, f"Project:{key}")
    assert row is not None
    return row["stage"], row["version"]


async def test_whoever_does_not_say_who_they_are_changes_nothing(office: Desk) -> None:
    await office.project("anonym")

    for key in ("anonym", "there-is-none"):
        answer = await withdraw(office, key, None)
        assert answer == {
            "__typename": "Forbidden",
            "message": "Sign in: only members of a house of the network may do this.",
        }
    assert await stored(office, "anonym") == ("PUBLISHED", 1)


@pytest.mark.parametrize("caller", ["wilster", "stadt", "merseburg", "stranger"])
async def test_what_belongs_to_others_is_forbidden_where_it_can_be_seen(office: Desk, caller: str) -> None:
    await office.project("fremd")

    answer = await withdraw(office, "fremd", caller)

    assert answer == {
        "__typename": "Forbidden",
        "message": "Not for this caller, only for its owner, its reviewing hub, and for the administration of the network.",
    }
    assert await stored(office, "fremd") == ("PUBLISHED", 1)


def test_every_mutation_says_for_whom_it_is() -> None:
    mutations = build_schema((SNAPSHOTS / "gateway.graphql").read_text()).mutation_type
    assert mutations is not None

    silent = [name for name, one in mutations.fields.items() if " For " not in " ".join(str(one.description).split())]

    assert silent == [], "give them `whom`: who is refused reads it, too"


async def test_whoever_is_refused_in_the_directory_learns_whom_it_is_for(office: Desk) -> None:
    text = """mutation { saveHubProfile(input: {hub: "Hub:zeitz", expectedVersion: 1, profile: {}}) {
        __typename ... on Problem { message } } }"""

    answer = (await office.ask(text, "stadt"))["saveHubProfile"]

    assert answer == {
        "__typename": "Forbidden",
        "message": "Not for this caller, only for leads and reviewers of the hub, and for the administration of the network.",
    }


async def test_what_others_hide_looks_like_what_is_not_there(office: Desk) -> None:
    await office.project("versteckt", visibility=Visibility.PRIVATE, readers=("admin", "hub:zeitz"))

    hidden = await withdraw(office, "versteckt", "wilster")
    absent = await withdraw(office, "gibt-es-nicht", "wilster")

    assert hidden["__typename"] == absent["__typename"] == "NotFound"
    assert hidden["message"].replace("versteckt", "") == absent["message"].replace("gibt-es-nicht", "")


async def test_the_owner_takes_an_entry_back_and_reads_it_in_the_same_answer(office: Desk) -> None:
    await office.project("zurueck")

    answer = await withdraw(office, "zurueck", "zeitz", name="first")

    assert answer == {
        "__typename": "WithdrawProjectSuccess",
        "clientMutationId": "first",
        "project": {
            "id": "Project:zurueck",
            "stage": "WITHDRAWN",
            "version": 2,
            "hub": {"name": "DigitalHub Zeitz"},
        },
    }


async def test_of_two_who_decided_on_one_version_the_second_learns_of_the_first(office: Desk) -> None:
    await office.project("beide")

    first, second = await asyncio.gather(
        withdraw(office, "beide", "zeitz", version=1), withdraw(office, "beide", "zeitz-colleague", version=1)
    )

    won, lost = sorted((first, second), key=lambda answer: answer["__typename"], reverse=True)
    assert won["__typename"] == "WithdrawProjectSuccess"
    assert (lost["__typename"], lost["currentVersion"]) == ("Conflict", 2)
    assert await stored(office, "beide") == ("WITHDRAWN", 2)


async def test_a_name_given_twice_writes_once_and_answers_the_first_result(office: Desk) -> None:
    await office.project("zweimal")

    first = await withdraw(office, "zweimal", "zeitz", name="twice", version=1)
    again = await withdraw(office, "zweimal", "zeitz", name="twice", version=1)
    read_again = await withdraw(office, "zweimal", "zeitz", name="twice", version=2)

    assert first == again == read_again
    assert first["project"]["version"] == 2


async def test_the_same_name_of_somebody_else_is_another_one(office: Desk) -> None:
    await office.project("eines")
    await office.project("anderes")

    one = await withdraw(office, "eines", "zeitz", name="shared")
    other = await withdraw(office, "anderes", "zeitz-colleague", name="shared")

    assert one["project"]["id"] == "Project:eines"
    assert other["project"]["id"] == "Project:anderes"


async def test_a_name_does_not_answer_for_another_change(office: Desk) -> None:
    await office.project("gemeint")
    await office.project("verwechselt")

    await withdraw(office, "gemeint", "zeitz", name="reused")
    answer = await withdraw(office, "verwechselt", "zeitz", name="reused")

    assert answer["__typename"] == "InvalidInput"
    assert [problem["path"] for problem in answer["problems"]] == [["input", "clientMutationId"]]
    assert await stored(office, "verwechselt") == ("PUBLISHED", 1)


async def test_a_refusal_is_not_remembered(office: Desk) -> None:
    await office.project("spaeter", version=3)

    refused = await withdraw(office, "spaeter", "zeitz", name="retry", version=2)
    done = await withdraw(office, "spaeter", "zeitz", name="retry", version=3)

    assert (refused["__typename"], refused["currentVersion"]) == ("Conflict", 3)
    assert done["project"]["version"] == 4


async def test_everything_wrong_with_an_input_is_told_at_once(office: Desk) -> None:
    answer = (await office.ask(WITHDRAW, "zeitz", id="Hub:zeitz", name="n\u0000l"))["withdrawProject"]

    assert answer["__typename"] == "InvalidInput"
    assert {tuple(problem["path"]) for problem in answer["problems"]} == {
        ("input", "clientMutationId"),
        ("input", "project"),
    }


@pytest.mark.parametrize(
    "key",
    ["x' OR 1=1 //", "`) DETACH DELETE n //", "{}", "$id", "a" * 192, "\u00e4\U0001f600", "../../x", "%00", "<script>"],
)
async def test_hostile_keys_name_nothing(office: Desk, key: str) -> None:
    assert (await withdraw(office, key, "zeitz"))["__typename"] == "NotFound"


@pytest.mark.parametrize("key", ["a\u0000b", "\u202eslug", "a" * 100_000, "", "a\nb"])
async def test_text_that_is_no_key_is_refused(office: Desk, key: str) -> None:
    answer = await withdraw(office, key, "zeitz")

    assert answer["__typename"] == "InvalidInput"
    assert all(len(problem["message"]) < 200 for problem in answer["problems"])


async def test_lone_surrogates_and_bodies_beyond_the_limit_never_arrive(office: Desk) -> None:
    headers = {"content-type": "application/json", "authorization": "Bearer zeitz"}
    async with client(office.app) as http:
        body = json.dumps({"query": WITHDRAW, "variables": {"id": "Project:\ud800"}}).encode()
        surrogate = await http.post("/graphql", content=body, headers=headers)
        body = json.dumps({"query": WITHDRAW, "variables": {"id": "x" * 1_000_000}}).encode()
        large = await http.post("/graphql", content=body, headers=headers)

    assert (surrogate.status_code, large.status_code) == (400, 413)


async def test_mutations_of_one_operation_run_in_order_and_each_on_its_own(office: Desk) -> None:
    await office.project("liste-a")
    await office.project("liste-b", owner=wilster)
    text = """mutation { ...Both }
    fragment Both on Mutation {
      first: withdrawProject(input: {project: "Project:liste-a"}) { ...Found }
      second: withdrawProject(input: {project: "Project:liste-b"}) { ...Found }
      third: withdrawProject(input: {project: "Project:liste-a", expectedVersion: 1}) { ...Found }
    }
    fragment Found on WithdrawProjectResult {
      __typename
      ... on WithdrawProjectSuccess { project { version } }
      ... on Conflict { currentVersion }
    }"""

    found = await office.ask(text, "zeitz")

    assert found == {
        "first": {"__typename": "WithdrawProjectSuccess", "project": {"version": 2}},
        "second": {"__typename": "Forbidden"},
        "third": {"__typename": "Conflict", "currentVersion": 2},
    }


async def test_only_so_many_mutations_fit_into_one_operation(office: Desk) -> None:
    fields = " ".join(f'm{n}: withdrawProject(input: {{project: "Project:x"}}) {{ __typename }}' for n in range(11))

    (error,) = (await office.post(f"mutation {{ {fields} }}", "zeitz")).json()["errors"]

    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "max_mutations", "value": 10, "asked": 11}


async def test_a_query_string_changes_nothing(office: Desk) -> None:
    await office.project("per-get")
    text = 'mutation { withdrawProject(input: {project: "Project:per-get"}) { __typename } }'
    async with client(office.app) as http:
        response = await http.get("/graphql", params={"query": text}, headers={"authorization": "Bearer zeitz"})

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert await stored(office, "per-get") == ("PUBLISHED", 1)


async def test_a_form_of_another_site_changes_nothing(office: Desk) -> None:
    await office.project("per-formular")
    text = 'mutation { withdrawProject(input: {project: "Project:per-formular"}) { __typename } }'
    async with client(office.app) as http:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            response = await http.post("/graphql", content=json.dumps({"query": text}), headers={"content-type": kind})
            assert response.status_code == 415

    assert await stored(office, "per-formular") == ("PUBLISHED", 1)


async def test_the_subgraph_serves_its_mutations_alone(office: Desk) -> None:
    await office.project("im-teilgraph")

    response = await office.post(WITHDRAW, "zeitz", path="/subgraphs/projects", id="Project:im-teilgraph")

    assert response.json()["data"]["withdrawProject"]["project"]["stage"] == "WITHDRAWN"


async def test_a_success_shows_nothing_that_its_caller_may_not_read(office: Desk) -> None:
    await office.project("geschuetzt", one_off_cost=5, contact_visibility=Visibility.PRIVATE, contact=None)

    text = """mutation { withdrawProject(input: {project: "Project:geschuetzt"}) {
      ... on WithdrawProjectSuccess { project { oneOffCost derivatives { totalCount } adoptions { totalCount } } } } }"""
    answer = (await office.ask(text, "zeitz"))["withdrawProject"]

    assert answer == {"project": {"oneOffCost": 5, "derivatives": {"totalCount": 0}, "adoptions": {"totalCount": 0}}}


async def test_the_indexer_hears_of_commits_and_of_nothing_else(office: Desk, gateway: GraphQLSchema) -> None:
    await office.project("klingel")
    heard: list[str] = []
    context = Context(store=office.store, caller=CALLERS["zeitz"], on_commit=lambda: heard.append("rung"))
    document = parse(WITHDRAW)

    await execute(gateway, document, context=context, variables={"id": "Project:gibt-es-nicht"})
    assert heard == []
    await execute(gateway, document, context=context, variables={"id": "Project:klingel"})
    assert heard == ["rung"]


async def test_graphql_core_alone_answers_the_same(office: Desk, gateway: GraphQLSchema) -> None:
    await office.project("doppelt")
    context = Context(store=office.store, caller=CALLERS["zeitz"])
    document = parse(WITHDRAW)

    answers = [
        await execute(gateway, document, context=context, variables=variables, is_fast=is_fast)
        for variables in (
            {"id": "Project:doppelt", "name": "both"},
            {"id": "Project:gibt-es-nicht"},
            {"id": "Hub:zeitz"},
        )
        for is_fast in (True, False)
    ]

    for fast, stock in zip(answers[::2], answers[1::2], strict=True):
        assert fast.data == stock.data
        assert fast.errors is stock.errors is None


def test_every_mutation_is_described_and_ends_in_a_success_or_a_problem(gateway: GraphQLSchema) -> None:
    mutations = gateway.mutation_type
    assert mutations is not None
    assert mutations.fields
    for name, found in mutations.fields.items():
        kind = name[0].upper() + name[1:]
        assert found.description, name
        assert list(found.args) == ["input"], name
        assert str(found.args["input"].type) == f"{kind}Input!"
        assert isinstance(found.type, GraphQLUnionType), name
        assert [member.name for member in found.type.types] == [
            f"{kind}Success",
            *("NotFound", "Forbidden", "Conflict", "InvalidInput"),
        ]
        assert "clientMutationId" in found.args["input"].type.of_type.fields

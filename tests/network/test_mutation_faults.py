"""What is nobody's fault: the database away, slow, or silent after its commit. Nothing is lost, nothing is written twice."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLSchema, parse

from graph.errors import GraphUnavailableError, OutcomeUnknownError
from graph.port import GraphStore
from network.app import open_ports
from network.context import Context
from network.errors import format_errors
from network.execution import execute
from tests.network.writing import CALLERS, FIVE, WITHDRAW, Desk, desk


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("mutation-faults"), open_ports) as made:
        yield made


class Failing:
    """A store whose transactions end as they are told to."""

    def __init__(self, store: GraphStore, error: Exception) -> None:
        self._store = store
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, *_: Any, **__: Any) -> Any:
        raise self._error


class Silent:
    """A store that commits and then loses the connection before it says so."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, *given: Any, **named: Any) -> Any:
        await self._store.transact(*given, **named)
        raise OutcomeUnknownError("the connection broke", idempotency_key="")


@pytest.mark.parametrize("name", ["my-own-name", None])
async def test_an_unknown_outcome_is_settled_under_the_key_that_the_error_tells(
    office: Desk, gateway: GraphQLSchema, name: str | None
) -> None:
    await office.project(f"ungewiss-{name}")
    asked = {"id": f"Project:ungewiss-{name}", "version": 1}
    context = Context(store=Silent(office.store), caller=CALLERS["zeitz"])
    result = await execute(gateway, parse(WITHDRAW), context=context, variables={**asked, "name": name})
    (told,) = format_errors(result.errors or [], request_id="r")
    key = told["extensions"]["idempotencyKey"]
    assert name in (None, key)

    answer = (await office.ask(WITHDRAW, "zeitz", **asked, name=key))["withdrawProject"]

    assert answer["__typename"] == "WithdrawProjectSuccess"
    assert answer["project"]["version"] == 2


class Slow:
    """A store whose transactions never end by themselves."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, *_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()


async def test_whoever_is_cut_off_by_the_clock_is_told_the_key_too(office: Desk, gateway: GraphQLSchema) -> None:
    context = Context(store=Slow(office.store), caller=CALLERS["zeitz"], deadline=time.monotonic() + 0.1)

    result = await execute(gateway, parse(WITHDRAW), context=context, variables={"id": "Project:x", "name": "late"})

    (told,) = format_errors(result.errors or [], request_id="r")
    assert told["extensions"] == {"code": "OUTCOME_UNKNOWN", "retryable": True, "idempotencyKey": "late"}


@pytest.mark.parametrize(
    ("error", "extensions"),
    [
        (GraphUnavailableError("bolt://secret refused"), {"code": "UNAVAILABLE", "retryable": True}),
        (
            OutcomeUnknownError("broke", idempotency_key=""),
            {"code": "OUTCOME_UNKNOWN", "retryable": True, "idempotencyKey": "mine"},
        ),
    ],
)
async def test_what_is_nobody_s_fault_stays_an_error(
    office: Desk, gateway: GraphQLSchema, error: Exception, extensions: dict[str, Any]
) -> None:
    heard: list[str] = []
    context = Context(
        store=Failing(office.store, error), caller=CALLERS["zeitz"], on_commit=lambda: heard.append("rung")
    )
    result = await execute(gateway, parse(WITHDRAW), context=context, variables={"id": "Project:x", "name": "mine"})

    assert result.data == {"withdrawProject": None}
    (told,) = format_errors(result.errors or [], request_id="r")
    assert told["extensions"] == extensions
    assert told["path"] == ["withdrawProject"]
    assert heard == []


class Blind:
    """A store that can be written to and, from then on, not be read."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def select(self, *_: Any, **__: Any) -> Any:
        raise GraphUnavailableError("gone")


async def test_what_was_written_and_cannot_be_shown_is_repeated_without_being_written_twice(
    office: Desk, gateway: GraphQLSchema
) -> None:
    """Plainly unavailable it would be repeated under another key, and a draft made twice."""
    text = """mutation ($input: CreateProjectDraftInput!) {
      createProjectDraft(input: $input) { ... on CreateProjectDraftSuccess { project { title } } } }"""
    asked = FIVE | {"title": "Nur einmal"}
    context = Context(store=Blind(office.store), caller=CALLERS["merseburg"])
    result = await execute(gateway, parse(text), context=context, variables={"input": asked})
    (told,) = format_errors(result.errors or [], request_id="r")
    assert told["extensions"]["code"] == "OUTCOME_UNKNOWN"

    key = told["extensions"]["idempotencyKey"]
    again = await office.ask(text, "merseburg", input=asked | {"clientMutationId": key})

    assert again == {"createProjectDraft": {"project": {"title": "Nur einmal"}}}
    found = await office.ask("{ projects(first: 100) { edges { node { title } } } }", "merseburg")
    assert [edge["node"]["title"] for edge in found["projects"]["edges"]] == ["Nur einmal"]

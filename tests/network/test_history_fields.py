"""The audit trail and going back in it, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from network.app import open_ports
from tests.network.writing import STATE, Desk, desk, draft, paths, published, read

LINES = """edges { cursor node { action version isViewer actor fields { field before after isConcealed }
    links { relationship node isAdded } } } pageInfo { hasNextPage endCursor }"""


@pytest_asyncio.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("history"), open_ports) as made:
        yield made


async def trail(office: Desk, entity: str, caller: str | None = "merseburg", **given: Any) -> Any:
    text = f"""query ($entity: ID!, $first: Int! = 20, $after: String) {{
        history(entity: $entity, first: $first, after: $after) {{ {LINES} }} }}"""
    return (await office.ask(text, caller, entity=entity, **given))["history"]


async def edited(office: Desk, entry: Any, version: int, **changes: Any) -> Any:
    given = {"project": entry["id"], "expectedVersion": version, "changes": changes}
    answer = await office.write("updateProject", STATE, "merseburg", **given)
    assert answer["__typename"] == "UpdateProjectSuccess", answer
    return answer["project"]


async def test_a_trail_names_fields_as_the_schema_does_and_tells_one_s_own_doing(office: Desk) -> None:
    entry = await published(office)
    await edited(office, entry, entry["version"], repositoryUrl="https://code.example/bank")

    mine = (await trail(office, entry["id"]))["edges"][0]["node"]
    theirs = (await trail(office, entry["id"], "zeitz"))["edges"][0]["node"]

    assert mine["fields"] == [
        {"field": "repositoryUrl", "before": None, "after": "https://code.example/bank", "isConcealed": False}
    ]
    assert (mine["isViewer"], theirs["isViewer"]) == (True, False)
    assert mine["version"] == entry["version"] + 1


async def test_a_trail_goes_on_after_a_cursor_of_its_own_only(office: Desk) -> None:
    entry, other = await published(office), await published(office)
    whole = [edge["node"]["action"] for edge in (await trail(office, entry["id"]))["edges"]]
    page = await trail(office, entry["id"], first=1)
    rest = await trail(office, entry["id"], after=page["pageInfo"]["endCursor"])

    assert page["pageInfo"]["hasNextPage"] is True
    assert [edge["node"]["action"] for edge in page["edges"] + rest["edges"]] == whole
    for cursor in (page["pageInfo"]["endCursor"], "x" * 50, "bm90IGpzb24"):
        response = await office.post(
            f"query ($entity: ID!, $after: String) {{ history(entity: $entity, after: $after) {{ {LINES} }} }}",
            "merseburg",
            entity=other["id"],
            after=cursor,
        )
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("caller", [None, "stranger", "wilster", "stadt", "dataport"])
async def test_others_see_neither_the_trail_nor_whether_there_is_one(office: Desk, caller: str | None) -> None:
    entry, secret = await published(office), await draft(office, title="Verschlossenes Vorhaben")

    assert await trail(office, entry["id"], caller) is None
    assert await trail(office, secret["id"], caller) is None
    assert await trail(office, "Project:01890000-0000-7000-8000-000000000000", caller) is None


async def test_an_entry_goes_back_and_a_conflict_tells_the_version_to_read(office: Desk) -> None:
    entry = await draft(office)
    later = await edited(office, entry, entry["version"], summary="Alles anders.")

    stale = await office.write(
        "revert", "project { version }", "merseburg", entity=entry["id"], version=1, expectedVersion=1
    )
    assert (stale["__typename"], stale["currentVersion"]) == ("Conflict", later["version"])

    answer = await office.write(
        "revert", STATE, "merseburg", entity=entry["id"], version=1, expectedVersion=later["version"]
    )
    assert answer["project"]["version"] == later["version"] + 1
    assert (await read(office, entry, "summary", "merseburg"))["summary"].startswith("Eine Bank mit Ladestation")


@pytest.mark.parametrize("caller", [None, "wilster", "stadt"])
async def test_nobody_else_goes_back(office: Desk, caller: str | None) -> None:
    entry = await published(office)
    await edited(office, entry, entry["version"], summary="Alles anders.")

    answer = await office.write(
        "revert", STATE, caller, entity=entry["id"], version=1, expectedVersion=entry["version"] + 1
    )

    assert answer["__typename"] == "Forbidden"


async def test_what_cannot_go_back_is_told_with_its_place(office: Desk) -> None:
    entry = await published(office)

    wrong = await office.write("revert", STATE, "merseburg", entity=entry["id"], version=9, expectedVersion=3)
    assert paths(wrong) == {"input.version"} or wrong["__typename"] == "Conflict"
    task = await office.write("revert", STATE, "merseburg", entity="Task:1", version=1, expectedVersion=1)
    assert paths(task) == {"input.entity"}

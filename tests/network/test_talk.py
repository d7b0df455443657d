"""What people ask each other, over HTTP: questions, calls, taking part; anonymous first, then others, then success."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from graph.commands.callbacks import CALLS_A_DAY
from network.app import open_ports
from tests.fixtures.builders import make_event, make_expert, plant, relate
from tests.network.writing import Desk, desk, draft, paths, published, read, zeitz

QUESTION = "question { id text house { id } project { id } topic { slug } answers { text accepted house { id } } }"
CALL = {"name": "Erika Beispiel", "phone": "+49 30 1234", "text": "Bitte anrufen."}
CALLED = "desk function house { id name }"


@pytest_asyncio.fixture
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk(tmp_path_factory.mktemp("talk"), open_ports) as made:
        yield made


async def ask(office: Desk, entry: Any, caller: str | None = "stadt", **given: Any) -> Any:
    asked = {"about": entry["id"], "text": "Was kostet das?", "house": "Municipality:150840590590", **given}
    return await office.write("askQuestion", QUESTION, caller, **asked)


async def test_a_question_and_its_answer_from_both_sides(office: Desk) -> None:
    entry = await published(office)
    for caller, kind in ((None, "Forbidden"), ("stranger", "Forbidden"), ("wilster", "Forbidden")):
        assert (await ask(office, entry, caller))["__typename"] == kind

    question = (await ask(office, entry))["question"]

    assert question["house"] == {"id": "Municipality:150840590590"}
    assert question["project"] == {"id": entry["id"]}
    answer = await office.write(
        "answerQuestion",
        f"answer {{ id }} {QUESTION}",
        "merseburg",
        question=question["id"],
        text="Fast nichts.",
        house="University:05gqaka33",
    )
    key = {"answer": answer["answer"]["id"]}
    assert (await office.write("acceptAnswer", QUESTION, "merseburg", **key))["__typename"] == "Forbidden"
    accepted = await office.write("acceptAnswer", QUESTION, "stadt", **key)
    assert accepted["question"]["answers"] == [
        {"text": "Fast nichts.", "accepted": True, "house": {"id": "University:05gqaka33"}}
    ]
    shows = "questions { edges { node { text } } }"
    assert (await read(office, entry, shows))["questions"]["edges"] == []
    assert (await read(office, entry, shows, "wilster"))["questions"]["edges"] == [
        {"node": {"text": "Was kostet das?"}}
    ]
    kept = await office.write("withdrawQuestion", "project { id }", "stadt", question=question["id"])
    assert kept["__typename"] == "Forbidden"
    await office.write("withdrawAnswer", "question { id }", "merseburg", **key)
    gone = await office.write("withdrawQuestion", "project { id } topic { slug }", "stadt", question=question["id"])
    assert (gone["project"], gone["topic"]) == ({"id": entry["id"]}, None)
    assert (await read(office, entry, shows, "wilster"))["questions"]["edges"] == []


async def test_nobody_learns_who_asked_only_for_which_house(office: Desk) -> None:
    entry = await published(office)
    await ask(office, entry)

    schema = (await office.ask('{ __type(name: "Question") { fields { name } } }'))["__type"]["fields"]

    assert {"askedBy", "asked_by"}.isdisjoint(field["name"] for field in schema)


async def test_a_hidden_project_is_asked_about_like_an_absent_one(office: Desk) -> None:
    hidden = await draft(office)
    absent = {"id": "Project:nie"}

    answers = [await ask(office, entry) for entry in (hidden, absent)]

    assert [one["__typename"] for one in answers] == ["NotFound", "NotFound"]
    assert answers[0]["message"].replace(hidden["id"], "Project:nie") == answers[1]["message"]


async def test_all_that_is_wrong_with_a_question_is_told_at_once(office: Desk) -> None:
    found = await ask(office, {"id": "Hub:zeitz"}, text="", house="Topic:x")

    assert paths(found) == {"input.about", "input.text", "input.house"}


async def test_anybody_asks_for_a_call_and_is_told_who_is_asked(office: Desk) -> None:
    entry = await published(office)

    answer = await office.write("requestCallback", CALLED, None, entry=entry["id"], **CALL)

    assert answer["desk"] == "OWNER"
    assert answer["function"] == "Transferstelle"
    assert answer["house"] == {"id": "University:05gqaka33", "name": "Hochschule Merseburg"}
    tasks = "{ viewer { tasks { id kind note entity } } }"
    (task,) = (await office.ask(tasks, "merseburg"))["viewer"]["tasks"]
    assert (task["kind"], task["entity"]) == ("CALL_BACK", entry["id"])
    assert "Erika Beispiel" in task["note"]
    for caller in ("zeitz", "stadt", "wilster"):
        assert (await office.ask(tasks, caller))["viewer"]["tasks"] == []
        node = "query ($id: ID!) { node(id: $id) { id ... on Task { note } } }"
        assert (await office.ask(node, caller, id=task["id"]))["node"] is None
    assert (await read(office, entry, "tasks { id }"))["tasks"] == []
    done = await office.write("completeTask", "task { isOpen }", "merseburg", task=task["id"])
    assert done["task"] == {"isOpen": False}
    assert (await office.write("completeTask", "task { isOpen }", "stadt", task=task["id"]))["__typename"] == "NotFound"


async def test_events_and_experts_are_called_about_hidden_ones_are_not_there(office: Desk) -> None:
    event = make_event("auftakt", title="Auftakt")
    hidden = make_expert("verborgen", visibility="PRIVATE", readers=("admin",))
    await plant(office.store, event, hidden, relate("HOSTS", zeitz, event), relate("WORKS_AT", hidden, zeitz))
    secret = await draft(office)

    asked = [
        await office.write("requestCallback", CALLED, None, entry=entry, **CALL)
        for entry in ("Event:auftakt", "Expert:verborgen", secret["id"], "Need:nie")
    ]

    assert [one["__typename"] for one in asked] == ["RequestCallbackSuccess", "NotFound", "NotFound", "NotFound"]
    assert asked[0]["house"]["id"] == "Hub:zeitz"


async def test_the_same_name_of_two_who_are_nobody_answers_for_neither(office: Desk) -> None:
    """They share `anonymous` as their name, and nothing else: the second call is made, not answered from the first."""
    entry = await published(office)
    named = {"entry": entry["id"], "clientMutationId": "eins"}

    first = await office.write("requestCallback", CALLED, None, **CALL, **named)
    again = await office.write("requestCallback", CALLED, None, **CALL, **named)
    other = await office.write("requestCallback", CALLED, None, **{**CALL, "name": "Max Muster"}, **named)

    assert first == again
    assert other["__typename"] == "RequestCallbackSuccess"
    tasks = (await office.ask("{ viewer { tasks { note } } }", "merseburg"))["viewer"]["tasks"]
    assert sorted("Max" in task["note"] for task in tasks) == [False, True]


async def test_what_cannot_be_meant_is_told_with_its_place(office: Desk) -> None:
    given = {"entry": "Hub:zeitz", "name": "", "text": "x" * 501, "phone": "nie", "email": "nie"}

    found = await office.write("requestCallback", CALLED, None, **given)

    assert paths(found) == {"input.entry", "input.name", "input.text", "input.phone", "input.email"}
    lines = await office.write("requestCallback", CALLED, None, **{**CALL, "entry": "Need:x", "text": "a\nb\nc\nd"})
    assert paths(lines) == {"input.text"}
    nowhere = await office.write("requestCallback", CALLED, None, entry="Need:x", name="E", text="a")
    assert paths(nowhere) == {"input.phone"}


async def test_an_entry_bears_so_many_calls_a_day(office: Desk) -> None:
    entry = await published(office)
    for _ in range(CALLS_A_DAY):
        await office.write("requestCallback", CALLED, None, entry=entry["id"], **CALL)
    text = "mutation ($input: RequestCallbackInput!) { requestCallback(input: $input) { __typename } }"

    response: httpx.Response = await office.post(text, None, input={"entry": entry["id"], **CALL})

    body = response.json()
    assert body["data"] == {"requestCallback": None}
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["retryAfter"] > 0


async def test_everything_else_asks_for_signing_in(office: Desk) -> None:
    entry = await published(office)

    joined = await office.write("joinProject", "task { id }", None, project=entry["id"], house="Hub:zeitz")
    done = await office.write("completeTask", "task { id }", None, task="Task:nie")

    assert (joined["__typename"], done["__typename"]) == ("Forbidden", "Forbidden")


async def test_a_house_joins_instead_of_doing_it_again(office: Desk) -> None:
    entry = await published(office)
    asked = {"project": entry["id"], "house": "Municipality:150840590590", "role": "Pilot", "note": "Gern."}

    assert (await office.write("joinProject", "task { id }", "wilster", **asked))["__typename"] == "Forbidden"
    joined = await office.write("joinProject", "task { id } project { id }", "stadt", **asked)
    assert joined["task"] is None
    (task,) = (await office.ask("{ viewer { tasks { kind subject note } } }", "merseburg"))["viewer"]["tasks"]
    assert task == {"kind": "DECIDE_PARTNER", "subject": asked["house"], "note": "Rolle: Pilot\nGern."}
    decided = {"project": entry["id"], "house": asked["house"], "isAccepted": True, "role": "Pilot"}
    assert (await office.write("decidePartner", "project { id }", "stadt", **decided))["__typename"] == "Forbidden"
    shows = "project { houses { edges { role confirmedAt node { id } } } }"
    taken = await office.write("decidePartner", shows, "merseburg", **decided)
    (edge,) = taken["project"]["houses"]["edges"]
    assert (edge["role"], edge["node"]["id"]) == ("Pilot", asked["house"])
    assert edge["confirmedAt"] is not None

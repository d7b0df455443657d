"""Questions and answers, on each graph database: who asks, who answers, who accepts, who reads."""

from dataclasses import replace
from typing import Any

import pytest

from auth.errors import ForbiddenError
from auth.principal import Caller
from graph import links
from graph.commands import questions
from graph.commands.questions import (
    AcceptAnswer,
    AnswerQuestion,
    AskQuestion,
    WithdrawAnswer,
    WithdrawQuestion,
    accept_answer,
    answer_question,
    ask_question,
    withdraw_answer,
    withdraw_question,
)
from graph.commands.withdraw_project import WithdrawProject, withdraw_project
from graph.errors import InvalidInputError, NodeNotFoundError, TooOftenError
from graph.model import NodeKey
from graph.port import GraphStore
from graph.vocabulary import Visibility
from tests.fixtures.contributing import (
    ADMIN,
    ANYBODY,
    OTHER_CLERK,
    OTHER_TOWN,
    PROFESSOR,
    TOWN,
    TOWN_CLERK,
    UNIVERSITY,
    VISITOR,
    WILSTER_LEAD,
    ZEITZ,
    ZEITZ_MEMBER,
    at,
    count_kills,
    drafted,
    found_network,
    person,
    published,
)
from tests.fixtures.units import all_changes, readers, stored

TOPIC = NodeKey("Topic", "parken")
ABOUT_TOPIC = AskQuestion(about=TOPIC, text="Wer misst freie Plätze?", house=OTHER_TOWN)


async def news(store: GraphStore, kind: str) -> list[str]:
    return [entity for entity, _, _ in await store.query("test_news", {"kind": kind})]


async def asked(store: GraphStore, project: str, actor: Caller = OTHER_CLERK, **given: Any) -> str:
    command = AskQuestion(about=NodeKey("Project", project), text="Was kostet das?", house=OTHER_TOWN)
    return str((await ask_question(at(store), replace(command, **given), actor=actor))["id"])


async def answered(store: GraphStore, question: str, actor: Caller = TOWN_CLERK, **given: Any) -> str:
    command = AnswerQuestion(question=question, text="Wenig.", house=TOWN)
    return str((await answer_question(at(store), replace(command, **given), actor=actor))["id"])


async def test_a_question_is_asked_in_the_name_of_a_house_and_keeps_who_asked(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)

    question = await asked(store, project)

    row = await stored(store, f"Question:{question}")
    assert row is not None
    assert row["asked_by"]
    assert "150840550550" not in row["asked_by"]
    assert await readers(store, f"Question:{question}") == ("network",)
    found = await store.transact(lambda transaction: transaction.follow(links.QUESTION_HOUSE, [question]))
    assert [key for key, _ in found[question]] == [OTHER_TOWN]
    assert await news(store, "QUESTION_ASKED") == [f"Question:{question}"]


@pytest.mark.parametrize("actor", [ANYBODY, VISITOR, TOWN_CLERK, ADMIN])
async def test_nobody_asks_in_the_name_of_another_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    before = await all_changes(store)

    with pytest.raises(ForbiddenError):
        await ask_question(at(store), ABOUT_TOPIC, actor=actor)

    assert await all_changes(store) == before


async def test_only_the_administration_asks_in_nobody_s_name(store: GraphStore) -> None:
    await found_network(store)

    await ask_question(at(store), replace(ABOUT_TOPIC, house=None), actor=ADMIN)
    with pytest.raises(ForbiddenError):
        await ask_question(at(store), replace(ABOUT_TOPIC, house=None), actor=OTHER_CLERK)


@pytest.mark.parametrize(
    "given",
    [
        {"text": " "},
        {"text": "x" * (questions.MAX_QUESTION + 1)},
        {"visibility": Visibility.PRIVATE},
        {"about": ZEITZ},
    ],
)
async def test_what_cannot_be_meant_is_refused(store: GraphStore, given: dict[str, Any]) -> None:
    await found_network(store)

    with pytest.raises(InvalidInputError):
        await ask_question(at(store), replace(ABOUT_TOPIC, **given), actor=OTHER_CLERK)


async def test_a_project_that_is_hidden_is_asked_about_like_an_absent_one(store: GraphStore) -> None:
    await found_network(store)
    hidden = NodeKey("Project", await drafted(store))

    for about in (hidden, NodeKey("Project", "nie"), NodeKey("Topic", "nie")):
        with pytest.raises(NodeNotFoundError) as refused:
            await ask_question(at(store), replace(ABOUT_TOPIC, about=about), actor=OTHER_CLERK)
        assert str(refused.value) == f"no {about}"


COLLEAGUE = person("municipality:150840550550", sub="colleague")
"""Of the house of `OTHER_CLERK`, and somebody else."""


async def test_the_house_that_asked_accepts_one_answer_and_nobody_else(store: GraphStore) -> None:
    await found_network(store)
    question = await asked(store, await published(store))
    first = await answered(store, question)
    second = await answered(store, question, PROFESSOR, house=UNIVERSITY)

    for actor in (TOWN_CLERK, PROFESSOR, ADMIN):
        with pytest.raises(ForbiddenError):
            await accept_answer(at(store), AcceptAnswer(answer=first), actor=actor)
    await accept_answer(at(store), AcceptAnswer(answer=first), actor=OTHER_CLERK)
    await accept_answer(at(store), AcceptAnswer(answer=second), actor=COLLEAGUE)

    rows = {key: await stored(store, f"Answer:{key}") for key in (first, second)}
    assert [bool(row and row["accepted"]) for row in rows.values()] == [False, True]
    assert await news(store, "ANSWER_ACCEPTED") == [f"Answer:{first}", f"Answer:{second}"]
    await accept_answer(at(store), AcceptAnswer(answer=second, is_accepted=False), actor=OTHER_CLERK)
    row = await stored(store, f"Answer:{second}")
    assert row is not None
    assert not row["accepted"]


async def test_questions_and_answers_hide_with_their_project(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    question = await asked(store, project, visibility=Visibility.PUBLIC)
    answer = await answered(store, question)
    assert await readers(store, f"Answer:{answer}") == ("public",)

    await withdraw_project(at(store), WithdrawProject(project=project), actor=TOWN_CLERK)

    for key in (f"Question:{question}", f"Answer:{answer}"):
        assert not {"public", "network"} & set(await readers(store, key))
    with pytest.raises(NodeNotFoundError):
        await answer_question(
            at(store), AnswerQuestion(question=question, text="Doch.", house=UNIVERSITY), actor=PROFESSOR
        )


async def test_words_are_taken_back_by_their_house_or_by_who_answers_for_the_project(store: GraphStore) -> None:
    await found_network(store)
    project = await published(store)
    question = await asked(store, project)
    own, other = await answered(store, question), await answered(store, question)

    for actor in (PROFESSOR, ZEITZ_MEMBER):
        with pytest.raises(ForbiddenError):
            await withdraw_answer(at(store), WithdrawAnswer(answer=own), actor=actor)
        with pytest.raises(ForbiddenError):
            await withdraw_question(at(store), WithdrawQuestion(question=question), actor=actor)
    assert await withdraw_answer(at(store), WithdrawAnswer(answer=own), actor=TOWN_CLERK) == {"question": question}
    assert await stored(store, f"Answer:{own}") is None

    answer = await withdraw_question(at(store), WithdrawQuestion(question=question), actor=WILSTER_LEAD)

    assert answer == {"project": project}
    assert await stored(store, f"Question:{question}") is None
    assert await stored(store, f"Answer:{other}") is None


async def test_who_asked_does_not_take_the_words_of_others_away(store: GraphStore) -> None:
    await found_network(store)
    question = await asked(store, await published(store))
    await answer_question(at(store), AnswerQuestion(question=question, text="Ja.", house=OTHER_TOWN), actor=OTHER_CLERK)
    theirs = await answered(store, question)

    with pytest.raises(ForbiddenError):
        await withdraw_question(at(store), WithdrawQuestion(question=question), actor=OTHER_CLERK)
    assert await stored(store, f"Question:{question}") is not None

    await withdraw_answer(at(store), WithdrawAnswer(answer=theirs), actor=TOWN_CLERK)
    await withdraw_question(at(store), WithdrawQuestion(question=question), actor=OTHER_CLERK)
    assert await stored(store, f"Question:{question}") is None


@pytest.mark.parametrize("actor", [OTHER_CLERK, COLLEAGUE])
async def test_a_question_about_a_topic_is_that_of_its_house(store: GraphStore, actor: Caller) -> None:
    await found_network(store)
    question = str((await ask_question(at(store), ABOUT_TOPIC, actor=OTHER_CLERK))["id"])
    own = await answered(store, question, OTHER_CLERK, house=OTHER_TOWN)

    with pytest.raises(ForbiddenError):
        await withdraw_answer(at(store), WithdrawAnswer(answer=own), actor=WILSTER_LEAD)
    with pytest.raises(ForbiddenError):
        await withdraw_question(at(store), WithdrawQuestion(question=question), actor=WILSTER_LEAD)
    assert await withdraw_answer(at(store), WithdrawAnswer(answer=own), actor=actor) == {"question": question}
    assert await withdraw_question(at(store), WithdrawQuestion(question=question), actor=actor) == {"topic": "parken"}


async def test_who_left_a_house_no_longer_speaks_for_it(store: GraphStore) -> None:
    await found_network(store)
    question = str((await ask_question(at(store), ABOUT_TOPIC, actor=OTHER_CLERK))["id"])
    answer = await answered(store, question)
    moved = replace(OTHER_CLERK, memberships=TOWN_CLERK.memberships)

    with pytest.raises(ForbiddenError):
        await accept_answer(at(store), AcceptAnswer(answer=answer), actor=moved)


async def test_words_of_the_administration_are_those_of_everybody_there(store: GraphStore) -> None:
    await found_network(store)
    question = str((await ask_question(at(store), replace(ABOUT_TOPIC, house=None), actor=ADMIN))["id"])
    answer = await answered(store, question)
    another = replace(ADMIN, sub="another")

    await accept_answer(at(store), AcceptAnswer(answer=answer), actor=another)

    row = await stored(store, f"Answer:{answer}")
    assert row is not None
    assert row["accepted"]


async def test_a_day_has_room_for_so_many_questions_withdrawn_ones_included(store: GraphStore) -> None:
    await found_network(store)
    for number in range(questions.QUESTIONS_A_DAY):
        question = str((await ask_question(at(store), ABOUT_TOPIC, actor=OTHER_CLERK))["id"])
        if number % 2:
            await withdraw_question(at(store), WithdrawQuestion(question=question), actor=OTHER_CLERK)

    with pytest.raises(TooOftenError) as refused:
        await ask_question(at(store), ABOUT_TOPIC, actor=OTHER_CLERK)

    assert refused.value.retry_after_s > 0
    await ask_question(at(store), replace(ABOUT_TOPIC, house=UNIVERSITY), actor=PROFESSOR)
    await ask_question(at(store, "2026-11-03T09:00:01.000000Z"), ABOUT_TOPIC, actor=OTHER_CLERK)


async def test_killed_anywhere_a_withdrawal_leaves_all_or_nothing(store: GraphStore) -> None:
    await found_network(store)
    question = await asked(store, await published(store))
    await answered(store, question)

    async def snapshot() -> object:
        return await stored(store, f"Question:{question}"), len(await all_changes(store))

    killed = await count_kills(
        store,
        lambda work: withdraw_question(work, WithdrawQuestion(question=question), actor=TOWN_CLERK),
        snapshot,
    )
    assert killed > 3

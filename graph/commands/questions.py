"""Questions about projects and topics, and their answers: asked and answered by people in the name of their houses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from auth import policy
from auth.principal import Anonymous
from graph import links
from graph.actors import Actor, System, pseudonym
from graph.commands.holding import require_houses, required
from graph.errors import InvalidInputError, NodeNotFoundError
from graph.identifiers import uuid7
from graph.links import Link
from graph.model import Answer, NodeKey, Question
from graph.port import Neighbour
from graph.relationships import Plain
from graph.vocabulary import NewsKind, Visibility
from graph.writing.daily import require_rest
from graph.writing.unit import Unit
from graph.writing.unit_of_work import UnitOfWork

MAX_QUESTION: Final = 2_000
"""Characters; whoever needs more calls."""
MAX_ANSWER: Final = 5_000
QUESTIONS_A_DAY: Final = 20
ANSWERS_A_DAY: Final = 100
"""Of one person; each tells somebody, by e-mail, too."""
_MAX_ANSWERS: Final = 100
"""Of one question, so that whoever withdraws or accepts touches few."""


@dataclass(frozen=True, kw_only=True)
class AskQuestion:
    """`about`: a project or topic. `house`: in whose name; None for the network's administration alone."""

    about: NodeKey
    text: str
    house: NodeKey | None = None
    visibility: Visibility = Visibility.NETWORK


@dataclass(frozen=True, kw_only=True)
class AnswerQuestion:
    question: str
    text: str
    house: NodeKey | None = None


@dataclass(frozen=True, kw_only=True)
class AcceptAnswer:
    """With `is_accepted` false the answer is taken as the answer no longer."""

    answer: str
    is_accepted: bool = True


@dataclass(frozen=True, kw_only=True)
class WithdrawQuestion:
    question: str


@dataclass(frozen=True, kw_only=True)
class WithdrawAnswer:
    answer: str


async def ask_question(
    unit_of_work: UnitOfWork, command: AskQuestion, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` of the question.

    Raises:
        NodeNotFoundError: no such project or topic, or not for the caller's eyes.
        ForbiddenError: the caller is no member of the network, or not of `house`.
        InvalidInputError: no text, too much of it, or PRIVATE: nobody could answer.
        TooOftenError: more than QUESTIONS_A_DAY.
    """
    _require_text(command.text, MAX_QUESTION)
    if command.about.label not in ("Project", "Topic"):
        raise InvalidInputError("about: expected a project or a topic", field="about")
    if command.visibility is Visibility.PRIVATE:
        raise InvalidInputError("visibility: expected NETWORK or PUBLIC", field="visibility")

    async def ask(unit: Unit) -> dict[str, str | int]:
        unit.require(policy.may_take_part)
        await _require_about(unit, command.about)
        await _require_name(unit, command.house)
        await require_rest(unit, "ask_question", most=QUESTIONS_A_DAY)
        question = Question(
            id=str(uuid7()), text=command.text, visibility=command.visibility, asked_by=_person(unit.actor)
        )
        unit.record("ask_question", question.key)
        unit.announce(NewsKind.QUESTION_ASKED, question.key)
        await unit.put(question)
        await unit.connect(Plain(type="ABOUT", start=question.key, end=command.about))
        if command.house is not None:
            await unit.connect(Plain(type="ASKED_BY", start=question.key, end=command.house))
        return {"id": question.id}

    return await unit_of_work.run(ask, actor=actor, idempotency_key=idempotency_key)


async def answer_question(
    unit_of_work: UnitOfWork, command: AnswerQuestion, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` of the answer and that of its `question`. Whoever reads the question reads it.

    Raises:
        NodeNotFoundError: no such question, or not for the caller's eyes.
        ForbiddenError: the caller is no member of the network, or not of `house`.
        InvalidInputError: no text, or too much of it.
        TooOftenError: more than ANSWERS_A_DAY, or the question has as many answers as it may have.
    """
    _require_text(command.text, MAX_ANSWER)

    async def give(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Question", command.question)
        await unit.lock(key)
        await unit.require_readable(key)
        unit.require(policy.may_take_part)
        await _require_name(unit, command.house)
        await require_rest(unit, "answer_question", most=ANSWERS_A_DAY)
        if len(await unit.neighbours(links.QUESTION_ANSWERS, key)) >= _MAX_ANSWERS:
            raise InvalidInputError(f"question: has {_MAX_ANSWERS} answers already", field="question")
        answer = Answer(
            id=str(uuid7()), text=command.text, visibility=Visibility.PUBLIC, answered_by=_person(unit.actor)
        )
        unit.record("answer_question", answer.key)
        unit.announce(NewsKind.QUESTION_ANSWERED, answer.key)
        await unit.put(answer)
        await unit.connect(Plain(type="TO", start=answer.key, end=key))
        if command.house is not None:
            await unit.connect(Plain(type="ANSWERED_BY", start=answer.key, end=command.house))
        return {"id": answer.id, "question": command.question}

    return await unit_of_work.run(give, actor=actor, idempotency_key=idempotency_key)


async def accept_answer(
    unit_of_work: UnitOfWork, command: AcceptAnswer, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `id` of the answer and that of its `question`, which has this one accepted answer, or none.

    Raises:
        NodeNotFoundError: no such answer, or not for the caller's eyes.
        ForbiddenError: the question was not asked in a name in which the caller may speak.
    """

    async def accept(unit: Unit) -> dict[str, str | int]:
        answer, question = await _answer(unit, command.answer)
        unit.require(policy.may_speak_for, await _house(unit, links.QUESTION_HOUSE, question.key))
        others = [key.value for key, _ in await unit.neighbours(links.QUESTION_ANSWERS, question.key)]
        await unit.lock_many(Answer, others)
        known = (await unit.get_many(Answer, others)).values()
        taken = {one.id: command.is_accepted and one.id == answer.id for one in known}
        changed = [replace(one, accepted=taken[one.id]) for one in known if one.accepted or one.id == answer.id]
        unit.record("accept_answer" if command.is_accepted else "unaccept_answer", answer.key)
        if command.is_accepted and not answer.accepted:
            unit.announce(NewsKind.ANSWER_ACCEPTED, answer.key)
        await unit.put_many(changed)
        return {"id": answer.id, "question": question.id}

    return await unit_of_work.run(accept, actor=actor, idempotency_key=idempotency_key)


async def withdraw_question(
    unit_of_work: UnitOfWork, command: WithdrawQuestion, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `project` or `topic` that it was about; the question is gone, and its answers with it.

    Once other houses answered, their words are not for the one that asked to take away.

    Raises:
        NodeNotFoundError: no such question, or not for the caller's eyes.
        ForbiddenError: it, or an answer, is in a name in which the caller may not speak, nor does he answer for the project.
    """

    async def withdraw(unit: Unit) -> dict[str, str | int]:
        key = NodeKey("Question", command.question)
        await unit.lock(key)
        await unit.require_readable(key)
        if await unit.get(Question, command.question) is None:
            raise NodeNotFoundError(f"no {key}")
        about = await _about(unit, key)
        stewards = await _stewards(unit, about)
        keys = [answer.value for answer, _ in await unit.neighbours(links.QUESTION_ANSWERS, key)]
        answered = await unit.follow(links.ANSWER_HOUSE, keys)
        houses = [_first(answered.get(answer, [])) for answer in keys]
        for house in {await _house(unit, links.QUESTION_HOUSE, key), *houses}:
            unit.require(policy.may_withdraw_words, house, stewards)
        for answer in keys:
            unit.record("withdraw_question", NodeKey("Answer", answer))
            await unit.delete(NodeKey("Answer", answer))
        unit.record("withdraw_question", key)
        await unit.delete(key)
        return {one.label.lower(): one.value for one in about}

    return await unit_of_work.run(withdraw, actor=actor, idempotency_key=idempotency_key)


async def withdraw_answer(
    unit_of_work: UnitOfWork, command: WithdrawAnswer, *, actor: Actor, idempotency_key: str | None = None
) -> dict[str, str | int]:
    """The `question` that the answer is gone from.

    Raises:
        NodeNotFoundError: no such answer, or not for the caller's eyes.
        ForbiddenError: it is in a name in which the caller may not speak, nor does he answer for the project.
    """

    async def withdraw(unit: Unit) -> dict[str, str | int]:
        answer, question = await _answer(unit, command.answer)
        stewards = await _stewards(unit, await _about(unit, question.key))
        unit.require(policy.may_withdraw_words, await _house(unit, links.ANSWER_HOUSE, answer.key), stewards)
        unit.record("withdraw_answer", answer.key)
        await unit.delete(answer.key)
        return {"question": question.id}

    return await unit_of_work.run(withdraw, actor=actor, idempotency_key=idempotency_key)


def _require_text(text: str, most: int) -> None:
    required("text", text)
    if len(text) > most:
        raise InvalidInputError(f"text: expected at most {most:,} characters", field="text")


async def _require_about(unit: Unit, about: NodeKey) -> None:
    if not await unit.lock(about):
        raise NodeNotFoundError(f"no {about}")
    if about.label == "Project":
        await unit.require_readable(about)


async def _require_name(unit: Unit, house: NodeKey | None) -> None:
    """Passes where the caller may speak in the name of `house`, which is there."""
    unit.require(policy.may_speak_for, house)
    if house is not None:
        await require_houses(unit, [house], field="house")


async def _answer(unit: Unit, identifier: str) -> tuple[Answer, Question]:
    """The answer and its question, both locked."""
    key = NodeKey("Answer", identifier)
    above = await unit.neighbours(links.ANSWER_QUESTION, key)
    # The question first, as whoever withdraws it does.
    for question, _ in above:
        await unit.lock(question)
    await unit.lock(key)
    await unit.require_readable(key)
    answer = await unit.get(Answer, identifier)
    asked = await unit.get(Question, above[0][0].value) if above else None
    if answer is None or asked is None:
        raise NodeNotFoundError(f"no {key}")
    return answer, asked


async def _about(unit: Unit, question: NodeKey) -> list[NodeKey]:
    return [
        key
        for link in (links.QUESTION_PROJECT, links.QUESTION_TOPIC)
        for key, _ in await unit.neighbours(link, question)
    ]


async def _stewards(unit: Unit, about: Sequence[NodeKey]) -> frozenset[NodeKey]:
    """Who answers for the project that is asked about; nobody does for a topic."""
    found: frozenset[NodeKey] = frozenset()
    for key in about:
        entry = await unit.entry(key) if key.label == "Project" else None
        found |= entry.stewards if entry is not None else frozenset()
    return found


async def _house(unit: Unit, link: Link, said: NodeKey) -> NodeKey | None:
    """In whose name something was said; None for that of the network's administration."""
    return _first(await unit.neighbours(link, said))


def _first(found: Sequence[Neighbour]) -> NodeKey | None:
    return found[0][0] if found else None


def _person(actor: Actor) -> str | None:
    return None if isinstance(actor, System | Anonymous) else pseudonym(actor)

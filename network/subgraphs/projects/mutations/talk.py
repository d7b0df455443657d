"""Inputs of what people ask each other: questions and answers, calls, taking part."""

import strawberry

from graph import vocabulary as stored
from graph.commands.callbacks import MAX_LINES, MAX_TEXT, CompleteTask, RequestCallback
from graph.commands.joining import DecidePartner, JoinProject
from graph.commands.questions import (
    MAX_ANSWER,
    MAX_QUESTION,
    AcceptAnswer,
    AnswerQuestion,
    AskQuestion,
    WithdrawAnswer,
    WithdrawQuestion,
)
from graph.model import NodeKey
from graph.texts import MAX_NAME, MAX_NOTE
from network.execution import Checks, client_mutation_id
from network.subgraphs.given import member
from network.subgraphs.projects.mutations.described import PROJECT_ID
from network.subgraphs.projects.mutations.life_cycle import project_key
from network.subgraphs.projects.mutations.project_fields import house
from network.subgraphs.vocabulary import Visibility

_QUESTION_ID = "Id of the question, as in `Question:0190…`."
_ANSWER_ID = "Id of the answer, as in `Answer:0190…`."
_NAME = (
    "Id of the caller's own house in whose name it is said, as in `Hub:zeitz`: that is what others see. The network's "
    "administration may leave it out."
)


@strawberry.input(description="A question about a project or a topic.")
class AskQuestionInput:
    about: strawberry.ID = strawberry.field(description="Id of a project or a topic, as in `Topic:mobilitaet`.")
    text: str = strawberry.field(description=f"The question in German, up to {MAX_QUESTION:,} characters.")
    house: strawberry.ID | None = strawberry.field(default=None, description=_NAME)
    visibility: Visibility = strawberry.field(
        default=Visibility.NETWORK,
        description="NETWORK or PUBLIC; about a project, nobody reads it who does not read the project.",
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AskQuestion:
        return AskQuestion(
            about=check.node("about", self.about, "Project", "Topic"),
            text=check.text("text", self.text, most=MAX_QUESTION),
            house=_name(check, self.house),
            visibility=member(stored.Visibility, self.visibility),
        )


@strawberry.input(description="An answer to a question.")
class AnswerQuestionInput:
    question: strawberry.ID = strawberry.field(description=_QUESTION_ID)
    text: str = strawberry.field(description=f"The answer in German, up to {MAX_ANSWER:,} characters.")
    house: strawberry.ID | None = strawberry.field(default=None, description=_NAME)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AnswerQuestion:
        return AnswerQuestion(
            question=_question(check, self.question),
            text=check.text("text", self.text, most=MAX_ANSWER),
            house=_name(check, self.house),
        )


@strawberry.input(description="Which answer is the answer.")
class AcceptAnswerInput:
    answer: strawberry.ID = strawberry.field(description=_ANSWER_ID)
    is_accepted: bool = strawberry.field(default=True, description="False takes it back.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> AcceptAnswer:
        return AcceptAnswer(answer=_answer(check, self.answer), is_accepted=self.is_accepted)


@strawberry.input(description="Which question to take back, and its answers with it.")
class WithdrawQuestionInput:
    question: strawberry.ID = strawberry.field(description=_QUESTION_ID)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> WithdrawQuestion:
        return WithdrawQuestion(question=_question(check, self.question))


@strawberry.input(description="Which answer to take back.")
class WithdrawAnswerInput:
    answer: strawberry.ID = strawberry.field(description=_ANSWER_ID)
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> WithdrawAnswer:
        return WithdrawAnswer(answer=_answer(check, self.answer))


@strawberry.input(description="Who wants to be called, and why.")
class RequestCallbackInput:
    entry: strawberry.ID = strawberry.field(
        description="Id of the project, need, event or expert that it is about, as in `Project:0190…`."
    )
    name: str = strawberry.field(description="Whom to ask for, up to 100 characters.")
    phone: str | None = strawberry.field(default=None, description="Telephone number; this or `email` is needed.")
    email: str | None = strawberry.field(default=None, description="E-mail address; this or `phone` is needed.")
    text: str = strawberry.field(
        description=f"What it is about, in German: at most {MAX_LINES} lines and {MAX_TEXT} characters."
    )
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> RequestCallback:
        return RequestCallback(
            entry=check.node("entry", self.entry, "Project", "Need", "Event", "Expert"),
            name=check.line("name", self.name, most=MAX_NAME),
            text=check.text("text", self.text, most=MAX_TEXT),
            phone=None if self.phone is None else check.phone("phone", self.phone),
            email=None if self.email is None else check.email("email", self.email),
        )


@strawberry.input(description="Which task is done.")
class CompleteTaskInput:
    task: strawberry.ID = strawberry.field(description="Id of the task, as in `Task:0190…`.")
    reason: str | None = strawberry.field(default=None, description="What came of it, in German, for the asked side.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> CompleteTask:
        return CompleteTask(
            task=check.node("task", self.task, "Task").value,
            reason=None if self.reason is None else check.text("reason", self.reason, most=MAX_NOTE),
        )


@strawberry.input(description="Which house wants to take part in a project of others.")
class JoinProjectInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description="Id of the caller's own house, as in `University:03sft3r75`.")
    role: str | None = strawberry.field(default=None, description="As what, in German.")
    note: str | None = strawberry.field(default=None, description="What whoever decides should know, in German.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> JoinProject:
        return JoinProject(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            role=None if self.role is None else check.line("role", self.role),
            note=None if self.note is None else check.text("note", self.note, most=MAX_NOTE),
        )


@strawberry.input(description="What the project's side says to a house that wants to take part.")
class DecidePartnerInput:
    project: strawberry.ID = strawberry.field(description=PROJECT_ID)
    house: strawberry.ID = strawberry.field(description="Id of the house that asked.")
    is_accepted: bool = strawberry.field(description="Whether it takes part from now on.")
    role: str | None = strawberry.field(default=None, description="As what, in German.")
    reason: str | None = strawberry.field(default=None, description="Why, in German; needed to refuse.")
    client_mutation_id: str | None = client_mutation_id()

    def command(self, check: Checks) -> DecidePartner:
        return DecidePartner(
            project=project_key(check, self.project),
            house=house(check, "house", self.house),
            is_accepted=self.is_accepted,
            role=None if self.role is None else check.line("role", self.role),
            reason=None if self.reason is None else check.text("reason", self.reason, most=MAX_NOTE),
        )


def _name(check: Checks, global_id: str | None) -> NodeKey | None:
    return None if global_id is None else house(check, "house", global_id)


def _question(check: Checks, global_id: str) -> str:
    return check.node("question", global_id, "Question").value


def _answer(check: Checks, global_id: str) -> str:
    return check.node("answer", global_id, "Answer").value

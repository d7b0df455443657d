"""Mutations of what people ask each other."""

from typing import Final

import strawberry

from graph.commands.callbacks import complete_task, request_callback
from graph.commands.joining import decide_partner, join_project
from graph.commands.questions import (
    accept_answer,
    answer_question,
    ask_question,
    withdraw_answer,
    withdraw_question,
)
from network.execution import Told, mutation
from network.rates import Kind
from network.subgraphs.projects.mutations.shown import (
    ANSWER,
    ANSWERED,
    ASKED_ABOUT,
    ASKED_HOUSE,
    DONE,
    PROJECT,
    QUESTION,
    TASK,
)
from network.subgraphs.projects.mutations.talk import (
    AcceptAnswerInput,
    AnswerQuestionInput,
    AskQuestionInput,
    CompleteTaskInput,
    DecidePartnerInput,
    JoinProjectInput,
    RequestCallbackInput,
    WithdrawAnswerInput,
    WithdrawQuestionInput,
)
from network.subgraphs.vocabulary import CallbackDesk

_MEMBERS: Final = "members of the network, in the name of their house"
_OF_PROJECT: Final = "the project's owner and reviewing hub, and for the administration of the network"
_DESK: Final = Told("desk", CallbackDesk, "Who is asked to call.", member="desk")
_FUNCTION: Final = Told(
    "function",
    str,
    "The function or office that the contact names, as in `Bauamt`; null where none is known or the caller may not see it.",
    member="function",
)


@strawberry.type
class OfQuestions:
    ask_question = mutation(
        "AskQuestion",
        AskQuestionInput,
        ask_question,
        [QUESTION],
        "Asks something about a project or a topic; the project's house is told.",
        whom=_MEMBERS,
    )
    answer_question = mutation(
        "AnswerQuestion",
        AnswerQuestionInput,
        answer_question,
        [ANSWER, ANSWERED],
        "Answers a question; whoever asked is told.",
        whom=_MEMBERS,
    )
    accept_answer = mutation(
        "AcceptAnswer",
        AcceptAnswerInput,
        accept_answer,
        [ANSWER, ANSWERED],
        "Says which answer answers a question; one at most does.",
        whom="those of the house that asked",
    )
    withdraw_question = mutation(
        "WithdrawQuestion",
        WithdrawQuestionInput,
        withdraw_question,
        list(ASKED_ABOUT),
        "Takes a question back, and its answers with it.",
        whom=f"those of the house that asked, as long as no other answered, {_OF_PROJECT}",
    )
    withdraw_answer = mutation(
        "WithdrawAnswer",
        WithdrawAnswerInput,
        withdraw_answer,
        [ANSWERED],
        "Takes an answer back.",
        whom=f"those of the house that gave it, {_OF_PROJECT}",
    )
    request_callback = mutation(
        "RequestCallback",
        RequestCallbackInput,
        request_callback,
        [_DESK, ASKED_HOUSE, _FUNCTION],
        "Asks whoever answers for an entry to call back. For everybody, signed in or not, three times an hour and six "
        "times a day; 60 times a day for one entry, whoever asks. Only those who are asked read name, number and text, and after 180 days nobody does.",
        for_everybody=Kind.CALLBACKS,
    )
    complete_task = mutation(
        "CompleteTask",
        CompleteTaskInput,
        complete_task,
        [DONE],
        "Says that a call was made. Other tasks are done by what they ask for.",
        whom="those whom the task asks",
    )
    join_project = mutation(
        "JoinProject",
        JoinProjectInput,
        join_project,
        [PROJECT, TASK],
        "Asks that a house take part in a published project of others, instead of doing the same again; its owner decides.",
        whom="members of that house",
    )
    decide_partner = mutation(
        "DecidePartner",
        DecidePartnerInput,
        decide_partner,
        [PROJECT],
        "Accepts or refuses a house that asked to take part.",
        whom="the project's owner, leads and reviewers of its hub, unless it is their house that asks, and the "
        "administration",
    )

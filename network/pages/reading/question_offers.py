"""What a page offers its reader to do about the questions on it: they are their houses', which the page knows."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auth import policy
from auth.principal import Anonymous, Caller
from graph.model import NodeKey

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionOffers:
    """What the forms then take.

    Attributes:
        may_ask: Who is not signed in may turn out to be of a house.
        to_accept: Ids of questions whose reader says which answer it is.
        to_withdraw: Ids of questions and answers.
    """

    may_ask: bool
    may_answer: bool
    to_accept: frozenset[str]
    to_withdraw: frozenset[str]


def on_questions(caller: Caller, questions: Data, stewards: Collection[NodeKey] = ()) -> QuestionOffers:
    """What is offered about a connection of questions, and to ask one more.

    Args:
        stewards: The houses that answer for what is asked about; nobody does for a topic.
    """
    asked = [edge["node"] for edge in questions["edges"]]
    return QuestionOffers(
        may_ask=isinstance(caller, Anonymous) or bool(policy.own_houses(caller)),
        may_answer=bool(policy.own_houses(caller)),
        to_accept=frozenset(one["id"] for one in asked if policy.may_speak_for(caller, _key(one["house"]))),
        to_withdraw=frozenset(id_ for one in asked for id_ in _to_withdraw(caller, one, stewards)),
    )


def _to_withdraw(caller: Caller, question: Data, stewards: Collection[NodeKey]) -> Iterator[str]:
    words = [question, *question["answers"]]
    own = [one["id"] for one in words if policy.may_withdraw_words(caller, _key(one["house"]), stewards)]
    # With a question go its answers, and nobody takes away those of others.
    return (id_ for id_ in own if id_ != question["id"] or len(own) == len(words))


def _key(house: Data | None) -> NodeKey | None:
    return None if house is None else NodeKey.parse(house["id"])

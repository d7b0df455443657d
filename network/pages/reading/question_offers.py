"""What a page offers its reader to do about the questions on it, as far as the page can know it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auth import policy
from auth.principal import Anonymous, Caller
from graph.model import NodeKey

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionOffers:
    """Who asked and answered, pages know by house alone: a colleague is offered what the form then refuses.

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
        may_answer=policy.may_take_part(caller),
        to_accept=frozenset(one["id"] for one in asked if _is_own(caller, one["house"])),
        to_withdraw=frozenset(id_ for one in asked for id_ in _to_withdraw(caller, one, stewards)),
    )


def _to_withdraw(caller: Caller, question: Data, stewards: Collection[NodeKey]) -> Iterator[str]:
    may_all = policy.may_withdraw_words(caller, stewards)
    words = [question, *question["answers"]]
    own = [one["id"] for one in words if may_all or _is_own(caller, one["house"])]
    # With a question go its answers, and nobody takes away those of others.
    return (id_ for id_ in own if id_ != question["id"] or len(own) == len(words))


def _is_own(caller: Caller, house: Data | None) -> bool:
    return house is not None and policy.may_act_for(caller, NodeKey.parse(house["id"]))

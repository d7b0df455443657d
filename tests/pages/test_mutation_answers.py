"""What a mutation answered is a success where it is the operation's own, a problem that pages know, or nothing to rely on."""

import pytest

from network.execution.problems import PROBLEMS
from network.pages.frame.asking import Answer, AskingError
from network.pages.frame.fields import payload_of

KNOWN = ("InvalidInput", "Conflict", "Forbidden", "NotFound")


def answered(kind: str) -> Answer:
    return Answer({"saveEvent": {"__typename": kind}})


@pytest.mark.parametrize("kind", ["SaveEventSuccess", *KNOWN])
def test_known_answers_are_read(kind: str) -> None:
    assert payload_of(answered(kind)) == {"__typename": kind}


@pytest.mark.parametrize("kind", ["Teapot", "CancelEventSuccess", "Success", "saveEventSuccess", ""])
def test_an_answer_of_a_kind_nobody_knows_is_no_success(kind: str) -> None:
    with pytest.raises(AskingError):
        payload_of(answered(kind))


def test_pages_know_every_problem() -> None:
    assert {one.__name__.strip("_") for one in PROBLEMS} == set(KNOWN)


def test_an_input_that_could_not_be_read_is_no_answer() -> None:
    error = {"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}
    assert payload_of(Answer({"saveEvent": None}, [error])) is None
    with pytest.raises(AskingError):
        payload_of(Answer({"saveEvent": None}, [error | {"extensions": {"code": "UNAVAILABLE"}}]))

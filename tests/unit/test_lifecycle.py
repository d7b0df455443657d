"""The life cycle of a project and of an adoption: every stage with every move."""

import pytest

from graph.vocabulary import AdoptionStatus, Stage
from graph.writing.lifecycle import (
    ADOPTION_MOVES,
    MOVES,
    Move,
    MoveNotAllowedError,
    allowed_moves,
    check_adoption,
    moved,
)

D, S, C, P, W, A = (
    *(Stage.DRAFT, Stage.SUBMITTED, Stage.CHANGES_REQUESTED),
    *(Stage.PUBLISHED, Stage.WITHDRAWN, Stage.ARCHIVED),
)
TABLE = {
    # from          DRAFT  SUBMITTED CHANGES_REQUESTED PUBLISHED WITHDRAWN ARCHIVED
    Move.EDIT: (D, S, C, P, W, None),
    Move.SUBMIT: (S, None, S, None, S, None),
    Move.REQUEST_CHANGES: (None, C, None, None, None, None),
    Move.PUBLISH: (None, P, None, None, None, P),
    Move.WITHDRAW: (W, W, W, W, W, W),
    Move.ARCHIVE: (None, None, None, A, None, None),
    Move.CONFIRM_CURRENT: (None, None, None, P, None, None),
    Move.ADOPT: (None, None, None, P, None, A),
    Move.CLAIM: (None, None, None, P, None, A),
}


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("stage", Stage)
def test_every_stage_with_every_move(stage: Stage, move: Move) -> None:
    expected = TABLE[move][(D, S, C, P, W, A).index(stage)]

    if expected is not None:
        assert moved(stage, move) is expected
        assert move.value in allowed_moves(stage)
        return
    with pytest.raises(MoveNotAllowedError) as refused:
        moved(stage, move)
    assert refused.value.code == "CONFLICT"
    assert refused.value.allowed == tuple(
        other.value for other in Move if TABLE[other][(D, S, C, P, W, A).index(stage)] is not None
    )
    assert all(name in str(refused.value) for name in refused.value.allowed)


def test_the_table_is_whole() -> None:
    assert MOVES.keys() == set(Stage)
    assert ADOPTION_MOVES.keys() == {None, *AdoptionStatus}


ORDER = tuple(AdoptionStatus)


@pytest.mark.parametrize("before", [None, *AdoptionStatus])
@pytest.mark.parametrize("after", AdoptionStatus)
def test_an_adoption_goes_forward_only(before: AdoptionStatus | None, after: AdoptionStatus) -> None:
    if before is None or ORDER.index(before) <= ORDER.index(after):
        check_adoption(before, after)
        return
    with pytest.raises(MoveNotAllowedError) as refused:
        check_adoption(before, after)
    assert refused.value.allowed == tuple(status.value for status in ORDER[ORDER.index(before) + 1 :])

"""How far two words are apart for a person at a German keyboard: pure.

An edit (a letter too many, missing, another one, two swapped) costs 1; less where fingers slip easily: a neighbouring
key, two letters swapped, a letter doubled or not, and `z` for `y`. A wrong first letter costs more, since people get
that right; `y` and `z` change places on keyboards of other countries, there too.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final

MAX_COST: Final = 2.0
_EASY: Final = 0.7
_FIRST: Final = 0.6
"""On top, where the first letters differ."""
# QWERTZ without umlauts, which folding took away; each row is shifted by half a key.
_ROWS: Final = ("qwertzuiop", "asdfghjkl", "yxcvbnm")


def _neighbours() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = {("z", "y"), ("y", "z")}
    for row in _ROWS:
        pairs.update(pairwise(row))
    for upper, lower in pairwise(_ROWS):
        pairs.update(zip(upper, lower, strict=False))
        pairs.update(zip(upper[1:], lower, strict=False))
    return frozenset(pairs | {(second, first) for first, second in pairs})


_NEIGHBOURS: Final = _neighbours()


def allowed_cost(word: str) -> float:
    """What may lie between `word` and what is meant: nothing in short words and numbers, where it changes the sense."""
    if len(word) < 5 or not word.isalpha():
        return 0.0
    return MAX_COST / 2 if len(word) < 8 else MAX_COST


@lru_cache(maxsize=65_536)
def cost(typed: str, meant: str) -> float:
    """The least that it costs to get from `meant` to `typed`: 0 for equal words, no upper bound."""
    width = len(meant) + 1
    before: list[float] = []
    row = [float(place) for place in range(width)]
    for i, a in enumerate(typed, 1):
        last, before, row = before, row, [float(i)]
        for j, b in enumerate(meant, 1):
            # Also where both letters are the same: the one before may be the double (`komune`, `kommune`).
            doubled_typed = i > 1 and typed[i - 2] == a
            doubled_meant = j > 1 and meant[j - 2] == b
            best = min(
                before[j] + (_EASY if doubled_typed else 1.0),
                row[j - 1] + (_EASY if doubled_meant else 1.0),
                before[j - 1] + (0.0 if a == b else _EASY if (a, b) in _NEIGHBOURS else 1.0),
            )
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b:
                best = min(best, last[j - 2] + _EASY)
            row.append(best)
    is_slip = typed[:1] == meant[:1] or {typed[:1], meant[:1]} == {"y", "z"}
    return row[-1] + (0.0 if is_slip else _FIRST)

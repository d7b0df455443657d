"""How far words are apart for a person at a German keyboard."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from search.typos import MAX_COST, allowed_cost, cost

# Few letters, so that drawn words are often near each other; among them neighbours on the keyboard, and z and y.
LETTERS = "abdeikopqstwyz"
WORDS = st.text(alphabet=LETTERS, min_size=1, max_size=9)


def ordinary() -> float:
    """What a slip costs that nothing makes likely: `p` for `a` lies at the other end of the keyboard."""
    return cost("wapd", "waad")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("parkplstz", "parkplatz"),  # s lies beside a
        ("bürherbüro", "bürgerbüro"),
        ("radwrg", "radweg"),
        ("starkregwn", "starkregen"),
        ("schile", "schule"),
        ("wakd", "wald"),
    ],
)
def test_a_neighbouring_key_is_nearer_than_a_far_one(typed: str, meant: str) -> None:
    place = next(place for place, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b)
    far = "p" if meant[place] not in "olpü" else "q"
    assert 0 < cost(typed, meant) < cost(typed[:place] + far + typed[place + 1 :], meant)


@pytest.mark.parametrize(("one", "other"), list(pairwise("qwertzuiop")))
@pytest.mark.parametrize("around", ["ha{}er", "ha{}"])
def test_keys_of_a_row_are_neighbours_both_ways(one: str, other: str, around: str) -> None:
    there, back = (cost(around.format(a), around.format(b)) for a, b in ((one, other), (other, one)))
    assert there == back < ordinary()


@pytest.mark.parametrize(("upper", "lower"), [("q", "a"), ("w", "a"), ("a", "y"), ("s", "y"), ("z", "g"), ("h", "b")])
def test_keys_above_each_other_are_neighbours(upper: str, lower: str) -> None:
    assert cost(f"ro{upper}o", f"ro{lower}o") < ordinary()


@pytest.mark.parametrize("pair", [("q", "p"), ("a", "l"), ("q", "y"), ("e", "b"), ("m", "q")])
def test_keys_apart_are_no_neighbours(pair: tuple[str, str]) -> None:
    assert cost(f"ro{pair[0]}o", f"ro{pair[1]}o") == ordinary()


def test_z_and_y_change_places_on_other_keyboards() -> None:
    assert cost("yeity", "zeitz") < 2 * ordinary() + (cost("xald", "wald") - cost("waxd", "wawd"))
    assert cost("parkplaty", "parkplatz") == cost("parkplatz", "parkplaty") < ordinary()


@pytest.mark.parametrize(
    ("typed", "meant"), [("pakrplatz", "parkplatz"), ("baumkatsater", "baumkataster"), ("verwlatung", "verwaltung")]
)
def test_two_letters_swapped_are_one_easy_slip(typed: str, meant: str) -> None:
    assert OSA.distance(typed, meant) == 1
    assert 0 < cost(typed, meant) < ordinary()


@pytest.mark.parametrize(
    ("typed", "meant"), [("grosrohrsdorf", "grossrohrsdorf"), ("wallddweg", "waldweg"), ("komune", "kommune")]
)
def test_letters_doubled_or_not_are_easy_slips(typed: str, meant: str) -> None:
    slips = abs(len(typed) - len(meant))
    assert 0 < cost(typed, meant) < slips * ordinary()
    assert cost(typed, meant) == pytest.approx(cost(meant, typed))


@pytest.mark.parametrize(("typed", "meant"), [("xald", "wald"), ("ald", "wald"), ("pwald", "wald"), ("awld", "wald")])
def test_a_wrong_first_letter_costs_more(typed: str, meant: str) -> None:
    assert cost(typed, meant) > cost("r" + typed, "r" + meant)


@given(WORDS)
def test_equal_words_are_not_apart(word: str) -> None:
    assert cost(word, word) == 0


@given(WORDS, WORDS)
def test_others_are(typed: str, meant: str) -> None:
    assume(typed != meant)
    assert cost(typed, meant) > 0


@given(WORDS, WORDS)
@example("yz", "zy")
@example("aab", "ab")
def test_it_is_as_far_back(typed: str, meant: str) -> None:
    assert cost(typed, meant) == pytest.approx(cost(meant, typed))


@given(WORDS, WORDS)
def test_it_is_no_more_than_the_edits_and_no_less_than_the_easiest(typed: str, meant: str) -> None:
    edits = OSA.distance(typed, meant)
    first = surcharge(typed, meant)
    easiest = min(cost("wald", "wlad"), cost("wald", "wakd"), cost("wald", "walld"))
    assert easiest * edits <= cost(typed, meant) - first + 1e-9 <= ordinary() * edits + 1e-6


@given(WORDS, WORDS, st.sampled_from("abcxyz"))
def test_letters_that_both_have_change_nothing(typed: str, meant: str, letter: str) -> None:
    """A word goes on alike: no way may become longer for it."""
    assert cost(typed + letter, meant + letter) <= cost(typed, meant) + 1e-9


@given(WORDS, WORDS, WORDS)
def test_ways_round_are_hardly_shorter(one: str, middle: str, other: str) -> None:
    """No metric (letters once swapped are not touched again), but never off by more than an edit for each swap."""
    swaps = min(len(one), len(middle), len(other)) // 2 + 1
    assert cost(one, other) <= cost(one, middle) + cost(middle, other) + swaps * ordinary() + 1e-9


def least(typed: str, meant: str) -> float:
    """The definition written down: the cheapest of all ways to edit one word into the other, tried one by one."""
    edit, easy = ordinary(), cost("wald", "wlad")

    @cache
    def apart(i: int, j: int) -> float:
        if not i or not j:
            # A word that begins with a doubled letter has nothing before it to be doubled from.
            return (i + j) * edit
        ways = [
            apart(i - 1, j) + (easy if i > 1 and typed[i - 1] == typed[i - 2] else edit),
            apart(i, j - 1) + (easy if j > 1 and meant[j - 1] == meant[j - 2] else edit),
            apart(i - 1, j - 1) + substituted(typed[i - 1], meant[j - 1]),
        ]
        if i > 1 and j > 1 and typed[i - 1] == meant[j - 2] and typed[i - 2] == meant[j - 1]:
            ways.append(apart(i - 2, j - 2) + easy)
        return min(ways)

    return apart(len(typed), len(meant)) + surcharge(typed, meant)


def surcharge(typed: str, meant: str) -> float:
    """For a wrong first letter, which is rare; y and z change places on keyboards of other countries."""
    if typed[0] == meant[0] or {typed[0], meant[0]} == {"y", "z"}:
        return 0.0
    return cost("xald", "wald") - cost("rxald", "rwald")


def test_y_for_z_is_an_easy_slip_at_the_beginning_too() -> None:
    assert cost("yerbst", "zerbst") < cost("xerbst", "zerbst")
    assert cost("yerbst", "zerbst") <= allowed_cost("yerbst")


def substituted(typed: str, meant: str) -> float:
    return 0.0 if typed == meant else cost(f"wo{typed}o", f"wo{meant}o")


@given(WORDS, WORDS)
def test_it_is_the_least_of_all_ways(typed: str, meant: str) -> None:
    assert cost(typed, meant) == pytest.approx(least(typed, meant))


@pytest.mark.parametrize("word", ["", "a", "amt", "kita", "wald", "2021", "99108004012000", "wald5", "mon112", "3d"])
def test_short_words_and_numbers_stay_exact(word: str) -> None:
    assert allowed_cost(word) == 0


@given(st.text(alphabet="abcdefgh", max_size=20), st.text(alphabet="abcdefgh", max_size=20))
def test_longer_words_may_be_further_apart(one: str, other: str) -> None:
    shorter, longer = sorted((one, other), key=len)
    assert 0 <= allowed_cost(shorter) <= allowed_cost(longer) <= MAX_COST


def test_a_slip_is_allowed_in_a_long_word_and_two_in_a_longer_one() -> None:
    assert allowed_cost("radweg") >= ordinary()
    assert allowed_cost("parkplatz") >= 2 * ordinary()
    assert allowed_cost("radweg") < 2 * cost("wald", "wlad")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", ""), ("", "wald"), ("a" * 60, "b" * 60), ("😀", "wald"), ("\ud800", "a"), ("שלום", "waldweg")],
)
def test_anything_can_be_compared(typed: str, meant: str) -> None:
    assert (cost(typed, meant) == 0) == (typed == meant)

"""ORCID iDs: form and check character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.orcid import check_character, orcid_of

DIGITS = st.text("0123456789", min_size=15, max_size=15)


def spelt(sixteen: str) -> str:
    return "-".join(sixteen[at : at + 4] for at in range(0, 16, 4))


# Sample iDs that ORCID publishes: https://support.orcid.org/hc/en-us/articles/360006897674
@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
@pytest.mark.parametrize("form", ["{}", "https://orcid.org/{}", "http://orcid.org/{}", "https://orcid.org/{}/", " {} "])
def test_known_ones_in_every_form(orcid: str, form: str) -> None:
    assert orcid_of(form.format(orcid)) == orcid


@given(DIGITS)
def test_the_check_character_is_that_of_the_standard(digits: str) -> None:
    """ISO/IEC 7064, MOD 11-2: all characters, each times its power of two, make 1 modulo 11."""
    last = check_character(digits)

    weights = [pow(2, 15 - at, 11) for at in range(16)]
    values = [*map(int, digits), 10 if last == "X" else int(last)]
    assert sum(weight * value for weight, value in zip(weights, values, strict=True)) % 11 == 1
    assert orcid_of(spelt(digits + last)) == spelt(digits + last)


@given(DIGITS, st.integers(0, 15), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_found(digits: str, place: int, other: str) -> None:
    right = digits + check_character(digits)
    wrong = right[:place] + other + right[place + 1 :]

    if wrong == right:
        assert orcid_of(spelt(wrong)) == spelt(right)
    else:
        with pytest.raises(InvalidInputError):
            orcid_of(spelt(wrong))


@given(DIGITS, st.integers(0, 14))
def test_two_neighbours_that_changed_places_are_found(digits: str, place: int) -> None:
    right = digits + check_character(digits)
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]

    if swapped == right:
        assert orcid_of(spelt(swapped)) == spelt(right)
    else:
        with pytest.raises(InvalidInputError):
            orcid_of(spelt(swapped))


@given(st.text(max_size=60))
def test_nothing_else_passes(text: str) -> None:
    try:
        found = orcid_of(text)
    except InvalidInputError:
        return
    assert found == spelt(found.replace("-", ""))


@pytest.mark.parametrize(
    "text",
    [
        *("", "0000000218250097", "0000-0002-1825-009", "0000-0002-1825-00977", "0000-0002-1694-233x"),
        *("٠٠٠٠-0002-1825-0097", "0000-0002-1825-0097\n0", "https://orcid.example/0000-0002-1825-0097"),
        "https://orcid.org/0000-0002-1825-0097?x",
    ],
)
def test_other_forms(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        orcid_of(text)
    assert refused.value.field == "orcid"

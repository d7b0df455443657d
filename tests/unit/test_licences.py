"""Which licences are taken: one rule for requests and files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInputError
from graph.licences import MAX_LICENCE, licence_of


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("EUPL-1.2", "EUPL-1.2"),
        ("eupl-1.2 or mit", "EUPL-1.2 OR MIT"),
        ("(MIT AND BSD-3-Clause) OR GPL-2.0+", "(MIT AND BSD-3-Clause) OR GPL-2.0+"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("DL-DE-BY-2.0", "DL-DE-BY-2.0"),
        ("LicenseRef-Haus", "LicenseRef-Haus"),
        (f"{'(' * 98}MIT{')' * 98}", f"{'(' * 98}MIT{')' * 98}"),
    ],
)
def test_an_expression_is_stored_as_spdx_writes_it(text: str, stored: str) -> None:
    assert licence_of(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "Quatsch",
            "EUPL-1.2 OR (",
            "EUPL-1.2 OR",
            "OR",
            "()",
            "MIT MIT",
            "MIT()",
            "not MIT",
            "True",
            "MIT, ISC",
        ),
        *(
            "MIT\x00",
            "MIT\nOR ISC",
            "M\u0130T",
            "MIT\u200b",
            "MIT WITH",
            "Classpath-exception-2.0",
            f"LicenseRef-{'a' * MAX_LICENCE}",
        ),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="SPDX expression"):
        licence_of(text)


@given(
    st.lists(st.sampled_from(["MIT", "mit", "ISC", "(", ")", "OR", "AND", "WITH", "and", "+", "Quatsch"]), max_size=12)
)
def test_what_is_stored_is_taken_again_as_it_is(words: list[str]) -> None:
    try:
        stored = licence_of(" ".join(words))
    except InvalidInputError:
        return
    assert licence_of(stored) == stored

"""Which texts may be stored: the rule that forms, requests and files share."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.texts import MAX_WRITEUP, is_visible, is_web_address, unfit_character
from network.limits import Limits

STEERING = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")


@given(st.text(st.characters(), max_size=200), st.sampled_from(["", "\t", "\t\n"]))
def test_what_is_unfit_is_named_and_nothing_else(text: str, allowed: str) -> None:
    found = unfit_character(text, allowed=allowed)

    if found is None:
        text.encode("utf-8")
        assert not any(unicodedata.bidirectional(one) in STEERING for one in text)
        assert not any(0xE0000 <= ord(one) < 0xE0080 or chr(ord(one) & 0xFFFF) in "\ufffe\uffff" for one in text)
        assert all(one in allowed or unicodedata.category(one) not in ("Cc", "Zl", "Zp") for one in text)
    else:
        assert found in text
        assert found not in allowed
        assert not found.isprintable()


@pytest.mark.parametrize("text", ["Grünes Parken", "Tür\u00adzu", "👩‍🌾", "שלום", "مرحبا", "e\u0301", ""])
def test_what_people_write_is_fit(text: str) -> None:
    assert unfit_character(text, allowed="") is None


@pytest.mark.parametrize("sign", ["\u202e", "\x00", "\x7f", "\x9f", "\ud800", "\u2028"])
def test_an_address_holds_no_unfit_character(sign: str) -> None:
    assert is_web_address("https://stadt.example/a")
    assert not is_web_address(f"https://stadt.example/{sign}a")


@pytest.mark.parametrize(
    "sign", ["\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\ufdd0", "\ufdef", "\U000e0041", "\U000e007f"]
)
def test_tags_and_what_is_no_character_are_unfit_anywhere(sign: str) -> None:
    assert unfit_character(f"Grünes {sign} Parken", allowed="\t\n") == sign


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\t\n",
            "\u200b",
            "\u00ad",
            "\ufeff",
            "\u2060\u200d",
            "\ufe0f",
            "\U000e0100",
            "\u0301",
            "\u3164",
            "\u115f",
        ),
        *("\uffa0", "\u2800", "\ue000", "\u00a0\u2003", "\u17b4", "\u034f"),
    ],
)
def test_nothing_is_seen_of_blanks_joiners_and_fillers(text: str) -> None:
    assert not is_visible(text)
    assert is_visible(f"{text}a{text}")


@pytest.mark.parametrize("text", ["a", "ß", "7", "?", "€", "👩‍🌾", "한", "\u200bא", "☎\ufe0f"])
def test_a_letter_a_digit_or_a_sign_is_seen(text: str) -> None:
    assert is_visible(text)


def test_the_longest_write_up_fits_into_a_request() -> None:
    assert len("𝔘".encode()) * MAX_WRITEUP < Limits().max_body_bytes

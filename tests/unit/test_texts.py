"""Which texts may be stored: the rule that forms, requests and files share."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.texts import MAX_WRITEUP, is_web_address, unfit_character
from network.limits import Limits

STEERING = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")


@given(st.text(st.characters(), max_size=200), st.sampled_from(["", "\t", "\t\n"]))
def test_what_is_unfit_is_named_and_nothing_else(text: str, allowed: str) -> None:
    found = unfit_character(text, allowed=allowed)

    if found is None:
        text.encode("utf-8")
        assert not any(unicodedata.bidirectional(one) in STEERING for one in text)
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


def test_the_longest_write_up_fits_into_a_request() -> None:
    assert len("𝔘".encode()) * MAX_WRITEUP < Limits().max_body_bytes

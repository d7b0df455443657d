"""Words of the German language, folded: what a compound may be made of although no document has it apart."""

from functools import cache
from typing import Final

from search.german import fold

_SHORTEST: Final = 4
"""Shorter words are parts of compounds only where documents have them."""


@cache
def german() -> frozenset[str]:
    """Words that are read or heard at least once in a million (the small list of wordfreq: some 39,000)."""
    # Loading the library takes a tenth of a second, which commands that search nothing do not wait for.
    from wordfreq import get_frequency_dict

    words = get_frequency_dict("de", wordlist="small")
    return frozenset(fold(word) for word in words if len(word) >= _SHORTEST and word.isalpha())

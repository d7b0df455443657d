"""What was probably meant by a slip, written as people write it. Pure.

A query knows the folded word (`parkplatz`); how it is written (`Parkplatz`) stands in texts. Only texts that the caller
reads are asked, so that no correction names what he may not see.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from search.german import fold, stem
from search.occurrences import scanned
from search.query import Query


def corrected(query: Query, texts: Iterable[str]) -> str | None:
    """The text of `query` with its slips put right in the spelling of `texts`; `None` where one is in none of them."""
    meant = {correction.word for correction in query.corrections}
    written = spellings(texts, meant)
    if not meant or written.keys() < meant:
        return None
    pieces: list[str] = []
    at = 0
    for correction in query.corrections:
        pieces += query.text[at : correction.start], written[correction.word]
        at = correction.end
    return "".join((*pieces, query.text[at:]))


def spellings(texts: Iterable[str], wanted: Collection[str]) -> dict[str, str]:
    """Folded word -> its most frequent spelling in `texts`, for those of `wanted` that are there.

    Where none has the word itself, the beginning of a compound tells how it is written, else another form of it is what
    is written: the beginning of `Spielplätze` would be no word.
    """
    whole: dict[str, Counter[str]] = {}
    begun: dict[str, Counter[str]] = {}
    inflected: dict[str, Counter[str]] = {}
    for text in texts:
        for word in scanned(text):
            term, written = word.terms[-1], text[word.start : word.end]
            for meant in wanted:
                if term == meant:
                    whole.setdefault(meant, Counter())[written] += 1
                elif term.startswith(meant) and stem(term) == stem(meant):
                    inflected.setdefault(meant, Counter())[written] += 1
                elif term.startswith(meant) and (beginning := _beginning(written, meant)):
                    begun.setdefault(meant, Counter())[beginning] += 1
    return {word: _usual(counts) for word, counts in (inflected | begun | whole).items()}


def _usual(counts: Counter[str]) -> str:
    # Of equals the small one: any word is written with a capital where it begins a sentence.
    return min(counts, key=lambda written: (-counts[written], written[0].isupper(), written))


def _beginning(written: str, folded: str) -> str | None:
    """The beginning of `written` that folds to `folded`."""
    ends = range(min(len(folded), len(written)), len(written))
    return next((written[:end] for end in ends if fold(written[:end]) == folded), None)

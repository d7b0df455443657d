"""What was probably meant by a slip, written as people write it. Pure.

A query knows the folded word (`parkplatz`); how it is written (`Parkplatz`) stands in texts. Only texts that the caller
reads are asked, so that no correction names what he may not see.
"""

from collections import Counter
from collections.abc import Iterable

from search.german import scan
from search.query import Kind, Query


def corrected(query: Query, texts: Iterable[str]) -> str | None:
    """The text of `query` with its slips put right in the spelling of `texts`; `None` where one is in none of them."""
    meant = _meant(query)
    if not meant:
        return None
    written = spellings(texts, meant.values())
    if written.keys() < set(meant.values()):
        return None
    pieces: list[str] = []
    at = 0
    for word in scan(query.text):
        if word.terms[-1] in meant:
            pieces += query.text[at : word.start], written[meant[word.terms[-1]]]
            at = word.end
    return "".join((*pieces, query.text[at:]))


def spellings(texts: Iterable[str], wanted: Iterable[str]) -> dict[str, str]:
    """Folded word -> its most frequent spelling in `texts`, for those of `wanted` that are there."""
    counts: dict[str, Counter[str]] = {word: Counter() for word in wanted}
    for text in texts:
        for word in scan(text):
            if word.terms[-1] in counts:
                counts[word.terms[-1]][text[word.start : word.end]] += 1
    # Of equals the small one: any word is written with a capital where it begins a sentence.
    return {
        word: min(written, key=lambda spelling: (-written[spelling], spelling[0].isupper(), spelling))
        for word, written in counts.items()
        if written
    }


def _meant(query: Query) -> dict[str, str]:
    """Folded word as typed -> the likeliest word that it is a slip for."""
    meant: dict[str, str] = {}
    if query.corrected is None:
        return meant
    slots = {unit.slot: unit.text for unit in query.units}
    best: dict[int, float] = {}
    for word, variants in query.variants.items():
        for variant in variants:
            is_better = variant.quality > best.get(variant.slot, 0.0)
            if variant.kind is Kind.TYPO and variant.slot in slots and is_better:
                best[variant.slot] = variant.quality
                meant[slots[variant.slot]] = word
    return meant

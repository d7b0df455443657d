"""Reads a query: which words are meant, what is a slip, what a compound, what else texts may say. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from search import german
from search.lexicon import Lexicon
from search.query import Kind, Part, PhraseVariant, Query, Unit, Variant
from search.thesaurus import Thesaurus
from search.tokens import Token, corrections, keys_in, tokens_of

# How nearly a variant means what was typed; tuned like the numbers of search/scoring.py.
_FORM: Final = 0.96
_HEAD: Final = 0.8
_MODIFIER: Final = 0.7
_SYNONYM: Final = 0.75
_RELATED: Final = 0.35
_NARROWER: Final = 0.6
"""A synonym of a compound that ends with the word."""
_TYPO: Final = 0.92
_TYPO_COST: Final = 0.15
_COMPLETED: Final = 0.9
_GOES_ON: Final = 0.6
"""A completion of a word that is one already (`App`: Apparat)."""
_ENDINGS: Final = ("", "e", "en", "er", "ern", "es", "s", "n", "em", "ens")
_HEAD_ALONE: Final = 0.4
"""Weight of the last part of a compound that no text has: it says of what kind a thing is, the others what it is about."""
_MIN_PREFIX: Final = 3
_PARTS_OF_ALL: Final = 20
"""Parts of all compounds of a query together: each costs as much as a word, and two a word are what people type."""
_COMPLETIONS: Final = 60
_BEGUN_PARTS: Final = 20
"""As many for the last part of a compound that is being typed."""
_WEAK: Final = 0.4
"""Weight of words that say what the searcher wants to do, not what about. Where there are others, they carry no hit."""
_CHARACTER: Final = 0.1
"""Weight of a single letter or digit: what is left of `2.0` says nothing beside a word."""

# Folded. Nearly every text of this field is about one of these, and nobody is looking for that; what people do at an
# administration (`Hund anmelden`) says as little.
_WEAK_WORDS: Final = """
finden suche suchen einfuhrung einfuhren nutzen nutzung digital digitale digitaler digitales digitalisierung projekt
kommune kommunal gemeinde stadt losung system software anwendung online plattform portal app service angebot thema
information gibt machen amt kreis landkreis neu neue beispiel kommunale verwaltung burger schon viel brauchen brauche
gemacht eingefuhrt erfahrung kostet kosten gekostet jemand
anmelden abmelden beantragen antrag stellen ausfullen einreichen bestellen reservieren vereinbaren termin
verlangern erledigen bekommen
"""
WEAK_STEMS: Final = frozenset(map(german.stem, _WEAK_WORDS.split()))


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done to a query; measurements switch single steps off."""

    forms: bool = True
    compounds: bool = True
    joining: bool = True
    synonyms: bool = True
    further: bool = True
    typos: bool = True
    completion: bool = True


def understand(text: str, lexicon: Lexicon, thesaurus: Thesaurus, steps: Steps = Steps()) -> Query:
    """What `text` asks for; at most MAX_QUERY_WORDS words count, stop words only where there are no others."""
    return _Reader(text, lexicon, thesaurus, steps).query()


class _Reader:
    """Reads one query."""

    def __init__(self, text: str, lexicon: Lexicon, thesaurus: Thesaurus, steps: Steps) -> None:
        self._text = text
        self._lexicon = lexicon
        self._thesaurus = thesaurus
        self._steps = steps
        self._variants: dict[str, dict[int, Variant]] = {}
        self._phrases: list[PhraseVariant] = []
        self._slots = 0
        self._parts_left = _PARTS_OF_ALL

    def query(self) -> Query:
        tokens = list(tokens_of(self._text))
        for token in tokens:
            token.slot = self._new_slot()
        for token in tokens:
            token.meant = list(self._meant(token))
        if self._steps.joining:
            self._join(tokens)
        parts = {token.slot: self._parts(token) for token in tokens}
        for token in tokens:
            for word, quality, kind in token.meant:
                self._expand(token.slot, word, quality, kind)
        if self._steps.synonyms:
            self._expand_phrases(tokens)
        keys = keys_in(self._text, tokens)
        qualities = self._best_qualities()
        units = [self._unit(token, parts[token.slot], qualities) for token in tokens]
        return Query(
            text=self._text,
            slots=self._slots,
            units=tuple(units),
            variants={word: tuple(slots.values()) for word, slots in self._variants.items()},
            phrases=tuple(self._phrases),
            phrase_words=frozenset(word for phrase in self._phrases for forms in phrase.words for word in forms),
            keys=keys,
            attainable=self._attainable(units),
            missing=tuple(token.typed for token, unit in zip(tokens, units, strict=True) if unit.is_missing),
            corrections=tuple(corrections(self._text, tokens)),
        )

    def _new_slot(self) -> int:
        self._slots += 1
        return self._slots - 1

    def _add(self, slot: int, word: str, quality: float, kind: Kind) -> None:
        slots = self._variants.setdefault(word, {})
        if slot not in slots or slots[slot].quality < quality:
            slots[slot] = Variant(slot, quality, kind)

    # What is meant

    def _meant(self, token: Token) -> Iterator[tuple[str, float, Kind]]:
        """The words that `token` may stand for, itself first; slips only where nothing has the word as it is."""
        yield token.text, 1.0, Kind.EXACT
        is_known = self._lexicon.is_known(token.text)
        if token.is_open and self._steps.completion and len(token.text) >= _MIN_PREFIX:
            completions = self._lexicon.completions(token.text, limit=_COMPLETIONS)
            quality = _GOES_ON if is_known else _COMPLETED
            yield from ((word, quality, Kind.PREFIX) for word in completions)
            is_known = is_known or bool(completions)
        if is_known or token.parts or not self._steps.typos:
            return
        if token.rest and all(map(self._lexicon.is_known, token.rest)):
            return
        parts = self._stems_inside(token.text)
        for near in self._lexicon.near(token.text, is_open=token.is_open and self._steps.completion):
            # A compound of known words is right as it is, but for what links them (Verkehrzählung).
            if not parts or parts == self._stems_inside(near.word):
                yield near.word, _TYPO - _TYPO_COST * near.cost, Kind.TYPO

    def _stems_inside(self, word: str) -> tuple[str, ...]:
        return tuple(map(german.stem, self._lexicon.parts(word))) if self._steps.compounds else ()

    def _join(self, tokens: Sequence[Token]) -> None:
        """Compounds that neighbours form (`Baum Kataster`): they answer both."""
        for left, right in pairwise(tokens):
            if left.text.isdigit() and right.text.isdigit():
                continue
            for link in ("", "s", "n"):
                joined = left.best_reading + link + right.best_reading
                forms = self._lexicon.forms(joined)
                begun = self._lexicon.completions(joined, limit=5) if right.is_open and len(joined) > 5 else []
                # `Gewerbe anmelden`: together they are what somebody looks for.
                left.is_joined = left.is_joined or bool(forms)
                right.is_joined = right.is_joined or bool(forms)
                for word in (*forms, *begun):
                    for slot in (left.slot, right.slot):
                        self._add(slot, word, _FORM, Kind.JOINED)
                # `Ruf Bus`: what texts may say for the compound, though none has it.
                for expansion in self._thesaurus.expansions((joined,)) if self._steps.synonyms else ():
                    for slot in (left.slot, right.slot):
                        self._replace(slot, expansion.phrase, _FORM, is_related=expansion.is_related)

    def _parts(self, token: Token) -> tuple[Part, ...]:
        """The parts of the compound that `token` is, with slots of their own and their variants."""
        if not self._steps.compounds:
            return ()
        is_said = bool(self._count(token.text))
        words = [(word, is_said) for word in token.parts] or list(self._said(self._split(token), is_said=is_said))
        if len(words) > self._parts_left:
            return ()
        self._parts_left -= len(words)
        parts: list[Part] = []
        for word, is_full in words:
            slot = self._new_slot()
            meant = self._lexicon.completions(word, limit=_BEGUN_PARTS) if token.begun == word else []
            for completed in meant:
                self._expand(slot, completed, _COMPLETED, Kind.PREFIX)
            if not meant:
                self._expand(slot, word, 1.0, Kind.EXACT)
            weight = self._weight(max(map(self._count, meant or [word])), word)
            share = 1.0 if is_full and not meant else _HEAD_ALONE
            parts.append(Part(slot, word, weight * share, _is_weak(word)))
        return tuple(parts)

    def _said(self, words: Sequence[str], *, is_said: bool) -> Iterator[tuple[str, bool]]:
        """The parts `words` of a compound, each with whether it counts in full, which heads of what no text has do not.

        A part that no text has nor means is taken apart, too: `Parkraumbewirtschaftung` is about `Parkraum`.
        """
        for place, word in enumerate(words, 1):
            inside = () if self._is_said(word) else self._lexicon.parts(word)
            yield from ((part, True) for part in inside[:-1])
            last = (inside or (word,))[-1]
            is_full = not inside and (is_said or place < len(words))
            yield last, is_full or not self._is_said(last)

    def _is_said(self, word: str) -> bool:
        meant = [expansion.phrase for expansion in self._thesaurus.expansions((word,))] if self._steps.synonyms else []
        return any(all(map(self._count, phrase)) for phrase in ((word,), *meant)) or any(
            self._lexicon.count(holder.word) for holder in self._lexicon.holders(word)
        )

    def _split(self, token: Token) -> tuple[str, ...]:
        if (parts := self._lexicon.parts(token.text)) or self._lexicon.is_known(token.text):
            return parts
        # Not typed as it is: what it is a slip for, or begins.
        for word, _, kind in token.meant:
            if kind is not Kind.EXACT:
                return self._lexicon.parts(word)
        if token.rest:
            return token.rest
        if token.is_open and self._steps.completion and (begun := self._lexicon.parts_begun(token.text)):
            token.begun = begun[-1]
            return begun
        return self._lexicon.parts_with_typo(token.text) if self._steps.typos else ()

    # What texts may say for it

    def _expand(self, slot: int, word: str, quality: float, kind: Kind) -> None:
        """Everything that answers `slot` because `word` does with `quality`."""
        self._inflect(slot, word, quality, kind)
        if not self._steps.synonyms:
            return
        for expansion in self._thesaurus.expansions((word,)):
            self._replace(slot, expansion.phrase, quality, is_related=expansion.is_related)
        # Not for what is only begun: that may go on to many words.
        for phrase in self._thesaurus.further((word,)) if self._steps.further and kind is not Kind.PREFIX else ():
            self._replace(slot, phrase, quality * _SYNONYM, is_related=True)
        # `Sammeltaxi` is what an `Anrufsammeltaxi` is, and found like one; `System` says too little for that.
        is_telling = kind is Kind.EXACT and not _is_weak(word)
        for holder in self._lexicon.holders(word) if is_telling else ():
            if holder.is_head:
                for expansion in self._thesaurus.expansions((holder.word,)):
                    self._replace(slot, expansion.phrase, quality * _NARROWER, is_related=expansion.is_related)

    def _inflect(self, slot: int, word: str, quality: float, kind: Kind) -> None:
        self._add(slot, word, quality, kind)
        # `eID` is what an `Eider` would be without its ending.
        is_abbreviation = self._thesaurus.is_abbreviation(word)
        if self._steps.forms:
            for form in self._lexicon.forms(word):
                if not is_abbreviation or form in (word, f"{word}s"):
                    self._add(slot, form, quality * _FORM, Kind.FORM if kind is Kind.EXACT else kind)
        if self._steps.compounds:
            for holder in self._lexicon.holders(word):
                if is_abbreviation and word not in self._lexicon.parts(holder.word):
                    continue
                part = _HEAD if holder.is_head else _MODIFIER
                self._add(slot, holder.word, quality * part, Kind.COMPOUND if kind is Kind.EXACT else kind)

    def _replace(self, slot: int, phrase: Sequence[str], quality: float, *, is_related: bool) -> None:
        quality *= _RELATED if is_related else _SYNONYM
        kind = Kind.RELATED if is_related else Kind.SYNONYM
        if len(phrase) == 1:
            self._inflect(slot, phrase[0], quality, kind)
            return
        words = tuple(frozenset((word, *self._lexicon.forms(word))) for word in phrase)
        rarest = min(words, key=lambda forms: sum(map(self._lexicon.count, forms)))
        self._phrases.append(PhraseVariant(slot, quality, kind, words, rarest))

    def _expand_phrases(self, tokens: Sequence[Token]) -> None:
        """Synonyms of neighbouring words together (`papierloses Büro`): they answer each of them."""
        readings = [token.best_reading for token in tokens]
        for first in range(len(tokens)):
            for last in range(first + 2, min(len(tokens), first + self._thesaurus.longest) + 1):
                for expansion in self._thesaurus.expansions(readings[first:last]):
                    for token in tokens[first:last]:
                        self._replace(token.slot, expansion.phrase, 1.0, is_related=expansion.is_related)
                for phrase in self._thesaurus.further(readings[first:last]) if self._steps.further else ():
                    for token in tokens[first:last]:
                        self._replace(token.slot, phrase, _SYNONYM, is_related=True)

    # What it weighs

    def _count(self, word: str) -> int:
        return sum(self._lexicon.count(form) for form in {word, *self._lexicon.forms(word)})

    def _weight(self, count: float, word: str, *, is_joined: bool = False) -> float:
        rarity = self._lexicon.rarity(count)
        if len(word) == 1:
            return rarity * _CHARACTER
        return rarity * _WEAK if _is_weak(word) and not is_joined else rarity

    def _unit(self, token: Token, parts: tuple[Part, ...], qualities: Sequence[float]) -> Unit:
        is_weak = _is_weak(token.text) and not token.is_joined
        if not qualities[token.slot] and not any(qualities[part.slot] for part in parts):
            # An entry of the caller's own, or one of this minute, may still have it in another form, or as a key: any
            # word may be one.
            for ending in _ENDINGS if self._steps.forms else ():
                self._add(token.slot, german.stem(token.text) + ending, _FORM, Kind.FORM)
            weight = self._weight(0, token.text)
            return Unit(token.slot, token.text, weight, is_known=False, is_missing=True, is_weak=is_weak, parts=parts)
        count = self._count(token.text)
        weight = self._unit_weight(token, parts, count)
        # A slip is known as what it is a slip for.
        meant = token.best_reading
        is_said = self._count(meant) > 0
        return Unit(
            token.slot,
            token.text,
            weight,
            is_known=is_said or self._lexicon.is_of_language(meant),
            is_weak=is_weak,
            is_everyday=not is_said and self._lexicon.is_known(meant),
            parts=parts,
        )

    def _unit_weight(self, token: Token, parts: tuple[Part, ...], count: int) -> float:
        if not count:
            meant = [self._count(word) for word, _, kind in token.meant if kind is not Kind.EXACT]
            count = max(meant, default=0)
        if not count and parts:
            return min(sum(part.weight for part in parts), self._lexicon.rarity(0))
        if not count:
            count = max(
                (self._lexicon.count(word) for word, slots in self._variants.items() if token.slot in slots), default=0
            )
        return self._weight(count, token.text, is_joined=token.is_joined)

    def _attainable(self, units: Sequence[Unit]) -> float:
        qualities = self._best_qualities()
        weight = sum(unit.weight for unit in units)
        return sum(unit.weight * min(unit.quality(qualities), 1.0) for unit in units) / weight if weight else 0.0

    def _best_qualities(self) -> list[float]:
        """For each slot the best of its variants that documents have."""
        qualities = [0.0] * self._slots
        for word, slots in self._variants.items():
            if self._lexicon.count(word):
                for variant in slots.values():
                    qualities[variant.slot] = max(qualities[variant.slot], variant.quality)
        for phrase in self._phrases:
            if all(any(map(self._lexicon.count, forms)) for forms in phrase.words):
                qualities[phrase.slot] = max(qualities[phrase.slot], phrase.quality)
        return qualities


def _is_weak(word: str) -> bool:
    return len(word) == 1 or german.stem(word) in WEAK_STEMS

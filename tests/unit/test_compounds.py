"""German compounds: where they are cut, and where not."""

from collections.abc import Callable, Collection, Iterator, Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from search.compounds import MIN_PART, Splitter
from search.german import stem

FREQUENT = 20
_WORDS = """
abwasser amt arbeit auslastung bad baum bericht bild bau bus buro burger daten dienst feuer form geburt gebuhr gemeinde
haushalt haus kataster karte kind garten kita leit liebe lohn park platz plan plat prognose rad rat regen sicht stadt
stark strand strasse suche system tag teil tier tisch turm verwaltung vorhersage wald wasser wehr weg werk wohnung zeit
zaun
"""
WORDS = dict.fromkeys(_WORDS.split(), FREQUENT)


def splitter(
    counts: Mapping[str, int] = WORDS, known: Collection[str] = (), count_of_stem: Callable[[str], int] = lambda _: 0
) -> Splitter:
    return Splitter(counts, frozenset(known), count_of_stem)


def split(word: str, **counts: int) -> tuple[str, ...]:
    return splitter({**WORDS, **counts}).split(word)


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("parkplatz", ("park", "platz")),
        ("baumkataster", ("baum", "kataster")),
        ("wohnungsamt", ("wohnung", "amt")),
        ("verwaltungsdienst", ("verwaltung", "dienst")),
        ("strassenbaum", ("strasse", "baum")),
        ("gebuhrenbericht", ("gebuhr", "bericht")),
        ("tagesplan", ("tag", "plan")),
        ("kindergarten", ("kind", "garten")),
        ("bilderkarte", ("bild", "karte")),
        ("geburtsdaten", ("geburt", "daten")),
        ("tageskarte", ("tag", "karte")),
        ("strandauslastung", ("strand", "auslastung")),
        ("radwegkarte", ("rad", "weg", "karte")),
    ],
)
def test_a_compound_is_cut_between_its_parts_and_linking_letters_belong_to_none(
    compound: str, parts: tuple[str, ...]
) -> None:
    assert split(compound) == parts


def test_a_linking_e_belongs_to_no_part() -> None:
    assert split("hundesteuer", hund=FREQUENT, steuer=FREQUENT) == ("hund", "steuer")


@pytest.mark.parametrize(
    "word", ["baum", "kataster", "verwaltung", "wohnung", "unbekanntes", "baumxyzabc", "xyzabcbaum"]
)
def test_what_is_no_compound_of_known_words_stays_whole(word: str) -> None:
    assert split(word) == ()


def test_fewer_longer_parts_are_taken_before_many_short_ones() -> None:
    assert split("parkplatzsuche", parkplatz=FREQUENT) == ("parkplatz", "suche")
    assert split("parkplatzsuche") == ("park", "platz", "suche")


def test_of_several_readings_the_one_with_the_most_frequent_parts() -> None:
    assert split("staubecken", staub=1, ecken=1, stau=50, becken=50) == ("stau", "becken")
    assert split("staubecken", staub=50, ecken=50, stau=1, becken=1) == ("staub", "ecken")


@pytest.mark.parametrize("word", ["feuerwehr", "plattform", "liebesdienst"])
def test_a_word_more_frequent_than_its_parts_means_more_than_they_do(word: str) -> None:
    assert split(word, platt=FREQUENT, liebes=1)
    assert split(word, platt=FREQUENT, liebes=1, **{word: 50 * FREQUENT}) == ()


def test_a_rare_compound_is_cut_although_documents_have_it() -> None:
    assert split("baumkataster", baumkataster=1) == ("baum", "kataster")


@pytest.mark.parametrize(
    "word", ["aufbauen", "ausbildung", "verwaltungen", "unterarbeit", "zusammenarbeit", "nachbericht", "vorbericht"]
)
def test_a_prefix_of_verbs_is_no_part(word: str) -> None:
    as_words = dict.fromkeys(["auf", "aus", "unter", "zusammen", "nach", "vor", "ver", "bildung", "bauen"], FREQUENT)
    assert split(word, **as_words) == ()


@pytest.mark.parametrize("word", ["burgerschaft", "arbeitslos", "platzhalter", "sichtbar", "gemeindeschaften"])
def test_a_suffix_is_no_part(word: str) -> None:
    as_words = dict.fromkeys(["schaft", "schaften", "los", "bar", "ter", "platzhal"], FREQUENT)
    assert split(word, **as_words) == ()


@pytest.mark.parametrize("link", ["uber", "und", "von", "mit"])
def test_a_stop_word_is_no_part(link: str) -> None:
    assert link not in split(f"stadt{link}bericht", **{link: 1_000})


def test_words_of_the_language_are_parts_though_no_document_has_them() -> None:
    assert splitter({}, {"baum", "kataster"}).split("baumkataster") == ("baum", "kataster")


def test_a_part_may_have_lost_its_ending() -> None:
    """`Schul-` and `Sprach-` stand for Schule and Sprache."""
    counts = {**WORDS, "schule": FREQUENT}
    by_stem = splitter(counts, count_of_stem=lambda root: FREQUENT if root == stem("schule") else 0)
    assert by_stem.split("schulwegplan") == ("schul", "weg", "plan")
    assert splitter(counts).split("schulwegplan") == ()


def test_short_words_are_parts_only_where_many_documents_have_them() -> None:
    assert split("radkataster", rad=50) == ("rad", "kataster")
    assert split("radkataster", rad=1) == ()
    assert splitter({**WORDS, "rad": 0}, {"rad"}).split("radkataster") == ()


@pytest.mark.parametrize(
    "word", ["", "a", "baum2weg", "baum-weg", "BAUMWEG", "baum weg", "😀" * 8, "\ud800" * 8, "ש" * 9]
)
def test_anything_else_stays_whole(word: str) -> None:
    assert split(word) == ()
    assert splitter().split_with_typo(word, lambda _: ["baum"]) == ()


PARTS = st.sampled_from(sorted(WORDS))
LINKS = st.sampled_from(["", "s", "n", "es", "er", "e"])


@given(PARTS, LINKS, PARTS)
def test_parts_are_known_long_enough_and_in_the_order_of_the_word(first: str, link: str, second: str) -> None:
    word = first + link + second
    parts = split(word)
    assert len(parts) != 1
    at = 0
    for part in parts:
        assert len(part) >= MIN_PART
        assert part in WORDS
        assert word.find(part, at) >= 0
        at = word.find(part, at) + len(part)
    assert not parts or word.endswith(parts[-1])


@given(st.lists(st.sampled_from([*WORDS, "s", "n", "e", "er", "en", "ung"]), min_size=2, max_size=7).map("".join))
def test_what_lies_between_parts_links_them(word: str) -> None:
    parts = split(word)
    at = 0
    for part in parts:
        place = word.find(part, at)
        assert word[at:place] in {"", "s", "n", "es", "en", "er", "e", "ns"}
        at = place + len(part)
    assert not parts or word.endswith(parts[-1])


@given(st.lists(PARTS, min_size=2, max_size=4).map("".join))
def test_what_is_made_of_known_words_is_cut(word: str) -> None:
    assume(7 <= len(word) <= 40 and not word.endswith("tag"))  # Montag is no kind of Tag
    assert split(word)


def near(*words: str) -> Callable[[str], list[str]]:
    """As if each of `words` were a slip for `kataster` or `auslastung`."""
    return lambda part: [{"k": "kataster", "a": "auslastung", "v": "verwaltung"}[part[0]]] if part in words else []


@pytest.mark.parametrize(
    ("typed", "slip", "parts"),
    [
        ("baumkatsater", "katsater", ("baum", "kataster")),
        ("strandauslatsung", "auslatsung", ("strand", "auslastung")),
        ("katsaterkarte", "katsater", ("kataster", "karte")),
        ("verwlatungskarte", "verwlatungs", ("verwaltung", "karte")),
    ],
)
def test_one_part_may_have_a_slip(typed: str, slip: str, parts: tuple[str, ...]) -> None:
    assert splitter().split(typed) == ()
    assert splitter().split_with_typo(typed, near(slip)) == parts


def test_two_parts_with_slips_are_no_compound() -> None:
    assert splitter().split_with_typo("katsaterauslatsung", near("katsater", "auslatsung")) == ()
    assert splitter().split_with_typo("baumkatsater", lambda _: []) == ()


class Counting(Mapping[str, int]):
    """Counts how often it is asked."""

    def __init__(self, has: Callable[[str], bool]) -> None:
        self.has = has
        self.asked = 0

    def __getitem__(self, word: str) -> int:
        self.asked += 1
        if self.has(word):
            return FREQUENT
        raise KeyError(word)

    def __contains__(self, word: object) -> bool:
        self.asked += 1
        return isinstance(word, str) and self.has(word)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the whole vocabulary is never walked through")

    def __len__(self) -> int:
        raise AssertionError("the whole vocabulary is never walked through")


LOOKS = 5_000
"""Looks at the vocabulary that one word may cost: about a millisecond."""


@pytest.mark.parametrize("length", [7, 20, 39, 40, 41, 60, 1_000])
@pytest.mark.parametrize("letter", ["a", "s", "n", "e"])
def test_words_made_to_be_read_in_many_ways_cost_no_more(letter: str, length: int) -> None:
    counts = Counting(lambda word: set(word) == {letter})
    asked_for_stems: list[str] = []

    def count_of_stem(root: str) -> int:
        asked_for_stems.append(root)
        return 1

    splitting = Splitter(counts, frozenset(), count_of_stem)
    splitting.split(letter * length)
    splitting.split_with_typo(letter * length, lambda _: [])
    assert counts.asked < LOOKS
    assert len(asked_for_stems) < LOOKS


@given(st.text(alphabet="ens", min_size=30, max_size=45), st.integers(MIN_PART, 12))
def test_no_word_costs_more(word: str, longest: int) -> None:
    counts = Counting(lambda part: MIN_PART <= len(part) <= longest)
    splitter(counts).split(word)
    assert counts.asked < LOOKS


def test_near_words_are_asked_for_a_few_times_only() -> None:
    asked: list[str] = []

    def never(part: str) -> list[str]:
        asked.append(part)
        return []

    Splitter(Counting(lambda _: True), frozenset(), lambda _: 1).split_with_typo("sens" * 10, never)
    assert len(asked) <= 2 * 40


@pytest.mark.parametrize(
    ("word", "letters"),
    [("burgern", "ern"), ("planend", "end"), ("planing", "ing"), ("burgerner", "ner"), ("baumbare", "bare")],
)
def test_an_ending_is_no_part_though_texts_have_its_letters(word: str, letters: str) -> None:
    assert letters not in split(word, **{letters: FREQUENT, "burg": FREQUENT})

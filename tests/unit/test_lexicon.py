"""The words of a vocabulary: forms, compounds, completions and near misses."""

from collections.abc import Collection, Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.german import STOP_WORDS, stem
from search.lexicon import Holder, Lexicon
from search.port import Vocabulary
from search.typos import allowed_cost, cost

DOCUMENTS = 100


def lexicon(
    words: Mapping[str, int] | Iterable[str],
    *,
    documents: int = DOCUMENTS,
    terms: Iterable[str] = (),
    known: Collection[str] = frozenset(),
) -> Lexicon:
    counts = words if isinstance(words, Mapping) else dict.fromkeys(words, 5)
    return Lexicon(Vocabulary(documents, counts), terms=terms, known=known)


def test_counts_are_those_of_the_vocabulary() -> None:
    words = lexicon({"wald": 7}, terms=["wald", "forst"], known={"baum"})
    assert words.documents == DOCUMENTS
    assert [words.count(word) for word in ("wald", "forst", "baum", "xyz", "")] == [7, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("word", "is_known"),
    [
        ("umfrage", True),
        ("umfragen", True),  # another form of it
        ("forst", True),  # a term of the field
        ("baum", True),  # a word of the language
        ("umfrgae", False),
        ("", False),
    ],
)
def test_what_is_right_as_it_is(word: str, is_known: bool) -> None:
    assert lexicon(["umfrage"], terms=["forst"], known={"baum"}).is_known(word) is is_known


def test_forms_are_the_words_with_the_same_stem() -> None:
    words = lexicon(["umfrage", "umfragen", "umfang", "umfragetool", "frage"])
    assert set(words.forms("umfrage")) == set(words.forms("umfragen")) == {"umfrage", "umfragen"}
    assert words.forms("befragung") == ()


def test_a_word_is_among_its_forms_only_where_there_is_one() -> None:
    words = lexicon(["schule"])
    assert words.forms("schulen") == ("schule",)
    assert set(words.forms("schule")) == {"schule"}


@pytest.mark.parametrize("word", ["2021", "wald5", "99108004012000"])
def test_numbers_have_no_forms_but_themselves(word: str) -> None:
    assert lexicon([word, word + "e", word + "en"]).forms(word) == (word,)


GERMAN = st.lists(
    st.sampled_from(["wald", "schul", "park", "platz", "burger", "haus", "amt"]), min_size=1, max_size=2
).map("".join)
ENDED = st.builds(lambda word, ending: word + ending, GERMAN, st.sampled_from(["", "e", "en", "er", "s", "es", "ung"]))


@given(st.sets(ENDED, max_size=30), ENDED)
def test_every_form_and_nothing_else(words: set[str], word: str) -> None:
    expected = {other for other in words if stem(other) == stem(word)}
    assert set(lexicon(words).forms(word)) == expected
    assert len(lexicon(words).forms(word)) == len(expected)


COMPOUNDS = {
    "park": 20,
    "platz": 20,
    "platze": 6,
    "suche": 20,
    "parkplatz": 15,
    "parkplatze": 10,
    "parkplatzsuche": 3,
    "suchmaschine": 2,
    "maschine": 20,
    "sparkasse": 10,
    "spielplatz": 5,
    "spiel": 20,
    "wald": 9,
}


def holders(word: str, **counts: int) -> dict[str, bool]:
    return {holder.word: holder.is_head for holder in lexicon({**COMPOUNDS, **counts}).holders(word)}


def test_compounds_that_hold_a_word_end_with_it_or_do_not() -> None:
    assert holders("platz") == {"parkplatz": True, "parkplatze": True, "spielplatz": True, "parkplatzsuche": False}
    assert holders("park") == {"parkplatz": False, "parkplatze": False, "parkplatzsuche": False}


def test_a_compound_holds_its_own_parts_and_theirs() -> None:
    assert holders("suche")["parkplatzsuche"] is True
    assert holders("parkplatz") == {"parkplatzsuche": False}
    assert holders("parkplatze") == {"parkplatzsuche": False}


def test_letters_inside_are_not_a_word_inside() -> None:
    assert "sparkasse" not in holders("park")
    assert "sparkasse" not in holders("kasse", spar=0)
    assert holders("latz") == {}


@pytest.mark.parametrize("word", ["", "a", "am", "xyz", "waldwegwandern", "2021", "\n", "park\nplatz", "😀", "\ud800"])
def test_what_nothing_holds(word: str) -> None:
    assert holders(word) == {}


def test_a_word_does_not_hold_itself() -> None:
    assert lexicon(COMPOUNDS).holders("wald") == ()
    assert Holder("parkplatz", is_head=True) not in lexicon(COMPOUNDS).holders("parkplatz")


def test_words_held_by_very_many_are_answered_all_the_same() -> None:
    modifiers = {f"{a}{b}{c}n" for a in "bdfgklmnrst" for b in "aeiou" for c in "bdfgklmnprt"}
    many = {**dict.fromkeys(modifiers, 9), "weg": 50, **{modifier + "weg": 1 for modifier in modifiers}}
    found = lexicon(many).holders("weg")
    assert 100 < len(found) <= len(modifiers)
    assert all(holder.is_head and holder.word.endswith("weg") for holder in found)


def test_parts_and_parts_with_a_slip() -> None:
    words = lexicon(["baum", "kataster", "strand", "auslastung"])
    assert words.parts("baumkataster") == ("baum", "kataster")
    assert words.parts("baumkatsater") == ()
    assert words.parts_with_typo("baumkatsater") == ("baum", "kataster")
    assert words.parts_with_typo("strandauslstung") == ("strand", "auslastung")
    assert words.parts_with_typo("xyzqvwkatsater") == ()


def test_a_part_without_its_ending_is_known_by_its_stem() -> None:
    assert lexicon(["schule", "schulen", "entwicklung", "planung"]).parts("schulplanung") == ("schul", "planung")


def test_completions_come_most_frequent_first_then_by_word() -> None:
    words = lexicon({"park": 9, "parken": 3, "parkplatz": 7, "parkhaus": 3, "spark": 20, "part": 8})
    assert words.completions("park", limit=10) == ["parkplatz", "parken", "parkhaus"]
    assert words.completions("park", limit=1) == ["parkplatz"]
    assert words.completions("parkplatz", limit=10) == []
    assert words.completions("xyz", limit=10) == []


SHORT = st.text(alphabet="abc", min_size=1, max_size=5)


@given(st.dictionaries(SHORT, st.integers(1, 9), max_size=30), SHORT, st.integers(0, 40))
def test_completions_are_exactly_what_goes_on(counts: dict[str, int], prefix: str, limit: int) -> None:
    longer = [word for word in counts if word.startswith(prefix) and word != prefix]
    longer.sort(key=lambda word: (-counts[word], word))
    assert lexicon(counts).completions(prefix, limit=limit) == longer[:limit]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("parkpltz", "parkplatz"),
        ("pakrplatz", "parkplatz"),
        ("parkplatzz", "parkplatz"),
        ("grosrohrsdorf", "grossrohrsdorf"),
        ("parkplaty", "parkplatz"),
        ("verwlatung", "verwaltung"),
    ],
)
def test_near_words(typed: str, meant: str) -> None:
    words = lexicon(["parkplatz", "grossrohrsdorf", "verwaltung", "feuerwehr"])
    (found,) = words.near(typed)
    assert found.word == meant
    assert found.cost == cost(typed, meant)


@pytest.mark.parametrize("typed", ["amd", "wlad", "2020", "99108004012001", "mon113", "", "a", "\ud800", "😀😀😀😀😀"])
def test_short_words_and_numbers_are_near_nothing(typed: str) -> None:
    assert lexicon(["amt", "wald", "2021", "99108004012000", "mon112"]).near(typed) == []


def test_numbers_are_never_meant() -> None:
    assert lexicon(["haus24haus"]).near("haushaus") == []


def test_of_words_as_near_the_more_frequent_comes_first() -> None:
    counts = {"schulbau": 2, "schulbaf": 9}
    assert cost("schulbap", "schulbau") == cost("schulbap", "schulbaf")
    assert [near.word for near in lexicon(counts).near("schulbap")] == ["schulbaf", "schulbau"]


# Long enough for slips, and near each other.
NEARBY = st.builds(
    lambda word, place, letters: word[:place] + letters + word[place + 1 :],
    st.sampled_from(["aabba", "ababab", "abbaabba", "babbababa", "aaaaaaaa"]),
    st.integers(0, 8),
    st.text(alphabet="abs", max_size=2),
)


@given(st.dictionaries(NEARBY, st.integers(1, 9), max_size=60), NEARBY)
def test_near_words_are_exactly_the_nearest(counts: dict[str, int], typed: str) -> None:
    all_near = [(cost(typed, word), -count, word) for word, count in counts.items() if word != typed]
    expected = sorted(near for near in all_near if near[0] <= allowed_cost(typed))
    found = lexicon(counts).near(typed)
    assert [(near.cost, -counts[near.word], near.word) for near in found] == expected[: len(found)]
    assert len(found) == min(len(expected), 4)


def test_near_words_are_the_nearest_among_very_many() -> None:
    """More words of one length are two edits away than are looked at in the end, and the nearest is the last by word."""
    crowd = {f"{a}{b}rkplatz" for a in "bcdefghi" for b in "bcdefghi"}
    assert lexicon({*crowd, "parkplqty"}).near("parkplatz")[0].word == "parkplqty"


def test_what_begins_nearly_so_is_near_a_word_that_is_open() -> None:
    words = lexicon({"verwaltungsmodernisierung": 3, "verwaltungsgericht": 5})
    assert words.near("verwlatungs") == []
    assert [near.word for near in words.near("verwlatungs", is_open=True)] == [
        "verwaltungsgericht",
        "verwaltungsmodernisierung",
    ]


def test_a_whole_word_is_nearer_than_one_that_goes_on() -> None:
    words = lexicon({"verwaltung": 1, "verwaltungsgericht": 90})
    assert [near.word for near in words.near("verwlatung", is_open=True)] == ["verwaltung"]


@given(st.dictionaries(NEARBY, st.integers(1, 9), max_size=30), NEARBY)
def test_an_open_word_is_near_what_begins_within_a_slip(counts: dict[str, int], typed: str) -> None:
    words = lexicon(counts)
    closed = words.near(typed)
    found = words.near(typed, is_open=True)
    if closed:
        assert found == closed
    for near in found:
        lengths = (len(near.word), len(typed) - 1, len(typed), len(typed) + 1)
        assert near.cost in {cost(typed, near.word[:length]) for length in lengths}
        assert 0 < near.cost <= allowed_cost(typed)
    assert [near.cost for near in found] == sorted(near.cost for near in found)


@pytest.mark.parametrize("known", [frozenset[str](), frozenset({"baum"})])
def test_an_empty_vocabulary(known: frozenset[str]) -> None:
    words = lexicon({}, documents=0, known=known)
    assert words.count("wald") == 0
    assert words.forms("wald") == words.parts("waldbaum") == words.parts_with_typo("waldbaumm") == ()
    assert words.holders("wald") == ()
    assert words.completions("wald", limit=9) == words.completions("", limit=9) == []
    assert words.near("waldbaum") == words.near("waldbaum", is_open=True) == []
    assert words.rarity(0) > 0


@given(st.integers(0, 1_000_000), st.data())
def test_the_fewer_documents_have_a_word_the_more_it_says(documents: int, data: st.DataObject) -> None:
    words = lexicon({}, documents=documents)
    fewer, more = sorted((data.draw(st.integers(0, documents)), data.draw(st.integers(0, documents))))
    assert words.rarity(fewer) >= words.rarity(more) > 0
    if fewer < more:
        assert words.rarity(fewer) > words.rarity(more)


def test_more_occurrences_than_documents_say_no_less_than_all() -> None:
    """Forms are counted one by one, so that a document with two of them counts twice."""
    assert lexicon({}).rarity(5 * DOCUMENTS) == lexicon({}).rarity(DOCUMENTS) > 0


HOSTILE = [
    "",
    " ",
    "\x00",
    "\n",
    "wald\nweg",
    "\ud800wald",
    "\U0010ffff",
    "\u202eשלום",
    "😀" * 20,
    "a" * 1_000,
    "x" * 500,
]


@pytest.mark.parametrize("word", HOSTILE)
def test_anything_may_be_asked_for_and_asking_twice_changes_nothing(word: str) -> None:
    words = lexicon({**COMPOUNDS, "a" * 39: 3, "a" * 20: 3})
    for ask in (
        words.count,
        words.forms,
        words.holders,
        words.parts,
        words.parts_with_typo,
        words.near,
        words.is_known,
    ):
        assert ask(word) == ask(word)
    assert words.completions(word, limit=3) == words.completions(word, limit=3)


@given(st.sets(ENDED, min_size=1, max_size=12), st.permutations(range(12)))
def test_the_order_in_which_things_are_asked_changes_nothing(words: set[str], order: list[int]) -> None:
    asked = sorted(words)
    fresh = {
        word: (lexicon(words).forms(word), lexicon(words).holders(word), lexicon(words).parts(word)) for word in asked
    }
    used = lexicon(words)
    for place in order:
        if place < len(asked):
            word = asked[place]
            assert (used.forms(word), used.holders(word), used.parts(word)) == fresh[word]


def test_stop_words_hold_nothing_together() -> None:
    assert not set(lexicon(["stadt", "bericht", *STOP_WORDS]).parts("stadtuberbericht")) & STOP_WORDS


def test_beginnings_with_a_letter_too_few_or_too_many_are_near() -> None:
    words = Lexicon(Vocabulary(9, {"parkplatzsuche": 2, "zebrastreifen": 1}))
    for typed in ("parkpltz", "parkplaatz", "parkplatzz"):
        assert [near.word for near in words.near(typed, is_open=True)] == ["parkplatzsuche"]
    assert [near.word for near in words.near("yebrastr", is_open=True)] == ["zebrastreifen"]
    assert words.near("parkpltz") == []

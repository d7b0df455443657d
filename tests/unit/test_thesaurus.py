"""Synonyms: what a file may hold, what is said of one that is wrong, and what a word is expanded to."""

import contextlib
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from search.errors import ThesaurusError
from search.german import STOP_WORDS, fold
from search.synonym_files import MAX_BYTES, MAX_ENTRIES, MAX_GROUPS, Group, Synonyms, parse, phrase_of, read, stems
from search.thesaurus import MAX_EXPANSIONS, SHIPPED, Thesaurus


def thesaurus(text: str) -> Thesaurus:
    return Thesaurus().edited(parse(text, "test.yaml"))


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ThesaurusError) as caught:
        parse(text, "test.yaml")
    return caught.value.problems


def found(text: str, words: str) -> list[tuple[str, bool]]:
    expansions = thesaurus(text).expansions(phrase_of(words))
    return [(" ".join(expansion.phrase), expansion.is_related) for expansion in expansions]


# What a word is expanded to

ABFALL = "- words: [Abfall, Müll]\n  related: [Recycling]\n  typed: [Tonne rausstellen]\n"


@pytest.mark.parametrize("word", ["Abfall", "ABFALL", "Abfalls", "Abfälle"])
def test_any_form_of_an_entry_finds_its_equals_first_then_what_is_related(word: str) -> None:
    assert found(ABFALL, word) == [("mull", False), ("recycling", True)]


def test_what_is_related_finds_nothing_back() -> None:
    assert found(ABFALL, "Recycling") == []


def further(text: str, words: str) -> list[str]:
    return [" ".join(phrase) for phrase in thesaurus(text).further(phrase_of(words))]


HITZE = "- words: [Hitze]\n  related: [kühler Ort, Schatten]\n  typed: [heiße Stadt]\n"
ORT = "- words: [kühler Ort, Klimaoase, Abkühlung]\n  related: [Trinkbrunnen]\n  typed: [Schatten finden]\n"


@pytest.mark.parametrize("words", ["Hitze", "heiße Stadt"])
def test_what_is_related_is_looked_for_by_its_equals_too_and_no_further(words: str) -> None:
    assert further(HITZE + ORT, words) == ["klimaoase", "abkuhlung"]
    assert further(HITZE + ORT, "Trinkbrunnen") == further(HITZE + ORT, "Klimaoase") == []


def test_what_may_mean_several_things_leads_no_further() -> None:
    money = "- words: [Geld]\n  related: [Bank]\n"
    assert further(f"{money}- words: [Bank, Sparkasse]\n", "Geld") == ["sparkasse"]
    assert further(f"{money}- words: [Bank, Sparkasse]\n- words: [Bank, Sitzbank]\n", "Geld") == []


def test_what_is_nearer_is_not_found_further_away() -> None:
    own = "- words: [Hitze, Klimaoase]\n  related: [kühler Ort, Abkühlung]\n"
    assert further(own + "- words: [kühler Ort, Klimaoasen, Abkühlungen, Schatten]\n", "Hitze") == ["schatten"]


def test_what_is_looked_for_further_has_an_end() -> None:
    groups = [f"- words: [w{number}a, w{number}b, w{number}c, w{number}d]\n" for number in range(190)]
    first = f"- words: [Viel]\n  related: [{', '.join(f'w{number}a' for number in range(190))}]\n"
    assert len(further(first + "".join(groups), "Viel")) == MAX_EXPANSIONS


@pytest.mark.parametrize("typed", ["Tonne rausstellen", "die Tonne rausstellen", "Tonnen rausstellen"])
def test_what_people_type_finds_the_words_and_is_never_looked_for(typed: str) -> None:
    assert found(ABFALL, typed) == [("abfall", False), ("mull", False), ("recycling", True)]
    assert ("tonne rausstellen", False) not in found(ABFALL, "Abfall")


def test_stop_words_of_an_entry_do_not_count_and_hyphens_join() -> None:
    assert found("- words: [Bus auf Bestellung, E-Akte]", "Bus Bestellung") == [("eakte", False)]
    assert found("- words: [Bus auf Bestellung, E-Akte]", "e-akte") == [("bus bestellung", False)]


def test_an_entry_of_stop_words_alone_keeps_them() -> None:
    assert found("- words: [EfA, Einer für Alle]", "Einer für alle") == [("efa", False)]


def test_groups_are_not_joined_through_a_word_that_they_share() -> None:
    text = "- words: [Bank, Sparkasse]\n- words: [Bank, Sitzbank]"
    assert found(text, "Bank") == [("sparkasse", False), ("sitzbank", False)]
    assert found(text, "Sparkasse") == [("bank", False)]


def test_an_entry_is_equal_where_one_group_says_equal_and_another_related() -> None:
    text = "- words: [Bus, Omnibus]\n- words: [Bus, Kraftomnibus]\n  related: [Omnibus]"
    assert found(text, "Bus") == [("omnibus", False), ("kraftomnibus", False)]


def test_every_value_is_text_whatever_yaml_takes_it_for() -> None:
    text = "- words: [115, no, 2026-01-01, 1.5, null, Behördennummer]"
    assert {phrase for phrase, _ in found(text, "Behördennummer")} >= {"115", "no", "null"}


def test_words_of_every_kind_are_known() -> None:
    single = {"abfall", "mull", "recycling", "salz"}
    assert thesaurus(ABFALL + "- words: [weißes Gold, Salz]").words() == {
        *single,
        "weisses",
        "gold",
        "tonne",
        "rausstellen",
    }


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n[]\n", "[]"])
def test_a_file_without_groups_is_right(text: str) -> None:
    assert len(thesaurus(text)) == 0


def test_expansions_of_an_unknown_or_empty_phrase_are_none() -> None:
    assert found(ABFALL, "Hund") == []
    assert thesaurus(ABFALL).expansions(()) == ()


# An administrator's own beside those shipped


def test_own_groups_come_beside_and_removed_entries_go_from_groups_of_others_alone() -> None:
    shipped = thesaurus("- words: [Bank, Sparkasse, Geldinstitut]\n  related: [Konto]\n- words: [Amt, Behörde]")
    own = parse("- remove: [Banken, Konto, Amt, Unbekanntes]\n- words: [Bank, Sitzbank]", "own.yaml")
    edited = shipped.edited(own)
    assert [spelled(edited, group) for group in edited.groups] == [
        ["Sparkasse", "Geldinstitut"],
        ["Bank", "Sitzbank"],
    ]
    assert edited.groups[1].source == "own.yaml, line 2"
    assert len(shipped) == 2


def spelled(names: Thesaurus, group: Group) -> list[str]:
    return [names.spelled(phrase) for phrase in (*group.words, *group.related)]


def test_a_thesaurus_without_spelling_shows_folded_words() -> None:
    assert Thesaurus([Group((("mull",), ("abfall",)))]).spelled(("mull", "tonne")) == "mull tonne"


# What is wrong

WRONG = [
    ("words: [a, b]", "test.yaml, line 1: expected a list of groups"),
    ("just text", "line 1: expected a list of groups"),
    ("- [Abfall, Müll]", "line 1: expected `words` with"),
    ("- Abfall", "line 1: expected `words` with"),
    ("- words: [Abfall, Müll]\n- wrods: [a, b]", "line 2: 'wrods' is no key of a group"),
    ("- {[Abfall]: [Müll]}", "line 1: '' is no key"),
    ("- words: Abfall", "line 1: `words` is no list"),
    ("- words: {Abfall: Müll}", "line 1: `words` is no list"),
    ("- words:\n  - Abfall\n  - [Müll]", "line 3: `words` holds something that is no text"),
    ("- related: [Abfall, Müll]", "line 1: a group without `words`"),
    ("- words: []\n  related: [Abfall, Müll]", "line 1: a group without `words`"),
    ("- words: [Abfall]", "line 1: a group of one entry"),
    ("- words: [Abfall, Müll]\n  words: [Müll]", "line 2: `words` stands twice"),
    ("- words: [Abfall,\n    Müll, Abfälle]", "line 2: 'Abfälle' stands twice in one group ('Abfall' is the same"),
    ("- words: [Abfall, Müll]\n  related: [Müll]", "line 2: 'Müll' stands twice in one group"),
    ("- words: [Abfall, '!?']", "line 1: '!?' has no letter or digit"),
    ("- words: [Abfall, '']", "line 1: '' has no letter"),
    ("- words: [Abfall, eins zwei drei vier fünf sechs]", "has more than 5 words"),
    ("- words: [Abfall, und]", "line 1: 'und' is a word that searches leave out"),
    ("- words: [Lärm, zu laut]", "line 1: of 'zu laut' only 'laut' counts"),
    (f"- words: [Abfall, {'x' * 60}]", "is too long"),
    (f"- words: [Abfall, {'x ' * 70}]", "is too long"),
    ("- remove: [Abfall]\n  words: [Müll, Kehricht]", "line 1: expected `words` with"),
    ("- remove: []", "line 1: expected `words` with"),
    ("- words: [Abfall, Müll]\n---\n- words: [a, b]", "line 2: a second document"),
    ("- words: [Abfall, Müll", "no YAML"),
    ("- words: [Abfall, Müll]\n\t- x", "test.yaml, line 2: no YAML"),
    ("- words: [Abfall, \x07]", "test.yaml: no YAML"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_is_named_with_its_line(text: str, expected: str) -> None:
    said = problems(text)
    assert len(said) == 1
    assert expected in said[0]


def test_all_that_is_wrong_is_said_at_once() -> None:
    said = problems("- words: [Abfall]\n- words: [Müll, und]\n- x\n- words: [gut, besser]\n- words: {a: b}")
    assert [problem.partition(":")[0] for problem in said] == [f"test.yaml, line {line}" for line in (1, 2, 3, 5)]


def test_the_same_wrong_a_thousand_times_is_not_said_a_thousand_times() -> None:
    said = problems("- x\n" * 1_000)
    assert 1 < len(said) < 100
    assert said[-1] == "test.yaml: and more"


HOSTILE = [
    "- &a [x, x]\n- *a\n",
    "- words: &a [Abfall, Müll]\n- words: *a\n",
    "- words: [Abfall, &b Müll, *b]\n",
    "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "- !!python/object/apply:os.system [echo]\n",
    "- words: !!python/name:os.system [Abfall]\n  related: {}\n",
    "- words: " + "[" * 900 + "]" * 900 + "\n",
    "- words: " + "[" * 100_000 + "\n",
    "- words: " + "{a: " * 5_000 + "\n",
    "- ? ? ? a\n",
    "%YAML 9.9\n--- !<tag:x> [a]\n",
    "- words: [" + ", ".join(f"wort{number}" for number in range(MAX_ENTRIES + 1)) + "]\n",
    "- <<: {words: [Abfall, Müll]}\n",
    "\x00",
    "\u202e- words: [a]",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:30]))
def test_hostile_yaml_is_refused(text: str) -> None:
    assert problems(text)


def test_more_groups_than_anybody_has_are_refused() -> None:
    said = problems("".join(f"- words: [a{number}, b{number}]\n" for number in range(MAX_GROUPS + 1)))
    assert any(f"more than {MAX_GROUPS} groups" in problem for problem in said)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ThesaurusError):
        assert isinstance(parse(text, "test.yaml"), Synonyms)


WORDS = st.from_regex(r"[a-zäöüß]{4,12}", fullmatch=True).filter(lambda word: fold(word) not in STOP_WORDS)


@given(st.lists(WORDS, min_size=2, max_size=8, unique_by=lambda word: stems(phrase_of(word))))
def test_whatever_is_written_is_found_from_each_of_its_entries(words: list[str]) -> None:
    names = thesaurus(yaml.safe_dump([{"words": words}], allow_unicode=True))
    for word in words:
        others = {phrase_of(other) for other in words if other != word}
        assert {expansion.phrase for expansion in names.expansions(phrase_of(word))} == others


# Files


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        (tmp_path / "own.yaml").write_text(ABFALL, encoding=encoding)
        assert len(read(tmp_path / "own.yaml").groups) == 1


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "latin-1", "huge"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "own.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "latin-1":
        path.write_bytes("# Müll\n- words: [Müll, Abfall]\n".encode("latin-1"))
    elif kind == "huge":
        path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ThesaurusError, match=r"own\.yaml"):
        read(path)


# The shipped file


def test_the_shipped_file_is_right_and_large_enough() -> None:
    assert len(Thesaurus.shipped()) >= 200
    assert Thesaurus.shipped() is Thesaurus.shipped()


def test_an_entry_of_the_shipped_file_leads_to_one_group() -> None:
    groups = Thesaurus.shipped().groups
    counts = Counter(stems(phrase) for group in groups for phrase in (*group.words, *group.typed))
    assert [" ".join(phrase) for phrase, count in counts.items() if count > 1] == []


def test_the_shipped_file_removes_nothing_and_has_lines_that_fit_a_screen() -> None:
    assert read(SHIPPED).removed == ()
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 120 or line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Müll", "abfall"),
        ("WLAN", "freifunk"),
        ("Handy", "smartphone"),
        ("Bürgerservice", "burgerburo"),
        ("Beteiligung", "partizipation"),
        ("Beteiligung", "mitmachen"),
        ("kaputte Straßenlaterne", "mangelmelder"),
        ("Auto leihen", "carsharing"),
        ("Ladensterben", "leerstand"),
        ("Handykurs", "digitallotse"),
        ("digitaler Schaukasten", "touchbildschirm"),
        ("Startups", "grundung"),
        ("Kitas", "kindergarten"),
        ("Meinungsbild", "umfrage"),
        # Abbreviations as people in town halls use them.
        ("FFW", "feuerwehr"),
        ("LRA", "landratsamt"),
        ("PV", "photovoltaik"),
        ("GDI", "geodateninfrastruktur"),
        ("HKR", "rechnungswesen"),
    ],
)
def test_words_of_everyday_lead_to_those_of_the_field(typed: str, meant: str) -> None:
    assert (meant,) in {expansion.phrase for expansion in Thesaurus.shipped().expansions(phrase_of(typed))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Elterngeld", "Kindergeld"),
        ("Aufenthaltstitel", "Ausländerbehörde"),
        ("Bebauungsplan", "Flächennutzungsplan"),
        ("Bauplatz", "Baugebiet"),
        ("digitaler Zwilling", "3D-Modell"),
    ],
)
def test_neighbours_in_meaning_are_not_equals(one: str, other: str) -> None:
    expansions = Thesaurus.shipped().expansions(phrase_of(one))
    assert phrase_of(other) not in {expansion.phrase for expansion in expansions if not expansion.is_related}


def test_a_word_of_thousands_of_groups_is_expanded_to_the_first_of_them() -> None:
    text = "".join(f"- words: [stadt, ort{number}]\n  related: [dorf{number}]\n" for number in range(2_000))
    expansions = found(text, "stadt")
    assert len(expansions) == MAX_EXPANSIONS
    assert expansions[0] == ("ort0", False)
    assert not any(is_related for _, is_related in expansions)

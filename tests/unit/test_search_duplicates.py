"""The double-work alarm as a pure rule, and how often it is right on titles of the seed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.relevance.duplicates import UNRELATED, alarms, language, measure, read_seed
from search.duplicates import Aspect, Band, Draft, Entry, Judge

SEED = read_seed()
LANGUAGE = language(SEED)


def judged(draft: Draft, entry: Entry) -> Band | None:
    found = Judge(draft, LANGUAGE.lexicon, LANGUAGE.thesaurus).judge(entry)
    return None if found is None else found.band


def test_each_half_of_a_general_title_is_not_near_to_a_special_one() -> None:
    special = Entry("Digitales Parkleitsystem mit Sensoren in der Altstadt von Zeitz")

    assert judged(Draft("Zeitz"), special) is None
    assert judged(Draft("Parkleitsystem Zeitz Altstadt mit Sensoren"), special) is Band.LIKELIEST


def test_one_telling_word_that_stands_in_a_summary_is_worth_a_look() -> None:
    (zeitz,) = [known.entry for known in SEED if known.slug == "zeitz-parkleitsystem"]

    assert judged(Draft("Parkleitsystem"), zeitz) is Band.POSSIBLE


def test_what_both_have_lowers_what_is_needed_and_is_no_alarm_alone() -> None:
    services, title = {"99115005000000": "Wohnsitz anmelden"}, "Umzug online melden"
    entry = Entry("Wohnsitz anmelden ohne Amtsgang", "Wer umzieht, meldet den Umzug online.", services)

    alone = judged(Draft(title), Entry(entry.title, entry.summary))
    both = judged(Draft(title, services=frozenset(services)), entry)

    order = (Band.LIKELIEST, Band.LIKELY, Band.POSSIBLE, None)
    assert order.index(both) < order.index(alone)
    assert judged(Draft("Baumkataster", services=frozenset(services)), entry) is None


def test_reasons_name_what_the_other_entry_says() -> None:
    draft = Draft("Kataster der Bäume", topics=frozenset({"umwelt"}))
    entry = Entry("Baumkataster", "Alle Bäume der Stadt.", topics={"umwelt": "Umwelt", "strategie": "Strategie"})

    found = Judge(draft, LANGUAGE.lexicon, LANGUAGE.thesaurus).judge(entry)

    assert found is not None
    assert [reason.aspect for reason in found.reasons] == [Aspect.TEXT, Aspect.TOPICS]
    assert found.reasons[0].label == "Ähnlicher Text: Baumkataster und Bäume"
    assert (found.reasons[1].label, found.reasons[1].keys) == ("Gemeinsames Thema: Umwelt", ("umwelt",))


@pytest.mark.parametrize("title", UNRELATED)
def test_work_that_the_seed_has_not_raises_no_alarm(title: str) -> None:
    assert alarms(Draft(title), SEED, LANGUAGE, least=Band.POSSIBLE) == set()


def test_titles_of_the_seed_written_otherwise_are_known_and_others_left_alone() -> None:
    """A part of what docs/search.md shows; `python -m bench.relevance.duplicates` prints all of it."""
    some = SEED[::6]
    known = language(SEED)

    for outcome in measure(some, known, remainder=1, least=Band.LIKELY):
        assert outcome.found >= 0.85 * outcome.asked or outcome.name == "unrelated", outcome
        assert outcome.precision >= 0.9, outcome


titles = st.text(max_size=80)
keys = st.frozensets(st.sampled_from("abc"), max_size=3)


@settings(deadline=None, max_examples=50)
@given(titles, titles, keys, keys)
def test_whatever_is_compared_has_a_nearness_between_0_and_1(
    ours: str, theirs: str, own: frozenset[str], other: frozenset[str]
) -> None:
    judge = Judge(Draft(ours, services=own), LANGUAGE.lexicon, LANGUAGE.thesaurus)
    entry = Entry(theirs, services=dict.fromkeys(other, "Name"))

    found = judge.judge(entry)

    assert 0 <= judge.nearness(entry) <= 1
    assert found is None or (found.reasons and found.nearness == round(judge.nearness(entry), 6))

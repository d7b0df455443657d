"""What fits a need, as a pure rule."""

from hypothesis import given, settings
from hypothesis import strategies as st

from search.matching import LEAST, MatchAspect, Side, fit, stems

PARKEN, VERKEHR = {"parken": "Parken"}, {"verkehr": "Verkehr"}


def test_a_service_counts_more_than_a_topic_and_a_topic_more_than_one_near_it() -> None:
    scores = [
        found.score if (found := fit(ours, other)) else 0.0
        for ours, other in (
            (Side("", {"1": "Eins"}), Side("", {"1": "Eins"})),
            (Side("", {}, PARKEN), Side("", {}, PARKEN)),
            (Side("", {}, VERKEHR, PARKEN), Side("", {}, PARKEN)),
        )
    ]

    assert scores[0] > scores[1] > LEAST > scores[2]


def test_a_near_topic_needs_words_to_go_with_it() -> None:
    ours = Side("Sensoren für Schranken", {}, VERKEHR, PARKEN)

    found = fit(ours, Side("Schranke mit Sensor", {}, PARKEN))

    assert found is not None
    assert {reason.aspect for reason in found.reasons} == {MatchAspect.NEAR_TOPICS, MatchAspect.TEXT}


def test_words_that_every_text_has_fit_nothing() -> None:
    assert fit(Side("Digitale Plattform für die Verwaltung"), Side("Digitales Angebot der Verwaltung")) is None


def test_reasons_are_said_in_german_with_few_names() -> None:
    names = {str(number): f"Leistung {number}" for number in range(5)}

    found = fit(Side("", names), Side("", names))

    assert found is not None
    assert found.reasons[0].label == "Gleiche Leistungen: Leistung 0, Leistung 1, Leistung 2, …"
    assert found.reasons[0].names == tuple(f"Leistung {number}" for number in range(5))


def test_long_and_hostile_texts_are_read_in_part() -> None:
    assert len(stems("Baum " * 100_000)) <= 2
    assert stems("\u202e\x00 \ud83d 🦆 <script>") is not None


texts = st.text(alphabet="ABCabcäöü -\n123", max_size=60)
keys = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["Eins", "Zwei"]), max_size=3)
sides = st.builds(Side, texts, keys, keys, keys)


@settings(deadline=None)
@given(sides, sides)
def test_whatever_is_compared_fits_by_a_share_with_a_reason(ours: Side, other: Side) -> None:
    found = fit(ours, other)

    if found is not None:
        assert LEAST <= found.score <= 1
        assert found.reasons
        assert all(reason.label for reason in found.reasons)

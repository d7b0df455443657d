"""How alike two projects are, and the reasons that are given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lexicon import Lexicon
from search.port import Vocabulary
from search.similar import LEAST, MAX_TERMS, WEIGHTS, Aspect, Profile, Ties, likeness, terms

LEXICON = Lexicon(
    Vocabulary(
        100,
        {
            "parkplatz": 3,
            "parkplatze": 1,
            "parkplatzsuche": 1,
            "parkhaus": 2,
            "sensor": 4,
            "sensoren": 3,
            "strand": 1,
            "digital": 80,
            "zeitz": 3,
            "wald": 5,
            "suche": 40,
        },
    )
)
TOPICS = {"parken": "Parken", "verkehr": "Verkehr"}


def profile(*texts: str, **links: dict[str, str]) -> Profile:
    return Profile.of(texts, {Aspect[name.upper()]: keys for name, keys in links.items()})


def test_terms_are_rare_words_that_others_have_too() -> None:
    found = terms(["Digital zum Parkplatz in Zeitz", "Viele Sensoren am Strand"], LEXICON, without=["DigitalHub Zeitz"])

    # `Strand` is in one document alone, `digital` in most; `Zeitz` is the name of a house.
    assert [term.text for term in found] == ["parkplatz", "sensoren"]
    assert found[0].variants >= {"parkplatz", "parkplatze", "parkplatzsuche"}


def test_parts_of_a_compound_are_terms_where_others_have_them() -> None:
    assert "parkplatz" in [term.text for term in terms(["Parkplatzsuche"], LEXICON)]


def test_only_nouns_and_names_are_terms() -> None:
    lexicon = Lexicon(Vocabulary(100, dict.fromkeys(["sensor", "offen", "wald", "lorawan", "intelligente"], 3)))
    texts = ["Intelligente Sensor-Netze", "wald. Offen ist LoRaWAN", "Wir sind offen"]

    assert {term.text for term in terms(texts, lexicon)} == {"sensor", "lorawan"}


def test_terms_are_bounded() -> None:
    letters = "abcdefghij"
    words = {f"wort{one}{other}xq": 2 for one in letters for other in letters}

    assert len(terms([" ".join(words).title()], Lexicon(Vocabulary(1_000, words)))) == MAX_TERMS


def test_each_reason_says_what_is_shared_and_what_counts_most_comes_first() -> None:
    texts = ["Ein Parkplatz mit Sensor"]
    ours = profile(
        *texts,
        topics=TOPICS,
        services={"1": "Wohnsitz anmelden"},
        funding={"f": "Regio"},
        houses={"Hub:a": "Hub A", "Hub:b": "Hub B"},
    )
    other = profile(
        "Die Parkplatzsuche ohne Sensoren",
        topics={"parken": "Parken"},
        services={"1": "Wohnsitz anmelden"},
        funding={"f": "Regio"},
        houses={"Hub:a": "Hub A", "Hub:b": "Hub B"},
    )

    found = likeness(ours, terms(texts, LEXICON), other, Ties(("Ähren", "Zeitz"), is_origin=True))

    assert found is not None
    assert found.reasons == (
        "Ähnliche Begriffe: Parkplatzsuche und Sensoren",
        "Gleiche Leistung: Wohnsitz anmelden",
        "Gemeinsames Thema: Parken",
        "Aus diesem Projekt hervorgegangen",
        "Gleiche Förderung: Regio",
        "Beide mit Hub A und Hub B",
        "Beide genutzt von Ähren und Zeitz",
    )
    assert found.score == pytest.approx(0.35 + 0.15 + 0.2 / 2 + 0.1 + 0.06 + 0.06 + 0.08 * 2 / 3)


def test_names_beyond_three_are_counted() -> None:
    topics = {name: name.upper() for name in "abcde"}
    found = likeness(profile(topics=topics), [], profile(topics=topics))

    assert found is not None
    assert found.reasons == ("Gemeinsame Themen: A, B, C und 2 weitere",)
    assert found.score == WEIGHTS[Aspect.TOPICS]


def test_a_template_is_named_as_one() -> None:
    found = likeness(profile(), [], profile(), Ties(is_derived=True))

    assert found is not None
    assert found.reasons == ("Vorlage dieses Projekts",)


def test_what_shares_nothing_or_nearly_nothing_is_not_similar() -> None:
    houses = {f"Hub:{number}": f"Hub {number}" for number in range(10)}

    assert likeness(profile("Wald", topics=TOPICS), terms(["Wald"], LEXICON), profile("Parkhaus")) is None
    assert likeness(profile(houses=houses), [], profile(houses={"Hub:1": "Hub 1"})) is None


words = st.lists(st.sampled_from(["parkplatz", "sensor", "wald", "parkhaus", "zeitz", "anders"]), max_size=6)
keys = st.dictionaries(st.sampled_from("abc"), st.just("Name"), max_size=3)
profiles = st.builds(
    lambda text, topics, houses: profile(" ".join(text), topics=topics, houses=houses), words, keys, keys
)


@given(words, profiles, profiles, st.booleans())
def test_scores_have_bounds_and_reasons(text: list[str], ours: Profile, other: Profile, is_origin: bool) -> None:
    found = likeness(ours, terms([" ".join(text).title()], LEXICON), other, Ties(is_origin=is_origin))

    assert found is None or (LEAST <= found.score <= 1 and found.reasons)


@given(words, profiles)
def test_nothing_is_more_alike_than_the_same(text: list[str], other: Profile) -> None:
    own = profile(" ".join(text), topics=TOPICS)
    mine = terms([" ".join(text).title()], LEXICON)
    same, less = likeness(own, mine, own), likeness(own, mine, other)

    assert same is not None
    assert less is None or less.score <= same.score


def test_the_weights_are_one_together() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert WEIGHTS.keys() == set(Aspect)


@given(st.text(max_size=200))
def test_any_text_has_terms_or_none(text: str) -> None:
    assert len(terms([text], LEXICON)) <= MAX_TERMS

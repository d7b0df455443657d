"""Which names fit what is being typed, and in which order they are offered."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.model import NodeKey
from search.lexicon import Lexicon
from search.port import Vocabulary
from search.suggesting import Directory, Fit, Kind, Name, Proposal, Reading, Typed, mix
from search.thesaurus import Thesaurus

THESAURUS = Thesaurus([((("mobilitat",), ("verkehr",)), (("auto",),))])


def place(text: str, *, size: int = 0, beside: Sequence[str] = ()) -> Name:
    return Name(key=NodeKey("Municipality", text), kind=Kind.MUNICIPALITY, text=text, beside=tuple(beside), size=size)


def topic(text: str) -> Name:
    return Name(key=NodeKey("Topic", text), kind=Kind.TOPIC, text=text)


PLACES = Directory(
    [
        place("Großröhrsdorf, Stadt", size=9_500),
        place("Bad Oldesloe, Stadt", size=25_000),
        place("Oldenburg in Holstein, Stadt", size=9_700),
        place("Zeitz, Stadt", size=27_000),
        place("Zeithain", size=5_700),
        place("Neustadt"),
        place("World of Work", beside=["Wilster"]),
        place("Ort-Mitte"),
    ]
)
TOPICS = Directory([topic("Mobilität"), topic("Bürgerbeteiligung"), topic("Parken")], THESAURUS)


def fitting(directory: Directory, text: str) -> dict[str, Fit]:
    return {proposal.text: proposal.closeness[0] for proposal in directory.proposals(Typed.of(text))}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("großröhrs", {"Großröhrsdorf, Stadt": Fit.BEGINS}),
        ("grossroehrs", {"Großröhrsdorf, Stadt": Fit.BEGINS}),
        ("GROSSRÖHRSDORF", {"Großröhrsdorf, Stadt": Fit.WHOLE}),
        ("Großröhrsdorf ", {"Großröhrsdorf, Stadt": Fit.WHOLE}),
        ("grosröhrsdorf", {"Großröhrsdorf, Stadt": Fit.SLIP}),
        ("zeit", {"Zeitz, Stadt": Fit.BEGINS, "Zeithain": Fit.BEGINS}),
        ("zeit ", {}),
        ("z", {"Zeitz, Stadt": Fit.BEGINS, "Zeithain": Fit.BEGINS}),
        ("bad old", {"Bad Oldesloe, Stadt": Fit.BEGINS}),
        ("oldes", {"Bad Oldesloe, Stadt": Fit.WORDS}),
        ("holstein oldenburg", {"Oldenburg in Holstein, Stadt": Fit.WORDS}),
        ("wilster", {"World of Work": Fit.MEANING}),
        ("wi", {}),
        ("ort-m", {"Ort-Mitte": Fit.BEGINS}),
        ("ortmitte", {"Ort-Mitte": Fit.WHOLE}),
        ("mitte", {"Ort-Mitte": Fit.WORDS}),
        ("zeitz leipzig", {}),
        ("verkehr", {}),
        ("dorf", {}),
        ("", {}),
        ("…!", {}),
    ],
)
def test_a_place_fits_by_the_words_of_its_name(text: str, fits: dict[str, Fit]) -> None:
    assert fitting(PLACES, text) == fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("parken", {"Parken": Fit.WHOLE}),
        ("mobilitaet", {"Mobilität": Fit.WHOLE}),
        ("verkehr", {"Mobilität": Fit.MEANING}),
        ("beteiligung", {"Bürgerbeteiligung": Fit.MEANING}),
        ("mobilitt", {"Mobilität": Fit.SLIP}),
        ("auto", {}),
    ],
)
def test_a_topic_fits_by_meaning_too(text: str, fits: dict[str, Fit]) -> None:
    assert fitting(TOPICS, text) == fits


@pytest.mark.parametrize("text", ["großröhrsdorf", "bad oldesloe", "zeitz", "bürgerbeteiligung", "mobilität"])
def test_a_name_fits_at_every_letter_of_it(text: str) -> None:
    for length in range(1, len(text) + 1):
        typed = text[:length]
        if typed.endswith(" "):
            continue
        found = [*PLACES.proposals(Typed.of(typed)), *TOPICS.proposals(Typed.of(typed))]
        assert any(proposal.text.lower().startswith(text) for proposal in found), typed


def test_words_that_no_lexicon_knows_are_compared_as_typed() -> None:
    reading = Reading(Typed.of("geheim park"), Lexicon(Vocabulary(0, {})))

    assert reading.closeness("Geheim: Parkhaus") == (Fit.BEGINS, 0.0)
    assert reading.closeness("Parkhaus, geheim") == (Fit.WORDS, 0.0)
    assert reading.closeness("Geheimes Parkhaus") is None


def test_a_tier_asks_for_something_for_every_word() -> None:
    lexicon = Lexicon(Vocabulary(9, {"parkplatz": 2, "parkhaus": 1, "suche": 3, "suchen": 1}))
    first, second = Reading(Typed.of("suche park"), lexicon, Thesaurus()).tier("head_words")

    assert first.attributes == second.attributes == ("head_words",)
    assert first.values == {"suche", "suchen"}
    assert second.values == {"park", "parkplatz", "parkhaus"}


def proposal(kind: Kind, text: str, fit: Fit = Fit.BEGINS, size: int = 0) -> Proposal:
    key = NodeKey("Project", "first") if kind is Kind.SEARCH else NodeKey(kind.name.title(), text)
    return Proposal(closeness=(fit, 0.0), kind=kind, text=text, key=key, size=size)


def texts(proposals: Sequence[Proposal]) -> list[str]:
    return [f"{one.kind.name} {one.text}" for one in proposals]


def test_order_is_by_fit_then_kind_then_size_then_name() -> None:
    given_ = [
        proposal(Kind.MUNICIPALITY, "Ähren"),
        proposal(Kind.MUNICIPALITY, "Ahorn"),
        proposal(Kind.MUNICIPALITY, "Zett", size=5),
        proposal(Kind.PROJECT, "Park"),
        proposal(Kind.UNIVERSITY, "Uni", Fit.WHOLE),
        proposal(Kind.TOPIC, "Topic"),
        proposal(Kind.PROJECT, "Slip", Fit.SLIP),
    ]

    assert texts(mix(given_, 20)) == [
        "UNIVERSITY Uni",
        "PROJECT Park",
        "TOPIC Topic",
        "MUNICIPALITY Zett",
        "MUNICIPALITY Ahorn",
        "MUNICIPALITY Ähren",
        "PROJECT Slip",
    ]


def test_no_kind_takes_all_places_while_another_has_something() -> None:
    many = [proposal(Kind.PROJECT, f"P{number}") for number in range(9)]

    assert texts(mix([*many, proposal(Kind.HUB, "Hub", Fit.SLIP)], 4)) == [
        "PROJECT P0",
        "PROJECT P1",
        "PROJECT P2",
        "HUB Hub",
    ]
    assert len(mix(many, 4)) == 4


def test_a_search_for_the_name_of_something_offered_is_left_out() -> None:
    both = [proposal(Kind.SEARCH, "parken"), proposal(Kind.TOPIC, "Parken", Fit.WORDS)]

    assert texts(mix(both, 8)) == ["TOPIC Parken"]


proposals = st.builds(
    proposal,
    st.sampled_from(Kind),
    st.sampled_from(["a", "b", "ä", "Zeitz", "zeitz"]),
    st.sampled_from(Fit),
    st.integers(0, 2),
)


@given(st.lists(proposals, max_size=12), st.integers(1, 8))
@example([proposal(Kind.SEARCH, "a", Fit.WORDS), proposal(Kind.SEARCH, "ä", Fit.WORDS)], 1)
def test_a_mix_is_sorted_bounded_and_without_duplicates(given_: list[Proposal], first: int) -> None:
    mixed = mix(given_, first)

    nodes = [one.key for one in mixed if one.kind is not Kind.SEARCH]
    searches = [Typed.of(one.text).joined for one in mixed if one.kind is Kind.SEARCH]
    assert len(mixed) <= first
    assert len(set(nodes)) == len(nodes)
    assert len(set(searches)) == len(searches)
    assert len(mixed) == first or set(nodes) == {one.key for one in given_ if one.kind is not Kind.SEARCH}
    assert [one.closeness for one in mixed] == sorted(one.closeness for one in mixed)
    assert mix(list(reversed(given_)), first) == mixed


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for directory in (PLACES, TOPICS):
        for found in directory.proposals(Typed.of(text)):
            assert found.text

"""The guide to how search finds says what the code does."""

import re
from pathlib import Path

from search import finder, occurrences, port, query, scoring, understanding, widening
from search.documents import TEXTS
from search.german import MAX_QUERY_WORDS

ROOT = Path(__file__).parents[2]
GUIDE = " ".join((ROOT / "docs" / "search.md").read_text(encoding="utf-8").split())


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    weights = {text.name: text.weight for text in TEXTS}
    said = [
        f"joined | {understanding._FORM:g} |",
        f"goes on to | {understanding._COMPLETED:g}; {understanding._GOES_ON:g} where",
        f"| {understanding._TYPO:g} − {understanding._TYPO_COST:g} for each slip",
        f"inside | {understanding._HEAD:g}, {understanding._MODIFIER:g} |",
        f"only related | {understanding._SYNONYM:g}; {understanding._RELATED:g} |",
        f"what is related | {understanding._RELATED * understanding._SYNONYM:.2f} |",
        f"weigh {understanding._WEAK:g} of the others",
        f"and {scoring._AGAIN:g} of each further one",
        f"title {weights['title']:g}, names {weights['names']:g}, summary {weights['summary']:g}, write-up",
        f"write-up {weights['writeup']:g}, notes {weights['notes']:g}",
        f"together worth {query._PARTS:g} at most",
        f"up to {scoring._TITLE_BONUS:g} for words in the title and {scoring._NEAR_BONUS:g} for words near",
        f"in steps of {finder.BAND:g}",
        f"less than {finder._OF_KNOWN:g} of the words that anything answers, or less than {finder._OF_ALL:g} of all",
        f"clearly ({query.CLEAR:g} or more) or {finder._OF_RELAXED:g} of all",
        f"At most {port.MAX_CANDIDATES} come back",
    ]

    assert [text for text in said if text not in GUIDE] == []
    assert (finder._OF_ATTAINABLE, scoring._KEY, MAX_QUERY_WORDS) == (0.25, 4, 10), "the guide has words for these"
    assert (finder._OF_BEST, widening.FEW, widening._PIECES) == (0.2, 3, 12), "for these, too"
    assert occurrences._CARRIES == 0.5, "half as much"


def test_every_module_of_search_has_its_corner() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", architecture))
    modules = {path.stem for path in (ROOT / "search").glob("*.py")} - {"__init__", "errors"}
    families = {name for name in modules if name.startswith(("tantivy_", "meilisearch_"))}

    assert modules - families - named == set()
    assert {"tantivy_", "meilisearch_"} <= {name.replace("*", "") for name in re.findall(r"`(\w+\*)`", architecture)}

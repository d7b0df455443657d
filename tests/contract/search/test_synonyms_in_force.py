"""A change of an administrator's synonyms reaches what is found, and the words that are known, without a restart."""

import os
from pathlib import Path

import pytest

from search.finder import Finder, SearchRequest
from search.lexicons import Lexicons
from search.port import SearchIndex
from search.thesauri import Thesauri
from tests.fixtures.search import EVERYBODY, make_document


@pytest.fixture
def thesauri(tmp_path: Path) -> Thesauri:
    """With a file that knows nothing yet."""
    path = tmp_path / "own.yaml"
    path.touch()
    return Thesauri(path)


def change(thesauri: Thesauri, text: str) -> None:
    assert thesauri.path is not None
    thesauri.path.write_text(text, encoding="utf-8")
    os.utime(thesauri.path, ns=(1, 1))
    thesauri.check()


async def test_a_change_is_searched_with(index: SearchIndex, thesauri: Thesauri) -> None:
    await index.put([make_document("a", "Klönschnack am Deich"), make_document("b", "Radwege")])
    lexicons = Lexicons(index, thesauri)
    finder = Finder(index, lexicons, thesauri)
    request = SearchRequest(text="Plaudertasche", audiences=EVERYBODY)
    assert (await finder.find(request)).hits == ()
    change(thesauri, "- words: [Klönschnack, Plaudertasche]\n")
    assert [hit.id for hit in (await finder.find(request)).hits] == ["a"]
    await lexicons.close()


async def test_words_of_a_change_are_known_and_corrected_to(index: SearchIndex, thesauri: Thesauri) -> None:
    await index.put([make_document("a", "Radwege")])
    now = 0.0
    lexicons = Lexicons(index, thesauri, clock=lambda: now)
    assert (await lexicons.of(EVERYBODY)).near("plauderbankk") == []
    change(thesauri, "- words: [Klönschnack, Plauderbank]\n")
    now = 60.0
    assert [near.word for near in (await lexicons.of(EVERYBODY)).near("plauderbankk")] == ["plauderbank"]
    await lexicons.close()

"""The synonyms in force: an administrator's file is read again when it changes, and a wrong one changes nothing."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from search.synonym_files import phrase_of
from search.thesauri import CHECK_S, Thesauri
from search.thesaurus import Thesaurus

RIGHT = "- words: [Quasselstrippe, Plaudertasche]\n"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class File:
    """A file whose every change is seen, however fast they follow each other."""

    path: Path
    changes: int = 0

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.changes += 1
        os.utime(self.path, ns=(self.changes, self.changes))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "own.yaml")


def meant(thesaurus: Thesaurus, word: str = "Quasselstrippe") -> set[str]:
    return {" ".join(expansion.phrase) for expansion in thesaurus.expansions(phrase_of(word))}


async def test_without_a_file_the_shipped_ones_are_in_force() -> None:
    thesauri = Thesauri()
    assert await thesauri.fresh() is Thesaurus.shipped()
    assert thesauri.current() is Thesaurus.shipped()
    assert thesauri.problems == ()


async def test_a_file_comes_beside_the_shipped_ones(file: File) -> None:
    file.write(RIGHT)
    thesauri = Thesauri(file.path)
    assert meant(await thesauri.fresh()) == {"plaudertasche"}
    assert len(thesauri.current()) == len(Thesaurus.shipped()) + 1
    assert meant(Thesaurus.shipped()) == set()


async def test_a_shipped_entry_can_be_removed(file: File) -> None:
    assert "freifunk" in meant(Thesaurus.shipped(), "WLAN")
    file.write("- remove: [Freifunk]\n")
    assert "freifunk" not in meant(Thesauri(file.path).current(), "WLAN")
    assert meant(Thesauri(file.path).current(), "Freifunk") == set()


def test_a_change_is_in_force_after_a_check_and_else_it_is_the_same_object(file: File) -> None:
    file.write(RIGHT)
    thesauri = Thesauri(file.path)
    before = thesauri.current()
    thesauri.check()
    assert thesauri.current() is before
    file.write("- words: [Quasselstrippe, Schwätzer]\n")
    thesauri.check()
    assert meant(thesauri.current()) == {"schwatzer"}


async def test_requests_look_at_the_file_at_most_every_few_seconds(file: File) -> None:
    clock = Clock()
    file.write(RIGHT)
    thesauri = Thesauri(file.path, clock=clock)
    before = await thesauri.fresh()
    file.write("- words: [Quasselstrippe, Schwätzer]\n")
    clock.now = CHECK_S / 2
    assert await thesauri.fresh() is before
    await thesauri.settled()
    assert thesauri.current() is before
    clock.now = CHECK_S
    await thesauri.fresh()
    await thesauri.settled()
    assert meant(thesauri.current()) == {"schwatzer"}


WRONG = {"no group": "- words: [allein]\n", "no yaml": "- words: [", "not utf-8": "\udcff"}


@pytest.mark.parametrize("kind", [*WRONG, "gone"])
def test_a_wrong_file_changes_nothing_is_told_once_and_can_be_mended(
    file: File, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.ERROR, "hubnetz.search")
    file.write(RIGHT)
    thesauri = Thesauri(file.path)
    before = thesauri.current()
    if kind == "gone":
        file.path.unlink()
    else:
        file.path.write_bytes(WRONG[kind].encode(errors="surrogateescape"))
        os.utime(file.path, ns=(99, 99))
    for _ in range(3):
        thesauri.check()
        assert thesauri.current() is before
        assert thesauri.problems
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "own.yaml" in caplog.text
    file.write("- words: [Quasselstrippe, Schwätzer]\n")
    thesauri.check()
    assert thesauri.problems == ()
    assert meant(thesauri.current()) == {"schwatzer"}


def test_a_file_that_is_wrong_from_the_start_leaves_the_shipped_ones(tmp_path: Path) -> None:
    thesauri = Thesauri(tmp_path / "absent.yaml")
    assert thesauri.current() is Thesaurus.shipped()
    assert "no such file" in thesauri.problems[0]

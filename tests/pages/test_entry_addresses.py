"""Every kind of entry has its page at one address, whichever way an answer tells of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.pages.frame.entry_addresses import PAGES, name_of, page_of
from network.pages.frame.paths import is_plain_path
from network.pages.reading.entry_pages import ENTRIES
from network.words import WORDS

KINDS = sorted(PAGES)


def test_every_kind_that_can_stand_in_a_picture_has_a_page() -> None:
    assert set(PAGES) == set(WORDS["NodeKind"])
    assert {entry.label for entry in ENTRIES} == set(PAGES) - {"Project"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_has_one_address_by_its_kind_or_its_id(kind: str) -> None:
    page = PAGES[kind]
    told = {page.key: "k1"} if page.key else {"id": f"{kind}:k1"}
    assert page_of({"__typename": kind, **told}) == f"{page.folder}/k1"
    at = {"id": f"{kind}:k1"} if kind != "Project" else {"id": "Project:1", "slug": "k1"}
    assert page_of(at) == f"{page.folder}/k1"
    assert name_of({"__typename": kind, page.name: "Ein Name"}) == "Ein Name"


def test_the_id_of_a_project_is_no_part_of_its_address() -> None:
    with pytest.raises(KeyError):
        page_of({"__typename": "Project", "id": "Project:1"})


@given(st.sampled_from(KINDS), st.text(min_size=1))
def test_whatever_a_key_is_the_address_is_one_of_ours(kind: str, key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError:
        return
    path = page_of({"id": f"{kind}:{key}", "slug": key} if PAGES[kind].key == "slug" else {"id": f"{kind}:{key}"})
    assert is_plain_path(path)
    assert path.startswith(f"{PAGES[kind].folder}/")
    assert not re.search(r"[^\w:/%.~-]", path)

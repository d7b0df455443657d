"""Whom a page names: by whom a change was, and whose contact stands in where an entry has none of its own."""

import pytest

from auth.principal import Anonymous, Principal
from graph.actors import System, actor_id
from network.pages.reading.history_page import Author, author_of
from network.pages.reading.whom_to_call import called_instead

SOMEBODY = Principal("https://id.example", "kim")


@pytest.mark.parametrize(
    ("actor", "memberships", "is_viewer", "author"),
    [
        (actor_id(SOMEBODY), ["hub_lead:zeitz"], True, Author.READER),
        (actor_id(SOMEBODY), ["hub_lead:zeitz"], False, Author.MEMBER),
        (actor_id(SOMEBODY), [], False, Author.ACCOUNT),
        (actor_id(System("retention")), [], False, Author.SYSTEM),
        ("link:4f2a", ["municipality:15084590"], False, Author.LINK),
        (actor_id(Anonymous()), [], False, Author.ACCOUNT),
    ],
)
def test_who_a_change_is_told_to_be_by(actor: str, memberships: list[str], is_viewer: bool, author: Author) -> None:
    assert author_of({"actor": actor, "memberships": memberships, "isViewer": is_viewer}) is author


def test_the_first_house_whose_contact_one_sees_stands_in() -> None:
    silent, second, third = {"contact": None}, {"contact": {"phone": "1"}}, {"contact": {"phone": "2"}}
    assert called_instead([silent, second, third]) is second
    assert called_instead(iter([silent])) is None
    # Houses of some kinds have none to ask for.
    assert called_instead([{}, third]) is third
    assert called_instead([]) is None

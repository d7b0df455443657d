"""An action whose attributes do not fit together is refused when it is declared, and says why."""

from typing import Any

import pytest
from starlette.requests import Request

from network.pages import operations
from network.pages.forms.action import Action, Subject
from network.pages.forms.inputs import line
from network.pages.frame.notices import SAVED
from network.pages.frame.site import Site


async def _nothing(_: Site, __: Request) -> Subject:
    return Subject()


def declared(**more: Any) -> Action:
    given: dict[str, Any] = {"path": "/x", "title": "X", "button": "X", "mutation": operations.follow, "load": _nothing}
    return Action(**given | more)


LINE = line("title", "Titel")
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"compares": True, "inputs": (LINE,)}, "locks where compares"),
    ({"whole": lambda *_: {}, "fixed": lambda *_: {}}, "fixed or whole"),
    ({"answer": lambda *_: None, "note": SAVED}, "no note and no way on where answer"),
    ({"answer": lambda *_: None, "leads_to": lambda *_: "/my"}, "no note and no way on where answer"),
    ({"lacking": "Kein Haus."}, "needs_house where lacking"),
    ({"check": lambda *_: {}}, "inputs where check, compares or script"),
    ({"script": "alike.js"}, "inputs where check, compares or script"),
    ({"inputs": (LINE, LINE)}, "each input once"),
]


@pytest.mark.parametrize(("more", "expected"), WRONG)
def test_what_does_not_fit_together_is_refused(more: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=f"/x: expected {expected}$"):
        declared(**more)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"compares": True, "locks": True, "inputs": (LINE,)},
        {"whole": lambda *_: {}, "note": SAVED, "leads_to": lambda *_: "/my"},
        {"answer": lambda *_: None, "fixed": lambda *_: {}},
        {"lacking": "Kein Haus.", "needs_house": True},
        {"check": lambda *_: {}, "script": "alike.js", "inputs": (LINE,)},
    ],
)
def test_what_fits_is_declared(more: dict[str, Any]) -> None:
    assert declared(**more).path == "/x"
